"""Sending data to where a consumer wants it, as provider: each push is a use, judged, counted and cut like a pull."""

import asyncio
import logging
import random
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from connector.clock import Clock
from connector.ports.dataplane import DataPlane
from connector.ports.network import FlowBroken, FlowRefused
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.protocol.formats import Way
from connector.services.changes import Changes
from connector.services.errors import Conflict, ServiceError
from connector.services.identity import Identity
from connector.services.parcels import Push, find_push, request_of
from connector.services.transfers.steps import Steps
from connector.services.usage import Usage, Use
from connector.services.usage.requests import Wanted
from connector.tasks import carry_out, end
from connector.trace import begin_trace

_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 30.0
_AT_ONCE: Final = 16
"""Pushes that run to one participant; further ones wait."""
_WORD: Final = 5.0
"""Seconds in which the message that explains a refusal may still arrive."""
_MOST_TRIES: Final = 20
"""Tries in a row in which not a byte got through: about seven minutes."""
_STORE_AGAIN: Final = 5.0
"""Seconds after which what could not be written down is tried again."""
_log: Final = logging.getLogger(__name__)


class Pushes:
    """All pushes that run."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        usage: Usage,
        steps: Steps,
        dataplane: DataPlane,
        clock: Clock,
        changes: Changes,
    ) -> None:
        self._changes = changes
        self._me = identity
        self._store = store
        self._usage = usage
        self._steps = steps
        self._dataplane = dataplane
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_AT_ONCE))
        self._stopped = False

    def begin(self, transfer_id: str) -> None:
        """Push in a transfer that is started; one that is still being stopped begins anew when it is."""
        if self._stopped:
            return
        if transfer_id in self._tasks:
            self._again.add(transfer_id)
            return
        task = asyncio.get_running_loop().create_task(self._run(transfer_id))
        self._tasks[transfer_id] = task
        task.add_done_callback(lambda _: self._over(transfer_id))

    async def resume(self) -> None:
        """After a start: go on with what was not finished."""
        for transfer in await self._store.read(lambda unit: unit.transfers.find(role="provider", state="STARTED")):
            if transfer.is_push:
                self.begin(transfer.id)

    async def stop(self) -> None:
        """Stop pushing; it is resumed at the next start."""
        self._stopped = True
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    @property
    def running(self) -> set[asyncio.Task[None]]:
        """The tasks that push."""
        return set(self._tasks.values())

    def _over(self, transfer_id: str) -> None:
        del self._tasks[transfer_id]
        if transfer_id in self._again:
            self._again.discard(transfer_id)
            self.begin(transfer_id)

    async def _run(self, transfer_id: str) -> None:
        begin_trace()
        while True:
            try:
                await self._push(transfer_id)
            except StoreError as error:
                # Nobody's fault at the other side, and nothing is lost: it goes on when there is room again.
                _log.warning("the push of %s cannot be written down now: %s", transfer_id, error)
                await asyncio.sleep(_STORE_AGAIN)
            else:
                return

    async def _push(self, transfer_id: str) -> None:
        try:
            push = await self._store.read(lambda unit: find_push(unit, transfer_id))
            if push is not None:
                async with self._slots[push.transfer.counterparty]:
                    await self._until_through(transfer_id)
        except ServiceError as error:
            await self._end(transfer_id, "not-permitted", error.sentence)
        except FlowRefused as refused:
            said = f"{refused.title}: {refused.detail}" if refused.detail else refused.title
            await self._end(transfer_id, "not-delivered", f"the data could not be delivered ({refused.status}): {said}")
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a task of its own: nobody else would hear of it
            _log.exception("the push of %s failed", transfer_id)
            await self._end(transfer_id, "not-delivered", f"the push failed here: {type(error).__name__}")

    async def _until_through(self, transfer_id: str) -> None:
        tries = 0
        while True:
            push = await self._store.read(lambda unit: find_push(unit, transfer_id))
            if push is None:
                return
            if push.held is not None and push.held.state == "complete":
                await self._complete(transfer_id)
                return
            if tries > _MOST_TRIES:
                raise Conflict("the endpoint of the dataAddress cannot be reached, or takes nothing any more")
            if tries:
                pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(tries, 16))
                await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311
            moved = False
            try:
                use = await self._reserve(push)
                moved = await self._send(push, use)
            except FlowBroken as broken:
                _log.info("the push of %s was cut (%s), resuming", transfer_id, broken)
            except FlowRefused as refused:
                if not await self._was_stopped(refused, transfer_id):
                    raise
            except ServiceError:
                # Suspended while we asked how much is there: that is no refusal by the agreement.
                if await self._store.read(lambda unit: find_push(unit, transfer_id)) is not None:
                    raise
            tries = 0 if moved else tries + 1

    async def _reserve(self, push: Push) -> Use:
        """Ask how much is there, if something was sent before, and reserve the rest.

        Raises:
            FlowBroken, FlowRefused: the consumer does not answer, or says no.
            ServiceError: the agreement does not allow it.
        """
        start = 0
        if push.held is not None:
            start = await self._dataplane.arrived(request_of(push, Path(), 0, me=self._me, clock=self._clock)) or 0
        wanted = Wanted(
            transfer=push.transfer.id,
            delivery=push.delivery,
            purpose=push.purpose,
            person=push.target.person,
            start=start,
            way=Way.PUSH,
        )
        return await self._usage.reserve(wanted, push.dataset, receiver=push.transfer.counterparty)

    async def _send(self, push: Push, use: Use) -> bool:
        """Send until the consumer has confirmed it, or until it is cut; whether a byte got through.

        Raises:
            FlowBroken: the line was cut, and not a byte got through.
            FlowRefused: the consumer says no.
        """
        use.confirmed = False
        loop = asyncio.get_running_loop()

        def given(count: int) -> None:
            use.sent, use.moved = count, loop.time()

        sending = asyncio.ensure_future(
            self._dataplane.push(request_of(push, use.path, use.start, me=self._me, clock=self._clock), given)
        )
        ends: set[asyncio.Future[Any]] = {sending, use.cut}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            use.confirmed = sending.done() and sending.exception() is None
        finally:
            try:
                await end(sending)
            finally:
                await carry_out(self._usage.finish(use))
        if sending.cancelled():
            return use.sent > 0
        try:
            sending.result()
        except FlowBroken:
            if not use.sent:
                raise
        # A consumer that confirms what it was never sent must not have us ask it again at once, for ever.
        return use.sent > 0

    async def _was_stopped(self, refused: FlowRefused, transfer_id: str) -> bool:
        """A consumer that has stopped the transfer takes no more; its message about it may arrive a moment later."""
        if refused.more.get("clause") not in ("transfer", "withdrawal"):
            return False
        while await self._store.read(lambda unit: find_push(unit, transfer_id)) is not None:
            if not await self._changes.wait(transfer_id, _WORD):
                return False
        return True

    async def _complete(self, transfer_id: str) -> None:
        def work(unit: UnitOfWork) -> None:
            transfer = unit.transfers.get(transfer_id)
            if transfer is not None:
                self._steps.finish(unit, transfer)

        await self._store.write(work)

    async def _end(self, transfer_id: str, code: str, reason: str) -> None:
        def work(unit: UnitOfWork) -> None:
            transfer = unit.transfers.get(transfer_id)
            if transfer is not None:
                self._steps.end(unit, transfer, code=code, reason=reason)

        await self._store.write(work)
