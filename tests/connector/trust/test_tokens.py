from datetime import timedelta
from typing import Any

import pytest

from connector.trust.did import DidDocument
from connector.trust.errors import DidError, TokenInvalid, TrustError
from connector.trust.jws import decode_jws, peek, sign_jws
from connector.trust.keys import SigningKey, generate_p256
from connector.trust.tokens import (
    LIFETIME,
    MAX_AGE,
    IdToken,
    claimed_issuer,
    make_request_proof,
    mint_id_token,
    validate_id_token,
    verify_request_proof,
)
from tests.connector.trust.parties import NOW, SKEW, nameless, party, stranger

A, ME = party("a"), party("me")
URL = "https://me.example/data/1?x=1#y"


def claims(**changes: Any) -> dict[str, Any]:
    made = peek(mint_id_token(A.token_key, did=A.did, audience=ME.did, now=NOW, access_token="secret"))[1]
    return {name: value for name, value in {**made, **changes}.items() if value is not ...}


def validated(token: str, document: DidDocument | None = None) -> IdToken:
    return validate_id_token(token, document or A.document(), audience=ME.did, now=NOW, skew=SKEW)


def test_what_was_minted_is_valid() -> None:
    token = mint_id_token(A.token_key, did=A.did, audience=ME.did, now=NOW, access_token="secret")
    found = validated(token)

    assert (found.issuer, found.access_token) == (A.did, "secret")
    assert (found.issued_at, found.expires_at) == (NOW, NOW + LIFETIME)
    assert found.forget_at == NOW + LIFETIME + SKEW
    assert peek(token)[0] == {"alg": "ES256", "typ": "JWT", "kid": f"{A.did}#token-1"}
    jws, issuer = claimed_issuer(token)
    assert issuer == A.did
    assert validate_id_token(jws, A.document(), audience=ME.did, now=NOW, skew=SKEW) == found


def test_each_token_is_another_and_the_access_token_may_be_missing() -> None:
    one, two = (mint_id_token(A.token_key, did=A.did, audience=ME.did, now=NOW) for _ in range(2))

    assert validated(one).jti != validated(two).jti
    assert validated(one).access_token is None


def test_a_token_of_long_life_is_remembered_only_as_long_as_needed() -> None:
    token = sign_jws(claims(exp=NOW.timestamp() + 10 * 365 * 86400), A.token_key)

    assert validated(token).forget_at == NOW + MAX_AGE + SKEW


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"iss": party("b").did}, "iss"),
        ({"sub": party("b").did}, "iss"),
        ({"iss": ...}, "iss"),
        ({"sub": ...}, "sub"),
        ({"iss": ..., "sub": ...}, "iss"),
        ({"iss": party("b").did, "sub": party("b").did}, "sub"),
        ({"aud": ...}, "aud"),
        ({"aud": A.did}, "aud"),
        ({"aud": [ME.did, A.did]}, "aud"),
        ({"exp": ...}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"exp": NOW.timestamp() - 31}, "exp"),
        ({"nbf": NOW.timestamp() + 31}, "nbf"),
        ({"nbf": None}, "nbf"),
        ({"iat": ...}, "iat"),
        ({"iat": NOW.timestamp() + 31}, "iat"),
        ({"iat": NOW.timestamp() - 3700}, "iat"),
        ({"iat": True}, "iat"),
        ({"jti": ...}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 3}, "jti"),
        ({"jti": "x" * 257}, "jti"),
        ({"token": {"a": 1}}, "token"),
        ({"token": ""}, "token"),
        ({"vp": {}}, "form"),
        ({"vc": {}}, "form"),
    ],
)
def test_claims_that_do_not_hold(changes: dict[str, Any], step: str) -> None:
    with pytest.raises(TokenInvalid) as caught:
        validated(sign_jws(claims(**changes), A.token_key))
    assert caught.value.step == step


def test_claims_within_the_skew() -> None:
    seconds = NOW.timestamp()
    validated(sign_jws(claims(exp=seconds - 29, nbf=seconds + 29, iat=seconds + 29, aud=[ME.did]), A.token_key))


