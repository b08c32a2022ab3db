"""ASGI for bodies that flow, either way: what `httpx.ASGITransport` gathers first comes here piece by piece, and may break.

The application runs in a task beside the receiver with room for one piece between them, as a socket has: who does not
read makes the sender wait, and who goes away makes it stop.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import httpx

from connector.tasks import end, settle

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
Event = MutableMapping[str, Any]


class FlowingBody(httpx.AsyncByteStream):
    """One answer of an application while it is being made."""

    def __init__(self, app: Asgi, request: httpx.Request, body: AsyncIterator[bytes]) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._body = body
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(1)
        self._begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gone = asyncio.Event()
        self._sent = False
        self._task = asyncio.create_task(self._run(app, _scope(request)))

    async def begin(self) -> None:
        """Wait for status and headers."""
        await self._begun

    async def __aiter__(self) -> AsyncIterator[bytes]:
        promised = dict(self.headers).get(b"content-length")
        given = 0
        while (piece := await self._pieces.get()) is not None:
            given += len(piece)
            yield piece
        if promised is not None and given < int(promised):
            raise httpx.RemoteProtocolError("the other side closed the connection before the body was whole")

    async def aclose(self) -> None:
        self._gone.set()
        draining = asyncio.create_task(self._drain())
        try:
            await settle(self._task)
        finally:
            self._task.exception()  # what went wrong in there is the application's affair: it has been logged
            await end(draining)

    async def _run(self, app: Asgi, scope: Event) -> None:
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:
            if not self._begun.done():
                self._begun.set_exception(error)
            raise
        finally:
            await self._pieces.put(None)

    async def _drain(self) -> None:
        while True:
            await self._pieces.get()

    async def _receive(self) -> Event:
        gone: asyncio.Future[Any] = asyncio.ensure_future(self._gone.wait())
        piece: asyncio.Future[Any] = asyncio.ensure_future(self._next() if not self._sent else self._gone.wait())
        try:
            await asyncio.wait({gone, piece}, return_when=asyncio.FIRST_COMPLETED)
            if self._gone.is_set() or not piece.done():
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": piece.result(), "more_body": not self._sent}
        except httpx.HTTPError as error:
            if not self._begun.done():
                self._begun.set_exception(error)
            self._gone.set()
            return {"type": "http.disconnect"}
        finally:
            gone.cancel()
            piece.cancel()
            await asyncio.gather(gone, piece, return_exceptions=True)

    async def _next(self) -> bytes:
        try:
            return await anext(self._body)
        except StopAsyncIteration:
            self._sent = True
            return b""

    async def _send(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self.status, self.headers = event["status"], list(event["headers"])
            if not self._begun.done():
                self._begun.set_result(None)
        elif event.get("body"):
            if self._gone.is_set() and event.get("more_body"):
                await asyncio.Event().wait()  # a socket that nobody reads: the application is told, and ends this
            await self._pieces.put(bytes(event["body"]))


def _scope(request: httpx.Request) -> Event:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},  # as uvicorn says
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": (request.url.host, request.url.port),
    }
