"""The line between two connectors: their outbound proxy, which drops, delays, doubles and reorders by chance."""

import asyncio
import random
import socket
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import yarl
from aiohttp import web

from tests.support.wire import kind_of

PATIENCE: Final = 20.0
_CHUNK: Final = 1 << 16
_LONGEST: Final = 0.4
"""Seconds for which a message is held back at most."""
_OF_THE_LINE: Final = frozenset({"proxy-connection", "connection", "keep-alive", "transfer-encoding", "host"})
TROUBLES: Final = ("lost", "answer lost", "late", "doubled", "overtaken", "busy", "nonsense")


@dataclass(frozen=True, slots=True)
class Noise:
    """How bad a line is: the share of requests that suffer, and how many at most."""

    share: float
    most: int


@dataclass(slots=True)
class Hold:
    """Data that stops flowing after so many bytes, once: `there` is set then, `go_on` lets it flow again."""

    after: int
    there: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)


class Line:
    """A proxy on a port of its own."""

    def __init__(self) -> None:
        self.hold: Hold | None = None
        self.troubled: list[tuple[str, str]] = []
        self.failures: list[str] = []
        """Answers that no connector may give, in words."""
        self._chance = random.Random()
        self._noise: Noise | None = None
        self._passing = asyncio.Event()
        self._doubles: set[asyncio.Task[None]] = set()
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def open(self) -> None:
        """Listen."""
        self._session = aiohttp.ClientSession(
            auto_decompress=False,
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=PATIENCE),
        )
        self._runner = web.ServerRunner(web.Server(self._pass, access_log=None))
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def close(self) -> None:
        """Listen no more."""
        self.calm()
        await self._runner.cleanup()
        await self._session.close()

    def begin(self, noise: Noise | None, chance: random.Random) -> None:
        """A new run."""
        self.calm()
        self.hold = None
        self.troubled, self.failures = [], []
        self._noise, self._chance = noise, chance

    def calm(self) -> None:
        """No more trouble, and nothing is held."""
        self._noise = None
        if self.hold is not None:
            self.hold.go_on.set()
        for double in self._doubles:
            double.cancel()

    def _trouble(self, kind: str) -> str:
        noise = self._noise
        if noise is None or len(self.troubled) >= noise.most or self._chance.random() >= noise.share:
            return ""
        trouble = self._chance.choice(TROUBLES)
        self.troubled.append((trouble, kind))
        return trouble

    async def _pass(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        url = yarl.URL(request.raw_path, encoded=True)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OF_THE_LINE}
        headers["Host"] = url.authority
        asked = _Asked(
            request.method, url.with_host("127.0.0.1"), headers, body, kind_of(request.method, str(url), body)
        )
        trouble = self._trouble(asked.kind)
        self._passing.set()
        if trouble == "lost":
            return _cut(request)
        if trouble == "busy":
            return web.Response(status=503, headers={"Retry-After": "1"})
        if trouble == "nonsense":
            return web.Response(status=502, text="<html><body>Bad gateway</body></html>", content_type="text/html")
        if trouble == "late":
            await asyncio.sleep(self._chance.uniform(0.02, _LONGEST))
        if trouble == "overtaken":
            await self._overtaken()
        try:
            return await self._forward(request, asked, trouble)
        except (aiohttp.ClientError, OSError):
            # Whoever was asked is not there, or died meanwhile. Some proxies say so, others just hang up.
            return _cut(request) if self._chance.random() < 0.5 else web.Response(status=502)

    async def _overtaken(self) -> None:
        self._passing.clear()
        try:
            async with asyncio.timeout(_LONGEST):
                await self._passing.wait()
                await asyncio.sleep(0.05)
        except TimeoutError:
            pass

    async def _forward(self, request: web.BaseRequest, asked: "_Asked", trouble: str) -> web.StreamResponse:
        async with self._ask(asked) as answer:
            self._judge(asked, answer.status)
            if trouble == "doubled":
                double = asyncio.get_running_loop().create_task(self._again(asked))
                self._doubles.add(double)
                double.add_done_callback(self._doubles.discard)
            if trouble == "answer lost":
                await answer.read()
                return _cut(request)
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in _OF_THE_LINE}
            if "/data/" not in asked.url.path or answer.status >= 300:
                return web.Response(status=answer.status, body=await answer.read(), headers=kept)
            return await self._flow(request, answer, kept)

    async def _again(self, asked: "_Asked") -> None:
        await asyncio.sleep(self._chance.uniform(0, _LONGEST))
        try:
            async with self._ask(asked) as answer:
                self._judge(asked, answer.status)
                await answer.read()
        except (aiohttp.ClientError, OSError):
            pass  # the first one had its answer

    def _ask(self, asked: "_Asked") -> Any:
        return self._session.request(
            asked.method, asked.url, data=asked.body or None, headers=asked.headers, allow_redirects=False
        )

    def _judge(self, asked: "_Asked", status: int) -> None:
        if status >= 500 and status != 503:
            self.failures.append(f"{asked.kind} was answered {status}")

    async def _flow(
        self, request: web.BaseRequest, answer: aiohttp.ClientResponse, headers: dict[str, str]
    ) -> web.StreamResponse:
        flowing = web.StreamResponse(status=answer.status, headers=headers)
        await flowing.prepare(request)
        done = 0
        try:
            async for part in answer.content.iter_chunked(_CHUNK):
                await flowing.write(part)
                done += len(part)
                await self._held(done)
        except (aiohttp.ClientError, OSError):
            return _cut(request)
        await flowing.write_eof()
        return flowing

    async def _held(self, done: int) -> None:
        hold = self.hold
        if hold is None or hold.there.is_set() or done < hold.after:
            return
        hold.there.set()
        await hold.go_on.wait()


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    url: yarl.URL
    headers: dict[str, str]
    body: bytes
    kind: str


def _cut(request: web.BaseRequest) -> web.Response:
    """The line is cut: whoever asked sees that its connection ends."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
