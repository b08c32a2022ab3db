"""A connector as `mmd serve` runs it, which kills itself with SIGKILL at one chosen moment of its life.

Nothing of the product knows of this: the parts that count the moments are handed to `running`, and stand around the
real ones. Every moment is also told over a pipe; that the pipe ends tells that the connector is dead.
"""

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from connector import serving
from connector.app import running
from connector.clock import Clock
from connector.dataplane.flows import HttpDataPlane
from connector.founding import DATABASE
from connector.net import resolver
from connector.net.guard import check_url
from connector.net.peers import Peers
from connector.ports.dataplane import PullRequest
from connector.ports.store import UnitOfWork
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.services import lines, outbox
from connector.services.decisions import Rules, Step, Wait
from connector.services.deliveries import pulling
from connector.settings import Settings, load_settings
from connector.store.folder import HighWaterFile
from connector.store.log import LogSigner
from connector.store.migrate import upgrade
from connector.store.sqlite import sqlite_engine
from connector.store.unit_of_work import SqlStore
from connector.web import public
from connector.web.deps import Connector

BEFORE_COMMIT: Final = "before commit"
AFTER_COMMIT: Final = "after commit"
AFTER_MARK: Final = "after mark"
BEFORE_SEND: Final = "before send"
AFTER_SEND: Final = "after send"
BEFORE_ANSWER: Final = "before answer"
BYTES_SENT: Final = "bytes sent"
BYTES_RECEIVED: Final = "bytes received"
AT_A_COMMIT: Final = (BEFORE_COMMIT, AFTER_COMMIT, AFTER_MARK)
AT_A_SEND: Final = (BEFORE_SEND, AFTER_SEND, BEFORE_ANSWER)
AMID_BYTES: Final = (BYTES_SENT, BYTES_RECEIVED)
MOMENTS: Final = (*AT_A_COMMIT, *AT_A_SEND, *AMID_BYTES)
READY: Final = "ready"
DYING: Final = "dying"
_HIGH_WATER: Final = "log.highwater"


@dataclass(frozen=True, slots=True)
class Death:
    """At the `number`-th moment of a kind in one life; `serving`: counted from when it serves, not from its birth."""

    moment: str
    number: int
    serving: bool = False

    def __str__(self) -> str:
        return f"{self.moment} {self.number}{'+' if self.serving else ''}"

    @classmethod
    def read(cls, text: str) -> "Death":
        """The other way round."""
        moment, _, number = text.removesuffix("+").rpartition(" ")
        return cls(moment, int(number), text.endswith("+"))


class Fate:
    """Counts the moments, tells each, and ends the process at the chosen one."""

    def __init__(self, death: Death | None, pipe: int) -> None:
        self._death = death
        self._pipe = pipe
        self._seen: Counter[str] = Counter()
        self._waiting = death is not None and death.serving

    def tell(self, what: str) -> None:
        """One line over the pipe; whoever nobody listens to any more ends too."""
        try:
            os.write(self._pipe, f"{what}\n".encode())
        except BrokenPipeError:
            os.kill(os.getpid(), signal.SIGKILL)

    def serves(self) -> None:
        """It has started, and serves."""
        self.tell(READY)
        if self._death is not None and self._death.serving:
            self._seen.clear()
            self._waiting = False

    def reached(self, moment: str) -> None:
        """A moment of this kind is there."""
        self._seen[moment] += 1
        self.tell(moment)
        death = self._death
        if death is None or self._waiting:
            return
        if (death.moment, death.number) == (moment, self._seen[moment]):
            self.tell(DYING)
            os.kill(os.getpid(), signal.SIGKILL)


class MortalStore(SqlStore):
    """Dies before a commit, after it, or once the high-water mark has followed it."""

    def __init__(self, fate: Fate, *parts: Any, **more: Any) -> None:
        self._fate = fate
        super().__init__(*parts, **more)

    def _sql(self, statement: str) -> None:
        if statement == "COMMIT":
            self._fate.reached(BEFORE_COMMIT)
        super()._sql(statement)
        if statement == "COMMIT":
            self._fate.reached(AFTER_COMMIT)

    def _move_mark(self) -> None:
        super()._move_mark()
        self._fate.reached(AFTER_MARK)


