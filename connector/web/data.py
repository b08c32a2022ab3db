"""The data itself: judged, counted, streamed, and cut at once when the agreement ends."""

import asyncio
import base64
import contextlib
import logging
from typing import Any, Final
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from connector.dataplane.reading import read_chunks
from connector.ports.records import DatasetRecord
from connector.services.errors import ServiceError
from connector.services.usage import DataRequest, Looked, Use
from connector.tasks import carry_out, end
from connector.web.deps import Connector
from connector.web.problems import problem

_log: Final = logging.getLogger(__name__)


def routes(connector: Connector) -> list[Route]:
    """`/data/{transfer}`, the endpoint of every DataAddress that we hand out."""

    async def get(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            found = await connector.usage.begin(_asked(connector, request))
            connector.doorkeeper.shown(request)
        except Exception as error:  # noqa: BLE001 - the door
            return _refused(error)
        if isinstance(found, Use):
            return _Data(connector, found)
        return _looked(found)

    return [Route("/data/{transfer}", get, methods=["GET"])]


def _asked(connector: Connector, request: Request) -> DataRequest:
    headers = request.headers
    person = headers.get("mmd-person")
    transfer = request.path_params["transfer"]
    return DataRequest(
        transfer=transfer,
        method=request.method,
        url=f"{connector.identity.public_url}/data/{transfer}",
        authorization=headers.get("authorization"),
        proof=headers.get("dpop"),
        delivery=headers.get("mmd-delivery"),
        purpose=headers.get("mmd-purpose"),
        person=unquote(person)[:200] if person else None,
        range=headers.get("range"),
        if_range=headers.get("if-range"),
        if_match=headers.get("if-match"),
        if_none_match=headers.get("if-none-match"),
    )


def _refused(error: Exception) -> Response:
    answer = problem(error)
    answer.headers["Cache-Control"] = "no-store"
    if isinstance(error, ServiceError) and "byteSize" in error.more:
        answer.headers["Content-Range"] = f"bytes */{error.more['byteSize']}"
    return answer


def _looked(found: Looked) -> Response:
    """The answer to HEAD, and 304."""
    headers = {**_about(found.dataset), "ETag": found.etag}
    if found.unchanged:
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(found.dataset.byte_size)
    return Response(headers=headers, media_type=_media_type(found.dataset))


def _about(dataset: DatasetRecord) -> dict[str, str]:
    return {"Repr-Digest": _digest(dataset), "Accept-Ranges": "bytes", "Cache-Control": "no-store"}


def _digest(dataset: DatasetRecord) -> str:
    """The SHA-256 as RFC 9530 writes it; always this one, whatever `Want-Repr-Digest` prefers."""
    raw = bytes.fromhex(dataset.digest.removeprefix("sha256:"))
    return f"sha-256=:{base64.b64encode(raw).decode()}:"


def _media_type(dataset: DatasetRecord) -> str:
    return str(dataset.card["found"].get("mediaType") or "application/octet-stream")


def _headers(use: Use) -> dict[str, str]:
    headers = {
        **_about(use.dataset),
        "Content-Type": _media_type(use.dataset),
        "Content-Length": str(use.end - use.start),
        "ETag": use.etag,
        "Mmd-Delivery": use.delivery.id,
    }
    if use.start:
        headers["Content-Range"] = f"bytes {use.start}-{use.end - 1}/{use.end}"
    else:
        # Sent as it is, the content is the whole representation: one digest for both.
        headers["Content-Digest"] = _digest(use.dataset)
    return headers


class _Data(Response):
    """Sends a use; ends it when it is done, when it is cut, and when the receiver goes away, whichever comes first."""

    def __init__(self, connector: Connector, use: Use) -> None:
        super().__init__(status_code=206 if use.start else 200, headers=_headers(use))
        self._connector = connector
        self._use = use

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(_gone(receive))
        ends: set[asyncio.Future[Any]] = {sending, leaving, self._use.cut}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            try:
                await end(sending, leaving)
            finally:
                await carry_out(self._connector.usage.finish(self._use))
        if not sending.cancelled():
            sending.result()

    async def _send(self, send: Send) -> None:
        use, loop = self._use, asyncio.get_running_loop()
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with contextlib.aclosing(read_chunks(use.path, use.start)) as chunks:
            async for chunk in chunks:
                # Leaving early makes the server close the connection: the receiver sees that bytes are missing.
                if use.cut.done():
                    return
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                use.sent += len(chunk)
                use.moved = loop.time()
        if use.start + use.sent == use.end:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            _log.error("the file of %s ended after %d bytes", use.dataset.id, use.start + use.sent)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
