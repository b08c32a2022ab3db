"""Windows of the day (`08:00/18:00 Asia/Seoul`) and rates (`10/P1D`): values of our own vocabulary."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from policies.bounds import short
from policies.durations import Duration, read_duration
from policies.literals import MAX_COUNT

_WINDOW: Final = re.compile(r"(\d\d):(\d\d)/(\d\d):(\d\d) (\S{1,64})", re.ASCII)
_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)", re.ASCII)
_ZONE: Final = re.compile(r"[A-Za-z_]{2,20}(?:/[A-Za-z0-9_+-]{1,30}){1,2}", re.ASCII)
_RATE: Final = re.compile(r"0*(\d{1,9})/(P.{1,40})", re.ASCII)
_DAY: Final = 24 * 60
_FIXED: Final[dict[str, tzinfo]] = {
    "UTC": UTC,
    "Z": UTC,
    # Korea keeps no summer time, and a machine without a zone database must know it all the same.
    "Asia/Seoul": timezone(timedelta(hours=9), "Asia/Seoul"),
}


@dataclass(frozen=True, slots=True)
class DayWindow:
    """A part of every day; one whose end lies before its start goes over midnight.

    Attributes:
        start, end: minutes after midnight; the end itself lies outside.
        zone: whose clock.
        text: as it was written.
    """

    start: int
    end: int
    zone: tzinfo
    text: str

    def holds(self, moment: datetime) -> bool:
        """Whether the moment lies within."""
        local = moment.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@short
def read_window(text: str) -> DayWindow | None:
    """`HH:MM/HH:MM ZONE`, the zone an IANA name, `UTC` or `+09:00`; None when the text is none."""
    match = _WINDOW.fullmatch(text)
    if match is None:
        return None
    start, end = _minute(match[1], match[2]), _minute(match[3], match[4])
    zone = _read_zone(match[5])
    if start is None or end is None or zone is None or start in (end, _DAY):
        return None
    return DayWindow(start, end, zone, text)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many uses within any window of this length.

    Attributes:
        most: uses.
        window: how far back a use counts.
        text: as it was written.
    """

    most: int
    window: Duration
    text: str

    def allows(self, used: tuple[datetime, ...], now: datetime) -> bool:
        """Whether one more use now keeps to it, after the uses that began at these moments."""
        if len(used) < self.most:
            return True
        return self.used(used, now) < self.most

    def used(self, used: tuple[datetime, ...], now: datetime) -> int:
        """How many of these uses count against one now."""
        try:
            since = self.window.before(now)
        except OverflowError:
            # Before all time.
            return len(used)
        return sum(moment > since for moment in used)


@short
def read_rate(text: str) -> Rate | None:
    """`N/DURATION` with N from 1 to `MAX_COUNT` and a duration that is not nothing; None when the text is none."""
    match = _RATE.fullmatch(text)
    window = read_duration(match[2]) if match else None
    if match is None or window is None or not (window.months or window.rest):
        return None
    most = int(match[1])
    return Rate(most, window, text) if 1 <= most <= MAX_COUNT else None


def _minute(hour: str, minute: str) -> int | None:
    if (hour, minute) == ("24", "00"):
        return _DAY
    try:
        moment = time(int(hour), int(minute))
    except ValueError:
        return None
    return moment.hour * 60 + moment.minute


def _read_zone(name: str) -> tzinfo | None:
    if name in _FIXED:
        return _FIXED[name]
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        minutes = int(offset[2]) * 60 + int(offset[3])
        if int(offset[3]) >= 60 or minutes > 14 * 60:  # noqa: PLR2004 - the furthest zone on earth
            return None
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    if _ZONE.fullmatch(name) is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
