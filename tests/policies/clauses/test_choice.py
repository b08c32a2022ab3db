"""What a person gives for a clause: patient with spelling, exact about what is wrong."""

from typing import Any

import pytest

from policies import PolicyError, UnknownTerm
from policies.clauses import CLAUSES, Blank, Kind
from policies.clauses.choice import open_blanks, read_choices
from policies.clauses.kinds import share_of, written
from policies.vocabulary import PURPOSE


@pytest.mark.parametrize(
    ("choices", "term"),
    [
        ({"no-fun": {}}, "no-fun"),
        ({"count": {"times": "1", "often": "2"}}, "often"),
        ({"exclusive": {"yes": "true"}}, "yes"),
    ],
)
def test_what_the_catalogue_does_not_have_is_named(choices: dict[str, Any], term: str) -> None:
    with pytest.raises(UnknownTerm) as caught:
        read_choices(choices)
    assert caught.value.term == term


@pytest.mark.parametrize(
    ("choices", "where"),
    [
        ([], "$.clauses"),
        ({"count": "3"}, "$.clauses.count"),
        ({"count": {}}, "$.clauses.count.times"),
        ({"count": {"times": ""}}, "$.clauses.count.times"),
        ({"count": {"times": 0}}, "$.clauses.count.times"),
        ({"count": {"times": True}}, "$.clauses.count.times"),
        ({"count": {"times": ["1", "2"]}}, "$.clauses.count.times"),
        ({"count": [{"times": "1"}, {"times": "2"}]}, "$.clauses.count"),
        ({"other-contract": [{"reference": "A"}]}, "$.clauses.other-contract[0].first"),
        ({"purpose": {"purposes": ["espionage"]}}, "$.clauses.purpose.purposes"),
        ({"warranty": {"kind": "best"}}, "$.clauses.warranty.kind"),
        ({"liability": {"for": "negligence", "cap": "10"}}, "$.clauses.liability.currency"),
        ({"liability": {"for": "negligence", "currency": "KRW"}}, "$.clauses.liability.cap"),
        ({"law": {"law": "KR", "venue": "x" * 301}}, "$.clauses.law.venue"),
        ({"law": {"law": "KR", "venue": "a\nb"}}, "$.clauses.law.venue"),
        ({"recipient": {"recipients": ["did:web:x"] * 101}}, "$.clauses.recipient.recipients"),
    ],
)
def test_what_cannot_stand_there_is_pointed_at(choices: Any, where: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read_choices(choices)
    assert caught.value.where == where


def test_a_clause_may_be_left_out_by_name() -> None:
    assert read_choices({"count": None, "no-resale": {}})[0].clause.id == "no-resale"


def test_blanks_that_are_still_open() -> None:
    assert [blank.name for blank in open_blanks(CLAUSES["lump-sum"], {"amount": "5"})] == ["currency", "due"]
    assert open_blanks(CLAUSES["warranty"], {"kind": "asIs"}) == ()


@pytest.mark.parametrize(
    ("kind", "given", "wire"),
    [
        (Kind.DURATION, "30 d", "P30D"),
        (Kind.DURATION, "2 weeks", "P14D"),
        (Kind.DURATION, "6개월", "P6M"),
        (Kind.DURATION, "P0D", None),
        (Kind.DURATION, "soon", None),
        (Kind.MOMENT, "2027-01-01T09:00:00+09:00", "2027-01-01T00:00:00.000Z"),
        (Kind.MOMENT, "2027-01-01", None),
        (Kind.COUNT, "100,000", "100000"),
        (Kind.COUNT, "-1", None),
        (Kind.RATE, "10 / 1 day", "10/P1D"),
        (Kind.RATE, "10", None),
        (Kind.HOURS, "08:00/18:00 Asia/Seoul", "08:00/18:00 Asia/Seoul"),
        (Kind.HOURS, "08:00/08:00 Asia/Seoul", None),
        (Kind.HOURS, "8-18", None),
        (Kind.COUNTRY, "kr", "KR"),
        (Kind.COUNTRY, "kr-26", "KR-26"),
        (Kind.COUNTRY, "Korea", None),
        (Kind.AMOUNT, "1,500,000.50", "1500000.5"),
        (Kind.AMOUNT, "0", None),
        (Kind.AMOUNT, "1e5", None),
        (Kind.PERCENT, "100", "100"),
        (Kind.PERCENT, "100.1", None),
        (Kind.CURRENCY, "krw", "KRW"),
        (Kind.SHARE, "did:web:a.example=60%", "60 did:web:a.example"),
        (Kind.SHARE, "60 did:web:a.example", "60 did:web:a.example"),
        (Kind.SHARE, "sixty did:web:a.example", None),
        (Kind.PURPOSE, "research", PURPOSE + "research"),
        (Kind.DID, "did:web:a.example", "did:web:a.example"),
        (Kind.DID, "the customer", None),
        (Kind.DIGEST, "sha256:" + "0" * 64, "sha256:" + "0" * 64),
        (Kind.DIGEST, "sha256:" + "0" * 63, None),
        (Kind.TEXT, "  한빛  ", "한빛"),
        (Kind.TEXT, " ", None),
    ],
)
def test_what_stands_on_the_wire(kind: Kind, given: str, wire: str | None) -> None:
    assert written(Blank("x", kind), given) == wire


def test_shares_are_exact() -> None:
    assert str(share_of("12.5 did:web:a.example")[0]) == "12.5"
    with pytest.raises(ValueError, match="no share"):
        share_of("did:web:a.example")
