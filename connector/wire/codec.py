"""Bytes to message, message to bytes, exactly once each (DSP 2025-1: compact form, validated as plain JSON).

What we write is the compact form that the standard's schemas demand. What we read: that form directly, and every other
form of the same JSON-LD made into it first (`wire.normal`), so that nobody behind this door meets them. Contexts are never
fetched.
"""

import hashlib
import json
from typing import Any, Final, TypeVar

import orjson

from connector.canonical import CanonicalError, JsonObject, JsonValue, parse_json
from connector.protocol.messages import MESSAGES, Field, Kind, Message
from connector.protocol.versions import ProtocolVersion
from connector.wire.errors import DecodeError
from connector.wire.normal import normal

MAX_MESSAGE: Final = 256_000
"""The largest protocol message that is read, in bytes."""
MAX_POLICY: Final = 64_000
"""The largest offer or agreement that is read, in bytes of its compact form."""
MAX_TEXT: Final = 4_096

_POLICIES: Final = frozenset({"offer", "agreement"})
M = TypeVar("M", bound=Message)


def read_object(body: bytes, *, max_bytes: int = MAX_MESSAGE) -> JsonObject:
    """Read a JSON object from outside.

    Raises:
        DecodeError: not JSON, not an object, too large, too deep.
    """
    value = _read_json(body, max_bytes)
    if not isinstance(value, dict):
        raise DecodeError(f"the body is {_named(value)}; a JSON object is expected")
    return value


def read_document(body: bytes, kind: str, *, max_bytes: int, max_values: int | None = None) -> JsonObject:
    """Read a JSON-LD document that is no message (a Catalog, a Dataset) in its normal form.

    Args:
        body: the bytes.
        kind: one of `shapes.KINDS`.
        max_bytes: the largest that is read.
        max_values: how many values may be expanded if it is not in compact form.

    Raises:
        DecodeError: it cannot be read; the sentence says why.
    """
    return normal(_read_json(body, max_bytes), kind, max_values=max_values)


def decode(body: bytes, expected: type[M]) -> M:
    """Read one message of the expected type.

    Raises:
        DecodeError: it is not that message; the sentence names the property.
    """
    data = normal(_read_json(body, MAX_MESSAGE), "Message", needs_context=True)
    found = _type_of(data, expected)
    if found != expected.TYPE:
        raise DecodeError(f"@type is {found or 'missing'!s}; {expected.TYPE} is expected here")
    values: dict[str, Any] = {}
    for field in expected.FIELDS:
        value = data.get(field.name)
        if value is None:
            if field.required:
                raise DecodeError(f"{expected.TYPE} has no {field.name}")
            continue
        values[field.attribute] = _read(field, value)
    known = {field.name for field in expected.FIELDS} | {"@context", "@type", "@id"}
    extra = {key: value for key, value in data.items() if key not in known}
    own_id = data.get("@id")
    if own_id is not None and (not isinstance(own_id, str) or len(own_id) > MAX_TEXT):
        raise DecodeError("@id is not a text of bounded length")
    return expected(id=own_id or None, extra=extra, **values)


def encode(message: Message, version: ProtocolVersion) -> bytes:
    """Write a message; the bytes sent are the bytes stored are the bytes logged."""
    data: JsonObject = {"@context": [version.context], "@type": message.TYPE}
    if message.id is not None:
        data["@id"] = message.id
    for field in message.FIELDS:
        value = getattr(message, field.attribute)
        if value is not None:
            data[field.name] = value
    data.update(message.extra)
    return dump(data)


def fingerprint(message: Message) -> str:
    """A digest of the message's normalised content: equal for two writings of one message (decision 5, 2)."""
    content = {field.name: _folded(getattr(message, field.attribute)) for field in message.FIELDS}
    data = [message.TYPE, message.id, content, _folded(dict(message.extra))]
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def with_context(data: JsonObject, version: ProtocolVersion) -> JsonObject:
    """An answer (Catalog, Dataset, ContractNegotiation, error …) with the version's context in front."""
    return {"@context": [version.context], **data}


def dump(data: JsonValue) -> bytes:
    """Compact UTF-8 JSON."""
    return orjson.dumps(data)


def message_types() -> tuple[str, ...]:
    """The `@type`s that can be decoded."""
    return tuple(MESSAGES)


def read_answer(body: bytes) -> JsonObject:
    """Read what a peer answered; anything that is no JSON object reads as empty, for answers need no body.

    Errors that come as a list of objects with a `message` (as EDC's management API writes them) become a `reason`.
    """
    try:
        value = _read_json(body, MAX_MESSAGE)
        if isinstance(value, list) and value and all(isinstance(item, dict) and "message" in item for item in value):
            return {"reason": [str(item["message"]) for item in value]}
        return normal(value, "Message")
    except DecodeError:
        return {}


def as_list(value: JsonValue) -> list[JsonValue]:
    """A JSON-LD processor writes a list of one as the one: undo it."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_text(value: JsonValue) -> str | None:
    """The text of a JSON-LD value in any of its shapes, or None."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@id", value.get("@value"))
    return value if isinstance(value, str) else None


def _read(field: Field, value: JsonValue) -> JsonValue:
    if field.kind is Kind.LIST:
        return as_list(value)
    if field.kind is Kind.OBJECT:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            raise DecodeError(f"{field.name} is {_named(value)}; {field.kind} is expected")
        if field.name in _POLICIES and len(dump(value)) > MAX_POLICY:
            raise DecodeError(f"{field.name} is larger than {MAX_POLICY:,} bytes")
        return value
    text = as_text(value)
    if text is None or not 0 < len(text) <= MAX_TEXT:
        found = _named(value) if text is None else f"a text of {len(text):,} characters"
        raise DecodeError(f"{field.name} is {found}; {field.kind} of 1 to {MAX_TEXT:,} characters is expected")
    return text.removeprefix("dspace:") if field.name in ("eventType", "format") else text


def _type_of(data: JsonObject, expected: type[Message]) -> str | None:
    found = data.get("@type")
    if isinstance(found, list) and expected.TYPE in found:
        return expected.TYPE
    text = as_text(found)
    return None if text is None else text[:200]


def _read_json(body: bytes, max_bytes: int) -> JsonValue:
    try:
        value = parse_json(body, max_bytes=max_bytes, floats=True)
    except CanonicalError as error:
        raise DecodeError(f"the body cannot be read: {error}") from None
    return value


def _folded(value: JsonValue) -> JsonValue:
    """The same for all writings of it: a list of one is the one, `{"@value": x}` is x, null is nothing."""
    if isinstance(value, list):
        return _folded(value[0]) if len(value) == 1 else [_folded(item) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"@value"}:
            return value["@value"]
        return {name: _folded(item) for name, item in value.items() if item is not None}
    return value


def _named(value: JsonValue) -> str:
    if value is None:
        return "null"
    return {dict: "an object", list: "a list", str: "a text", bool: "true or false"}.get(type(value), "a number")
