"""Reserving a use: judged and counted in one commit before the first byte (decision 5, 15)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ports.records import ContractRecord, DatasetRecord, DeliveryRecord, Tally
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.transfer import TransferProcess, TransferState
from connector.services.agreed import agreed_policy
from connector.services.errors import BadRequest, Busy, Conflict, Forbidden, Unauthenticated
from connector.services.facts import Occasion, for_transfer
from connector.services.judged import Judged, NotPermitted, judge
from connector.services.standing import why_nothing_flows
from connector.services.usage.conditions import etag_of
from connector.services.usage.requests import Use, Wanted
from policies.context import TransferContext

DIED: Final[JsonObject] = {
    "title": "it was being sent when we stopped",
    "detail": "how much of it arrived is not known; it counts as used, and can be resumed",
}
_EXTRA_VIEWS: Final = 1
"""How often a delivery's bytes may go out beyond the first time, all repeats and resumes together."""
_TRIES: Final = 20
"""How often it is judged anew when somebody else who shares the database counts for the same contract meanwhile."""


Hindered: TypeAlias = Callable[[UnitOfWork, ContractRecord, datetime], str | None]
"""Why nothing is delivered under a contract now; None when nothing stands in the way."""


def known(unit: UnitOfWork, pid: str) -> tuple[TransferProcess, ContractRecord]:
    """A transfer in which we provide, and its contract.

    Raises:
        Unauthenticated: there is none; a stranger learns no more than from a wrong token.
    """
    transfer = unit.transfers.get(pid)
    contract = unit.contracts.get(transfer.agreement) if transfer is not None else None
    if transfer is None or transfer.role is not Role.PROVIDER or contract is None:
        raise Unauthenticated("no such transfer, or not with this token")
    return transfer, contract


def check_live(transfer: TransferProcess, contract: ContractRecord, now: datetime) -> None:
    """Whether data may flow under this transfer now.

    Raises:
        Forbidden: it may not; the sentence says why, and `clause` what kind of reason it is.
    """
    problem = why_nothing_flows(contract, now)
    if problem is not None:
        raise Forbidden(problem, clause=_clause_of(contract))
    if transfer.settled is not TransferState.STARTED:
        said = (transfer.problem or {}).get("detail") or "it is not started"
        raise Forbidden(f"this transfer is {transfer.settled}: {said}", clause="transfer")


def _clause_of(contract: ContractRecord) -> str:
    if contract.live:
        return "withdrawal"
    if contract.over:
        return "withdrawal" if contract.withdrawn_at else "contract"
    # What suspends the transfer arrives a moment later, and whoever is refused waits for it.
    return "transfer" if contract.suspensions else "contract"


