"""What our people answer in a negotiation that waits for them: yes to the offer on the table, or another offer.

Each function gives what `Negotiations.answer` asks for: the step, chosen in its unit of work.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from catalog.describe import offer_id
from connector.canonical import JsonObject, JsonValue
from connector.ports.records import DatasetRecord
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation, Duty, owed
from connector.services.decisions import Accept, Agree, Go, Offer, Step
from connector.services.errors import Conflict, Unprocessable
from connector.services.offers import Refusal, conflict_in, has_false_name, judge_offer, judge_terms
from connector.services.terms import terms_of
from policies.amend import amend
from policies.clauses import CLAUSES
from policies.clauses.build import build_clauses
from policies.errors import PolicyError
from policies.parse import parse_policy, write_policy

_NO_TERMS: Final = frozenset({"@id", "@type", "@context", "target", "assigner", "assignee", "timestamp"})
Choice: TypeAlias = Callable[[UnitOfWork, ContractNegotiation], Step]


def accepting(me: str, now: datetime, described: JsonObject | None = None) -> Choice:
    """Yes to what the other side offers: ACCEPTED as consumer, the agreement as provider.

    `me` is our DID; `described`, as consumer, the data set's description if it was learnt only now.

    The step raises Conflict when the offer on the table is our own, or has terms that cannot be agreed to.
    """

    def choose(unit: UnitOfWork, negotiation: ContractNegotiation) -> Step:
        duty = owed(negotiation)
        if duty is Duty.VERIFY:  # the contract is there; our signature waits for a second person
            return Go()
        if negotiation.offered_by is negotiation.role and duty is not Duty.AGREE:
            raise Conflict.told("own_offer")
        if negotiation.role is Role.PROVIDER:
            return _agreeing(unit, negotiation, now)
        about = described or negotiation.described
        refusal = judge_terms(unit, negotiation.offer, negotiation.dataset, me, now, about)
        if refusal is not None:
            raise Conflict(refusal.sentence)
        return Accept(described)

    return choose


def _agreeing(unit: UnitOfWork, negotiation: ContractNegotiation, now: datetime) -> Step:
    """As provider: the agreement on what is asked for; on an offer of the catalog as it stands there."""
    asked, consumer = negotiation.offer, negotiation.counterparty
    published = judge_offer(unit, asked, negotiation.dataset, consumer, now)
    if not isinstance(published, Refusal):
        return Agree(*published)
    refusal = judge_terms(unit, asked, negotiation.dataset, consumer, now)
    if refusal is not None:
        raise Conflict(refusal.sentence)
    dataset = _dataset(unit, negotiation)
    if has_false_name(asked, dataset):
        raise Conflict.told("offer_altered")
    return Agree(asked, dataset.description)


def countering(rules: JsonObject, described: JsonObject | None = None) -> Choice:
    """Another offer on the same data set, with these rules; its id is their digest (decision 5, 18).

    `described` as in `accepting`. The step raises Conflict when the rules contradict each other or do not fit the data set.
    """

    def choose(unit: UnitOfWork, negotiation: ContractNegotiation) -> Step:
        return _offer(unit, negotiation, rules, described)

    return choose


def amending(
    put: Mapping[str, JsonValue], drop: Sequence[str], now: datetime, described: JsonObject | None = None
) -> Choice:
    """Another offer: what lies on the table with other clauses in the place of some (`policies.amend`).

    `put` are the clauses to put there, by their ids with their blanks (the one blank of a clause need not be named),
    `drop` the ids of those to take out; `described` as in `accepting`.

    The step raises Unprocessable when a clause cannot be changed, or when the whole contradicts itself.
    """

    def choose(unit: UnitOfWork, negotiation: ContractNegotiation) -> Step:
        try:
            wanted = parse_policy({"@type": "Offer", "@id": "urn:offer", **built(put)})
            rules = write_policy(amend(parse_policy(negotiation.offer), put=wanted, drop=drop))
        except PolicyError as error:
            refusal = Unprocessable.told("not_changeable", problem=error)
            refusal.more["term"] = getattr(error, "term", None)
            raise refusal from None
        rules = {name: value for name, value in rules.items() if name not in _NO_TERMS}
        return _offer(unit, negotiation, terms_of({"policy": rules}, now), described)

    return choose


def built(clauses: Mapping[str, JsonValue]) -> JsonObject:
    """The rules of an offer from clauses by their ids with their blanks.

    Raises:
        Unprocessable: an id or a blank that the catalogue does not have, or a value that cannot stand there.
    """
    try:
        return build_clauses({clause: _blanks(clause, value) for clause, value in clauses.items()}, "$.set")
    except PolicyError as error:
        raise Unprocessable(str(error), term=getattr(error, "term", None)) from None


def _blanks(clause_id: str, value: JsonValue) -> JsonValue:
    """The blanks of a clause, the only one of it being named if it was not."""
    clause = CLAUSES.get(clause_id)
    if clause is None or isinstance(value, dict) or len(clause.blanks) != 1:
        return value
    return {clause.blanks[0].name: value}


def _offer(
    unit: UnitOfWork, negotiation: ContractNegotiation, rules: JsonObject, described: JsonObject | None
) -> Offer:
    data_set = described or _described(unit, negotiation)
    refusal = conflict_in(rules, data_set)
    if refusal is not None:
        raise Conflict(refusal.sentence)
    name = offer_id(rules, negotiation.dataset, data_set)
    return Offer({"@type": "Offer", **rules, "@id": name}, described)


def _described(unit: UnitOfWork, negotiation: ContractNegotiation) -> JsonObject:
    if negotiation.role is Role.CONSUMER:
        return negotiation.described or {}
    return _dataset(unit, negotiation).description


def _dataset(unit: UnitOfWork, negotiation: ContractNegotiation) -> DatasetRecord:
    dataset = unit.datasets.get(negotiation.dataset)
    if dataset is None or dataset.withdrawn_at is not None:
        raise Conflict.told("dataset_gone")
    return dataset
