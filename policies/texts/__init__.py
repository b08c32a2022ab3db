"""Everything of this package that people read, in English and Korean: one table each, the same keys and blanks."""

from types import ModuleType
from typing import Final, Literal

from policies.texts import (
    clauses_en,
    clauses_ko,
    conflicts_en,
    conflicts_ko,
    en,
    ko,
    operands_en,
    operands_ko,
    promises_en,
    promises_ko,
    words_en,
    words_ko,
)


def _joined(*modules: ModuleType) -> dict[str, str]:
    """The tables of these modules as one.

    Raises:
        ValueError: two of them define the same key.
    """
    joined: dict[str, str] = {}
    for module in modules:
        texts: dict[str, str] = module.TEXTS
        if joined.keys() & texts.keys():
            raise ValueError(f"texts defined twice: {sorted(joined.keys() & texts.keys())}")
        joined |= texts
    return joined


TABLES: Final[dict[str, dict[str, str]]] = {
    "en": _joined(en, operands_en, clauses_en, promises_en, words_en, conflicts_en),
    "ko": _joined(ko, operands_ko, clauses_ko, promises_ko, words_ko, conflicts_ko),
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
