"""Everything of this package that people read, in English and Korean: one table each, the same keys and blanks."""

from typing import Final, Literal

from policies.texts import (
    clauses_en,
    clauses_ko,
    en,
    ko,
    operands_en,
    operands_ko,
    promises_en,
    promises_ko,
    words_en,
    words_ko,
)

TABLES: Final[dict[str, dict[str, str]]] = {
    "en": {**en.TEXTS, **operands_en.TEXTS, **clauses_en.TEXTS, **promises_en.TEXTS, **words_en.TEXTS},
    "ko": {**ko.TEXTS, **operands_ko.TEXTS, **clauses_ko.TEXTS, **promises_ko.TEXTS, **words_ko.TEXTS},
}


def text_of(key: str, lang: Literal["ko", "en"]) -> str:
    """The text with its blanks.

    Raises:
        KeyError: no such text, or no such language.
    """
    return TABLES[lang][key]


def say(key: str, lang: Literal["ko", "en"], **values: object) -> str:
    """The text with its blanks filled. Values are put in as they are, braces and all.

    Raises:
        KeyError: no such text, no such language, or a blank without a value.
    """
    return text_of(key, lang).format(**values)
