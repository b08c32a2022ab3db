"""Deliveries that we fetch, as consumer: each from the request to the checked file, resumed wherever it was cut."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.dataplane import DataPlane
from connector.ports.network import FlowRefused
from connector.ports.records import Act, ContractRecord, DeliveryRecord
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.protocol.formats import Way
from connector.services.acts import recorded
from connector.services.changes import Changes
from connector.services.contracting import reference_of
from connector.services.deliveries.inbox import Inbox
from connector.services.deliveries.outcomes import Outcomes
from connector.services.deliveries.pulling import Pulling, Suspended
from connector.services.deliveries.waiting import OPEN, Waiting
from connector.services.disk_space import DiskSpace
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.services.notices import Notices
from connector.services.purposes import purpose_iri
from connector.services.standing import live_or_conflict
from connector.services.transfers.steps import Steps
from connector.services.usage.access import Access
from connector.trace import begin_trace

_STORE_AGAIN: Final = 5.0
"""Seconds until a store that could not write is tried again."""
_log: Final = logging.getLogger(__name__)


class Deliveries:
    """All deliveries that we fetch, or have sent to us.

    Attributes:
        inbox: where those that are sent to us arrive.
    """

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        steps: Steps,
        notices: Notices,
        access: Access,
        dataplane: DataPlane,
        clock: Clock,
        changes: Changes,
        folder: Path,
        protocol_root: Callable[[UnitOfWork, ContractRecord], str],
        disk_space: DiskSpace,
    ) -> None:
        self._disk_space = disk_space
        self._store = store
        self._clock = clock
        self._folder = folder
        self._outcomes = Outcomes(
            store=store, steps=steps, notices=notices, clock=clock, changes=changes, folder=folder
        )
        self._waiting = Waiting(
            store=store,
            steps=steps,
            outcomes=self._outcomes,
            changes=changes,
            clock=clock,
            protocol_root=protocol_root,
        )
        self._pulling = Pulling(
            identity,
            dataplane=dataplane,
            waiting=self._waiting,
            outcomes=self._outcomes,
            clock=clock,
            folder=folder,
            disk_space=disk_space,
        )
        self.inbox = Inbox(
            store=store,
            access=access,
            dataplane=dataplane,
            outcomes=self._outcomes,
            changes=changes,
            folder=folder,
            disk_space=disk_space,
        )
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def begin(
        self, contract_id: str, *, purpose: str, person: str | None, way: Way = Way.PULL, by: Act | None = None
    ) -> DeliveryRecord:
        """Ask for one delivery under a contract: fetched by us, or pushed into our inbox.

        Raises:
            NotFound: there is no such contract of ours as consumer.
            Conflict: no data may flow under it.
            BadRequest: the purpose is none of the list.
            NoRoom: the disk has none for it, beside what is on its way already.
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
            self._disk_space.check_reception(unit, reference.byte_size or 0)
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
                way=way,
            )
            unit.deliveries.add(record)
            unit.after_commit(lambda: self._start(record.id))
            return record

        return await self._store.write(recorded(work, by))

    async def resume(self) -> None:
        """After a start: go on with what was not finished."""
        records = await self._store.read(
            lambda unit: [r for state in OPEN for r in unit.deliveries.find(role="consumer", state=state)]
        )
        for record in records:
            self._start(record.id)

    async def stop(self) -> None:
        """Stop pulling; what is there stays and is resumed at the next start."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def hold(self) -> None:
        """Let whatever is being received stop where it is; it goes on from there when there is room again."""
        self._pulling.hold()
        self.inbox.hold()

    def there(self, record: DeliveryRecord) -> int:
        """How many bytes are here by now."""
        return self._outcomes.there.get(record.id, record.bytes)

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
            if await self._store.read(lambda unit: _is_push(unit, delivery_id)):
                await self._waiting.pushed(delivery_id, arrives=self.inbox.arrives)
                return
            while True:
                try:
                    record, transfer = await self._waiting.started(delivery_id)
                    if transfer is not None:
                        await self._pulling.pull(record, transfer)
                except Suspended:
                    await self._outcomes.note_suspended(delivery_id)
                except StoreError as error:
                    # Nothing of what has arrived is thrown away because it cannot be written down now.
                    _log.warning("delivery %s cannot be written down now: %s", delivery_id, error)
                    await asyncio.sleep(_STORE_AGAIN)
                else:
                    return
        except asyncio.CancelledError:
            raise
        except FlowRefused as refused:
            problem = {"title": refused.title, "status": refused.status, "detail": refused.detail, **refused.more}
            await self._outcomes.fail(delivery_id, "refused", problem)
        except Exception as error:  # noqa: BLE001 - a task of its own: nobody else would hear of it
            _log.exception("delivery %s failed", delivery_id)
            problem = {"title": "the delivery failed", "detail": f"{type(error).__name__}: {error}"}
            await self._outcomes.fail(delivery_id, "failed", problem)


def _is_push(unit: UnitOfWork, delivery_id: str) -> bool:
    record = unit.deliveries.get(delivery_id)
    return record is not None and record.way == Way.PUSH
