"""The transactional outbox: messages that are due, delivered in order within a process, nobody waiting for a dead peer.

A row is written in the transaction that decided the message and removed in the one that records its answer. In between
it is tried: at once, then after a pause that grows with jitter and ends early at any sign of life of the peer. A
refusal ends the try, unless we have signed: then the same bytes stay due, slower and slower, and a person is told.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from connector.ports.network import Network, PeerAnswer, PeerUnreachable
from connector.ports.records import OutboxKind, OutboxRow
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.trace import begin_trace

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 30.0
_LONGEST_PAUSE_SIGNED: Final = 300.0
_AT_ONCE_PER_PEER: Final = 32
_REFUSALS: Final = frozenset({400, 401, 403, 404, 405, 406, 410, 413, 415, 422})
_log: Final = logging.getLogger(__name__)


class Owner(Protocol):
    """The service that a row belongs to: what an answer means. Both run in the transaction that removes the row."""

    def acknowledged(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """The peer took it (2xx)."""
        ...

    def refused(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """The peer refused it for good, and we are not bound."""
        ...

    def delayed(self, unit: UnitOfWork, row: OutboxRow, problem: str) -> None:
        """It is still due; `problem` says why, for a person."""
        ...


@dataclass(slots=True)
class _Peer:
    slots: asyncio.Semaphore
    life: asyncio.Event


class Outbox:
    """Delivers what is due."""

    def __init__(
        self, store: Store, network: Network, bearer: Callable[[str], str], *, chance: random.Random | None = None
    ) -> None:
        self._store = store
        self._network = network
        self._bearer = bearer
        self._chance = chance or random.Random()  # noqa: S311 - jitter, no secret
        self._owners: Mapping[OutboxKind, Owner] = {}
        self._queues: dict[str, deque[OutboxRow]] = {}
        self._peers: dict[str, _Peer] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    def belongs(self, owners: Mapping[OutboxKind, Owner]) -> None:
        """Say whose rows are whose; before `start`."""
        self._owners = owners

    def add(self, unit: UnitOfWork, row: OutboxRow) -> None:
        """Make a message due in this transaction; it goes out as soon as that is durable."""
        written = unit.outbox.add(row)
        unit.after_commit(lambda: self._schedule(written))

    def settle(self, unit: UnitOfWork, process: str, pending: tuple[str, ...]) -> None:
        """Remove the rows of a process whose messages are no longer pending: something newer implied their answer."""
        for row in unit.outbox.find(process=process):
            if row.event not in pending:
                unit.outbox.delete(row.number)

    async def start(self) -> None:
        """Take up what was due when we last stopped."""
        for row in await self._store.read(lambda unit: list(unit.outbox.find())):
            self._schedule(row)

    async def stop(self) -> None:
        """Stop trying; what is due stays due."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def sign_of_life(self, peer: str) -> None:
        """The peer spoke to us: whatever waits for it is tried again now."""
        known = self._peers.get(peer)
        if known is not None:
            known.life.set()

    def waiting(self) -> int:
        """How many messages are due."""
        return sum(len(queue) for queue in self._queues.values())

    async def idle(self) -> None:
        """Wait until nothing is due. For tests and for stopping gently."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _schedule(self, row: OutboxRow) -> None:
        if self._stopped:
            return
        queue = self._queues.get(row.process)
        if queue is not None:
            queue.append(row)
            return
        self._queues[row.process] = deque([row])
        task = asyncio.get_running_loop().create_task(self._drain(row.process))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, process: str) -> None:
        begin_trace()
        queue = self._queues[process]
        try:
            while queue:
                await self._deliver(queue[0])
                queue.popleft()
        finally:
            del self._queues[process]

    async def _deliver(self, row: OutboxRow) -> None:
        peer = self._peers.setdefault(row.peer, _Peer(asyncio.Semaphore(_AT_ONCE_PER_PEER), asyncio.Event()))
        attempts = row.attempts
        while True:
            async with peer.slots:
                problem, settled = await self._try(row)
            if settled:
                return
            attempts += 1
            if not await self._note(row, attempts, problem):
                return
            await self._pause(peer, attempts, signed=row.binding)

    async def _try(self, row: OutboxRow) -> tuple[str, bool]:
        try:
            answer = await self._network.post(row.url, row.body, self._bearer(row.peer))
        except PeerUnreachable as error:
            return str(error), False
        owner = self._owners[row.kind]
        if 200 <= answer.status < 300:  # noqa: PLR2004
            return await self._finish(row, lambda unit: owner.acknowledged(unit, row, answer))
        problem = f"{row.peer} answers {answer.status} to {row.event}: {answer.text}"
        if answer.status in _REFUSALS and not row.binding:
            _log.warning("refused: %s", problem)
            return await self._finish(row, lambda unit: owner.refused(unit, row, answer))
        return problem, False

    async def _finish(self, row: OutboxRow, effect: Callable[[UnitOfWork], None]) -> tuple[str, bool]:
        def record(unit: UnitOfWork) -> None:
            if unit.outbox.get(row.number) is not None:
                unit.outbox.delete(row.number)
                effect(unit)

        try:
            await self._store.write(record)
        except StoreError as error:
            return str(error), False
        return "", True

    async def _note(self, row: OutboxRow, attempts: int, problem: str) -> bool:
        """Keep the reason with the row; False when the row is gone, for something else has settled it."""
        _log.info("still due, try %d: %s", attempts, problem)

        def note(unit: UnitOfWork) -> bool:
            held = unit.outbox.get(row.number)
            if held is None:
                return False
            unit.outbox.put(replace(held, attempts=attempts, problem=problem))
            self._owners[row.kind].delayed(unit, row, problem)
            return True

        try:
            return await self._store.write(note)
        except StoreError:
            return True

    async def _pause(self, peer: _Peer, attempts: int, *, signed: bool) -> None:
        longest = _LONGEST_PAUSE_SIGNED if signed else _LONGEST_PAUSE
        pause = min(longest, _FIRST_PAUSE * 2 ** min(attempts - 1, 16)) * self._chance.uniform(0.7, 1.3)
        # The first tries come quickly; from then on a sign of life counts for more than the clock.
        peer.life.clear()
        try:
            await asyncio.wait_for(peer.life.wait(), pause)
        except TimeoutError:
            return
