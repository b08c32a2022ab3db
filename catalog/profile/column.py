"""One column, chunk by chunk: quick where a chunk is all of one kind, cell by cell where it is not."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from catalog.profile.axis import AxisCounter
from catalog.profile.cells import NULL_CODES, TRUTHS, is_code, read_number, read_numbers
from catalog.profile.numbers import NumberStats, decimal_text
from catalog.profile.result import ColumnProfile, TimeAxis
from catalog.profile.sensitive import guess_sensitive
from catalog.profile.stamps import StampReader, read_clock
from catalog.profile.units import guess_unit

COMMON: Final = 20
"""Up to so many different values are listed with their counts."""
_SETTLED: Final = 4000
_LONG: Final = 200
_NEARLY: Final = 10
_NUMERIC: Final = ("integer", "decimal")


class ColumnCounter:
    """Counts what one column holds.

    Args:
        name: its name in the header.
        distinct_cap: how many different values are remembered at most.
    """

    def __init__(self, name: str, distinct_cap: int) -> None:
        self.name = name
        self.kinds: Counter[str] = Counter()
        self._cap = distinct_cap
        self._distinct: set[str] | None = set()
        self._common: Counter[str] | None = Counter()
        self._missing = 0
        self._codes: Counter[str] = Counter()
        self._padded = False
        self._longest = 0
        self._numbers = NumberStats()
        self._reader = StampReader()
        self._orders: dict[int, AxisCounter] = {0: AxisCounter(), 1: AxisCounter()}
        self._clocks: tuple[int, str, int, str] | None = None
        self._misfits: dict[str, tuple[str, int]] = {}

    def add(self, cells: Sequence[str], first_row: int) -> None:
        """Take in the next cells of this column; `first_row` is the number of the first of them, from 1."""
        values = cells
        blanks = cells.count("")
        if blanks:
            self._missing += blanks
            values = [cell for cell in cells if cell]
        if self._codes:
            values = self._without_codes(values)
        if not values:
            return
        self._remember(values)
        if self._settled():
            self.kinds["string"] += len(values)
            self._longest = max(self._longest, max(map(len, values)))
            return
        if not self._add_quickly(values):
            self._add_slowly(cells, first_row)

    def _add_quickly(self, values: Sequence[str]) -> bool:
        if self.kinds["stamp"]:
            return self._add_stamps(values)
        numbers = read_numbers(values, "\n".join(values))
        if numbers is None:
            return False
        self.kinds["integer" if isinstance(numbers[0], int) else "decimal"] += len(numbers)
        self._numbers.add(numbers)
        return True

    def _add_stamps(self, values: Sequence[str]) -> bool:
        read = self._reader.read
        try:
            stamps = [read(value) for value in values]
            for order in self._orders:
                for stamp in stamps:
                    if stamp[order + 1] is None and self._reader.style and self._reader.style[0] != "Y" and len(self._orders) > 1:
                        break
            return self._follow(stamps)
        except ValueError:
            return False

    def _follow(self, stamps: Sequence[tuple[int, int | None, int | None]]) -> bool:
        raise NotImplementedError
