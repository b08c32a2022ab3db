"""What kind of value one text is, and the quick ways of telling it for many texts at once."""

import re
from collections.abc import Sequence
from typing import Final

NULL_CODES: Final = frozenset(
    {
        "NA",
        "N/A",
        "n/a",
        "na",
        "NaN",
        "nan",
        "NAN",
        "NULL",
        "null",
        "Null",
        "None",
        "none",
        "-",
        "--",
        "#N/A",
        "#NA",
        "?",
        "결측",
        "없음",
    }
)
"""Texts that stand for a missing value, unless the column holds other words too."""
TRUTHS: Final = frozenset({"true", "false"})

_NUMBER_BYTES: Final = b"0123456789+-.eE\n"
_PLAIN: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?\d+", re.ASCII)
_PADDED: Final = re.compile(rb"(?:^|\n)[+-]?0\d")
_DIGITS: Final = 18
"""More digits than this are a code (a bar code, a serial number), not a quantity."""


def read_number(text: str) -> int | float | None:
    """The number that a text is, or None. `007`, `1_000`, `inf` and twenty-digit codes are no numbers; `1,234.5` is."""
    if _PLAIN.fullmatch(text) is None:
        if _THOUSANDS.fullmatch(text) is None:
            return None
        text = text.replace(",", "")
    if _WHOLE.fullmatch(text) is not None:
        return None if is_code(text) else int(text)
    number = float(text)
    return None if number in (float("inf"), float("-inf")) else number


def is_code(text: str) -> bool:
    """Digits that are a name rather than a quantity: padded with zeros, or too many."""
    digits = text.lstrip("+-")
    return digits.isdecimal() and digits.isascii() and ((len(digits) > 1 and digits[0] == "0") or len(digits) > _DIGITS)


def read_numbers(values: Sequence[str], joined: str) -> list[int] | list[float] | None:
    """All of these texts as whole numbers, else as decimals, or None when one of them is no plain number.

    Args:
        values: the texts, none of them empty.
        joined: the same, with line ends between them.
    """
    if not joined.isascii():
        return None
    data = joined.encode("ascii")
    if data.translate(None, _NUMBER_BYTES):
        return None
    try:
        if b"." in data or b"e" in data or b"E" in data:
            floats = list(map(float, values))
            return None if min(floats) == float("-inf") or max(floats) == float("inf") else floats
        if max(map(len, values)) > _DIGITS or _PADDED.search(data) is not None:
            return None
        return list(map(int, values))
    except ValueError:
        return None
