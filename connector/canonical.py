"""Canonical JSON bytes and digests: what is signed and what is compared.

The form is RFC 8785 (JCS), restricted to values without floats: a contract holds texts, whole numbers, booleans, lists
and objects. A float is refused rather than rounded, so that two programs in two languages always see the same bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import orjson

JsonValue: TypeAlias = Any
"""A JSON value as Python's json module gives it: None, bool, int, float, str, list, dict."""
JsonObject: TypeAlias = dict[str, Any]

MAX_SAFE_INTEGER: Final = 2**53 - 1
_LOOKED_AT: Final = 256
"""Where so many bytes hold `": `, the text was written with spaces and is no canonical form."""
MAX_DEPTH: Final = 64
"""How deeply lists and objects may be nested in anything we read."""


class CanonicalError(ValueError):
    """The value or text has no canonical form; the sentence says what is wrong and where (a JSON path)."""


def canonical_bytes(value: JsonValue) -> bytes:
    """The canonical form (RFC 8785) as UTF-8 bytes.

    Raises:
        CanonicalError: a float, an integer beyond 2^53-1, a key that is no text, a lone surrogate, or nesting deeper
            than `MAX_DEPTH`.
    """
    try:
        if _is_plain(value, 0):
            # Its sorting (by UTF-8 bytes) is JCS's (by UTF-16 units) where all keys are ASCII; its escapes are JCS's.
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        _check(value, "$", 0)
        text = json.dumps(_sorted(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode("utf-8")
    except (UnicodeEncodeError, orjson.JSONEncodeError):
        raise CanonicalError("a text holds a lone surrogate and cannot be written as UTF-8") from None


def digest_bytes(data: bytes) -> str:
    """`sha256:` and the 64 hexadecimal digits of the SHA-256 of these bytes: comparable with `sha256sum`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest(value: JsonValue) -> str:
    """`digest_bytes` of the canonical form.

    Raises:
        CanonicalError: the value has no canonical form.
    """
    return digest_bytes(canonical_bytes(value))


def parse_json(data: bytes | str, *, max_bytes: int = 1_000_000, floats: bool = False) -> JsonValue:
    """Read JSON strictly: bounded size and depth, no duplicate keys, no NaN, no lone surrogates, safe integers.

    Args:
        data: the text, UTF-8 when bytes.
        max_bytes: the largest size that is read at all.
        floats: whether numbers with a fraction are let through; signed documents have none.

    Raises:
        CanonicalError: any of these is broken.
    """
    if len(data) > max_bytes:
        raise CanonicalError(f"larger than {max_bytes:,} bytes")
    if (found := _as_we_write(data)) is not None:
        return found
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = json.loads(
            text,
            object_pairs_hook=_no_duplicates,
            parse_float=_read_float if floats else _refuse_number,
            parse_constant=_refuse_number,
        )
    except UnicodeDecodeError as error:
        raise CanonicalError(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise CanonicalError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise CanonicalError(f"nested deeper than {MAX_DEPTH} levels") from None
    except CanonicalError:
        raise
    except ValueError:  # Python refuses to read a number of thousands of digits
        raise CanonicalError("a whole number is beyond 2^53-1; write it as a text") from None
    if not _is_plain(value, 0):
        _check(value, "$", 0, floats=floats)
    # UTF-8 holds no surrogates: only an escape, or a text that never was UTF-8, can bring one in.
    if "\\u" in text or not (isinstance(data, bytes) or text.isascii()):
        _refuse_surrogates(value)
    return value


def _as_we_write(data: bytes | str) -> JsonObject | None:
    """An object in the compact form that we and most others write, read by the fast reader; None when it is another.

    Written again it gives the same bytes, so that nothing stood in it twice, escaped or in another spelling.
    """
    try:
        raw = data if isinstance(data, bytes) else data.encode("utf-8")
        if not raw.startswith(b'{"') or raw.find(b'": ', 0, _LOOKED_AT) >= 0:
            return None
        value = orjson.loads(raw)
        if orjson.dumps(value) == raw and _is_plain(value, 0):
            found: JsonObject = value
            return found
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, UnicodeEncodeError):
        return None  # the careful reader says why, or reads it all the same
    return None


def _is_plain(value: JsonValue, depth: int) -> bool:
    """Whether this is what nearly everything is: built-in types, ASCII keys, safe integers. Says no rather than why."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER)
    if depth >= MAX_DEPTH:
        return False
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                return False
            if type(item) is not str and not _is_plain(item, depth + 1):
                return False
        return True
    if kind is list:
        for item in value:  # noqa: SIM110 - all() would make a generator for each list
            if type(item) is not str and not _is_plain(item, depth + 1):
                return False
        return True
    return False


def _check(value: JsonValue, where: str, depth: int, *, floats: bool = False) -> bool:
    """Refuse what has no canonical form; say whether all keys are ASCII (then plain sorting is JCS's sorting)."""
    if value is None or value is True or value is False or isinstance(value, str):
        return True
    if isinstance(value, int):
        if not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
            raise CanonicalError(f"{where}: the whole number is beyond 2^53-1; write it as a text")
        return True
    if isinstance(value, float):
        if floats:
            return True
        raise CanonicalError(f"{where}: a number with a fraction; write it as a text")
    if depth >= MAX_DEPTH:
        raise CanonicalError(f"{where[:200]}: nested deeper than {MAX_DEPTH} levels")
    ascii_keys = True
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise CanonicalError(f"{where}: a key that is no text")
            ascii_keys &= key.isascii()
            ascii_keys &= _check(item, f"{where}.{key}" if depth < 6 else where, depth + 1, floats=floats)  # noqa: PLR2004
        return ascii_keys
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        for item in value:
            ascii_keys &= _check(item, where, depth + 1, floats=floats)
        return ascii_keys
    raise CanonicalError(f"{where}: {type(value).__name__} is no JSON value")


def _sorted(value: JsonValue) -> JsonValue:
    # JCS sorts by UTF-16 code units, Python by code points: they differ beyond the basic plane.
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _sorted(value[key]) for key in keys}
    if isinstance(value, (list, tuple)):
        return [_sorted(item) for item in value]
    return value


def _no_duplicates(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise CanonicalError(f"the key {key[:80]!r} stands twice in one object")
            seen.add(key)
    return found


def _read_float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise CanonicalError(f"the number {text[:40]} is too large")
    return number


def _refuse_number(text: str) -> float:
    raise CanonicalError(f"the number {text[:40]} is not a whole number; write it as a text")


def _refuse_surrogates(value: JsonValue) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            try:
                item.encode("utf-8")
            except UnicodeEncodeError:
                raise CanonicalError("a text holds a lone surrogate") from None
        elif isinstance(item, dict):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
