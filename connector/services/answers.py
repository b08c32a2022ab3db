"""What our people answer in a negotiation that waits for them: yes to the offer on the table, or another offer.

Each function gives what `Negotiations.answer` asks for: the step, chosen in its unit of work.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from catalog.describe import offer_id
from connector.canonical import JsonObject
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation
from connector.services.decisions import Accept, Agree, Offer, Step
from connector.services.errors import Conflict
from connector.services.offers import conflict_in, judge_terms

Choice: TypeAlias = Callable[[UnitOfWork, ContractNegotiation], Step]


def accepting(me: str, now: datetime, described: JsonObject | None = None) -> Choice:
    """Yes to what the other side offers: ACCEPTED as consumer, the agreement as provider.

    `me` is our DID; `described`, as consumer, the data set's description if it was learnt only now.

    The step raises Conflict when the offer on the table is our own, or has terms that cannot be agreed to.
    """

    def choose(unit: UnitOfWork, negotiation: ContractNegotiation) -> Step:
        if negotiation.offered_by is negotiation.role:
            raise Conflict.told("own_offer")
        consumer = negotiation.role is Role.CONSUMER
        refusal = judge_terms(
            unit,
            negotiation.offer,
            negotiation.dataset,
            me if consumer else negotiation.counterparty,
            now,
            described or negotiation.described,
        )
        if refusal is not None:
            raise Conflict(refusal.sentence)
        return Accept(described) if consumer else Agree(negotiation.offer, _described(unit, negotiation))

    return choose


def countering(rules: JsonObject, described: JsonObject | None = None) -> Choice:
    """Another offer on the same data set, with these rules; its id is their digest (decision 5, 18).

    `described` as in `accepting`. The step raises Conflict when the rules contradict each other or do not fit the data set.
    """

    def choose(unit: UnitOfWork, negotiation: ContractNegotiation) -> Step:
        data_set = described or _described(unit, negotiation)
        refusal = conflict_in(rules, data_set)
        if refusal is not None:
            raise Conflict(refusal.sentence)
        name = offer_id(rules, negotiation.dataset, data_set)
        return Offer({"@type": "Offer", **rules, "@id": name}, described)

    return choose


def _described(unit: UnitOfWork, negotiation: ContractNegotiation) -> JsonObject:
    if negotiation.role is Role.CONSUMER:
        return negotiation.described or {}
    dataset = unit.datasets.get(negotiation.dataset)
    if dataset is None or dataset.withdrawn_at is not None:
        raise Conflict.told("dataset_gone")
    return dataset.description
