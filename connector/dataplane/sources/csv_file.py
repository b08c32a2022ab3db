"""CSV and its kin: fields between commas, semicolons, tabs or bars, in UTF-8, CP949 or UTF-16."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from catalog.profile import RecordBatch
from connector.dataplane.sources.errors import SourceError
from connector.dataplane.sources.scan import scan_text
from connector.dataplane.sources.table import BATCH_ROWS, SourceFormat, Watch, checked_header

DELIMITERS: Final = ",;\t|"
MEDIA_TYPE: Final = "text/csv"
_SAMPLE_LINES: Final = 100
_SAMPLE: Final = 1 << 18
_STEP: Final = 100
_BATCH_BYTES: Final = 8 << 20
_READ: Final = 1 << 18
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")


class CsvFile:
    """A text file that is a table.

    Raises:
        SourceError: it is none, or its header will not do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        encoding = scan_text(path)
        delimiter = _find_delimiter(path, encoding)
        self.format = SourceFormat(MEDIA_TYPE, encoding, delimiter)
        with self._open(None) as (rows, _):
            self.columns = checked_header(_first_row(rows), delimiter=delimiter)

    def batches(self, size: int = BATCH_ROWS, watch: Watch | None = None) -> Iterator[RecordBatch]:
        """The rows below the header; see `TableSource.batches`. Blank lines are passed over."""
        width = len(self.columns)
        with self._open(watch) as (rows, raw):
            _first_row(rows)
            waiting: list[list[Any]] = []
            began = raw.count
            while step := _next_rows(rows, min(_STEP, size - len(waiting)), width, self.format.delimiter or ""):
                waiting += step
                if len(waiting) >= size or raw.count - began > _BATCH_BYTES:
                    yield RecordBatch(self.columns, waiting)
                    waiting, began = [], raw.count
            if waiting:
                yield RecordBatch(self.columns, waiting)

    def _open(self, watch: Watch | None) -> "_Opened":
        return _Opened(self._path, self.format, watch)


class _Opened:
    """The file while it is being read: closes it whatever happens."""

    def __init__(self, path: Path, form: SourceFormat, watch: Watch | None) -> None:
        self._raw = _Watched(path, watch)
        raw: Any = self._raw  # typeshed asks for more than TextIOWrapper does
        self._text = io.TextIOWrapper(raw, encoding=form.encoding, newline="")
        self._rows = csv.reader(self._text, delimiter=form.delimiter or ",", strict=True)

    def __enter__(self) -> "tuple[Any, _Watched]":
        return self._rows, self._raw

    def __exit__(self, *_: object) -> None:
        self._text.close()


class _Watched(io.BufferedIOBase):
    """A file that shows what is read from it, and counts it."""

    def __init__(self, path: Path, watch: Watch | None) -> None:
        self._file = path.open("rb", buffering=0)
        self._watch = watch
        self.count = 0

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1, /) -> bytes:  # noqa: ARG002 - the 8 KiB that are asked for are too small a step
        data = self._file.read(_READ) or b""
        self.count += len(data)
        if self._watch is not None and data:
            self._watch(data)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()


def _first_row(rows: Any) -> list[str]:
    """The header: the first row that is not blank."""
    while row := _next_rows(rows, 1, None, ""):
        return [str(name) for name in row[0]]
    raise SourceError("empty")


def _next_rows(rows: Any, size: int, width: int | None, delimiter: str) -> list[list[Any]]:
    """Some rows, none of them blank; an empty list at the end of the file.

    Raises:
        SourceError: quotation marks that do not match, or a row that is not `width` fields wide.
    """
    while True:
        line = rows.line_num
        step: list[list[Any]] = []
        trouble: csv.Error | None = None
        try:
            step.extend(islice(rows, size))
        except csv.Error as error:
            trouble = error  # `extend` has kept the rows before it, and one of those may be the cause
        except UnicodeError:
            raise SourceError("changed") from None
        if width is not None and (set(map(len, step)) - {0, width}):
            _refuse_broken(step, line, width, delimiter)
        if trouble is not None:
            code = "long-field" if "larger than field limit" in str(trouble) else "quote"
            raise SourceError(code, line=line + sum(map(_lines_in, step)) + 1)
        if not step or [] not in step:
            return step
        if kept := [row for row in step if row]:
            return kept


def _refuse_broken(step: list[list[Any]], line: int, width: int, delimiter: str) -> None:
    for row in step:
        if row and len(row) != width:
            raise SourceError("broken-line", line=line + 1, found=len(row), expected=width, delimiter=delimiter)
        line += _lines_in(row)


def _lines_in(row: list[str]) -> int:
    """How many lines of the file a row takes: a text between quotation marks may hold line breaks."""
    return 1 + sum(len(_LINE_BREAK.findall(field)) for field in row)


def _find_delimiter(path: Path, encoding: str) -> str:
    """The character that divides the sample's lines most evenly, as its first line is divided; `,` for one column."""
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        lines = [line for line in file.read(_SAMPLE).splitlines(keepends=True)[:_SAMPLE_LINES] if line.strip()]
    best, best_score = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            score = (Counter(widths)[widths[0]] / len(widths), widths[0])
            if score > best_score:
                best, best_score = delimiter, score
    return best
