"""Moving bytes between participants: pulled into a file, pushed out of one, received into one; resumed where it was cut."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, Final, TypeVar, TypeVarTuple
from urllib.parse import quote

import httpx

from connector.dataplane import pushing
from connector.dataplane.answers import read_problem
from connector.dataplane.sink import Sink, rehash, sync
from connector.ports.dataplane import Arrival, PullRequest, PushRequest
from connector.ports.network import FlowBroken, FlowRefused, PeerUnreachable
from connector.tasks import carry_out

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_REFUSED: Final = range(400, 500)
_TRY_AGAIN: Final = frozenset({408, 425, 429})
_TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)


class HttpDataPlane:
    """The port `DataPlane` over one pooled client."""

    def __init__(self, client: httpx.AsyncClient, *, check_url: Callable[[str], None]) -> None:
        self._client = client
        self._check_url = check_url
        # One thread hashes and writes while the loop receives: both release the interpreter.
        self._writer = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pull")

    async def pull(self, request: PullRequest, progress: Callable[[int], None]) -> str:
        self._check_url(request.url)
        file = request.target.open("ab")
        try:
            digest = hashlib.sha256()
            there = await self._in_thread(rehash, request.target, digest)
            if there > request.byte_size:
                file.truncate(0)
                digest, there = hashlib.sha256(), 0
            progress(there)
            if there < request.byte_size or request.byte_size == 0:
                await self._receive(request, file, digest, there, progress)
            await self._in_thread(sync, file)
        finally:
            with contextlib.suppress(OSError):
                file.close()
        return "sha256:" + digest.hexdigest()

    async def _receive(
        self, request: PullRequest, file: IO[bytes], digest: Any, there: int, progress: Callable[[int], None]
    ) -> None:
        sink = Sink(self._writer, file, digest, there)
        try:
            async with self._client.stream(
                "GET", request.url, headers=_headers(request, there), timeout=_TIMEOUT
            ) as got:
                await _check_answer(got, there)
                async for part in got.aiter_raw():
                    there += len(part)
                    if there > request.byte_size:
                        raise FlowRefused(502, "too much", "the provider sends more than the contract names")
                    await sink.take(part)
                    progress(sink.written)
                await sink.flush()
        except httpx.HTTPError as error:
            raise FlowBroken(f"{type(error).__name__}: {error}") from None
        except OSError as error:
            raise FlowBroken(str(error)) from None
        finally:
            # What has arrived is kept, whatever came after it; and nobody may write when the file is closed.
            with contextlib.suppress(FlowRefused):
                await sink.flush()
            progress(sink.written)
        if there < request.byte_size:
            raise FlowBroken(f"{there:,} of {request.byte_size:,} bytes arrived")

    async def push(self, request: PushRequest, progress: Callable[[int], None]) -> None:
        self._check_target(request.url)
        await pushing.push(self._client, request, progress)

    async def arrived(self, request: PushRequest) -> int | None:
        self._check_target(request.url)
        return await pushing.arrived(self._client, request)

    async def receive(
        self, arrival: Arrival, parts: AsyncIterator[bytes], progress: Callable[[int], None]
    ) -> tuple[int, str]:
        digest = hashlib.sha256()
        with arrival.target.open("ab") as file:
            file.truncate(arrival.start)
            there = await self._in_thread(rehash, arrival.target, digest)
            sink = Sink(self._writer, file, digest, there)
            try:
                async for part in parts:
                    there += len(part)
                    if there > arrival.byte_size:
                        raise FlowRefused(413, "too much", "more arrives than the contract names")
                    await sink.take(part)
                    progress(sink.written)
            finally:
                # What has arrived is kept, whatever came after it.
                await sink.flush()
                progress(sink.written)
            if there == arrival.byte_size:
                await self._in_thread(sync, file)
        return there, "sha256:" + digest.hexdigest()

    async def _in_thread(self, work: Callable[[*Ts], T], *given: *Ts) -> T:
        # Carried out even when nobody waits any more: the thread uses a file that is closed afterwards.
        return await carry_out(asyncio.get_running_loop().run_in_executor(self._writer, work, *given))

    def _check_target(self, url: str) -> None:
        try:
            self._check_url(url)
        except PeerUnreachable as error:
            raise FlowRefused(400, "the address cannot be used", str(error)) from None

    def close(self) -> None:
        """End the writer threads."""
        self._writer.shutdown(wait=False, cancel_futures=True)


def _headers(request: PullRequest, there: int) -> dict[str, str]:
    headers = {
        **request.headers,
        "Accept-Encoding": "identity",
        "Mmd-Delivery": request.delivery,
        "Mmd-Purpose": request.purpose,
    }
    if request.person:
        headers["Mmd-Person"] = quote(request.person)
    if request.proof is not None:
        headers["DPoP"] = request.proof("GET", request.url)
    if there:
        headers["Range"] = f"bytes={there}-"
        headers["If-Range"] = f'"{request.digest}"'
    return headers


async def _check_answer(got: httpx.Response, there: int) -> None:
    if got.status_code == (206 if there else 200):
        if there and not (got.headers.get("content-range") or "").startswith(f"bytes {there}-"):
            raise FlowRefused(502, "wrong range", "the provider sends another range than was asked for")
        return
    if got.status_code in _REFUSED and got.status_code not in _TRY_AGAIN:
        title, detail, more = await read_problem(got, "the provider refuses the data")
        raise FlowRefused(got.status_code, title, detail, **more)
    if got.status_code == 200:  # noqa: PLR2004 - the whole although a part was asked for: the data has changed
        raise FlowRefused(409, "the data has changed", "the provider sends other data than the contract names")
    raise FlowBroken(f"the provider answers {got.status_code}")
