"""Offers: which are open to whom, and whether what came back is what was offered (decisions 5, 17 and 18)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from catalog.data_facts import facts_of_description
from catalog.describe import offer_id
from connector.canonical import JsonObject
from connector.ports.records import DatasetRecord
from connector.ports.store import UnitOfWork
from connector.services.errors import Conflict, NotFound
from connector.services.facts import for_catalog, for_negotiation, party_of
from connector.services.facts.exclusivity import exclusive_other
from connector.services.judged import Judged, judge
from policies.compare import are_same, differences
from policies.conflicts import find_conflicts
from policies.decision import Outcome
from policies.errors import PolicyError
from policies.evaluate import check_terms
from policies.explain import explain_conflict, explain_difference
from policies.model import Policy
from policies.parse import parse_policy

_OVER: Final = "too-late"
"""The reason for which an offer is not shown any more, to nobody: whoever has seen it is told so."""
_DIGEST: Final = "ni:///sha-256;"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an offer is not agreed to: a code for programs, a sentence for people; by its terms: what decided it."""

    code: str
    sentence: str
    judged: Judged | None = None


_UNKNOWN: Final = "offer-unknown"


def visible(dataset: DatasetRecord, participant: str) -> bool:
    """Whether this participant may know of the data set at all."""
    return dataset.withdrawn_at is None and (dataset.visible_to is None or participant in dataset.visible_to)


def judge_offer(
    unit: UnitOfWork, asked: JsonObject, target: str, participant: str, now: datetime
) -> tuple[JsonObject, JsonObject] | Refusal:
    """Whether we agree to an offer that somebody asks for: the offer as we published it, and the description it names.

    Whoever may not see an offer is told the same as for one that does not exist.
    """
    unknown = Refusal(_UNKNOWN, "there is no such offer; please read the catalog again")
    name = asked.get("@id")
    held = unit.offers.get(name) if isinstance(name, str) else None
    dataset = unit.datasets.get(held.dataset) if held is not None else None
    if held is None or dataset is None or not visible(dataset, participant):
        return unknown
    policy, party = parse_policy(held.policy), party_of(unit, participant, now)
    seen = judge(policy, for_catalog(unit, party, dataset, policy, now), terms=held.policy, dataset=dataset.id)
    if not seen.decision.permitted and seen.decision.reasons[0].code != _OVER:
        return replace(unknown, judged=seen)
    if not held.live:
        return Refusal("offer-superseded", "this offer is no longer open; please read the catalog again")
    if target != dataset.id:
        return Refusal("target-differs", "the offer is for another data set than the request names")
    problem = same_as_offered(held.policy, asked, read=policy)
    if problem is not None:
        return Refusal("terms-differ", problem)
    refusal = _conflict_of(policy, dataset.description) or _taken(unit, dataset, now)
    refusal = refusal or _by_terms(unit, held.policy, dataset, participant, now, read=policy)
    return refusal or ({**held.policy, "@id": held.id}, dataset.description)


def judge_accepted(
    unit: UnitOfWork, offer: JsonObject, target: str, participant: str, now: datetime
) -> tuple[JsonObject, JsonObject] | Refusal:
    """Whether we stand by an offer of ours that was accepted: one of the catalog, or one that was made in between."""
    if unit.offers.get(offer.get("@id")) is not None:
        return judge_offer(unit, offer, target, participant, now)
    dataset = unit.datasets.get(target)
    if dataset is None or not visible(dataset, participant):
        return Refusal("offer-superseded", "the data set of this offer is no longer open to you")
    return judge_terms(unit, offer, target, participant, now) or (offer, dataset.description)


def offering(
    dataset_id: str, consumer: str, *, offer: str | None, rules: JsonObject | None, now: datetime
) -> Callable[[UnitOfWork], tuple[JsonObject, JsonObject]]:
    """What we offer to a consumer that has not asked: an open offer of the catalog, or other rules for this one alone.

    Args:
        dataset_id: one of our published data sets.
        consumer: to whom.
        offer: the id of an open offer of it; None: the only one.
        rules: these instead of an offer of the catalog; the id is their digest (decision 5, 18).
        now: the time at which the terms have to permit the consumer.

    Returns:
        What finds, in a unit of work, the offer and the description of the data set. It raises NotFound when there is
        no such data set or offer, Conflict when the consumer may not see it or its terms do not permit the consumer.
    """

    def choose(unit: UnitOfWork) -> tuple[JsonObject, JsonObject]:
        dataset = unit.datasets.get(dataset_id)
        if dataset is None or dataset.withdrawn_at is not None:
            raise NotFound.told("no_such_dataset", dataset=dataset_id)
        if not visible(dataset, consumer):
            raise Conflict.told("not_shown", did=consumer)
        if rules is None:
            chosen = _open_offer(unit, dataset, offer)
        else:
            chosen = {"@type": "Offer", **rules, "@id": offer_id(rules, dataset.id, dataset.description)}
        refusal = judge_terms(unit, chosen, dataset_id, consumer, now)
        if refusal is not None:
            raise Conflict.told("offer_of_no_use", did=consumer, problem=refusal.sentence)
        return chosen, dataset.description

    return choose


