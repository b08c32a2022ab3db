import csv
import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connector
from catalog.errors import ProfileError
from catalog.profile import Profiler, RecordBatch, TableProfile
from tests.support.shared import SHARED, needs_shared

DRYER = Path(connector.__file__).parent / "demo" / "data" / "dryer.csv"

_CELL = st.sampled_from(
    [
        "",
        "1",
        "2",
        "3.5",
        "NA",
        "-",
        "007",
        "x",
        "true",
        "2026-11-22",
        "2026-11-23 10:00",
        "1/2/2018",
        "14/2/2018",
        "9:30",
        "1e5",
        "가",
    ]
)


def profiled(path: Path) -> TableProfile:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    return profile(tuple(rows[0]), rows[1:], 2000)


def profile(columns: tuple[str, ...], rows: list[list[str]], size: int) -> TableProfile:
    profiler = Profiler(columns)
    for start in range(0, len(rows), size):
        profiler.add(RecordBatch(columns, [list(row) for row in rows[start : start + size]]))
    return profiler.finish()


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(_CELL, min_size=3, max_size=3), max_size=40),
    repeat=st.sampled_from([1, 60]),
    size=st.integers(1, 2500),
)
def test_the_size_of_batches_changes_nothing(rows: list[list[str]], repeat: int, size: int) -> None:
    many = rows * repeat
    whole = profile(("a", "b", "c"), many, max(1, len(many)))
    assert profile(("a", "b", "c"), many, size) == whole
    assert TableProfile.from_json(json.loads(json.dumps(whole.to_json()))) == whole
    assert whole.rows == len(many)
    assert whole.duplicate_rows == len(many) - len({tuple(row) for row in many})


def test_no_float_in_the_json() -> None:
    text = json.dumps(profile(("a",), [["1.5"], ["2.25"]], 10).to_json())
    json.loads(text, parse_float=lambda number: pytest.fail(f"a float: {number}"))


def test_typed_cells_read_like_texts() -> None:
    typed = Profiler(("n", "f", "b", "d", "t"))
    day = dt.date(2026, 11, 22)
    typed.add(RecordBatch(typed.columns, [[1, 2.5, True, day, "x"], [2, None, False, day, "y"]]))
    found = typed.finish()
    assert [column.datatype for column in found.columns] == ["integer", "decimal", "boolean", "date", "string"]
    assert (found.missing, found.cells) == (1, 10)
    assert found.constant_columns == ("d",)


def test_other_columns_are_refused() -> None:
    with pytest.raises(ProfileError, match="other columns"):
        Profiler(("a",)).add(RecordBatch(("b",), []))


def test_a_row_of_another_width_is_refused() -> None:
    profiler = Profiler(("a", "b"))
    profiler.add(RecordBatch(("a", "b"), [["1", "2"], ["3"]]))
    with pytest.raises(ProfileError, match="row 2: 2 cells are expected in each row, this one has 1"):
        profiler.finish()


def test_a_column_with_times_is_the_axis_before_one_with_days() -> None:
    rows = [["2026-11-22", f"2026-11-22 10:0{minute}"] for minute in range(5)]
    found = profile(("day", "moment"), rows, 10)
    assert found.time is not None
    assert found.time.column == "moment"


def test_dryer() -> None:
    found = profiled(DRYER)
    assert (found.rows, len(found.columns), found.cells, found.missing) == (9220, 12, 110_640, 0)
    assert found.time is None
    assert found.keys == (("batch_id", "ClockTime"),)
    assert found.steps is not None
    assert (found.steps.column, found.steps.first, found.steps.restarts, found.steps.group) == (
        "ClockTime",
        0,
        70,
        "batch_id",
    )
    assert all(column.unit is None for column in found.columns)
    assert [column.name for column in found.columns if column.sensitive] == [
        "JacketTemperatureSP",
        "DryerTemperatureSP",
    ]
    assert (found.duplicate_rows, found.constant_columns) == (0, ())
    assert (found.columns[0].distinct, found.columns[0].datatype) == (71, "integer")


@needs_shared
def test_steel() -> None:
    assert SHARED is not None
    found = profiled(SHARED / "data" / "kr-steel-energy" / "Steel_industry_data.csv")
    assert (found.rows, len(found.columns)) == (35_040, 11)
    axis = found.time
    assert axis is not None
    assert (axis.column, axis.form, axis.ambiguous, axis.interval_ms) == ("date", "d/m/Y", False, 900_000)
    assert (axis.back, axis.rolled, axis.gaps, axis.fitting_percent) == (365, 365, 0, 100)
    assert (axis.start, axis.end) == ("2018-01-01T00:00:00", "2018-12-31T23:45:00")
    assert [column.unit for column in found.columns[1:5]] == ["kWh", "kvarh", "kvarh", "tCO2"]


@needs_shared
def test_ai4i() -> None:
    assert SHARED is not None
    found = profiled(SHARED / "data" / "ai4i-2020" / "ai4i2020.csv")
    assert (found.rows, len(found.columns), found.keys) == (10_000, 14, (("UID",), ("Product ID",)))
    assert [column.unit for column in found.columns[3:8]] == ["K", "K", "rpm", "Nm", "min"]
