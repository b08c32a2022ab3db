import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.canonical import canonical_bytes
from connector.contracts.errors import ContractError
from connector.contracts.signatures import (
    MAX_SIGNATURES,
    LogProof,
    Signatures,
    read_signatures,
    signatures_of,
    write_signatures,
)
from connector.contracts.vocabulary import SIGNATURES

DOCUMENTS = st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers(0, 9), max_size=3)
PROOFS = st.none() | st.builds(LogProof, st.just({"a": 1}), st.text(max_size=9), st.none() | st.just({"old": 1}))


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(canonical_bytes(value)).rstrip(b"=").decode()


@given(st.builds(Signatures, DOCUMENTS, DOCUMENTS, DOCUMENTS, DOCUMENTS, PROOFS))
@settings(max_examples=60)
def test_what_is_written_is_read(signatures: Signatures) -> None:
    text = write_signatures(signatures)
    assert read_signatures(text) == signatures
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_the_property_is_a_full_iri_and_its_absence_means_none() -> None:
    assert SIGNATURES.startswith("https://")
    assert signatures_of({"@type": "ContractAgreementMessage"}) == Signatures()
    message = {SIGNATURES: write_signatures(Signatures(credential={"a": 1}))}
    assert signatures_of(message).credential == {"a": 1}


def test_parts_of_a_later_version_are_passed_over() -> None:
    assert read_signatures(encoded({"P": {"a": 1}, "X": 7})) == Signatures(credential={"a": 1})


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        {"P": {}},
        "!",
        "a",
        encoded([]),
        encoded({"P": "text"}),
        encoded({"logProof": {"entry": {}}}),
        encoded({"logProof": {"tlogProof": ""}}),
        encoded({"P": {}}) + "=",
        base64.urlsafe_b64encode(b'{"P": {}}').decode().rstrip("="),
        base64.urlsafe_b64encode(b'{"P":{},"P":{}}').decode().rstrip("="),
        base64.urlsafe_b64encode(b'{"P":{"a":1.5}}').decode().rstrip("="),
        "A" * (MAX_SIGNATURES + 4),
    ],
)
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(ContractError) as caught:
        read_signatures(text)
    assert caught.value.code == "signatures-unreadable"
    assert caught.value.sentence


def test_documents_without_canonical_form_are_not_written() -> None:
    with pytest.raises(ContractError) as caught:
        write_signatures(Signatures(credential={"a": 0.5}))
    assert caught.value.code == "not-canonical"
