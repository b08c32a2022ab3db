"""The inbox and what is done from it: shown, approved, refused, countered; the rules."""

from collections.abc import Callable
from typing import Any

import pytest

from connector.cli.counter import given_clauses
from connector.cli.failures import CommandError
from connector.cli.session import Session
from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CHANGE, CONTRACT, DATASET, PLANT, QUALITY, TERMS, Fake, problem, waits

ACCEPTANCE = "/negotiations/urn:uuid:neg/acceptance"
OFFERS = "/negotiations/urn:uuid:neg/offers"
SECOND: dict[str, Any] = {
    "persons": 2,
    "because": ["large"],
    "approvals": [{"person": "Kim Minsu", "act": "accept-offer", "at": "2026-11-23T02:00:00.000Z"}],
}


def offered(fake: Fake, **other: Any) -> None:
    fake.states = ["OFFERED"]
    fake.waiting = [waits(**other)]


def test_the_inbox(mmd: Mmd, fake: Fake) -> None:
    assert "Nothing waits for you" in mmd("inbox").err
    offered(fake, **SECOND)
    ran = mmd("inbox")
    for text in ("neg", "2026-11-23 01:09", "2026-12-07 01:09", "1/2", "Drying plant offers “Batch dryer”"):
        assert text in ran.out
    assert "urn:uuid" not in ran.out
    assert mmd("inbox", "--json").json["inbox"][0]["terms"] == TERMS
    assert "건조 공장에서 제안했습니다" in mmd("inbox", "--lang", "ko").out
    assert "--after urn:uuid:neg" in mmd("inbox", "--limit", "1").err
    assert mmd("inbox", "--limit", "0").code == 2


def test_what_is_to_be_looked_at_stands_above_it(mmd: Mmd, fake: Fake) -> None:
    fake.alerts = [{"id": "disk", "level": "full", "since": "x", "en": "No room.", "ko": "공간이 없습니다."}]
    assert "To be looked at:\n! No room." in mmd("inbox").out
    assert "살펴볼 것:\n! 공간이 없습니다." in mmd("inbox", "--lang", "ko").out
    assert mmd("inbox", "--json").json == {"inbox": [], "alerts": fake.alerts}


def test_the_doctor_tells_what_waits(mmd: Mmd, fake: Fake) -> None:
    assert "mmd inbox" not in mmd("doctor").out
    offered(fake)
    assert (
        "Decisions that wait for your people (`mmd inbox`): 1. The first ends unanswered at 2026-12-07 01:09 UTC"
        in mmd("doctor").out
    )
    assert "담당자의 결정을 기다리는 일 1건" in mmd("doctor", "--lang", "ko").out
    [found] = [check for check in mmd("doctor", "--json").json["checks"] if check["id"] == "inbox"]
    assert found["ok"] is None


def test_a_negotiation_in_full(mmd: Mmd, fake: Fake) -> None:
    offered(fake, **SECOND)
    ran = mmd("show", "neg")
    for text in (
        "Drying plant offers “Batch dryer”",
        f"Drying plant {PLANT}",
        "an offer of the provider",
        "Only for quality prediction.  [enforced by the provider's connector]",
        "it was “Once.”, asked is “Twice.” This favours the consumer.",
        "✓ Kim Minsu said yes (2026-11-23 02:00)",
        "Two different people have to agree (rules: large)",
        "catalog  The provider began.",
        "2026-11-23 01:00  The consumer: the same terms.",
        "offered other terms",
        "mmd approve urn:uuid:neg",
    ):
        assert text in ran.out, text
    korean = mmd("show", "neg", "--lang", "ko").out
    for text in (
        CHANGE["ko"],
        "서로 다른 두 사람이 승인해야 합니다",
        "Kim Minsu 님: 승인",
        "지금 놓인 제안(제공자 측)",
    ):
        assert text in korean, text
    assert mmd("show", "neg", "--json").json["negotiation"]["id"] == "urn:uuid:neg"


