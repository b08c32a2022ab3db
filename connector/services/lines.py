"""The line to one peer: how much is under way at once, and whether it is worth trying at all (a circuit breaker).

Closed, a few messages go at once, and more the quicker the peer answers. After several failures without a success between
them it opens: nothing leaves until a pause is over or the peer shows life. Then it is half open: one message goes to see,
the one that has waited longest. So a dead peer costs one connection now and then, a slow one few, and nobody else waits.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_AT_ONCE: Final = 32
"""Messages under way at once to one peer that answers quickly."""
FIRST_AT_ONCE: Final = 8
"""To one that has not answered yet: those who never answer hold no more of our connections."""
OPENS_AFTER: Final = 5
"""Failures without a success between them after which a line opens."""
LONGEST_BIDDEN: Final = 300.0
"""Seconds: for how long a peer may bid us wait (Retry-After)."""
_QUICK: Final = 2.0
"""Seconds: an answer within them lets one more go at once; a later one halves how many do."""
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0


class State(StrEnum):
    """Of the breaker in a line."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as people see it.

    Attributes:
        due: messages that wait or are under way.
        problem: why it opened, as a sentence.
        again_in: seconds until one message goes to see, while it is open.
    """

    peer: str
    state: State
    due: int
    failures: int
    problem: str | None
    again_in: float | None


class Line:
    """The line to one peer.

    Args:
        chance: for the jitter.
        now: a clock in seconds that only goes forward.
    """

    def __init__(self, chance: random.Random, now: Callable[[], float] = time.monotonic) -> None:
        self.state = State.CLOSED
        self.problem: str | None = None
        self.lives = 0
        """How often it has shown life."""
        self.resting: set[asyncio.Event] = set()
        """Set at a sign of life: those who pause because the peer could not be reached."""
        self._chance, self._now = chance, now
        self._waiting: deque[asyncio.Future[Turn]] = deque()
        self._running = 0
        self._at_once = FIRST_AT_ONCE
        self._failures = 0
        self._openings = 0
        self._bidden = False
        self._probe: Turn | None = None
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self, *, first: bool = False) -> AsyncIterator["Turn"]:
        """Wait until one more message may go, `first` before the others; inside, it does. Say to the turn how it went."""
        turn = await self._enter(first=first)
        try:
            yield turn
        finally:
            self._leave(turn)

    def shows_life(self) -> None:
        """The peer spoke to us: what waits because it could not be reached goes on now, one message first."""
        self.lives += 1
        self._openings = 0
        self._wake()
        if self.state is State.OPEN and not self._bidden:
            self._half_open()

    def view(self, peer: str, due: int) -> LineView:
        """For people."""
        again = None
        if self.state is State.OPEN and self._timer is not None:
            again = max(0.0, self._timer.when() - asyncio.get_running_loop().time())
        return LineView(peer, self.state, due, self._failures, self.problem, again)

    def close(self) -> None:
        """It is not needed any more."""
        if self._timer is not None:
            self._timer.cancel()

    # --- how it went (a turn says it) ----------------------------------------------------------------------------------

    def works(self, seconds: float) -> None:
        """An answer came, so many seconds after it was asked for."""
        if seconds < _QUICK:
            self._at_once = min(MOST_AT_ONCE, self._at_once + 1)
        else:
            self._at_once = max(1, self._at_once // 2)
        self._failures = self._openings = 0
        if self.state is not State.CLOSED and not self._bidden:
            self._close()

    def fails(self, problem: str, *, probe: bool) -> None:
        """No answer, or one of somebody who stands before a peer that is away."""
        if probe or self.state is State.CLOSED:
            self._failures += 1
            self.problem = problem
            if probe or self._failures >= OPENS_AFTER:
                pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self._openings, 16))
                self._openings += 1
                self._open(pause * self._chance.uniform(0.7, 1.3))

    def is_bidden(self, problem: str, seconds: float) -> None:
        """The peer bids us wait: nothing goes before, whatever it says meanwhile."""
        self._at_once = max(1, self._at_once // 2)
        self.problem, self._bidden = problem, True
        self._open(seconds)

    # --- coming and going ----------------------------------------------------------------------------------------------

    async def _enter(self, *, first: bool) -> "Turn":
        if not self._waiting and self._may_go():
            return self._begin(waited=False)
        future: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._waiting.appendleft(future) if first else self._waiting.append(future)
        try:
            return await future
        except asyncio.CancelledError:
            if not future.cancelled():
                self._leave(future.result())  # it was let in just then
            elif future in self._waiting:
                self._waiting.remove(future)
            raise

    def _begin(self, *, waited: bool) -> "Turn":
        self._running += 1
        turn = Turn(self, waited=waited, probe=self.state is not State.CLOSED, began=self._now())
        if turn.probe:
            self._probe = turn
        return turn

    def _leave(self, turn: "Turn") -> None:
        self._running -= 1
        if self._probe is turn:
            self._probe = None
        self._let_in()

    def _may_go(self) -> bool:
        if self.state is State.CLOSED:
            return self._running < self._at_once
        return self.state is State.HALF_OPEN and self._probe is None

    def _let_in(self) -> None:
        while self._waiting and self._may_go():
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(self._begin(waited=True))

    def _open(self, seconds: float) -> None:
        self.close()
        self.state = State.OPEN
        self._timer = asyncio.get_running_loop().call_later(seconds, self._half_open)

    def _half_open(self) -> None:
        self.close()
        self.state, self._bidden, self._timer = State.HALF_OPEN, False, None
        self._let_in()

    def _close(self) -> None:
        self.close()
        self.state, self.problem, self._timer = State.CLOSED, None, None
        self._wake()

    def _wake(self) -> None:
        for event in self.resting:
            event.set()


@dataclass(slots=True, eq=False)
class Turn:
    """One message on its way.

    Attributes:
        waited: whether it had to wait for its turn: what is due may have changed meanwhile.
        probe: whether it goes to see if the peer is there again.
    """

    line: Line
    waited: bool
    probe: bool
    began: float

    def works(self) -> None:
        """An answer came."""
        self.line.works(self.line._now() - self.began)  # noqa: SLF001 - a part of the line

    def fails(self, problem: str) -> None:
        """None did, or only that of a gateway."""
        self.line.fails(problem, probe=self.probe)

    def is_bidden(self, problem: str, seconds: float) -> None:
        """The peer bids us wait for so many seconds."""
        self.line.is_bidden(problem, min(seconds, LONGEST_BIDDEN))
