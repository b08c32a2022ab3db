"""The transactional outbox: messages that are due, delivered in order within a process, nobody waiting for a dead peer.

A row is written in the transaction that decided the message and removed in the one that records its answer. In between
it is tried: at once, then after a pause that grows with jitter and ends early at any sign of life of the peer. A
refusal ends the try, unless we have signed: then the same bytes stay due, slower and slower, and a person is told.
"""

import asyncio
import contextlib
import logging
import random
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from connector.clock import Clock
from connector.ports.network import Network, PeerAnswer, PeerUnreachable
from connector.ports.records import OutboxKind, OutboxRow
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.services.conflicts import judged_by_state, process_at
from connector.services.due import Due, Owner
from connector.services.errors import Busy
from connector.services.lines import LONGEST_BIDDEN, Line, LineView, State, Turn
from connector.trace import begin_trace

T = TypeVar("T")
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 30.0
_LONGEST_PAUSE_SIGNED: Final = 300.0
_REFUSALS: Final = frozenset({400, 401, 403, 404, 405, 406, 410, 413, 415, 422})
_GATEWAYS: Final = frozenset({502, 503, 504})
"""Answers that say that the peer is not there, rather than that it minds this message."""
_CONFLICT, _TOO_MANY = 409, 429
_BIDDEN: Final = 1.0
"""Seconds to wait after a 429 that does not say how long."""
MOST_DUE: Final = 2_000
"""How many messages may be due to one peer before it can begin no more, and new ones that bind nobody are refused."""
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Delay:
    """Why a message is still due.

    Attributes:
        answered: the peer is there, and minds this message: a sign of life changes nothing.
        at_least: seconds that the peer bids us wait.
    """

    problem: str
    answered: bool = False
    at_least: float = 0.0


