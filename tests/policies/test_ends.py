from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.clauses import build_clauses
from policies.durations import read_duration
from policies.ends import NOTICE_PERIOD, end_of, notice_period
from policies.model import Policy
from policies.parse import parse_policy

AGREED = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = {"leftOperand": "odrl:dateTime", "operator": "lteq", "rightOperand": "2026-06-30T15:00:00Z"}
LENGTH = {"leftOperand": "odrl:elapsedTime", "operator": "lteq", "rightOperand": "P30D"}
LATER = {"leftOperand": "odrl:dateTime", "operator": "gteq", "rightOperand": "2026-02-01T00:00:00Z"}


def policy(*permissions: Any, **more: Any) -> Policy:
    return parse_policy({"permission": [{"action": "use", "constraint": list(parts)} for parts in permissions], **more})


@pytest.mark.parametrize(
    ("permissions", "end"),
    [
        (([UNTIL],), datetime(2026, 6, 30, 15, tzinfo=UTC)),
        (([LENGTH],), AGREED + timedelta(days=30)),
        (([UNTIL, LENGTH, LATER],), AGREED + timedelta(days=30)),
        (([{"and": [UNTIL]}],), datetime(2026, 6, 30, 15, tzinfo=UTC)),
        (([UNTIL], [LENGTH]), datetime(2026, 6, 30, 15, tzinfo=UTC)),
        (([UNTIL], []), None),
        (([LATER],), None),
        (([{"or": [UNTIL, LENGTH]}],), None),
        (([{**UNTIL, "rightOperand": "soon"}],), None),
        (([{**LENGTH, "rightOperand": "P100Y"}],), AGREED.replace(year=2126)),
        ((), None),
    ],
)
def test_when_it_ends_by_its_own_terms(permissions: Any, end: datetime | None) -> None:
    assert end_of(policy(*permissions), AGREED) == end


def test_an_end_beyond_the_calendar_is_none() -> None:
    assert end_of(policy([{**LENGTH, "rightOperand": "P90Y"}]), datetime(9980, 1, 1, tzinfo=UTC)) is None


def test_the_notice_period_of_the_catalogue() -> None:
    terms = build_clauses({"count": {"times": "3"}, "notice-period": {"period": "P30D"}})
    assert notice_period(parse_policy(terms)) == read_duration("P30D")
    assert notice_period(policy([UNTIL])) is None


@pytest.mark.parametrize("value", ["P30D", ["P30D"], {"@value": "P30D"}])
def test_the_notice_period_as_a_property(value: Any) -> None:
    assert notice_period(policy([UNTIL], **{NOTICE_PERIOD: value})) == read_duration("P30D")


@pytest.mark.parametrize("value", ["a month", 30, ["P1D", "P2D"], {}, None])
def test_what_is_no_period_is_none(value: Any) -> None:
    assert notice_period(policy([UNTIL], **{NOTICE_PERIOD: value})) is None
