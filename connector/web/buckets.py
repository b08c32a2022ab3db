"""Token buckets in bounded memory: so many at once, so many a second, for each of those who come."""

from collections import OrderedDict
from typing import Final

MOST_KEPT: Final = 10_000
"""Buckets that are remembered; the one that was used least lately is forgotten, and is full again."""


class Buckets:
    """One bucket for each name; a new one is full.

    Args:
        per_second: how quickly they fill.
        at_once: how much they hold.
    """

    def __init__(self, *, per_second: float, at_once: float) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now: float) -> float:
        """Take one out; when there is none, the seconds until there is, and nothing is taken."""
        there = self._level(name, now)
        if there < 1.0:
            return (1.0 - there) / self._per_second
        self._keep(name, there - 1.0, now)
        return 0.0

    def give_back(self, name: str, now: float) -> None:
        """Put one back that was taken."""
        self._keep(name, min(self._at_once, self._level(name, now) + 1.0), now)

    def _level(self, name: str, now: float) -> float:
        held = self._held.get(name)
        if held is None:
            return self._at_once
        level, at = held
        return min(self._at_once, level + (now - at) * self._per_second)

    def _keep(self, name: str, level: float, now: float) -> None:
        self._held[name] = (level, now)
        self._held.move_to_end(name)
        if len(self._held) > MOST_KEPT:
            self._held.popitem(last=False)
