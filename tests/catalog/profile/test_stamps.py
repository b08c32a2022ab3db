import datetime as dt

import pytest

from catalog.profile.stamps import DAY, StampReader, read_clock, stamp_text


def moment(text: str, order: int = 0) -> str:
    reader = StampReader()
    stamp = reader.read(text)
    days = stamp[order + 1]
    assert days is not None
    return stamp_text(days * DAY + stamp[0], clock=reader.clock_seen, utc=bool(reader.zones))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-22", "2026-11-22"),
        ("2026/11/2", "2026-11-02"),
        ("2026.11.22", "2026-11-22"),
        ("2026. 11. 22.", "2026-11-22"),
        ("2026. 11. 22. 오후 9:30", "2026-11-22T21:30:00"),
        ("2026-11-22 09:30", "2026-11-22T09:30:00"),
        ("2026-11-22T09:30:15.25", "2026-11-22T09:30:15.250000"),
        ("2026-11-22T09:30:15Z", "2026-11-22T09:30:15Z"),
        ("2026-11-22T09:30:15+09:00", "2026-11-22T00:30:15Z"),
        ("2026-11-22 00:30:00-0530", "2026-11-22T06:00:00Z"),
        ("22/11/2026 12:05 AM", "2026-11-22T00:05:00"),
        ("22.11.2026 오전 12:05", "2026-11-22T00:05:00"),
        ("1/1/2018 0:15", "2018-01-01T00:15:00"),
    ],
)
def test_forms(text: str, iso: str) -> None:
    assert moment(text) == iso


def test_day_and_month_are_read_both_ways() -> None:
    assert moment("1/2/2018") == "2018-02-01"
    assert moment("1/2/2018", order=1) == "2018-01-02"
    assert StampReader().read("13/2/2018")[2] is None
    assert StampReader().read("2/13/2018")[1] is None


@pytest.mark.parametrize(
    "text",
    ["", "hello", "2026-13-01", "2026-02-30", "31/31/2026", "2026-11/22", "2026-11-22 25:00", "2026-11-22 9:60", "0000-01-01", "9999-12-31",
     "2026-11-22 13:00 PM", "26-11-22", "2026-11-22 9:30:61", "12:30"],
)  # fmt: skip
def test_no_stamps(text: str) -> None:
    reader = StampReader()
    with pytest.raises(ValueError, match=r"date|day|time|hour"):
        reader.read(text)


def test_one_column_has_one_form() -> None:
    reader = StampReader()
    reader.read("2026-11-22")
    with pytest.raises(ValueError, match="another form"):
        reader.read("2026/11/22")


def test_what_was_seen_is_remembered_rightly() -> None:
    reader = StampReader()
    first = reader.read("2026-11-22 09:30")
    reader.read("2026-11-23 10:00")
    assert reader.read("2026-11-22 10:00") == (reader.read("2026-11-23 10:00")[0], first[1], None)


def test_the_memory_for_what_was_seen_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.profile.stamps._CACHE", 3)
    reader = StampReader()
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for step in range(10):
        text = (start + dt.timedelta(days=step, minutes=step)).strftime("%Y-%m-%d %H:%M")
        assert reader.read(text)[0] == step * 60_000_000
    assert len(reader._days) <= 4
    assert len(reader._clocks) <= 5


def test_clock_zones() -> None:
    assert read_clock("09:00+0900") == (0, "+09:00")
    with pytest.raises(ValueError, match="time of day"):
        read_clock("9h")
