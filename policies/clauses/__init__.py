"""The clause catalogue: what may stand in a contract made here."""

from policies.clauses.build import build_terms
from policies.clauses.registry import CLAUSES, Clause, Enforcer, clause_of_constraint, clause_of_prohibition

__all__ = ["CLAUSES", "Clause", "Enforcer", "build_terms", "clause_of_constraint", "clause_of_prohibition"]
