"""Reading one JSON object key by key, with the path in every complaint."""

from collections.abc import Iterator, Sequence
from typing import Any

from catalog.errors import CatalogRoomError

_ABSENT: Any = object()


class Reader:
    """One JSON object that is being read.

    Args:
        data: what should be an object.
        where: its JSON path.
        error: which error of this room to raise.

    Raises:
        CatalogRoomError: (of the given class) `data` is no object; each method likewise for its key.
    """

    def __init__(self, data: Any, where: str, error: type[CatalogRoomError]) -> None:
        if not isinstance(data, dict):
            raise error(where, f"an object is expected here, not {kind(data)}")
        self._data: dict[str, Any] = data
        self._where = where
        self._error = error

    def value(self, key: str) -> Any:
        """Whatever stands there, or None."""
        return self._data.get(key)

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self._data.get(key, _ABSENT)
        if not isinstance(value, str):
            raise self._wrong(key, "a text", value)
        return value

    def text_or_none(self, key: str) -> str | None:
        """A text, or None when absent."""
        return None if self._data.get(key) is None else self.text(key)

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """One of a few texts."""
        value = self.text(key)
        if value not in allowed:
            raise self._error(f"{self._where}.{key}", f"{value[:80]!r} is none of: {', '.join(allowed)}")
        return value

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number, not negative."""
        value = self._data.get(key, _ABSENT if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._wrong(key, "a whole number that is not negative", value)
        return value

    def count_or_none(self, key: str) -> int | None:
        """A whole number, or None when absent."""
        return None if self._data.get(key) is None else self.count(key)

    def flag(self, key: str) -> bool:
        """True or false; false when absent."""
        value = self._data.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false", value)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts (or one text alone); empty when absent."""
        value = self._data.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(key, "a list of texts", value)
        return tuple(value)

    def items(self, key: str) -> Iterator[tuple[Any, str]]:
        """The members of a list, each with its path; none when absent."""
        value = self._data.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            raise self._wrong(key, "a list", value)
        for index, item in enumerate(value):
            yield item, f"{self._where}.{key}[{index}]"

    def tallies(self, key: str) -> tuple[tuple[str, int], ...]:
        """A list of pairs of a text and a number."""
        found: list[tuple[str, int]] = []
        for item, where in self.items(key):
            match item:
                case [str(value), int(count)]:
                    found.append((value, count))
                case _:
                    raise self._error(where, "a pair of a text and a whole number is expected here")
        return tuple(found)

    def _wrong(self, key: str, expected: str, value: Any) -> CatalogRoomError:
        found = "nothing" if value is _ABSENT else kind(value)
        return self._error(f"{self._where}.{key}", f"{expected} is expected here, not {found}")


def kind(value: Any) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    for kinds, word in ((dict, "an object"), (list, "a list"), (str, "a text"), ((int, float), "a number")):
        if isinstance(value, kinds):
            return word
    return type(value).__name__


def compact(**values: Any) -> dict[str, Any]:
    """An object without the keys whose value is None."""
    return {key: value for key, value in values.items() if value is not None}
