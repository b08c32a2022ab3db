"""The line between connectors of one process: every request is routed, written down, and disturbed as a test says.

Messages go through `httpx.ASGITransport`, data through `tests.support.streaming`. Who listens is known by port: the
addresses are those of the laboratory, `http://localhost:PORT`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from connector.net.peers import headers_of_get
from connector.ports.network import PeerAnswer, PeerUnreachable
from tests.support.streaming import Asgi, FlowingBody

Json = dict[str, Any]
Ask = Callable[[], "asyncio.Future[Any]"]
PATIENCE: Final = 90.0
"""Seconds after which a test that waits for something that never happens is told so."""


@dataclass
class Exchange:
    """One request between two connectors, and how it ended.

    Attributes:
        kind: the message's `@type`, with the event or the kind of a notice; of a GET what it asks for.
        status: what was answered; None while it is not, or when it never will be.
        fault: what the line did to it.
    """

    sender: str
    receiver: str
    method: str
    url: str
    kind: str
    body: bytes = b""
    token: str | None = None
    status: int | None = None
    answer: bytes = b""
    fault: str = ""


@dataclass
class Disturbance:
    """What the line does to the next requests of a kind.

    Those that are held say that they have `arrived`, those whose answer is held or lost that they are `answered`; what is
    held goes on at `release`.

    Attributes:
        what: "lose" (never delivered), "lose answer", "twice", "hold", "hold answer", "alter", "replace", or a status to answer.
        times: how often; 0 for always.
        alter: what becomes of the message.
        body: what is answered instead.
    """

    what: str
    kind: str
    receiver: str | None
    times: int
    alter: Callable[[Json], Any] | None = None
    body: bytes = b""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    done: int = 0

    def fits(self, exchange: Exchange) -> bool:
        """Whether this request is meant."""
        open_ = self.times == 0 or self.done < self.times
        return open_ and self.kind in ("", exchange.kind) and self.receiver in (None, exchange.receiver)


class Wire:
    """All lines between all connectors."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self._apps: dict[int, tuple[str, Asgi]] = {}
        self._down: set[str] = set()
        self._disturbances: list[Disturbance] = []
        self._waiting: list[tuple[Callable[[Exchange], bool], asyncio.Future[Exchange]]] = []
        self.cuts: list[int] = []
        """Each of the next pulls breaks after so many bytes."""
        self.pause: tuple[int, asyncio.Event, asyncio.Event] | None = None
        """The next pull waits after so many bytes: sets the first event, goes on at the second."""

    def listen(self, port: int, name: str, app: Asgi) -> None:
        """Have an application answer on a port."""
        self._apps[port] = (name, app)

    def leave(self, port: int) -> None:
        """Nobody answers on this port any more."""
        self._apps.pop(port, None)

    # --- what a test can do to the line --------------------------------------------------------------------------------

    def down(self, name: str) -> None:
        """Nobody reaches this one, until `up`."""
        self._down.add(name)

    def up(self, name: str) -> None:
        """It can be reached again."""
        self._down.discard(name)

    def disturb(self, what: str, kind: str = "", *, to: str | None = None, times: int = 1) -> Disturbance:
        """Do something to the next requests of this kind."""
        made = Disturbance(what, kind, to, times)
        self._disturbances.append(made)
        return made

    def alter(self, kind: str, how: Callable[[Json], Any], *, times: int = 0) -> Disturbance:
        """Change messages of this kind on their way: what arrives is what a sender who misbehaves would send."""
        made = Disturbance("alter", kind, None, times, how)
        self._disturbances.append(made)
        return made

    def replace(self, kind: str, body: bytes) -> Disturbance:
        """Answer every request of this kind with these bytes: somebody else sits there."""
        made = Disturbance("replace", kind, None, 0, body=body)
        self._disturbances.append(made)
        return made

    def app(self, url: str) -> Asgi:
        """Who listens at an address."""
        app = self._listener(url)[1]
        assert app is not None
        return app

    def pause_pull(self, after: int) -> tuple[asyncio.Event, asyncio.Event]:
        """Hold the next pull after so many bytes; returns "it is there" and "go on"."""
        there, go_on = asyncio.Event(), asyncio.Event()
        self.pause = (after, there, go_on)
        return there, go_on

    def calm(self) -> None:
        """No more disturbances; what was held goes on."""
        for disturbance in self._disturbances:
            disturbance.release.set()
        self._disturbances.clear()
        self._down.clear()

    # --- what a test can see -------------------------------------------------------------------------------------------

    def of(self, kind: str) -> list[Exchange]:
        """All exchanges of a kind, in the order in which they began."""
        return [exchange for exchange in self.exchanges if exchange.kind == kind]

    async def happened(self, kind: str, *, times: int = 1, status: int | None = None) -> Exchange:
        """Wait until so many exchanges of this kind have ended, with this status if one is named."""

        def ended(exchange: Exchange) -> bool:
            return exchange.kind == kind and (exchange.status == status if status else _is_over(exchange))

        while True:
            found = [exchange for exchange in self.exchanges if ended(exchange)]
            if len(found) >= times:
                return found[times - 1]
            future: asyncio.Future[Exchange] = asyncio.get_running_loop().create_future()
            self._waiting.append((ended, future))
            try:
                await asyncio.wait_for(future, PATIENCE)
            except TimeoutError:
                seen = [(e.kind, e.status, e.fault) for e in self.exchanges]
                raise AssertionError(f"{kind} did not happen {times} times; the line saw {seen}") from None

    # --- sending ---------------------------------------------------------------------------------------------------------

    async def send(self, sender: str, method: str, url: str, body: bytes, headers: dict[str, str]) -> PeerAnswer:
        """One request on its way, with everything that befalls it.

        Raises:
            PeerUnreachable: it was not delivered, or its answer was lost.
        """
        name, app = self._listener(url)
        token = headers.get("Authorization", "").partition(" ")[2] or None
        exchange = Exchange(sender, name, method, url, kind_of(method, url, body), body, token)
        self.exchanges.append(exchange)
        disturbance = next((d for d in self._disturbances if d.fits(exchange)), None)
        if disturbance is not None:
            disturbance.done += 1
            disturbance.arrived.set()
        try:
            return self._ended(exchange, await self._deliver(exchange, app, disturbance, headers))
        except _Undelivered as lost:
            exchange.fault = str(lost)
            self._tell(exchange)
            raise PeerUnreachable(f"{name}: {lost}") from None

    async def _deliver(
        self, exchange: Exchange, app: Asgi | None, disturbance: Disturbance | None, headers: dict[str, str]
    ) -> PeerAnswer:
        if exchange.receiver in self._down or app is None:
            raise _Undelivered("down")
        if disturbance is None:
            return await _ask(app, exchange, headers)
        what = disturbance.what
        if what == "lose":
            raise _Undelivered("lost")
        if what.isdigit():
            exchange.fault = "refused by the line"
            return PeerAnswer(int(what), b'{"reason": ["the line is busy"]}')
        if what == "replace":
            exchange.fault = "replaced"
            return PeerAnswer(200, disturbance.body)
        if disturbance.alter is not None:
            data = json.loads(exchange.body)
            disturbance.alter(data)
            exchange.body = json.dumps(data).encode()
            exchange.fault = "altered"
        if what == "hold":
            await asyncio.wait_for(disturbance.release.wait(), PATIENCE)
        answer = await _ask(app, exchange, headers)
        if what == "twice":
            exchange.fault = "delivered twice"
            again = await _ask(app, exchange, headers)
            # Or not at all now: its token was used up, or whoever answers is busy, as one is who is being stopped.
            # A checkpoint that was cosigned is not cosigned again from the same old size (409: it is told the new one).
            same = (answer.status, 401, 503, *((409,) if exchange.kind == "add-checkpoint" else ()))
            assert again.status in same, (exchange.kind, answer.status, again.status, again.text)
        if what in ("hold answer", "lose answer"):
            exchange.status = answer.status
            disturbance.answered.set()
        if what == "lose answer":
            raise _Undelivered("answer lost")
        if what == "hold answer":
            await asyncio.wait_for(disturbance.release.wait(), PATIENCE)
        return answer

    def _listener(self, url: str) -> tuple[str, Asgi | None]:
        parts = urlsplit(url)
        nobody = (f"{parts.hostname}:{parts.port}", None)
        return self._apps.get(parts.port or 80, nobody) if parts.hostname == "localhost" else nobody

    def _ended(self, exchange: Exchange, answer: PeerAnswer) -> PeerAnswer:
        exchange.status, exchange.answer = answer.status, answer.body
        self._tell(exchange)
        return answer

    def _tell(self, exchange: Exchange) -> None:
        for wanted, future in self._waiting:
            if wanted(exchange) and not future.done():
                future.set_result(exchange)
        self._waiting = [(wanted, future) for wanted, future in self._waiting if not future.done()]

    async def stream(self, sender: str, request: httpx.Request) -> httpx.Response:
        """A request for data: its answer flows."""
        name, app = self._listener(str(request.url))
        exchange = Exchange(sender, name, request.method, str(request.url), f"{request.method} data")
        self.exchanges.append(exchange)
        if name in self._down or app is None:
            exchange.fault = "down"
            self._tell(exchange)
            raise httpx.ConnectError(f"{name} is down")
        brings = request.method in ("POST", "PUT", "PATCH")
        flowing = FlowingBody(app, request, aiter(self._disturbed(request.stream)) if brings else _nothing())
        try:
            await flowing.begin()
        except BaseException as error:
            exchange.fault = str(error) or "given up"
            self._tell(exchange)
            await flowing.aclose()
            raise
        exchange.status = flowing.status
        self._tell(exchange)
        stream = self._disturbed(flowing) if request.method == "GET" and flowing.status < 300 else flowing
        return httpx.Response(flowing.status, headers=flowing.headers, stream=stream, request=request)

    def _disturbed(self, body: Any) -> "_Disturbed":
        cut = self.cuts.pop(0) if self.cuts else None
        pause, self.pause = self.pause, None
        return _Disturbed(body, cut, pause)


