"""Days and times as a person types them, in the time zone of this machine."""

from datetime import datetime, time
from typing import Final

from connector.cli.session import Session
from connector.clock import format_time, parse_time

_DAY: Final = "%Y-%m-%d"
_FIRST: Final = time(0, 0)
_LAST: Final = time(23, 59, 59, 999000)


def moment(session: Session, option: str, text: str | None, *, end_of_day: bool) -> str | None:
    """A moment in the form of the wire; a bare day means its first or its last millisecond here.

    Raises:
        CommandError: neither a day (2026-12-31) nor a time with a zone (2026-12-31T18:00:00+09:00).
    """
    if text is None:
        return None
    try:
        return format_time(parse_time(text))
    except ValueError:
        pass
    try:
        day = datetime.strptime(text, _DAY).date()  # noqa: DTZ007 - the zone is added below: this machine's
    except ValueError:
        raise session.usage("not_a_time", option=option, text=text) from None
    return format_time(datetime.combine(day, _LAST if end_of_day else _FIRST).astimezone())