@pytest.mark.parametrize("typ", ["dpop+jwt", "vp+jwt", "vc+jwt", "", 3])
def test_other_kinds_of_signed_things(typ: Any) -> None:
    with pytest.raises(TokenInvalid, match="typ"):
        validated(sign_jws(claims(), A.token_key, typ=typ))


def test_a_typ_in_its_longer_form() -> None:
    validated(sign_jws(claims(), A.token_key, typ="application/JWT"))


@pytest.mark.parametrize(
    ("key", "kind", "sentence"),
    [
        (SigningKey(stranger(), f"{A.did}#token-1"), TokenInvalid, "signature does not hold"),
        (SigningKey(A.token_key.key, f"{A.did}#token-2"), DidError, "no key"),
        (SigningKey(stranger(), "did:web:b.example#token-1"), DidError, "another DID"),
        (A.contract_key, DidError, "no capabilityInvocation"),
        (SigningKey(A.contract_key.key, f"{A.did}#token-1"), TokenInvalid, "its key signs with"),
    ],
)
def test_keys_that_do_not_hold(key: SigningKey, kind: type[TrustError], sentence: str) -> None:
    with pytest.raises(kind, match=sentence):
        validated(sign_jws(claims(), key))


def test_without_kid_the_only_key_is_meant() -> None:
    data, token = A.data(), nameless(sign_jws(claims(), A.token_key), A.token_key)
    with pytest.raises(DidError, match="3 keys instead of one"):
        validated(token)
    alone = {**data, "verificationMethod": data["verificationMethod"][:1]}
    assert validated(token, DidDocument.parse(alone, A.did)).issuer == A.did
    powerless = {**alone, "capabilityInvocation": []}
    with pytest.raises(DidError, match="no capabilityInvocation"):
        validated(token, DidDocument.parse(powerless, A.did))


def test_unsigned_and_broken_tokens() -> None:
    head, body, signature = sign_jws(claims(), A.token_key).split(".")
    for token in (f"{head}.{body}.", f"{head}.{body}.{signature[:-2]}", "", "x" * 40_000, f"{head}.{body}"):
        with pytest.raises(TokenInvalid):
            validated(token)
        if token.count(".") != 2:
            with pytest.raises(TokenInvalid):
                claimed_issuer(token)


class TestRequestProof:
    KEY = SigningKey(generate_p256(), "did:web:a.example#token-1")

    def made(self, **changes: Any) -> str:
        return make_request_proof(self.KEY, **{"method": "get", "url": URL, "access_token": "t", "now": NOW, **changes})

    def verified(self, proof: str, **changes: Any) -> str:
        return verify_request_proof(
            proof,
            self.KEY.key.public,
            **{"method": "GET", "url": URL, "access_token": "t", "now": NOW, "skew": SKEW, **changes},
        )

    def test_what_was_made_is_verified(self) -> None:
        proof = self.made()

        assert self.verified(proof) == peek(proof)[1]["jti"] != self.verified(self.made())
        assert peek(proof)[0]["typ"] == "dpop+jwt"
        assert peek(proof)[1]["htu"] == "https://me.example/data/1"
        assert self.verified(self.made(url="HTTPS://Me.example"), url="https://me.example/")

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"method": "HEAD"}, "htm"),
            ({"url": "https://me.example/data/2"}, "htu"),
            ({"access_token": "u"}, "ath"),
            ({"now": NOW + timedelta(minutes=3)}, "iat"),
            ({"now": NOW - timedelta(minutes=1)}, "iat"),
        ],
    )
    def test_a_proof_for_something_else(self, changes: dict[str, Any], sentence: str) -> None:
        with pytest.raises(TokenInvalid, match=sentence):
            self.verified(self.made(), **changes)

    def test_other_keys_and_kinds(self) -> None:
        with pytest.raises(TokenInvalid, match="signature"):
            verify_request_proof(
                self.made(), stranger().public, method="GET", url=URL, access_token="t", now=NOW, skew=SKEW
            )
        with pytest.raises(TokenInvalid, match="typ"):
            self.verified(sign_jws(decode_jws(self.made()).payload, self.KEY))
