from datetime import UTC, datetime, timedelta

import pytest

from policies.windows import read_rate, read_window

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("08:00/18:00 UTC", ("08:00", "17:59"), ("07:59", "18:00")),
        ("08:00/18:00 Z", ("08:00",), ("18:00",)),
        ("08:00/18:00 Asia/Seoul", ("23:00", "08:59"), ("22:59", "09:00")),
        ("08:00/18:00 +09:00", ("23:00", "08:59"), ("22:59", "09:00")),
        ("08:00/18:00 -05:00", ("13:00", "22:59"), ("12:59", "23:00")),
        ("22:00/06:00 UTC", ("22:00", "23:59", "00:00", "05:59"), ("06:00", "21:59")),
        ("00:00/24:00 UTC", ("00:00", "23:59"), ()),
        ("18:00/24:00 UTC", ("18:00", "23:59"), ("00:00", "17:59")),
    ],
)
def test_a_part_of_every_day(text: str, inside: tuple[str, ...], outside: tuple[str, ...]) -> None:
    window = read_window(text)
    assert window is not None
    assert window.text == text
    for clock, expected in (*((c, True) for c in inside), *((c, False) for c in outside)):
        hour, minute = map(int, clock.split(":"))
        assert window.holds(MONDAY + timedelta(hours=hour, minutes=minute)) is expected, clock


def test_summer_time_is_the_zones() -> None:
    window = read_window("08:00/09:00 Europe/Berlin")
    if window is None:
        pytest.skip("this machine has no database of time zones")
    assert window.holds(datetime(2027, 1, 15, 7, 30, tzinfo=UTC))
    assert window.holds(datetime(2027, 7, 15, 6, 30, tzinfo=UTC))
    assert not window.holds(datetime(2027, 7, 15, 7, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    "text", ["", "08:00/18:00", "8:00/18:00 UTC", "08:00/08:00 UTC", "24:00/08:00 UTC", "08:60/09:00 UTC", "08:00/24:01 UTC",
             "08:00-18:00 UTC", "08:00/18:00  UTC", "08:00/18:00 +15:00", "08:00/18:00 +09:60", "08:00/18:00 Nowhere/City",
             "08:00/18:00 ../../etc/hosts", "08:00/18:00 /etc/hosts", "08:00/18:00 Asia", "٠٨:00/18:00 UTC"],
)  # fmt: skip
def test_what_is_no_window(text: str) -> None:
    assert read_window(text) is None


def test_a_rate() -> None:
    rate = read_rate("2/PT1H")
    assert rate is not None
    used = (MONDAY - timedelta(hours=1), MONDAY - timedelta(minutes=59), MONDAY)
    assert (rate.used(used, MONDAY), rate.allows(used, MONDAY)) == (2, False)
    assert rate.allows(used, MONDAY + timedelta(minutes=1))
    assert rate.allows((), MONDAY)


@pytest.mark.parametrize(
    "text", ["", "2", "0/P1D", "-1/P1D", "2/P0D", "2/PT0S", "2/1D", "1.5/P1D", "2/P1D/P1D", "9999999999/P1D"]
)
def test_what_is_no_rate(text: str) -> None:
    assert read_rate(text) is None
