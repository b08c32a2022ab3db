import string

import pytest

from catalog.texts import TEXTS, say, say_duration, say_or


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_both_languages_with_the_same_blanks(key: str) -> None:
    texts = TEXTS[key]
    assert set(texts) == {"ko", "en"}
    blanks = [{name for _, name, _, _ in string.Formatter().parse(texts[lang]) if name} for lang in ("ko", "en")]
    assert blanks[0] == blanks[1]


def test_another_language_gets_english() -> None:
    assert say("delimiter.,", "de") == "comma"
    assert say_or("delimiter.x", "ko", "x") == "x"


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0 s"),
        (900_000, "15 min"),
        (250, "250 ms"),
        (1500, "1 s 500 ms"),
        (86_400_000, "1 d"),
        (90_061_001, "1 d 1 h"),
    ],
)
def test_durations(milliseconds: int, text: str) -> None:
    assert say_duration(milliseconds, "en") == text
