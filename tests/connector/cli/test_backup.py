"""`mmd backup` and `mmd restore`: what they take, what they say, and where the passphrase may come from."""

import getpass
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from connector.cli.screen import Screen
from connector.clock import SystemClock
from connector.founding import initialise, upgrade_database
from connector.settings import load_settings
from connector.store import backup as module
from connector.store.folder import FolderLock
from connector.trust.anchors import write_trust_file
from tests.connector.cli.conftest import Mmd
from tests.connector.contracts.test_bundle import IDS, MEMBERS, bundle
from tests.support.contracts import VERIFIED_AT, build_contract
from tests.support.members import make_members

PASSPHRASE = "correct horse battery"


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "plant"
    monkeypatch.setattr(
        module.write_backup, "__kwdefaults__", {**(module.write_backup.__kwdefaults__ or {}), "work": 1}
    )
    initialise(
        folder,
        name="Plant",
        public_url="http://localhost:8101",
        bind="127.0.0.1:8101",
        management_port=9101,
        laboratory=True,
        authorities=[],
        authority_role=False,
    )
    upgrade_database(load_settings(folder))
    return folder


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    return file


def test_there_and_back(mmd: Mmd, plant: Path, passphrase: Path, tmp_path: Path) -> None:
    file = tmp_path / "plant.backup"
    done = mmd("backup", "--dir", plant, "--to", file, "--passphrase-file", passphrase)
    assert done.code == 0, done.err
    assert "the log up to entry 0" in done.out
    assert "Keep the passphrase elsewhere" in done.err
    checked = mmd("backup", "--check", file, "--passphrase-file", passphrase)
    assert (checked.code, "did:web:localhost%3A8101" in checked.out) == (0, True)
    new = tmp_path / "new"
    back = mmd("restore", file, "--dir", new, "--passphrase-file", passphrase)
    assert back.code == 0, back.err
    assert f"mmd serve --dir {new}" in back.out
    assert (new / "settings.toml").read_bytes() == (plant / "settings.toml").read_bytes()
    again = mmd("restore", file, "--dir", new, "--passphrase-file", passphrase)
    assert (again.code, "is not an empty folder" in again.err) == (1, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "passphrase", "plant", "plant.backup"]


def test_for_programs_and_in_korean(mmd: Mmd, plant: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMD_BACKUP_PASSPHRASE", PASSPHRASE)
    file = tmp_path / "plant.backup"
    settings = plant / "settings.toml"
    settings.write_text(settings.read_text() + f'ca_bundle = "{tmp_path}/ca.pem"\n')
    (plant / "received").mkdir()
    for number in range(12):
        (plant / "received" / f"{number}.csv").write_bytes(b"x")
    done = mmd("backup", "--dir", plant, "--to", file, "--received", "none", "--json")
    assert done.json["outside"] == [f"{tmp_path}/ca.pem"]
    assert {item["why"] for item in done.json["leftOut"]} == {"not asked for"}
    assert done.json["bytes"] == file.stat().st_size
    shown = mmd("backup", "--dir", plant, "--to", file, "--received", "none", "--lang", "ko")
    assert "2개의 파일" in shown.out
    assert mmd("backup", "--check", file, "--json").json["ok"] is True
    assert mmd("restore", file, "--dir", tmp_path / "new", "--json").json["logSize"] == 0


def test_the_passphrase_is_typed_twice(mmd: Mmd, plant: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSPHRASE, PASSPHRASE, PASSPHRASE, "another", "short", "short", PASSPHRASE])
    monkeypatch.setattr(getpass, "getpass", lambda _: next(typed))
    monkeypatch.setattr(Screen, "interactive", property(lambda _: True))
    file = tmp_path / "plant.backup"
    assert mmd("backup", "--dir", plant, "--to", file).code == 0
    other = tmp_path / "other.backup"
    assert "not the same" in mmd("backup", "--dir", plant, "--to", other).err
    assert "too short" in mmd("backup", "--dir", plant, "--to", other).err
    assert not other.exists()
    assert mmd("backup", "--check", file).code == 0


