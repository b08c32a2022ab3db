"""Messages to bytes and back, and the slips of JSON-LD peers."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.protocol.messages import (
    MESSAGES,
    CatalogRequestMessage,
    ContractNegotiationEventMessage,
    ContractNegotiationTerminationMessage,
    ContractRequestMessage,
    Message,
    TransferRequestMessage,
)
from connector.protocol.versions import V2025_1
from connector.wire.codec import (
    MAX_MESSAGE,
    MAX_TEXT,
    as_list,
    as_text,
    decode,
    dump,
    encode,
    fingerprint,
    message_types,
    read_answer,
    read_object,
    with_context,
)
from connector.wire.errors import DecodeError
from tests.connector.wire.samples import CONTEXT, Json, body_of, kinds, messages, sample

TYPES = list(MESSAGES.values())
FULL = "https://w3id.org/dspace/2025/1/"
each = pytest.mark.parametrize("kind", TYPES, ids=[kind.TYPE for kind in TYPES])


def raw(data: Any) -> bytes:
    return json.dumps(data).encode()


# --- there and back ------------------------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(message=kinds.flatmap(messages))
def test_every_message_comes_back_as_it_was(message: Message) -> None:
    again = decode(encode(message, V2025_1), type(message))
    assert again == message
    assert fingerprint(again) == fingerprint(message)


@each
def test_what_is_written_is_the_compact_form(kind: type[Message]) -> None:
    assert json.loads(encode(sample(kind), V2025_1)) == body_of(kind)


@each
def test_only_what_must_be_there_is_enough(kind: type[Message]) -> None:
    message = decode(raw(body_of(kind, required=True)), kind)
    for field in kind.FIELDS:
        assert (getattr(message, field.attribute) is None) is not field.required


def test_nothing_is_written_for_what_is_not_there() -> None:
    written = json.loads(encode(CatalogRequestMessage(id=None), V2025_1))
    assert written == {"@context": [CONTEXT], "@type": "CatalogRequestMessage"}


def test_bytes_are_utf_8_without_blanks() -> None:
    assert dump({"이름": "건조", "n": 1}) == '{"이름":"건조","n":1}'.encode()


def test_an_answer_has_its_context_in_front() -> None:
    assert list(with_context({"@type": "Catalog"}, V2025_1)) == ["@context", "@type"]


def test_the_types_that_can_be_read() -> None:
    assert set(message_types()) == set(MESSAGES)


def test_unknown_properties_are_kept() -> None:
    """Signatures ride on them: a full-IRI key of ours, a text (decision 5, 7)."""
    more = {"https://w3id.org/my-manufacturing-data/v1/signatures": "eyJQIjp7fX0", "tck:trace": {"a": [1, 2.5, None]}}
    message = decode(raw(body_of(ContractRequestMessage, more)), ContractRequestMessage)
    assert message.extra == more
    assert json.loads(encode(message, V2025_1)) == body_of(ContractRequestMessage, more)


# --- the slips of others, dsp.md 3.4 ---------------------------------------------------------------------------------------


def alone(value: list[Any]) -> Any:
    return value[0]


QUIRKS: dict[str, tuple[type[Message], Json]] = {
    "context is a text": (ContractRequestMessage, {"@context": CONTEXT}),
    "context is a list with more": (ContractRequestMessage, {"@context": [CONTEXT, "https://w3id.org/edc/v1"]}),
    "context is an object": (ContractRequestMessage, {"@context": {"@vocab": FULL}}),
    "type is prefixed": (ContractRequestMessage, {"@type": "dspace:ContractRequestMessage"}),
    "type is a full IRI": (ContractRequestMessage, {"@type": FULL + "ContractRequestMessage"}),
    "type is a list of one": (ContractRequestMessage, {"@type": ["ContractRequestMessage"]}),
    "pid is an id": (ContractRequestMessage, {"consumerPid": {"@id": "urn:uuid:consumer"}}),
    "pid is a list of one id": (ContractRequestMessage, {"consumerPid": [{"@id": "urn:uuid:consumer"}]}),
    "callbackAddress is a value": (
        ContractRequestMessage,
        {"callbackAddress": {"@value": "https://consumer.example/dsp"}},
    ),
    "callbackAddress is a list of one": (ContractRequestMessage, {"callbackAddress": ["https://consumer.example/dsp"]}),
    "offer is a list of one": (
        ContractRequestMessage,
        {"offer": [body_of(ContractRequestMessage)["offer"]]},
    ),
    "reason is a text": (ContractNegotiationTerminationMessage, {"reason": "in a word: no"}),
    "code is a value": (ContractNegotiationTerminationMessage, {"code": {"@value": "busy", "@language": "en"}}),
    "filter is one object": (CatalogRequestMessage, {"filter": {"q": "drying"}}),
    "eventType is prefixed": (ContractNegotiationEventMessage, {"eventType": "dspace:ACCEPTED"}),
    "eventType is a full IRI": (ContractNegotiationEventMessage, {"eventType": FULL + "ACCEPTED"}),
    "eventType is an id": (ContractNegotiationEventMessage, {"eventType": {"@id": FULL + "ACCEPTED"}}),
    "format is an id": (TransferRequestMessage, {"format": {"@id": "dspace:HttpData-PULL"}}),
    "agreementId is an id": (TransferRequestMessage, {"agreementId": {"@id": "urn:uuid:agreement"}}),
}


@pytest.mark.parametrize(("kind", "change"), QUIRKS.values(), ids=list(QUIRKS))
def test_a_slip_is_read_as_it_was_meant(kind: type[Message], change: Json) -> None:
    changed = {**body_of(kind), **change}
    read = decode(raw(changed), kind)
    assert read == sample(kind)
    assert fingerprint(read) == fingerprint(sample(kind))


@each
@pytest.mark.parametrize("prefix", ["dspace:", FULL])
def test_prefixed_names_are_read(kind: type[Message], prefix: str) -> None:
    plain = body_of(kind)
    prefixed = {name if name.startswith("@") else prefix + name: value for name, value in plain.items()}
    assert decode(raw(prefixed), kind) == sample(kind)


@each
def test_null_is_absent(kind: type[Message]) -> None:
    nulls = {field.name: None for field in kind.FIELDS if not field.required}
    body = {**body_of(kind, required=True), **nulls}
    assert decode(raw(body), kind) == decode(raw(body_of(kind, required=True)), kind)


@pytest.mark.parametrize("absent", [None, ""])
def test_a_message_of_others_needs_no_id(absent: str | None) -> None:
    body = {**body_of(CatalogRequestMessage), "@id": absent}
    assert decode(raw(body), CatalogRequestMessage).id is None


# --- what is refused, and with which words ---------------------------------------------------------------------------------


def nested(levels: int) -> Any:
    value: Any = "deep"
    for _ in range(levels):
        value = [value]
    return value


REQUEST = body_of(ContractRequestMessage)
EVENT = body_of(ContractNegotiationEventMessage)
REFUSED: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "cannot be read: not JSON: .* line 1, column 1"),
    ("not JSON", b"<html>", "cannot be read: not JSON: .* line 1, column 1"),
    ("cut off", raw(REQUEST)[:-1], "cannot be read: not JSON: .* column"),
    ("not UTF-8", b'{"@type": "\xff"}', "not UTF-8 at byte 11"),
    ("half a character", b'{"@type": "\\ud800"}', "lone surrogate"),
    ("NaN", b'{"@type": NaN}', "NaN"),
    ("too large", b'"' + b"x" * MAX_MESSAGE + b'"', "larger than 256,000 bytes"),
    ("a list of two", raw([REQUEST, REQUEST]), "the body is a list; a JSON object is expected"),
    ("a text", b'"hello"', "the body is a text"),
    ("a number", b"7", "the body is a number"),
    ("null", b"null", "the body is null"),
    ("true", b"true", "the body is true or false"),
    ("deep nesting", raw({**REQUEST, "more": nested(70)}), "nested deeper than 64 levels"),
    ("deepest nesting", b"[" * 200_000, "nested deeper than 64 levels"),
    ("a key twice", b'{"@type": "A", "@type": "B"}', "the key '@type' stands twice in one object"),
    ("a key twice, inside", b'{"offer": {"a": 1, "a": 2}}', "the key 'a' stands twice in one object"),
    (
        "a name twice, once prefixed",
        raw({**REQUEST, "dspace:offer": {"@id": "urn:uuid:other"}}),
        "offer stands twice, with and without its prefix",
    ),
    ("an unsafe number", raw({**REQUEST, "n": 2**53}), r"\$\.n: the whole number is beyond 2\^53-1"),
    ("a number of 5,000 digits", b'{"n": ' + b"9" * 5000 + b"}", r"a whole number is beyond 2\^53-1"),
    ("a number without end", b'{"n": 1e999}', "the number 1e999 is too large"),
    ("no type", raw({**REQUEST, "@type": None}), "@type is missing; ContractRequestMessage is expected here"),
    ("an unknown type", raw({**REQUEST, "@type": "Greeting"}), "@type is Greeting; ContractRequestMessage is expected"),
    ("another type", raw(EVENT), "@type is ContractNegotiationEventMessage; ContractRequestMessage is expected here"),
    ("no context", raw({**REQUEST, "@context": None}), "@context is missing"),
    ("no consumerPid", raw({**REQUEST, "consumerPid": None}), "ContractRequestMessage has no consumerPid"),
    ("no offer", raw({**REQUEST, "offer": None}), "ContractRequestMessage has no offer"),
    ("a number as pid", raw({**REQUEST, "consumerPid": 7}), "consumerPid is a number; an IRI of 1 to 4,096"),
    ("an object as pid", raw({**REQUEST, "consumerPid": {"id": "x"}}), "consumerPid is an object; an IRI"),
    ("two pids", raw({**REQUEST, "consumerPid": ["a", "b"]}), "consumerPid is a list; an IRI"),
    (
        "an empty pid",
        raw({**REQUEST, "consumerPid": ""}),
        "consumerPid is a text of 0 characters; an IRI of 1 to 4,096",
    ),
    (
        "a long pid",
        raw({**REQUEST, "consumerPid": "x" * (MAX_TEXT + 1)}),
        "consumerPid is a text of 4,097 characters; an IRI of 1 to 4,096",
    ),
    ("a text as offer", raw({**REQUEST, "offer": "urn:uuid:offer"}), "offer is a text; an object is expected"),
    ("two offers", raw({**REQUEST, "offer": [{}, {}]}), "offer is a list; an object is expected"),
    ("true as callbackAddress", raw({**REQUEST, "callbackAddress": True}), "callbackAddress is true or false; a text"),
    ("an object as id", raw({**REQUEST, "@id": {}}), "@id is not a text of bounded length"),
    ("a long id", raw({**REQUEST, "@id": "x" * (MAX_TEXT + 1)}), "@id is not a text of bounded length"),
]


@pytest.mark.parametrize(("body", "sentence"), [entry[1:] for entry in REFUSED], ids=[entry[0] for entry in REFUSED])
def test_a_refusal_says_what_is_wrong(body: bytes, sentence: str) -> None:
    with pytest.raises(DecodeError, match=sentence):
        decode(body, ContractRequestMessage)


@each
def test_each_missing_property_is_named(kind: type[Message]) -> None:
    for field in kind.FIELDS:
        if field.required:
            with pytest.raises(DecodeError, match=f"^{kind.TYPE} has no {field.name}$"):
                decode(raw(body_of(kind, {field.name: None})), kind)


def test_the_size_is_the_callers() -> None:
    assert read_object(b'{"a": 1}', max_bytes=8) == {"a": 1}
    with pytest.raises(DecodeError, match="larger than 7 bytes"):
        read_object(b'{"a": 1}', max_bytes=7)


# --- answers, and values in their shapes -------------------------------------------------------------------------------------


def test_an_answer_is_read_by_bare_names() -> None:
    assert read_answer(b'{"dspace:providerPid": {"@id": "urn:p"}}') == {"providerPid": "urn:p"}


@pytest.mark.parametrize("body", [b"", b"OK", b"[1]", b"<html>502</html>", b"\xff\xfe", b"9" * 5000])
def test_an_answer_needs_no_body(body: bytes) -> None:
    assert read_answer(body) == {}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (["a"], "a"),
        ({"@id": "a"}, "a"),
        ({"@value": "a"}, "a"),
        ([{"@value": "a", "@language": "en"}], "a"),
        (["a", "b"], None),
        ([], None),
        (7, None),
        ({"@id": 7}, None),
        ({"name": "a"}, None),
        (None, None),
    ],
)
def test_the_text_of_a_value(value: Any, text: str | None) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(("value", "found"), [(None, []), ("a", ["a"]), (["a"], ["a"]), ({}, [{}]), ([], [])])
def test_one_is_a_list_of_one(value: Any, found: list[Any]) -> None:
    assert as_list(value) == found


# --- fingerprints --------------------------------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(message=kinds.flatmap(messages), shuffle=st.randoms())
def test_a_fingerprint_does_not_depend_on_the_writing(message: Message, shuffle: Any) -> None:
    data = json.loads(encode(message, V2025_1))
    names = list(data)
    shuffle.shuffle(names)
    other = json.dumps({name: data[name] for name in names}, indent=2).encode()
    assert fingerprint(decode(other, type(message))) == fingerprint(message)


@each
def test_a_fingerprint_depends_on_everything_that_is_said(kind: type[Message]) -> None:
    bodies = [body_of(kind), body_of(kind, {"@id": "urn:uuid:another"}), body_of(kind, {"more": "more"})]
    for field in kind.FIELDS:
        value = body_of(kind)[field.name]
        other = (
            [*value, "x"] if isinstance(value, list) else {**value, "x": 1} if isinstance(value, dict) else value + "x"
        )
        bodies.append(body_of(kind, {field.name: other}))
    found = {fingerprint(decode(raw(body), kind)) for body in bodies}
    assert len(found) == len(bodies)
