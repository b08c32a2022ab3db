from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.ports.keys import KeyStoreError
from connector.store.keystate import NAME, KeyRingFile
from connector.trust.keyring import KeyRing

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CHANGED = KeyRing().announce("log", now=NOW, usable_from=NOW)


def test_the_first_keys_need_no_file(tmp_path: Path) -> None:
    assert KeyRingFile(tmp_path).load() == KeyRing()


def test_kept(tmp_path: Path) -> None:
    KeyRingFile(tmp_path).save(KeyRing())
    KeyRingFile(tmp_path).save(CHANGED)
    assert KeyRingFile(tmp_path).load() == CHANGED
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_cut_short_before_it_was_put_in_its_place(tmp_path: Path) -> None:
    """A crash while the new file is written leaves the one before, and does not hinder the next."""
    rings = KeyRingFile(tmp_path)
    rings.save(KeyRing())
    (tmp_path / "ring.new").write_bytes(b'{"format": "mmd-k')
    assert rings.load() == KeyRing()
    rings.save(CHANGED)
    assert rings.load() == CHANGED


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": "mmd-keys/1", "keys": []}', b"\xff" * 10])
def test_a_damaged_file_is_not_taken_for_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(KeyStoreError, match="ring"):
        KeyRingFile(tmp_path).load()


def test_what_cannot_be_read_or_written(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(KeyStoreError, match="cannot be read"):
        KeyRingFile(tmp_path).load()
    with pytest.raises(KeyStoreError, match="cannot be written"):
        KeyRingFile(tmp_path / "nowhere").save(KeyRing())
