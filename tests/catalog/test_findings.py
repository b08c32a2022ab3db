from dataclasses import replace

import pytest

from catalog.card import describe_found
from catalog.findings import warnings_about
from catalog.profile import ColumnProfile, Profiler, RecordBatch, StepAxis, TableProfile, TimeAxis
from tests.catalog.cards import found


def test_lines_about_a_clean_file() -> None:
    lines = describe_found(found(), "en")
    assert lines == [
        "4 rows × 3 columns (12 cells), UTF-8, comma",
        f"667,696 bytes, {found().digest}",
        "No absolute time: 'step' counts steps from 0 within each 'batch' (restarts: 1).",
        "Each row is named by: batch + step",
        "No missing values",
        "Units in the header: Temp [K] → K",
    ]
    assert describe_found(found(), "ko")[0] == "4행 × 3열 (칸 12개), UTF-8, 쉼표"


def test_a_spreadsheet_names_its_sheet() -> None:
    facts = replace(found(), sheet="1월", encoding=None, delimiter=None)
    assert describe_found(facts, "en")[0].endswith("sheet '1월' of a spreadsheet")


AXIS = TimeAxis("date", "d/m/Y", "2018-01-01T00:00:00", "2018-12-31T23:45:00", interval_ms=900_000, fitting_percent=99)


@pytest.mark.parametrize(
    ("axis", "english", "korean"),
    [
        (
            replace(AXIS, back=365, rolled=365),
            "Time goes back once a day (365 times)",
            "하루에 한 번 시간이 거꾸로 갑니다 (365번)",
        ),
        (replace(AXIS, back=3, rolled=1), "Time goes back in 'date' (steps back: 3)", "3번 거꾸로"),
        (replace(AXIS, same=1200), "Rows with the same time as the row above: 1,200", "1,200개 행의 시각"),
        (replace(AXIS, ambiguous=True), "day and month cannot be told apart; it was read as d/m/Y", "d/m/Y"),
    ],
)
def test_warnings_about_time(axis: TimeAxis, english: str, korean: str) -> None:
    profile = TableProfile(10, (), compared_rows=10, time=axis)
    (line,) = warnings_about(profile, "en")
    assert english in line
    assert korean in warnings_about(profile, "ko")[0]


def test_the_time_axis_in_words() -> None:
    axis = replace(AXIS, gaps=2, longest_gap_ms=90_000_000)
    facts = replace(found(), profile=replace(found().profile, time=axis))
    lines = describe_found(facts, "en")
    assert lines[2] == "Time: 'date' (d/m/Y), from 2018-01-01 00:00:00 to 2018-12-31 23:45:00"
    assert lines[3] == "One row every 15 min (99 % of the steps), gaps: 2 (the longest 1 d 1 h)"
    assert "15분마다 한 행" in describe_found(facts, "ko")[3]


def test_warnings_about_columns() -> None:
    profiler = Profiler(("작업자", "c", "n", "e"))
    rows: list[list[str]] = [["kim", "1", str(number), ""] for number in range(30)]
    rows[4][2] = "oops"
    rows[5][2] = "NA"
    rows[7] = rows[6]
    profiler.add(RecordBatch(profiler.columns, [list(row) for row in rows]))
    lines = warnings_about(profiler.finish(), "en")
    assert lines == [
        "Missing: 31 of 120 cells, most in 'e' (30 of 30)",
        "Repeated rows: 1",
        "Always the same value: 작업자, c",
        "Without any value: e",
        "'n': 'NA' was read as a missing value.",
        "'n' holds whole numbers, but not everywhere: values that are none: 1, the first 'oops' in row 5.",
        "Look at these columns before others do (may name people): 작업자",
    ]


def test_what_was_not_compared_is_said() -> None:
    profile = TableProfile(200, (), duplicate_rows=2, compared_rows=100, keys=(("a",), ("b",)))
    assert warnings_about(profile, "en") == ["Repeated rows: 2, among the first 100; the rest was not compared."]
    lines = describe_found(replace(found(), profile=profile), "en")
    assert "In the first 100 rows, each row is named by: a or b" in lines


def test_long_lists_are_cut() -> None:
    columns = tuple(ColumnProfile(f"c{number}", "integer", constant=True) for number in range(20))
    (line,) = warnings_about(TableProfile(2, columns, compared_rows=2), "en")
    assert line.endswith("c11 … (+8)")


def test_steps_without_a_group_and_a_table_without_keys() -> None:
    profile = TableProfile(8, (ColumnProfile("n", "integer"),), compared_rows=8, steps=StepAxis("n", 1, 3))
    lines = describe_found(replace(found(), profile=profile), "en")
    assert lines[2] == "No absolute time: 'n' counts steps from 1 and starts again (restarts: 3)."
    assert not any(line.startswith("Each row is named") for line in lines)


def test_a_time_axis_without_an_interval() -> None:
    axis = replace(AXIS, interval_ms=None, fitting_percent=None)
    lines = describe_found(replace(found(), profile=replace(found().profile, time=axis)), "en")
    assert not any("One row every" in line for line in lines)
