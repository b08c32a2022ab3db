"""Rows on their way through: what a reader of files hands to the profiler."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | datetime | date | None
"""One cell. CSV gives texts only; a spreadsheet gives typed values and None for an empty cell."""


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """A few rows under the same column names, in the order of the file.

    Attributes:
        columns: the names, in the order of the cells.
        rows: one list of cells per row, each as long as `columns`.
    """

    columns: tuple[str, ...]
    rows: list[list[Cell]]


def cell_text(cell: Cell) -> str:
    """A cell as the text that the profiler reads: empty for None, ISO 8601 for times, `true`/`false`."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    return repr(cell)
