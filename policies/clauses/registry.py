"""CLAUSES: id, Korean and English text, ODRL form, and who keeps it.

Class E: enforced by the provider's connector. C: kept by the other connector. P: a promise on paper. Only E may gate; C and P
stand on the wire as prohibitions, never as constraints (architecture 5, 17).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from policies.model import Constraint, Prohibition
from policies.texts import text_of
from policies.vocabulary import MMD, Lang

Enforcer: TypeAlias = Literal["E", "C", "P"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause.

    Attributes:
        id: its stable name in our APIs and records.
        enforcer: who keeps it.
        left_operand, operators: its ODRL form when it is a constraint on the permission.
        action: its ODRL form when it is a prohibition.
    """

    id: str
    enforcer: Enforcer
    left_operand: str | None = None
    operators: tuple[str, ...] = ()
    action: str | None = None

    def name(self, lang: Lang) -> str:
        """What people call it."""
        return text_of(f"clause.{self.id}.name", lang)

    def text(self, lang: Lang) -> str:
        """Its sentence in a contract, with blanks in braces."""
        return text_of(f"clause.{self.id}.text", lang)

    def enforcer_text(self, lang: Lang) -> str:
        """Who keeps it and how far that reaches, in a sentence."""
        return text_of(f"clause.{self.id}.kept", lang)


CLAUSES: Final[Mapping[str, Clause]] = MappingProxyType(
    {
        clause.id: clause
        for clause in (
            Clause("purpose", "E", "purpose", ("isAnyOf", "eq")),
            Clause("not-before", "E", "dateTime", ("gteq", "gt")),
            Clause("until", "E", "dateTime", ("lteq", "lt")),
            Clause("count", "E", "count", ("lteq", "lt")),
            Clause("recipient", "E", "recipient", ("isAnyOf", "eq")),
            Clause("no-passing-on", "P", action="distribute"),
            Clause("no-resale", "P", action="sell"),
            Clause("no-reidentification", "P", action=MMD + "reidentify"),
        )
    }
)
"""In the order in which contracts show them. The first operator of a constraint clause is the one we write."""

_BY_CONSTRAINT: Final = {
    (clause.left_operand, operator): clause for clause in CLAUSES.values() for operator in clause.operators
}
_BY_ACTION: Final = {clause.action: clause for clause in CLAUSES.values() if clause.action}


def clause_of_constraint(constraint: Constraint) -> Clause | None:
    """The clause that this constraint is, or None."""
    return _BY_CONSTRAINT.get((constraint.left_operand, constraint.operator))


def clause_of_prohibition(prohibition: Prohibition) -> Clause | None:
    """The clause that this prohibition is, or None. A prohibition under conditions is no clause of ours."""
    return None if prohibition.constraint else _BY_ACTION.get(prohibition.action)
