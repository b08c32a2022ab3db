import stat
import sys
from pathlib import Path

import pytest

from connector.web.tokens import ManagementRole, TokenError, Tokens, add_token, list_tokens, remove_token

NOW = "2026-11-23T09:00:00.000Z"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


def test_a_token_is_known_by_its_name_and_role(file: Path) -> None:
    owner, auditor = add_token(file, "kim", "owner", now=NOW), add_token(file, "lee", "auditor", now=NOW)
    known = Tokens(file)
    for token, name, role in ((owner, "kim", ManagementRole.OWNER), (auditor, "lee", ManagementRole.AUDITOR)):
        caller = known.caller(f"Bearer {token}")
        assert caller is not None
        assert (caller.name, caller.role) == (name, role)
    assert known.caller(f"bearer  {owner} ") is not None


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {}", "{}", "Bearer {}x"])
def test_what_is_no_token(file: Path, header: str | None) -> None:
    token = add_token(file, "kim", "owner", now=NOW)
    assert Tokens(file).caller(header.format(token) if header else header) is None


def test_without_a_file_nobody_is_known(file: Path) -> None:
    assert Tokens(file).caller("Bearer x") is None


def test_changes_count_from_the_next_request_on(file: Path) -> None:
    token = add_token(file, "kim", "clerk", now=NOW)
    known = Tokens(file)
    assert known.caller(f"Bearer {token}") is not None
    later = add_token(file, "lee", "auditor", now=NOW)
    assert known.caller(f"Bearer {later}") is not None
    remove_token(file, "kim")
    assert known.caller(f"Bearer {token}") is None
    assert [entry["name"] for entry in list_tokens(file)] == ["lee"]


def test_the_file_holds_nothing_that_could_be_used(file: Path) -> None:
    token = add_token(file, "kim", "owner", now=NOW)
    assert token not in file.read_text()
    assert list_tokens(file) == [{"name": "kim", "role": "owner", "person": "kim", "created": NOW}]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_only_its_owner_can_read_it(file: Path) -> None:
    add_token(file, "kim", "owner", now=NOW)
    add_token(file, "lee", "owner", now=NOW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("name", "role", "said"),
    [
        ("", "owner", "1 to 64"),
        ("x" * 65, "owner", "1 to 64"),
        ("a\nb", "owner", "printable"),
        ("kim", "owner", "already"),
        ("lee", "king", "no role"),
        ("lee", "", "no role"),
    ],
)
def test_what_cannot_be_made(file: Path, name: str, role: str, said: str) -> None:
    add_token(file, "kim", "owner", now=NOW)
    with pytest.raises(TokenError, match=said):
        add_token(file, name, role, now=NOW)
    assert len(list_tokens(file)) == 1


def test_what_is_not_there_cannot_be_removed(file: Path) -> None:
    with pytest.raises(TokenError, match="no token named"):
        remove_token(file, "kim")