def test_what_makes_no_sense(mmd: Mmd, plant: Path, passphrase: Path, tmp_path: Path) -> None:
    file = tmp_path / "plant.backup"
    assert mmd("backup", "--dir", plant).code == 2
    assert mmd("backup", "--dir", plant, "--to", file, "--check", file).code == 2
    nobody = mmd("backup", "--dir", plant, "--to", file)
    assert (nobody.code, "MMD_BACKUP_PASSPHRASE" in nobody.err) == (2, True)
    assert "There is no passphrase in" in mmd("backup", "--check", plant, "--passphrase-file", tmp_path / "no").err
    assert mmd("restore", file, "--passphrase-file", passphrase).code == 2
    missing = mmd("restore", file, "--dir", tmp_path / "new", "--passphrase-file", passphrase)
    assert (missing.code, str(file) in missing.err) == (1, True)


def test_what_cannot_be_backed_up_or_restored(mmd: Mmd, plant: Path, passphrase: Path, tmp_path: Path) -> None:
    file = tmp_path / "plant.backup"
    lock = FolderLock(plant, "backup.lock")
    lock.acquire()
    assert "Another backup" in mmd("backup", "--dir", plant, "--to", file, "--passphrase-file", passphrase).err
    lock.release()
    file.write_bytes(b"no backup")
    assert "cannot be opened" in mmd("backup", "--check", file, "--passphrase-file", passphrase).err
    assert file.read_bytes() == b"no backup"
    with closing(sqlite3.connect(plant / "mmd.sqlite")) as connection:
        connection.execute("DROP TABLE log_head")
    damaged = mmd("backup", "--dir", plant, "--to", file, "--passphrase-file", passphrase)
    assert (damaged.code, "no database of a connector" in damaged.err) == (1, True)
    assert file.read_bytes() == b"no backup"


@pytest.fixture
def evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path, Path]:
    """Evidence of a contract, a bundle, and the trust file of the authority; it is the day on which they are judged."""
    monkeypatch.setattr(SystemClock, "now", lambda _: VERIFIED_AT)
    files = (tmp_path / "theirs.zip", tmp_path / "bundle.zip", tmp_path / "trust.json")
    files[0].write_bytes(build_contract(MEMBERS).evidence())
    files[1].write_bytes(bundle())
    files[2].write_text(json.dumps(write_trust_file(MEMBERS.trust())))
    return files


def folder_of(tmp_path: Path, did: str) -> Path:
    host = did.removeprefix("did:web:")
    initialise(
        tmp_path / host,
        name="Plant",
        public_url=f"https://{host}",
        bind="127.0.0.1:8101",
        management_port=9101,
        laboratory=False,
        authorities=[MEMBERS.authority],
        authority_role=False,
    )
    return tmp_path / host


def test_without_a_backup_the_evidence_of_others_is_laid_down(
    mmd: Mmd, evidence: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    single, many, trust = evidence
    folder = folder_of(tmp_path, MEMBERS.provider.did)
    done = mmd("restore", "--evidence", single, many, "--trust", trust, "--dir", folder, "--json")
    assert done.code == 0, done.err
    laid = sorted((folder / "returned").iterdir())
    assert len(laid) == len(done.json["contracts"]) == len({build_contract(MEMBERS).agreement["@id"], *IDS})
    assert json.loads((folder / "log.restored").read_text())["lost"] is True
    shown = mmd("restore", "--evidence", single, "--trust", trust, "--dir", folder)
    assert "will be put back at the next start" in shown.out
    assert "mmd join" in shown.out


def test_what_is_not_true_or_not_ours_is_not_laid_down(
    mmd: Mmd, evidence: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    single, _, trust = evidence
    folder = folder_of(tmp_path, MEMBERS.provider.did)
    assert mmd("restore", "--evidence", single, "--dir", folder).code == 2
    assert mmd("restore", single, single, "--dir", folder).code == 2
    assert mmd("restore", "--evidence", single, "--trust", trust, "--dir", tmp_path / "nothing").code == 1
    other = tmp_path / "other.json"
    other.write_text(json.dumps(write_trust_file(make_members().trust())))
    unknown = mmd("restore", "--evidence", single, "--trust", other, "--dir", folder)
    assert (unknown.code, "nothing else either" in unknown.err) == (1, True)
    stranger = folder_of(tmp_path, "did:web:stranger.example")
    foreign = mmd("restore", "--evidence", single, "--trust", trust, "--dir", stranger)
    assert (foreign.code, "the connector in this folder is did:web:stranger.example" in foreign.err) == (1, True)
    for place in (folder, stranger):
        assert not (place / "returned").exists()
        assert not (place / "log.restored").exists()
    lock = FolderLock(folder)
    lock.acquire()
    assert "in use" in mmd("restore", "--evidence", single, "--trust", trust, "--dir", folder).err
    lock.release()
