"""What people read, Korean and English: one module per area and language, merged here.

Every key exists in both languages with the same blanks; a test compares them.
"""

import importlib
import pkgutil
from functools import lru_cache
from typing import Final

LANGUAGES: Final = ("en", "ko")


@lru_cache
def texts(lang: str) -> dict[str, str]:
    """All texts of one language: key → sentence with `{blanks}`.

    Raises:
        KeyError: the language is not one of `LANGUAGES`.
        ValueError: two areas define the same key.
    """
    if lang not in LANGUAGES:
        raise KeyError(lang)
    merged: dict[str, str] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.endswith(f"_{lang}"):
            continue
        found: dict[str, str] = importlib.import_module(f"{__name__}.{module.name}").TEXTS
        twice = merged.keys() & found.keys()
        if twice:
            raise ValueError(f"texts defined twice: {sorted(twice)}")
        merged |= found
    return merged


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for `key` in `lang`, its blanks filled.

    Raises:
        KeyError: no such text, or a blank without a value.
    """
    return texts(lang)[key].format(**values)
