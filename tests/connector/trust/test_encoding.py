import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.trust.encoding import MAX_BASE58, from_base64url, from_multibase, to_base64url, to_multibase
from connector.trust.errors import EncodingInvalid


@settings(max_examples=100)
@given(st.binary(max_size=80))
def test_what_was_written_is_read(data: bytes) -> None:
    assert from_base64url(to_base64url(data)) == data
    assert to_base64url(data) == base64.urlsafe_b64encode(data).decode().rstrip("=")
    assert from_multibase(to_multibase(data)) == data


@settings(max_examples=200)
@given(st.text("AQgwZ-_az09", max_size=9))
def test_one_value_has_one_text(text: str) -> None:
    try:
        data = from_base64url(text)
    except EncodingInvalid:
        return
    assert to_base64url(data) == text


def test_base58_known_values() -> None:
    assert to_multibase(b"Hello World!") == "z2NEpo7TZRRrLZSi2U"
    assert to_multibase(b"\0\0\x28\x7f\xb4\xcd") == "z11233QC4"
    assert from_multibase("z") == b""


@pytest.mark.parametrize("text", ["A", "AAAAA", "AB", "AAB", "AA==", "A+/A", "AA\n", "A A", "가가가가", "AAA."])
def test_texts_that_are_no_base64url(text: str) -> None:
    with pytest.raises(EncodingInvalid, match="not base64url"):
        from_base64url(text)


@pytest.mark.parametrize("text", ["", "mAAAA", "uAAAA", "z0", "zO", "zl", "zI", "z ", "z가", "z" + "1" * MAX_BASE58])
def test_texts_that_are_no_multibase(text: str) -> None:
    with pytest.raises(EncodingInvalid, match="not multibase"):
        from_multibase(text)
