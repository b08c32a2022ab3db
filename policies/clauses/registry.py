"""CLAUSES: everything that may stand in a contract made here, in the order in which contracts show it.

Class E: enforced by the provider's connector. C: kept by the other connector, with proof. P: a promise on paper. Only E may
gate; C and P stand on the wire as rules of their own, never as constraints of the permission (architecture 5, 17).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policies.clauses.assurance import ASSURANCE
from policies.clauses.duties import DUTIES
from policies.clauses.extent import EXTENT
from policies.clauses.model import Clause, Enforcer
from policies.clauses.money import MONEY
from policies.clauses.people import PEOPLE, PROTECTION
from policies.clauses.use import LIMITS, PURPOSES
from policies.model import Constraint, Permission, Prohibition, Rule

__all__ = [
    "CLAUSES", "Clause", "Enforcer", "clause_of_constraint", "clause_of_permission", "clause_of_prohibition",
]  # fmt: skip

CLAUSES: Final[Mapping[str, Clause]] = MappingProxyType(
    {clause.id: clause for clause in (*PURPOSES, *EXTENT, *PEOPLE, *PROTECTION, *LIMITS, *MONEY, *DUTIES, *ASSURANCE)}
)
"""The first operator of a comparison is the one that we write."""

_SLOTS: Final = [(clause, clause.slots[0]) for clause in CLAUSES.values() if clause.place == "constraint"]
_BY_CONSTRAINT: Final = {
    (slot.operand, operator): clause for clause, slot in _SLOTS if not slot.named for operator in slot.operators
}
_BY_PREFIX: Final = {slot.operand: (clause, slot) for clause, slot in _SLOTS if slot.named}
_RULES: Final = {
    place: {clause.action: clause for clause in CLAUSES.values() if clause.place == place}
    for place in ("permission", "prohibition")
}


def clause_of_constraint(constraint: Constraint) -> Clause | None:
    """The clause that this constraint is, or None."""
    found = _BY_CONSTRAINT.get((constraint.left_operand, constraint.operator))
    if found is not None:
        return found
    clause, slot = _BY_PREFIX.get(constraint.left_operand.rpartition("/")[0] + "/", (None, None))
    return clause if slot is not None and constraint.operator in slot.operators else None


def clause_of_prohibition(prohibition: Prohibition) -> Clause | None:
    """The clause that this prohibition is, or None. A prohibition under conditions is no clause of ours."""
    return _bare(prohibition, "prohibition")


def clause_of_permission(permission: Permission) -> Clause | None:
    """The clause that this permission is by itself, or None. `use` is none: its constraints are."""
    return _bare(permission, "permission") if not permission.duty else None


def _bare(rule: Rule, place: str) -> Clause | None:
    return None if rule.constraint else _RULES[place].get(rule.action)
