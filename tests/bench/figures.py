"""Small sums over measured seconds."""

import statistics
from collections.abc import Sequence


def percentile(seconds: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of them lie, by nearest rank."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, max(0, round(part * len(ordered) + 0.5) - 1))]


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def milliseconds(seconds: float) -> float:
    """Rounded to hundredths of a millisecond."""
    return round(seconds * 1000, 2)
