"""The verbs that work on a folder: what they hand to the program's composition root, and what they show of its answer."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.connector.cli.conftest import Mmd


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """What was asked of the program, by the function's name."""
    asked: dict[str, Any] = {}

    def initialise(directory: Path, **given: Any) -> SimpleNamespace:
        asked["initialise"] = (directory, given)
        directory.mkdir(exist_ok=True)
        (directory / "settings.toml").touch()
        return SimpleNamespace(
            did="did:web:x", directory=directory, management_url="http://m", owner_token_file=directory / "t"
        )

    def noted(name: str, answer: Any) -> Any:
        def function(*given: Any, **named: Any) -> Any:
            asked[name] = (*given, named) if named else given
            return answer

        return function

    def run_demo(directory: Path, **given: Any) -> int:
        asked["demo"] = (directory, given)
        return 3

    founding, serving = ModuleType("connector.founding"), ModuleType("connector.serving")
    settings, demo = ModuleType("connector.settings"), ModuleType("connector.demo")
    founding.__dict__["initialise"] = initialise
    for name, answer in (("add_token", "t0k3n"), ("remove_token", None), ("upgrade_database", None)):
        founding.__dict__[name] = noted(name, answer)
    founding.__dict__["list_keys"] = noted(
        "list_keys", [{"name": "log", "sealed": True}, {"name": "token", "sealed": False}]
    )
    founding.__dict__["seal_keys"] = noted("seal_keys", ("contract", "log"))
    founding.__dict__["list_tokens"] = noted("list_tokens", [{"name": "kim", "role": "clerk"}])
    serving.__dict__["serve"] = noted("serve", 0)
    settings.__dict__["load_settings"] = noted("load_settings", "the settings")
    demo.__dict__["run"] = run_demo
    for module in (founding, serving, settings, demo):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setenv("MMD_DIR", str(tmp_path / "plant"))
    return asked


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    (tmp_path / "plant").mkdir()
    (tmp_path / "plant" / "settings.toml").touch()
    return tmp_path / "plant"


def test_an_authority_is_made_by_its_own_word(mmd: Mmd, calls: dict[str, Any]) -> None:
    ran = mmd("authority", "init", "--name", "Office", "--public-url", "https://office.example.com", "--json")
    assert ran.code == 0, ran.err
    given = calls["initialise"][1]
    assert (given["authority_role"], given["authorities"], given["name"]) == (True, [], "Office")


def test_init_hands_over_what_was_said(mmd: Mmd, calls: dict[str, Any], tmp_path: Path) -> None:
    where = ("--public-url", "https://data.example.com", "--bind", "0.0.0.0:8443", "--management-port", "9000")
    ran = mmd("init", "--name", "Plant", *where, "--authority", "did:web:a", "--authority-role", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["did"] == "did:web:x"
    assert calls["initialise"] == (
        tmp_path / "plant",
        {
            "name": "Plant",
            "public_url": "https://data.example.com",
            "bind": "0.0.0.0:8443",
            "management_port": 9000,
            "laboratory": False,
            "authorities": ["did:web:a"],
            "authority_role": True,
            "passphrase_file": None,
        },
    )


def test_in_the_laboratory_a_port_is_chosen(mmd: Mmd, calls: dict[str, Any]) -> None:
    assert "Run it: mmd serve" in mmd("init", "--laboratory").err
    given = calls["initialise"][1]
    port = urlsplit(given["public_url"]).port
    assert given["public_url"] == f"http://localhost:{port}"
    assert given["bind"] == f"127.0.0.1:{port}"
    assert given["name"] == "plant"


def test_outside_it_an_address_is_needed(mmd: Mmd, calls: dict[str, Any]) -> None:
    ran = mmd("init")
    assert ran.code == 2
    assert "--public-url" in ran.err
    assert calls == {}


def test_init_overwrites_nothing(mmd: Mmd, calls: dict[str, Any], plant: Path) -> None:
    ran = mmd("init", "--laboratory")
    assert ran.code == 1
    assert "There already is a connector" in ran.err
    assert calls == {}


def test_serve_runs_the_folder_with_its_overrides(mmd: Mmd, calls: dict[str, Any], plant: Path) -> None:
    assert mmd("serve", "--set", "log_level=debug").code == 0
    assert calls["load_settings"] == (plant, {"log_level": "debug"})
    assert calls["serve"] == ("the settings",)
    assert mmd("serve", "--set", "log_level").code == 2


def test_serve_may_make_what_it_runs(mmd: Mmd, calls: dict[str, Any], tmp_path: Path) -> None:
    assert "There is no connector in" in mmd("serve").err
    assert mmd("serve", "--dir", tmp_path / "new", "--init-if-missing", "--name", "New").code == 0
    assert calls["initialise"][0] == tmp_path / "new"
    assert calls["initialise"][1]["laboratory"] is True


def test_tokens(mmd: Mmd, calls: dict[str, Any], plant: Path) -> None:
    ran = mmd("token", "add", "kim", "--role", "auditor", "--person", "Kim Minsu")
    assert ran.out == "t0k3n\n"
    assert calls["add_token"] == (plant, "kim", "auditor", {"person": "Kim Minsu"})
    assert mmd("token", "list", "--json").json == {"tokens": [{"name": "kim", "role": "clerk"}]}
    assert "kim" in mmd("token", "list").out
    assert mmd("token", "remove", "kim").code == 0
    assert calls["remove_token"] == (plant, "kim")
    ran = mmd("token", "add", "kim", "--role", "king")
    assert ran.code == 2
    assert "the roles are owner, clerk, auditor" in ran.err


def test_the_database(mmd: Mmd, calls: dict[str, Any], plant: Path) -> None:
    assert mmd("db", "upgrade").code == 0
    assert calls["upgrade_database"] == ("the settings",)


def test_the_demo(mmd: Mmd, calls: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mmd("demo", "--keep", "--lang", "ko", "--dir", tmp_path).code == 3
    assert calls["demo"] == (tmp_path, {"lang": "ko", "as_json": False, "keep": True})


def test_keys_are_shown_sealed_and_unsealed(mmd: Mmd, calls: dict[str, Any], plant: Path, tmp_path: Path) -> None:
    assert mmd("keys", "show", "--json").json["keys"][0] == {"name": "log", "sealed": True}
    file = tmp_path / "passphrase"
    sealed = mmd("keys", "seal", "--passphrase-file", str(file))
    assert calls["seal_keys"] == ("the settings", file)
    assert "Sealed: contract, log" in sealed.out
    assert str(file) in sealed.err
    assert "without a passphrase" in mmd("keys", "unseal").out
    assert calls["seal_keys"] == ("the settings", None)
    assert mmd("keys", "seal").code == 2