def _open_offer(unit: UnitOfWork, dataset: DatasetRecord, wanted: str | None) -> JsonObject:
    held = [offer for offer in unit.offers.find(dataset=dataset.id, live=True) if wanted in (None, offer.id)]
    if not held:
        raise NotFound.told("no_open_offer", offer=wanted or "-")
    if len(held) > 1:
        raise Conflict.told("several_offers", offers=", ".join(offer.id for offer in held))
    return {**held[0].policy, "@id": held[0].id}


def judge_terms(
    unit: UnitOfWork,
    offer: JsonObject,
    target: str,
    participant: str,
    now: datetime,
    described: JsonObject | None = None,
) -> Refusal | None:
    """What stands against an offer by its own terms: unknown ones, contradictions, or that they do not permit this participant.

    `described` is the description of a data set that is not ours; clauses have to fit what it says of the data.

    About a data set that is not ours little is known: as its consumer we refuse what is denied for certain. What needs
    facts that only its provider has, its provider's connector keeps.
    """
    dataset = unit.datasets.get(target)
    refusal = conflict_in(offer, dataset.description if dataset is not None else described)
    if refusal is not None:
        return refusal
    taken = _taken(unit, dataset, now) if dataset is not None else None
    return taken or _by_terms(unit, offer, dataset, participant, now)


def conflict_in(offer: JsonObject, described: JsonObject | None) -> Refusal | None:
    """What in the terms is unknown, cannot stand together, or does not fit the data set as it is described."""
    try:
        policy = parse_policy(offer)
    except PolicyError as error:
        return _not_acceptable(error)
    return _conflict_of(policy, described)


def _not_acceptable(error: PolicyError) -> Refusal:
    return Refusal("terms-refuse", f"the terms cannot be accepted: {error}")


def _conflict_of(policy: Policy, described: JsonObject | None) -> Refusal | None:
    try:
        check_terms(policy)
    except PolicyError as error:
        return _not_acceptable(error)
    conflicts = find_conflicts(policy, facts_of_description(described) if described else None)
    return Refusal("terms-conflict", explain_conflict(conflicts[0], "en")) if conflicts else None


def _by_terms(
    unit: UnitOfWork,
    offer: JsonObject,
    dataset: DatasetRecord | None,
    participant: str,
    now: datetime,
    *,
    read: Policy | None = None,
) -> Refusal | None:
    policy, party = read or parse_policy(offer), party_of(unit, participant, now)
    context = for_negotiation(unit, party, dataset, policy, now)
    judged = judge(policy, context, terms=offer, dataset=dataset.id if dataset else str(offer.get("target", "")))
    open_to_others = dataset is None and judged.decision.outcome is Outcome.UNDETERMINED
    return None if judged.decision.permitted or open_to_others else Refusal("terms-refuse", judged.sentence, judged)


def _taken(unit: UnitOfWork, dataset: DatasetRecord, now: datetime) -> Refusal | None:
    """Another agreement promises to be the only one on this data set: whatever is asked, not while it lives."""
    if exclusive_other(unit, dataset.id, now) is None:
        return None
    return Refusal(
        "exclusive", "another participant has this data set to itself at present; ask again when that has ended"
    )


def has_false_name(offer: JsonObject, dataset: DatasetRecord) -> bool:
    """Whether an offer is named by the digest of something else: other terms, or another data set (decision 5, 18)."""
    name = str(offer.get("@id"))
    return name.startswith(_DIGEST) and name != offer_id(offer, dataset.id, dataset.description)


def same_as_offered(offered: JsonObject, other: JsonObject, *, read: Policy | None = None) -> str | None:
    """None when both say the same, in whatever spelling; else a sentence that names the first difference.

    `read` is the offered one, if it was read already.
    """
    try:
        ours, theirs = read or parse_policy(offered), parse_policy(other)
        if are_same(ours, theirs):
            check_terms(theirs)
            return None
        found = differences(ours, theirs)
    except PolicyError as error:
        return f"the terms cannot be accepted: {error}"
    named = explain_difference(found[0], "en") if found else "the terms differ"
    return f"the terms are not those that were offered: {named}"
