from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.literals import MAX_COUNT, read_count, read_time, write_time

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


# Hypothesis wants the bounds without a zone.
FIRST, LAST = (datetime(year, 1, 2, tzinfo=UTC).replace(tzinfo=None) for year in (1971, 9998))


@given(st.datetimes(FIRST, LAST, timezones=ZONES))
def test_a_time_is_read_as_it_was_written(moment: datetime) -> None:
    again = read_time(write_time(moment))
    assert again == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert again is not None
    assert again.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["", "2026-11-23", "2026-11-23T01:02:03", "2026-11-23T01:02Z", "2026-02-30T00:00:00Z", "2026-11-23T25:00:00Z",
     "0001-01-01T00:00:00+14:00", "2026-11-23T00:00:00+99:99", "٢٠٢٦-11-23T00:00:00Z", "2026-11-23T00:00:00Z\n",
     "2026-11-23T00:00:00." + "1" * 5000 + "Z"],
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    assert read_time(text) is None


def test_fractions_and_zones() -> None:
    assert read_time("2026-11-23T09:00:00.123456789+09:00") == datetime(2026, 11, 23, 0, 0, 0, 123456, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        write_time(datetime(2026, 11, 23))  # noqa: DTZ001 - that is the point


@given(st.integers(0, MAX_COUNT))
def test_a_count_is_read(count: int) -> None:
    assert read_count(str(count)) == read_count(f"+00{count}") == count


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1e3", " 1", "1\n", "٣", "three", "9999999999", "9" * 5000])
def test_what_is_no_count(text: str) -> None:
    assert read_count(text) is None