class MortalNetwork:
    """The port `Network`, whatever it can be asked: dies before a request leaves, or when its answer is unheard."""

    def __init__(self, fate: Fate, peers: Peers) -> None:
        self._fate = fate
        self._peers = peers

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        ask = getattr(self._peers, name)

        async def asked(*about: Any, **more: Any) -> Any:
            self._fate.reached(BEFORE_SEND)
            answer = await ask(*about, **more)
            self._fate.reached(AFTER_SEND)
            return answer

        return asked


class MortalDataPlane(HttpDataPlane):
    """Dies while bytes arrive."""

    def __init__(self, fate: Fate, peers: Peers) -> None:
        self._fate = fate
        super().__init__(peers.client, check_url=lambda url: check_url(url, laboratory=True))

    async def pull(self, request: PullRequest, progress: Callable[[int], None]) -> str:
        def arrived(there: int) -> None:
            progress(there)
            self._fate.reached(BYTES_RECEIVED)

        return await super().pull(request, arrived)


class AskPeople(Rules):
    """What would be decided by rule waits for a person; what is merely due is done."""

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        return Wait() if duty is Duty.DECIDE else super().next_step(unit, negotiation, duty, now)


_IMPATIENT: Final[tuple[tuple[ModuleType, str, object], ...]] = (
    (outbox, "_LONGEST_PAUSE", 1.0),
    (outbox, "_LONGEST_PAUSE_SIGNED", 1.0),
    (lines, "_LONGEST_PAUSE", 1.0),
    (pulling, "_LONGEST_PAUSE", 1.0),
    (resolver, "_REFETCH", timedelta(seconds=1)),
)
"""Pauses that grow while a peer is away; who dies a dozen times in a row would be waited for in vain."""


def live(directory: Path, *, death: Death | None, pipe: int, people: bool = False) -> int:
    """Serve the connector of a folder until SIGTERM, or until its death; what it says goes to serve.log there."""
    _log_to(directory / "serve.log")
    for module, name, value in _IMPATIENT:
        assert hasattr(module, name), f"{module.__name__} has no {name} any more"
        setattr(module, name, value)
    fate = Fate(death, pipe)

    @contextlib.asynccontextmanager
    async def mortal(settings: Settings) -> AsyncIterator[Connector]:
        peers = Peers(laboratory=settings.laboratory, proxy=settings.outbound_proxy)
        parts: dict[str, Any] = {
            "network": MortalNetwork(fate, peers),
            "dataplane": MortalDataPlane(fate, peers),
            "open_store": lambda signer, clock: _opened(fate, settings, signer, clock),
            "decider": AskPeople() if people else None,
        }
        try:
            async with running(settings, **parts) as connector:
                yield connector
        finally:
            await peers.close()

    vars(serving)["running"] = mortal
    honest = public.public_app
    vars(public)["public_app"] = lambda connector: _answering(fate, honest(connector))
    return serving.serve(load_settings(directory), ready=fate.serves)


def _opened(fate: Fate, settings: Settings, signer: LogSigner, clock: Clock) -> SqlStore:
    path = settings.directory / DATABASE
    engine = sqlite_engine(path)
    upgrade(engine)
    mark = HighWaterFile(settings.directory / _HIGH_WATER)
    reader = sqlite_engine(path, read_only=True)
    return MortalStore(fate, engine, signer, clock, high_water=mark, read_engine=reader)


def _answering(fate: Fate, app: Any) -> Any:
    """The public application: dies before an answer begins, or while bytes leave."""

    async def mortal(scope: Any, receive: Any, send: Any) -> None:
        async def counted(message: Any) -> None:
            if message["type"] == "http.response.start":
                fate.reached(BEFORE_ANSWER)
            elif message.get("more_body"):
                fate.reached(BYTES_SENT)
            await send(message)

        await app(scope, receive, counted)

    return mortal


def _log_to(file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)


def prepare() -> None:
    """Import whatever a connector needs, so that its forks share it, and run what is slow the first time."""
    import uvicorn
    import uvicorn.lifespan.on
    import uvicorn.protocols.http.httptools_impl  # noqa: F401
    import uvloop  # noqa: F401

    from connector.web.management import management_app  # noqa: F401

    upgrade(sqlite_engine(None))
    gc.collect()
    gc.freeze()
    assert asyncio.get_event_loop_policy() is not None
    sys.stdout.flush()
