"""The right side of constraints: values from their texts; None where a text is no such value."""

import re
from collections.abc import Callable
from typing import Final

_COUNTRY: Final = re.compile(r"[A-Za-z]{2}(?:-[A-Za-z0-9]{1,3})?", re.ASCII)
_DIGEST: Final = re.compile(r"[!-~]{16,200}", re.ASCII)


def read_iri(text: str) -> str | None:
    """An IRI."""
    return text if ":" in text else None


def read_text(text: str) -> str | None:
    """Any text that a person can see whole."""
    return text if text.strip() == text and text.isprintable() else None


def read_digest(text: str) -> str | None:
    """A digest, in whatever form it was written: it is compared as it stands."""
    return text if _DIGEST.fullmatch(text) else None


def read_country(text: str) -> str | None:
    """An ISO 3166 code of a country (`KR`) or of a part of one (`KR-26`), in capitals."""
    return text.upper() if _COUNTRY.fullmatch(text) else None


def read_true(text: str) -> bool | None:
    """The only thing that such a condition can ask for."""
    return True if text == "true" else None


def read_word(*words: str) -> Callable[[str], str | None]:
    """One of a few words."""
    known = frozenset(words)
    return lambda text: text if text in known else None