class Outbox:
    """Delivers what is due."""

    def __init__(
        self,
        store: Store,
        network: Network,
        bearer: Callable[[str], str],
        clock: Clock,
        *,
        chance: random.Random | None = None,
    ) -> None:
        self._due = Due(store, clock)
        self._network = network
        self._bearer = bearer
        self._chance = chance or random.Random()  # noqa: S311 - jitter, no secret
        self._queues: dict[str, deque[OutboxRow]] = {}
        self._lines: dict[str, Line] = {}
        self._count: Counter[str] = Counter()
        self._resting: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    def belongs(self, owners: Mapping[OutboxKind, Owner]) -> None:
        """Say whose rows are whose; before `start`."""
        self._due.owners = owners

    def add(self, unit: UnitOfWork, row: OutboxRow, *, ends: bool = False) -> None:
        """Make a message due in this transaction; it goes out as soon as that is durable.

        Args:
            unit: the transaction.
            row: the message.
            ends: it ends or pauses something that runs. Such a word is always taken: nobody may keep us from stopping by
                not listening.

        Raises:
            Busy: too much is due to this peer already, and we are not bound to this one.
        """
        if not (row.binding or ends):
            self.check_room(row.peer)
        written = self._due.add(unit, row)
        unit.after_commit(lambda: self._schedule(written))

    def check_room(self, peer: str) -> None:
        """Whether this peer may have us begin anything more: what it begins, we answer.

        Raises:
            Busy: too much is due to it already.
        """
        if self._count[peer] >= MOST_DUE:
            raise Busy("too much is waiting to be sent to you; try again when you can be reached")

    def settle(self, unit: UnitOfWork, process: str, pending: tuple[str, ...]) -> None:
        """Remove the rows of a process whose messages are no longer pending: something newer implied their answer."""
        if self._due.settle(unit, process, pending):
            unit.after_commit(lambda: self._stir(process))

    async def start(self, *, alone: bool) -> None:
        """Take up what was due when we last stopped, and what other workers left behind.

        Args:
            alone: nobody else works on this database (decision 5, 22): whatever anybody has claimed is ours now.
        """
        for row in await self._due.take_over(alone=alone):
            self._schedule(row)

    async def stop(self) -> None:
        """Stop trying; what is due stays due."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in self._lines.values():
            line.close()

    def sign_of_life(self, peer: str) -> None:
        """The peer spoke to us: whatever waits because it could not be reached is tried again now."""
        line = self._lines.get(peer)
        if line is not None:
            line.shows_life()

    def hearing(self, peer: str, work: Callable[[UnitOfWork], T]) -> Callable[[UnitOfWork], T]:
        """Work on what a peer has sent: once it is committed it is a sign of life.

        It counts before anything that the work itself makes due: that is tried now anyway.
        """

        def heard(unit: UnitOfWork) -> T:
            unit.after_commit(lambda: self.sign_of_life(peer))
            return work(unit)

        return heard

    def waiting(self) -> int:
        """How many messages are due."""
        return sum(len(queue) for queue in self._queues.values())

    def lines(self) -> list[LineView]:
        """The lines to all peers to whom something is due."""
        return [line.view(peer, self._count[peer]) for peer, line in self._lines.items()]

    async def idle(self) -> None:
        """Wait until nothing is due. For tests and for stopping gently."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    # --- one process after the other -----------------------------------------------------------------------------------

    def _schedule(self, row: OutboxRow) -> None:
        if self._stopped:
            return
        self._count[row.peer] += 1
        if row.peer not in self._lines:
            self._lines[row.peer] = Line(self._chance)
        name = _queue_of(row)
        queue = self._queues.get(name)
        if queue is not None:
            queue.append(row)
            return
        self._queues[name] = deque([row])
        task = asyncio.get_running_loop().create_task(self._drain(name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, name: str) -> None:
        queue = self._queues[name]
        try:
            fresh = True
            while queue:
                if fresh or await self._due.is_due(queue[0]):
                    await self._deliver(queue[0])
                fresh = False
                self._leaves(queue.popleft().peer)
        finally:
            del self._queues[name]

    def _leaves(self, peer: str) -> None:
        self._count[peer] -= 1
        if not self._count[peer]:
            del self._count[peer]
            self._lines.pop(peer).close()

    async def _deliver(self, row: OutboxRow) -> None:
        line = self._lines[row.peer]
        tries = row.attempts
        while True:
            row = await self._with_reason(row, line)
            before = line.lives
            delay = await self._try(row, line)
            if delay is None:
                return
            if self._due.is_given_up(row):
                with contextlib.suppress(StoreError):  # it is still due, and given up another time
                    await self._due.give_up(row, delay.problem)
                    return
            after = line.lives
            noted = await self._due.note(row, row.attempts + 1, delay.problem)
            if noted is None:
                return
            row = noted
            tries = tries + 1 if after == before else 1
            if delay.answered or delay.at_least or (line.state is State.CLOSED and line.lives == after):
                await self._rest(row, line, tries, delay)
            # Else the line itself waits, or the peer has shown life just now.
            if not await self._due.is_due(row):
                return

    async def _with_reason(self, row: OutboxRow, line: Line) -> OutboxRow:
        """Tell, once, those whose message waits because others could not be delivered."""
        if line.state is State.CLOSED or row.problem is not None:
            return row
        return await self._due.note(row, row.attempts, f"not tried now: {line.problem}") or row

    # --- one message ---------------------------------------------------------------------------------------------------

    async def _try(self, row: OutboxRow, line: Line) -> _Delay | None:
        """None when it is no longer due, or not ours to send."""
        begin_trace(process=row.process)
        try:
            async with line.turn(first=row.urgent) as turn:
                if turn.waited and not await self._due.is_due(row):
                    return None
                if not await self._due.is_ours(row):
                    return None
                answer = await self._ask(row, turn)
            return answer if isinstance(answer, _Delay) else await self._judge(row, answer)
        except StoreError as error:
            return _Delay(str(error), answered=True)
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            # Whatever it was: the message stays due, and those behind it wait for it.
            _log.exception("sending %s to %s failed", row.event, row.peer)
            return _Delay(f"sending failed here: {type(error).__name__}", answered=True)

    async def _ask(self, row: OutboxRow, turn: Turn) -> PeerAnswer | _Delay:
        """Send it, and find out what the answer says about the line."""
        try:
            answer = await self._network.post(row.url, row.body, self._bearer(row.peer))
            if answer.status == _CONFLICT:
                answer = await self._after_conflict(row, answer)
        except PeerUnreachable as error:
            turn.fails(str(error))
            return _Delay(str(error))
        if answer.status == _TOO_MANY:
            problem = _problem(row, answer)
            turn.is_bidden(problem, _BIDDEN if answer.retry_after is None else answer.retry_after)
            return _Delay(problem)
        if answer.status in _GATEWAYS:
            problem = _problem(row, answer)
            turn.fails(problem)
            return _Delay(problem, at_least=min(answer.retry_after or 0.0, LONGEST_BIDDEN))
        turn.works()
        return answer

    async def _judge(self, row: OutboxRow, answer: PeerAnswer) -> _Delay | None:
        if 200 <= answer.status < 300:  # noqa: PLR2004
            await self._due.acknowledged(row, answer)
            return None
        problem = _problem(row, answer)
        if answer.status in _REFUSALS and not row.binding:
            _log.warning("refused: %s", problem)
            await self._due.refused(row, answer)
            return None
        return _Delay(problem, answered=True)

    async def _after_conflict(self, row: OutboxRow, answer: PeerAnswer) -> PeerAnswer:
        """Send what the peer lacks, or ask whether it has our message after all."""
        bodies = await self._due.missing(row, answer)
        for body in bodies:
            await self._network.post(row.url, body, self._bearer(row.peer))
        if bodies:
            return await self._network.post(row.url, row.body, self._bearer(row.peer))
        place = process_at(row.url, row.event)
        if place is None:
            return answer
        shown = await self._network.get(place, self._bearer(row.peer))
        return judged_by_state(row.event, answer, shown, attempts=row.attempts)

    async def _rest(self, row: OutboxRow, line: Line, tries: int, delay: _Delay) -> None:
        longest = _LONGEST_PAUSE_SIGNED if row.binding and delay.answered else _LONGEST_PAUSE
        pause = min(longest, _FIRST_PAUSE * 2 ** min(tries - 1, 16)) * self._chance.uniform(0.7, 1.3)
        event = self._resting[_queue_of(row)] = asyncio.Event()
        if not delay.answered:
            line.resting.add(event)
        # Not `asyncio.wait_for`: before Python 3.12 it loses a cancellation that comes together with the sign of life.
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(pause, delay.at_least)):
                    await event.wait()
        finally:
            line.resting.discard(event)
            del self._resting[_queue_of(row)]

    def _stir(self, process: str) -> None:
        """Something of this process was settled: whoever pauses looks whether his message is still due."""
        event = self._resting.get(process)
        if event is not None:
            event.set()


def _queue_of(row: OutboxRow) -> str:
    """Rows of one queue go one after the other; what is urgent does not stand behind the rest of its process."""
    return f"{row.process} (urgent)" if row.urgent else row.process


def _problem(row: OutboxRow, answer: PeerAnswer) -> str:
    return f"{row.peer} answers {answer.status} to {row.event}: {answer.text}"
