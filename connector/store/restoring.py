"""A folder made from a backup: checked while it is unpacked, put in its place only when all of it holds.

The numbered checks, each with a sentence of its own:

1. The passphrase opens the file, and no byte of it was changed or cut off (`connector.trust.age`).
2. It is a backup in a format that is known, and what it says that it holds has room on the disk.
3. Every entry is a plain file with a name that a backup may hold, once, and together they are not larger than was said.
4. Sizes and digests are those of the manifest, and nothing else is there.
5. The database is not damaged, and of a schema that is known.
6. The entries of the log give the root of its newest checkpoint.

What is restored does not sign until it has been reconciled: a file beside the database says so (`RESTORED`), for the
high-water mark of a backup agrees with its own database and cannot tell.
"""

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from connector.audit.merkle import leaf_hash, node_hash
from connector.canonical import CanonicalError, parse_json
from connector.clock import format_time, parse_time
from connector.store.backup import (
    DATABASE,
    FORMAT,
    HEADER,
    MANIFEST,
    NAME,
    SETTINGS,
    BackupError,
    LogState,
    Progress,
    log_state,
)
from connector.store.folder import RESTORED, is_lost, sync_folder
from connector.store.migrate import known_revisions
from connector.trust.age import AgeReader
from connector.trust.errors import AgeInvalid

_PIECE: Final = 1 << 20
_MAX_HEADER: Final = 100_000
_MAX_MANIFEST: Final = 64_000_000
_MAX_FILES: Final = 1_000_000
_ROOM_LEFT: Final = 64_000_000
_SMALL: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Restored:
    """What was in a backup.

    Attributes:
        did: whose it is.
        made_at: when it was made.
        files: how many files.
        bytes: of these.
        log: how far its log is.
    """

    did: str
    made_at: str
    files: int
    bytes: int
    log: LogState


def check_backup(source: BinaryIO, passphrase: bytes, scratch: Path, *, progress: Progress | None = None) -> Restored:
    """Check a backup as a restore would, and leave nothing behind.

    Args:
        source: the file.
        passphrase: what opens it.
        scratch: a folder on whose disk the backup has room. Only the database is unpacked there, for the time of the check: no
            keys and no secrets lie open beside a backup.
        progress: told what is done.

    Raises:
        BackupError: it does not hold.
    """
    with _unpacked(source, passphrase, scratch, progress, keep=False) as (_, found):
        return found


def restore_backup(
    source: BinaryIO, passphrase: bytes, target: Path, *, now: datetime, progress: Progress | None = None
) -> Restored:
    """Make a connector's folder from a backup. It is there whole, or not at all.

    Args:
        source: the file.
        passphrase: what opens it.
        target: a folder that is empty, or not there.
        now: the time of the restore, which the folder remembers.
        progress: told what is done.

    Raises:
        BackupError: the folder is not empty, or the backup does not hold.
    """
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise BackupError(f"{target} is not an empty folder; a backup is never put over what is there: choose another")
    if target.is_mount():
        raise BackupError(
            f"{target} is a disk or a volume of its own, and nothing can take its place in one step: choose a folder in it, "
            f"as {target / 'connector'}"
        )
    parent = target.absolute().parent
    if not parent.is_dir():
        raise BackupError(f"there is no folder {parent} to put it into")
    with _unpacked(source, passphrase, parent, progress) as (folder, found):
        note: dict[str, Any] = {
            "restoredAt": format_time(now),
            "madeAt": found.made_at,
            "epoch": found.log.epoch,
            "size": found.log.size,
            "root": found.log.root,
            "lost": is_lost(folder / RESTORED),
        }
        (folder / RESTORED).unlink(missing_ok=True)
        _write(folder / RESTORED, json.dumps(note, indent=1).encode() + b"\n")
        for path in (*sorted(part for part in folder.iterdir() if part.is_dir()), folder):
            sync_folder(path)
        if target.exists() and os.name == "nt":
            target.rmdir()
        folder.replace(target)  # over an empty folder, or where nothing was: one step
        sync_folder(parent)
    return found


