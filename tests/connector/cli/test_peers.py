from pathlib import Path

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import PLANT, Fake, ok


def test_list(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("peers", "list")
    assert PLANT in ran.out
    assert "excepted from signing" in ran.out
    fake.answers["GET", "/peers"] = ok({"peers": []})
    assert "No participants yet" in mmd("peers", "list").err


def test_add(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("peers", "add", PLANT, "--json")
    assert ran.json == {"did": PLANT, "mayNotSign": False, "lapses": [], "reason": ""}


def test_an_exception_needs_a_reason_and_is_warned_of(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("peers", "add", PLANT, "--may-not-sign")
    assert ran.code == 2
    assert fake.calls == []
    ran = mmd("peers", "add", PLANT, "--may-not-sign", "--reason", "old system")
    assert "may be signed by one side only" in ran.out


def test_what_is_put_up_with_is_named_and_explained(mmd: Mmd, fake: Fake) -> None:
    accepting = ("--accept", "did-without-relationships", "--accept", "membership-without-keys")
    ran = mmd("peers", "add", PLANT, *accepting)
    assert (ran.code, fake.calls) == (2, [])
    ran = mmd("peers", "add", PLANT, "--may-not-sign", "--reason", "EDC 0.15", *accepting)
    assert fake.calls[-1][2]["lapses"] == ["did-without-relationships", "membership-without-keys"]
    assert "did-without-relationships: Any key" in ran.out
    assert "membership-without-keys: Its issuer" in ran.out
    fake.answers["GET", "/peers"] = ok({"peers": [{"did": PLANT, "mayNotSign": True, "lapses": ["a-lapse"]}]})
    assert "a-lapse" in mmd("peers", "list").out


def test_a_static_token_comes_out_of_a_file_and_is_named_for_what_it_is(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("s" * 40 + "\n")
    fake.answers["PUT", f"/peers/{PLANT}"] = ok({"did": PLANT, "expectToken": "made-here"})
    argv = ("peers", "add", PLANT, "--may-not-sign", "--accept", "static-token", "--reason", "old", "--send-token-file")
    ran = mmd(*argv, str(file))
    assert fake.calls[-1][2]["sendToken"] == "s" * 40
    for said in ("made-here", "static-token: Who shows its token"):
        assert said in ran.out
    assert "s" * 40 not in ran.out
    file.write_text("two words")
    assert "no token" in mmd(*argv, str(file)).err


def test_remove(mmd: Mmd, fake: Fake) -> None:
    assert mmd("peers", "remove", PLANT).code == 0
    assert fake.calls[-1][0] == "DELETE"


def test_who_cannot_be_reached_is_shown_with_what_waits_for_him(mmd: Mmd, fake: Fake) -> None:
    fake.unreachable = [{"peer": PLANT, "line": "open", "due": 3, "problem": "nobody answers there"}]
    ran = mmd("peers", "list")
    assert f"3 messages for {PLANT} wait: nobody answers there." in ran.err
    assert "메시지 3건" in mmd("peers", "list", "--lang", "ko").err
    assert mmd("peers", "list", "--json").json["unreachable"] == fake.unreachable
