"""The contract document as plain text: the form whose digest stands in the evidence file."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from connector.contracts.document import Block, ClauseBlock, Document, Heading, Paragraph, Verbatim
from connector.texts import say

WIDTH: Final = 96
"""Columns of a line; a Korean letter takes two."""
_INDENT: Final = "    "
_RULE: Final = "─"
_KEPT_UP_TO: Final = 2048
"""The longest text that is remembered, in characters: what others wrote may be as long as they like."""


def as_text(document: Document) -> str:
    """UTF-8 text with Unix line ends; the same document gives the same text."""
    lines = [document.title, "═" * WIDTH]
    for block in document.blocks:
        lines += ["", *_lines(block, document.lang)]
    return "\n".join(lines) + "\n"


def width(text: str) -> int:
    """How many columns a text takes on a screen."""
    if text.isascii():
        return len(text)
    return (_wide_kept if len(text) <= _KEPT_UP_TO else _wide)(text)


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


_wide_kept: Final = lru_cache(maxsize=2048)(_wide)


def wrap(text: str, columns: int) -> tuple[str, ...]:
    """Lines of at most so many columns, broken between words; a longer word is cut."""
    return (_wrap_kept if len(text) <= _KEPT_UP_TO else _wrap)(text, columns)


def _wrap(text: str, columns: int) -> tuple[str, ...]:
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width(joined) <= columns:
            lines[-1] = joined
            continue
        pieces = list(_pieces(word, columns))
        lines = [*lines, *pieces] if lines[-1] else pieces
    return tuple(lines)


_wrap_kept: Final = lru_cache(maxsize=1024)(_wrap)


def _pieces(word: str, columns: int) -> Iterator[str]:
    if word.isascii():
        yield from (word[start : start + columns] for start in range(0, len(word), columns))
        return
    piece, taken = "", 0
    for letter in word:
        needed = width(letter)
        if taken + needed > columns:
            yield piece
            piece, taken = "", 0
        piece, taken = piece + letter, taken + needed
    yield piece


def _lines(block: Block, lang: str) -> Sequence[str]:
    if isinstance(block, Heading):
        return [block.text, _RULE * width(block.text)]
    if isinstance(block, Paragraph):
        return wrap(f"*** {block.text} ***" if block.loud else block.text, WIDTH)
    if isinstance(block, Verbatim):
        return wrap(block.text, WIDTH)
    if isinstance(block, ClauseBlock):
        return _clause(block, lang)
    return [line for label, value in block.rows for line in _row(label, value)]


def _clause(block: ClauseBlock, lang: str) -> list[str]:
    first = f"{block.number:>2}. [{block.enforcer}] "
    room = WIDTH - len(first)
    lines = wrap(block.text, room)
    kept = wrap(f"{say(f'document.class_{block.enforcer}', lang)}: {block.kept}", room)
    return [first + lines[0], *(" " * len(first) + line for line in [*lines[1:], *kept])]


def _row(label: str, value: str) -> list[str]:
    if width(label) + 2 + width(value) <= WIDTH:
        return [f"{label}: {value}"]
    return [f"{label}:", *(_INDENT + line for line in wrap(value, WIDTH - len(_INDENT)))]
