"""What may be done: ODRL policies and the clauses of a manufacturing data contract. Pure functions over frozen values.

It knows nothing of networks, databases or the connector, and is told the time. A short tour (a test runs it):

>>> from datetime import UTC, datetime, timedelta
>>> import policies
>>> now = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

What a person chose becomes the rules of an offer; a policy is parsed once, and an error says where:

>>> terms = policies.build_terms(
...     purposes=["research"], count=3, until=now + timedelta(days=30), prohibitions=["no-resale"]
... )
>>> offer = policies.parse_policy({"@type": "Offer", "@id": "urn:offer:1", **terms})

Before anything is offered or signed: is every word known and enforceable, and does it all fit together?

>>> policies.check_terms(offer)
>>> policies.find_conflicts(offer)
()
>>> policies.check_terms(policies.parse_policy({"permission": [{"action": "use", "https://example.org/fee": "9"}]}))
Traceback (most recent call last):
    ...
policies.errors.UnknownTerm: $.permission[0]: the property 'https://example.org/fee' is not known here; remove it, or say it with a registered clause

Then it is asked often; what is not known is never allowed:

>>> consumer = policies.Party("did:web:consumer.example")
>>> context = policies.TransferContext(consumer, now, agreed_at=now, uses=3, purpose="research")
>>> decision = policies.evaluate(offer, context)
>>> decision.outcome.value, decision.reasons[0].code
('denied', 'used-up')
>>> print(policies.explain_decision(decision, "en"))
Number of fetches: 3 agreed, 3 used; a new contract that allows more is needed.
>>> print(policies.explain_decision(decision, "ko"))
받는 횟수: 합의한 횟수는 3번이고 이미 3번을 썼습니다. 횟수를 늘린 계약을 새로 맺어야 합니다.

A counter-offer is compared clause by clause, and each difference says whom it favours:

>>> asked = policies.parse_policy({"@type": "Offer", **policies.build_terms(purposes=["research"], count=10)})
>>> [(item.clause_id, item.change, item.favours) for item in policies.differences(offer, asked)]
[('until', 'removed', 'consumer'), ('count', 'changed', 'consumer'), ('no-resale', 'removed', 'consumer')]
>>> policies.is_inside(offer, asked)
False
"""

from policies.clauses import CLAUSES, Clause, build_terms
from policies.compare import Difference, differences, is_inside, same_terms
from policies.conflicts import Conflict, find_conflicts
from policies.context import Asset, CatalogContext, Context, DutyState, NegotiationContext, Party, TransferContext
from policies.decision import Decision, Deferred, Outcome, Reason
from policies.errors import PolicyError, UnknownTerm
from policies.evaluate import check_terms, compile_policy, evaluate, permits
from policies.explain import (
    ClauseText,
    explain_conflict,
    explain_decision,
    explain_difference,
    explain_policy,
    explain_reason,
    explain_side,
)
from policies.model import Agreement, Offer, Policy, Set
from policies.parse import parse_policy, write_policy
from policies.vocabulary import MMD, PURPOSE_NAMES, Lang

__all__ = [
    "CLAUSES", "MMD", "PURPOSE_NAMES", "Agreement", "Asset", "CatalogContext", "Clause", "ClauseText", "Conflict", "Context",
    "Decision", "Deferred", "Difference", "DutyState", "Lang", "NegotiationContext", "Offer", "Outcome", "Party", "Policy",
    "PolicyError", "Reason", "Set", "TransferContext", "UnknownTerm", "build_terms", "check_terms", "compile_policy", "differences",
    "evaluate", "explain_conflict", "explain_decision", "explain_difference", "explain_policy", "explain_reason", "explain_side",
    "find_conflicts", "is_inside", "parse_policy", "permits", "same_terms", "write_policy",
]  # fmt: skip
