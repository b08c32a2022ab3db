"""The dates and times of one column, followed in both orders of day and month until one of them proves impossible."""

from collections.abc import Sequence

from catalog.profile.axes import TimeAxis
from catalog.profile.axis import AxisCounter
from catalog.profile.stamps import DAY, StampReader

_LETTERS = ("dm", "md")


class StampColumn:
    """Reads stamps and keeps the time axis of each order that is still possible."""

    __slots__ = ("_axes", "_reader")

    def __init__(self) -> None:
        self._reader = StampReader()
        self._axes: dict[int, AxisCounter] = {0: AxisCounter(), 1: AxisCounter()}

    @property
    def has_clock(self) -> bool:
        """Whether any stamp carries a time of day."""
        return self._reader.clock_seen

    def add(self, values: Sequence[str]) -> bool:
        """Take in these texts if each of them is a stamp in an order that is still possible; else take none."""
        read = self._reader.read
        try:
            stamps = [read(value) for value in values]
        except ValueError:
            return False
        moments: dict[int, list[int]] = {}
        for order in self._axes:
            days = [stamp[order + 1] for stamp in stamps]
            if None not in days:
                moments[order] = [
                    day * DAY + stamp[0] for day, stamp in zip(days, stamps, strict=True) if day is not None
                ]
        if not moments:
            return False
        self._axes = {order: self._axes[order] for order in moments}
        for order, axis in self._axes.items():
            axis.add(moments[order])
        return True

    def finish(self, name: str) -> TimeAxis | None:
        """The axis; where both orders remained, the one with fewer steps back, marked ambiguous."""
        order = min(self._axes, key=lambda order: (self._axes[order].back, order))
        form = self._reader.style or ""
        for letter in _LETTERS[order]:
            form = form.replace("?", letter, 1)
        return self._axes[order].finish(name, self._reader, form=form, ambiguous=len(self._axes) > 1)
