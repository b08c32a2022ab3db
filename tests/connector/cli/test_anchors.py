import json
from pathlib import Path
from typing import Any

import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import Fake, ok

LAB = "did:web:lab.example"


def test_the_lists(mmd: Mmd, fake: Fake) -> None:
    del fake
    done = mmd("anchors", "list")
    assert done.code == 0
    for said in ("did:web:office.example", "version 3", "2026-11-30", LAB, "QualityCredential"):
        assert said in done.out
    assert mmd("anchors", "list", "--json").json["anchors"][0]["version"] == 3
    assert "버전 3" in mmd("anchors", "refresh", "--lang", "ko").out


@pytest.mark.parametrize(("state", "code"), [("lapsed", 1), ("none", 0), ("usable", 0)])
def test_a_lapsed_list_is_a_failure_and_a_problem_is_told(
    mmd: Mmd, fake: Fake, monkeypatch: pytest.MonkeyPatch, state: str, code: int
) -> None:
    item = {**fake.ANCHORS[0], "state": state, "problem": "it answers 500"}
    monkeypatch.setattr(fake, "get_anchors", lambda *_: ok([item]))
    done = mmd("anchors", "list")
    assert done.code == code
    assert "it answers 500" in done.out


def test_an_issuer_is_added_and_removed(mmd: Mmd, fake: Fake) -> None:
    assert "version 4" in mmd("anchors", "add", LAB, "--type", "A", "--type", "B").out
    assert fake.body("POST", "/anchors/issuers") == {"did": LAB, "types": ["A", "B"]}
    assert mmd("anchors", "remove", LAB).code == 0
    assert fake.body("POST", "/anchors/removals") == {"did": LAB, "type": None}
    without = mmd("anchors", "add", LAB)
    assert without.code == 2
    assert "--type" in without.err


def test_the_trust_file_is_exported(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    del fake
    file = tmp_path / "trust.json"
    assert mmd("anchors", "export", "-o", str(file)).code == 0
    assert json.loads(file.read_text("utf-8"))
    assert json.loads(mmd("anchors", "export").out)


def test_the_doctor_looks_at_them(mmd: Mmd, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    described = json.loads(fake.get_self().content)

    def self_(*_: Any) -> Any:
        return ok({**described, "anchors": [{**fake.ANCHORS[0], "state": "lapsed"}]})

    monkeypatch.setattr(fake, "get_self", self_)
    done = mmd("doctor")
    assert done.code == 1
    assert "nobody is believed by it" in done.out
