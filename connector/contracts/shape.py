"""Reading the members of a signed document, each of one known shape.

A document that was signed may still be nonsense. It is read once into typed values; whoever works with those never
meets a missing member or a number where a text belongs.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from connector.clock import parse_time
from connector.contracts.errors import ContractError

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
MAX_TEXT: Final = 8192
"""The longest text read from a member, in characters; a checkpoint note is the longest that occurs."""


class Members:
    """The members of one object; every reader raises `ContractError("shape")` naming document and member."""

    def __init__(self, data: object, document: str, where: str = "") -> None:
        self._document = document
        self._where = where
        if not isinstance(data, Mapping):
            raise self.wrong("", "an object")
        self.data: Mapping[str, Any] = data

    def wrong(self, name: str, expected: str) -> ContractError:
        """The error for the member `name`, which should have been `expected`."""
        where = ".".join(part for part in (self._where, name) if part) or "$"
        return ContractError("shape", document=self._document, where=where, expected=expected)

    def text(self, name: str, *, empty: bool = False) -> str:
        """A text; whether it may be empty is said by `empty`."""
        value = self.data.get(name)
        if not isinstance(value, str) or len(value) > MAX_TEXT or not (value or empty):
            raise self.wrong(name, "a text")
        return value

    def optional_text(self, name: str) -> str | None:
        """A text, or None when the member is absent or null."""
        return None if self.data.get(name) is None else self.text(name)

    def digest(self, name: str) -> str:
        """`sha256:` and 64 hexadecimal digits."""
        value = self.data.get(name)
        if not isinstance(value, str) or _DIGEST.fullmatch(value) is None:
            raise self.wrong(name, "a digest (sha256: and 64 hexadecimal digits)")
        return value

    def optional_digest(self, name: str) -> str | None:
        """A digest, or None when the member is absent or null."""
        return None if self.data.get(name) is None else self.digest(name)

    def moment(self, name: str) -> datetime:
        """A date and time with a zone."""
        try:
            return parse_time(self.text(name))
        except (ValueError, OverflowError):
            raise self.wrong(name, "a date and time with a zone") from None

    def boolean(self, name: str) -> bool:
        """True or false."""
        value = self.data.get(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def whole(self, name: str) -> int:
        """A whole number that is not negative."""
        value = self.data.get(name)
        if type(value) is not int or value < 0:
            raise self.wrong(name, "a whole number")
        return value

    def object(self, name: str) -> "Members":
        """An object, with its own members."""
        where = ".".join(part for part in (self._where, name) if part)
        return Members(self.data.get(name), self._document, where)

    def optional_object(self, name: str) -> "Members | None":
        """An object, or None when the member is absent or null."""
        return None if self.data.get(name) is None else self.object(name)

    def item(self, name: str, number: int) -> "Members":
        """An object that stands in the list `name` at this place, with its own members."""
        values = self.data.get(name)
        value = values[number] if isinstance(values, Sequence) and number < len(values) else None
        where = ".".join(part for part in (self._where, f"{name}[{number}]") if part)
        return Members(value, self._document, where)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.data.get(name)
        listed = isinstance(value, Sequence) and not isinstance(value, str)
        if not listed or not all(isinstance(item, str) for item in value or ()):
            raise self.wrong(name, "a list of texts")
        return tuple(value or ())

    def exactly(self, name: str, expected: Any) -> None:
        """The member has this very value.

        Raises:
            ContractError: it has another one.
        """
        if self.data.get(name) != expected:
            raise self.wrong(name, repr(expected))
