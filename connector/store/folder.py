"""The folder of a connector: who owns it, and the high-water mark of its log, kept outside the database."""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Final

from connector.audit.log import HighWater

MARK: Final = "log.highwater"
"""The file of the high-water mark."""
RESTORED: Final = "log.restored"
"""Beside the database of a folder that came from a backup, until it has been reconciled."""


def is_lost(restored: Path) -> bool:
    """Whether the note in a restored folder says that there was no backup: then the log that was is gone for good."""
    try:
        return bool(json.loads(restored.read_bytes())["lost"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


class FolderInUse(Exception):
    """Another `mmd serve` owns this folder, or another backup of it is being made."""


class FolderLock:
    """An exclusive lock on a folder, held while the process lives; the system frees it when the process dies."""

    def __init__(self, folder: Path, name: str = "mmd.lock") -> None:
        self._path = folder / name
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            FolderInUse: another process has it; the sentence names its process id.
        """
        # Without Python's buffers: where the file stands is what the lock of Windows goes by.
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            _lock(descriptor)
        except OSError:
            os.lseek(descriptor, 0, os.SEEK_SET)
            owner = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise FolderInUse(
                f"the folder {self._path.parent} is in use by another connector (process {owner}); stop it first"
            ) from None
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, str(os.getpid()).encode("ascii"))
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            _unlock(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None


if sys.platform == "win32":
    import msvcrt

    _LOCKED_BYTE: Final = 1 << 30
    """Far behind what is written: here a lock also keeps others from reading, and it holds from the present position."""

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        # Closing frees it too, but only some time later.
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


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
                size, root, epoch = mark["size"], bytes.fromhex(mark["root"]), mark.get("epoch", 1)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                size, root, epoch = -1, b"", 1
            if type(size) is not int or size < 0 or type(epoch) is not int or epoch < 1:
                raise ValueError(f"the high-water mark in {self._path} cannot be read")
            return HighWater(size, root, epoch)
        return None

    def write(self, mark: HighWater) -> None:
        """Move the mark up: one write in place, of fixed width, so that it is old or new, never half."""
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(self._path, flags, 0o600)
        text = json.dumps({"size": mark.size, "root": mark.root.hex(), "epoch": mark.epoch})
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


def sync_folder(folder: Path) -> None:
    """Have what was renamed or made in a folder stand there after a loss of power, too."""
    if os.name == "nt":  # pragma: no cover - a folder cannot be opened there, and its entries are written through
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
