"""Which rows are there twice, and which columns name a row: alone, or two together. Bounded by a number of rows."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

from catalog.profile.batch import Cell

COMPARED_ROWS: Final = 100_000
"""So many rows are compared with each other; what lies below is not claimed anything about."""
_PAIRED_COLUMNS: Final = 5


class KeyFinder:
    """Remembers hashes of rows and of key candidates; a candidate that repeats is dropped and costs nothing more."""

    def __init__(self) -> None:
        self.compared = 0
        self.duplicates = 0
        self._rows: set[int] = set()
        self._singles: dict[int, set[int]] = {}
        self._pairs: dict[tuple[int, int], set[int]] = {}

    def add(self, rows: Sequence[Sequence[Cell]], columns: Sequence[Sequence[Any]], eligible: Sequence[int]) -> None:
        """Take in a chunk.

        Args:
            rows: the rows.
            columns: the same cells, column by column.
            eligible: indexes of columns that may be part of a key: nothing missing so far, and no decimals.
        """
        if not self.compared:
            self._singles = {index: set() for index in eligible}
            self._pairs = {pair: set() for pair in combinations(eligible[:_PAIRED_COLUMNS], 2)}
        size = min(len(rows), COMPARED_ROWS - self.compared)
        if size <= 0:
            return
        hashes = list(map(hash, map(tuple, rows[:size])))
        before = len(self._rows)
        self._rows.update(hashes)
        self.duplicates += size - (len(self._rows) - before)
        allowed = set(eligible)
        for index in list(self._singles):
            if index not in allowed or not _still_unique(self._singles[index], map(hash, columns[index][:size]), size):
                del self._singles[index]
        for pair in list(self._pairs):
            one, other = pair
            both = map(hash, zip(columns[one][:size], columns[other][:size], strict=True))
            if not allowed.issuperset(pair) or not _still_unique(self._pairs[pair], both, size):
                del self._pairs[pair]
        self.compared += size

    def finish(self, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Columns that name each compared row alone; if there is none, pairs of columns that do."""
        if self.compared < 2:  # noqa: PLR2004 - one row is named by anything
            return ()
        if self._singles:
            return tuple((names[index],) for index in sorted(self._singles))
        return tuple((names[one], names[other]) for one, other in sorted(self._pairs))


def _still_unique(seen: set[int], hashes: Any, size: int) -> bool:
    before = len(seen)
    seen.update(hashes)
    return len(seen) == before + size
