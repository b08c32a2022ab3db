"""Running figures over numbers: count, least, greatest, mean, spread, quantiles, in memory that does not grow."""

import math
import random
from collections.abc import Sequence
from decimal import Decimal
from operator import mul
from typing import Final

RESERVOIR: Final = 1000
"""How many values stand for all of them when quantiles are asked for."""
_SEED: Final = 20260


class NumberStats:
    """Count, minimum, maximum, mean and standard deviation (Welford, merged chunk by chunk after Chan et al.)."""

    __slots__ = ("_jump", "_random", "_sample", "_weight", "count", "maximum", "mean", "minimum", "squares")

    def __init__(self) -> None:
        self.count = 0
        self.minimum: int | float = math.inf
        self.maximum: int | float = -math.inf
        self.mean = 0.0
        self.squares = 0.0
        self._sample: list[int | float] = []
        self._random = random.Random(_SEED)  # noqa: S311 - the same file gives the same profile
        self._weight = 1.0
        self._jump = 0

    def add(self, values: Sequence[int] | Sequence[float]) -> None:
        """Take in finite numbers, in the order of the file."""
        size = len(values)
        if not size:
            return
        least, most = min(values), max(values)
        self.minimum = min(self.minimum, least)
        self.maximum = max(self.maximum, most)
        if least == most:  # the common constant stretch, without rounding
            mean, squares = float(least), 0.0
        else:
            mean = math.fsum(values) / size
            away = [value - mean for value in values]
            squares = sum(map(mul, away, away))
        total = self.count + size
        delta = mean - self.mean
        self.mean += delta * size / total
        self.squares += squares + delta * delta * self.count * size / total
        self._keep(values, self.count)
        self.count = total

    @property
    def deviation(self) -> float | None:
        """The sample standard deviation; None for fewer than two values."""
        return math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else None

    def quantile(self, share: float) -> int | float | None:
        """The value below which about this share lies: exact up to `RESERVOIR` values, from a sample beyond."""
        if not self._sample:
            return None
        ordered = sorted(self._sample)
        return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]

    def _keep(self, values: Sequence[int] | Sequence[float], start: int) -> None:
        # Li's algorithm L: it jumps from one kept value to the next, so its cost does not depend on the number of rows.
        if start < RESERVOIR:
            self._sample.extend(values[: RESERVOIR - start])
            if start + len(values) < RESERVOIR:
                return
            self._jump = RESERVOIR - 1
            self._advance()
        end = start + len(values)
        while self._jump < end:
            self._sample[int(self._random.random() * RESERVOIR)] = values[self._jump - start]
            self._advance()

    def _advance(self) -> None:
        self._weight *= math.exp(math.log(1.0 - self._random.random()) / RESERVOIR)
        self._jump += math.floor(math.log(1.0 - self._random.random()) / math.log(1.0 - self._weight)) + 1


def decimal_text(value: float | None) -> str | None:
    """A figure as a plain decimal text of at most ten significant digits: signed documents hold no floats."""
    return None if value is None else _plain(Decimal(f"{value:.10g}"))


def exact_text(value: float) -> str:
    """A value of the file as a plain decimal text, all digits kept."""
    return str(value) if isinstance(value, int) else _plain(Decimal(repr(value)))


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
