"""The data itself: judged, counted, streamed, and cut at once when the agreement ends."""

import asyncio
import base64
import contextlib
import logging
import re
from collections.abc import AsyncGenerator
from typing import Any, Final
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from connector.dataplane.flows import read_chunks
from connector.services.errors import BadRequest
from connector.services.usage import DataRequest, Use
from connector.web.deps import Connector
from connector.web.problems import problem

_RANGE: Final = re.compile(r"bytes=(\d{1,15})-")
_log: Final = logging.getLogger(__name__)


def routes(connector: Connector) -> list[Route]:
    """`/data/{transfer}`, the endpoint of every DataAddress that we hand out."""

    async def get(request: Request) -> Response:
        if request.method == "HEAD":
            # Looking is no use (decision 5, 15), and tells nothing to whoever has not shown a token.
            return Response(status_code=405, headers={"Allow": "GET"})
        try:
            return await _stream(connector, request)
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)

    return [Route("/data/{transfer}", get, methods=["GET"])]


async def _stream(connector: Connector, request: Request) -> Response:
    headers = request.headers
    person = headers.get("mmd-person")
    transfer = request.path_params["transfer"]
    asked = DataRequest(
        transfer=transfer,
        method=request.method,
        url=f"{connector.identity.public_url}/data/{transfer}",
        authorization=headers.get("authorization"),
        proof=headers.get("dpop"),
        delivery=headers.get("mmd-delivery"),
        purpose=headers.get("mmd-purpose"),
        person=unquote(person)[:200] if person else None,
        start=_start(headers.get("range")),
        if_range=headers.get("if-range"),
    )
    use = await connector.usage.begin(asked)
    return _Data(
        _bytes(connector, use),
        status_code=206 if use.start else 200,
        headers=_headers(use),
        media_type=str(use.dataset.card["found"].get("mediaType") or "application/octet-stream"),
    )


def _start(value: str | None) -> int:
    if value is None:
        return 0
    match = _RANGE.fullmatch(value.strip())
    if match is None:
        raise BadRequest("only a range from some byte to the end is served: Range: bytes=N-")
    return int(match[1])


def _headers(use: Use) -> dict[str, str]:
    raw = bytes.fromhex(use.dataset.digest.removeprefix("sha256:"))
    headers = {
        "Content-Length": str(use.end - use.start),
        "ETag": _etag(use),
        "Repr-Digest": f"sha-256=:{base64.b64encode(raw).decode()}:",
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Mmd-Delivery": use.delivery.id,
    }
    if use.start:
        headers["Content-Range"] = f"bytes {use.start}-{use.end - 1}/{use.end}"
    return headers


def _etag(use: Use) -> str:
    return f'"{use.dataset.digest}"'


class _Data(StreamingResponse):
    """Ends its use when the receiver goes away, and does not leave that to the garbage collector."""

    def __init__(self, content: AsyncGenerator[bytes, None], **more: Any) -> None:
        super().__init__(content, **more)
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with contextlib.aclosing(self._content):
            await super().__call__(scope, receive, send)


async def _bytes(connector: Connector, use: Use) -> AsyncGenerator[bytes, None]:
    try:
        async for chunk in read_chunks(use.path, use.start):
            if use.cut:
                # Leaving early makes the server close the connection: the receiver sees that bytes are missing.
                _log.info("delivery %s is cut: its contract or transfer has ended", use.delivery.id)
                return
            yield chunk
            use.sent += len(chunk)
    finally:
        await asyncio.shield(connector.usage.finish(use))
