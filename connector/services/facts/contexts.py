"""The contexts in which policies are asked, filled with what is known."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from connector.clock import format_time, parse_time
from connector.ports.records import ContractRecord, DatasetRecord, Tally
from connector.ports.store import UnitOfWork
from connector.services.facts.assets import asset_of
from connector.services.facts.duties import duty_states
from connector.services.facts.exclusivity import is_alone
from connector.services.facts.needs import EXCLUSIVE, NAMED, earliest_use, operands_of
from connector.services.facts.parties import party_of
from connector.services.facts.people import people_named
from policies.context import CatalogContext, NegotiationContext, Party, TransferContext
from policies.model import Policy

FILE_DELIVERY: Final = "fileDelivery"
"""How data reaches a consumer from here: as a file that it then has, pulled or pushed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A use that is asked for: under which contract, what for, for whom.

    Attributes:
        rows: of the data set; None when it is no table.
        started_at: when it began, of a delivery that is resumed; None of a new one.
    """

    contract: ContractRecord
    dataset: DatasetRecord
    policy: Policy
    purpose: str
    person: str | None
    rows: int | None
    started_at: str | None = None


def for_catalog(
    unit: UnitOfWork, party: Party, dataset: DatasetRecord | None, policy: Policy, now: datetime
) -> CatalogContext:
    """May this party see the offer?"""
    return CatalogContext(party, now, asset_of(unit, dataset, now, operands_of(policy)))


def for_negotiation(
    unit: UnitOfWork, party: Party, dataset: DatasetRecord | None, policy: Policy, now: datetime
) -> NegotiationContext:
    """May this party have a contract on these terms? Of a data set that is not ours nothing is known."""
    needed = operands_of(policy)
    alone = is_alone(unit, dataset.id, now) if dataset is not None and EXCLUSIVE in needed else None
    return NegotiationContext(party, now, asset_of(unit, dataset, now, needed), exclusive=alone)


def for_start(
    unit: UnitOfWork, contract: ContractRecord, dataset: DatasetRecord | None, policy: Policy, now: datetime
) -> NegotiationContext:
    """May a transfer begin under this contract? What only a use knows is left to the use."""
    context = for_negotiation(unit, party_of(unit, contract.counterparty, now), dataset, policy, now)
    if context.exclusive is None:
        return context
    return replace(context, exclusive=is_alone(unit, contract.dataset, now, beside=contract.id))


def for_transfer(unit: UnitOfWork, occasion: Occasion, counted: Tally, now: datetime) -> TransferContext:
    """May this delivery begin? `counted` is what was used beside it."""
    contract, dataset = occasion.contract, occasion.dataset
    context = TransferContext(
        party=Party(contract.counterparty),
        now=now,
        agreed_at=parse_time(contract.agreement["timestamp"]),
        uses=counted.uses,
        purpose=occasion.purpose,
        person=occasion.person,
        used_at=_used_at(unit, occasion, now),
        rows=None if occasion.rows is None else counted.rows + occasion.rows,
        size=counted.bytes + dataset.byte_size,
        environment=FILE_DELIVERY,
    )
    return refreshed(unit, occasion, context, now)


def refreshed(unit: UnitOfWork, occasion: Occasion, context: TransferContext, now: datetime) -> TransferContext:
    """The same use, judged by what is known now. What was counted when it was reserved stays: it was counted once."""
    contract = unit.contracts.get(occasion.contract.id) or occasion.contract
    needed = operands_of(occasion.policy)
    return replace(
        context,
        party=party_of(unit, contract.counterparty, now),
        now=now,
        asset=asset_of(unit, occasion.dataset, now, needed, occasion.purpose),
        exclusive=is_alone(unit, contract.dataset, now, beside=contract.id) if EXCLUSIVE in needed else None,
        prepaid=contract.paid_at is not None,
        duties=duty_states(unit, contract, now) if occasion.policy.obligation else {},
        named=people_named(unit, contract, occasion.policy) if NAMED in needed else None,
    )


def _used_at(unit: UnitOfWork, occasion: Occasion, now: datetime) -> tuple[datetime, ...] | None:
    """When the other uses began that may count for a window of time; one that is resumed counts where it began."""
    since = earliest_use(occasion.policy, now)
    if since is None:
        return None
    began = unit.tallies.used_since(occasion.contract.id, format_time(since))
    return tuple(parse_time(at) for at in began if occasion.started_at is None or at < occasion.started_at)
