"""A backup: one file, encrypted with a passphrase, of a connector that runs or is stopped.

Outside it is a file in the format age, inside a tar archive: without this program `age -d FILE | tar x` opens it.
In the archive stand, in this order:

1. `backup.json`: whose backup it is, when it was made, how far its log was, and how many bytes follow.
2. `mmd.sqlite`: a copy of the database as it was at one moment, made while others write.
3. `log.highwater`: the high-water mark that belongs to it; and `log.restored`, where that had not been reconciled yet.
4. The small files: settings, keys, secrets, the company's facts; the evidence of others that contracts were put back from;
   then the frozen data sets, then what was received.
5. `manifest.json`: sizes and digests of all of them. Without it a backup is not whole.

The database is copied first: what it names was on the disk before it. Memory stays the same however much there is.
"""

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from connector.audit.errors import ProofError
from connector.audit.log import HighWater
from connector.audit.merkle import tree_root
from connector.clock import format_time
from connector.store.folder import MARK, RESTORED, FolderLock, HighWaterFile
from connector.trust.age import WORK, AgeWriter

FORMAT: Final = "mmd-backup/1"
HEADER: Final = "backup.json"
MANIFEST: Final = "manifest.json"
DATABASE: Final = "mmd.sqlite"
SETTINGS: Final = "settings.toml"
SMALL_RECEIVED: Final = 16_000_000
"""Received files up to this size are part of every backup, unless none is wanted."""
LOCK: Final = "backup.lock"
SINGLE: Final = (SETTINGS, "company.json")
FOLDERS: Final = ("keys", "secrets", "returned")
PUBLISHED, RECEIVED = "published", "received"
_INSIDE: Final = (HEADER, MANIFEST)
_PIECE: Final = 1 << 20
_ROOM_LEFT: Final = 64_000_000
_UNFINISHED: Final = (".part", ".new")
NAME: Final = re.compile(r"(?:(?:keys|secrets|returned|published|received)/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
"""What may stand in a backup: files of the folder itself and of these below it."""

Progress = Callable[[int, int], object]
"""Told how many bytes are done, and how many there are."""


class BackupError(Exception):
    """A backup cannot be made or used; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class LogState:
    """How far a log was.

    Attributes:
        size: its entries; 0 when there is none yet.
        root: the root over them, in hexadecimal digits; empty when there is none.
        note: its newest checkpoint.
        epoch: which of our logs it is, 1 for the first.
    """

    size: int
    root: str
    note: str
    epoch: int = 1


@dataclass(slots=True)
class Report:
    """What was written, and what was not.

    Attributes:
        bytes: of the files inside.
        files: how many, besides what the backup says of itself.
        log: how far the log was.
        left_out: files of the folder that are not in it, and why (`too large`, `not asked for`, `unknown`, `vanished`).
    """

    bytes: int = 0
    files: int = 0
    log: LogState = field(default_factory=lambda: LogState(0, "", ""))
    left_out: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which received files are wanted: `all`, `small` or `none`."""

    received: str = "small"

    def wants(self, size: int) -> bool:
        """Whether a received file of this size is part of it."""
        return self.received == "all" or (self.received == "small" and size <= SMALL_RECEIVED)


def write_backup(
    folder: Path,
    out: BinaryIO,
    passphrase: bytes,
    *,
    did: str,
    now: datetime,
    choice: Choice,
    progress: Progress | None = None,
    work: int = WORK,
) -> Report:
    """Write the backup of a connector's folder to `out`.

    Args:
        folder: the connector's folder; a connector may run on it.
        out: where the bytes go; to be renamed into its place only when this returns.
        passphrase: what opens it again.
        did: whose it is.
        now: the time that it says.
        choice: which received files are wanted.
        progress: told what is done.
        work: log2 of scrypt's N (`connector.trust.age`).

    Raises:
        BackupError: there is no database, no room for a copy of it, or it is damaged.
        FolderInUse: another backup of this folder is being made.
    """
    lock = FolderLock(folder, LOCK)
    lock.acquire()
    try:
        mark, restored = _mark_in(folder), _restored_in(folder)
        with _database_copy(folder) as copy:
            log = log_state(copy)
            report = Report(log=log)
            files = _listed(folder, choice, report)
            total = copy.stat().st_size + sum(path.stat().st_size for _, path in files)
            header = {
                "format": FORMAT,
                "did": did,
                "madeAt": format_time(now),
                "log": {"epoch": log.epoch, "size": log.size, "root": log.root},
                "bytes": total,
            }
            sealed = AgeWriter(out, passphrase, work=work)
            with tarfile.open(fileobj=cast("Any", sealed), mode="w|", format=tarfile.PAX_FORMAT) as archive:
                writer = _Writer(archive, report, total, progress, now)
                writer.add_bytes(HEADER, _json(header))
                writer.add_file(DATABASE, copy)
                if mark is not None or log.size:
                    writer.add_bytes(MARK, mark if mark is not None else _mark_of(log))
                if restored is not None:
                    writer.add_bytes(RESTORED, restored)
                for name, path in files:
                    writer.add_file(name, path)
                writer.add_bytes(MANIFEST, _json({"format": FORMAT, "files": writer.digests}))
            sealed.finish()
            report.files -= len(_INSIDE)
    finally:
        lock.release()
    return report


def log_state(database: Path) -> LogState:
    """How far the log in a database is, by its newest checkpoint.

    Raises:
        BackupError: the file is no database of a connector.
    """
    try:
        with closing(sqlite3.connect(f"file:{_uri(database)}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT size, root, note, epoch FROM log_head ORDER BY epoch DESC").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{database.name} is no database of a connector: {error}") from None
    return LogState(0, "", "") if row is None else LogState(row[0], bytes(row[1]).hex(), str(row[2]), row[3])


class _Writer:
    """Puts files into the archive, and remembers their digests."""

    def __init__(
        self, archive: tarfile.TarFile, report: Report, total: int, progress: Progress | None, now: datetime
    ) -> None:
        self._archive = archive
        self._report = report
        self._total = total
        self._progress = progress
        self._time = int(now.timestamp())
        self.digests: dict[str, dict[str, Any]] = {}

    def add_bytes(self, name: str, data: bytes) -> None:
        self._add(name, io.BytesIO(data), len(data))

    def add_file(self, name: str, path: Path) -> None:
        try:
            file = path.open("rb")
        except FileNotFoundError:  # withdrawn or deleted since it was listed
            self._report.left_out.append((name, "vanished"))
            return
        with file:
            self._add(name, file, os.fstat(file.fileno()).st_size)

    def _add(self, name: str, file: BinaryIO, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self._time
        digesting = _Digesting(file, self._done)
        try:
            self._archive.addfile(info, cast("Any", digesting))
        except OSError as error:
            raise BackupError(f"{name} cannot be copied: {error.strerror or error}; try again") from None
        self.digests[name] = {"bytes": size, "digest": digesting.digest}
        self._report.files += 1
        self._report.bytes += size
        self._done(0)

    def _done(self, size: int) -> None:
        if self._progress is not None:
            self._progress(min(self._report.bytes + size, self._total), self._total)


class _Digesting:
    """A file whose bytes are digested as they are read."""

    def __init__(self, file: BinaryIO, done: Callable[[int], None]) -> None:
        self._file = file
        self._done = done
        self._hash = hashlib.sha256()
        self._count = 0

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._hash.update(data)
        self._count += len(data)
        if self._count % _PIECE < len(data):
            self._done(self._count)
        return data

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


def _listed(folder: Path, choice: Choice, report: Report) -> list[tuple[str, Path]]:
    """What is copied, in its order: which key is which before the keys, for a key that it names is there already."""
    found = [(name, folder / name) for name in SINGLE if (folder / name).is_file()]
    ring = folder / "keys" / "ring.json"
    found += [("keys/ring.json", ring)] if ring.is_file() else []
    for part in FOLDERS:
        found += [item for item in _files_in(folder, part, report) if item[1] != ring]
    found += _files_in(folder, PUBLISHED, report)
    for name, path in _files_in(folder, RECEIVED, report):
        if choice.wants(path.stat().st_size):
            found.append((name, path))
        else:
            report.left_out.append((name, "not asked for" if choice.received == "none" else "too large"))
    return found


def _files_in(folder: Path, part: str, report: Report) -> list[tuple[str, Path]]:
    found = []
    for path in sorted((folder / part).iterdir()) if (folder / part).is_dir() else ():
        name = f"{part}/{path.name}"
        if path.suffix in _UNFINISHED:
            continue
        if NAME.fullmatch(name) is None or path.is_symlink() or not path.is_file():
            report.left_out.append((name, "unknown"))
            continue
        found.append((name, path))
    return found


@contextmanager
def _database_copy(folder: Path) -> Iterator[Path]:
    """A copy of the database as it is at one moment; beside it, for there it is as well kept as the original."""
    source = folder / DATABASE
    if not source.is_file():
        raise BackupError(f"there is no {DATABASE} in {folder}: start the connector once before you back it up")
    for left in folder.glob("backup-*.part*"):  # of a backup that was cut short; no other one runs
        left.unlink(missing_ok=True)
    needed, free = source.stat().st_size, shutil.disk_usage(folder).free
    if free < needed + _ROOM_LEFT:
        raise BackupError(
            f"the database is copied beside itself first, and there is no room for that: {needed:,} bytes are needed and "
            f"{_ROOM_LEFT:,} shall be left, {free:,} are free"
        )
    descriptor, name = tempfile.mkstemp(prefix="backup-", suffix=".part", dir=folder)
    os.close(descriptor)
    copy = Path(name)
    try:
        with (
            closing(sqlite3.connect(source, timeout=30)) as reading,
            closing(sqlite3.connect(copy)) as writing,
        ):
            # In one step: under one read lock, so that what others write meanwhile does not make it begin again.
            reading.backup(writing, pages=-1)
            writing.execute("PRAGMA journal_mode=DELETE")
        yield copy
    except sqlite3.Error as error:
        raise BackupError(f"the database cannot be copied: {error}") from None
    finally:
        copy.unlink(missing_ok=True)
        for suffix in ("-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                Path(name + suffix).unlink()


def _mark_in(folder: Path) -> bytes | None:
    """A mark that is there and cannot be trusted goes into the backup as it is; a good one is made anew."""
    path = folder / MARK
    try:
        mark = HighWaterFile(path).read()
    except ValueError:
        return path.read_bytes()[:1000]
    if mark is None:
        return None
    if not (folder / DATABASE).is_file() or _goes_on_from(folder / DATABASE, mark):
        return None
    # Ahead of its own database, or of another history: that something was signed which is not there must not be forgotten.
    again = HighWaterFile(path).read()  # it may have been written amid the first look
    known = again is not None and _goes_on_from(folder / DATABASE, again)
    return None if known else path.read_bytes()[:1000]


def _goes_on_from(database: Path, mark: HighWater) -> bool:
    """Whether the log in a database is what the mark says that it was, or continues it."""
    log = log_state(database)
    if mark.epoch != max(log.epoch, 1):
        return mark.epoch < log.epoch
    with closing(sqlite3.connect(f"file:{_uri(database)}?mode=ro", uri=True)) as connection:

        def node(level: int, index: int) -> bytes:
            asked = "SELECT hash FROM log_node WHERE epoch = ? AND level = ? AND position = ?"
            row = connection.execute(asked, (mark.epoch, level, index)).fetchone()
            if row is None:
                raise ProofError(f"the log has no node {index} of level {level}")
            return bytes(row[0])

        try:
            return tree_root(mark.size, node) == mark.root
        except ProofError:
            return False


def _restored_in(folder: Path) -> bytes | None:
    """What says that this folder came back itself and has not been reconciled; read before the database is copied."""
    try:
        return (folder / RESTORED).read_bytes()[:1000]
    except FileNotFoundError:
        return None


def _mark_of(log: LogState) -> bytes:
    return _json({"size": log.size, "root": log.root, "epoch": log.epoch})


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _uri(path: Path) -> str:
    return path.absolute().as_posix().replace("%", "%25").replace("?", "%3f").replace("#", "%23")
