import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, PLANT, Fake, contract, ok


def test_the_list(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract(), contract(id="urn:uuid:bbbb", role="provider", state="withdrawn", usesAllowed=None)]
    ran = mmd("contracts")
    for text in (CONTRACT, "complete", "withdrawn", "consumer", "provider", "Drying plant", "Batch dryer", "1/3"):
        assert text in ran.out
    assert mmd("contracts", "--json").json == {"contracts": fake.contracts}


def test_none_yet(mmd: Mmd, fake: Fake) -> None:
    assert "No contracts yet" in mmd("contracts").err


def test_one_in_full(mmd: Mmd, fake: Fake) -> None:
    delivery = {"id": "urn:uuid:del", "state": "complete", "bytes": 920, "purpose": "p", "startedAt": "2026-11-23"}
    notice = {"kind": "holds-receipt", "author": PLANT, "number": 1, "at": "2026-11-23"}
    fake.contracts = [contract(deliveries=[delivery], notices=[notice])]
    ran = mmd("contracts", "aaaa")
    for text in ("Batch dryer", "complete, confirmed by the consumer", "1/3", "Only for quality", "920 B"):
        assert text in ran.out
    for text in ("Deliveries:", "Notices:", "holds-receipt", f"Drying plant {PLANT}"):
        assert text in ran.out
    assert "laboratory" not in ran.out


def test_who_has_seen_it_in_our_log(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    ran = mmd("contracts", "aaaa")
    for text in ("Who has seen it", "the other side", "2026-11-23T01:00:01Z", "the authority", "not yet, late"):
        assert text in ran.out
    fake.contracts = [contract(witnesses=[])]
    assert "Who has seen it" not in mmd("contracts", "aaaa").out


def test_what_weakens_a_contract_is_said_first(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract(state="one-sided", laboratory=True, confirmed=False)]
    lines = mmd("contracts", "aaaa").out.splitlines()
    assert lines[1:3] == ["Made in the laboratory profile.", "Only one side has signed this contract."]
    assert "not yet confirmed by the consumer" in lines[4]


def test_negotiations(mmd: Mmd, fake: Fake) -> None:
    assert "REQUESTED" in mmd("contracts", "--negotiations").out
    assert mmd("contracts", "--negotiations", "--json").json["negotiations"][0]["id"] == "urn:uuid:neg"


def test_a_page_at_a_time(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract(id=f"urn:uuid:{n}") for n in range(5)]
    ran = mmd("contracts", "--limit", "2")
    assert ("urn:uuid:1" in ran.out, "urn:uuid:2" in ran.out) == (True, False)
    assert "More: mmd contracts --after urn:uuid:1" in ran.err
    rest = mmd("contracts", "--after", "urn:uuid:1", "--json")
    assert [item["id"] for item in rest.json["contracts"]] == ["urn:uuid:2", "urn:uuid:3", "urn:uuid:4"]
    assert "More" not in rest.err
    assert mmd("contracts", "--limit", "0").code == mmd("contracts", "--limit", "1001").code == 2


def test_whose_turn_it_is(mmd: Mmd, fake: Fake) -> None:
    fake.states = ["OFFERED"]
    assert "OFFERED (your turn)" in mmd("contracts", "--negotiations").out


def test_what_is_wrong_or_waits_is_printed(mmd: Mmd, fake: Fake) -> None:
    noted = {
        "id": "urn:uuid:neg",
        "state": "REQUESTED",
        "problem": {"title": "not confirmed", "detail": "nobody answers."},
    }
    fake.answers["GET", "/negotiations"] = ok({"negotiations": [noted]})
    assert "urn:uuid:neg: nobody answers." in mmd("contracts", "--negotiations").err


def test_says_what_stops_it_and_that_earlier_use_stays_lawful(mmd: Mmd, fake: Fake) -> None:
    ending = {"at": "2026-12-23T09:00:00.000Z", "by": PLANT, "reason": "line sold"}
    said = {PLANT: {"at": "2026-11-24T09:00:00.000Z", "reason": "a complaint"}}
    fake.contracts = [contract(state="ending", ending=ending, suspendedBy=said)]
    ran = mmd("contracts", "aaaa")
    for shown in ("a complaint", "line sold", "2026-12-23T09:00:00.000Z", "stays lawful"):
        assert shown in ran.out + ran.err
    fake.contracts = [contract(state="withdrawn", withdrawnAt="then", withdrawnBy=PLANT, withdrawnReason="no more")]
    ran = mmd("contracts", "aaaa")
    assert "Withdrawn on then by " + PLANT + ": no more" in ran.out
    assert "stays lawful" in ran.out + ran.err


@pytest.mark.parametrize(
    ("why", "said"), [("unasked", "has not been asked yet"), ("keys", "the key that we signed it with is lost")]
)
def test_what_is_held_since_a_restore(mmd: Mmd, fake: Fake, why: str, said: str) -> None:
    restored = {"by": "did:web:plant", "at": "2026-11-29T02:00:00.000Z", "evidence": "sha256:ab"}
    held = {"why": why, "since": "2026-11-29T02:00:00.000Z"}
    fake.contracts = [contract(state="held", held=held, restored=restored)]
    shown = mmd("contracts", CONTRACT).out
    for text in (said, "held since a restore", "out of the evidence of did:web:plant"):
        assert text in shown
