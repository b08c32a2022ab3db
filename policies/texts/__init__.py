"""Everything of this package that people read, in English and Korean: one table each, the same keys and blanks."""

from typing import Final, Literal

from policies.texts.en import TEXTS as ENGLISH
from policies.texts.ko import TEXTS as KOREAN

TABLES: Final = {"en": ENGLISH, "ko": KOREAN}


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
