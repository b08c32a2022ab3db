"""The values that stand in constraints: times and whole numbers, as texts of XML Schema."""

import re
from datetime import UTC, datetime
from typing import Final

from policies.bounds import short

_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII)
_COUNT: Final = re.compile(r"\+?0*(\d{1,9})", re.ASCII)
MAX_COUNT: Final = 999_999_999


@short
def read_time(text: str) -> datetime | None:
    """An xsd:dateTime with a zone, in UTC; None when the text is none, or names no moment that exists."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    day, time, fraction, zone = match.groups()
    micro = (fraction or "0")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{day}T{time}.{micro}{'+00:00' if zone == 'Z' else zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def write_time(moment: datetime) -> str:
    """An xsd:dateTime in UTC with milliseconds.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be written")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@short
def read_count(text: str) -> int | None:
    """A whole number from 0 to `MAX_COUNT`; None when the text is none."""
    match = _COUNT.fullmatch(text)
    return int(match.group(1)) if match else None
