import pytest

from connector.cli.negotiate import problem_text
from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, DATASET, OFFER, PLANT, Fake


def test_waits_until_both_have_signed(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("negotiate", "3f2a", "--offer", OFFER)
    assert ran.code == 0
    assert f"Signed: contract {CONTRACT}" in ran.out
    assert "ContractRequestMessage  (consumer)" in ran.err
    assert fake.body("POST", "/negotiations") == {"provider": PLANT, "dataset": DATASET, "offer": OFFER}


def test_may_only_begin(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("negotiate", DATASET, "--no-wait", "--json")
    assert ran.json["state"] == "REQUESTED"
    assert "Begun: negotiation urn:uuid:neg, REQUESTED" in mmd("negotiate", DATASET, "--no-wait").out


def test_the_other_side_says_no(mmd: Mmd, fake: Fake) -> None:
    fake.states, fake.problem = ["REQUESTED", "TERMINATED"], {"title": "x", "detail": "The offer has changed."}
    ran = mmd("negotiate", DATASET)
    assert ran.code == 1
    assert "The negotiation was ended: The offer has changed. No contract was made." in ran.err


def test_the_other_side_does_not_come_to_an_end(mmd: Mmd, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.states = ["REQUESTED"]
    ticks = iter(range(0, 100, 30))
    monkeypatch.setattr("time.monotonic", lambda: float(next(ticks)))
    ran = mmd("negotiate", DATASET, "--timeout", "40")
    assert ran.code == 1
    assert "has not finished within 40 s (state REQUESTED)" in ran.err


def test_a_problem_may_be_a_sentence_or_an_object() -> None:
    assert problem_text("No.") == "No"
    assert problem_text({"title": "No."}) == "No"
    assert problem_text(None) == ""
