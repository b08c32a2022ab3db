from datetime import timedelta
from typing import Any

import pytest

from connector.trust.errors import PresentationInvalid
from connector.trust.jws import peek, sign_jws
from connector.trust.keys import SigningKey
from connector.trust.presentations import (
    LIFETIME,
    MAX_AGE,
    MAX_CREDENTIALS,
    Presentation,
    make_presentation,
    verify_presentation,
)
from tests.connector.trust.parties import NOW, SKEW, nameless, party, stranger

A, ME = party("a"), party("me")
JWT = make_presentation(["c.r.1"], key=A.token_key, holder=A.did, audience=ME.did, now=NOW)


def verified(jwt: str) -> Presentation:
    return verify_presentation(jwt, A.document(), audience=ME.did, now=NOW, skew=SKEW)


def made(inner: dict[str, Any] | None = None, key: SigningKey = A.token_key, **changes: Any) -> str:
    claims = peek(JWT)[1]
    claims["vp"] = {name: value for name, value in {**claims["vp"], **(inner or {})}.items() if value is not ...}
    return sign_jws({name: value for name, value in {**claims, **changes}.items() if value is not ...}, key)


def test_what_was_made_is_verified() -> None:
    found = verified(JWT)

    assert (found.holder, found.credentials) == (A.did, ("c.r.1",))
    assert found.jti == peek(JWT)[1]["jti"]
    assert found.forget_at == NOW + LIFETIME + SKEW
    assert verify_presentation(JWT, A.document(), audience=ME.did, now=NOW).credentials == ("c.r.1",)


def test_other_shapes_that_say_the_same() -> None:
    assert verified(
        made({"type": "VerifiablePresentation", "holder": ..., "verifiableCredential": "c"}, sub=...)
    ).credentials
    assert verified(made({"verifiableCredential": ...})).credentials == ()
    assert verified(made(iat=..., nbf=...)).forget_at == NOW + LIFETIME + SKEW
    assert verified(made(exp=int(NOW.timestamp()) + 10**6)).forget_at == NOW + MAX_AGE + SKEW


@pytest.mark.parametrize(
    ("vp", "changes", "sentence"),
    [
        ({}, {"vp": ...}, "claim vp"),
        ({}, {"vp": []}, "claim vp"),
        ({"type": ["Other"]}, {}, "type"),
        ({"verifiableCredential": [{}]}, {}, "no JWT"),
        ({"verifiableCredential": ["c"] * (MAX_CREDENTIALS + 1)}, {}, "more than"),
        ({"holder": ME.did}, {}, "holder is"),
        ({}, {"iss": ME.did}, "iss is"),
        ({}, {"iss": ...}, "iss is"),
        ({}, {"sub": ME.did}, "sub is"),
        ({}, {"aud": A.did}, "aud"),
        ({}, {"aud": ...}, "aud"),
        ({}, {"exp": ...}, "exp is missing"),
        ({}, {"exp": int(NOW.timestamp()) - 31}, "expired"),
        ({}, {"nbf": int(NOW.timestamp()) + 31}, "nbf"),
        ({}, {"iat": int(NOW.timestamp()) + 31}, "iat"),
        ({}, {"iat": int(NOW.timestamp()) - 3700}, "iat"),
        ({}, {"iat": ..., "exp": int((NOW + 2 * MAX_AGE).timestamp())}, "too long"),
        ({}, {"jti": ...}, "jti"),
        ({}, {"jti": "x" * 257}, "jti"),
    ],
)
def test_presentations_that_do_not_hold(vp: dict[str, Any], changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PresentationInvalid, match=sentence):
        verified(made(vp, **changes))


def test_keys() -> None:
    with pytest.raises(PresentationInvalid, match="no authentication"):
        verified(made(key=A.contract_key))
    with pytest.raises(PresentationInvalid, match="signature"):
        verified(made(key=SigningKey(stranger(), A.token_key.kid)))
    with pytest.raises(PresentationInvalid, match="another DID"):
        verified(made(key=ME.token_key))


def test_without_kid_the_only_key_is_meant() -> None:
    data = A.data()
    document = A.document(verificationMethod=data["verificationMethod"][:1])
    jwt = nameless(JWT, A.token_key)

    assert verify_presentation(jwt, document, audience=ME.did, now=NOW).holder == A.did
    with pytest.raises(PresentationInvalid, match="3 keys"):
        verified(jwt)


def test_expired_and_broken() -> None:
    with pytest.raises(PresentationInvalid, match="expired"):
        verify_presentation(JWT, A.document(), audience=ME.did, now=NOW + timedelta(minutes=5))
    for jwt in ("", "x.y.z", JWT[:-4], "x" * 300_000):
        with pytest.raises(PresentationInvalid):
            verified(jwt)
