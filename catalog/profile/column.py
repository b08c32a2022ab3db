"""One column, chunk by chunk: quick where a chunk is all of one kind, cell by cell where it is not."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from catalog.profile.axes import TimeAxis
from catalog.profile.cells import NULL_CODES, TRUTHS, is_code, read_number, read_numbers
from catalog.profile.numbers import NumberStats, decimal_text, exact_text
from catalog.profile.result import ColumnProfile
from catalog.profile.sensitive import guess_sensitive
from catalog.profile.stamp_column import StampColumn
from catalog.profile.stamps import read_clock
from catalog.profile.steps import StepCounter
from catalog.profile.units import guess_unit

COMMON: Final = 20
"""Up to so many different values are listed with their counts."""
_SETTLED: Final = 4000
_LONG: Final = 200
_NEARLY: Final = 0.9
_KEY_KINDS: Final = frozenset({"integer", "code", "text", "stamp", "clock"})
_DATATYPES: Final = {"boolean": "boolean", "integer": "integer", "decimal": "decimal", "clock": "time"}


class ColumnCounter:
    """Counts what one column holds.

    Args:
        name: its name in the header.
        distinct_cap: how many different values are remembered at most.
    """

    def __init__(self, name: str, distinct_cap: int) -> None:
        self.name = name
        self.steps = StepCounter()
        self._cap = distinct_cap
        self._kinds: Counter[str] = Counter()
        self._first: dict[str, tuple[int, str]] = {}
        self._blank = 0
        self._codes: Counter[str] = Counter()
        self._distinct: set[int] | None = set()
        self._common: Counter[str] | None = Counter()
        self._longest = 0
        self._numbers = NumberStats()
        self._stamps = StampColumn()
        self._clocks: tuple[str, str] | None = None

    @property
    def may_be_key(self) -> bool:
        """Whether nothing is missing so far and the values are whole numbers, codes, words or times."""
        return not self._blank and not self._codes and all(kind in _KEY_KINDS for kind in self._kinds)

    def add(self, cells: Sequence[str], first_row: int) -> None:
        """Take in the next cells of this column; `first_row` is the number of the first of them, from 1."""
        if self._distinct is None and self._kinds["decimal"] and self._add_decimals(cells):
            return
        different = set(cells)
        values = cells
        if "" in different:
            values = [cell for cell in values if cell]
            self._blank += len(cells) - len(values)
            different.discard("")
        codes = different & NULL_CODES
        if codes:
            self._codes.update(cell for cell in values if cell in codes)
            values = [cell for cell in values if cell not in codes]
            different -= codes
        numbers = None
        if values:
            self._remember(values, different)
            numbers = self._classify(values, cells, first_row)
        self.steps.add(numbers if values is cells else None)

    def _add_decimals(self, cells: Sequence[str]) -> bool:
        """The quickest way, for a chunk in which nothing is missing and everything is a number."""
        numbers = read_numbers(cells, "\n".join(cells))
        if numbers is None:
            return False
        self._kinds["integer" if isinstance(numbers[0], int) else "decimal"] += len(numbers)
        self._numbers.add(numbers)
        return True

    def _classify(self, values: Sequence[str], cells: Sequence[str], first_row: int) -> list[int] | list[float] | None:
        """Count these values by kind; give back the numbers if they are all numbers."""
        if self._settled():
            self._count("text", len(values), values[0], cells, first_row)
            self._longest = max(self._longest, *map(len, values))
            return None
        if self._kinds["stamp"] and self._stamps.add(values):
            self._kinds["stamp"] += len(values)
            return None
        numbers = read_numbers(values, "\n".join(values))
        if numbers is None:
            for value in values:
                self._count(self._kind(value), 1, value, cells, first_row)
            return None
        kind = "integer" if isinstance(numbers[0], int) else "decimal"
        self._count(kind, len(numbers), values[0], cells, first_row)
        self._numbers.add(numbers)
        return numbers

    def _kind(self, value: str) -> str:
        """The kind of one value, which is taken into the figures of that kind."""
        text = value.strip()
        number = read_number(text)
        if number is not None:
            self._numbers.add([number])
            return "integer" if isinstance(number, int) else "decimal"
        if is_code(text):
            self._longest = max(self._longest, len(value))
            return "code"
        if text.lower() in TRUTHS:
            return "boolean"
        if text[:1].isdigit() and self._stamps.add([text]):
            return "stamp"
        if ":" in text and self._clock(text):
            return "clock"
        self._longest = max(self._longest, len(value))
        return "text"

    def _clock(self, text: str) -> bool:
        try:
            micro, zone = read_clock(text)
        except ValueError:
            return False
        if zone is not None:
            return False
        seconds, fraction = divmod(micro, 1_000_000)
        spelled = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (
            f".{fraction:06}" if fraction else ""
        )
        least, most = self._clocks or (spelled, spelled)
        self._clocks = (min(least, spelled), max(most, spelled))
        return True

    def _count(self, kind: str, count: int, value: str, cells: Sequence[str], first_row: int) -> None:
        self._kinds[kind] += count
        if kind not in self._first:
            self._first[kind] = (first_row + cells.index(value), value[:_LONG])

    def _settled(self) -> bool:
        words = self._kinds["text"]
        return words >= _SETTLED and words * 2 > self._kinds.total()

    def _remember(self, values: Sequence[str], different: set[str]) -> None:
        if self._common is not None:
            self._common.update(values)
            if len(self._common) > COMMON or any(len(value) > _LONG for value in self._common):
                self._common = None
        if self._distinct is not None:
            self._distinct.update(map(hash, different))
            if len(self._distinct) > self._cap:
                self._distinct = None

    def time_axis(self) -> TimeAxis | None:
        """The time axis when this is a column of dates, with or without times."""
        return self._stamps.finish(self.name) if self._datatype() in ("date", "dateTime") else None

    def finish(self) -> ColumnProfile:
        """The facts of this column."""
        datatype = self._datatype()
        nearly, misfits, first = self._nearly() if datatype == "string" else (None, 0, None)
        words = datatype == "string" and nearly is None and bool(self._kinds)
        # In a column of words "NA" may be a word, and "-" a mark; only beside numbers and times are they gaps.
        missing = self._blank + (0 if words else self._codes.total())
        distinct = None if self._distinct is None else len(self._distinct) + (len(self._codes) if words else 0)
        common = Counter(self._common or {})
        if words:
            common.update(self._codes)
        listed = common.most_common() if self._common is not None and 0 < len(common) <= COMMON else []
        figures = self._figures(datatype)
        return ColumnProfile(
            name=self.name,
            datatype=datatype,
            missing=missing,
            distinct=distinct,
            minimum=figures[0],
            maximum=figures[1],
            mean=decimal_text(self._numbers.mean) if datatype in ("integer", "decimal") else None,
            deviation=decimal_text(self._numbers.deviation) if datatype in ("integer", "decimal") else None,
            quartiles=self._quartiles() if datatype in ("integer", "decimal") else (),
            constant=distinct == 1 and self._kinds.total() + (self._codes.total() if words else 0) > 1,
            unit=guess_unit(self.name),
            nearly=nearly,
            misfits=misfits,
            misfit=first[1] if first else None,
            misfit_row=first[0] if first else None,
            null_codes=() if words else tuple(sorted(self._codes)),
            sensitive=guess_sensitive(self.name),
            common=tuple(sorted(listed, key=lambda item: (-item[1], item[0]))),
            longest=self._longest or None if datatype == "string" else None,
        )

    def _figures(self, datatype: str) -> tuple[str | None, str | None]:
        if datatype in ("integer", "decimal"):
            return exact_text(self._numbers.minimum), exact_text(self._numbers.maximum)
        if datatype == "time" and self._clocks is not None:
            return self._clocks
        axis = self.time_axis()
        return (axis.start, axis.end) if axis is not None else (None, None)

    def _quartiles(self) -> tuple[str, ...]:
        found = (self._numbers.quantile(share) for share in (0.25, 0.5, 0.75))
        return tuple(exact_text(value) for value in found if value is not None)

    def _datatype(self) -> str:
        present = {kind for kind, count in self._kinds.items() if count}
        return self._name_of(present)

    def _name_of(self, kinds: set[str]) -> str:
        if kinds == {"integer", "decimal"}:
            return "decimal"
        if kinds == {"stamp"}:
            return "dateTime" if self._stamps.has_clock else "date"
        return _DATATYPES.get(next(iter(kinds)), "string") if len(kinds) == 1 else "string"

    def _nearly(self) -> tuple[str | None, int, tuple[int, str] | None]:
        total = self._kinds.total()
        if self._kinds["code"]:
            return None, 0, None
        for kinds in ({"integer"}, {"integer", "decimal"}, {"stamp"}, {"clock"}, {"boolean"}):
            fitting = sum(self._kinds[kind] for kind in kinds)
            present = {kind for kind in kinds if self._kinds[kind]}
            if total and present and _NEARLY * total <= fitting < total:
                first = min(place for kind, place in self._first.items() if kind not in kinds)
                return self._name_of(present), total - fitting, first
        return None, 0, None