def test_what_does_not_wait_offers_nothing_to_decide(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("show", "neg")
    assert "mmd approve" not in ran.out
    assert "Batch dryer" in ran.out


def test_yes(mmd: Mmd, fake: Fake) -> None:
    offered(fake)
    ran = mmd("approve", "urn:uuid:neg")
    assert (ran.code, f"Signed: contract {CONTRACT}" in ran.out) == (0, True)
    assert fake.body("POST", ACCEPTANCE) == {"terms": TERMS}
    shown = "sha256:" + "cd" * 32
    offered(fake)
    mmd("approve", "neg", "--terms", shown)
    assert fake.body("POST", ACCEPTANCE) == {"terms": shown}


def test_yes_when_asked(mmd: Mmd, fake: Fake, person: Callable[..., None]) -> None:
    offered(fake)
    person("n")
    ran = mmd("approve", "neg")
    assert (ran.code, "Nothing was agreed to" in ran.err) == (1, True)
    assert all(method == "GET" for method, _, _ in fake.calls)
    person("y")
    assert f"Signed: contract {CONTRACT}" in mmd("approve", "neg").out


def test_the_first_of_two(mmd: Mmd, fake: Fake) -> None:
    offered(fake, **SECOND)
    fake.answered["acceptance"] = ["OFFERED"]
    ran = mmd("approve", "neg")
    assert (ran.code, "a second person has to agree as well. So far: Kim Minsu" in ran.out) == (0, True)
    assert mmd("approve", "neg", "--json").json["waiting"]["persons"] == 2


def test_too_late(mmd: Mmd, fake: Fake) -> None:
    """Something else lies there by now: what changed is shown, and nothing was agreed to."""
    offered(fake)
    late = problem(409, "not in this state", "Something else lies on the table.", terms=TERMS, changes=[CHANGE])
    fake.answers["POST", ACCEPTANCE] = late
    ran = mmd("approve", "neg")
    assert (ran.code, "Something else lies on the table" in ran.err) == (1, True)
    assert ran.out.count(CHANGE["en"]) == 2  # compared with our word, and what changed since


def test_no(mmd: Mmd, fake: Fake) -> None:
    offered(fake)
    assert "has ended: Too dear" in mmd("refuse", "neg", "--reason", "Too dear.").out
    assert fake.body("POST", "/negotiations/urn:uuid:neg/termination") == {"reason": "Too dear.", "code": "refused"}
    ran = mmd("refuse", "neg")
    assert (ran.code, "--reason" in ran.err) == (2, True)


def test_no_when_asked_why(mmd: Mmd, fake: Fake, person: Callable[..., None]) -> None:
    offered(fake)
    person("Too dear.")
    assert mmd("refuse", "neg").code == 0
    assert fake.body("POST", "/negotiations/urn:uuid:neg/termination")["reason"] == "Too dear."


def test_other_terms(mmd: Mmd, fake: Fake) -> None:
    offered(fake)
    ran = mmd("counter", "neg", "--set", "count=9", "--add", "no-passing-on", "--drop", "until")
    assert "waits for the other side" in ran.out
    assert CHANGE["en"] in ran.out
    body = fake.body("POST", OFFERS)
    assert body == {
        "terms": None,
        "on": TERMS,
        "set": {"count": {"times": "9"}, "no-passing-on": {}},
        "drop": ["until"],
    }
    assert (mmd("counter", "neg").code, mmd("counter", "neg", "--set", "count").code) == (2, 2)


def test_clauses_as_they_are_typed() -> None:
    typed = ["purpose=research,safety", "lump-sum.amount=5", "lump-sum.currency=KRW", "until=2027-06-30", "count=3"]
    given = given_clauses(Session(), set_=typed, add=["no-resale"])
    assert str(given.pop("until")["time"]).startswith(("2027-06-30T", "2027-07-01T", "2027-06-29T"))
    assert [iri.rpartition("/")[2] for iri in given.pop("purpose")["purposes"]] == ["research", "safety"]
    assert given == {"lump-sum": {"amount": "5", "currency": "KRW"}, "count": {"times": "3"}, "no-resale": {}}
    for text in ("count", "=3", "count=", ".x=3", "moonphase=full", "count.moons=3"):
        with pytest.raises(CommandError):
            given_clauses(Session(), set_=[text], add=None)


def test_rules(mmd: Mmd, fake: Fake) -> None:
    assert "No rules" in mmd("rules", "list").err
    ran = mmd(
        "rules", "add", "small", "--outcome", "agree", "--purpose", "quality-prediction", "--at-most", "count=10",
        "--at-most", "until=2027-12-31T15:00:00Z", "--changes", "in-our-favour", "--partner", PLANT, "--before", "all",
    )  # fmt: skip
    assert "The rule small holds from now on: agree" in ran.out
    assert fake.body("PUT", "/rules/small") == {
        "outcome": "agree",
        "side": "provider",
        "partners": [PLANT],
        "purposes": [QUALITY],
        "atMost": {"count": "10", "until": "2027-12-31T15:00:00Z"},
        "changes": "in-our-favour",
        "before": "all",
    }
    fake.rules = [{"name": "small", **fake.body("PUT", "/rules/small")}, {"name": "large", "outcome": "two-people"}]
    ran = mmd("rules", "list")
    for text in ("1  small: agree", "At most: count 10, until 2027-12-31", "2  large: two people have to agree"):
        assert text in ran.out
    assert "2  large: 두 사람의 승인 필요" in mmd("rules", "list", "--lang", "ko").out
    assert "The rule small is gone" in mmd("rules", "remove", "small").out


def test_rules_that_make_no_sense(mmd: Mmd) -> None:
    for options in (
        ("--outcome", "sometimes"),
        ("--outcome", "agree", "--side", "both"),
        ("--outcome", "agree", "--changes", "few"),
        ("--outcome", "agree", "--at-most", "count"),
    ):
        assert mmd("rules", "add", "odd", *options).code == 2


def test_rules_are_tried(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("rules", "test", "neg")
    for text in (
        "Decides: - (no rule: as the catalog says)",
        "Two different people have to agree (rules: large)",
        "✗ small: agree",
        "Only with: does not hold",
        "At most count: holds",
        "Changes: cannot be told",
    ):
        assert text in ran.out, text
    assert fake.body("POST", "/rules/trials") == {"negotiation": "urn:uuid:neg"}
    mmd("rules", "test", "--partner", PLANT, "--dataset", DATASET, "--set", "count=3", "--add", "no-resale")
    assert fake.body("POST", "/rules/trials")["clauses"] == {"count": {"times": "3"}, "no-resale": {}}
    assert (mmd("rules", "test").code, mmd("rules", "test", "neg", "--partner", PLANT, "--dataset", "x").code) == (2, 2)
