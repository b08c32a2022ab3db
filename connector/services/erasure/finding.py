"""Finding a person in texts: by name and e-mail address, however they were written down or packed."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from unicodedata import normalize
from urllib.parse import quote, quote_plus

from connector.services.errors import BadRequest

LEAST, MOST = 2, 200
_FORMS: Final[tuple[Literal["NFC", "NFD"], ...]] = ("NFC", "NFD")
_PARTICLES: Final = "은|는|이|가|을|를|의|에게|에|와|과|도|만|님|씨|께서|께|으로|로|한테|이다|입니다"
"""What may follow a name in a Korean sentence without a space, two of them too."""
_HANGUL: Final = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]$")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is looked for.

    Attributes:
        name: as it is written; "" when only the address is known.
        email: the address, or "".
    """

    name: str
    email: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """The texts that tell of this person."""
        return tuple(term for term in (self.name, self.email) if term)


def person_called(name: str, email: str = "") -> Person:
    """Who is to be looked for.

    Raises:
        BadRequest: nobody is named, or by too short a text: it would be found in everything.
    """
    person = Person(" ".join(normalize("NFC", name).split()), normalize("NFC", email).strip().casefold())
    if not person.terms:
        raise BadRequest("nobody is named: a name or an e-mail address")
    for term in person.terms:
        if not (LEAST <= len(term) <= MOST and term.isprintable()):
            raise BadRequest(f"a name or an address has {LEAST} to {MOST} printable characters")
    if person.email and "@" not in person.email:
        raise BadRequest(f"{person.email[:80]!r} is no e-mail address")
    return person


class Finder:
    r"""Finds a person, and puts a mark in the place.

    Whole words only: "Kim" is not found in "Kimchi". Capitals and small letters are the same. A name is found as it is, as it
    stands in JSON (`\uae40`) and in addresses and headers (`%EA%B9%80`).
    """

    def __init__(self, person: Person, mark: str) -> None:
        self.mark = mark
        found = {p for term in person.terms for form in _FORMS for p in _patterns(term, form)}
        self._pattern = re.compile("|".join(sorted(found, key=len, reverse=True)), re.IGNORECASE)

    def in_(self, value: Any) -> int:
        """How often the person is in a value: a text, bytes, or JSON."""
        if isinstance(value, str):
            return len(self._pattern.findall(value))
        if isinstance(value, bytes):
            return self.in_(value.decode("utf-8", "replace"))
        if isinstance(value, dict):
            return sum(self.in_(key) + self.in_(inner) for key, inner in value.items())
        if isinstance(value, list | tuple):
            return sum(self.in_(inner) for inner in value)
        return 0

    def without(self, value: Any) -> Any:
        """The same value with the mark instead of the person. What it names things by (the keys of JSON) is replaced too."""
        if isinstance(value, str):
            return self._pattern.sub(self.mark, value)
        if isinstance(value, bytes):
            return self.without(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        if isinstance(value, dict):
            return {self.without(key): self.without(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.without(inner) for inner in value]
        if isinstance(value, tuple):
            return tuple(self.without(inner) for inner in value)
        return value


def _patterns(named: str, form: Literal["NFC", "NFD"]) -> Sequence[str]:
    term, after = normalize(form, named), r"(?!\w)"
    if _HANGUL.search(term):
        after = rf"(?=(?:{normalize(form, _PARTICLES)}){{0,2}}(?!\w))"
    before, after = (r"(?<![\w.+-])", r"(?![\w-])") if "@" in term else (r"(?<!\w)", after)
    packed: Sequence[Callable[[str], str]] = (
        lambda t: json.dumps(t)[1:-1],
        lambda t: quote(t, safe=""),
        quote,
        quote_plus,
    )
    forms = {pack(term) for pack in packed} - {term}
    return [
        before + re.escape(term) + after,
        *(rf"(?<![\w%]){re.escape(form)}(?!%[89A-F]|\\u[0-9A-F]|\w)" for form in forms),
    ]
