import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.likeness import MAX_WILDCARDS, like

LETTERS = "ab%_\\.*[\n가"


def slowly(pattern: str, text: str) -> bool:
    """LIKE as one would explain it: letter by letter, trying everything."""
    if not pattern:
        return not text
    first, rest = pattern[0], pattern[1:]
    if first == "%":
        return any(slowly(rest, text[n:]) for n in range(len(text) + 1))
    if first == "_":
        return bool(text) and slowly(rest, text[1:])
    if first == "\\" and rest:
        first, rest = rest[0], rest[1:]
    return text[:1] == first and slowly(rest, text[1:])


@given(st.text(LETTERS, max_size=8), st.text(LETTERS, max_size=8))
def test_it_is_what_trying_everything_gives(pattern: str, text: str) -> None:
    assert like(pattern)(text) is slowly(pattern, text)


@given(st.text(LETTERS, max_size=12))
def test_a_text_is_like_its_own_beginning_and_end(text: str) -> None:
    escaped = re.sub(r"([%_\\])", r"\\\1", text)
    assert like(escaped)(text)
    assert like(f"{escaped[: len(escaped) // 2].rstrip(chr(92))}%")(text)


def test_case_can_be_ignored() -> None:
    assert like("DRYER%", ignore_case=True)("Dryer batches")
    assert not like("DRYER%")("Dryer batches")


def test_patterns_that_make_other_engines_try_for_ever() -> None:
    """Between two `%` nothing is tried again: this would take longer than the universe is old."""
    assert not like("a%" * MAX_WILDCARDS + "b")("a" * 50_000)
    assert not like("%" + "a_" * (MAX_WILDCARDS - 1) + "b")("a" * 5_000)
    with pytest.raises(ValueError, match="wildcards"):
        like("%" * (MAX_WILDCARDS + 1))
