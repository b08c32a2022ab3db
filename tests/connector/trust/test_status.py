import base64
import gzip
import zlib
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.trust.errors import CredentialRevoked, StatusInvalid
from connector.trust.jws import peek, sign_jws
from connector.trust.keys import SigningKey
from connector.trust.status import (
    BITS,
    MAX_BYTES,
    MAX_DOCUMENT,
    StatusList,
    check_status,
    claimed_list,
    decode_bits,
    encode_bits,
    kept_status_list,
    make_bits,
    verify_status_list,
    write_status_list,
)
from connector.trust.status_entries import StatusEntry
from connector.trust.vc import PROFILES, Profile
from connector.trust.vc_jwt import sign_credential
from tests.connector.trust.parties import NOW, SKEW, party, stranger

AUTHORITY, OTHER = party("authority"), party("b")
URL = "https://authority.example/status-lists/1"
KEY = AUTHORITY.token_key.key.public
ALL = pytest.mark.parametrize("profile", PROFILES)


def document(profile: Profile, *revoked: int, key: SigningKey = AUTHORITY.token_key, **changes: Any) -> str:
    made = {"url": URL, "issuer": AUTHORITY.did, "valid_from": NOW, "valid_until": NOW + timedelta(days=1), **changes}
    return sign_credential(write_status_list(profile, bits=make_bits(revoked), **made), key, profile)


def verified(document: str, **changes: Any) -> StatusList:
    return verify_status_list(
        document, changes.pop("key", KEY), **{"url": URL, "issuer": AUTHORITY.did, "now": NOW, **changes}
    )


@ALL
def test_what_was_written_is_verified(profile: Profile) -> None:
    written = document(profile, 0, 9, BITS - 1)
    found = verified(written)

    assert [index for index in (0, 1, 8, 9, 10, BITS - 2, BITS - 1) if found.is_set(index)] == [0, 9, BITS - 1]
    assert (found.purposes, found.valid_from) == (frozenset({"revocation"}), NOW)
    assert len(found.bits) == BITS // 8
    assert kept_status_list(written, url=URL, issuer=AUTHORITY.did) == found


def test_both_encodings_of_a_list() -> None:
    bits = make_bits([5])

    assert encode_bits(bits, multibase=True).startswith("uH4sI")
    assert encode_bits(bits, multibase=False).startswith("H4sI")
    assert base64.b64decode(encode_bits(bits, multibase=False), validate=True)


def test_the_example_of_the_standard() -> None:
    """BitstringStatusList 1.0, example 8: 131,072 bits, none of them set."""
    example = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"

    assert decode_bits(example) == bytes(BITS // 8)


@given(st.binary(max_size=2000), st.booleans())
def test_encoded_bits_are_decoded(bits: bytes, multibase: bool) -> None:
    assert decode_bits(encode_bits(bits, multibase=multibase)) == bits


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(StatusInvalid):
        assert len(decode_bits(text)) <= MAX_BYTES


def packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (packed(gzip.compress(bytes(MAX_BYTES + 1))), "larger than"),
        (packed(zlib.compress(b"x")), "no base64 of gzip"),
        (packed(b"xyz"), "no base64 of gzip"),
        (packed(gzip.compress(b"abc", mtime=0)[:-1]), "cut short"),
        (packed(gzip.compress(b"abc", mtime=0) + b"more"), "goes on behind"),
        (packed(gzip.compress(b"a", mtime=0) + gzip.compress(b"b", mtime=0)), "goes on behind"),
        ("u!!!", "no base64"),
        ("", "cut short"),
    ],
)
def test_decompression_bombs_and_broken_lists(text: str, sentence: str) -> None:
    with pytest.raises(StatusInvalid, match=sentence):
        decode_bits(text)


def changed(profile: Profile, key: SigningKey = AUTHORITY.token_key, subject: Any = None, **changes: Any) -> str:
    vc = write_status_list(
        profile, url=URL, issuer=AUTHORITY.did, bits=make_bits([]), valid_from=NOW, valid_until=NOW + timedelta(days=1)
    )
    vc["credentialSubject"] = {**vc["credentialSubject"], **(subject or {})}
    return sign_credential({**vc, **changes}, key, profile)


