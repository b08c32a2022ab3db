"""What is known about the order of the rows: a time axis, or a counter of steps, and their JSON forms."""

from dataclasses import dataclass
from typing import Any

from catalog.errors import ProfileError
from catalog.reading import Reader, compact


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The column that says when.

    Attributes:
        column: its name.
        form: how dates are written, for example `d/m/Y`.
        ambiguous: day and month could not be told apart anywhere in the column; `form` is the likelier reading.
        zone: the offset from UTC when all stamps carry the same one, `mixed`, or None when they carry none.
        start: the earliest stamp as written in the file, ISO 8601 (in UTC when there is a zone).
        end: the latest.
        interval_ms: the median step forward, in milliseconds.
        fitting_percent: whole percent of the steps forward that are within 1 % of it.
        gaps: steps longer than one and a half intervals.
        longest_gap_ms: the longest of them.
        back: rows whose stamp is earlier than that of the row above.
        rolled: those of `back` where the clock passed midnight while the date stayed.
        same: rows with the stamp of the row above.
    """

    column: str
    form: str
    start: str
    end: str
    ambiguous: bool = False
    zone: str | None = None
    interval_ms: int | None = None
    fitting_percent: int | None = None
    gaps: int = 0
    longest_gap_ms: int | None = None
    back: int = 0
    rolled: int = 0
    same: int = 0

    def to_json(self) -> dict[str, Any]:
        """Keys in camelCase; what is unknown is left out."""
        return compact(
            column=self.column,
            form=self.form,
            start=self.start,
            end=self.end,
            ambiguous=self.ambiguous or None,
            zone=self.zone,
            intervalMs=self.interval_ms,
            fittingPercent=self.fitting_percent,
            gaps=self.gaps,
            longestGapMs=self.longest_gap_ms,
            back=self.back,
            rolled=self.rolled,
            same=self.same,
        )

    @classmethod
    def from_json(cls, data: Any, where: str = "$") -> "TimeAxis":
        """Read `to_json` back.

        Raises:
            ProfileError: another shape.
        """
        read = Reader(data, where, ProfileError)
        return cls(
            column=read.text("column"),
            form=read.text("form"),
            start=read.text("start"),
            end=read.text("end"),
            ambiguous=read.flag("ambiguous"),
            zone=read.text_or_none("zone"),
            interval_ms=read.count_or_none("intervalMs"),
            fitting_percent=read.count_or_none("fittingPercent"),
            gaps=read.count("gaps", 0),
            longest_gap_ms=read.count_or_none("longestGapMs"),
            back=read.count("back", 0),
            rolled=read.count("rolled", 0),
            same=read.count("same", 0),
        )


@dataclass(frozen=True, slots=True)
class StepAxis:
    """A whole-number column that counts 0, 1, 2 … (or from 1) and starts again: the order within a batch, without a clock.

    Attributes:
        column: its name.
        first: the number it starts with each time.
        restarts: how often it started again.
        group: the column that, with this one, names each row.
    """

    column: str
    first: int
    restarts: int
    group: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Keys in camelCase."""
        return compact(column=self.column, first=self.first, restarts=self.restarts, group=self.group)

    @classmethod
    def from_json(cls, data: Any, where: str = "$") -> "StepAxis":
        """Read `to_json` back.

        Raises:
            ProfileError: another shape.
        """
        read = Reader(data, where, ProfileError)
        return cls(read.text("column"), read.count("first"), read.count("restarts"), read.text_or_none("group"))
