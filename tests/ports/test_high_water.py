"""The high-water mark: a database that was set back is noticed, and then nothing is signed (decision 5, 8)."""

import json
import shutil
import stat
import sys
from pathlib import Path

import pytest

from connector.audit.log import HighWater
from connector.audit.merkle import EMPTY_ROOT
from connector.ports.records import LogEntry, PeerRecord
from connector.ports.store import Doubt, SigningSuspended
from connector.store.folder import HighWaterFile
from connector.store.unit_of_work import SqlStore
from tests.ports.places import FolderPlace, empty_database
from tests.ports.samples import sample

pytestmark = pytest.mark.anyio
DIGEST = "sha256:" + "ab" * 32


async def append(store: SqlStore, folder: FolderPlace) -> LogEntry:
    return await store.write(lambda unit: unit.log.append("contract", DIGEST, folder.clock.now()))


def mark_of(folder: FolderPlace) -> HighWater | None:
    return HighWaterFile(folder.mark).read()


async def written(folder: FolderPlace, entries: int) -> list[LogEntry]:
    """What a connector leaves that has logged so much and was stopped."""
    store = folder.open()
    done = [await append(store, folder) for _ in range(entries)]
    store.close()
    return done


async def suspended(folder: FolderPlace, sentence: str) -> None:
    """Opening it says so, it signs nothing, and everything else still works."""
    before = folder.mark.read_bytes() if folder.mark.exists() else None
    store = folder.open()
    assert store.suspended is not None
    assert sentence in store.suspended
    signed = len(folder.signed)
    head = await store.read(lambda unit: unit.log.head())
    with pytest.raises(SigningSuspended, match="nothing is signed"):
        await append(store, folder)
    assert len(folder.signed) == signed
    await store.write(lambda unit: unit.peers.add(sample(PeerRecord, 1)))
    assert await store.read(lambda unit: unit.peers.count()) == 1
    assert await store.read(lambda unit: unit.log.head()) == head
    assert (folder.mark.read_bytes() if folder.mark.exists() else None) == before


async def test_it_moves_with_every_commit(folder: FolderPlace) -> None:
    store = folder.open()
    assert mark_of(folder) == HighWater(0, EMPTY_ROOT)
    for _ in range(3):
        entry = await append(store, folder)
        assert mark_of(folder) == HighWater(entry.size, bytes.fromhex(entry.root))


async def test_a_restart_agrees(folder: FolderPlace) -> None:
    await written(folder, 3)
    store = folder.open()
    assert store.suspended is None
    assert (await append(store, folder)).index == 3


@pytest.mark.parametrize("behind", [0, 1, 2])
async def test_behind_is_a_crash_and_is_made_up_for(folder: FolderPlace, behind: int) -> None:
    """The connector died between commit and mark. What was committed goes out after the start: so must the mark."""
    entries = await written(folder, 3)
    file = HighWaterFile(folder.mark)
    file.write(HighWater(behind, bytes.fromhex(entries[behind - 1].root) if behind else EMPTY_ROOT))
    file.close()
    store = folder.open()
    assert store.suspended is None
    assert mark_of(folder) == HighWater(3, bytes.fromhex(entries[2].root))
    assert (await append(store, folder)).index == 3


async def test_an_old_copy_of_the_database_signs_nothing(folder: FolderPlace) -> None:
    await written(folder, 1)
    copy = folder.file.with_name("backup")
    shutil.copy(folder.file, copy)
    await written(folder, 1)
    shutil.copy(copy, folder.file)
    await suspended(folder, "the high-water mark says that the log had 2 entries, the database holds 1")


async def test_an_empty_database_beside_a_mark_signs_nothing(folder: FolderPlace) -> None:
    await written(folder, 2)
    folder.file.write_bytes(empty_database())
    await suspended(folder, "the log had 2 entries, the database holds 0")


async def test_another_history_of_the_same_length_signs_nothing(folder: FolderPlace) -> None:
    """Set back, and written on from there by a program that did not look."""
    await written(folder, 2)
    file = HighWaterFile(folder.mark)
    file.write(HighWater(2, bytes(32)))
    file.close()
    await suspended(folder, "forked")


async def test_a_log_that_contradicts_itself_signs_nothing(folder: FolderPlace) -> None:
    await written(folder, 2)
    store = folder.open()
    store._connection.exec_driver_sql("UPDATE log_head SET root = zeroblob(32)")
    store.close()
    await suspended(folder, "do not give the root of its own newest checkpoint")


async def test_a_log_without_its_mark_signs_nothing(folder: FolderPlace) -> None:
    await written(folder, 2)
    folder.mark.unlink()
    await suspended(folder, "the high-water mark is missing, and the log has 2 entries")
    assert folder.open().doubt is Doubt.NO_MARK


UNREADABLE = {
    "empty": b"",
    "not UTF-8": b"\xff\xfe",
    "not JSON": b"size 3",
    "a list": b"[]",
    "nothing in it": b"{}",
    "no root": b'{"size": 1}',
    "a root that is none": b'{"size": 1, "root": "xyz"}',
    "a number as root": b'{"size": 1, "root": 7}',
    "a text as size": b'{"size": "1", "root": ""}',
    "a negative size": b'{"size": -1, "root": ""}',
    "true as size": b'{"size": true, "root": ""}',
    "a log that is none": b'{"size": 1, "root": "", "epoch": 0}',
    "a text as log": b'{"size": 1, "root": "", "epoch": "2"}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=list(UNREADABLE))
async def test_a_mark_that_cannot_be_read_signs_nothing(folder: FolderPlace, content: bytes) -> None:
    await written(folder, 1)
    folder.mark.write_bytes(content)
    await suspended(folder, f"the high-water mark in {folder.mark} cannot be read; nothing is signed until this")


async def test_a_mark_that_cannot_be_written_stops_the_next_signature(folder: FolderPlace) -> None:
    """What is committed is committed, and whoever waits for it is told so."""
    folder.mark = folder.mark.parent / "gone" / "log.highwater"
    store = folder.open()
    assert (await append(store, folder)).index == 0
    assert store.suspended is not None
    assert "cannot be written" in store.suspended
    with pytest.raises(SigningSuspended, match="cannot be written"):
        await append(store, folder)


def test_the_file_is_old_or_new(tmp_path: Path) -> None:
    """One write in place, always as long: never half of one and half of another."""
    path = tmp_path / "mark"
    file = HighWaterFile(path)
    assert file.read() is None
    sizes = set()
    for size in (1, 2**40, 3):
        file.write(HighWater(size, bytes(range(32))))
        assert file.read() == HighWater(size, bytes(range(32)))
        sizes.add(path.stat().st_size)
        assert json.loads(path.read_bytes())["size"] == size
    assert len(sizes) == 1
    file.close()
    file.close()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are those of POSIX")
def test_the_file_is_the_owners(tmp_path: Path) -> None:
    file = HighWaterFile(tmp_path / "mark")
    file.write(HighWater(1, bytes(32)))
    file.close()
    assert stat.S_IMODE((tmp_path / "mark").stat().st_mode) == 0o600
