"""Fetching data, as consumer: one delivery from the request to the checked file, resumed wherever it was cut."""

import asyncio
import hashlib
import logging
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time, parse_time
from connector.ids import new_iri
from connector.ports.dataplane import DataPlane, PullRequest
from connector.ports.network import PullBroken, PullRefused
from connector.ports.records import ContractRecord, DeliveryRecord
from connector.ports.store import Store, UnitOfWork
from connector.protocol.notices import DELIVERY_RECEIVED, delivery
from connector.protocol.transfer import TERMINAL, TransferProcess, TransferState
from connector.services.changes import Changes
from connector.services.contracting import reference_of
from connector.services.errors import BadRequest, Conflict, NotFound
from connector.services.identity import Identity
from connector.services.notices import Notices
from connector.services.transfers import Transfers, live_or_conflict
from connector.services.usage import person_digest
from connector.trace import begin_trace
from connector.trust.tokens import make_request_proof
from policies.vocabulary import PURPOSE_NAMES

_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 30.0
_OPEN: Final = ("requested", "running")
_WAIT: Final = 60.0
_WORD: Final = 5.0
"""Seconds in which the message that explains a refusal may still arrive."""
_log: Final = logging.getLogger(__name__)


class _Suspended(Exception):
    """The transfer was suspended, by either side."""


