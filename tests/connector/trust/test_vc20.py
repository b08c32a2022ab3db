import json
from datetime import timedelta
from typing import Any, Final

import pytest

from connector.trust.errors import CredentialInvalid
from connector.trust.jws import peek, sign_jws
from connector.trust.keys import SigningKey
from connector.trust.vc20 import TYP, VC20, sign_vc20
from connector.trust.vc_jwt import read_credential, verify_credential
from tests.connector.trust.parties import NOW, party, stranger
from tests.support.shared import SHARED, needs_shared

AUTHORITY, A = party("authority"), party("a")
JWT = A.membership(AUTHORITY, profile=VC20)
KEY = AUTHORITY.token_key.key.public


def issued(key: SigningKey = AUTHORITY.token_key, typ: str = TYP, **changes: Any) -> str:
    claims = {name: value for name, value in {**peek(JWT)[1], **changes}.items() if value is not ...}
    return sign_jws(claims, key, typ=typ)


def test_what_was_issued_is_verified() -> None:
    credential = verify_credential(JWT, KEY, now=NOW)

    assert credential == read_credential(JWT)
    assert (credential.profile, credential.issuer, credential.subject) == (VC20, AUTHORITY.did, A.did)
    assert credential.valid_from == NOW - timedelta(days=1)
    assert credential.valid_until == NOW + timedelta(days=365)


def test_on_the_wire_the_payload_is_the_credential() -> None:
    header, claims = peek(JWT)

    assert (header["typ"], header["cty"]) == ("vc+jwt", "vc")
    assert "vc" not in claims
    assert claims["@context"] == ["https://www.w3.org/ns/credentials/v2"]
    assert (claims["iss"], claims["sub"], claims["jti"]) == (claims["issuer"], A.did, claims["id"])


@pytest.mark.parametrize("typ", ["vc+jwt", "JWT", "vc+ld+jwt"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"iss": ..., "sub": ..., "jti": ...},
        {"issuer": {"id": AUTHORITY.did}},
        {"iat": ..., "nbf": ..., "exp": ...},
        {"validFrom": ..., "validUntil": ...},
        {"id": ..., "jti": ...},
        {"evidence": {"type": "Evidence"}, "termsOfUse": [{"type": ["Terms"]}]},
    ],
)
def test_other_shapes_that_say_the_same(changes: dict[str, Any], typ: str) -> None:
    assert verify_credential(issued(typ=typ, **changes), KEY, now=NOW).subject == A.did


def test_without_a_beginning_it_holds_from_ever() -> None:
    credential = verify_credential(issued(validFrom=..., nbf=..., iat=...), KEY, now=NOW)

    assert credential.valid_from is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"vc": {}}, "no claim vc"),
        ({"vp": {}}, "no claim vp"),
        ({"typ": "vp+jwt"}, "of the type 'vp\\+jwt'"),
        ({"typ": "dpop+jwt"}, "of the type"),
        ({"iss": A.did}, "issuer is"),
        ({"issuer": ..., "iss": ...}, "iss is missing"),
        ({"issuer": "not an IRI", "iss": ...}, "no IRI"),
        ({"sub": AUTHORITY.did}, "subject is"),
        ({"jti": "urn:uuid:other"}, "id is"),
        ({"id": "no IRI", "jti": ...}, "id 'no IRI' is no IRI"),
        ({"credentialSubject": {}}, "says nothing"),
        ({"credentialSubject": [{"id": A.did}, {"id": A.did}]}, "exactly one"),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "first context"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2", 3]}, "no IRI and no JSON object"),
        ({"type": ["MembershipCredential"]}, "no VerifiableCredential"),
        ({"validFrom": "2026-11-24T00:00:00Z"}, "valid only from"),
        ({"nbf": int(NOW.timestamp()) + 1}, "valid only from"),
        ({"validUntil": "2026-11-23T04:05:06Z"}, "expired"),
        ({"exp": int(NOW.timestamp())}, "expired"),
        ({"validUntil": "2020-01-01T00:00:00Z"}, "ends before it begins"),
        ({"validFrom": "yesterday"}, "no date and time"),
        ({"credentialStatus": []}, "holds no entry"),
        ({"credentialStatus": {"type": "RevocationList2020Status"}}, "cannot be looked up"),
        ({"credentialSchema": {"id": "https://a.example/s"}}, "an id and a type"),
        ({"evidence": {"id": "urn:x"}}, "evidence does not say its type"),
    ],
)
def test_credentials_that_do_not_hold(changes: dict[str, Any], sentence: str) -> None:
    typ = str(changes.pop("typ", TYP))
    with pytest.raises(CredentialInvalid, match=sentence):
        verify_credential(issued(typ=typ, **changes), KEY, now=NOW)


def test_the_key_must_be_the_issuers() -> None:
    for key in (SigningKey(stranger(), AUTHORITY.token_key.kid), A.token_key):
        with pytest.raises(CredentialInvalid, match=r"signature does not hold|key of"):
            verify_credential(issued(key=key), KEY, now=NOW)


NEEDS_JSON_LD: Final = {
    "credential-redef-type-fail": "terms are read by their names, not by contexts",
    "credential-redef-type2-fail": "the same",
    "credential-type-unmapped-fail": "the same",
    "credential-type-mapped-nonurl-fail": "the same",
}
STRICTER: Final = {
    "credential-subject-multiple-ok": "credentials here are about one subject",
    "credential-id-single-ok": "and its subject has an id: whose it would be is not known otherwise",
    "credential-status": "statuses that cannot be looked up are refused",
}
"""Where we leave the data model's own cases, and why."""


def cases(ending: str) -> list[Any]:
    if SHARED is None:
        return []
    folder = SHARED / "spec" / "vectors" / "vcdm2-input"
    return [pytest.param(path, id=path.stem) for path in sorted(folder.glob(f"credential-*{ending}.json"))]


def from_case(path: Any) -> str:
    text = path.read_text().replace("PAST DATE", "2020-01-01T00:00:00Z").replace("FUTURE DATE", "2030-01-01T00:00:00Z")
    vc = {"id": "urn:uuid:case", "issuer": AUTHORITY.did, **json.loads(text)}
    if vc["issuer"] == {}:
        vc["issuer"] = {"id": AUTHORITY.did}
    return sign_jws(vc, AUTHORITY.token_key, typ=TYP)


@needs_shared
@pytest.mark.parametrize("path", cases("-ok"))
def test_the_data_models_good_cases(path: Any) -> None:
    if any(path.stem.startswith(name) for name in STRICTER):
        with pytest.raises(CredentialInvalid):
            read_credential(from_case(path))
    else:
        assert read_credential(from_case(path)).profile == VC20


@needs_shared
@pytest.mark.parametrize("path", [*cases("-fail"), *cases("-fail-or-inject")])
def test_the_data_models_bad_cases(path: Any) -> None:
    if path.stem in NEEDS_JSON_LD:
        assert read_credential(from_case(path)).profile == VC20
    elif path.stem != "credential-no-issuer-fail":
        with pytest.raises(CredentialInvalid):
            read_credential(from_case(path))


def test_a_credential_needs_one_subject_to_be_signed() -> None:
    with pytest.raises(CredentialInvalid, match="exactly one"):
        sign_vc20({"issuer": AUTHORITY.did, "id": "urn:x"}, AUTHORITY.token_key)
