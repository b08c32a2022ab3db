"""Hostile JSON-LD: whatever it tries, it ends in a `DecodeError` before or in the processor, and nothing is fetched."""

import contextlib
import json
import socket
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.protocol.messages import ContractRequestMessage
from connector.wire import jsonld
from connector.wire.codec import decode, read_answer
from connector.wire.contexts import DSPACE
from connector.wire.errors import DecodeError
from connector.wire.jsonld import MAX_CONTEXTS, MAX_DEFINITIONS, MAX_VALUES, compacted
from tests.connector.wire.samples import CONTEXT, Json, body_of, json_values

REQUEST: Final = body_of(ContractRequestMessage)


def with_terms(**terms: Any) -> Json:
    return {**REQUEST, "@context": [CONTEXT, terms]}


def nested(levels: int, leaf: Any) -> Any:
    for _ in range(levels):
        leaf = {"fx:a": leaf}
    return leaf


HOSTILE: Final[dict[str, tuple[Any, str]]] = {
    "too many values": ({**with_terms(), "dspace:more": [{"a": "x"}] * MAX_VALUES}, "more than 5,000 values"),
    "too many contexts": ({**REQUEST, "@context": [CONTEXT] * (MAX_CONTEXTS + 1)}, "more than 20 contexts"),
    "too many contexts inside": (
        {**with_terms(), "odrl:x": [{"@context": CONTEXT, "a": "b"}] * MAX_CONTEXTS},
        "more than 20 contexts",
    ),
    "too many terms": (with_terms(**{f"t{n}": f"urn:{n}" for n in range(MAX_DEFINITIONS + 1)}), "more than 200 terms"),
    "an import": (with_terms(**{"@import": "https://evil.example/c"}), "@import in a context is not read"),
    "a context inside of a term": (with_terms(a={"@id": "urn:a", "@context": {}}), "@context in the definition of a"),
    "a context inside of a context": (with_terms(**{"@context": {"a": "urn:a"}}), "@context in a context is not read"),
    "a reverse term": (with_terms(a={"@reverse": "urn:a"}), "@reverse in the definition of a"),
    "an alias of nest": (with_terms(a="@nest"), "the definition of a is not read"),
    "an alias of reverse": (with_terms(a={"@id": "@reverse"}), "the definition of a is not read"),
    "an alias of included": (with_terms(a="@included"), "the definition of a is not read"),
    "nest": ({**REQUEST, "@context": [CONTEXT, {}], "@nest": {"a": "b"}}, "@nest is not read"),
    "reverse": ({**REQUEST, "@context": [CONTEXT, {}], "@reverse": {"a": "b"}}, "@reverse is not read"),
    "included": ({**REQUEST, "@context": [CONTEXT, {}], "@included": [REQUEST]}, "@included is not read"),
    "a graph inside": ({**REQUEST, "@context": [CONTEXT, {}], "a": {"@graph": [REQUEST]}}, "@graph is not read"),
    "a graph of several": ({"@context": CONTEXT, "@graph": [{**REQUEST, "@id": "urn:1"}, REQUEST]}, "these are 2"),
    "a graph of none": ({"@context": CONTEXT, "@graph": []}, "these are 0"),
    "an index container": (with_terms(a={"@id": "urn:a", "@container": "@index"}), "the container of a"),
    "a JSON literal": (with_terms(a={"@id": "urn:a", "@type": "@json"}), "the definition of a is not read"),
    "a definition that is a list": (with_terms(a=["urn:a"]), "the definition of a is no text"),
    "a long definition": (with_terms(a="urn:" + "a" * 3000), "the definition of a is not read"),
    "terms that mean each other": (with_terms(a="b:x", b="a:x"), "cyclic"),
    "a protected term with another meaning": (
        with_terms(dspace="https://evil.example/"),
        "protected term redefinition",
    ),
    "a protected type with another meaning": (
        with_terms(ContractRequestMessage="urn:x"),
        "protected term redefinition",
    ),
    "a context that is a number": ({**REQUEST, "@context": [CONTEXT, 7]}, "an address or an object"),
    "a vocabulary that is an object": (with_terms(**{"@vocab": {}}), "@vocab in a context"),
    "a vocabulary that is no IRI": ({**REQUEST, "@context": {"@vocab": 7}}, "cannot be read"),
    "an id that is a list": ({**REQUEST, "@context": [CONTEXT, {}], "@id": ["a", "b"]}, "cannot be read"),
    "a value with more": ({**REQUEST, "@context": [CONTEXT, {}], "a": {"@value": "x", "b": "c"}}, "cannot be read"),
    "two offers under two names": (
        {**REQUEST, "https://w3id.org/dspace/2025/1/offer": {"@id": "urn:uuid:other"}},
        "offer stands twice",
    ),
    "another vocabulary under our names": (
        {**REQUEST, "@context": {"@vocab": "https://evil.example/"}},
        "@type is https://evil.example/ContractRequestMessage",
    ),
    "a context that nobody knows, and names that it should have defined": (
        {"@context": "https://x.example/c", "kind": "ContractRequestMessage"},
        "@type is missing",
    ),
}


