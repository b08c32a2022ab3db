"""Places for streams: so many for each participant, so many in all. Who has one is not sent away any more."""

from collections import Counter

from connector.services.errors import Busy
from connector.services.usage.requests import Limits


class Places:
    """Counts who sits where. Nothing here waits: whoever takes a place has it, whatever is awaited afterwards."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._taken: Counter[str] = Counter()

    def take(self, participant: str) -> None:
        """Take a place for one stream to a participant.

        Raises:
            Busy: too many streams are open (429 for this participant, 503 for all).
        """
        if self._taken.total() >= self.limits.in_all:
            raise Busy("too many streams are open here; try again in a moment")
        if self._taken[participant] >= self.limits.per_participant:
            raise Busy(
                f"you have {self.limits.per_participant} streams open already; try again when one of them is done",
                status=429,
            )
        self.add(participant)

    def add(self, participant: str) -> None:
        """Take one whether there is room or not: for what we send on our own account, which is bounded elsewhere."""
        self._taken[participant] += 1

    def free(self, participant: str) -> None:
        """Give one back."""
        self._taken[participant] -= 1
        if self._taken[participant] <= 0:
            del self._taken[participant]
