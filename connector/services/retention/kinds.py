"""How long each kind of record is kept: the one place where it is said.

`default` and `minimum` are days, counted from what `since` names. The words stand in the texts: what it is
(`retention.KIND.is`), since when it is counted, why so long, and what still proves when it is gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

NEVER: Final = "never"
"""In settings: of this kind nothing is ever removed."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    Attributes:
        id: its name in settings, on screens and in acts.
        default: for how many days it is kept; None: until somebody says otherwise.
        minimum: no setting may keep it for less.
        by: the setting that says it instead of `keep_days`, for kinds that have one of their own; "" for others.
        fixed: nobody can change it: it ends by itself, or never.
    """

    id: str
    default: int | None
    minimum: int = 0
    by: str = ""
    fixed: bool = False


COMMERCIAL_YEARS: Final = 10
"""Korean Commercial Act, Article 33 (1): important documents of a business are kept for ten years."""
_LEGAL: Final = COMMERCIAL_YEARS * 365 + 3

KINDS: Final[Mapping[str, Kind]] = {
    kind.id: kind
    for kind in (
        Kind("transcripts", 30, by="transcript_days"),
        Kind("answers", 30, minimum=1, by="repeats_kept_days"),
        Kind("tokens", 0, fixed=True),
        Kind("uploads", 30, minimum=1),
        Kind("negotiations", 365, minimum=60),
        Kind("transfers", 365, minimum=60),
        Kind("deliveries", 365, minimum=60),
        Kind("offers", 365, minimum=60),
        Kind("decisions", 3 * 365, minimum=365),
        Kind("people", 365),
        Kind("received", None),
        Kind("acts", 5 * 365, minimum=3 * 365),
        Kind("contracts", None, minimum=_LEGAL),
        Kind("log", None, fixed=True),
    )
}
"""All kinds, in the order in which they are shown. What a kept contract needs is kept with it, whatever its kind."""


class Keeping:
    """For how long each kind is kept, as the settings have it."""

    def __init__(self, days: Mapping[str, int | None]) -> None:
        self._days = {name: days.get(name, kind.default) for name, kind in KINDS.items()}

    def days(self, kind: str) -> int | None:
        """For how many days; None: for ever."""
        return self._days[kind]

    def period(self, kind: str) -> timedelta | None:
        """The same as a length of time."""
        days = self._days[kind]
        return None if days is None else timedelta(days=days)


def read_keep_days(said: Sequence[str], own: Mapping[str, int] | None = None) -> Keeping:
    """What settings say: `KIND=DAYS` or `KIND=never` for each kind that is to be kept otherwise than by default.

    `own`: what the kinds say that have a setting of their own.

    Raises:
        ValueError: no such kind, no number of days, fewer than the least, or one that is said elsewhere or nowhere.
    """
    days: dict[str, int | None] = dict(own or {})
    for item in said:
        name, _, value = (part.strip() for part in item.partition("="))
        kind = KINDS.get(name)
        if kind is None or kind.by or kind.fixed:
            free = ", ".join(one.id for one in KINDS.values() if not (one.by or one.fixed))
            why = (
                "is no kind of record" if kind is None else f"is said by {kind.by}" if kind.by else "cannot be changed"
            )
            raise ValueError(f"{name[:60]!r} {why}; there are {free}")
        if value == NEVER:
            days[name] = None
            continue
        if not (value.isascii() and value.isdecimal() and len(value) <= 6):  # noqa: PLR2004
            raise ValueError(f"{item[:80]!r} is not KIND=DAYS or KIND={NEVER}")
        if int(value) < kind.minimum:
            raise ValueError(f"{name} are kept for at least {kind.minimum} days (mmd retention says why)")
        days[name] = int(value)
    return Keeping(days)