class Reserving:
    """Judges what is wanted, and counts it.

    Attributes:
        may_begin: asked before each new use; raises when the disk has no room for anything new.
        hindered: asked before each use whether something beside the terms stands in its way, such as a duty overdue.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self.may_begin: Callable[[], None] = lambda: None
        self.hindered: Hindered = lambda _unit, _contract, _now: None

    def reserve(self, unit: UnitOfWork, wanted: Wanted, path: Path) -> Use:
        """Reserve a new use, or the rest of one that was begun.

        Raises:
            Forbidden: the agreement does not allow it; the sentence names the clause.
            BadRequest: a new delivery that does not begin at its first byte.
            Conflict: another use under the same delivery id, or the data set is gone.
            NoRoom: a new use, and the disk has no room for anything new.
        """
        transfer, contract = known(unit, wanted.transfer)
        # Counters of a database that was set back are not to be relied on (decision 5, 22).
        unit.log.check_may_sign()
        check_live(transfer, contract, self._clock.now())
        problem = self.hindered(unit, contract, self._clock.now())
        if problem is not None:
            raise Forbidden(problem, clause="duty")
        dataset = unit.datasets.get(contract.dataset)
        if dataset is None:
            raise Conflict("the data set is no longer here")
        policy = agreed_policy(contract)
        held = unit.deliveries.get(wanted.delivery)
        if held is not None:
            _check_same(held, wanted, contract, dataset)
        occasion = Occasion(
            contract=contract,
            dataset=dataset,
            policy=policy,
            purpose=wanted.purpose,
            person=wanted.person,
            rows=rows_of(dataset),
            started_at=held.started_at if held is not None else None,
        )
        if held is None:
            self.may_begin()
            context = self._count(unit, occasion)
            record = self._new(unit, wanted, contract, dataset, context)
        else:
            # It is counted already; everything else in the agreement must still hold now.
            context = self._judge(unit, occasion, _without(unit.tallies.of(contract.id), held))
            record = self._again(unit, wanted, held, dataset)
        etag = etag_of(dataset, record.id if wanted.minted else None)
        return Use(record, transfer, occasion, path, wanted.start, etag, context)

    def _count(self, unit: UnitOfWork, occasion: Occasion) -> TransferContext:
        """Judge a new use by what is counted, and count it, if nobody else has counted meanwhile; else judge it anew.

        Raises:
            Forbidden: the agreement does not allow it.
            Busy: others were quicker again and again.
        """
        for _ in range(_TRIES):
            seen = unit.tallies.of(occasion.contract.id)
            context = self._judge(unit, occasion, seen)
            now = seen.and_one(occasion.rows or 0, occasion.dataset.byte_size)
            if unit.tallies.add(occasion.contract.id, seen, now):
                return context
        raise Busy("too many uses of this contract begin at this very moment; try again")

    def _new(
        self,
        unit: UnitOfWork,
        wanted: Wanted,
        contract: ContractRecord,
        dataset: DatasetRecord,
        context: TransferContext,
    ) -> DeliveryRecord:
        if wanted.start:
            raise BadRequest("a new delivery begins at its first byte; only one that was begun can be resumed")
        record = DeliveryRecord(
            id=wanted.delivery,
            role="provider",
            contract=contract.id,
            transfer=wanted.transfer,
            purpose=wanted.purpose,
            person=wanted.person,
            digest=dataset.digest,
            byte_size=dataset.byte_size,
            bytes=0,
            bytes_total=dataset.byte_size,
            state="running",
            started_at=format_time(context.now),
            way=wanted.way,
            rows=rows_of(dataset),
        )
        unit.deliveries.add(record)
        return record

    def _again(self, unit: UnitOfWork, wanted: Wanted, held: DeliveryRecord, dataset: DatasetRecord) -> DeliveryRecord:
        # After a crash only the receiver knows how much had arrived.
        arrived = max(held.bytes, wanted.start) if held.problem == DIED else held.bytes
        total = held.bytes_total + dataset.byte_size - wanted.start
        if total > dataset.byte_size * (1 + _EXTRA_VIEWS):
            raise Forbidden("this delivery was repeated too often; take a new delivery id, which counts as a new use")
        record = replace(held, bytes=arrived, bytes_total=total, state="running", problem=None)
        unit.deliveries.put(record)
        return record

    def _judge(self, unit: UnitOfWork, occasion: Occasion, counted: Tally) -> TransferContext:
        """The agreement's own word on this use, now.

        Raises:
            NotPermitted: it does not allow it; the sentence names the clause.
        """
        context = for_transfer(unit, occasion, counted, self._clock.now())
        judged = judged_use(occasion, context)
        if not judged.decision.permitted:
            raise NotPermitted(judged)
        return context


def judged_use(occasion: Occasion, context: TransferContext) -> Judged:
    """The agreement's own word on a use."""
    contract = occasion.contract
    return judge(occasion.policy, context, terms=contract.agreement, dataset=occasion.dataset.id, contract=contract.id)


def rows_of(dataset: DatasetRecord) -> int | None:
    """How many rows a data set has, as they were counted when it was published; None for what is no table."""
    rows = dataset.card["found"].get("profile", {}).get("rows")
    return rows if isinstance(rows, int) else None


def _without(tally: Tally, held: DeliveryRecord) -> Tally:
    """What was used beside this delivery."""
    return Tally(tally.uses - 1, tally.rows - (held.rows or 0), tally.bytes - held.byte_size)


def _check_same(held: DeliveryRecord, wanted: Wanted, contract: ContractRecord, dataset: DatasetRecord) -> None:
    asked = ("provider", contract.id, wanted.transfer, wanted.purpose, wanted.person, dataset.digest)
    if asked != (held.role, held.contract, held.transfer, held.purpose, held.person, held.digest):
        raise Conflict("this delivery id was used for another transfer, purpose or person; take a new one")
