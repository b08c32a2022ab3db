"""`mmd join`, and what the authority answers with `mmd members`."""

import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import APPLIED, ASKED, PLANT, Fake

OFFICE = "did:web:office.example"


@pytest.mark.parametrize(
    ("state", "words"),
    [("RECEIVED", "has the request"), ("ASKED", "has not confirmed"), ("ISSUED", "Member now")],
)
def test_asking(mmd: Mmd, fake: Fake, state: str, words: str) -> None:
    fake.joining = {**ASKED, "state": state}
    done = mmd("join", "did:web:other.example")
    assert (done.code, words in done.out) == (0, True), done
    assert fake.body("POST", "/credential-requests") == {"authority": "did:web:other.example"}


def test_what_waits_is_not_asked_for_again(mmd: Mmd, fake: Fake) -> None:
    fake.joining = ASKED
    assert mmd("join", OFFICE).code == 0
    assert not [call for call in fake.calls if call[:2] == ("POST", "/credential-requests")]


def test_who_waits_is_shown_what_was_answered_meanwhile(mmd: Mmd, fake: Fake) -> None:
    fake.joining = {**ASKED, "state": "ISSUED"}
    assert "Member now" in mmd("join", OFFICE, "--wait").out
    assert not [call for call in fake.calls if call[:2] == ("POST", "/credential-requests")]
    assert mmd("join", OFFICE).code == 0
    assert fake.body("POST", "/credential-requests") == {"authority": OFFICE}


def test_a_refusal_is_told_with_its_reason(mmd: Mmd, fake: Fake) -> None:
    fake.joining = {**ASKED, "state": "REJECTED", "reason": "plants only"}
    done = mmd("join", OFFICE, "--wait")
    assert done.code == 1
    assert "plants only" in done.err


def test_what_was_asked_for_is_shown(mmd: Mmd, fake: Fake) -> None:
    assert "mmd join DID" in mmd("join").err
    fake.joining = ASKED
    assert "waits for an answer" in mmd("join").out
    assert mmd("join", "--json").json == {"requests": [ASKED]}


def test_the_authority_answers(mmd: Mmd, fake: Fake) -> None:
    assert PLANT in mmd("members", "requests").out
    assert "is admitted" in mmd("members", "approve", PLANT).out
    assert fake.body("POST", "/admissions") == {"request": PLANT}
    assert mmd("members", "refuse", APPLIED["id"], "--reason", "plants only").code == 0
    assert fake.body("POST", "/refusals") == {"request": APPLIED["id"], "reason": "plants only"}
    assert mmd("members", "refuse", PLANT).code == 2
    assert mmd("members", "offer", PLANT, "--reason", "reissue").code == 0
    assert fake.body("POST", "/credential-offers") == {"holder": PLANT, "reason": "reissue"}
