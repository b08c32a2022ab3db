"""How many identity tokens of one issuer we remember at a time: a token is remembered before we know who sent it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

STRANGER: Final = 20_000
"""Sixty a second for the five minutes that a token lives."""
MEMBER: Final = 1_000_000
"""For who has shown a membership: he can be named and shut out, and busy members send a thousand a second."""
_BUCKET: Final = 60
_SWEEP: Final = 1_000


@dataclass(slots=True)
class _Issuer:
    ends: Counter[int] = field(default_factory=Counter)
    total: int = 0
    member: bool = False

    def drop(self, before: int) -> None:
        for end in [end for end in self.ends if end < before]:
            self.total -= self.ends.pop(end)


class LiveTokens:
    """Counts by the minute in which they may be forgotten; begins at nothing with each start.

    Args:
        stranger: how many of an issuer who has shown no membership.
        member: how many of one who has.
    """

    def __init__(self, *, stranger: int = STRANGER, member: int = MEMBER) -> None:
        self._limits = {False: stranger, True: member}
        self._issuers: dict[str, _Issuer] = {}
        self._sweep_at = _SWEEP

    def has_room(self, issuer: str, now: datetime) -> bool:
        """Whether one more token of this issuer may be remembered."""
        held = self._issuers.get(issuer)
        if held is None or held.total < self._limits[held.member]:
            return True
        held.drop(_minute(now))
        return held.total < self._limits[held.member]

    def add(self, issuer: str, until: datetime, now: datetime) -> None:
        """One more is remembered, `until` then."""
        if len(self._issuers) >= self._sweep_at:
            self._sweep(_minute(now))
        held = self._issuers.setdefault(issuer, _Issuer())
        held.ends[_minute(until)] += 1
        held.total += 1

    def is_member(self, issuer: str) -> None:
        """This issuer has shown a membership: more of his tokens are remembered."""
        held = self._issuers.get(issuer)
        if held is not None:
            held.member = True

    def _sweep(self, before: int) -> None:
        for issuer, held in list(self._issuers.items()):
            held.drop(before)
            if not held.total:
                del self._issuers[issuer]
        self._sweep_at = max(_SWEEP, 2 * len(self._issuers))


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // _BUCKET
