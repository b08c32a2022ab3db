"""Where the command line prints: results to stdout, progress and questions to stderr, colours only on a terminal."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console

    from connector.client import Progress

# What other companies wrote (titles, names, reasons) must not steer our terminal: control characters, and the marks that
# reverse the direction of reading.
_STEERING: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
YES: Final = frozenset({"y", "yes", "예", "네", "ㅇ"})
"""Answers that mean yes."""
PIPE_WIDTH: Final = 200
"""Columns of a table that goes into a file or a pipe."""


def clean(text: object) -> str:
    """The text without what would steer a terminal."""
    return _STEERING.sub("�", str(text))


class Screen:
    """The two streams of one command."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    @cached_property
    def _out(self) -> "Console":
        from rich.console import Console

        return Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)

    @cached_property
    def _err(self) -> "Console":
        from rich.console import Console

        return Console(stderr=True, highlight=False, markup=False, emoji=False)

    @property
    def interactive(self) -> bool:
        """Whether there is a person to ask."""
        return not self.as_json and sys.stdin.isatty() and sys.stderr.isatty()

    def line(self, text: object = "", style: str | None = None) -> None:
        """One line of the result; silent under `--json`."""
        if not self.as_json:
            self._out.print(clean(text), style=style, soft_wrap=True)

    def note(self, text: object, style: str | None = None) -> None:
        """One line beside the result, on stderr; silent under `--json`."""
        if not self.as_json:
            self._err.print(clean(text), style=style, soft_wrap=True)

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Rows under titles; silent under `--json`."""
        if self.as_json:
            return
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in titles:
            table.add_column(title, overflow="fold")
        for row in rows:
            table.add_row(*(Text(clean(cell)) for cell in row))
        self._out.print(table)

    def facts(self, rows: Sequence[tuple[str, object]]) -> None:
        """Names and values, one to a line; what has no value is left out."""
        if self.as_json:
            return
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        for name, value in rows:
            if value is not None and value != "":
                table.add_row(Text(name, style="dim"), Text(clean(value)))
        self._out.print(table)

    def result(self, value: Any) -> None:
        """The result of the command for programs; prints only under `--json`."""
        if self.as_json:
            print(json_text(value))

    @contextmanager
    def progress(self, title: str, *, counted: bool = False) -> Iterator["Progress | None"]:
        """A bar for bytes while the block runs, or for things that are counted; None when nobody would see it."""
        if self.as_json or not sys.stderr.isatty():
            yield None
            return
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            ProgressColumn,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )
        from rich.progress import Progress as Bars

        columns: tuple[ProgressColumn, ...] = (TextColumn("{task.description}"), BarColumn())
        columns += (MofNCompleteColumn(),) if counted else (DownloadColumn(), TransferSpeedColumn())
        with Bars(*columns, TimeRemainingColumn(), console=self._err) as bars:
            task = bars.add_task(clean(title), total=None)
            yield lambda done, whole: bars.update(task, completed=done, total=whole or None)

    @contextmanager
    def waiting(self, title: str) -> Iterator[None]:
        """A sign that something goes on while the block runs."""
        if self.as_json or not sys.stderr.isatty():
            yield
            return
        with self._err.status(clean(title)):
            yield

    def ask(self, question: str, default: str = "") -> str:
        """Ask the person and wait for a line.

        Raises:
            EOFError: there is no more input.
        """
        self._err.print(clean(question) + (f" [{clean(default)}]" if default else "") + ": ", end="")
        answer = sys.stdin.readline()
        if not answer:
            raise EOFError
        return answer.strip() or default


def json_text(value: Any) -> str:
    """Indented JSON, readable in Korean, with what would steer a terminal escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return re.sub(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]", lambda found: f"\\u{ord(found.group()):04x}", text)


def size_text(count: int | str | None) -> str:
    """A number of bytes for people."""
    if count is None or count == "":
        return ""
    number = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":  # noqa: PLR2004 - decimal units, as discs and networks count
            break
        number /= 1000
    return f"{number:,.0f} {unit}" if unit == "B" else f"{number:,.1f} {unit}"
