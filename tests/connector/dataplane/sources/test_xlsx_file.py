import datetime as dt
from pathlib import Path
from typing import Any

from connector.dataplane.sources import inspect_file, open_table
from connector.dataplane.sources.xlsx_file import MEDIA_TYPE
from tests.connector.dataplane.sources.spreadsheets import package, parts_of, workbook


def rows_of(tmp_path: Path, data: bytes, size: int = 2000) -> list[list[Any]]:
    path = tmp_path / "t.bin"
    path.write_bytes(data)
    return [row for batch in open_table(path).batches(size) for row in batch.rows]


def test_typed_cells(tmp_path: Path) -> None:
    day, moment = dt.datetime(2026, 11, 22), dt.datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001
    data = workbook(("자료", [["n", "f", "b", "d", "m", "t", "x"], [1, 2.5, True, day, moment, dt.time(9, 30), "글"]]))
    assert rows_of(tmp_path, data) == [[1, 2.5, True, day.date(), moment, "09:30:00", "글"]]


def test_empty_cells_and_rows(tmp_path: Path) -> None:
    data = workbook(("one", [[None], ["a", "b", None], [1, None], [None, None], [None, 2, None, None], [3]]))
    assert rows_of(tmp_path, data) == [[1, None], [None, 2], [3, None]]
    assert rows_of(tmp_path, data, size=1) == [[1, None], [None, 2], [3, None]]


def test_the_first_sheet_with_cells(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(workbook(("empty", []), ("second", [["a", "b"], [1, 2]]), ("third", [["c"], [3]])))
    table = open_table(path)
    assert (table.format.sheet, table.columns, table.format.media_type) == ("second", ("a", "b"), MEDIA_TYPE)
    assert (table.format.encoding, table.format.delimiter) == (None, None)


def test_the_size_that_a_sheet_claims_is_not_believed(tmp_path: Path) -> None:
    parts = parts_of(workbook(("one", [["a", "b"], [1, 2]])))
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"')
    assert parts["xl/worksheets/sheet1.xml"] != sheet
    assert rows_of(tmp_path, package(parts)) == [[1, 2]]


def test_inspected(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    start = dt.datetime(2026, 11, 22)  # noqa: DTZ001
    rows = [[start + dt.timedelta(minutes=15 * step), step + 0.5] for step in range(200)]
    path.write_bytes(workbook(("one", [["when", "T [℃]"], *rows])))
    seen: list[tuple[int, int]] = []
    facts = inspect_file(path, lambda done, total: seen.append((done, total)))
    size = path.stat().st_size
    assert seen == [(0, size), (size, size)]
    axis = facts.profile.time
    assert axis is not None
    assert (axis.interval_ms, axis.gaps, axis.back) == (900_000, 0, 0)
    assert [column.unit for column in facts.profile.columns] == [None, "°C"]
    assert (facts.sheet, facts.encoding, facts.byte_size) == ("one", None, size)
