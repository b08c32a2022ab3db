"""Reading dates and times as factories write them, quickly.

Known forms: `2026-11-22`, `2026/11/22`, `2026.11.22`, `2026. 11. 22.`, `22/11/2026`, `11/22/2026`, `22.11.2026`, each
alone or followed (by a space or `T`) by `9:30`, `09:30:15`, `09:30:15.250`, with `AM`/`PM`, `오전`/`오후`, `Z`, `+09:00`.
A form that begins with the day or the month is read both ways until the column decides (`1/2/2018`).
"""

import re
from datetime import date, datetime, timedelta
from typing import Final

DAY: Final = 86_400_000_000
"""One day in microseconds."""
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_CLOCK: Final = re.compile(
    r"(?:(오전|오후) ?)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)?(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_KOREAN_DATE: Final = re.compile(r"(\d{4})\. (\d{1,2})\. (\d{1,2})\.?", re.ASCII)
_CACHE: Final = 100_000
_EPOCH: Final = datetime(1, 1, 1)  # noqa: DTZ001 - a stamp without a zone stays without one

Days = tuple[int | None, int | None]
"""The same date read with the day first and with the month first, as days; None where it does not exist."""


class StampReader:
    """Reads the stamps of one column and remembers what it has seen, because parts of stamps repeat."""

    __slots__ = ("_clocks", "_days", "clock_seen", "style", "zones")

    def __init__(self) -> None:
        self._days: dict[str, Days] = {}
        self._clocks: dict[str, int] = {"": 0}
        self.clock_seen = False
        self.style: str | None = None
        """How dates of this column are written: `Y-m-d`, or `?/?/Y` while day and month are not told apart."""
        self.zones: set[str] = set()

    def read(self, text: str) -> tuple[int, int | None, int | None]:
        """Microseconds of the day, then the days when read day-first and month-first.

        Raises:
            ValueError: not a date in a known form, or another form than the rest of the column.
        """
        head, _, tail = text.partition("T" if text[10:11] == "T" else " ")
        days = self._days.get(head)
        clock = self._clocks.get(tail)
        if days is not None and clock is not None:
            return clock, days[0], days[1]
        return self._read_new(text)

    def _read_new(self, text: str) -> tuple[int, int | None, int | None]:
        spelled = _KOREAN_DATE.match(text)
        if spelled is not None:
            head = "{}.{}.{}".format(*spelled.groups())
            tail = text[spelled.end() :].lstrip(" ")
        else:
            head, _, tail = text.partition("T" if text[8:11].find("T") >= 0 else " ")
        style, days = _read_date(head)
        clock, zone = (0, None) if not tail else read_clock(tail)
        if self.style not in (None, style):
            raise ValueError("another form of date than above")
        self.style = style
        self.clock_seen |= bool(tail)
        if zone is not None:
            self.zones.add(zone)
        if len(self._days) > _CACHE:
            self._days.clear()
        if len(self._clocks) > _CACHE:
            self._clocks = {"": 0}
        if spelled is None:
            self._days[head] = days
            self._clocks[tail] = clock
        return clock, days[0], days[1]


def _read_date(text: str) -> tuple[str, Days]:
    match = _YEAR_FIRST.fullmatch(text)
    if match is not None:
        year, mark, month, day = match.groups()
        ordinal = _ordinal(year, month, day)
        if ordinal is None:
            raise ValueError("no such day")
        return f"Y{mark}m{mark}d", (ordinal, None)
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        raise ValueError("no date")
    first, mark, second, year = match.groups()
    days = (_ordinal(year, second, first), _ordinal(year, first, second))
    if days == (None, None):
        raise ValueError("no such day")
    return f"?{mark}?{mark}Y", days


def _ordinal(year: str, month: str, day: str) -> int | None:
    if not 1000 <= int(year) < 9000:  # noqa: PLR2004 - away from the ends of the calendar, where offsets overflow
        return None
    try:
        return date(int(year), int(month), int(day)).toordinal() - 1
    except ValueError:
        return None


def read_clock(text: str) -> tuple[int, str | None]:
    """A time of day as microseconds (less its offset from UTC, if it has one) and that offset as written.

    Raises:
        ValueError: not a time of day.
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError("no time of day")
    half_ko, hour_text, minute, second, fraction, half_en, zone = match.groups()
    hour = int(hour_text)
    half = half_ko or (half_en or "").lower()
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a twelve-hour clock
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if half in ("오후", "p") else 0)
    if hour > 23 or int(minute) > 59 or int(second or 0) > 59:  # noqa: PLR2004
        raise ValueError("no such time of day")
    micro = ((hour * 60 + int(minute)) * 60 + int(second or 0)) * 1_000_000 + int((fraction or "0")[:6].ljust(6, "0"))
    if zone is None:
        return micro, None
    if zone == "Z":
        return micro, "Z"
    digits = zone[1:].replace(":", "")
    offset = (int(digits[:2]) * 60 + int(digits[2:])) * 60_000_000
    return micro - (offset if zone[0] == "+" else -offset), f"{zone[0]}{digits[:2]}:{digits[2:]}"


def stamp_text(micro: int, *, clock: bool, utc: bool) -> str:
    """Microseconds since the year 1 as ISO 8601, to the second (or finer when it has a fraction)."""
    moment = _EPOCH + timedelta(microseconds=micro)
    if not clock:
        return moment.date().isoformat()
    return moment.isoformat() + ("Z" if utc else "")
