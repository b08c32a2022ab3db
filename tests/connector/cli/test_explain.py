from typing import Any

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, DATASET, PEER, RESEARCH, Fake, contract, ok

REASON: dict[str, Any] = {
    "clause": "count",
    "code": "used-up",
    "where": "$.permission[0].constraint[0]",
    "rule": {"en": "At most 3 fetches.", "ko": "최대 3번."},
    "why": {"en": "3 were agreed, and 3 were used.", "ko": "3번 합의했고 3번 썼습니다."},
    "facts": {"uses": 3},
}
REFUSED = {
    "at": "2026-11-29T09:00:00.000Z",
    "lastAt": "2026-11-29T10:00:00.000Z",
    "times": 4,
    "scope": "transfer",
    "party": PEER,
    "dataset": DATASET,
    "contract": CONTRACT,
    "about": "urn:uuid:delivery",
    "outcome": "denied",
    "facts": {"uses": 3, "usedAt": ["2026-11-29T08:00:00.000Z"], "claims": {"iso9001": "2027"}},
    "digest": "sha256:" + "0" * 64,
    "reasons": [REASON],
}


def test_why_in_either_language(mmd: Mmd, fake: Fake) -> None:
    fake.answers["GET", "/decisions"] = ok([REFUSED])
    ran = mmd("explain", "aaaa")
    assert "At most 3 fetches." in ran.out
    assert "3 were agreed, and 3 were used." in ran.out
    assert "4 times" in ran.out
    assert "iso9001=2027" in ran.out
    korean = mmd("explain", "aaaa", "--lang", "ko").out
    assert "최대 3번." in korean
    assert "데이터를 보내지 않았습니다" in korean
    assert mmd("explain", "aaaa", "--json").json["decisions"] == [REFUSED]


def test_nothing_was_refused(mmd: Mmd, fake: Fake) -> None:
    fake.answers["GET", "/decisions"] = ok([])
    fake.contracts = [contract()]
    assert "Nothing was refused" in mmd("explain", "aaaa").out + mmd("explain", "aaaa").err
    assert any(request.url.params.get("about") == CONTRACT for request in fake.requests)


def test_what_the_other_side_said(mmd: Mmd, fake: Fake) -> None:
    fake.answers["GET", "/decisions"] = ok([])
    problem = {"title": "refused", "detail": "3 were agreed.", "ko": "3번 합의했습니다."}
    fake.contracts = [contract(deliveries=[{"id": "urn:uuid:d1", "problem": problem}, {"id": "urn:uuid:d2"}])]
    ran = mmd("explain", "aaaa")
    assert "3 were agreed" in ran.out
    assert "urn:uuid:d2" not in ran.out
    assert "3번 합의했습니다" in mmd("explain", "aaaa", "--lang", "ko").out


def test_what_would_be_decided(mmd: Mmd, fake: Fake) -> None:
    fake.datasets = [{"id": DATASET}]
    judged = {"outcome": "permitted", "reasons": []}
    offer = {"offer": "ni:///x", "permitted": False, "catalog": judged, "negotiation": judged}
    use = {"outcome": "denied", "reasons": [REASON]}
    answer = {"for": PEER, "dataset": DATASET, "at": "2026-12-01T05:00:00.000Z", "permitted": False, "visible": False}
    found = {**answer, "taken": True, "offers": [{**offer, "use": use}], "contracts": []}
    fake.answers["POST", "/what-if"] = ok(found)
    words = ["--dataset", "3f2a", "--for", PEER, "--purpose", "research", "--at", "2026-12-01T14:00:00+09:00"]
    more = ["--country", "kr", "--claim", "iso9001=2027", "--affiliate-of", "did:web:head", "--prepaid"]
    ran = mmd("explain", *words, *more)
    assert ran.code == 0
    assert fake.body("POST", "/what-if") == {
        "for": PEER,
        "dataset": DATASET,
        "purpose": RESEARCH,
        "at": "2026-12-01T05:00:00.000Z",
        "country": "KR",
        "affiliateOf": ["did:web:head"],
        "claims": {"iso9001": "2027"},
        "prepaid": True,
    }
    for said in (
        "would not get it",
        "not shown to this participant",
        "to itself",
        "gets the data: no",
        "3 were agreed",
    ):
        assert said in ran.out, said


def test_a_command_that_asks_nothing(mmd: Mmd, fake: Fake) -> None:
    for words in ([], ["--dataset", "3f2a"], ["x", "--for", PEER]):
        ran = mmd("explain", *words)
        assert (ran.code, "Name what was refused" in ran.err) == (2, True), words
    fake.datasets = [{"id": DATASET}]
    ran = mmd("explain", "--dataset", "3f2a", "--for", PEER, "--claim", "iso9001")
    assert (ran.code, "NAME=VALUE" in ran.err) == (2, True)
