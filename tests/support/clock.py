"""A clock that is turned by hand."""

from datetime import UTC, datetime, timedelta
from typing import Final

from connector.clock import format_time

NOON: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""When the worlds of the tests begin."""
_TICK: Final = timedelta(milliseconds=1)


class HandClock:
    """Moves on by a millisecond at each look, so that no two moments are the same, and by as much as a test says."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start

    def now(self) -> datetime:
        self._now += _TICK
        return self._now

    def turn(self, **by: float) -> None:
        """Turn it: `turn(minutes=5)`."""
        self._now += timedelta(**by)

    def in_(self, **by: float) -> str:
        """The moment so far from now, as a text."""
        return format_time(self._now + timedelta(**by))
