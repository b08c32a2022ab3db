"""Keys as files: for their owner only, sealed or not, and never one name for two keys."""

import os
import stat
import sys
from pathlib import Path

import pytest

from connector.ports.keys import KeyStore, KeyStoreError
from connector.store.keyfiles import KeyFiles

PASSPHRASE = b"twelve bytes and more"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="modes of files mean nothing on Windows")


@pytest.fixture
def files(tmp_path: Path) -> KeyFiles:
    return KeyFiles(tmp_path)


def test_it_is_a_key_store(files: KeyFiles) -> None:
    store: KeyStore = files
    assert store.names() == ()


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE], ids=["open", "sealed"])
def test_what_was_made_is_found_again(tmp_path: Path, passphrase: bytes | None) -> None:
    made = {name: KeyFiles(tmp_path, passphrase).create(name, "EdDSA") for name in ("log", "contract")}
    made["token-2"] = KeyFiles(tmp_path, passphrase).create("token-2", "ES256")
    again = KeyFiles(tmp_path, passphrase)
    assert again.names() == ("contract", "log", "token-2")
    assert {name: again.load(name).public for name in made} == {name: key.public for name, key in made.items()}
    assert [again.is_sealed(name) for name in again.names()] == [passphrase is not None] * 3


@posix_only
def test_only_the_owner_can_read_it(files: KeyFiles, tmp_path: Path) -> None:
    files.create("log", "EdDSA")
    assert stat.S_IMODE((tmp_path / "log.pem").stat().st_mode) == 0o600
    (tmp_path / "log.pem").chmod(0o640)
    with pytest.raises(KeyStoreError, match="chmod 600"):
        files.load("log")


def test_a_name_is_never_given_to_another_key(files: KeyFiles) -> None:
    first = files.create("log", "EdDSA").public
    with pytest.raises(KeyStoreError, match="already"):
        files.create("log", "EdDSA")
    assert files.load("log").public == first


@pytest.mark.parametrize("name", ["../log", "", "Log", "log.pem", "log-", "log/x", "log-123456"])
def test_a_name_is_no_path(files: KeyFiles, name: str) -> None:
    with pytest.raises(KeyStoreError, match="no name of a key"):
        files.create(name, "EdDSA")
    with pytest.raises(KeyStoreError, match="no name of a key"):
        files.load(name)


def test_a_missing_key_says_what_to_do(files: KeyFiles) -> None:
    with pytest.raises(KeyStoreError, match="Restore it from a backup"):
        files.load("log")


def test_a_broken_key_is_named(files: KeyFiles, tmp_path: Path) -> None:
    files.create("log", "EdDSA")
    os.truncate(tmp_path / "log.pem", 40)
    with pytest.raises(KeyStoreError, match=r"log\.pem cannot be opened"):
        files.load("log")


def test_a_sealed_key_wants_its_passphrase(tmp_path: Path) -> None:
    KeyFiles(tmp_path, PASSPHRASE).create("log", "EdDSA")
    with pytest.raises(KeyStoreError, match="key_passphrase_file"):
        KeyFiles(tmp_path).load("log")
    with pytest.raises(KeyStoreError, match="not the one"):
        KeyFiles(tmp_path, PASSPHRASE + b"?").load("log")


def test_a_sealed_key_does_not_open_in_the_place_of_another(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path, PASSPHRASE)
    files.create("log", "EdDSA")
    files.create("contract", "EdDSA")
    (tmp_path / "log.pem").replace(tmp_path / "contract.pem")
    with pytest.raises(KeyStoreError, match="cannot be opened"):
        files.load("contract")


def test_all_are_sealed_and_opened_again(files: KeyFiles, tmp_path: Path) -> None:
    made = {name: files.create(name, "EdDSA").public for name in ("contract", "log")}
    assert files.seal_all(PASSPHRASE) == ("contract", "log")
    assert b"PRIVATE KEY" not in (tmp_path / "log.pem").read_bytes()
    assert {name: KeyFiles(tmp_path, PASSPHRASE).load(name).public for name in made} == made
    (tmp_path / "log.pem.new").write_bytes(b"of a try that was cut short")
    files.seal_all(None)
    assert {name: KeyFiles(tmp_path).load(name).public for name in made} == made
    assert sorted(file.name for file in tmp_path.iterdir()) == ["contract.pem", "log.pem"]


def test_sealing_with_a_short_passphrase_changes_nothing(files: KeyFiles) -> None:
    made = files.create("log", "EdDSA").public
    with pytest.raises(KeyStoreError, match="too short"):
        files.seal_all(b"short")
    assert files.load("log").public == made


def test_when_one_cannot_be_opened_none_is_sealed(files: KeyFiles, tmp_path: Path) -> None:
    made = files.create("contract", "EdDSA").public
    files.create("log", "EdDSA")
    os.truncate(tmp_path / "log.pem", 10)
    with pytest.raises(KeyStoreError, match=r"log\.pem"):
        files.seal_all(PASSPHRASE)
    assert files.load("contract").public == made
