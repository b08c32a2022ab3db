import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import Fake, ok

posix = pytest.mark.skipif(os.name == "nt", reason="modes of files are a matter of POSIX")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "settings.toml").touch()
    (tmp_path / "secrets").mkdir(mode=0o700)
    token = tmp_path / "secrets" / "owner.token"
    token.write_text("owner-token")
    token.chmod(0o600)
    monkeypatch.delenv("MMD_URL")
    described = [{"name": "profile", "value": "laboratory", "source": "file"}]
    found = SimpleNamespace(management_host="127.0.0.1", management_port=1, describe=lambda: described)
    module = ModuleType("connector.settings")
    module.load_settings = lambda *_: found  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "connector.settings", module)
    return tmp_path


def checks(answer: Any) -> dict[str, bool | None]:
    return {item["id"]: item["ok"] for item in answer["checks"]}


def test_all_is_well(mmd: Mmd, fake: Fake, folder: Path) -> None:
    fake.membership = {"issuer": "did:web:authority", "validUntil": "2999-01-01T00:00:00.000Z"}
    ran = mmd("doctor", "--dir", folder)
    assert ran.code == 0, ran.out
    assert "✓ Member, vouched for by did:web:authority" in ran.out
    assert "✗" not in ran.out
    assert "Plant" in ran.out


def test_worth_knowing_is_not_wrong(mmd: Mmd, fake: Fake, folder: Path) -> None:
    fake.profile = "laboratory"
    ran = mmd("doctor", "--dir", folder, "--json")
    assert ran.code == 0
    expected = {"folder": True, "secrets": True, "connector": True, "profile": None, "membership": None}
    assert checks(ran.json) == expected


def test_exceptions_are_shown_with_what_they_give_up(mmd: Mmd, fake: Fake, folder: Path) -> None:
    fake.exceptions = [{"did": "did:web:edc", "reason": "EDC", "lapses": ["unsigned-status-lists"]}]
    ran = mmd("doctor", "--dir", folder, "--json")
    assert ran.code == 0
    (found,) = (item for item in ran.json["checks"] if item["id"] == "peer")
    assert found["ok"] is None
    assert "did:web:edc is excepted from signing (EDC). unsigned-status-lists: Whether" in found["text"]


@pytest.mark.parametrize(("level", "ok"), [("enough", True), ("low", None), ("full", False)])
def test_the_room_that_is_left(mmd: Mmd, fake: Fake, folder: Path, level: str, ok: bool | None) -> None:
    fake.disk = [{"level": level, "en": "5 GB are free.", "ko": "5 GB 남음."}]
    ran = mmd("doctor", "--dir", folder, "--json")
    assert checks(ran.json)["disk"] is ok
    assert ran.code == (1 if ok is False else 0)
    assert "5 GB 남음." in mmd("doctor", "--dir", folder, "--lang", "ko").out


@pytest.mark.parametrize(("until", "ok"), [("2020-01-01T00:00:00.000Z", False), ("whenever", True)])
def test_a_membership_ends(mmd: Mmd, fake: Fake, folder: Path, until: str, ok: bool) -> None:
    fake.membership = {"issuer": "did:web:authority", "validUntil": until}
    ran = mmd("doctor", "--dir", folder, "--json")
    assert checks(ran.json)["membership"] is ok
    assert ran.code == (0 if ok else 1)


@posix
def test_secrets_that_others_can_read(mmd: Mmd, fake: Fake, folder: Path) -> None:
    (folder / "secrets" / "owner.token").chmod(0o640)
    ran = mmd("doctor", "--dir", folder)
    assert ran.code == 1
    assert "owner.token (-rw-r-----); take their rights away" in ran.out


@pytest.mark.parametrize(("floor", "ok"), [(1, True), (10**9, False)])
def test_the_room_is_told_too_when_it_does_not_run(
    mmd: Mmd, folder: Path, floor: int, ok: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"disk_warning_megabytes": floor, "disk_warning_days": 14, "disk_floor_megabytes": floor}
    described = [{"name": name, "value": value, "source": "default"} for name, value in values.items()]
    found = SimpleNamespace(management_host="127.0.0.1", management_port=1, describe=lambda: described)
    monkeypatch.setattr(sys.modules["connector.settings"], "load_settings", lambda *_: found)
    ran = mmd("doctor", "--dir", folder, "--json")
    assert checks(ran.json)["disk"] is ok


def test_when_it_does_not_run_the_settings_still_show(mmd: Mmd, folder: Path) -> None:
    ran = mmd("doctor", "--dir", folder, "--json")
    assert ran.code == 1
    assert checks(ran.json)["connector"] is False
    assert ran.json["settings"] == [{"name": "profile", "value": "laboratory", "source": "file"}]


def test_settings_that_cannot_be_read(mmd: Mmd, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("profile: must be laboratory or production")

    monkeypatch.setattr(sys.modules["connector.settings"], "load_settings", broken)
    ran = mmd("doctor", "--dir", folder, "--json")
    assert ran.code == 1
    assert checks(ran.json)["settings"] is False


def test_an_empty_folder(mmd: Mmd, folder: Path, tmp_path: Path) -> None:
    ran = mmd("doctor", "--dir", tmp_path / "none")
    assert ran.code == 1
    assert "✗ There is no connector in" in ran.out


def test_a_connector_elsewhere_has_no_folder_here(mmd: Mmd, fake: Fake) -> None:
    assert "folder" not in checks(mmd("doctor", "--url", "http://127.0.0.1:2", "--json").json)


def test_whose_messages_wait_is_worth_knowing(mmd: Mmd, fake: Fake, folder: Path) -> None:
    fake.unreachable = [{"peer": "did:web:p", "line": "open", "due": 2, "problem": "nobody answers there"}]
    ran = mmd("doctor", "--dir", folder, "--json")
    assert (ran.code, checks(ran.json)["line"]) == (0, None)
    assert "2 messages for did:web:p wait: nobody answers there." in mmd("doctor", "--dir", folder).out


def test_why_nothing_is_signed(mmd: Mmd, fake: Fake) -> None:
    described = fake.get_self().json()
    fake.answers["GET", "/self"] = ok({**described, "signingSuspended": "this folder came from a backup"})
    done = mmd("doctor", "--json")
    assert done.code == 1
    (found,) = [check for check in done.json["checks"] if check["id"] == "signing"]
    assert (found["ok"], "came from a backup" in found["text"]) == (False, True)