@contextmanager
def _unpacked(
    source: BinaryIO, passphrase: bytes, parent: Path, progress: Progress | None, *, keep: bool = True
) -> Iterator[tuple[Path, Restored]]:
    folder = parent / f".restoring-{secrets.token_hex(6)}"
    folder.mkdir(mode=0o700)
    try:
        try:
            yield folder, _unpack(source, passphrase, folder, progress, keep=keep)
        except AgeInvalid as error:
            raise BackupError(f"the backup cannot be opened: {error}") from None
        except tarfile.TarError as error:
            raise BackupError(f"the backup holds no readable archive: {error}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(source: BinaryIO, passphrase: bytes, folder: Path, progress: Progress | None, *, keep: bool) -> Restored:
    opened = AgeReader(source, passphrase)
    header: dict[str, Any] = {}
    digests: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    done = 0
    with tarfile.open(fileobj=cast("Any", opened), mode="r|") as archive:
        for entry in archive:
            if manifest is not None or len(digests) > _MAX_FILES:
                raise BackupError("the backup holds more than its list of files says")
            _check_entry(entry, digests)
            file = archive.extractfile(entry)
            if file is None:
                raise BackupError(f"the backup's entry {entry.name!r} has no content")
            if entry.name == MANIFEST:
                manifest = _document(file.read(_MAX_MANIFEST + 1), MANIFEST)
                continue
            if not header:
                header = _read_header(entry, file.read(_MAX_HEADER + 1), folder)
                digests[HEADER] = _digest_of(header["read"])
                continue
            done += entry.size
            if done > header["bytes"] + _SMALL:
                raise BackupError("the backup holds more than it says at its beginning")
            path = folder / entry.name if keep or entry.name == DATABASE else None
            digests[entry.name] = _copy(cast("BinaryIO", file), path, entry)
            if progress is not None:
                progress(min(done, header["bytes"]), header["bytes"])
    while rest := opened.read(_PIECE):  # to the end: only the last chunk says that nothing was cut off
        if rest.strip(b"\0"):
            raise BackupError("something follows the end of the backup's archive")
    if manifest is None:
        raise BackupError("the backup ends before its list of files: it was not finished")
    _compare(digests, manifest)
    log = _check_database(folder, header)
    return Restored(header["did"], header["madeAt"], len(digests) - 1, done, log)


def _check_entry(entry: tarfile.TarInfo, known: dict[str, dict[str, Any]]) -> None:
    first = not known
    if (entry.name == HEADER) != first:
        raise BackupError(f"a backup begins with {HEADER}; this one has {entry.name[:80]!r} there")
    if not entry.isreg() or entry.issparse():
        raise BackupError(f"the backup's entry {entry.name[:80]!r} is no plain file")
    if NAME.fullmatch(entry.name) is None or entry.name in known:
        raise BackupError(f"the backup's entry {entry.name[:80]!r} has a name that no backup holds, or holds once only")


def _read_header(entry: tarfile.TarInfo, data: bytes, folder: Path) -> dict[str, Any]:
    header = _document(data, HEADER, most=_MAX_HEADER)
    if header.get("format") != FORMAT:
        raise BackupError(f"the backup is in the format {str(header.get('format'))[:40]!r}; {FORMAT} is read here")
    size, did, made = header.get("bytes"), header.get("did"), header.get("madeAt")
    try:
        parse_time(str(made))
    except ValueError:
        made = None
    if type(size) is not int or size < 0 or not isinstance(did, str) or not isinstance(made, str):
        raise BackupError(f"{entry.name} does not say whose backup it is, when it was made and how large it is")
    free = shutil.disk_usage(folder).free
    if free < size + _ROOM_LEFT:
        raise BackupError(
            f"the backup needs {size:,} bytes and leaves at least {_ROOM_LEFT:,}; there are {free:,} free on this disk"
        )
    return {**header, "read": data}


def _document(data: bytes, name: str, *, most: int = _MAX_MANIFEST) -> dict[str, Any]:
    try:
        found = parse_json(data, max_bytes=most)
    except CanonicalError as error:
        raise BackupError(f"{name} of the backup cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise BackupError(f"{name} of the backup is no JSON object")
    return found


def _copy(file: BinaryIO, path: Path | None, entry: tarfile.TarInfo) -> dict[str, Any]:
    """Put an entry into its place, or only read it; its size and digest."""
    found = hashlib.sha256()
    count = 0
    with _new_file(path) as target:
        while data := file.read(_PIECE):
            found.update(data)
            count += len(data)
            if target is not None:
                target.write(data)
    if count != entry.size:
        raise BackupError(f"{entry.name} is cut off in the backup")
    return {"bytes": count, "digest": f"sha256:{found.hexdigest()}"}


@contextmanager
def _new_file(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as target:
        yield target
        target.flush()
        os.fsync(target.fileno())


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _digest_of(data: bytes) -> dict[str, Any]:
    return {"bytes": len(data), "digest": f"sha256:{hashlib.sha256(data).hexdigest()}"}


def _compare(found: dict[str, dict[str, Any]], manifest: dict[str, Any]) -> None:
    listed = manifest.get("files")
    if not isinstance(listed, dict) or manifest.get("format") != FORMAT:
        raise BackupError(f"{MANIFEST} of the backup lists no files")
    for name in sorted({*listed, *found}):
        if listed.get(name) != found.get(name):
            raise BackupError(f"{name[:80]} in the backup is not what its list of files names")
    for name in (DATABASE, SETTINGS):
        if name not in found:
            raise BackupError(f"there is no {name} in the backup")


def _check_database(folder: Path, header: dict[str, Any]) -> LogState:
    log = log_state(folder / DATABASE)
    try:
        with closing(sqlite3.connect(folder / DATABASE)) as connection:
            problem = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if problem != "ok":
                raise BackupError(f"the database in the backup is damaged: {problem}")
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if revision not in known_revisions():
                raise BackupError(
                    f"the database in the backup has the schema {revision}, which this version does not know; update the "
                    "program, then restore"
                )
            _check_log(connection)
    except sqlite3.Error as error:
        raise BackupError(f"the database in the backup cannot be read: {error}") from None
    if header.get("log") != {"epoch": log.epoch, "size": log.size, "root": log.root}:
        raise BackupError("the log in the backup's database is not the one that its beginning names")
    return log


def _check_log(connection: sqlite3.Connection) -> None:
    """The roots over all entries, made anew from the entries themselves: of the log in use and of those before it."""
    heads = connection.execute("SELECT epoch, size, root FROM log_head ORDER BY epoch").fetchall()
    for epoch, size, root in heads:
        count, found = _root_of(
            connection.execute("SELECT entry FROM log_leaf WHERE epoch = ? ORDER BY position", (epoch,))
        )
        if (count, found) != (size, bytes(root)):
            raise BackupError(
                f"the {count:,} entries of the log in the backup do not give the root of its newest checkpoint, which is over "
                f"{size:,}: this backup cannot be trusted; take another"
            )


def _root_of(rows: Iterable[tuple[str]]) -> tuple[int, bytes]:
    edge: list[tuple[int, bytes]] = []  # complete subtrees, the largest first: their height and hash
    count = 0
    for (entry,) in rows:
        height, value = 0, leaf_hash(str(entry).encode())
        while edge and edge[-1][0] == height:
            value = node_hash(edge.pop()[1], value)
            height += 1
        edge.append((height, value))
        count += 1
    root = b""
    for _, value in reversed(edge):
        root = node_hash(value, root) if root else value
    return count, root
