"""Choices of clauses for properties: any clauses, any valid values."""

from typing import Any

from hypothesis import strategies as st

from policies.clauses import CLAUSES, Blank, Clause, Kind
from policies.vocabulary import PURPOSE_NAMES

DIDS = [f"did:web:company-{name}.example" for name in "abcd"]
VALUES: dict[Kind, st.SearchStrategy[str]] = {
    Kind.PURPOSE: st.sampled_from([*PURPOSE_NAMES, "research"]),
    Kind.MOMENT: st.datetimes().map(lambda moment: f"{moment.year:04}-06-15T{moment.hour:02}:00:00+09:00"),
    Kind.DURATION: st.sampled_from(["P30D", "P1Y", "PT12H", "P1Y6M", "30 d", "2주", "6개월", "1 year"]),
    Kind.COUNT: st.integers(1, 10**9 - 1).map(str),
    Kind.HOURS: st.sampled_from(["08:00/18:00 Asia/Seoul", "22:00/06:00 UTC", "00:00/24:00 +09:00"]),
    Kind.RATE: st.sampled_from(["10/P1D", "1/PT1H", "1,000 / 1 month"]),
    Kind.DID: st.sampled_from(DIDS),
    Kind.COUNTRY: st.sampled_from(["KR", "kr", "DE", "JP"]),
    Kind.DIGEST: st.binary(min_size=32, max_size=32).map(lambda data: "sha256:" + data.hex()),
    Kind.LEVEL: st.sampled_from("0123"),
    Kind.AMOUNT: st.decimals("0.01", 10**12, places=2).map(str),
    Kind.PERCENT: st.decimals("0.01", 100, places=2).map(str),
    Kind.CURRENCY: st.sampled_from(["KRW", "EUR", "usd"]),
    Kind.SHARE: st.builds(
        lambda did, share: f"{did}={share}", st.sampled_from(DIDS), st.sampled_from(["50", "25", "12.5"])
    ),
    Kind.WORD: st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,8}", fullmatch=True),
    Kind.TEXT: st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12),
}


def values_of(blank: Blank) -> st.SearchStrategy[Any]:
    one = st.sampled_from(blank.choices) if blank.choices else VALUES[blank.kind]
    return st.lists(one, min_size=1, max_size=3, unique=True) if blank.many else one


def blanks_of(clause: Clause) -> st.SearchStrategy[dict[str, Any]]:
    """The blanks of a clause; of an amount and its currency both or neither."""
    needed = {blank.name: values_of(blank) for blank in clause.blanks if not blank.optional}
    optional = {blank.name: values_of(blank) for blank in clause.blanks if blank.optional}
    return st.fixed_dictionaries(needed, optional=optional).filter(
        lambda given: all((slot.blank in given) == (slot.unit in given) for slot in clause.slots if slot.unit)
    )


def choices(least: int = 0, most: int = 12) -> st.SearchStrategy[dict[str, Any]]:
    """Some clauses of the catalogue with valid blanks."""
    return st.lists(st.sampled_from(list(CLAUSES)), min_size=least, max_size=most, unique=True).flatmap(
        lambda ids: st.fixed_dictionaries({clause_id: blanks_of(CLAUSES[clause_id]) for clause_id in ids})
    )
