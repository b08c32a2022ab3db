import datetime as dt

import pytest

from catalog.profile.batch import Cell, cell_text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("a", "a"), (None, ""), (True, "true"), (False, "false"), (3, "3"), (2.5, "2.5"),
        (dt.date(2026, 11, 22), "2026-11-22"), (dt.datetime(2026, 11, 22, 9, 30), "2026-11-22T09:30:00"),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_cell_text(cell: Cell, text: str) -> None:
    assert cell_text(cell) == text
