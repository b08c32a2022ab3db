"""Whole-number columns that count rows within a batch: 0, 1, 2, 3, then 0, 1, 2 again."""

from collections.abc import Sequence
from itertools import pairwise


class StepCounter:
    """Follows one column for as long as each number is one more than the one above, or the first number again."""

    __slots__ = ("_last", "alive", "first", "forward", "restarts")

    def __init__(self) -> None:
        self.alive = True
        self.first = 0
        self.forward = 0
        self.restarts = 0
        self._last: int | None = None

    def add(self, numbers: Sequence[int] | Sequence[float] | None) -> None:
        """Take in the next numbers; None, or a number with a fraction, ends it."""
        if not self.alive:
            return
        if not numbers or not isinstance(numbers[0], int):
            self.alive = False
            return
        if self._last is None:
            self.first = numbers[0]
            self.alive = self.first in (0, 1)
        chain = numbers if self._last is None else [self._last, *numbers]
        for above, number in pairwise(chain):
            if number == above + 1:
                self.forward += 1
            elif number == self.first:
                self.restarts += 1
            else:
                self.alive = False
                return
        self._last = int(numbers[-1])

    @property
    def found(self) -> bool:
        """Whether this is a counter that starts again: a plain row number and a 0/1 mark are not."""
        return self.alive and 0 < self.restarts < self.forward
