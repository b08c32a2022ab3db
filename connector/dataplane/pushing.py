"""Sending a file to where a consumer wants it, from the byte that it has not got yet.

To our own inboxes a push that was cut is resumed as the IETF's resumable uploads do it: HEAD tells `Upload-Offset`, PATCH
sends the rest. Any other endpoint gets the whole again.
"""

import base64
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Final

import httpx

from connector.dataplane.answers import Problem, read_problem
from connector.dataplane.reading import read_chunks
from connector.ports.dataplane import PushRequest
from connector.ports.network import FlowBroken, FlowRefused

OFFSET: Final = "Upload-Offset"
_TIMEOUT: Final = httpx.Timeout(60.0, connect=5.0, read=180.0)
"""Writing a large file to its disk and checking it may take the receiver a while after the last byte."""
_GOOD: Final = range(200, 300)
_TRY_AGAIN: Final = frozenset({408, 409, 425, 429})
"""409: it has another part than we thought; it is asked, and gets the rest."""
_KNOWS_NO_HEAD: Final = frozenset({400, 404, 405, 411, 415, 501})
_SERVER: Final = 500


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the receiver answered."""

    status: int
    offset: str
    problem: Problem

    @property
    def error(self) -> Exception:
        title, detail, more = self.problem
        if self.status in _TRY_AGAIN or self.status >= _SERVER:
            return FlowBroken(f"the consumer answers {self.status}: {detail or title}")
        return FlowRefused(self.status, title, detail, **more)


async def push(client: httpx.AsyncClient, request: PushRequest, progress: Callable[[int], None]) -> None:
    """As `DataPlane.push`."""
    raw = base64.b64encode(bytes.fromhex(request.digest.removeprefix("sha256:"))).decode()
    headers = {
        "Content-Type": "application/partial-upload" if request.start else request.media_type,
        "Content-Length": str(request.byte_size - request.start),
        "Repr-Digest": f"sha-256=:{raw}:",
        "Mmd-Delivery": request.delivery,
    }
    if request.start:
        headers[OFFSET] = str(request.start)
    method = "PATCH" if request.start else request.method
    async with contextlib.aclosing(_body(request, progress)) as body:
        answer = await _ask(client, request, method, headers, body)
    if answer.status not in _GOOD:
        raise answer.error


async def arrived(client: httpx.AsyncClient, request: PushRequest) -> int | None:
    """As `DataPlane.arrived`."""
    answer = await _ask(client, request, "HEAD", {}, None)
    if answer.status in _GOOD and answer.offset.isdecimal() and int(answer.offset) <= request.byte_size:
        return int(answer.offset)
    if answer.status in _GOOD or answer.status in _KNOWS_NO_HEAD:
        return None
    raise answer.error


async def _body(request: PushRequest, progress: Callable[[int], None]) -> AsyncGenerator[bytes, None]:
    given = 0
    async with contextlib.aclosing(read_chunks(request.source, request.start)) as chunks:
        async for chunk in chunks:
            yield chunk
            given += len(chunk)
            progress(given)


async def _ask(
    client: httpx.AsyncClient,
    request: PushRequest,
    method: str,
    headers: dict[str, str],
    body: AsyncGenerator[bytes, None] | None,
) -> _Answer:
    sent = {**headers, **request.headers}
    if request.proof is not None:
        sent["DPoP"] = request.proof(method, request.url)
    try:
        async with client.stream(method, request.url, headers=sent, content=body, timeout=_TIMEOUT) as got:
            problem = await read_problem(got, "the consumer does not take the data")
            return _Answer(got.status_code, got.headers.get(OFFSET, ""), problem)
    except (httpx.HTTPError, OSError) as error:
        raise FlowBroken(f"{type(error).__name__}: {error}") from None
