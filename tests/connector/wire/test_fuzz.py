"""Whatever comes in, what comes out is a message or a `DecodeError`, and nothing else."""

import json
import string
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.protocol.messages import MESSAGES, Message
from connector.protocol.versions import V2025_1
from connector.wire.codec import as_list, as_text, decode, encode, fingerprint, read_answer
from connector.wire.errors import DecodeError
from tests.connector.wire.samples import body_of, json_values, kinds

_names = sorted({field.name for kind in MESSAGES.values() for field in kind.FIELDS} | {"@id", "@type", "@context"})
_prefixes = st.sampled_from(["", "", "dspace:", "https://w3id.org/dspace/2025/1/"])
_keys = st.builds(str.__add__, _prefixes, st.sampled_from(_names))
_wild = st.dictionaries(_keys | st.text(string.printable, max_size=8), json_values, max_size=6)


def check(body: bytes, kind: type[Message]) -> None:
    try:
        message = decode(body, kind)
    except DecodeError:
        return
    # What was let in can be written, told apart and read again.
    assert fingerprint(decode(encode(message, V2025_1), kind)) == fingerprint(message)


@settings(max_examples=200)
@given(body=st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"9" * 5000)
@example(b"-" + b"9" * 5000)
@example(b'{"a":' * 5000)
@example(b'{"\\ud800": 1}')
@example(b"[-0.0, 1E400, 1e-400]")
def test_any_bytes(body: bytes) -> None:
    for kind in MESSAGES.values():
        check(body, kind)
    read_answer(body)


@settings(max_examples=300)
@given(kind=kinds, changed=_wild)
def test_any_json_in_the_place_of_ours(kind: type[Message], changed: dict[str, Any]) -> None:
    check(json.dumps({**body_of(kind), **changed}).encode(), kind)


@settings(max_examples=200)
@given(kind=kinds, data=st.data())
def test_a_message_with_damage(kind: type[Message], data: st.DataObject) -> None:
    body = bytearray(json.dumps(body_of(kind)).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body) - 1))
        if data.draw(st.booleans()):
            body[place] = data.draw(st.integers(0, 255))
        else:
            del body[place : place + data.draw(st.integers(1, 20))]
        if not body:
            break
    check(bytes(body), kind)


@settings(max_examples=100)
@given(value=json_values)
def test_values_of_any_shape(value: Any) -> None:
    assert as_text(value) is None or isinstance(as_text(value), str)
    assert isinstance(as_list(value), list)
