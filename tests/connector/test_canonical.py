import hashlib
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connector import canonical
from connector.canonical import (
    MAX_DEPTH,
    MAX_SAFE_INTEGER,
    CanonicalError,
    canonical_bytes,
    digest,
    digest_bytes,
    parse_json,
)
from tests.support.shared import SHARED, needs_shared

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
INTEGERS = st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200)
@given(VALUES)
@example({"\U00010000": 1, "\ue000": 2, "a": 3})
@example({'\x7f\b\f"\\/': "\u2028\x00"})
def test_canonical_form_is_that_of_an_independent_implementation(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@settings(max_examples=100)
@given(VALUES)
def test_what_was_written_is_read(value: Any) -> None:
    assert parse_json(canonical_bytes(value)) == value


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (1.5, "fraction"),
        (1.0, "fraction"),
        ({"a": {"b": 0.5}}, r"\$\.a\.b"),
        (float("nan"), "fraction"),
        (MAX_SAFE_INTEGER + 1, "2\\^53-1"),
        (-MAX_SAFE_INTEGER - 1, "2\\^53-1"),
        ({1: 2}, "key"),
        (b"bytes", "bytes"),
        ({"a": {1, 2}}, "set"),
        ("\ud800", "surrogate"),
        (nested(MAX_DEPTH + 1), "nested"),
    ],
)
def test_values_without_canonical_form(value: Any, sentence: str) -> None:
    with pytest.raises(CanonicalError, match=sentence):
        canonical_bytes(value)


def test_depth_and_integers_at_the_limit() -> None:
    assert canonical_bytes(nested(MAX_DEPTH)).count(b"[") == MAX_DEPTH
    assert canonical_bytes([MAX_SAFE_INTEGER, -MAX_SAFE_INTEGER]) == b"[9007199254740991,-9007199254740991]"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a":1,"a":1}', "twice"),
        ('{"b":{"a":1,"\\u0061":2}}', "twice"),
        ("NaN", "NaN"),
        ("-Infinity", "Infinity"),
        ("1.0", "whole number"),
        ("1e3", "whole number"),
        ("9007199254740992", "2\\^53-1"),
        ("9" * 5000, "2\\^53-1"),
        ('"\\ud800"', "surrogate"),
        ('{"\\udfff":1}', "surrogate"),
        ("[1,]", "not JSON"),
        ("", "not JSON"),
        ("{} {}", "not JSON"),
        (b"\xff", "UTF-8"),
        ("[" * 100_000, "nested"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nested"),
    ],
)
def test_strict_reading(text: str | bytes, sentence: str) -> None:
    with pytest.raises(CanonicalError, match=sentence):
        parse_json(text)


def test_size_is_bounded() -> None:
    assert parse_json("[1]", max_bytes=3) == [1]
    with pytest.raises(CanonicalError, match="larger than 2"):
        parse_json("[1]", max_bytes=2)


def test_floats_are_read_only_where_they_are_allowed() -> None:
    assert parse_json("[1.5,1e3]", floats=True) == [1.5, 1000.0]
    with pytest.raises(CanonicalError, match="too large"):
        parse_json("1e999", floats=True)
    with pytest.raises(CanonicalError, match="NaN"):
        parse_json("NaN", floats=True)


def test_digest_is_that_of_sha256sum() -> None:
    assert digest_bytes(b"abc") == "sha256:" + hashlib.sha256(b"abc").hexdigest()
    assert digest({"b": 1, "a": [True, None]}) == digest_bytes(b'{"a":[true,null],"b":1}')
    with pytest.raises(CanonicalError):
        digest(0.1)


def holds_float(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, float) or any(holds_float(item) for item in inner)


def vectors() -> list[Path]:
    return sorted((SHARED / "spec/vectors/jcs/input").glob("*.json")) if SHARED else []


@needs_shared
@pytest.mark.parametrize("path", vectors(), ids=lambda path: path.stem)
def test_jcs_vectors(path: Path) -> None:
    value = json.loads(path.read_text("utf-8"))
    expected = bytes.fromhex((path.parent.parent / "outhex" / f"{path.stem}.txt").read_text())

    if holds_float(value):  # refused, never rounded
        with pytest.raises(CanonicalError):
            canonical_bytes(value)
    else:
        assert canonical_bytes(value) == expected


KEYED = st.dictionaries(TEXTS, VALUES, max_size=5)


def read_slowly(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Any:
    with monkeypatch.context() as patch:
        patch.setattr(canonical, "_as_we_write", lambda _: None)
        return read(data)


def read(data: bytes) -> Any:
    try:
        return repr(parse_json(data))
    except CanonicalError as error:
        return f"refused: {error}"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(KEYED, st.data())
def test_what_is_read_at_a_glance_is_what_is_read_slowly(
    monkeypatch: pytest.MonkeyPatch, value: dict[str, Any], data: st.DataObject
) -> None:
    text = bytearray(canonical_bytes(value) if data.draw(st.booleans()) else orjson.dumps(value))
    for _ in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.integers(0, len(text)))
        text[place : place + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b'"', b",", b"1", b".", b"\\u00e9", b"\xff"])
        )
    assert read(bytes(text)) == read_slowly(bytes(text), monkeypatch)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}', b'{"a":1,"a":2}', b'{"a":-0}', b'{"a":1.0}', b'{"a":1e3}', b'{"a":18446744073709551616}',
        b'{"a":9007199254740993}', b'{"a":"\\ud800"}', b'{"a":NaN}', b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":"\\u0061"}',
        b'{"a":' * 70 + b"1" + b"}" * 70, b'{"a":' * 60 + b"1" + b"}" * 60, b'{"a":1}\n', b'{"a":"\x01"}',
    ],
)  # fmt: skip
def test_no_other_form_is_taken_for_the_canonical_one(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    assert read(text) == read_slowly(text, monkeypatch)
