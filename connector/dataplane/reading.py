"""Reading files out: in chunks, a chunk ahead, and what tells that one has changed."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

CHUNK: Final = 1024 * 1024
"""Bytes read at once for a receiver that keeps up: each piece costs two changes between threads."""
SMALL: Final = 64 * 1024
"""Bytes read at once for one that does not, or is not known yet: so much of each stream waits in our memory."""
_PROVEN: Final = 8 * CHUNK
"""Bytes that a receiver has to take without a pause: more than the system itself holds for it."""
_PAUSE: Final = 0.25
"""Seconds after which a receiver counts as slow."""


async def read_chunks(path: Path, start: int) -> AsyncGenerator[bytes, None]:
    """The bytes of a file from `start` on, read a chunk ahead in a thread; in small ones as long as they are taken slowly."""
    loop = asyncio.get_running_loop()
    file = path.open("rb")
    file.seek(start)
    following = loop.run_in_executor(None, file.read, SMALL)
    taken = 0
    try:
        while chunk := await following:
            following = loop.run_in_executor(None, file.read, CHUNK if taken >= _PROVEN else SMALL)
            given = loop.time()
            yield chunk
            taken = taken + len(chunk) if loop.time() - given < _PAUSE else 0
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
