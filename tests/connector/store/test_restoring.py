"""A folder out of a backup: all of it, or nothing; and what does not hold is refused, each with its own sentence."""

import io
import json
import sqlite3
import stat
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from connector.ports.store import SigningSuspended
from connector.store import restoring
from connector.store.backup import BackupError, Choice, write_backup
from connector.store.folder import MARK, RESTORED, is_lost
from connector.store.log import LogSigner
from connector.store.restoring import check_backup, restore_backup
from connector.store.returned import lay_down
from connector.store.sqlite import open_sqlite
from connector.trust.age import CHUNK, AgeReader, AgeWriter
from tests.connector.store.folders import DID, DIGEST, FILES, KEY, PASSPHRASE, make_folder
from tests.support.clock import HandClock

NOW: Final = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
Entries = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("backup") / "plant", entries=5)


@pytest.fixture(scope="module")
def backup(folder: Path) -> bytes:
    return made(folder)


def made(folder: Path) -> bytes:
    out = io.BytesIO()
    write_backup(folder, out, PASSPHRASE, did=DID, now=NOW, choice=Choice(), work=1)
    return out.getvalue()


def restored(data: bytes, target: Path, passphrase: bytes = PASSPHRASE) -> restoring.Restored:
    return restore_backup(io.BytesIO(data), passphrase, target, now=NOW)


