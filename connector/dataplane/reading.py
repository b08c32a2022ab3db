"""Reading files out: in chunks, a chunk ahead, and what tells that one has changed."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

CHUNK: Final = 256 * 1024
"""Bytes read from a file at once."""


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
