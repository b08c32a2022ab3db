"""What is known about a table after one reading, as values, and their JSON form (without floats)."""

from dataclasses import dataclass
from typing import Any, Final

from catalog.errors import ProfileError
from catalog.profile.axes import StepAxis, TimeAxis
from catalog.reading import Reader, compact

DATATYPES: Final = ("integer", "decimal", "dateTime", "date", "time", "boolean", "string")
FORMAT: Final = "mmd-profile/1"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column.

    Attributes:
        name: as in the header.
        datatype: one of `DATATYPES`; `string` as soon as one value is neither missing nor of the other type.
        missing: empty cells and null codes.
        distinct: how many different values; None when there were more than were counted.
        minimum: of numbers, dates and times, as text.
        maximum: likewise.
        mean: of numbers, as decimal text.
        deviation: sample standard deviation, as decimal text.
        quartiles: 25 %, 50 %, 75 % of numbers, as decimal texts; from a sample when there are many rows. May be empty.
        constant: at least one value, and all the same.
        unit: what the header says, in our spelling; None when it says nothing.
        nearly: the datatype that more than nine in ten values have, when the rest keeps the column a `string`.
        misfits: how many values do not fit `nearly`.
        misfit: the first of them.
        misfit_row: its row, counted from 1 below the header.
        null_codes: texts such as `NA` or `-` that were counted as missing.
        sensitive: what the header suggests: `person`, `contact`, `customer`, `set-point`; None for nothing.
        common: the values and how often, when there are few.
        longest: length of the longest text, in characters, for strings.
    """

    name: str
    datatype: str
    missing: int = 0
    distinct: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    mean: str | None = None
    deviation: str | None = None
    quartiles: tuple[str, ...] = ()
    constant: bool = False
    unit: str | None = None
    nearly: str | None = None
    misfits: int = 0
    misfit: str | None = None
    misfit_row: int | None = None
    null_codes: tuple[str, ...] = ()
    sensitive: str | None = None
    common: tuple[tuple[str, int], ...] = ()
    longest: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Keys in camelCase; what is unknown or empty is left out."""
        return compact(
            name=self.name,
            datatype=self.datatype,
            missing=self.missing,
            distinct=self.distinct,
            minimum=self.minimum,
            maximum=self.maximum,
            mean=self.mean,
            deviation=self.deviation,
            quartiles=list(self.quartiles) or None,
            constant=self.constant or None,
            unit=self.unit,
            nearly=self.nearly,
            misfits=self.misfits or None,
            misfit=self.misfit,
            misfitRow=self.misfit_row,
            nullCodes=list(self.null_codes) or None,
            sensitive=self.sensitive,
            common=[[value, count] for value, count in self.common] or None,
            longest=self.longest,
        )

    @classmethod
    def from_json(cls, data: Any, where: str = "$") -> "ColumnProfile":
        """Read `to_json` back.

        Raises:
            ProfileError: another shape.
        """
        read = Reader(data, where, ProfileError)
        return cls(
            name=read.text("name"),
            datatype=read.choice("datatype", DATATYPES),
            missing=read.count("missing", 0),
            distinct=read.count_or_none("distinct"),
            minimum=read.text_or_none("minimum"),
            maximum=read.text_or_none("maximum"),
            mean=read.text_or_none("mean"),
            deviation=read.text_or_none("deviation"),
            quartiles=read.texts("quartiles"),
            constant=read.flag("constant"),
            unit=read.text_or_none("unit"),
            nearly=read.text_or_none("nearly"),
            misfits=read.count("misfits", 0),
            misfit=read.text_or_none("misfit"),
            misfit_row=read.count_or_none("misfitRow"),
            null_codes=read.texts("nullCodes"),
            sensitive=read.text_or_none("sensitive"),
            common=read.tallies("common"),
            longest=read.count_or_none("longest"),
        )


@dataclass(frozen=True, slots=True)
class TableProfile:
    """A table after one reading.

    Attributes:
        rows: without the header.
        columns: in the order of the file.
        duplicate_rows: rows equal to an earlier one, among the rows that were compared.
        compared_rows: how many rows were compared for duplicates and keys; fewer than `rows` in a very long table.
        time: the time axis, if a column says when.
        steps: a step counter, if a column is one.
        keys: columns (alone or two together) that name each compared row.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    duplicate_rows: int = 0
    compared_rows: int = 0
    time: TimeAxis | None = None
    steps: StepAxis | None = None
    keys: tuple[tuple[str, ...], ...] = ()

    @property
    def cells(self) -> int:
        """Rows times columns."""
        return self.rows * len(self.columns)

    @property
    def missing(self) -> int:
        """Missing cells in all columns."""
        return sum(column.missing for column in self.columns)

    @property
    def constant_columns(self) -> tuple[str, ...]:
        """Columns in which every value is the same."""
        return tuple(column.name for column in self.columns if column.constant)

    def to_json(self) -> dict[str, Any]:
        """All of it: for the owner's own eyes. What others may see is `describe.profile_summary`."""
        return compact(
            format=FORMAT,
            rows=self.rows,
            cells=self.cells,
            columns=[column.to_json() for column in self.columns],
            duplicateRows=self.duplicate_rows,
            comparedRows=self.compared_rows,
            time=None if self.time is None else self.time.to_json(),
            steps=None if self.steps is None else self.steps.to_json(),
            keys=[list(key) for key in self.keys] or None,
        )

    @classmethod
    def from_json(cls, data: Any, where: str = "$") -> "TableProfile":
        """Read `to_json` back.

        Raises:
            ProfileError: another shape or another version.
        """
        read = Reader(data, where, ProfileError)
        if read.text("format") != FORMAT:
            raise ProfileError(f"{where}.format", f"only {FORMAT!r} can be read; inspect the file again")
        time, steps = read.value("time"), read.value("steps")
        return cls(
            rows=read.count("rows"),
            columns=tuple(ColumnProfile.from_json(item, at) for item, at in read.items("columns")),
            duplicate_rows=read.count("duplicateRows", 0),
            compared_rows=read.count("comparedRows", 0),
            time=None if time is None else TimeAxis.from_json(time, f"{where}.time"),
            steps=None if steps is None else StepAxis.from_json(steps, f"{where}.steps"),
            keys=tuple(Reader({"key": item}, at, ProfileError).texts("key") for item, at in read.items("keys")),
        )