def refused(data: bytes, tmp_path: Path, sentence: str, passphrase: bytes = PASSPHRASE) -> None:
    """It is refused with this sentence, by the check too, and nothing is left of it."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BackupError, match=sentence):
        restored(data, tmp_path / "new", passphrase)
    with pytest.raises(BackupError, match=sentence):
        check_backup(io.BytesIO(data), passphrase, tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def changed(data: bytes, change: Callable[[Entries], Entries]) -> bytes:
    """The same backup with other entries, sealed anew: by somebody who has the passphrase."""
    plain = AgeReader(io.BytesIO(data), PASSPHRASE).read()
    found: Entries = []
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        for entry in archive:
            file = archive.extractfile(entry)
            assert file is not None
            found.append((entry, file.read()))
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for entry, content in change(found):
            if entry.isreg():
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return sealed(tar.getvalue())


def sealed(plain: bytes) -> bytes:
    out = io.BytesIO()
    writer = AgeWriter(out, PASSPHRASE, work=1)
    writer.write(plain)
    writer.finish()
    return out.getvalue()


def plain_file(name: str, content: bytes = b"x", **attributes: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    for attribute, value in attributes.items():
        setattr(info, attribute, value)
    return info, content


def test_everything_is_there_again(folder: Path, backup: bytes, tmp_path: Path) -> None:
    found = restored(backup, tmp_path / "new")
    assert (found.did, found.log.size, found.files) == (DID, 5, 10)
    for name, content in FILES.items():
        assert (tmp_path / "new" / name).read_bytes() == content
    assert json.loads((tmp_path / "new" / MARK).read_text())["size"] == 5
    assert json.loads((tmp_path / "new" / RESTORED).read_text())["size"] == 5
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "new" / "keys").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "new" / "keys" / "log.pem").stat().st_mode) == 0o600


def test_an_empty_folder_is_taken_a_full_one_never(backup: bytes, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    restored(backup, tmp_path / "empty")
    with pytest.raises(BackupError, match="is not an empty folder"):
        restored(backup, tmp_path / "empty")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BackupError, match="is not an empty folder"):
        restored(backup, tmp_path / "file")
    with pytest.raises(BackupError, match="there is no folder"):
        restored(backup, tmp_path / "nowhere" / "new")


def test_a_volume_of_its_own_is_refused_before_anything_is_unpacked(
    backup: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "volume").mkdir()
    monkeypatch.setattr(Path, "is_mount", lambda path: path == tmp_path / "volume")
    monkeypatch.setattr(restoring, "AgeReader", None)  # would be called
    with pytest.raises(BackupError, match="choose a folder in it"):
        restored(backup, tmp_path / "volume")
    assert list(tmp_path.iterdir()) == [tmp_path / "volume"]


@pytest.mark.anyio
async def test_what_is_restored_signs_nothing(backup: bytes, tmp_path: Path) -> None:
    restored(backup, tmp_path / "new")
    clock = HandClock()
    signer = LogSigner("plant.example/log", KEY.sign, KEY.public.raw())
    store = open_sqlite(tmp_path / "new" / "mmd.sqlite", signer, clock, high_water=tmp_path / "new" / MARK)
    assert store.suspended is not None
    assert "came from a backup, in which the log has 5 entries" in store.suspended
    with pytest.raises(SigningSuspended):
        await store.write(lambda unit: unit.log.append("contract", DIGEST, clock.now()))
    store.close()


def test_the_check_says_the_same_and_leaves_nothing(backup: bytes, tmp_path: Path) -> None:
    assert check_backup(io.BytesIO(backup), PASSPHRASE, tmp_path).log.size == 5
    assert list(tmp_path.iterdir()) == []


def test_the_check_lays_no_secrets_open(backup: bytes, tmp_path: Path) -> None:
    """A backup may lie where anybody can read: on a stick, on a share."""
    seen: set[str] = set()

    def look(_: int, __: int) -> None:
        seen.update(path.name for path in tmp_path.rglob("*") if path.is_file())

    check_backup(io.BytesIO(backup), PASSPHRASE, tmp_path, progress=look)
    assert seen == {"mmd.sqlite"}


def test_a_folder_that_came_back_without_a_backup_stays_one(tmp_path: Path) -> None:
    """Its log is lost: a backup of it, made before it was reconciled, must not let it be begun anew."""
    folder = make_folder(tmp_path / "plant", entries=0)
    note = {"restoredAt": "2026-11-28T02:00:00Z", "madeAt": None, "epoch": 1, "size": 0, "root": "", "lost": True}
    (folder / RESTORED).write_text(json.dumps(note))
    restored(made(folder), tmp_path / "new")
    assert is_lost(tmp_path / "new" / RESTORED)
    assert json.loads((tmp_path / "new" / RESTORED).read_text())["madeAt"] == "2026-11-29T02:00:00.000Z"


def test_a_connector_that_has_logged_nothing_yet(tmp_path: Path) -> None:
    data = made(make_folder(tmp_path / "plant", entries=0))
    assert restored(data, tmp_path / "new").log.size == 0


def test_another_passphrase(backup: bytes, tmp_path: Path) -> None:
    refused(backup, tmp_path, "passphrase is not the one", b"another passphrase")


def test_a_file_that_was_cut_off_at_any_chunk_or_near_it(backup: bytes, tmp_path: Path) -> None:
    header = backup.index(b"\n--- ") + 48 + 16
    chunks = range(header, len(backup), CHUNK + 16)
    assert len(chunks) > 3
    for end in (0, 10, header - 1, *(at + near for at in chunks for near in (-1, 0, 1)), len(backup) - 1):
        with pytest.raises(BackupError):
            restored(backup[:end], tmp_path / "new")
        assert list(tmp_path.iterdir()) == []


def test_a_changed_byte_anywhere(backup: bytes, tmp_path: Path) -> None:
    for at in range(0, len(backup), 9_973):
        data = bytearray(backup)
        data[at] ^= 0x40
        with pytest.raises(BackupError):
            restored(bytes(data), tmp_path / "new")
        assert list(tmp_path.iterdir()) == []


def test_something_behind_the_end(backup: bytes, tmp_path: Path) -> None:
    refused(backup + b"more", tmp_path, "cannot be opened")
    plain = AgeReader(io.BytesIO(backup), PASSPHRASE).read()
    refused(sealed(plain + b"more"), tmp_path, "something follows the end")


@pytest.mark.parametrize(
    "name",
    ["../escaped", "/etc/passwd", "keys/../../escaped", "keys//x", "sub/folder/x", "other/x", "", ".hidden", "keys/ x"],
)
def test_a_name_that_leads_elsewhere(backup: bytes, tmp_path: Path, name: str) -> None:
    data = changed(backup, lambda found: [found[0], plain_file(name), *found[1:]])
    refused(data, tmp_path, "has a name that no backup holds")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_plain_file(backup: bytes, tmp_path: Path, kind: bytes) -> None:
    entry = plain_file("keys/link", b"", type=kind, linkname="../../outside")
    refused(changed(backup, lambda found: [found[0], entry, *found[1:]]), tmp_path, "is no plain file")


def test_an_entry_twice(backup: bytes, tmp_path: Path) -> None:
    refused(changed(backup, lambda found: [*found[:4], found[3], *found[4:]]), tmp_path, "holds once only")


def test_an_entry_too_many_too_few_or_changed(backup: bytes, tmp_path: Path) -> None:
    more = changed(backup, lambda found: [*found[:-1], plain_file("keys/more.pem"), found[-1]])
    refused(more, tmp_path, r"keys/more.pem in the backup is not what its list of files names")
    fewer = changed(backup, lambda found: [*found[:4], *found[5:]])
    refused(fewer, tmp_path, r"is not what its list of files names")
    other = changed(backup, lambda found: [(e, c if e.name != "keys/log.pem" else b"LOG") for e, c in found])
    refused(other, tmp_path, r"keys/log.pem in the backup is not what")
    behind = changed(backup, lambda found: [*found, plain_file("keys/more.pem")])
    refused(behind, tmp_path, "more than its list of files says")


def test_without_its_end_or_its_beginning(backup: bytes, tmp_path: Path) -> None:
    refused(changed(backup, lambda found: found[:-1]), tmp_path, "was not finished")
    refused(changed(backup, lambda found: found[1:]), tmp_path, "a backup begins with backup.json")
    refused(sealed(b""), tmp_path, "no readable archive|not finished")
    refused(sealed(b"no archive at all" * 100), tmp_path, "no readable archive")


def test_a_huge_one(backup: bytes, tmp_path: Path) -> None:
    def says(**values: object) -> Callable[[Entries], Entries]:
        return lambda found: [
            (found[0][0], json.dumps({**json.loads(found[0][1]), **values}).encode()),
            *found[1:],
        ]

    refused(changed(backup, says(bytes=10**15)), tmp_path, "free on this disk")
    refused(changed(backup, says(bytes="many")), tmp_path, "does not say whose backup")
    refused(changed(backup, says(madeAt="yesterday")), tmp_path, "does not say whose backup")
    refused(changed(backup, says(format="mmd-backup/9")), tmp_path, "mmd-backup/1 is read here")
    large = changed(
        changed(backup, says(bytes=0)),
        lambda found: [*found[:3], plain_file("published/x", bytes(11_000_000)), *found[3:]],
    )
    refused(large, tmp_path, "more than it says at its beginning")


def in_database(backup: bytes, tmp_path: Path, statement: str) -> bytes:
    """The same backup, whose database was changed before it was made."""
    folder = tmp_path / "plant"
    restored(backup, folder)
    with closing(sqlite3.connect(folder / "mmd.sqlite")) as connection:
        connection.execute(statement)
        connection.commit()
    data = made(folder)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    return data


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("""UPDATE log_leaf SET entry = '{}' WHERE position = 2""", "5 entries of the log in the backup do not give"),
        ("DELETE FROM log_leaf WHERE position = 4", "4 entries of the log in the backup do not give"),
        ("UPDATE log_head SET root = zeroblob(32)", "do not give the root"),
        ("UPDATE alembic_version SET version_num = '9999'", "update the program"),
        ("DROP TABLE alembic_version", "cannot be read"),
    ],
)
def test_a_database_that_does_not_hold(backup: bytes, tmp_path: Path, statement: str, sentence: str) -> None:
    refused(in_database(backup, tmp_path, statement), tmp_path, sentence)


def test_a_file_that_is_no_database(backup: bytes, tmp_path: Path) -> None:
    def change(found: Entries) -> Entries:
        content = b"no database" * 100
        listed = json.loads(found[-1][1])
        listed["files"]["mmd.sqlite"] = restoring._digest_of(content)
        return [
            (e, content if e.name == "mmd.sqlite" else json.dumps(listed).encode() if e.name == "manifest.json" else c)
            for e, c in found
        ]

    refused(changed(backup, change), tmp_path, "is no database of a connector")


def test_a_crash_leaves_nothing_half_done(backup: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crashes(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "sync_folder", crashes)
    with pytest.raises(KeyboardInterrupt):
        restored(backup, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_backup_of_its_own_stays_one(tmp_path: Path) -> None:
    """Evidence was laid down because the log was lost, and before that was reconciled it was backed up."""
    folder = make_folder(tmp_path / "plant", entries=0)
    laid = lay_down(folder, [b"evidence"], now=NOW)
    restored(made(folder), tmp_path / "new")
    assert json.loads((tmp_path / "new" / RESTORED).read_text())["lost"] is True
    again = tmp_path / "new" / "returned" / (laid[0].name + ".waiting")
    assert again.read_bytes() == b"evidence"
