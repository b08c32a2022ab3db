"""What a decision may look at: one frozen type for each scope in which a decision is made.

A context holds everything that is known at that moment and nothing that is not: a use count exists only when data is about
to move. A constraint about something else is deferred to the scope that knows it (`policies.evaluate`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias


class Scope(StrEnum):
    """The three occasions on which a policy is asked."""

    CATALOG = "catalog"
    NEGOTIATION = "negotiation"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever asks for the data.

    Attributes:
        id: its DID.
        claims: what its verified credentials say; empty where none were asked for.
    """

    id: str
    claims: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class CatalogContext:
    """May this party see the offer?  `now` is aware, UTC."""

    scope: ClassVar[Scope] = Scope.CATALOG
    party: Party
    now: datetime


@dataclass(frozen=True, slots=True)
class NegotiationContext:
    """May this party have a contract on these terms?  `now` is aware, UTC."""

    scope: ClassVar[Scope] = Scope.NEGOTIATION
    party: Party
    now: datetime


@dataclass(frozen=True, slots=True)
class TransferContext:
    """May this delivery begin?

    Attributes:
        party: the consumer.
        now: aware, UTC.
        agreed_at: when the agreement was made, aware, UTC.
        uses: deliveries already reserved under the agreement, not counting this one.
        purpose: what the consumer says it needs this delivery for, an IRI of `vocabulary.PURPOSE_NAMES` or its last
            part; None if it says nothing.
        person: who at the consumer asked for it, if it says so.
    """

    scope: ClassVar[Scope] = Scope.TRANSFER
    party: Party
    now: datetime
    agreed_at: datetime
    uses: int
    purpose: str | None
    person: str | None = None


Context: TypeAlias = CatalogContext | NegotiationContext | TransferContext
