import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from connector.cli.failures import CommandError
from connector.cli.session import Session
from tests.connector.cli.conftest import Mmd


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What `load_settings` finds in the folder."""
    found = SimpleNamespace(management_host="127.0.0.1", management_port=19193)

    def load_settings(directory: Path, overrides: Mapping[str, str]) -> Any:
        if found.management_port == 0:
            raise ValueError("management_port:\n  must be 1 to 65535")
        return found

    module = ModuleType("connector.settings")
    module.load_settings = load_settings  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "connector.settings", module)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "settings.toml").touch()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "owner.token").write_text("of-the-folder\n")
    return tmp_path


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:19193"),
        ("0.0.0.0", "http://127.0.0.1:19193"),
        ("::", "http://[::1]:19193"),
        ("::1", "http://[::1]:19193"),
        ("10.0.0.7", "http://10.0.0.7:19193"),
    ],
)
def test_finds_the_connector_of_the_folder(settings: SimpleNamespace, folder: Path, host: str, url: str) -> None:
    settings.management_host = host
    session = Session(given_directory=folder)
    assert session.url == url
    assert session.token == "of-the-folder"


def test_what_is_given_wins(folder: Path) -> None:
    session = Session(given_directory=folder, given_url="https://far", given_token="mine")
    assert (session.url, session.token) == ("https://far", "mine")
    assert Session(given_directory=folder, given_url="https://far").token == "of-the-folder"


def test_a_folder_without_a_connector(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no connector in .*; make one with `mmd init --dir"):
        _ = Session(given_directory=tmp_path).url


def test_settings_that_make_no_sense(settings: SimpleNamespace, folder: Path) -> None:
    settings.management_port = 0
    with pytest.raises(CommandError, match="cannot be used: management_port:; must be 1 to 65535"):
        _ = Session(given_directory=folder).url


def test_a_token_must_come_from_somewhere(folder: Path) -> None:
    with pytest.raises(CommandError, match="A token is needed for https://far"):
        _ = Session(given_url="https://far").token
    (folder / "secrets" / "owner.token").unlink()
    with pytest.raises(CommandError, match=r"cannot be read from .*owner\.token"):
        _ = Session(given_directory=folder).token


def test_the_environment_names_the_folder(mmd: Mmd, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MMD_URL")
    monkeypatch.setenv("MMD_DIR", str(tmp_path / "plant"))
    assert f"There is no connector in {tmp_path / 'plant'}" in mmd("search").err


def test_a_bundle_that_is_not_there(mmd: Mmd, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MMD_CA_BUNDLE", str(tmp_path / "no.pem"))
    ran = mmd("search", "--url", "https://127.0.0.1:1")
    assert ran.code == 1
    assert "No connector answers at https://127.0.0.1:1" in ran.err
