import datetime as dt

from catalog.profile.axes import TimeAxis
from catalog.profile.axis import AxisCounter
from catalog.profile.stamp_column import StampColumn

BEGIN = dt.datetime(2018, 1, 1)  # noqa: DTZ001


def axis(moments: list[dt.datetime], chunk: int = 7) -> TimeAxis:
    column = StampColumn()
    texts = [moment.strftime("%Y-%m-%d %H:%M:%S") for moment in moments]
    for start in range(0, len(texts), chunk):
        assert column.add(texts[start : start + chunk])
    found = column.finish("when")
    assert found is not None
    return found


def every(minutes: int, count: int) -> list[dt.datetime]:
    return [BEGIN + dt.timedelta(minutes=minutes * step) for step in range(count)]


def test_even_steps() -> None:
    found = axis(every(15, 200))
    assert (found.interval_ms, found.fitting_percent, found.gaps, found.back, found.same) == (900_000, 100, 0, 0, 0)
    assert (found.start, found.end) == ("2018-01-01T00:00:00", "2018-01-03T01:45:00")
    assert found.form == "Y-m-d"


def test_a_gap_is_counted_and_measured() -> None:
    moments = every(15, 200)
    del moments[50:60]
    found = axis(moments)
    assert (found.gaps, found.longest_gap_ms) == (1, 11 * 900_000)
    assert found.fitting_percent == 99


def test_midnight_under_the_date_of_the_day_that_ends() -> None:
    moments = every(15, 96 * 10)[1:]
    old = [moment - dt.timedelta(days=1) if moment.time() == dt.time() else moment for moment in moments]
    found = axis(old)
    assert (found.back, found.rolled, found.gaps, found.fitting_percent) == (9, 9, 0, 100)


def test_a_night_shift_that_keeps_the_old_date() -> None:
    moments = every(15, 96 * 5)[28:]
    old = [moment - dt.timedelta(days=1) if moment.hour < 6 else moment for moment in moments]
    found = axis(old)
    assert (found.back, found.rolled, found.gaps) == (4, 4, 0)


def test_rows_out_of_order_are_no_midnight() -> None:
    moments = every(15, 100)
    moments[40], moments[41] = moments[41], moments[40]
    found = axis(moments)
    assert (found.back, found.rolled) == (1, 0)


def test_the_same_time_twice() -> None:
    moments = sorted(every(15, 20) * 2)
    found = axis(moments)
    assert (found.same, found.interval_ms) == (20, 900_000)


def test_all_the_same_has_no_interval() -> None:
    found = axis([BEGIN] * 5)
    assert (found.interval_ms, found.fitting_percent, found.gaps) == (None, None, 0)


def test_steps_beyond_the_bound_are_counted_together() -> None:
    counter = AxisCounter()
    moments = [0]
    for step in range(1, 3000):
        moments.append(moments[-1] + step * 1_000_000)
    for start in range(0, 3000, 500):
        counter.add(moments[start : start + 500])
    counter.add([moments[-1] + 1_000_000])
    assert len(counter._steps) <= 2500
    assert counter._steps.total() + counter._other == 3000


def test_day_and_month_are_settled_by_the_column() -> None:
    column = StampColumn()
    assert column.add([f"{day}/1/2018" for day in range(1, 13)])
    assert column.add([f"{day}/1/2018" for day in range(13, 32)])
    found = column.finish("date")
    assert found is not None
    assert (found.form, found.ambiguous, found.start, found.end) == ("d/m/Y", False, "2018-01-01", "2018-01-31")


def test_month_first() -> None:
    column = StampColumn()
    assert column.add([f"1/{day}/2018" for day in range(1, 32)])
    found = column.finish("date")
    assert found is not None
    assert (found.form, found.ambiguous, found.end) == ("m/d/Y", False, "2018-01-31")


def test_where_nothing_settles_it_the_likelier_reading_is_marked() -> None:
    column = StampColumn()
    assert column.add(["1/1/2018", "1/2/2018", "1/3/2018", "2/1/2018"])
    found = column.finish("date")
    assert found is not None
    assert (found.form, found.ambiguous) == ("m/d/Y", True)


def test_a_chunk_with_both_orders_is_refused_whole() -> None:
    column = StampColumn()
    assert not column.add(["13/1/2018", "1/13/2018"])
    assert not column.add(["13/1/2018", "x"])
    assert column.finish("date") is None


def test_zones() -> None:
    column = StampColumn()
    assert column.add(["2018-01-01T00:00:00+09:00", "2018-01-01T01:00:00+09:00"])
    found = column.finish("t")
    assert found is not None
    assert (found.zone, found.start) == ("+09:00", "2017-12-31T15:00:00Z")
    assert column.add(["2018-01-01T00:00:00Z"])
    found = column.finish("t")
    assert found is not None
    assert found.zone == "mixed"
