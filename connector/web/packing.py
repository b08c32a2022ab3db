"""gzip for catalogs (DSP 2025-1, catalog HTTPS binding, Compression): large answers, to whoever says that it can read them."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from connector.protocol.bindings import Protocol

Handler = Callable[[Request], Awaitable[Response]]
_WORTH: Final = 1_000
"""Smaller answers stay as they are, in bytes."""
_LONG: Final = 64_000
"""Larger ones are packed in a thread: meanwhile others are served."""
_LEVEL: Final = 5


def packing(protocol: Protocol | None, handle: Handler) -> Handler:
    """The same handler; if it is of the catalog protocol, its answers are packed for those who read gzip."""
    if protocol is not Protocol.CATALOG:
        return handle

    async def handler(request: Request) -> Response:
        return await _packed(request, await handle(request))

    return handler


async def _packed(request: Request, answer: Response) -> Response:
    answer.headers["Vary"] = ", ".join(filter(None, (answer.headers.get("Vary"), "Accept-Encoding")))
    body = bytes(answer.body)
    if len(body) < _WORTH or not _reads_gzip(request.headers.get("accept-encoding", "")):
        return answer
    answer.body = await asyncio.to_thread(_pack, body) if len(body) > _LONG else _pack(body)
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Content-Length"] = str(len(answer.body))
    return answer


def _pack(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)


def _reads_gzip(accepted: str) -> bool:
    """RFC 9110, 12.5.3: what is named with a weight above 0; gzip by its name counts before `*`."""
    weights: dict[str, bool] = {}
    for part in accepted[:500].lower().split(","):
        name, _, parameter = (piece.strip() for piece in part.partition(";"))
        weights[name] = parameter.removeprefix("q=").strip("0.") != "" if parameter.startswith("q=") else True
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))
