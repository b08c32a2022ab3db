import os
import stat
from pathlib import Path

import pytest

from connector.ports.keys import KeyStoreError
from connector.store.peer_tokens import PeerTokenFile

TOKENS = {"did:web:peer.example": ("we-show-this", "ab" * 32)}


def test_what_is_kept_is_read_again_by_its_owner_alone(tmp_path: Path) -> None:
    file = PeerTokenFile(tmp_path / "peer-tokens.json")
    assert file.load() == {}
    file.keep(TOKENS)
    assert file.load() == TOKENS
    assert stat.S_IMODE((tmp_path / "peer-tokens.json").stat().st_mode) == 0o600
    file.keep({})
    assert file.load() == {}
    assert [path.name for path in tmp_path.iterdir()] == ["peer-tokens.json"]


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    PeerTokenFile(tmp_path / "tokens.json").keep(TOKENS)
    (tmp_path / "tokens.json").chmod(0o640)
    with pytest.raises(KeyStoreError, match="chmod 600"):
        PeerTokenFile(tmp_path / "tokens.json").load()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"format":"x","peers":{}}', '{"format":"mmd-peer-tokens/1","peers":{"d":{"send":"SECRET"}}}'],
)
def test_a_broken_file_shows_nothing_of_what_stands_in_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(KeyStoreError) as refused:
        PeerTokenFile(file).load()
    assert "SECRET" not in str(refused.value)
