"""Evidence of others that lies in a folder whose own records are lost: to be taken up at the next start, and kept as it came."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from connector.canonical import digest_bytes
from connector.clock import format_time
from connector.store.backup import DATABASE, BackupError, log_state
from connector.store.folder import RESTORED, FolderLock
from connector.store.keyfiles import write_secret

FOLDER: Final = "returned"
_WAITING: Final = ".waiting"


class Returned:
    """The port `ReturnedEvidence` over one folder: a file that waits has another suffix than one that was taken up."""

    def __init__(self, directory: Path) -> None:
        self._folder = directory / FOLDER

    def waiting(self) -> list[str]:
        """The names of those that are still to be taken up."""
        return sorted(path.name for path in self._folder.glob(f"*{_WAITING}")) if self._folder.is_dir() else []

    def read(self, name: str) -> bytes:
        """One of them."""
        return (self._folder / name).read_bytes()

    def done(self, name: str) -> None:
        """It was taken up; the file stays."""
        path = self._folder / name
        path.replace(path.with_suffix(""))


def lay_down(directory: Path, evidence: Sequence[bytes], *, now: datetime) -> list[Path]:
    """Put verified evidence into the folder of a connector that has no log of its own yet.

    From now on this connector signs nothing before it has been reconciled, and opens a new log then: the one that its
    company had is lost.

    Args:
        directory: the folder, made by `mmd init` under the same address.
        evidence: the files.
        now: the time.

    Raises:
        BackupError: the connector has logged something already.
        FolderInUse: it runs.
    """
    lock = FolderLock(directory)
    lock.acquire()
    try:
        size = log_state(directory / DATABASE).size if (directory / DATABASE).is_file() else 0
        if size:
            raise BackupError(
                f"the connector in {directory} has a log of {size} entries: nothing is put back into one that has signed"
            )
        (directory / FOLDER).mkdir(mode=0o700, exist_ok=True)
        note = {"restoredAt": format_time(now), "madeAt": None, "epoch": 1, "size": 0, "root": "", "lost": True}
        _replace(directory / RESTORED, json.dumps(note, indent=1).encode() + b"\n")
        laid = []
        for data in evidence:
            path = directory / FOLDER / f"{digest_bytes(data).removeprefix('sha256:')}.zip"
            _replace(path.with_name(path.name + _WAITING), data)
            laid.append(path)
    finally:
        lock.release()
    return laid


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    write_secret(part, data)
    part.replace(path)
