from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.clock import SystemClock, format_time, parse_time

MOMENT = datetime(2026, 11, 23, 4, 5, 6, 7000, tzinfo=UTC)


def test_system_clock_is_aware_and_moves_forward() -> None:
    clock = SystemClock()
    first = clock.now()

    assert first.tzinfo is UTC
    assert clock.now() >= first


def test_times_are_written_in_utc_with_milliseconds() -> None:
    assert format_time(MOMENT) == "2026-11-23T04:05:06.007Z"
    assert format_time(MOMENT.astimezone(timezone(timedelta(hours=9)))) == "2026-11-23T04:05:06.007Z"
    with pytest.raises(ValueError, match="time zone"):
        format_time(MOMENT.replace(tzinfo=None))


@pytest.mark.parametrize(
    "text",
    ["2026-11-23T04:05:06.007Z", "2026-11-23T13:05:06.007+09:00", "2026-11-23T04:05:06.007000999Z"],
)
def test_times_are_read(text: str) -> None:
    assert parse_time(text) == MOMENT


@settings(max_examples=100)
@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))  # noqa: DTZ001 - the zone is added
def test_what_was_written_is_read(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC, microsecond=naive.microsecond // 1000 * 1000)

    assert parse_time(format_time(moment)) == moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_is_written_as_the_standard_library_does(moment: datetime) -> None:
    assert format_time(moment) == moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-23",
        "2026-11-23T04:05:06",
        "2026-11-23 04:05:06Z",
        "2026-11-23T04:05:06Z\n",
        "2026-02-30T04:05:06Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T04:05:06+99:99",
        "２０２６-11-23T04:05:06Z",
        "2026-11-23T04:05:06." + "0" * 100 + "Z",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59-10:00",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)