class Line:
    """The port `Network` for one connector."""

    def __init__(self, wire: Wire, name: str) -> None:
        self._wire = wire
        self._name = name

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        return await self._wire.send(self._name, "POST", url, body, headers)

    async def get(
        self, url: str, token: str | None = None, *, accept: str | None = None, etag: str | None = None
    ) -> PeerAnswer:
        return await self._wire.send(self._name, "GET", url, b"", headers_of_get(token, accept, etag))

    async def fetch(self, url: str, token: str, body: bytes | None = None, *, known: str | None = None) -> PeerAnswer:
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
        headers |= {"If-None-Match": known} if known else {}
        if body is None:
            return await self._wire.send(self._name, "GET", url, b"", headers)
        return await self._wire.send(self._name, "POST", url, body, {**headers, "Content-Type": "application/json"})


class DataLine(httpx.AsyncBaseTransport):
    """The transport of the client that pulls, for one connector."""

    def __init__(self, wire: Wire, name: str) -> None:
        self._wire = wire
        self._name = name

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._wire.stream(self._name, request)


class _Undelivered(Exception):
    """The sender gets no answer."""


async def _nothing() -> AsyncIterator[bytes]:
    for _ in range(0):
        yield b""


class _Disturbed(httpx.AsyncByteStream):
    """A flowing body that stops or breaks where a test said."""

    def __init__(self, inner: Any, cut: int | None, pause: tuple[int, asyncio.Event, asyncio.Event] | None) -> None:
        self._inner, self._cut, self._pause = inner, cut, pause

    async def __aiter__(self) -> Any:
        given = 0
        async for piece in self._inner:
            if self._cut is not None and given + len(piece) > self._cut:
                yield piece[: self._cut - given]
                raise httpx.ReadError("the line was cut")
            given += len(piece)
            yield piece
            if self._pause is not None and given >= self._pause[0]:
                _, there, go_on = self._pause
                self._pause = None
                there.set()
                await asyncio.wait_for(go_on.wait(), PATIENCE)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _ask(app: Asgi, exchange: Exchange, headers: dict[str, str]) -> PeerAnswer:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), follow_redirects=False) as client:
        answer = await client.request(exchange.method, exchange.url, content=exchange.body or None, headers=headers)
    return PeerAnswer(answer.status_code, answer.content, etag=answer.headers.get("ETag"), headers=dict(answer.headers))


