import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.wire.sentences import MOST, read_sentence

CASES: dict[str, tuple[bytes | Any, str]] = {
    "nothing": (b"", ""),
    "plain text": (b"no such thing\n", "no such thing"),
    "our own error": ({"@type": "TransferError", "code": "not now", "reason": ["too late"]}, "too late"),
    "several reasons": ({"reason": ["too late", "too large", "too late"]}, "too late too large"),
    "a reason that is no list": ({"reason": "too late"}, "too late"),
    "reasons in languages": (
        {"reason": [{"@value": "zu spät", "@language": "de"}, {"@value": "too late", "@language": "en-GB"}]},
        "too late",
    ),
    "reasons of which some have a language": (
        {"reason": ["too late", {"@value": "zu spät", "@language": "de"}]},
        "too late zu spät",
    ),
    "a map of languages": ({"reason": {"ko": "늦음", "en": "too late"}}, "too late"),
    "prefixed": ({"dspace:reason": ["too late"]}, "too late"),
    "expanded": ([{"https://w3id.org/dspace/2025/1/reason": [{"@value": "too late"}]}], "too late"),
    "only a code": ({"@type": "ContractNegotiationError", "code": "409"}, "409"),
    "an RFC 9457 problem": ({"type": "about:blank", "title": "Gone", "detail": "too late", "status": 410}, "too late"),
    "a list of messages (EDC)": ([{"message": "too late", "type": "ObjectConflict", "path": None}], "too late"),
    "a framework": (
        {"timestamp": 7, "status": 500, "error": "Internal Server Error", "path": "/x"},
        "Internal Server Error",
    ),
    "OAuth": ({"error": "invalid_client", "error_description": "unknown"}, "unknown"),
    "nested": ({"error": {"code": 3, "message": "too late"}}, "too late"),
    "a page": (
        b"<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad Gateway</h1>nginx</body></html>",
        "Bad Gateway nginx",
    ),
    "a page with a title only": (
        b"<html><head><title>504 Gateway Time-out</title></head><body></body></html>",
        "504 Gateway Time-out",
    ),
    "a page cut off": (b"<html><body><h1>Bad</h1><a href='", "Bad"),
    "scripts and styles": (b"<p>no</p><script>alert(1)</script><style>p{}</style><!-- secret -->", "no"),
    "entities": (b"<p>a &lt;b&gt; &amp; c</p>", "a <b> & c"),
    "markup within JSON": ({"message": "<b>too</b> late"}, "too late"),
    "a sign of comparison": (b"3 < 5 and 7 > 5", "3 < 5 and 7 > 5"),
    "terminal codes": (b"\x1b[31mred\x1b[0m\x07", "[31mred[0m"),
    "a text turned round": ("evil\u202egnp.exe\u200b".encode(), "evilgnp.exe"),
    "no UTF-8": (b"\xff\xfeno", "��no"),
    "Korean": ({"reason": ["서명이 없습니다"]}, "서명이 없습니다"),
    "an object that says nothing": ({"a": 1}, ""),
    "a number": (b"7", ""),
    "null": (b"null", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_one_sentence_of_whatever_peers_answer(name: str) -> None:
    said, sentence = CASES[name]
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    assert read_sentence(body) == sentence


LARGE = [sign * (1_000_000 // len(sign)) for sign in (b"x", b"<", b"<a", b"[", b"<!--", b"<title", b"<script", b"&lt;")]
LARGE += [json.dumps({"reason": ["x" * 100] * 1000}).encode(), b'{"error":' * 60 + b"1" + b"}" * 60]


@pytest.mark.parametrize("body", LARGE, ids=range(len(LARGE)))
def test_however_large_it_is_the_sentence_is_short(body: bytes) -> None:
    assert len(read_sentence(body)) <= MOST


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_one_line_that_can_be_shown(body: bytes) -> None:
    said = read_sentence(body)
    assert len(said) <= MOST
    assert all(c == " " or c.isprintable() for c in said)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["reason", "error", "@value", "@language", "x", "message", "en"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_read(value: Any) -> None:
    assert len(read_sentence(json.dumps(value).encode())) <= MOST
