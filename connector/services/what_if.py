"""What would be decided: this partner, with these credentials, this data set, this purpose, at that time?

Asked of the same engine with the same facts as a real request; what is assumed takes the place of what is known. Nothing is
written, and nobody is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from connector.canonical import JsonObject
from connector.clock import format_time
from connector.ports.records import ContractRecord, DatasetRecord, OfferRecord, Tally
from connector.ports.store import UnitOfWork
from connector.services.errors import NotFound
from connector.services.explaining import outcome_view
from connector.services.facts import Occasion, for_catalog, for_negotiation, for_transfer, party_of
from connector.services.facts.exclusivity import exclusive_other
from connector.services.offers import visible
from connector.services.usage.reserving import rows_of
from policies.context import Claim, Context, Party, TransferContext
from policies.evaluate import evaluate
from policies.model import Policy
from policies.parse import parse_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        partner: a DID.
        dataset: a data set of ours.
        at: when.
        purpose, person: what for and for whom, as they would be declared.
        country, affiliate_of, credential_types, claims: what the partner would show beyond what it has shown; None: as
            it is.
        prepaid: whether the payment would be marked as received; None: as it is, and not without a contract.
    """

    partner: str
    dataset: str
    at: datetime
    purpose: str | None = None
    person: str | None = None
    country: str | None = None
    affiliate_of: frozenset[str] | None = None
    credential_types: frozenset[str] | None = None
    claims: Mapping[str, Claim] = field(default_factory=dict)
    prepaid: bool | None = None


def answer(unit: UnitOfWork, asked: Question) -> JsonObject:
    """What would be decided, for each open offer and each contract that the partner has on this data set.

    Raises:
        NotFound: there is no such data set of ours.
    """
    dataset = unit.datasets.get(asked.dataset)
    if dataset is None:
        raise NotFound.told("no_such_dataset", dataset=asked.dataset)
    party = _assumed(party_of(unit, asked.partner, asked.at), asked)
    seen = visible(dataset, asked.partner)
    offers = [_offer(unit, asked, dataset, party, offer) for offer in unit.offers.find(dataset=dataset.id, live=True)]
    held = unit.contracts.find(dataset=dataset.id, role="provider", counterparty=asked.partner)
    contracts = [_contract(unit, asked, dataset, party, contract) for contract in held if contract.live]
    ways = [*(offer for offer in offers if seen), *contracts]
    return {
        "for": asked.partner,
        "dataset": dataset.id,
        "at": format_time(asked.at),
        "permitted": any(way["permitted"] for way in ways),
        "visible": seen,
        "taken": exclusive_other(unit, dataset.id, asked.at) is not None,
        "offers": offers,
        "contracts": contracts,
    }


def _offer(unit: UnitOfWork, asked: Question, dataset: DatasetRecord, party: Party, offer: OfferRecord) -> JsonObject:
    """Would it see the offer, get a contract on it, and with that, at once, the data?"""
    policy = parse_policy(offer.policy)
    terms = {"@type": "Agreement", "timestamp": format_time(asked.at)}
    fresh = _imagined(asked, dataset, offer, terms)
    steps: dict[str, Context] = {
        "catalog": for_catalog(unit, party, dataset, policy, asked.at),
        "negotiation": for_negotiation(unit, party, dataset, policy, asked.at),
        "use": _use(unit, asked, _occasion(asked, fresh, dataset, policy), party, Tally()),
    }
    found = {name: evaluate(policy, context) for name, context in steps.items()}
    taken = exclusive_other(unit, dataset.id, asked.at) is not None
    return {
        "offer": offer.id,
        "permitted": all(decision.permitted for decision in found.values()) and not taken,
        **{name: outcome_view(decision, offer.policy) for name, decision in found.items()},
    }


def _contract(
    unit: UnitOfWork, asked: Question, dataset: DatasetRecord, party: Party, contract: ContractRecord
) -> JsonObject:
    """Would a use under a contract that stands be allowed, after all that was used so far?"""
    policy = parse_policy(contract.agreement)
    occasion = _occasion(asked, contract, dataset, policy)
    decision = evaluate(policy, _use(unit, asked, occasion, party, unit.tallies.of(contract.id)))
    shown = outcome_view(decision, contract.agreement)
    return {"contract": contract.id, "permitted": decision.permitted, "use": shown}


def _use(unit: UnitOfWork, asked: Question, occasion: Occasion, party: Party, counted: Tally) -> TransferContext:
    context = for_transfer(unit, occasion, counted, asked.at)
    prepaid = context.prepaid if asked.prepaid is None else asked.prepaid
    return replace(context, party=party, purpose=asked.purpose, prepaid=prepaid)


def _occasion(asked: Question, contract: ContractRecord, dataset: DatasetRecord, policy: Policy) -> Occasion:
    return Occasion(
        contract=contract,
        dataset=dataset,
        policy=policy,
        purpose=asked.purpose or "",
        person=asked.person,
        rows=rows_of(dataset),
    )


def _imagined(asked: Question, dataset: DatasetRecord, offer: OfferRecord, terms: JsonObject) -> ContractRecord:
    """The contract that would come of an offer."""
    return ContractRecord(
        id=f"what-if {offer.id}",
        role="provider",
        counterparty=asked.partner,
        negotiation="",
        dataset=dataset.id,
        agreement={**offer.policy, **terms},
        signatures={},
        countersignature_digest=None,
        log={},
        parties={},
        description=dataset.description,
        created_at=format_time(asked.at),
    )


def _assumed(party: Party, asked: Question) -> Party:
    """The partner as it would show itself."""
    return replace(
        party,
        claims={**party.claims, **asked.claims},
        country=asked.country or party.country,
        affiliate_of=asked.affiliate_of if asked.affiliate_of is not None else party.affiliate_of,
        credential_types=(party.credential_types or frozenset()) | asked.credential_types
        if asked.credential_types is not None
        else party.credential_types,
    )
