"""Record batches in, facts out: one pass, memory that does not grow with the number of rows."""

from collections.abc import Sequence
from typing import Final

from catalog.errors import ProfileError
from catalog.profile.axes import StepAxis, TimeAxis
from catalog.profile.batch import Cell, RecordBatch, cell_text
from catalog.profile.column import ColumnCounter
from catalog.profile.keys import KeyFinder
from catalog.profile.result import TableProfile

CHUNK: Final = 1024
"""Rows are worked on in chunks of this size, whatever the size of the batches: so the facts never depend on it."""
_DISTINCT_CAP: Final = 1000
_DISTINCT_TOTAL: Final = 400_000


class Profiler:
    """Collects the facts about one table.

    Args:
        columns: the names in the header, all different.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        cap = max(100, min(_DISTINCT_CAP, _DISTINCT_TOTAL // max(1, len(self.columns))))
        self._counters = [ColumnCounter(name, cap) for name in self.columns]
        self._keys = KeyFinder()
        self._waiting: list[list[Cell]] = []
        self._rows = 0

    def add(self, batch: RecordBatch) -> None:
        """Take in the next rows, in the order of the file.

        Raises:
            ProfileError: the batch has other columns, or a row has another number of cells.
        """
        if batch.columns != self.columns:
            raise ProfileError("$.columns", "the batch has other columns than the table; one profiler reads one table")
        self._waiting.extend(batch.rows)
        while len(self._waiting) >= CHUNK:
            chunk, self._waiting = self._waiting[:CHUNK], self._waiting[CHUNK:]
            self._work(chunk)

    def finish(self) -> TableProfile:
        """The facts about all rows so far.

        Raises:
            ProfileError: a row has another number of cells than there are columns.
        """
        if self._waiting:
            chunk, self._waiting = self._waiting, []
            self._work(chunk)
        keys = self._keys.finish(self.columns)
        return TableProfile(
            rows=self._rows,
            columns=tuple(counter.finish() for counter in self._counters),
            duplicate_rows=self._keys.duplicates,
            compared_rows=self._keys.compared,
            time=self._time_axis(),
            steps=self._step_axis(keys),
            keys=keys,
        )

    def _work(self, rows: list[list[Cell]]) -> None:
        columns = _turned(rows, len(self.columns), self._rows + 1)
        for counter, cells in zip(self._counters, columns, strict=True):
            counter.add(cells, self._rows + 1)
        eligible = [index for index, counter in enumerate(self._counters) if counter.may_be_key]
        self._keys.add(rows, columns, eligible)
        self._rows += len(rows)

    def _time_axis(self) -> TimeAxis | None:
        axes = [axis for counter in self._counters if (axis := counter.time_axis()) is not None]
        # A column with times of day says more than one with days only.
        return min(axes, key=lambda axis: ":" not in axis.start, default=None)

    def _step_axis(self, keys: Sequence[Sequence[str]]) -> StepAxis | None:
        for counter in self._counters:
            if counter.steps.found:
                partners = (name for key in keys if counter.name in key for name in key if name != counter.name)
                return StepAxis(counter.name, counter.steps.first, counter.steps.restarts, next(partners, None))
        return None


def _turned(rows: list[list[Cell]], width: int, first_row: int) -> list[Sequence[str]]:
    """The rows as columns of texts."""
    try:
        turned = list(zip(*rows, strict=True))
    except ValueError:
        turned = []
    if len(turned) != width:
        wrong = next(index for index, row in enumerate(rows) if len(row) != width)
        found = len(rows[wrong])
        raise ProfileError(f"row {first_row + wrong}", f"{width} cells are expected in each row, this one has {found}")
    return [_texts(cells) for cells in turned]


def _texts(cells: tuple[Cell, ...]) -> Sequence[str]:
    try:
        "".join(cells)  # type: ignore[arg-type] # the quickest question whether all are texts already
    except TypeError:
        return tuple(map(cell_text, cells))
    return cells  # type: ignore[return-value]
