"""The bytes: pulling them into a file, resumed where it was cut, and reading them out in chunks."""

import asyncio
import contextlib
import hashlib
import json
import os
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote

import httpx

from connector.ports.dataplane import PullRequest
from connector.ports.network import PullBroken, PullRefused

CHUNK: Final = 256 * 1024
"""Bytes read from a file at once."""
_GATHERED: Final = 1024 * 1024
"""Bytes hashed and written at once: many, for each piece costs two changes between threads."""
_REFUSED: Final = range(400, 500)
_TRY_AGAIN: Final = frozenset({408, 425, 429})
_TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)
_MAX_PROBLEM: Final = 100_000


class HttpDataPlane:
    """The port `DataPlane` over one pooled client."""

    def __init__(self, client: httpx.AsyncClient, *, check_url: Callable[[str], None]) -> None:
        self._client = client
        self._check_url = check_url
        # One thread hashes and writes while the loop receives: both release the interpreter.
        self._writer = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pull")

    async def pull(self, request: PullRequest, progress: Callable[[int], None]) -> str:
        self._check_url(request.url)
        loop = asyncio.get_running_loop()
        file = request.target.open("ab")
        try:
            digest = hashlib.sha256()
            there = await loop.run_in_executor(self._writer, _rehash, request.target, digest)
            if there > request.byte_size:
                file.truncate(0)
                digest, there = hashlib.sha256(), 0
            progress(there)
            if there < request.byte_size or request.byte_size == 0:
                await self._receive(request, file, digest, there, progress)
            await loop.run_in_executor(self._writer, _sync, file)
        finally:
            with contextlib.suppress(OSError):
                file.close()
        return "sha256:" + digest.hexdigest()

    async def _receive(
        self, request: PullRequest, file: IO[bytes], digest: Any, there: int, progress: Callable[[int], None]
    ) -> None:
        sink = _Sink(self._writer, file, digest, there)
        try:
            async with self._client.stream(
                "GET", request.url, headers=_headers(request, there), timeout=_TIMEOUT
            ) as got:
                await _check_answer(got, there)
                async for part in got.aiter_raw():
                    there += len(part)
                    if there > request.byte_size:
                        raise PullRefused(502, "too much", "the provider sends more than the contract names")
                    await sink.take(part)
                    progress(sink.written)
                await sink.flush()
        except httpx.HTTPError as error:
            raise PullBroken(f"{type(error).__name__}: {error}") from None
        except OSError as error:
            raise PullBroken(str(error)) from None
        finally:
            # What has arrived is kept, whatever came after it; and nobody may write when the file is closed.
            with contextlib.suppress(PullRefused):
                await sink.flush()
            progress(sink.written)
        if there < request.byte_size:
            raise PullBroken(f"{there:,} of {request.byte_size:,} bytes arrived")

    def close(self) -> None:
        """End the writer threads."""
        self._writer.shutdown(wait=False, cancel_futures=True)


class _Sink:
    """Hashes and writes what arrives, a chunk at a time in a thread, while the next one is received."""

    def __init__(self, writer: ThreadPoolExecutor, file: IO[bytes], digest: Any, written: int) -> None:
        self.written = written
        self._writer, self._file, self._digest = writer, file, digest
        self._parts: list[bytes] = []
        self._held = 0
        self._pending: asyncio.Future[int] | None = None

    async def take(self, part: bytes) -> None:
        """One more part.

        Raises:
            PullRefused: an earlier one cannot be written.
        """
        self._parts.append(part)
        self._held += len(part)
        if self._held >= _GATHERED:
            await self._settle()
            self._pending = asyncio.get_running_loop().run_in_executor(self._writer, self._keep, self._parts)
            self._parts, self._held = [], 0

    async def flush(self) -> None:
        """Wait until all that was taken is written.

        Raises:
            PullRefused: it cannot be.
        """
        await self._settle()
        if self._parts:
            parts, self._parts, self._held = self._parts, [], 0
            self._pending = asyncio.get_running_loop().run_in_executor(self._writer, self._keep, parts)
            await self._settle()

    async def _settle(self) -> None:
        if self._pending is not None:
            # Not awaited itself: a cancellation would leave the thread writing.
            await asyncio.wait({self._pending})
            done, self._pending = self._pending, None
            self.written += done.result()

    def _keep(self, parts: list[bytes]) -> int:
        # In one piece: between small ones the thread would wait for the interpreter each time.
        data = b"".join(parts)
        with _storing():
            self._digest.update(data)
            self._file.write(data)
        return len(data)


def _sync(file: IO[bytes]) -> None:
    with _storing():
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _storing() -> Iterator[None]:
    """What the disk refuses is told as that, and not taken for a line that broke."""
    try:
        yield
    except OSError as error:
        raise PullRefused(507, "cannot be stored", f"the received data cannot be written: {error}") from None


def _rehash(path: Path, digest: Any) -> int:
    """Hash what is there already; returns its size."""
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(1024 * 1024):
            digest.update(chunk)
            size += len(chunk)
    return size


def _headers(request: PullRequest, there: int) -> dict[str, str]:
    headers = {
        "Authorization": f"{request.scheme} {request.token}",
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
            raise PullRefused(502, "wrong range", "the provider sends another range than was asked for")
        return
    if got.status_code in _REFUSED and got.status_code not in _TRY_AGAIN:
        body = b""
        async for chunk in got.aiter_raw(CHUNK):
            body += chunk
            if len(body) > _MAX_PROBLEM:
                break
        title, detail, more = _problem(body)
        raise PullRefused(got.status_code, title, detail, **more)
    if got.status_code == 200:  # noqa: PLR2004 - the whole although a part was asked for: the data has changed
        raise PullRefused(409, "the data has changed", "the provider sends other data than the contract names")
    raise PullBroken(f"the provider answers {got.status_code}")


def _problem(body: bytes) -> tuple[str, str, dict[str, str]]:
    """Title, detail, and if the provider is one of ours: the clause, and the sentence in Korean."""
    try:
        data = json.loads(body)
        more = {name: str(data[name])[:2000] for name in ("clause", "ko") if isinstance(data.get(name), str)}
        return str(data["title"])[:200], str(data["detail"])[:2000], more
    except (ValueError, KeyError, TypeError, AttributeError):
        return "the provider refuses the data", body[:500].decode("utf-8", "replace"), {}


async def read_chunks(path: Path, start: int) -> AsyncGenerator[bytes, None]:
    """The bytes of a file from `start` on, read a chunk ahead in a thread."""
    loop = asyncio.get_running_loop()
    file = path.open("rb")
    file.seek(start)
    following = loop.run_in_executor(None, file.read, CHUNK)
    try:
        while chunk := await following:
            following = loop.run_in_executor(None, file.read, CHUNK)
            yield chunk
    finally:
        # Whoever leaves early leaves a thread that still reads: the file is closed after it.
        if following.done():
            _close(file, following)
        else:
            following.add_done_callback(partial(_close, file))


def _close(file: IO[bytes], last: asyncio.Future[Any]) -> None:
    _forget(last)
    file.close()


def _forget(done: asyncio.Future[Any]) -> None:
    """Take note of what became of work in a thread that nobody waits for any more."""
    if not done.cancelled():
        done.exception()


def file_state(path: Path) -> str:
    """What tells, without reading it, that a file has not been touched."""
    stat = path.stat()
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"


def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file, `sha256:` and hexadecimal digits."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
