import base64
import json
from typing import Any

import pytest
from joserfc import jws as other
from joserfc.jwk import ECKey, OKPKey

from connector.trust.encoding import to_base64url
from connector.trust.errors import TokenInvalid
from connector.trust.jws import MAX_TOKEN, decode_jws, peek, sign_jws, verify_jws
from connector.trust.keys import Signer, SigningKey, generate_ed25519, generate_p256
from tests.connector.trust.parties import brief

P256 = SigningKey(generate_p256(), "did:web:a.example#p")
ED25519 = SigningKey(generate_ed25519(), "did:web:a.example#e")
BOTH = pytest.mark.parametrize("key", [P256, ED25519], ids=["ES256", "EdDSA"])
CLAIMS = {"iss": "did:web:a.example", "이름": "가"}


def forged(header: Any, payload: Any = CLAIMS, key: Signer = P256.key) -> str:
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    signing_input = ".".join(to_base64url(part) for part in parts)
    return f"{signing_input}.{to_base64url(key.sign(signing_input.encode()))}"


@BOTH
def test_what_was_signed_is_verified(key: SigningKey) -> None:
    header, payload = verify_jws(sign_jws(CLAIMS, key, header={"cty": "x", "alg": "none"}), key.key.public)

    assert header == {"cty": "x", "alg": key.key.algorithm, "kid": key.kid, "typ": "JWT"}
    assert payload == CLAIMS
    assert peek(sign_jws(b'{"a":1}', key, typ="x"))[1] == {"a": 1}


@BOTH
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
def test_an_independent_library_agrees(key: SigningKey) -> None:
    registry = other.JWSRegistry(algorithms=["ES256", "EdDSA"], strict_check_header=False)
    jwk: Any = key.key.public.jwk()
    public = ECKey.import_key(jwk) if key is P256 else OKPKey.import_key(jwk)
    theirs = ECKey.generate_key("P-256") if key is P256 else OKPKey.generate_key("Ed25519")

    assert json.loads(other.deserialize_compact(sign_jws(CLAIMS, key), public, registry=registry).payload) == CLAIMS

    from connector.trust.keys import public_key_from_jwk

    token = other.serialize_compact({"alg": key.key.algorithm}, json.dumps(CLAIMS), theirs, registry=registry)
    assert verify_jws(token, public_key_from_jwk(theirs.as_dict(private=False)))[1] == CLAIMS


@pytest.mark.parametrize("place", range(0, len(sign_jws(CLAIMS, P256)), 3))
def test_no_character_can_be_changed(place: int) -> None:
    token = sign_jws(CLAIMS, P256)
    place = min(place, len(token) - 1)
    character = "B" if token[place] != "B" else "C"

    with pytest.raises(TokenInvalid):
        verify_jws(token[:place] + character + token[place + 1 :], P256.key.public)


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "RS256", "PS256", "ES384", "ES256K", "", None, 3, ["ES256"]])
def test_no_other_algorithm(alg: Any) -> None:
    with pytest.raises(TokenInvalid, match="alg") as caught:
        verify_jws(forged({"alg": alg}), P256.key.public)
    assert caught.value.step == "signature"


def test_an_unsigned_token() -> None:
    head, body, _ = forged({"alg": "none"}).split(".")
    with pytest.raises(TokenInvalid, match="alg"):
        verify_jws(f"{head}.{body}.", P256.key.public)


def test_the_algorithm_must_fit_the_key() -> None:
    for header, key in (({"alg": "EdDSA"}, P256), ({"alg": "ES256"}, ED25519)):
        with pytest.raises(TokenInvalid, match="its key signs with"):
            verify_jws(forged(header, key=key.key), key.key.public)
    verify_jws(forged({"alg": "Ed25519"}, key=ED25519.key), ED25519.key.public)
    with pytest.raises(TokenInvalid, match="allowed are ES256"):
        verify_jws(sign_jws(CLAIMS, ED25519), ED25519.key.public, algorithms=["ES256"])
    with pytest.raises(TokenInvalid, match="alg"):
        verify_jws(forged({"alg": "HS256"}), P256.key.public, algorithms=["HS256"])


def test_a_key_in_the_header_is_not_believed() -> None:
    stranger = generate_p256()
    token = forged({"alg": "ES256", "jwk": stranger.public.jwk()}, key=stranger)

    with pytest.raises(TokenInvalid, match="signature"):
        verify_jws(token, P256.key.public)


def test_der_signatures_are_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    head, body, signature = sign_jws(CLAIMS, P256).split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    with pytest.raises(TokenInvalid, match="64 bytes"):
        verify_jws(f"{head}.{body}.{to_base64url(der)}", P256.key.public)


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("", "three parts"),
        ("a.b", "three parts"),
        ("a.b.c.d", "three parts"),
        ("a.b.c.d.e", "three parts"),
        ("e30.e30.A", "signature is not base64url"),
        ("e30.e30.AA==", "signature is not base64url"),
        ("!.e30.AA", "header is not base64url"),
        ("e30.e 0.AA", "payload is not base64url"),
        ("W10.e30.AA", "header is no JSON object"),
        ("e30.W10.AA", "payload is no JSON object"),
        ("e30.AAAA.AA", "payload is no readable JSON"),
        (forged({"alg": "ES256"}, b'{"iss":"a","iss":"b"}'), "twice"),
        (forged(b'{"alg":"none","alg":"ES256"}'), "twice"),
        (forged({"alg": "ES256"}, b'{"a":NaN}'), "NaN"),
        (forged({"alg": "ES256"}, b'{"a":"\\ud800"}'), "surrogate"),
        (forged({"alg": "ES256"}, b"[" * 5000), "nested"),
        (forged({"alg": "ES256", "crit": ["exp"]}), "crit"),
        (forged({"alg": "ES256", "crit": []}), "crit"),
        (forged({"alg": "ES256", "b64": False}), "b64"),
        (forged({"alg": "ES256", "enc": "A128GCM"}), "enc"),
        (forged({"alg": "ES256", "zip": "DEF"}), "zip"),
        (forged({"alg": "ES256"}, {"a": "x" * MAX_TOKEN}), "larger than 32,768"),
        (7, "is a text"),
        (None, "is a text"),
    ],
    ids=brief,
)
def test_malformed_tokens(token: Any, sentence: str) -> None:
    with pytest.raises(TokenInvalid, match=sentence) as caught:
        verify_jws(token, P256.key.public)
    assert caught.value.step == "form"


def test_times_with_a_fraction_are_let_through() -> None:
    assert verify_jws(forged({"alg": "ES256"}, {"exp": 1.5}), P256.key.public)[1] == {"exp": 1.5}


@pytest.mark.parametrize("kid", ["", 3, None, ["x"]])
def test_a_kid_that_is_no_text(kid: Any) -> None:
    jws = decode_jws(forged({"alg": "ES256", "kid": kid}))
    with pytest.raises(TokenInvalid, match="kid"):
        _ = jws.kid


def test_a_token_without_kid() -> None:
    assert decode_jws(forged({"alg": "ES256"})).kid is None


def test_what_is_remembered_of_a_token_cannot_be_changed_from_outside() -> None:
    token = forged({"alg": "ES256"}, {"vc": {"type": ["A"]}})
    peek(token)[1]["vc"]["type"].append("B")
    peek(token)[0]["alg"] = "none"
    assert peek(token) == ({"alg": "ES256"}, {"vc": {"type": ["A"]}})