@ALL
@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"id": URL + "2"}, "another status list"),
        ({"issuer": OTHER.did}, "key of|issued by"),
        ({"type": ["VerifiableCredential"]}, "no status list"),
        ({"subject": {"type": "Other"}}, "no status list"),
        ({"subject": {"encodedList": 3}}, "no encodedList"),
        ({"subject": {"statusPurpose": None}}, "no statusPurpose"),
        ({"subject": {"encodedList": "x"}}, "no base64"),
        ({"key": SigningKey(stranger(), AUTHORITY.token_key.kid)}, "signature"),
        ({"key": OTHER.token_key}, "key of"),
    ],
)
def test_a_status_list_that_is_not_the_issuers(profile: Profile, how: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StatusInvalid, match=sentence):
        verified(changed(profile, **how))


@ALL
def test_a_list_of_another_issuer_signed_well(profile: Profile) -> None:
    theirs = document(profile, issuer=OTHER.did, key=OTHER.token_key)
    with pytest.raises(StatusInvalid, match="issued by"):
        verified(theirs, key=OTHER.token_key.key.public)


@ALL
def test_times_of_a_list(profile: Profile) -> None:
    assert verified(document(profile, valid_from=NOW + SKEW), skew=SKEW).valid_from == NOW + SKEW
    with pytest.raises(StatusInvalid, match="valid only from"):
        verified(document(profile, valid_from=NOW + timedelta(seconds=31)), skew=SKEW)
    with pytest.raises(StatusInvalid, match="expired"):
        verified(document(profile), now=NOW + timedelta(days=1))


def test_what_is_no_list_at_all() -> None:
    for text in ("", "x.y.z", "<html>", "x" * (MAX_DOCUMENT + 1), sign_jws({"iss": "x"}, AUTHORITY.token_key)):
        with pytest.raises(StatusInvalid, match="no signed status list"):
            claimed_list(text)


def test_a_list_in_the_newer_model_needs_a_beginning() -> None:
    claims = {k: v for k, v in peek(document(PROFILES[1]))[1].items() if k not in ("validFrom", "nbf", "iat")}
    with pytest.raises(StatusInvalid, match="when it was made"):
        verified(sign_jws(claims, AUTHORITY.token_key, typ="vc+jwt"))


def entry(**changes: Any) -> StatusEntry:
    return StatusEntry(**{"purpose": "revocation", "index": 3, "list_url": URL, **changes})


def check(entry: StatusEntry, *revoked: int, **changes: Any) -> None:
    found = verified(document(PROFILES[1], *revoked, **changes.pop("document", {})))
    check_status(entry, found, **{"issuer": AUTHORITY.did, "now": NOW, **changes})


def test_a_revoked_credential() -> None:
    check(entry(), 2, 4)
    with pytest.raises(CredentialRevoked, match="was revoked") as caught:
        check(entry(), 3)
    assert caught.value.purpose == "revocation"


def test_a_suspended_credential() -> None:
    with pytest.raises(CredentialRevoked, match="was suspended") as caught:
        check(entry(purpose="suspension"), 3, document={"purpose": "suspension"})
    assert caught.value.purpose == "suspension"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"entry": entry(index=BITS)}, "no entry 131072"),
        ({"entry": entry(purpose="suspension")}, "not about suspension"),
        ({"entry": entry(purpose="unknown")}, "purpose 'unknown' is unknown"),
        ({"entry": entry(list_url=URL + "2")}, "not the one"),
        ({"issuer": OTHER.did}, "not the one"),
        ({"now": NOW + timedelta(days=1)}, "ended at"),
    ],
)
def test_a_list_that_does_not_answer(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StatusInvalid, match=sentence):
        check(changes.pop("entry", entry()), **changes)


def test_purposes_that_are_nothing_against_a_credential() -> None:
    check(entry(purpose="refresh"), 3)
    check(entry(purpose="message"), 3)
