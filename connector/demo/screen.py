"""The demo's screen: numbered chapters, who says what, what came of it; colours and bars only on a terminal."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

WIDTH: Final = 116
"""Columns of the text where there is no terminal, and at most."""
_INDENT: Final = "   "
_COLUMN: Final = 11
"""Columns for who speaks."""
_WORTH_TELLING: Final = 0.05
"""Seconds below which a step's time is not shown."""
_COLOURS: Final = {
    "authority": "magenta",
    "provider": "cyan",
    "consumer": "blue",
    "outsider": "yellow",
    "auditor": "bright_magenta",
}
# What a company wrote must not steer the terminal of whoever watches.
_STEERING: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Screen:
    """Where the demo prints; silent under `--json`."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        on_terminal = sys.stdout.isatty()
        self._out = Console(
            highlight=False, markup=False, emoji=False, soft_wrap=False, width=None if on_terminal else WIDTH
        )
        self._err = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._width = min(WIDTH, self._out.width)

    def heading(self, text: str, lines: list[str]) -> None:
        """The name of the whole, and what it is about."""
        self._print(Text(text, "bold"))
        for line in lines:
            self._wrapped("", line, "dim", column=0)

    def chapter(self, number: int, text: str) -> None:
        """A new chapter."""
        self._print(Text(""))
        self._print(Text(f"{number}  {text}", "bold"))

    def says(self, role: str, label: str, text: str) -> None:
        """Someone says or does something."""
        self._wrapped(label, text, None, _COLOURS.get(role))

    def command(self, role: str, label: str, words: str) -> None:
        """A command that somebody types."""
        self._wrapped(label, f"$ mmd {words}", "dim", _COLOURS.get(role))

    def line(self, text: str, style: str | None = None) -> None:
        """A line that belongs to what was said last."""
        self._wrapped("", text, style)

    def block(self, text: str) -> None:
        """A line that needs the whole width."""
        self._wrapped("", text, None, column=0)

    def outcome(self, mark: str, text: str, seconds: float, *, ok: bool) -> None:
        """What came of a step; the time where it is worth telling."""
        style = "green" if ok else "bold red"
        self._wrapped(mark, f"{text}  ({seconds:.1f}\u00a0s)" if seconds >= _WORTH_TELLING else text, style, style)

    def end(self, text: str, lines: list[str], *, ok: bool) -> None:
        """How it all went."""
        self._print(Text(""))
        self._print(Text(text, "bold green" if ok else "bold red"))
        for line in lines:
            self._wrapped("", line, None, column=0)

    def trouble(self, text: str) -> None:
        """Something went wrong in a way that was not foreseen: on stderr, also under `--json`."""
        for line in text.splitlines():
            self._err.print(Text(_clean(line), "red"), soft_wrap=True)

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """A sign that something goes on while the block runs."""
        if self._silent or not sys.stderr.isatty():
            yield
            return
        with self._err.status(text):
            yield

    @contextmanager
    def counting(self, text: str, whole: int) -> Iterator[Callable[[], object] | None]:
        """A bar that grows by one at each call; None when nobody would see it."""
        if self._silent or not sys.stderr.isatty():
            yield None
            return
        columns = (TextColumn(_INDENT + "{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self._err, transient=True) as bars:
            task = bars.add_task(text, total=whole)
            yield lambda: bars.advance(task)

    def _wrapped(
        self, label: str, text: str, style: str | None, label_style: str | None = None, column: int = _COLUMN
    ) -> None:
        """Text with a label before it, wrapped so that the label's column stays free."""
        room = max(30, self._width - len(_INDENT) - column)
        for line in Text(_clean(text), style or "").wrap(self._out, room):
            line.rstrip()
            filled = label + " " * max(1 if label else 0, column - cell_len(label))
            self._print(Text.assemble(_INDENT, (filled, label_style or ""), line))
            label = ""

    def _print(self, text: Text) -> None:
        if not self._silent:
            text.rstrip()
            self._out.print(text, soft_wrap=True)


def _clean(text: str) -> str:
    return _STEERING.sub("�", text)
