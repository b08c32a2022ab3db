"""Keeping what arrives: hashed and written in a thread while the next part is received."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Final

from connector.ports.network import FlowRefused
from connector.tasks import settle

_GATHERED: Final = 1024 * 1024
"""Bytes hashed and written at once: many, for each piece costs two changes between threads."""


class Sink:
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
            FlowRefused: an earlier one cannot be written.
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
            FlowRefused: it cannot be.
        """
        await self._settle()
        if self._parts:
            parts, self._parts, self._held = self._parts, [], 0
            self._pending = asyncio.get_running_loop().run_in_executor(self._writer, self._keep, parts)
            await self._settle()

    async def _settle(self) -> None:
        if self._pending is not None:
            pending, self._pending = self._pending, None
            # Not awaited itself: a cancellation would leave the thread writing into a file that is closed meanwhile.
            try:
                await settle(pending)
            finally:
                self.written += pending.result()

    def _keep(self, parts: list[bytes]) -> int:
        # In one piece: between small ones the thread would wait for the interpreter each time.
        data = b"".join(parts)
        with _storing():
            self._digest.update(data)
            self._file.write(data)
        return len(data)


def sync(file: IO[bytes]) -> None:
    """Have everything on the disk.

    Raises:
        FlowRefused: the disk does not take it.
    """
    with _storing():
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _storing() -> Iterator[None]:
    """What the disk refuses is told as that, and not taken for a line that broke."""
    try:
        yield
    except OSError as error:
        raise FlowRefused(507, "cannot be stored", f"the received data cannot be written: {error}") from None


def rehash(path: Path, digest: Any) -> int:
    """Hash what is there already; returns its size."""
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(1024 * 1024):
            digest.update(chunk)
            size += len(chunk)
    return size
