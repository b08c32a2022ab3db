"""Deliveries that the provider sends us: each into its own file, for its own transfer, under its own token (push).

A push that was cut is resumed: `look` tells how much is here, and the rest is appended. Whoever comes later under the
same token is believed to be the same sender on a new line, and ends the one before.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.ports.dataplane import Arrival, DataPlane
from connector.ports.disk import Place
from connector.ports.network import FlowRefused
from connector.ports.records import ContractRecord, DeliveryRecord
from connector.ports.store import Store, UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.transfer import TERMINAL, TransferProcess, TransferState
from connector.services.addresses import delivery_of, token_of
from connector.services.changes import Changes
from connector.services.deliveries.outcomes import Outcomes
from connector.services.disk_space import DiskSpace
from connector.services.errors import BadRequest, Conflict, Forbidden, Unauthenticated
from connector.services.usage.access import Access, Shown
from connector.tasks import carry_out, end

_ENDED: Final = ("refused", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A request that brings data, or asks how much is here.

    Attributes:
        transfer: our pid, from its address.
        shown: what opens the inbox.
        offset: from which byte on it brings data (`Upload-Offset`); None when it begins at the first one.
        length: how many bytes it announces; None when it does not.
        opened: called as soon as it has shown that it may come here.
    """

    transfer: str
    shown: Shown
    offset: int | None = None
    length: int | None = None
    opened: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Held:
    """How much of a delivery is here."""

    offset: int
    complete: bool


class Inbox:
    """Takes what providers push."""

    def __init__(
        self,
        *,
        store: Store,
        access: Access,
        dataplane: DataPlane,
        outcomes: Outcomes,
        changes: Changes,
        folder: Path,
        disk_space: DiskSpace,
    ) -> None:
        self._disk_space = disk_space
        self._changes = changes
        self._store = store
        self._access = access
        self._dataplane = dataplane
        self._outcomes = outcomes
        self._folder = folder
        self._running: dict[str, tuple[TransferProcess, asyncio.Task[Held]]] = {}

    async def look(self, parcel: Parcel) -> Held:
        """How much is here: no data is taken.

        Raises:
            Unauthenticated: no such inbox, or not with this token.
            Forbidden: it is not open any more; the sentence says why.
        """
        _, record = await self._open(parcel)
        return await self._held(record)

    async def take(self, parcel: Parcel, parts: AsyncIterator[bytes]) -> Held:
        """Take the data that a request brings; when it is whole, check it and finish the delivery.

        Raises:
            Unauthenticated, Forbidden: as `look`.
            Conflict: it begins at another byte than the next one that is due; `offset` says which that is.
            BadRequest: too much, too little, or other data than the contract names.
            NoRoom: the disk has none for the rest; what is here stays.
        """
        transfer, record, held = await self._alone(parcel)
        if held.complete:
            return held
        if parcel.offset is not None and parcel.offset != held.offset:
            raise Conflict(f"{held.offset:,} bytes are here; send the rest from there on", offset=held.offset)
        start = parcel.offset or 0
        if parcel.length is not None and start + parcel.length > record.byte_size:
            raise BadRequest(f"the contract names {record.byte_size:,} bytes, more are announced", status=413)
        self._disk_space.check(Place.RECEIVED, record.byte_size - start)
        taking = asyncio.ensure_future(self._receive(record, start, parts))
        self._running[transfer.id] = transfer, taking
        try:
            await asyncio.wait({taking})
        finally:
            # Whoever waits for this has gone: what has arrived is kept.
            try:
                await end(taking)
            finally:
                if self._running.get(transfer.id, (None, None))[1] is taking:
                    del self._running[transfer.id]
                self._changes.tell(transfer.id)
        if taking.cancelled():
            self._disk_space.check(Place.RECEIVED)
            _check_open(*await self._find(parcel))
            raise Conflict("this request was ended: another one brings the rest, or the transfer was stopped")
        return taking.result()

    def cut(self, ended: str) -> None:
        """Stop what arrives for a contract or transfer."""
        for transfer, taking in list(self._running.values()):
            if ended in (transfer.id, transfer.agreement):
                taking.cancel()

    def hold(self) -> None:
        """Stop whatever arrives; its sender is told to bring the rest later."""
        for _, taking in list(self._running.values()):
            taking.cancel()

    def arrives(self, transfer_id: str) -> bool:
        """Whether bytes of a transfer arrive just now."""
        return transfer_id in self._running

    async def _open(self, parcel: Parcel) -> tuple[TransferProcess, DeliveryRecord]:
        transfer, contract, record = await self._find(parcel)
        token, bound = token_of(transfer.data_address)
        await self._access.check(parcel.shown, token=token, bound=bound, holder=transfer.counterparty)
        parcel.opened()
        _check_open(transfer, contract, record)
        return transfer, record

    async def _alone(self, parcel: Parcel) -> tuple[TransferProcess, DeliveryRecord, Held]:
        """What is here, once nobody else brings anything: of two who come at the same time, one ends the other."""
        transfer, record = await self._open(parcel)
        while True:
            await self._end_earlier(transfer.id)
            # The one before may have been the last that was needed.
            transfer, contract, record = await self._find(parcel)
            _check_open(transfer, contract, record)
            held = await self._held(record)
            if transfer.id not in self._running:
                return transfer, record, held

    async def _find(self, parcel: Parcel) -> tuple[TransferProcess, ContractRecord, DeliveryRecord]:
        return await self._store.read(lambda unit: _find(unit, parcel.transfer))

    async def _held(self, record: DeliveryRecord) -> Held:
        if record.state == "complete":
            return Held(record.byte_size, complete=True)
        part = self._outcomes.part_of(record.id)
        size = await asyncio.to_thread(lambda: part.stat().st_size if part.exists() else 0)
        return Held(size, complete=False)

    async def _end_earlier(self, transfer_id: str) -> None:
        earlier = self._running.get(transfer_id)
        if earlier is not None:
            await end(earlier[1])

    async def _receive(self, record: DeliveryRecord, start: int, parts: AsyncIterator[bytes]) -> Held:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._outcomes.part_of(record.id)
        await self._outcomes.mark_running(record.id)
        arrival = Arrival(part, start, record.byte_size)
        try:
            there, digest = await self._dataplane.receive(
                arrival, parts, lambda n: self._outcomes.there.__setitem__(record.id, n)
            )
        except FlowRefused as refused:
            raise BadRequest(refused.detail, status=refused.status) from None
        if there < record.byte_size:
            raise BadRequest(f"{there:,} of {record.byte_size:,} bytes are here; send the rest", offset=there)
        if digest != record.digest:
            detail = await self._outcomes.is_other(record, digest)
            raise BadRequest(detail, status=422)
        # Whoever comes instead of us finds it complete, and not a file that is just being renamed.
        await carry_out(self._outcomes.finish(record, part))
        return Held(record.byte_size, complete=True)


