import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.contracts.visible import visible


@pytest.mark.parametrize(
    "text", ["Hanbit Plating", "한빛도금 ㈜", "漢陽 주식회사", "Müller & Söhne", "a:b/c#d [1] — 10 ㎏", "", "トヨタ"]
)
def test_what_deceives_nobody_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hanbit\u202egnitalP", "Hanbit[U+202E]gnitalP"),
        ("Han\u200bbit", "Han[U+200B]bit"),
        ("line\nbreak\x1b[2J", "line[U+000A]break[U+001B][2J"),
        ("H\u0430nbit", "H\u0430[U+0430]nbit"),
        ("\u0430\u0440\u0440\u04cf\u0435", "\u0430\u0440\u0440\u04cf\u0435 [CYRILLIC]"),
        ("\u0391BC", "\u0391[U+0391]BC"),
        ("한빛\u3164도금", "한빛[U+3164]도금"),
        ("\u05d0\u05d1", "[U+05D0][U+05D1] [HEBREW]"),
        ("Ａcme", "Ａ[U+FF21]cme"),
        ("한빛\u0301", "한빛[U+0301]"),
        ("a\u00a0b", "a[U+00A0]b"),
        (unicodedata.normalize("NFD", "한빛"), "한빛 [NFD]"),
        ("lone \ud800", "lone [U+D800]"),
    ],
)
def test_what_deceives_is_shown_for_what_it_is(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_that_is_not_seen_is_left(text: str) -> None:
    shown = visible(text)
    assert all(letter.isprintable() for letter in shown)
    assert all(
        unicodedata.bidirectional(letter) not in {"R", "AL", "RLO", "LRO", "RLE", "LRE", "RLI"} for letter in shown
    )


def test_a_long_text_is_shown_and_not_remembered() -> None:
    for text, remembered in (("한빛\u200b", True), ("한빛\u200b" * 1000, False)):
        assert visible(text) == text.replace("\u200b", "[U+200B]")
        assert (visible(text) is visible(text)) is remembered
