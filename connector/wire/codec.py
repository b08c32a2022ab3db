"""Bytes to message, message to bytes, exactly once each (DSP 2025-1: compact form, validated as plain JSON).

What we write is the compact form that the standard's schemas demand. What we read: that form, with the slips of
JSON-LD peers normalised here (a single value where a list is due, `{"@id": x}` or `{"@value": x}` where a text is due,
prefixed names), so that nobody behind this door meets them. Contexts are never fetched.
"""

import hashlib
import json
from typing import Any, Final, TypeVar

import orjson

from connector.canonical import CanonicalError, JsonObject, JsonValue, parse_json
from connector.protocol.messages import MESSAGES, Field, Kind, Message
from connector.protocol.versions import ProtocolVersion
from connector.wire.errors import DecodeError

MAX_MESSAGE: Final = 256_000
"""The largest protocol message that is read, in bytes."""
MAX_POLICY: Final = 64_000
"""The largest offer or agreement that is read, in bytes of its compact form."""
MAX_TEXT: Final = 4_096

_POLICIES: Final = frozenset({"offer", "agreement"})
_PREFIXES: Final = ("dspace:", "https://w3id.org/dspace/2025/1/")
M = TypeVar("M", bound=Message)


def read_object(body: bytes, *, max_bytes: int = MAX_MESSAGE) -> JsonObject:
    """Read a JSON object from outside.

    Raises:
        DecodeError: not JSON, not an object, too large, too deep.
    """
    try:
        value = parse_json(body, max_bytes=max_bytes, floats=True)
    except CanonicalError as error:
        raise DecodeError(f"the body cannot be read: {error}") from None
    if not isinstance(value, dict):
        raise DecodeError(f"the body is {_named(value)}; a JSON object is expected")
    return value


def decode(body: bytes, expected: type[M]) -> M:
    """Read one message of the expected type.

    Raises:
        DecodeError: it is not that message; the sentence names the property.
    """
    data = read_object(body)
    found = _type_of(data)
    if found != expected.TYPE:
        raise DecodeError(f"@type is {found or 'missing'!s}; {expected.TYPE} is expected here")
    _check_context(data)
    data = _plain(data)
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
    content = {field.name: getattr(message, field.attribute) for field in message.FIELDS}
    data = [message.TYPE, message.id, content, dict(message.extra)]
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
    """Read what a peer answered; anything that is no JSON object reads as empty, for answers need no body."""
    try:
        return {_bare(key): value for key, value in read_object(body).items()}
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
    return _bare(text) if field.name in ("eventType", "format") else text


def _type_of(data: JsonObject) -> str | None:
    found = as_text(data.get("@type"))
    return None if found is None else _bare(found)[:200]


def _check_context(data: JsonObject) -> None:
    if data.get("@context") is None:
        raise DecodeError("@context is missing: a Dataspace Protocol message names its context")


def _plain(data: JsonObject) -> JsonObject:
    """The properties by their bare names; one that stands twice, plain and prefixed, would mean two things."""
    plain = {_bare(key): value for key, value in data.items()}
    if len(plain) != len(data):
        twice = next(name for name in plain if sum(_bare(key) == name for key in data) > 1)
        raise DecodeError(f"{twice[:200]} stands twice, with and without its prefix")
    return plain


def _bare(name: str) -> str:
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def _named(value: JsonValue) -> str:
    if value is None:
        return "null"
    return {dict: "an object", list: "a list", str: "a text", bool: "true or false"}.get(type(value), "a number")
