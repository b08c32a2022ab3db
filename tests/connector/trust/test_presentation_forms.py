"""The forms in which peers send presentations of the data model 2.0."""

from datetime import timedelta
from typing import Any

import pytest

from connector.trust.dcp import read_response, write_response
from connector.trust.errors import MessageInvalid, PresentationInvalid
from connector.trust.jws import peek, sign_jws
from connector.trust.keys import SigningKey
from connector.trust.presentation_forms import MAX_CREDENTIALS, enveloped
from connector.trust.presentations import Presentation, make_presentation, verify_presentation
from connector.trust.vc20 import VC20
from tests.connector.trust.parties import NOW, SKEW, party, stranger

A, B, ME = party("a"), party("b"), party("me")
CONTEXT = "https://www.w3.org/ns/credentials/v2"
JWT = make_presentation(["c.r.1"], key=A.token_key, holder=A.did, audience=ME.did, now=NOW, profile=VC20)
BOUND = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti")
SECONDS = int(NOW.timestamp())


def verified(jwt: str) -> Presentation:
    return verify_presentation(jwt, A.document(), audience=ME.did, now=NOW, skew=SKEW)


def made(key: SigningKey = A.token_key, typ: str = "vp+jwt", **changes: Any) -> str:
    claims = {name: value for name, value in {**peek(JWT)[1], **changes}.items() if value is not ...}
    return sign_jws(claims, key, typ=typ)


def wrapped(inner: str, key: SigningKey = A.token_key, context: Any = (CONTEXT,), **changes: Any) -> str:
    """As IdentityHub sends it: a JWT around a data: URI."""
    envelope = {
        "@context": context,
        "type": "EnvelopedVerifiablePresentation",
        "id": f"data:application/vp+jwt,{inner}",
    }
    return sign_jws({**envelope, **changes}, key)


def unbound() -> str:
    nothing: dict[str, Any] = dict.fromkeys(BOUND, ...)
    return made(**nothing)


def bound(**changes: Any) -> dict[str, Any]:
    return {"aud": ME.did, "exp": SECONDS + 300, "iat": SECONDS, "jti": "j", **changes}


def test_what_was_made_is_verified() -> None:
    header, claims = peek(JWT)
    found = verified(JWT)

    assert (header["typ"], claims["type"]) == ("vp+jwt", "VerifiablePresentation")
    assert claims["verifiableCredential"] == [
        {"@context": CONTEXT, "id": "data:application/vc+jwt,c.r.1", "type": "EnvelopedVerifiableCredential"}
    ]
    assert (found.holder, found.credentials, found.profile) == (A.did, ("c.r.1",), VC20)
    assert found.jti == claims["jti"]


@pytest.mark.parametrize(
    "changes",
    [
        {"verifiableCredential": ["c.r.1"]},
        {"verifiableCredential": "c.r.1"},
        {"verifiableCredential": "data:application/vc+jwt,c.r.1"},
        {"verifiableCredential": enveloped("c.r.1")},
        {"type": ["VerifiablePresentation"]},
        {"@context": CONTEXT},
        {"holder": ...},
        {"iss": ..., "sub": ...},
        {"typ": "JWT"},
    ],
)
def test_other_shapes_that_say_the_same(changes: dict[str, Any]) -> None:
    typ = str(changes.pop("typ", "vp+jwt"))

    assert verified(made(typ=typ, **changes)).credentials == ("c.r.1",)


def test_a_presentation_in_an_envelope() -> None:
    assert verified(wrapped(JWT)).jti == peek(JWT)[1]["jti"]
    found = verified(wrapped(unbound(), **bound()))
    assert (found.jti, found.credentials, found.profile) == ("j", ("c.r.1",), VC20)
    assert verified(wrapped(JWT, **bound())).jti == "j"  # the outer one, which is what was sent


@pytest.mark.parametrize(
    ("jwt", "sentence"),
    [
        (wrapped(unbound()), "aud is 'a NoneType'"),
        (wrapped(unbound(), **bound(aud=B.did)), "aud is"),
        (wrapped(unbound(), **bound(exp=SECONDS - 31)), "expired"),
        (wrapped(unbound(), **bound(jti=...) | {"jti": ""}), "jti is missing"),
        (wrapped(JWT, aud=B.did), "aud is"),
        (wrapped(JWT, exp=SECONDS - 31), "expired"),
        (wrapped(JWT, nbf=SECONDS + 31), "nbf"),
        (wrapped(JWT, iss=B.did), "iss is"),
        (wrapped(made(aud=B.did), **bound()), "aud is"),
        (wrapped(made(holder=B.did), **bound()), "holder is"),
        (wrapped(JWT, key=SigningKey(stranger(), A.token_key.kid)), "signature"),
        (wrapped(made(key=SigningKey(stranger(), A.token_key.kid)), **bound()), "signature"),
        (wrapped(made(key=B.token_key), **bound()), "another DID"),
        (wrapped(made(key=A.contract_key), **bound()), "no authentication"),
        (wrapped(wrapped(JWT)), "type is not VerifiablePresentation"),
        (wrapped("x.y.z"), "base64url|JSON"),
        (wrapped(JWT, id="urn:x"), "envelope's id"),
        (wrapped(JWT, context=[]), "first context"),
    ],
)
def test_envelopes_that_do_not_hold(jwt: str, sentence: str) -> None:
    with pytest.raises(PresentationInvalid, match=sentence):
        verified(jwt)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"vp": {}}, "no claim vp"),
        ({"typ": "vc+jwt"}, "of the type 'vc"),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "first context"),
        ({"type": "Other"}, "type is not"),
        ({"holder": B.did}, "holder is"),
        ({"holder": ..., "iss": ..., "sub": ...}, "iss is"),
        ({"holder": {"id": A.did}}, "holder is"),
        ({"aud": ...}, "aud is"),
        ({"aud": B.did}, "aud is"),
        ({"aud": [ME.did, B.did]}, "aud is 'a list'"),
        ({"exp": ...}, "exp is missing"),
        ({"jti": ...}, "jti is missing"),
        ({"iat": SECONDS - 3700}, "iat"),
        ({"iat": ..., "exp": SECONDS + 10_000}, "too long"),
        ({"verifiableCredential": [{"type": "VerifiableCredential"}]}, "no JWT"),
        ({"verifiableCredential": [{"type": "EnvelopedVerifiableCredential", "id": "c.r.1"}]}, "envelope's id"),
        ({"verifiableCredential": ["data:text/plain,x"]}, "envelope's id"),
        ({"verifiableCredential": ["c"] * (MAX_CREDENTIALS + 1)}, "more than"),
    ],
)
def test_presentations_that_do_not_hold(changes: dict[str, Any], sentence: str) -> None:
    typ = str(changes.pop("typ", "vp+jwt"))
    with pytest.raises(PresentationInvalid, match=sentence):
        verified(made(typ=typ, **changes))


def test_its_life() -> None:
    assert verified(made(exp=SECONDS + 10_000)).forget_at == NOW + timedelta(hours=1) + SKEW


def test_an_envelope_bare_in_the_answer() -> None:
    item = {"@context": CONTEXT, "type": "EnvelopedVerifiablePresentation", "id": f"data:application/vp+jwt,{JWT}"}
    answer = {**write_response([]), "presentation": [item, {"type": "Other"}, JWT]}

    assert read_response(answer) == [JWT, JWT]
    with pytest.raises(MessageInvalid, match="is none"):
        read_response({**answer, "presentation": {**item, "id": "urn:x"}})
