"""What every reader of files gives, and the rules for the row of names that all of them share."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from catalog.profile import RecordBatch
from catalog.profile.cells import read_number
from connector.dataplane.sources.errors import SourceError

Watch: TypeAlias = Callable[[bytes], None]
"""Is shown the bytes of the file as they are read, in order."""

BATCH_ROWS: Final = 2000
MAX_COLUMNS: Final = 2000


@dataclass(frozen=True, slots=True)
class SourceFormat:
    """How a file is written.

    Attributes:
        media_type: `text/csv` or the one of XLSX.
        encoding: the name of Python's codec: `utf-8`, `utf-8-sig`, `cp949`, `utf-16`; None for a spreadsheet.
        delimiter: the character between fields; None for a spreadsheet.
        sheet: the name of the sheet that is read; None for CSV.
    """

    media_type: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


class TableSource(Protocol):
    """A file that has been recognised as a table. Nothing of it is held open or in memory between calls."""

    @property
    def format(self) -> SourceFormat:
        """How it is written."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The names in its header."""
        ...

    def batches(self, size: int = BATCH_ROWS, watch: Watch | None = None) -> Iterator[RecordBatch]:
        """Its rows, in order, at most `size` at a time; the file is opened anew for each call.

        Args:
            size: rows in a batch, at most.
            watch: is shown the raw bytes while they are read; a spreadsheet is read out of order and shows none.

        Raises:
            SourceError: a row that does not fit the header, or a file that changed or is damaged.
        """
        ...


def checked_header(names: Sequence[str], *, delimiter: str) -> tuple[str, ...]:
    """The names of the columns, without surrounding blanks.

    Raises:
        SourceError: no name at all, only numbers, a blank name, a name twice, or too many.
    """
    columns = tuple(name.strip() for name in names)
    if len(columns) > MAX_COLUMNS:
        raise SourceError("many-columns", found=len(columns), limit=MAX_COLUMNS)
    named = [name for name in columns if name]
    if named and all(read_number(name) is not None for name in named):
        raise SourceError("no-header", example=", ".join(named[:3]))
    seen: dict[str, int] = {}
    for number, name in enumerate(columns, start=1):
        if not name:
            raise SourceError("blank-name", number=number, delimiter=delimiter)
        if name in seen:
            raise SourceError("same-name", column=name[:80], first=seen[name], second=number)
        seen[name] = number
    return columns
