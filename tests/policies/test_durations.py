from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.durations import MAX_YEARS, Duration, read_duration

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "months", "rest"),
    [
        ("P1Y2M3DT4H5M6.5S", 14, timedelta(days=3, hours=4, minutes=5, seconds=6.5)),
        ("P0D", 0, timedelta()),
        ("PT36H", 0, timedelta(hours=36)),
        ("P3M", 3, timedelta()),
        ("PT0.000001S", 0, timedelta(microseconds=1)),
        (f"P{MAX_YEARS}Y", MAX_YEARS * 12, timedelta()),
    ],
)
def test_what_is_a_length_of_time(text: str, months: int, rest: timedelta) -> None:
    assert read_duration(text) == Duration(months, rest)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1YT", "1D", "P1S", "PT1D", "P-1D", "-P1D", "+P1D", "P1.5D", "P1W", "p1d", "P 1D", "P1D\n",
             "P٣D", f"P{MAX_YEARS + 1}Y", "P36601D", "PT9999999999S", "PT0.0000001S"],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert read_duration(text) is None


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ((2027, 1, 31), "P1M", (2027, 2, 28)),
        ((2028, 1, 31), "P1M", (2028, 2, 29)),
        ((2028, 2, 29), "P1Y", (2029, 2, 28)),
        ((2027, 12, 15), "P1M", (2028, 1, 15)),
        ((2027, 1, 31), "P1M1D", (2027, 3, 1)),
    ],
)
def test_months_are_as_long_as_they_are(start: tuple[int, int, int], text: str, end: tuple[int, int, int]) -> None:
    length = read_duration(text)
    assert length is not None
    assert length.after(datetime(*start, tzinfo=UTC)) == datetime(*end, tzinfo=UTC)


@given(st.integers(0, 600), st.integers(0, 10_000), st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis wants bounds without a zone
def test_it_is_never_longer_than_said(months: int, days: int, start: datetime) -> None:
    length = Duration(months, timedelta(days=days))
    moment = start.replace(tzinfo=UTC)
    assert moment <= length.after(moment) <= moment + length.at_most
    assert moment - length.at_most <= length.before(moment) <= moment


def test_beyond_the_calendar() -> None:
    with pytest.raises(OverflowError):
        Duration(12, timedelta()).after(datetime(9999, 6, 1, tzinfo=UTC))
    with pytest.raises(OverflowError):
        Duration(12, timedelta()).before(datetime(1, 6, 1, tzinfo=UTC))
    assert Duration(0, timedelta(1)).after(NEW_YEAR) == NEW_YEAR + timedelta(1)
