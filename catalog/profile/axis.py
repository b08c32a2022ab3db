"""The time axis of a table: period, sampling interval, gaps, and steps that go back.

Two habits of real files must be survived. Some carry the date of the day that ends on the row of 00:00 (and on those
after it, when a night shift keeps the old date): time then steps back once a day although nothing is out of order.
Such a step is counted as a step back, and as `rolled`; for intervals and gaps the row counts as the next day's.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from catalog.profile.axes import TimeAxis
from catalog.profile.stamps import DAY, StampReader, stamp_text

_DISTINCT_STEPS: Final = 2000
_HALF_DAY: Final = DAY // 2
_GAP: Final = 1.5
"""A step longer than this many intervals is a gap: at least one row is not there."""


class AxisCounter:
    """Follows the stamps of one column, read in one of the two orders of day and month."""

    __slots__ = (
        "_offset",
        "_other",
        "_other_longest",
        "_previous",
        "_steps",
        "back",
        "greatest",
        "least",
        "rolled",
        "same",
    )

    def __init__(self) -> None:
        self.least: int | None = None
        self.greatest: int | None = None
        self.back = 0
        self.rolled = 0
        self.same = 0
        self._previous: int | None = None
        self._offset = 0
        self._steps: Counter[int] = Counter()
        self._other = 0
        self._other_longest = 0

    def add(self, moments: Sequence[int]) -> None:
        """Take in moments (microseconds), in the order of the file."""
        if not moments:
            return
        least, greatest = min(moments), max(moments)
        self.least = least if self.least is None else min(self.least, least)
        self.greatest = greatest if self.greatest is None else max(self.greatest, greatest)
        chain = moments if self._previous is None else [self._previous, *moments]
        steps = [later - earlier for earlier, later in pairwise(chain)]
        if self._offset == 0 and (not steps or min(steps) > 0):
            self._count(steps)
        else:
            self._walk(chain)
        self._previous = moments[-1]

    def _walk(self, chain: Sequence[int]) -> None:
        forward: list[int] = []
        for earlier, later in pairwise(chain):
            before = self._offset
            if later < earlier:
                self.back += 1
            if earlier // DAY != later // DAY:
                self._offset = 0
            elif earlier - later > _HALF_DAY:
                self._offset = DAY
                self.rolled += 1
            step = later + self._offset - earlier - before
            if step > 0:
                forward.append(step)
            elif step == 0:
                self.same += 1
        self._count(forward)

    def _count(self, steps: list[int]) -> None:
        if len(self._steps) < _DISTINCT_STEPS:
            self._steps.update(steps)
            return
        for step in steps:
            if step in self._steps:
                self._steps[step] += 1
            else:
                self._other += 1
                self._other_longest = max(self._other_longest, step)

    def finish(self, name: str, reader: StampReader, *, form: str, ambiguous: bool) -> TimeAxis | None:
        """The facts, or None when there was no stamp at all."""
        if self.least is None or self.greatest is None:
            return None
        interval = self._median()
        total = self._steps.total() + self._other
        fits = sum(n for step, n in self._steps.items() if interval and abs(step - interval) * 100 <= interval)
        longer = {step: n for step, n in self._steps.items() if interval and step > _GAP * interval}
        longest = max(max(longer, default=0), self._other_longest if self._other and longer else 0)
        clock, utc = reader.clock_seen, bool(reader.zones)
        return TimeAxis(
            column=name,
            form=form,
            ambiguous=ambiguous,
            zone=next(iter(sorted(reader.zones))) if len(reader.zones) == 1 else ("mixed" if utc else None),
            start=stamp_text(self.least, clock=clock, utc=utc),
            end=stamp_text(self.greatest, clock=clock, utc=utc),
            interval_ms=None if interval is None else interval // 1000,
            fitting_percent=fits * 100 // total if total else None,
            gaps=sum(longer.values()),
            longest_gap_ms=longest // 1000 if longest else None,
            back=self.back,
            rolled=self.rolled,
            same=self.same,
        )

    def _median(self) -> int | None:
        middle = (self._steps.total() + 1) // 2
        for step in sorted(self._steps):
            middle -= self._steps[step]
            if middle <= 0:
                return step
        return None
