"""Lengths of time as XML Schema writes them (`P1Y2M3DT4H5M6.5S`), and what they are on the calendar.

A month is as long as the month that it is added to: 31 January plus one month is 28 (or 29) February (XML Schema part 2,
appendix E). Everything is counted in UTC, so that it means the same at both sides of a contract.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from policies.bounds import short

MAX_YEARS: Final = 100
"""No contract of ours speaks of more."""
_DURATION: Final = re.compile(
    r"P(?!$)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?"
    r"(?:T(?!$)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,6}))?S)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """Whole months, and an exact rest.

    Attributes:
        months: years and months, whose length depends on the calendar.
        rest: days, hours, minutes and seconds; a day has 24 hours.
    """

    months: int
    rest: timedelta

    def after(self, moment: datetime) -> datetime:
        """The moment so much later.

        Raises:
            OverflowError: no such year.
        """
        return _months_later(moment, self.months) + self.rest

    def before(self, moment: datetime) -> datetime:
        """The moment so much earlier.

        Raises:
            OverflowError: no such year.
        """
        return _months_later(moment, -self.months) - self.rest

    @property
    def at_most(self) -> timedelta:
        """It is never longer than this."""
        return timedelta(days=31) * self.months + self.rest


@short
def read_duration(text: str) -> Duration | None:
    """An xsd:duration of 0 to `MAX_YEARS`; None when the text is none, or is negative."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    years, months, days, hours, minutes, seconds = (int(match[number] or 0) for number in range(1, 7))
    micro = int((match[7] or "").ljust(6, "0"))
    try:
        rest = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micro)
    except OverflowError:
        return None
    found = Duration(years * 12 + months, rest)
    too_long = found.months > MAX_YEARS * 12 or found.rest > timedelta(days=366 * MAX_YEARS)
    return None if too_long else found


def _months_later(moment: datetime, months: int) -> datetime:
    if not months:
        return moment
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:  # noqa: PLR2004 - the years that a datetime has
        raise OverflowError(f"the year {year} cannot be written")
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