@pytest.mark.parametrize(("body", "sentence"), HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_json_ld_is_refused(body: Any, sentence: str) -> None:
    with pytest.raises(DecodeError, match=sentence):
        decode(json.dumps(body).encode(), ContractRequestMessage)


def test_a_base_moves_only_what_is_relative() -> None:
    found = compacted({**REQUEST, "@context": [CONTEXT, {"@base": "https://evil.example/"}]})
    assert found["consumerPid"] == {"@id": "urn:uuid:consumer"}
    assert found["callbackAddress"] == "https://consumer.example/dsp"


def test_as_deep_as_json_may_be() -> None:
    with pytest.raises(DecodeError, match="nested deeper than 64"):
        decode(json.dumps({**REQUEST, "fx:a": nested(70, "x")}).encode(), ContractRequestMessage)
    found = compacted({**REQUEST, "@context": [CONTEXT, {"fx": "https://fx.example/"}], "fx:a": nested(60, "x")})
    assert "https://fx.example/a" in found


def test_what_a_message_defines_is_forgotten_with_it() -> None:
    """Nobody can make us keep contexts: only our own stay in the processor's memory."""
    compacted(with_terms(before="urn:before"))
    kept = len(jsonld._thread.contexts)
    for number in range(20):
        compacted(with_terms(**{f"t{number}": f"https://x.example/{number}"}))
    compacted({**REQUEST, "@context": [CONTEXT, "https://x.example/c"], "odrl:x": "y"})
    assert len(jsonld._thread.contexts) == kept
    assert "t1" not in compacted({**REQUEST, "t1": "kept by its name", "@context": [CONTEXT, {}]}).get("@type", "")


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("somebody opened a connection")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    strangers = ["https://evil.example/c.jsonld", "relative.jsonld", "file:///etc/passwd", DSPACE + "#x", ""]
    for stranger in strangers:
        body = {**REQUEST, "@context": [CONTEXT, stranger, {}]}
        assert decode(json.dumps(body).encode(), ContractRequestMessage).consumer_pid == "urn:uuid:consumer"
        assert jsonld._load(stranger, {})["document"] == {"@context": {}}


_words = st.sampled_from(
    ["@id", "@type", "@value", "@list", "@set", "@language", "@context", "@graph", "@index", "@direction", "@vocab", "a",
     "fx:a", "odrl:use", "dspace:offer", "offer", "permission", DSPACE, "urn:x", "_:b", "@base", "@version", "@protected",
     "@container", "@prefix", "x-bare:a", "@none", ""]
)  # fmt: skip
_tangle = st.recursive(
    _words | st.none() | st.booleans() | st.integers(-3, 3) | json_values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300)
@given(tangle=st.dictionaries(_words, _tangle, max_size=5), context=_tangle)
def test_a_tangle_of_keywords(tangle: Json, context: Any) -> None:
    body = json.dumps({**REQUEST, "@context": [CONTEXT, context], **tangle, "odrl:x": tangle}).encode()
    with contextlib.suppress(DecodeError):
        decode(body, ContractRequestMessage)
    read_answer(body)
