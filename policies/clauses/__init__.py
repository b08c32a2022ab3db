"""The clause catalogue: what may stand in a contract made here."""

from policies.clauses.build import build_clauses, build_terms
from policies.clauses.model import Blank, Clause, Enforcer, Filled, Kind, Slot, Values
from policies.clauses.obligations import clause_of_obligation, read_obligation
from policies.clauses.read import filled, read_clauses
from policies.clauses.registry import CLAUSES, clause_of_constraint, clause_of_permission, clause_of_prohibition

__all__ = [
    "CLAUSES", "Blank", "Clause", "Enforcer", "Filled", "Kind", "Slot", "Values", "build_clauses", "build_terms",
    "clause_of_constraint", "clause_of_obligation", "clause_of_permission", "clause_of_prohibition", "filled",
    "read_clauses", "read_obligation",
]  # fmt: skip
