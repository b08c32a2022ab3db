"""XLSX, streamed: the first sheet with cells, its first row with cells as the header."""

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final

from catalog.profile import Cell, RecordBatch
from connector.dataplane.sources.errors import SourceError
from connector.dataplane.sources.table import BATCH_ROWS, SourceFormat, Watch, checked_header

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_UNPACKED: Final = 1 << 30
"""Bytes of all parts of a spreadsheet, unpacked."""
MAX_STRINGS: Final = 128 << 20
"""Bytes of the table of shared texts, which has to be held in memory."""
MAX_RATIO: Final = 200
_SMALL: Final = 1 << 20
_MAX_PARTS: Final = 10_000
_STRINGS: Final = "xl/sharedstrings.xml"


class XlsxFile:
    """A spreadsheet that holds a table.

    Raises:
        SourceError: it is none, it is damaged, locked or a bomb, or its header will not do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        _check_package(path)
        with _opened(path) as book:
            for sheet in book.worksheets:
                header = _first_row(_rows_of(sheet))
                if header is not None:
                    break
            else:
                raise SourceError("xlsx-no-cells")
            self.format = SourceFormat(MEDIA_TYPE, sheet=sheet.title)
        self.columns = checked_header(["" if cell is None else str(cell) for cell in header], delimiter="cell")

    def batches(self, size: int = BATCH_ROWS, watch: Watch | None = None) -> Iterator[RecordBatch]:  # noqa: ARG002
        """The rows below the header; see `TableSource.batches`. Rows without any cell are passed over."""
        width = len(self.columns)
        with _opened(self._path) as book:
            rows = _rows_of(book[self.format.sheet or ""])
            _first_row(rows)
            while step := list(islice(rows, size)):
                fitted = [_fitted(cells, width, number) for number, cells in step]
                yield RecordBatch(self.columns, fitted)


def _check_package(path: Path) -> None:
    """Look at the list of parts before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SourceError("xlsx-broken", reason=str(error)[:80]) from None
    if any(part.flag_bits & 1 for part in parts):
        raise SourceError("xlsx-encrypted")
    size = sum(part.file_size for part in parts)
    packed = any(part.file_size > max(_SMALL, MAX_RATIO * part.compress_size) for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.lower() == _STRINGS)
    if size > MAX_UNPACKED or packed or strings > MAX_STRINGS or len(parts) > _MAX_PARTS:
        raise SourceError("xlsx-bomb", size=size, limit=MAX_UNPACKED, ratio=MAX_RATIO)
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise SourceError("binary", kind="ZIP")


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The workbook, read-only; whatever its parser raises over a damaged file becomes one SourceError."""
    import openpyxl

    with path.open("rb") as file:  # given a path, the library would judge the file by its name
        book: Any = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about styles and extensions, which are not read here
                book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            yield book
        except (SourceError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - a dozen kinds from zip, XML and the library itself; all mean the same
            raise SourceError("xlsx-broken", reason=type(error).__name__) from None
        finally:
            if book is not None:
                book.close()


def _rows_of(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Row number and cells of each row that has any; the size that the file claims for the sheet is not believed."""
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if any(cell is not None and cell != "" for cell in cells):
            yield number, cells


def _first_row(rows: Iterator[tuple[int, tuple[Any, ...]]]) -> list[Any] | None:
    for _, cells in rows:
        filled = list(cells)
        while filled and filled[-1] in (None, ""):
            filled.pop()
        return filled
    return None


def _fitted(cells: Sequence[Any], width: int, number: int) -> list[Cell]:
    """The cells of one row, exactly `width` of them: cells that are not there are empty ones."""
    found = len(cells)
    while found > width and cells[found - 1] in (None, ""):
        found -= 1
    if found > width:
        raise SourceError("broken-line", line=number, found=found, expected=width, delimiter="cell")
    row = [_cell(cell) for cell in cells[:found]]
    return row + [None] * (width - found)


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime) and value.time() == time():
        return value.date()  # a spreadsheet has no dates without a time of day; midnight is how it writes one
    if value is None or isinstance(value, (str, int, float, bool, date)):
        return value
    return value.isoformat() if isinstance(value, time) else str(value)
