"""The many shapes in which JSON-LD peers write one and the same value."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalog.errors import CatalogFormatError
from catalog.reading import kind
from policies.vocabulary import MMD

_PREFIXES: Final = (
    "dct:",
    "dcterms:",
    "dcat:",
    "odrl:",
    "dspace:",
    "http://purl.org/dc/terms/",
    "http://www.w3.org/ns/dcat#",
    "http://www.w3.org/ns/odrl/2/",
    "https://w3id.org/dspace/2025/1/",
    "https://w3id.org/edc/v0.0.1/ns/",
)


def own_name(key: str) -> str:
    """A key without its prefix: `dct:title` and `http://purl.org/dc/terms/title` are `title`, ours begin with `mmd:`."""
    if key.startswith(MMD):
        return "mmd:" + key[len(MMD) :]
    for prefix in _PREFIXES:
        if key.startswith(prefix):
            return key[len(prefix) :]
    return {"id": "@id", "type": "@type", "policy": "hasPolicy"}.get(key, key)


def own_names(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same object under bare names; where two keys mean the same, the first stands."""
    named: dict[str, Any] = {}
    for key, value in data.items():
        named.setdefault(own_name(key), value)
    return named


def bare_type(data: Any) -> str | None:
    """The `@type` of an object without its prefix; the first when there are several, None when there is none."""
    if not isinstance(data, dict):
        return None
    for value in many(data.get("@type", data.get("type"))):
        if isinstance(value, str):
            return own_name(value)
    return None


def many(value: Any) -> list[Any]:
    """A list, whether it came as a list, as one value, as `@list` or `@set`, or not at all."""
    if value is None:
        return []
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("@list", "@set"):
        return many(next(iter(value.values())))
    return value if isinstance(value, list) else [value]


def objects(value: Any, where: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects of a list with their paths.

    Raises:
        CatalogFormatError: one of them is no object.
    """
    items = many(value)
    for index, item in enumerate(items):
        at = f"{where}[{index}]"
        if not isinstance(item, dict):
            raise CatalogFormatError(at, f"an object is expected here, not {kind(item)}")
        yield item, at


def text_of(value: Any) -> str | None:
    """The text in a value: itself, its `@value`, its `@id`, or a number as text; None when it is none of these."""
    if isinstance(value, dict):
        value = value.get("@value", value.get("@id"))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return value if isinstance(value, str) else None


def first_text(value: Any) -> str | None:
    """The first text among one or several values."""
    return next(iter(texts(value)), None)


def texts(value: Any) -> tuple[str, ...]:
    """All texts among one or several values; what is no text is passed over."""
    return tuple(text for item in many(value) if (text := text_of(item)) is not None)


def language_texts(value: Any) -> dict[str, str]:
    """Language → text; the first text of each language stands."""
    found: dict[str, str] = {}
    for item in many(value):
        text = text_of(item)
        language = item.get("@language") if isinstance(item, dict) else None
        if text is not None:
            found.setdefault(language.lower() if isinstance(language, str) else "", text)
    return found


def number(value: Any) -> int | None:
    """A size in bytes, written as a text or as a number; None when it is neither."""
    text = first_text(value)
    if text is None:
        return None
    digits = text.removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None  # noqa: PLR2004