def _is_over(exchange: Exchange) -> bool:
    return exchange.status is not None or bool(exchange.fault)


def kind_of(method: str, url: str, body: bytes) -> str:
    """What a request is about, in the words of the standards."""
    if method == "GET":
        path = urlsplit(url).path
        words = {"did.json": "DID document", "dspace-version": "versions", "consistency": "consistency"}
        if path.endswith("/trust-anchors"):
            return "trust anchors"
        if "/log/held" in path:
            return "GET held" if path.endswith("/held") else "GET evidence"
        if "/status-lists/" in path:
            return "suspension list" if path.endswith("-suspension") else "status list"
        return next((said for ending, said in words.items() if path.endswith(ending)), f"GET {path.split('/')[-2]}")
    if urlsplit(url).path.endswith("/log/add-checkpoint"):
        return "add-checkpoint"
    if urlsplit(url).path.endswith("/log/epochs"):
        return "LogEpochStatement"
    try:
        data: Json = json.loads(body)
        subject = data.get("credentialSubject")
        if isinstance(subject, dict):
            return f"Notice {subject.get('kind')}"
        kind = data.get("@type") or data.get("type") or data.get("format")
        return f"{kind} {data['eventType']}" if "eventType" in data else str(kind)
    except (ValueError, AttributeError, RecursionError):
        return "?"
