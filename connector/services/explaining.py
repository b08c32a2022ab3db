"""Why was this refused? The rule, the facts and what would have to change, in both languages, from what was kept."""

from collections.abc import Sequence
from typing import Final

from connector.canonical import JsonObject
from connector.ports.records import DecisionRecord
from connector.ports.store import UnitOfWork
from policies.decision import Decision, Reason
from policies.errors import PolicyError
from policies.explain import explain_policy, explain_reason
from policies.parse import parse_policy
from policies.vocabulary import Lang

MOST: Final = 50
"""Decisions that are told at once."""
_LANGUAGES: Final[tuple[Lang, ...]] = ("en", "ko")


def decisions_about(unit: UnitOfWork, wanted: str, limit: int = MOST) -> list[DecisionRecord]:
    """The refusals about something of ours or about a participant, or one by its digest; the latest first."""
    found: dict[str, DecisionRecord] = {}
    for column in ("about", "contract", "dataset", "party", "digest"):
        for record in unit.decisions.find(newest_first=True, limit=limit, **{column: wanted}):
            found[record.key] = record
    return sorted(found.values(), key=lambda record: record.last_at, reverse=True)[:limit]


def decision_view(record: DecisionRecord) -> JsonObject:
    """A refusal that was kept, with its reasons in words."""
    reasons = [Reason(r["where"], r["clause"], r["code"], r["facts"]) for r in record.reasons]
    return {
        "at": record.at,
        "lastAt": record.last_at,
        "times": record.times,
        "scope": record.scope,
        "party": record.party,
        "dataset": record.dataset,
        "contract": record.contract,
        "about": record.about,
        "outcome": record.outcome,
        "facts": record.facts,
        "digest": record.digest,
        "reasons": reasons_view(reasons, record.policy),
    }


def outcome_view(decision: Decision, terms: JsonObject) -> JsonObject:
    """A decision that was made just now."""
    refused = [] if decision.permitted else reasons_view(decision.reasons, terms)
    return {"outcome": decision.outcome.value, "reasons": refused}


def reasons_view(reasons: Sequence[Reason], terms: JsonObject) -> list[JsonObject]:
    """Each reason: the rule as it stands in the terms, why it does not hold and what would have to change, the facts."""
    rules = _rules(terms)
    return [
        {
            "clause": reason.clause_id,
            "where": reason.where,
            "code": reason.code,
            "rule": rules.get(reason.clause_id),
            "why": {lang: explain_reason(reason, lang) for lang in _LANGUAGES},
            "facts": dict(reason.facts),
        }
        for reason in reasons
    ]


def _rules(terms: JsonObject) -> dict[str, JsonObject]:
    """The clauses of terms in words, by their ids."""
    try:
        policy = parse_policy(terms)
    except PolicyError:
        return {}
    found: dict[str, JsonObject] = {}
    for lang in _LANGUAGES:
        for clause in explain_policy(policy, lang):
            found.setdefault(clause.clause_id, {}).setdefault(lang, clause.text)
    return found
