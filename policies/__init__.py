"""What may be done: ODRL policies and the clauses of a manufacturing data contract. Pure functions over frozen values.

    terms = build_terms(purposes=["research"], count=3)          # what a person chose → the rules of an Offer
    policy = parse_policy(offer)                                 # once; PolicyError says where
    check_terms(policy)                                          # UnknownTerm for any word that is not registered
    find_conflicts(policy)                                       # before anything is signed
    evaluate(policy, TransferContext(...)).permitted             # often
    explain_decision(decision, "ko")                             # for people

It knows nothing of networks, databases or the connector, and is told the time.
"""

from policies.clauses import CLAUSES, Clause, build_terms
from policies.compare import Difference, differences, is_inside, same_terms
from policies.conflicts import Conflict, find_conflicts
from policies.context import Asset, CatalogContext, Context, DutyState, NegotiationContext, Party, TransferContext
from policies.decision import Decision, Deferred, Outcome, Reason
from policies.errors import PolicyError, UnknownTerm
from policies.evaluate import check_terms, evaluate
from policies.explain import (
    ClauseText,
    explain_conflict,
    explain_decision,
    explain_difference,
    explain_policy,
    explain_reason,
)
from policies.model import Agreement, Offer, Policy, Set
from policies.parse import parse_policy, write_policy
from policies.vocabulary import MMD, PURPOSE_NAMES, Lang

__all__ = [
    "CLAUSES", "MMD", "PURPOSE_NAMES", "Agreement", "Asset", "CatalogContext", "Clause", "ClauseText", "Conflict", "Context",
    "Decision", "Deferred", "Difference", "DutyState", "Lang", "NegotiationContext", "Offer", "Outcome", "Party", "Policy",
    "PolicyError", "Reason", "Set", "TransferContext", "UnknownTerm", "build_terms", "check_terms", "differences",
    "evaluate", "explain_conflict", "explain_decision", "explain_difference", "explain_policy", "explain_reason",
    "find_conflicts", "is_inside", "parse_policy", "same_terms", "write_policy",
]  # fmt: skip
