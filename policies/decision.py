"""Decision: permitted, denied or undetermined, with the reasons, what is left for later, and the duties still open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from policies.model import Duty


class Outcome(StrEnum):
    """The three answers. Only the first lets anything happen."""

    PERMITTED = "permitted"
    DENIED = "denied"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule came out as it did.

    Attributes:
        where: the JSON path of the rule or constraint in the policy.
        clause_id: the clause of `policies.clauses` that it belongs to; "" where no clause is meant.
        code: what happened, for programs; `policies.explain` has the sentence for each.
        facts: the values that decided it, as JSON.
    """

    where: str
    clause_id: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, for logs and for reasons that hold other reasons."""
        return {"where": self.where, "clause": self.clause_id, "code": self.code, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Deferred:
    """A constraint that this scope cannot judge and a later one will.

    Attributes:
        where: its JSON path in the policy.
        clause_id: its clause.
    """

    where: str
    clause_id: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one question about one policy.

    Attributes:
        outcome: see `Outcome`.
        reasons: never empty; the first is the one to tell a person.
        deferred: what must still hold when data moves. Always empty for a TransferContext.
        duties: what has to be done: before (duties of a permission) or after (obligations of the policy).
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    deferred: tuple[Deferred, ...] = ()
    duties: tuple[Duty, ...] = ()

    @property
    def permitted(self) -> bool:
        """Whether it may be done."""
        return self.outcome is Outcome.PERMITTED
