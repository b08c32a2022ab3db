"""Two small proxies of the kinds that stand before and behind connectors: a reverse proxy, and one for what leaves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

_OF_THE_LINE: Final = frozenset({"host", "connection", "keep-alive", "transfer-encoding", "proxy-connection"})
_CHUNK: Final = 1 << 16


class ReverseProxy:
    """Several connectors under one name: the first segment of the path says which.

    Args:
        strips: whether that segment is taken off before the request goes on.
    """

    def __init__(self, *, strips: bool) -> None:
        self.ports: dict[str, int] = {}
        self.passed: list[str] = []
        self._strips = strips
        self._client = httpx.AsyncClient()
        self.app = Starlette(routes=[Route("/{path:path}", self._pass_on, methods=["GET", "HEAD", "POST"])])

    async def close(self) -> None:
        """End what goes on to the connectors."""
        await self._client.aclose()

    async def _pass_on(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode()
        _, name, rest = path.split("/", 2)
        self.passed.append(f"{request.method} {path}")
        if name not in self.ports:
            return Response("no such company", 404)
        target = f"http://127.0.0.1:{self.ports[name]}{'/' + rest if self._strips else path}"
        headers = {key: value for key, value in request.headers.items() if key not in _OF_THE_LINE}
        headers["X-Forwarded-For"] = request.client.host if request.client else "unknown"
        sent = self._client.build_request(
            request.method, target, params=request.query_params, headers=headers, content=await request.body()
        )
        answer = await self._client.send(sent, stream=True)
        return StreamingResponse(
            answer.aiter_raw(),
            answer.status_code,
            {key: value for key, value in answer.headers.items() if key not in _OF_THE_LINE},
            background=BackgroundTask(answer.aclose),
        )


@dataclass
class Tunnels:
    """A proxy for what leaves (CONNECT); it alone can look up names, and all of them lie on this machine."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refuses: bool = False
    lines: list[asyncio.StreamWriter] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: a head, a tunnel."""
        self.lines.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, _ = head.split(" ", 2)
            self.asked.append(f"{method} {target}")
            self.logins += [line for line in head.splitlines() if line.lower().startswith("proxy-authorization:")]
            if self.refuses or method != "CONNECT":
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
            else:
                there, back = await asyncio.open_connection("127.0.0.1", int(target.rpartition(":")[2]))
                self.lines.append(back)
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
        writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def tunnels() -> AsyncIterator[Tunnels]:
    """A proxy for what leaves, while the block runs."""
    made = Tunnels()
    server = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        for line in made.lines:
            line.transport.abort()  # whoever pipes through it sees its end
        for line in made.lines:
            with contextlib.suppress(ConnectionError):
                await line.wait_closed()
        await server.wait_closed()