class Deliveries:
    """All deliveries that we fetch."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        transfers: Transfers,
        notices: Notices,
        dataplane: DataPlane,
        clock: Clock,
        changes: Changes,
        folder: Path,
        protocol_root: Callable[[UnitOfWork, ContractRecord], str],
    ) -> None:
        self._me = identity
        self._store = store
        self._transfers = transfers
        self._notices = notices
        self._dataplane = dataplane
        self._clock = clock
        self._changes = changes
        self._folder = folder
        self._root = protocol_root
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._there: dict[str, int] = {}

    async def begin(self, contract_id: str, *, purpose: str, person: str | None) -> DeliveryRecord:
        """Ask for one delivery under a contract.

        Raises:
            NotFound: there is no such contract of ours as consumer.
            Conflict: no data may flow under it.
            BadRequest: the purpose is none of the list.
        """
        wanted = purpose_iri(purpose)

        def work(unit: UnitOfWork) -> DeliveryRecord:
            contract = unit.contracts.get(contract_id)
            if contract is None or contract.role != "consumer":
                raise NotFound(f"there is no contract {contract_id} under which we receive data")
            waiting = contract.signed_at is not None and contract.confirmed_at is None
            if not waiting:
                live_or_conflict(contract)
            reference = reference_of(contract.description)
            record = DeliveryRecord(
                id=new_iri(),
                role="consumer",
                contract=contract.id,
                transfer="",
                purpose=wanted,
                person=person,
                digest=reference.digest,
                byte_size=reference.byte_size or 0,
                bytes=0,
                bytes_total=0,
                state="requested",
                started_at=format_time(self._clock.now()),
            )
            unit.deliveries.add(record)
            unit.after_commit(lambda: self._start(record.id))
            return record

        return await self._store.write(work)

    async def resume(self) -> None:
        """After a start: go on with what was not finished."""
        records = await self._store.read(
            lambda unit: [r for state in _OPEN for r in unit.deliveries.find(role="consumer", state=state)]
        )
        for record in records:
            self._start(record.id)

    async def stop(self) -> None:
        """Stop pulling; what is there stays and is resumed at the next start."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def there(self, record: DeliveryRecord) -> int:
        """How many bytes are here by now."""
        return self._there.get(record.id, record.bytes)

    def file_of(self, record: DeliveryRecord) -> Path:
        """The received file.

        Raises:
            Conflict: it is not complete.
        """
        if record.role != "consumer" or record.state != "complete" or record.file is None:
            raise Conflict("this delivery is not complete; there is no file")
        return self._folder / record.file

    def _start(self, delivery_id: str) -> None:
        task = asyncio.get_running_loop().create_task(self._run(delivery_id))
        self._tasks[delivery_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(delivery_id, None))

    async def _run(self, delivery_id: str) -> None:
        begin_trace()
        try:
            while True:
                record, transfer = await self._started(delivery_id)
                if transfer is None:
                    return
                try:
                    await self._pull(record, transfer)
                except _Suspended:
                    await self._note_suspended(delivery_id)
                else:
                    return
        except asyncio.CancelledError:
            raise
        except PullRefused as refused:
            problem = {"title": refused.title, "status": refused.status, "detail": refused.detail, **refused.more}
            await self._fail(delivery_id, "refused", problem)
        except Exception as error:  # noqa: BLE001 - a task of its own: nobody else would hear of it
            _log.exception("delivery %s failed", delivery_id)
            problem = {"title": "the delivery failed", "detail": f"{type(error).__name__}: {error}"}
            await self._fail(delivery_id, "failed", problem)

    async def _started(self, delivery_id: str) -> tuple[DeliveryRecord, TransferProcess | None]:
        """Wait until the contract is confirmed and the provider has started the transfer, or has refused it."""
        await self._confirmed(delivery_id)
        while True:
            record, transfer = await self._store.read(lambda unit: _both(unit, delivery_id))
            started = transfer.state is TransferState.STARTED and not transfer.pending
            if started and transfer.data_address is not None:
                return record, transfer
            if transfer.state in TERMINAL:
                said = transfer.problem or {}
                detail = str(said.get("detail") or "the provider ended the transfer")
                problem = {"title": "the provider refused the transfer", "detail": detail}
                await self._fail(delivery_id, "refused", problem)
                return record, None
            await self._changes.wait(transfer.id, _WAIT)

    async def _confirmed(self, delivery_id: str) -> None:
        """Begin the transfer as soon as the provider has taken our confirmation (H)."""
        while True:
            # Looked at and waited for without anything in between: a change cannot slip through.
            contract_id = await self._store.read(lambda unit: self._unconfirmed(unit, delivery_id))
            if contract_id is None:
                break
            await self._changes.wait(contract_id, _WAIT)
        await self._store.write(lambda unit: self._begin_transfer(unit, delivery_id))

    def _unconfirmed(self, unit: UnitOfWork, delivery_id: str) -> str | None:
        """The contract that has to be confirmed first; None when there is nothing to wait for."""
        record = unit.deliveries.get(delivery_id)
        contract = unit.contracts.get(record.contract) if record is not None and not record.transfer else None
        if contract is None or contract.confirmed_at or contract.withdrawn_at or contract.terminated_at:
            return None
        return contract.id

    def _begin_transfer(self, unit: UnitOfWork, delivery_id: str) -> None:
        record = unit.deliveries.get(delivery_id)
        contract = unit.contracts.get(record.contract) if record is not None else None
        if record is None or contract is None or record.transfer:
            return
        live_or_conflict(contract)
        transfer = self._transfers.begin(unit, contract, self._root(unit, contract))
        unit.deliveries.put(replace(record, transfer=transfer.id))

    async def _pull(self, record: DeliveryRecord, transfer: TransferProcess) -> None:
        request = self._request(record, transfer)
        if await asyncio.to_thread(_is_whole, request.target.with_suffix(".data"), record.digest):
            # It was whole and checked when we died between renaming and recording it.
            await self._finish(record, request.target)
            return
        tries = 0
        await self._mark_running(record.id)
        while True:
            before = self._there.get(record.id, 0)
            try:
                found = await self._pull_while_started(request, transfer.id)
                break
            except PullRefused as refused:
                if await self._was_suspended(refused, transfer.id):
                    raise _Suspended from None
                raise
            except PullBroken as broken:
                # Progress since the last cut is a sign of life: begin the pauses anew.
                tries = 0 if self._there.get(record.id, 0) > before else tries + 1
                _log.info("delivery %s was cut (%s), resuming", record.id, broken)
                pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**tries) * random.uniform(0.7, 1.3)  # noqa: S311
                await asyncio.sleep(pause)
        if found != record.digest:
            request.target.unlink(missing_ok=True)
            detail = f"the contract names {record.digest}, what arrived has {found}; the file was thrown away"
            await self._fail(
                record.id, "failed", {"title": "the data is not what the contract names", "detail": detail}
            )
            return
        await self._finish(record, request.target)

    async def _pull_while_started(self, request: PullRequest, transfer_id: str) -> str:
        pulling = asyncio.ensure_future(
            self._dataplane.pull(request, lambda n: self._there.__setitem__(request.delivery, n))
        )
        watching = asyncio.ensure_future(self._until_suspended(transfer_id))
        try:
            await asyncio.wait({pulling, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not pulling.done():
                raise _Suspended
            return pulling.result()
        finally:
            pulling.cancel()
            watching.cancel()
            await asyncio.gather(pulling, watching, return_exceptions=True)

    async def _until_suspended(self, transfer_id: str) -> None:
        while await self._settled(transfer_id) is not TransferState.SUSPENDED:
            await self._changes.wait(transfer_id, _WAIT)

    async def _was_suspended(self, refused: PullRefused, transfer_id: str) -> bool:
        """A provider that has suspended refuses more bytes; its message about it may arrive a moment later."""
        while True:
            state = await self._settled(transfer_id)
            if state is TransferState.SUSPENDED or state in TERMINAL or refused.more.get("clause") != "transfer":
                return state is TransferState.SUSPENDED
            if not await self._changes.wait(transfer_id, _WORD):
                return False

    async def _settled(self, transfer_id: str) -> TransferState | None:
        transfer = await self._store.read(lambda unit: unit.transfers.get(transfer_id))
        return transfer.settled if transfer is not None else None

    async def _note_suspended(self, delivery_id: str) -> None:
        def work(unit: UnitOfWork) -> None:
            held, transfer = _both(unit, delivery_id)
            detail = str((transfer.problem or {}).get("detail") or "")
            problem = {"title": f"the {transfer.suspended_by} has suspended the transfer", "detail": detail}
            unit.deliveries.put(replace(held, bytes=self.there(held), problem=problem))
            unit.after_commit(lambda: self._changes.tell(delivery_id))

        await self._store.write(work)

    def _request(self, record: DeliveryRecord, transfer: TransferProcess) -> PullRequest:
        address = transfer.data_address or {}
        found = {p.get("name"): p.get("value") for p in address.get("endpointProperties", []) if isinstance(p, dict)}
        token, kind = str(found.get("authorization") or ""), str(found.get("authType") or "bearer")
        bound = kind.lower() == "dpop"

        def proof(method: str, url: str) -> str:
            return make_request_proof(
                self._me.token_key, method=method, url=url, access_token=token, now=self._clock.now()
            )

        self._folder.mkdir(parents=True, exist_ok=True)
        return PullRequest(
            url=str(address.get("endpoint")),
            scheme="DPoP" if bound else "Bearer",
            token=token,
            proof=proof if bound else None,
            delivery=record.id,
            purpose=record.purpose,
            person=record.person,
            target=self._folder / f"{record.id.rsplit(':', 1)[-1]}.part",
            digest=record.digest,
            byte_size=record.byte_size,
        )

    async def _mark_running(self, delivery_id: str) -> None:
        def work(unit: UnitOfWork) -> None:
            held = unit.deliveries.get(delivery_id)
            if held is not None and held.state != "running":
                unit.deliveries.put(replace(held, state="running"))
                unit.after_commit(lambda: self._changes.tell(delivery_id))

        await self._store.write(work)

    async def _finish(self, record: DeliveryRecord, part: Path) -> None:
        name = part.with_suffix(".data").name
        if part.exists():
            part.replace(part.with_suffix(".data"))

        def work(unit: UnitOfWork) -> None:
            held, transfer = _both(unit, record.id)
            now = self._clock.now()
            contract = unit.contracts.get(held.contract)
            done = replace(
                held, state="complete", bytes=held.byte_size, file=name, finished_at=format_time(now), problem=None
            )
            if contract is not None:
                unit.contracts.put(replace(contract, uses=contract.uses + 1))
            if contract is not None and contract.countersignature_digest is not None:
                content = delivery(
                    delivery=done.id,
                    transfer=transfer.their_pid or transfer.id,
                    transferred=done.byte_size,
                    ranges=[(0, done.byte_size - 1)] if done.byte_size else [],
                    digest=done.digest,
                    purpose=done.purpose,
                    person=person_digest(done.id, done.person),
                    started_at=parse_time(done.started_at),
                    finished_at=now,
                    result="complete",
                )
                self._notices.write(unit, replace(contract, uses=contract.uses + 1), DELIVERY_RECEIVED, content)
                done = replace(done, own_receipt=True)
            unit.deliveries.put(done)
            self._transfers.finish(unit, transfer)
            unit.after_commit(lambda: self._changes.tell(record.id, record.contract))

        await self._store.write(work)
        self._there.pop(record.id, None)

    async def _fail(self, delivery_id: str, state: str, problem: JsonObject) -> None:
        def work(unit: UnitOfWork) -> None:
            held = unit.deliveries.get(delivery_id)
            if held is None:
                return
            now = format_time(self._clock.now())
            unit.deliveries.put(replace(held, state=state, problem=problem, finished_at=now))
            transfer = unit.transfers.get(held.transfer)
            if transfer is not None:
                reason = str(problem.get("detail", ""))[:500]
                self._transfers.end(unit, transfer, code="not-delivered", reason=reason)
            unit.after_commit(lambda: self._changes.tell(delivery_id))

        await self._store.write(work)


def _is_whole(path: Path, digest: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest() == digest


def _both(unit: UnitOfWork, delivery_id: str) -> tuple[DeliveryRecord, TransferProcess]:
    record = unit.deliveries.get(delivery_id)
    transfer = unit.transfers.get(record.transfer) if record is not None else None
    if record is None or transfer is None:
        raise NotFound(f"there is no delivery {delivery_id}")
    return record, transfer


def purpose_iri(purpose: str) -> str:
    """The IRI of a purpose given by its IRI or its short name.

    Raises:
        BadRequest: it is none of the list.
    """
    for iri in PURPOSE_NAMES:
        if purpose in (iri, iri.rsplit("/", 1)[-1]):
            return iri
    names = ", ".join(sorted(iri.rsplit("/", 1)[-1] for iri in PURPOSE_NAMES))
    raise BadRequest(f"{purpose!r} is no purpose that we know; one of: {names}")
