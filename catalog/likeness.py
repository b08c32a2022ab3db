"""LIKE patterns: `%` stands for any letters, `_` for one, a backslash takes the next letter as it is.

No pattern can make this slow: between two `%` there are only letters and single wildcards, which are looked for from left
to right and never tried again.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

MAX_WILDCARDS: Final = 20
_ANY: Final = "%"
_ONE: Final = "_"


@lru_cache(maxsize=256)
def like(pattern: str, *, ignore_case: bool = False) -> Callable[[str], bool]:
    """Whether a text is like the pattern.

    Raises:
        ValueError: more than `MAX_WILDCARDS` wildcards.
    """
    if ignore_case:
        plain = like(pattern.casefold())
        return lambda text: plain(text.casefold())
    segments, wildcards = _segments(pattern)
    if wildcards > MAX_WILDCARDS:
        raise ValueError(f"more than {MAX_WILDCARDS} wildcards")
    first, *middle = [re.compile(segment, re.DOTALL) for segment in segments]
    if not middle:
        return lambda text: first.fullmatch(text) is not None
    last, width = middle.pop(), _width(segments[-1])

    def matches(text: str) -> bool:
        begun = first.match(text)
        if begun is None:
            return False
        at = begun.end()
        for segment in middle:
            found = segment.search(text, at)
            if found is None:
                return False
            at = found.end()
        return len(text) - width >= at and last.fullmatch(text, len(text) - width) is not None

    return matches


def _segments(pattern: str) -> tuple[list[str], int]:
    """The regular expressions of what stands between the `%`, and how many wildcards there are."""
    segments, wildcards = [""], 0
    letters = iter(pattern)
    for letter in letters:
        if letter == _ANY:
            segments.append("")
            wildcards += 1
        elif letter == _ONE:
            segments[-1] += "."
            wildcards += 1
        else:
            segments[-1] += re.escape(next(letters, letter) if letter == "\\" else letter)
    return segments, wildcards


def _width(segment: str) -> int:
    """How many letters a segment stands for: an escaped one is two letters long."""
    return len(re.sub(r"\\(.)", r"\1", segment, flags=re.DOTALL))