def _find(unit: UnitOfWork, pid: str) -> tuple[TransferProcess, ContractRecord, DeliveryRecord]:
    transfer = unit.transfers.get(pid)
    contract = unit.contracts.get(transfer.agreement) if transfer is not None else None
    record = unit.deliveries.get(delivery_of(transfer.data_address) or "") if transfer is not None else None
    if transfer is None or contract is None or record is None or transfer.role is not Role.CONSUMER:
        raise Unauthenticated("no such transfer, or not with this token")
    if not transfer.is_push or record.transfer != transfer.id:
        raise Unauthenticated("no such transfer, or not with this token")
    return transfer, contract, record


def _check_open(transfer: TransferProcess, contract: ContractRecord, record: DeliveryRecord) -> None:
    if record.state == "complete" and transfer.settled not in TERMINAL:
        # The answer may have been lost: it may be asked for again until the provider has said that it is done.
        return
    if contract.withdrawn_at is not None:
        raise Forbidden(
            f"the agreement was withdrawn on {contract.withdrawn_at}: {contract.withdrawn_reason}", clause="withdrawal"
        )
    for by, said in contract.suspensions.items():
        raise Forbidden(f"the agreement is suspended by {by}: {said['reason']}", clause="transfer")
    if transfer.settled is not TransferState.STARTED or record.state in _ENDED:
        said = (transfer.problem or {}).get("detail") or "nothing is expected here now"
        raise Forbidden(f"this transfer is {transfer.settled}: {said}", clause="transfer")
