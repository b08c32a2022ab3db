"""The transactional outbox: messages that are due, delivered in order within a process, nobody waiting for a dead peer.

A row is written in the transaction that decided the message and removed in the one that records its answer. In between
it is tried: at once, then after a pause that grows with jitter and ends early at any sign of life of the peer. A
refusal ends the try, unless we have signed: then the same bytes stay due, slower and slower, and a person is told.
"""

import asyncio
import contextlib
import logging
import random
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from connector.ports.network import Network, PeerAnswer, PeerUnreachable
from connector.ports.records import OutboxKind, OutboxRow
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.services.errors import Busy
from connector.trace import begin_trace
from connector.wire.codec import read_answer

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 30.0
_LONGEST_PAUSE_SIGNED: Final = 300.0
_AT_ONCE_PER_PEER: Final = 32
_REFUSALS: Final = frozenset({400, 401, 403, 404, 405, 406, 410, 413, 415, 422})
MOST_DUE: Final = 2_000
"""How many messages may be due to one peer before new ones that bind nobody are refused."""
_MOST_ATTEMPTS: Final = 20_000
"""Tries of a message that binds nobody before it is given up: about a week, at one in half a minute."""
_PROCESS: Final = re.compile(r"(.+/(?:negotiations|transfers)/(?!request$|offers$)[^/]+)/")
STATE_AFTER: Final = {
    "ContractRequestMessage": "REQUESTED",
    "ContractOfferMessage": "OFFERED",
    "ContractAgreementMessage": "AGREED",
    "ContractAgreementVerificationMessage": "VERIFIED",
    "ContractNegotiationEventMessage:accepted": "ACCEPTED",
    "ContractNegotiationEventMessage:finalized": "FINALIZED",
    "ContractNegotiationTerminationMessage": "TERMINATED",
    "TransferRequestMessage": "REQUESTED",
    "TransferStartMessage": "STARTED",
    "TransferSuspensionMessage": "SUSPENDED",
    "TransferCompletionMessage": "COMPLETED",
    "TransferTerminationMessage": "TERMINATED",
}
"""The state in which the peer shows a process once it has our message."""
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

    def late(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """The peer took it, but something else had settled it here before."""
        ...

    def missing(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> list[bytes]:
        """What has to be sent before it, since the peer answered 409."""
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
        self._due: dict[str, int] = {}

    def belongs(self, owners: Mapping[OutboxKind, Owner]) -> None:
        """Say whose rows are whose; before `start`."""
        self._owners = owners

    def add(self, unit: UnitOfWork, row: OutboxRow) -> None:
        """Make a message due in this transaction; it goes out as soon as that is durable.

        Raises:
            Busy: too much is due to this peer already, and we are not bound to this one.
        """
        if not row.binding and self._due.get(row.peer, 0) >= MOST_DUE:
            raise Busy("too much is waiting to be sent to you; try again when you can be reached")
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
        self._due[row.peer] = self._due.get(row.peer, 0) + 1
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
            fresh = True
            while queue:
                if fresh or await self._is_due(queue[0]):
                    await self._deliver(queue[0])
                fresh = False
                row = queue.popleft()
                self._due[row.peer] -= 1
        finally:
            del self._queues[process]

    async def _deliver(self, row: OutboxRow) -> None:
        peer = self._peers.setdefault(row.peer, _Peer(asyncio.Semaphore(_AT_ONCE_PER_PEER), asyncio.Event()))
        attempts = row.attempts
        while True:
            problem, settled = await self._try(row, peer)
            if settled:
                return
            attempts += 1
            if attempts > _MOST_ATTEMPTS and not row.binding:
                await self._give_up(row, problem)
                return
            if not await self._note(row, attempts, problem):
                return
            await self._pause(peer, attempts, signed=row.binding)
            if not await self._is_due(row):
                return

    async def _is_due(self, row: OutboxRow) -> bool:
        """Whether something newer has not settled it while it waited: what is over is not spoken of again."""
        return await self._store.read(lambda unit: unit.outbox.get(row.number) is not None)

    async def _give_up(self, row: OutboxRow, problem: str) -> None:
        gone = PeerAnswer(503, problem.encode())
        await self._finish(row, gone, lambda unit: self._owners[row.kind].refused(unit, row, gone))

    async def _try(self, row: OutboxRow, peer: _Peer) -> tuple[str, bool]:
        try:
            async with peer.slots:
                answer = await self._network.post(row.url, row.body, self._bearer(row.peer))
            return await self._judge(row, answer)
        except PeerUnreachable as error:
            return str(error), False
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            # Whatever it was: the message stays due, and those behind it wait for it.
            _log.exception("sending %s to %s failed", row.event, row.peer)
            return f"sending failed here: {type(error).__name__}", False

    async def _judge(self, row: OutboxRow, answer: PeerAnswer) -> tuple[str, bool]:
        owner = self._owners[row.kind]
        if answer.status == 409:  # noqa: PLR2004
            answer = await self._repaired(row, answer)
        if 200 <= answer.status < 300:  # noqa: PLR2004
            return await self._finish(row, answer, lambda unit: owner.acknowledged(unit, row, answer))
        problem = f"{row.peer} answers {answer.status} to {row.event}: {answer.text}"
        if answer.status in _REFUSALS and not row.binding:
            _log.warning("refused: %s", problem)
            return await self._finish(row, answer, lambda unit: owner.refused(unit, row, answer))
        return problem, False

    async def _repaired(self, row: OutboxRow, answer: PeerAnswer) -> PeerAnswer:
        """After a 409: send what the peer lacks, ask whether it has our message after all, or try once more."""
        owner = self._owners[row.kind]
        bodies = await self._store.read(lambda unit: owner.missing(unit, row, answer))
        for body in bodies:
            await self._network.post(row.url, body, self._bearer(row.peer))
        if bodies:
            return await self._network.post(row.url, row.body, self._bearer(row.peer))
        reached, process = STATE_AFTER.get(row.event), _PROCESS.match(row.url)
        if reached is None or process is None:
            return answer
        state = await self._network.get(process[1], self._bearer(row.peer))
        if state.status == 200 and read_answer(state.body).get("state") == reached:  # noqa: PLR2004
            # It has it: a GET may confirm that ours arrived (decision 5, 4).
            return PeerAnswer(200, state.body)
        return answer

    async def _finish(
        self, row: OutboxRow, answer: PeerAnswer, effect: Callable[[UnitOfWork], None]
    ) -> tuple[str, bool]:
        def record(unit: UnitOfWork) -> None:
            if unit.outbox.get(row.number) is None:
                self._owners[row.kind].late(unit, row, answer)
                return
            unit.outbox.delete(row.number)
            effect(unit)

        # What comes next in a negotiation comes with a message of the peer, never with its acknowledgement: this may
        # share that message's transaction. Lost in a crash it costs a repeat, which the peer answers as before.
        write = self._store.write_soon if row.kind is OutboxKind.NEGOTIATION else self._store.write
        try:
            await write(record)
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
        # Not `asyncio.wait_for`: before Python 3.12 it loses a cancellation that comes together with the sign of life.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await peer.life.wait()
