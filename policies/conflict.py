"""Conflict: something that makes terms useless, void, or a promise that cannot be kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """One conflict.

    Attributes:
        code: what is wrong, for programs; `policies.explain` has the sentence.
        clause_ids: the clauses that are in it; `card` is the data card, `delivery` the way the data is handed out,
            `agreement` an earlier agreement.
        where: the JSON paths of the rules or constraints.
        facts: the values, as JSON.
    """

    code: str
    clause_ids: tuple[str, ...]
    where: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
