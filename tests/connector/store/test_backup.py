"""A backup holds what a connector needs, as it was at one moment, and says what it does not hold."""

import io
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from connector.store.backup import BackupError, Choice, Report, log_state, write_backup
from connector.store.folder import MARK, FolderInUse, FolderLock
from connector.trust.age import AgeReader
from tests.connector.store.folders import DID, PASSPHRASE, log_more, make_folder

NOW: Final = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "plant", entries=5)


def backed_up(folder: Path, **given: Any) -> tuple[bytes, Report]:
    out = io.BytesIO()
    choice = Choice(given.pop("received", "small"))
    report = write_backup(folder, out, PASSPHRASE, did=DID, now=NOW, choice=choice, work=1, **given)
    return out.getvalue(), report


def entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    plain = AgeReader(io.BytesIO(data), PASSPHRASE).read()
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        for entry in archive:
            file = archive.extractfile(entry)
            assert file is not None
            yield entry.name, file.read()


def test_what_is_in_it_and_in_which_order(folder: Path) -> None:
    data, report = backed_up(folder)
    found = dict(entries(data))
    assert list(found) == [
        "backup.json",
        "mmd.sqlite",
        MARK,
        "settings.toml",
        "keys/contract.pem",
        "keys/log.pem",
        "keys/token.pem",
        "secrets/access.key",
        "secrets/owner.token",
        "published/0001.csv",
        "received/small.csv",
        "manifest.json",
    ]
    assert json.loads(found["backup.json"])["did"] == DID
    assert (report.files, report.log.size) == (10, 5)
    assert report.bytes == sum(len(content) for name, content in found.items())
    listed = json.loads(found["manifest.json"])["files"]
    assert set(listed) == set(found) - {"manifest.json"}
    for name, content in found.items():
        if name in listed:
            assert listed[name]["bytes"] == len(content)


def test_what_is_not_in_it_is_said(folder: Path) -> None:
    (folder / "received" / "half.part").write_bytes(b"not whole yet")
    (folder / "received" / "strange name.csv").write_bytes(b"x")
    (folder / "published" / "elsewhere.csv").symlink_to(folder / "settings.toml")
    with (folder / "received" / "large.csv").open("wb") as file:
        file.truncate(16_000_001)
    _, report = backed_up(folder)
    assert sorted(report.left_out) == [
        ("published/elsewhere.csv", "unknown"),
        ("received/large.csv", "too large"),
        ("received/strange name.csv", "unknown"),
    ]
    _, report = backed_up(folder, received="none")
    assert ("received/small.csv", "not asked for") in report.left_out
    found = dict(entries(backed_up(folder, received="all")[0]))
    assert len(found["received/large.csv"]) == 16_000_001


def test_the_database_is_that_of_one_moment_while_others_write(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "mmd.sqlite")) as running:
        running.execute("BEGIN IMMEDIATE")
        running.execute("INSERT INTO log_leaf (epoch, position, entry) VALUES (1, 99, '{}')")
        data, report = backed_up(folder)
        running.execute("COMMIT")
    assert report.log.size == 5
    copy = folder.parent / "copy.sqlite"
    copy.write_bytes(dict(entries(data))["mmd.sqlite"])
    with closing(sqlite3.connect(copy)) as found:
        assert found.execute("SELECT count(*) FROM log_leaf").fetchone() == (5,)
        assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_mark_is_that_of_the_copy(folder: Path) -> None:
    before = (folder / MARK).read_bytes()
    log_more(folder, 2)
    state = log_state(folder / "mmd.sqlite")
    (folder / MARK).write_bytes(before)
    assert json.loads(dict(entries(backed_up(folder)[0]))[MARK]) == {"size": 7, "root": state.root, "epoch": 1}


def test_a_mark_that_knows_more_is_not_forgotten(folder: Path) -> None:
    (folder / MARK).write_text(json.dumps({"size": 9, "root": "ab" * 32}))
    assert json.loads(dict(entries(backed_up(folder)[0]))[MARK]) == {"size": 9, "root": "ab" * 32}
    (folder / MARK).write_bytes(b"no mark")
    assert dict(entries(backed_up(folder)[0]))[MARK] == b"no mark"


@pytest.mark.parametrize("size", [3, 5])
def test_a_mark_of_another_history_is_not_forgotten(folder: Path, size: int) -> None:
    """A log that was written on from an older copy stays known as that: a backup must not make it whole."""
    forked = {"size": size, "root": "ab" * 32, "epoch": 1}
    (folder / MARK).write_text(json.dumps(forked))
    assert json.loads(dict(entries(backed_up(folder)[0]))[MARK]) == forked


def test_evidence_that_contracts_were_put_back_from_is_in_it(folder: Path) -> None:
    """Where our key is lost it is all that proves them; and what waits would be taken up by nobody else."""
    (folder / "returned").mkdir()
    for name in ("aa.zip", "bb.zip.waiting"):
        (folder / "returned" / name).write_bytes(name.encode())
    found = dict(entries(backed_up(folder)[0]))
    assert found["returned/aa.zip"] == b"aa.zip"
    assert found["returned/bb.zip.waiting"] == b"bb.zip.waiting"


def test_nothing_is_left_in_the_folder(folder: Path) -> None:
    (folder / "backup-old.part").write_bytes(b"of a backup that was cut short")
    before = {path.name for path in folder.iterdir()} - {"backup-old.part"}
    backed_up(folder)
    assert {path.name for path in folder.iterdir()} - {"backup.lock"} == before


def test_one_at_a_time(folder: Path) -> None:
    lock = FolderLock(folder, "backup.lock")
    lock.acquire()
    with pytest.raises(FolderInUse):
        backed_up(folder)
    lock.release()
    backed_up(folder)


def test_it_tells_how_far_it_is(folder: Path) -> None:
    (folder / "published" / "0002.csv").write_bytes(bytes(3_000_000))
    told: list[tuple[int, int]] = []
    backed_up(folder, progress=lambda done, whole: told.append((done, whole)))
    assert len(told) >= 3
    assert told == sorted(told)
    assert all(done <= whole for done, whole in told)


def test_without_a_database_there_is_nothing_to_back_up(folder: Path) -> None:
    (folder / "mmd.sqlite").unlink()
    with pytest.raises(BackupError, match="start the connector once"):
        backed_up(folder)


def test_a_damaged_database_is_said(folder: Path) -> None:
    (folder / "mmd.sqlite").write_bytes(b"this is no database" * 1000)
    with pytest.raises(BackupError, match="database"):
        backed_up(folder)


def test_a_full_disk_is_said_before_anything_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(BackupError, match="no room for that"):
        backed_up(folder)
