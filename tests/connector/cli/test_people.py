import json
from pathlib import Path

import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, DIGEST, PLANT, Fake, contract

KIM = {"name": "김민수", "email": "kim@customer.example"}
LEE = {"name": "Lee", "email": "lee@customer.example"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("head", ["", "성명,전자우편\n"])
def test_proposes_the_list_of_a_table(mmd: Mmd, fake: Fake, tmp_path: Path, encoding: str, head: str) -> None:
    fake.contracts = [contract()]
    file = tmp_path / "people.csv"
    file.write_bytes(f"{head}김민수,kim@customer.example\nLee,lee@customer.example\n\n".encode(encoding))
    ran = mmd("people", "aaaa", "--set", str(file), "--reason", "a new team")
    assert ran.code == 0
    assert fake.body("POST", f"/contracts/{CONTRACT}/people") == {"people": [KIM, LEE], "reason": "a new team"}


def test_makes_a_list_for_terms(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Lee,lee@customer.example\n")
    ran = mmd("people", "--set", str(file))
    assert DIGEST in ran.out
    assert fake.body("POST", "/people-lists") == {"people": [LEE]}


def test_shows_who_counts_and_what_waits(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    waiting = {"by": PLANT, "proposal": "sha256:p", "digest": "sha256:l", "reason": "new team", "people": None}
    fake.people = {"now": DIGEST, "people": [KIM], "proposed": [waiting]}
    ran = mmd("people", "aaaa")
    for text in ("김민수", KIM["email"], PLANT, "new team", "sha256:p", "not here"):
        assert text in ran.out + ran.err
    assert mmd("people", "aaaa", "--json").json == fake.people


def test_writes_the_lists_for_a_third(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    fake.contracts = [contract()]
    annex = {"digest": DIGEST, "document": {"people": [KIM]}}
    fake.people = {"contract": CONTRACT, "now": DIGEST, "people": [KIM], "proposed": [], "annexes": [annex]}
    file = tmp_path / "lists.json"
    ran = mmd("people", "aaaa", "--export", str(file))
    assert (ran.code, "personal data" in ran.out + ran.err) == (0, True)
    assert json.loads(file.read_text("utf-8")) == {"contract": CONTRACT, "annexes": [annex]}


def test_accepts_and_refuses(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    assert mmd("people", "aaaa", "--accept").code == 0
    assert fake.body("POST", f"/contracts/{CONTRACT}/people/acceptance") == {"proposal": None}
    assert mmd("people", "aaaa", "--refuse", "too many", "--proposal", "sha256:p").code == 0
    assert fake.body("POST", f"/contracts/{CONTRACT}/people/refusal") == {
        "reason": "too many", "proposal": "sha256:p",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", "names nobody"),
        (b"Kim\n", "names nobody"),
        (b"Kim,kim@x\nLee\n", "person 2"),
        (b"\xff\xfe\x00", "neither as UTF-8"),
        (b"x" * 1_000_001, "too large"),
    ],
)
def test_what_is_no_list(mmd: Mmd, fake: Fake, tmp_path: Path, given: bytes, said: str) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(given)
    ran = mmd("people", "aaaa", "--set", str(file))
    assert (ran.code, said in ran.err) == (2, True)
    assert fake.calls == []


def test_one_thing_at_a_time(mmd: Mmd, fake: Fake) -> None:
    assert mmd("people").code == 2
    assert mmd("people", "aaaa", "--accept", "--refuse", "no").code == 2


SIGNED = {"kind": "notices", "id": "n1", "property": "document", "why": "signed", "en": "Signed.", "ko": "서명됨."}


def test_old_pages_that_are_left_are_said_beside_the_receipt(mmd: Mmd, fake: Fake) -> None:
    fake.known_of |= {"erased": {"acts": 1}, "left": "somebody else reads the database now"}
    ran = mmd("people", "erase", "김민수", "--yes", "--reason", "asked for")
    assert ran.code == 1
    assert "somebody else reads the database now" in " ".join(ran.out.split())
    assert "salt" in ran.out
    assert "written anew" not in ran.out


def test_what_would_be_erased_is_shown_first(mmd: Mmd, fake: Fake) -> None:
    fake.known_of = {
        "erased": {"deliveries": 2, "acts": 5},
        "kept": [SIGNED, SIGNED],
        "keptInAll": 2,
        "alsoAt": [PLANT],
    }
    ran = mmd("people", "erase", "김민수", "--email", KIM["email"])
    assert ran.code == 0
    for text in ("deliveries: would be erased from 2", "The name stays in 2 place(s)", "Signed.", "notices n1", PLANT):
        assert text in ran.out
    assert ran.out.count("Signed.") == 1
    assert "--yes and --reason" in ran.err
    sent = {"name": "김민수", "email": KIM["email"], "reason": "", "apply": False}
    assert fake.body("POST", "/people/erasures") == sent
    assert "서명됨." in mmd("people", "erase", "김민수", "--lang", "ko").out


def test_erasing(mmd: Mmd, fake: Fake) -> None:
    fake.known_of["erased"] = {"deliveries": 2}
    ran = mmd("people", "erase", KIM["email"], "--yes", "--reason", "asked for")
    sent = {"name": "", "email": KIM["email"], "reason": "asked for", "apply": True}
    assert fake.body("POST", "/people/erasures") == sent
    for text in ("deliveries: erased from 2", "written anew", "sha256:d", "aa" * 16):
        assert text in ran.out
    assert "Backups made before" in ran.err


def test_nobody_is_known(mmd: Mmd, fake: Fake) -> None:
    assert fake.known_of["erased"] == {}
    assert "Nothing is known" in mmd("people", "erase", "Nobody Here").err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("erase",), "Say whom"),
        (("erase", "Kim", "--yes"), "needs a reason"),
        (("aaaa", "Kim"), "Name a contract"),
        (("aaaa", "--yes"), "Name a contract"),
    ],
)
def test_erasing_needs_a_person_and_a_reason(mmd: Mmd, given: tuple[str, ...], said: str) -> None:
    ran = mmd("people", *given)
    assert (ran.code, said in ran.err) == (2, True)


def test_a_list_that_was_erased_says_so(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    gone = {"digest": "sha256:old", "at": "2026-12-02T00:00:00.000Z", "reason": "asked for"}
    fake.people = {"now": DIGEST, "people": [KIM], "proposed": [], "erased": [gone]}
    ran = mmd("people", "aaaa")
    assert "sha256:old was erased on 2026-12-02" in ran.err
    assert "still proves the rest" in ran.err
