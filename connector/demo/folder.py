"""The folder of a demo: emptied of what an earlier demo left, and locked while anything of a demo runs in it."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.demo.errors import DemoError
from connector.texts import say

MARK: Final = ".mmd-demo"
"""The file that says that a demo made this folder, and holds the lock; only such a folder is ever emptied."""
REPORT: Final = "report.json"
EVIDENCE: Final = "evidence.zip"
TRUST: Final = "trust.json"
ROLES: Final = ("authority", "provider", "consumer", "outsider")
_OURS: Final = (*ROLES, "logs", "received", "forged", "second", "changed", REPORT, EVIDENCE, TRUST)


@dataclass(frozen=True)
class Folder:
    """A folder that belongs to this demo alone."""

    path: Path
    descriptor: int

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def note(self, processes: list[int]) -> None:
        """Write down which processes run in it, for whoever finds it locked."""
        os.ftruncate(self.descriptor, 0)
        os.lseek(self.descriptor, 1, os.SEEK_SET)
        os.write(self.descriptor, json.dumps({"processes": processes}).encode())


@contextmanager
def open_folder(directory: Path, lang: str) -> Iterator[Folder]:
    """Take the folder: make it, or empty the one that an earlier demo made.

    Raises:
        DemoError: it holds something that no demo made, or a demo is running in it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    mark = directory / MARK
    if not mark.exists() and any(directory.iterdir()):
        raise DemoError(say("demo.error.not_ours", lang, directory=directory))
    descriptor = os.open(mark, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _lock(descriptor):
            raise DemoError(say("demo.error.in_use", lang, directory=directory, processes=_noted(descriptor)))
        folder = Folder(directory.resolve(), descriptor)
        folder.note([os.getpid()])
        for name in _OURS:
            _remove(folder / name)
        for name in ("logs", "received", "second", "changed", "forged"):
            (folder / name).mkdir()
        yield folder
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _noted(descriptor: int) -> str:
    os.lseek(descriptor, 1, os.SEEK_SET)
    try:
        return " ".join(str(int(number)) for number in json.loads(os.read(descriptor, 10_000))["processes"])
    except (ValueError, KeyError, TypeError, OSError):
        return "?"


def _lock(descriptor: int) -> bool:
    """Lock the first byte without waiting.

    On POSIX the lock is of the open file, and connectors inherit it: it stays until the last of them has ended.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
