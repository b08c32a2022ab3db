"""The folder of a connector: who owns it, and the high-water mark of its log, kept outside the database."""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import IO, Final

from connector.audit.log import HighWater


class FolderInUse(Exception):
    """Another `mmd serve` owns this folder."""


class FolderLock:
    """An exclusive lock on a folder, held while the process lives; the system frees it when the process dies."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "mmd.lock"
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            FolderInUse: another process has it; the sentence names its process id.
        """
        file = self._path.open("a+", encoding="utf-8")
        try:
            _lock(file)
        except OSError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            file.close()
            raise FolderInUse(
                f"the folder {self._path.parent} is in use by another connector (process {owner}); stop it first"
            ) from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    _LOCKED_BYTE: Final = 1 << 30
    """Far behind what is written: here a lock also keeps others from reading, and it holds from the present position."""

    def _lock(file: IO[str]) -> None:
        os.lseek(file.fileno(), _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class HighWaterFile:
    """The largest tree that the log has let out. Written after each commit, before anything signed leaves."""

    _WIDTH = 200

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def read(self) -> HighWater | None:
        """The mark; None when there is no file.

        Raises:
            ValueError: the file is there and cannot be read: nothing should be signed.
        """
        with contextlib.suppress(FileNotFoundError):
            data = self._path.read_bytes()
            try:
                mark = json.loads(data)
                size, root = mark["size"], bytes.fromhex(mark["root"])
            except (ValueError, KeyError, TypeError, RecursionError):
                size, root = -1, b""
            if type(size) is not int or size < 0:
                raise ValueError(f"the high-water mark in {self._path} cannot be read")
            return HighWater(size, root)
        return None

    def write(self, mark: HighWater) -> None:
        """Move the mark up: one write in place, of fixed width, so that it is old or new, never half."""
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(self._path, flags, 0o600)
        text = json.dumps({"size": mark.size, "root": mark.root.hex()})
        data = (text.ljust(self._WIDTH - 1) + "\n").encode()
        if hasattr(os, "pwrite"):
            os.pwrite(self._descriptor, data, 0)
        else:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, data)

    def close(self) -> None:
        """Sync and close."""
        if self._descriptor is not None:
            os.fsync(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None
