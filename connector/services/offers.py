"""Offers: which are open to whom, and whether what came back is what was offered (decisions 5, 17 and 18)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from catalog.describe import offer_id
from connector.canonical import JsonObject
from connector.ports.records import DatasetRecord
from connector.ports.store import UnitOfWork
from connector.services.errors import Conflict, NotFound
from policies.compare import differences, same_terms
from policies.context import NegotiationContext, Party
from policies.errors import PolicyError
from policies.evaluate import check_terms, evaluate
from policies.explain import explain_decision, explain_difference
from policies.parse import parse_policy

_RECIPIENTS: Final = "recipient"
"""The clause that says who may use the data: for all others the catalog does not hold the offer."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an offer is not agreed to: a code for programs, a sentence for people."""

    code: str
    sentence: str


def visible(dataset: DatasetRecord, participant: str) -> bool:
    """Whether this participant may know of the data set at all."""
    return dataset.withdrawn_at is None and (dataset.visible_to is None or participant in dataset.visible_to)


def judge_offer(
    unit: UnitOfWork, asked: JsonObject, target: str, participant: str, now: datetime
) -> tuple[JsonObject, JsonObject] | Refusal:
    """Whether we agree to an offer that somebody asks for: the offer as we published it, and the description it names.

    Whoever may not see an offer is told the same as for one that does not exist.
    """
    unknown = Refusal("offer-unknown", "there is no such offer; please read the catalog again")
    name = asked.get("@id")
    held = unit.offers.get(name) if isinstance(name, str) else None
    dataset = unit.datasets.get(held.dataset) if held is not None else None
    if held is None or dataset is None or not visible(dataset, participant):
        return unknown
    decision = evaluate(parse_policy(held.policy), NegotiationContext(Party(participant), now))
    if any(reason.clause_id == _RECIPIENTS for reason in decision.reasons):
        return unknown
    if not held.live:
        return Refusal("offer-superseded", "this offer is no longer open; please read the catalog again")
    if target != dataset.id:
        return Refusal("target-differs", "the offer is for another data set than the request names")
    problem = same_as_offered(held.policy, asked)
    if problem is not None:
        return Refusal("terms-differ", problem)
    if not decision.permitted:
        return Refusal("terms-refuse", explain_decision(decision, "en"))
    return {**held.policy, "@id": held.id}, dataset.description


def judge_accepted(
    unit: UnitOfWork, offer: JsonObject, target: str, participant: str, now: datetime
) -> tuple[JsonObject, JsonObject] | Refusal:
    """Whether we stand by an offer of ours that was accepted: one of the catalog, or one that was made in between."""
    if unit.offers.get(offer.get("@id")) is not None:
        return judge_offer(unit, offer, target, participant, now)
    dataset = unit.datasets.get(target)
    if dataset is None or not visible(dataset, participant):
        return Refusal("offer-superseded", "the data set of this offer is no longer open to you")
    return judge_terms(offer, participant, now) or (offer, dataset.description)


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
        refusal = judge_terms(chosen, consumer, now)
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


def judge_terms(offer: JsonObject, participant: str, now: datetime) -> Refusal | None:
    """What stands against an offer by its own terms: unknown ones, or that they do not permit this participant."""
    try:
        policy = parse_policy(offer)
        check_terms(policy)
    except PolicyError as error:
        return Refusal("terms-refuse", f"the terms cannot be accepted: {error}")
    decision = evaluate(policy, NegotiationContext(Party(participant), now))
    return None if decision.permitted else Refusal("terms-refuse", explain_decision(decision, "en"))


def same_as_offered(offered: JsonObject, other: JsonObject) -> str | None:
    """None when both say the same, in whatever spelling; else a sentence that names the first difference."""
    try:
        if same_terms(offered, other):
            check_terms(parse_policy(other))
            return None
        found = differences(parse_policy(offered), parse_policy(other))
    except PolicyError as error:
        return f"the terms cannot be accepted: {error}"
    named = explain_difference(found[0], "en") if found else "the terms differ"
    return f"the terms are not those that were offered: {named}"
