"""The one form in which the rest of the house sees a JSON-LD document: compact names, the standard's shapes.

What comes in that form already is handed on as it is, without any JSON-LD processing.
"""

from typing import Final

from connector.canonical import JsonObject, JsonValue
from connector.wire import contexts
from connector.wire.errors import DecodeError
from connector.wire.names import compact_name
from connector.wire.shapes import NotCompact, shaped

_MANY: Final = 16


def normal(data: JsonValue, kind: str, *, needs_context: bool = False, max_values: int | None = None) -> JsonObject:
    """A message, an answer or a catalog in its normal form.

    Args:
        data: the JSON as it came: an object, or a list of one object as an expansion gives it.
        kind: one of `shapes.KINDS`.
        needs_context: whether bare names are read only where a context is named; a message has one by the standard.
        max_values: how many JSON values may be expanded, if it has to be; the bound of a message by default.

    Raises:
        DecodeError: it is no JSON-LD, or of a kind that is not read here.
    """
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        raise DecodeError(f"the body is {_named(data)}; a JSON object is expected")
    if needs_context:
        _check_context(data)
    _check_twice(data)
    try:
        return shaped(data, kind, _names_beyond(data))
    except NotCompact:
        from connector.wire import jsonld

        bounds = {} if max_values is None else {"max_values": max_values}
        found = jsonld.compacted(data, **bounds)
        return shaped({"@context": data["@context"], **found} if "@context" in data else found, kind)


def _names_beyond(data: JsonObject) -> frozenset[str]:
    """The names to which the contexts of a document give meanings beyond the standard's.

    Raises:
        NotCompact: a context is written out in the document.
    """
    found: frozenset[str] = frozenset()
    named = data.get("@context")
    entries = named if isinstance(named, list) else [named]
    if len(entries) > _MANY:
        raise NotCompact("@context")
    for entry in entries:
        if isinstance(entry, str):
            found |= contexts.names_beyond(entry) if entry in contexts.KNOWN else frozenset()
        elif entry is not None:
            raise NotCompact("@context")
    return found


def _check_context(data: JsonObject) -> None:
    """Whoever writes bare names says by their context what they mean."""
    named = data.get("@type")
    kind = named[0] if isinstance(named, list) and named else named
    if data.get("@context") is None and isinstance(kind, str) and ":" not in kind:
        raise DecodeError("@context is missing: a Dataspace Protocol message names its context")


def _check_twice(data: JsonObject) -> None:
    """One property under two names would mean two things."""
    seen: set[str] = set()
    for name in data:
        short = compact_name(name)
        if short in seen:
            raise DecodeError(f"{short[:200]} stands twice, with and without its prefix")
        seen.add(short)


def _named(value: JsonValue) -> str:
    if value is None:
        return "null"
    return {list: "a list", str: "a text", bool: "true or false"}.get(type(value), "a number")
