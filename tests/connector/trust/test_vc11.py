from datetime import timedelta
from typing import Any

import pytest

from connector.trust.errors import CredentialInvalid
from connector.trust.jws import peek, sign_jws
from connector.trust.keys import SigningKey
from connector.trust.vc_jwt import read_credential, verify_credential
from tests.connector.trust.parties import NOW, SKEW, party, stranger

AUTHORITY, A = party("authority"), party("a")
JWT = A.membership(AUTHORITY)
KEY = AUTHORITY.token_key.key.public


def issued(outer: dict[str, Any] | None = None, key: SigningKey = AUTHORITY.token_key, **inner: Any) -> str:
    claims = peek(JWT)[1]
    claims["vc"] = {name: value for name, value in {**claims["vc"], **inner}.items() if value is not ...}
    return sign_jws({name: value for name, value in {**claims, **(outer or {})}.items() if value is not ...}, key)


def test_what_was_issued_is_verified() -> None:
    credential = verify_credential(JWT, KEY, now=NOW)

    assert credential == read_credential(JWT)
    assert (credential.issuer, credential.subject) == (AUTHORITY.did, A.did)
    assert credential.types == ("VerifiableCredential", "MembershipCredential")
    assert (credential.kid, credential.jwt) == (AUTHORITY.token_key.kid, JWT)
    assert credential.valid_from == NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ({"issuer": {"id": AUTHORITY.did, "name": "x"}}, {}),
        ({"issuer": ...}, {}),
        ({"id": ...}, {}),
        ({}, {"jti": ...}),
        ({"issuanceDate": ...}, {}),
        ({"expirationDate": ...}, {}),
        ({}, {"nbf": ..., "exp": ...}),
        ({"credentialSubject": [{"id": A.did}]}, {}),
        ({"credentialSubject": {}}, {}),
        ({"@context": "https://www.w3.org/2018/credentials/v1"}, {}),
    ],
)
def test_other_shapes_that_say_the_same(inner: dict[str, Any], outer: dict[str, Any]) -> None:
    credential = verify_credential(issued(outer, **inner), KEY, now=NOW)

    assert (credential.issuer, credential.subject) == (AUTHORITY.did, A.did)
    assert credential.valid_until == NOW + timedelta(days=365)


@pytest.mark.parametrize(
    ("inner", "outer", "sentence"),
    [
        ({"issuer": A.did}, {}, "issuer is"),
        ({"issuer": 3}, {}, "issuer is"),
        ({}, {"iss": A.did}, "issuer is"),
        ({}, {"iss": ...}, "iss is missing"),
        ({"credentialSubject": {"id": "did:web:b.example"}}, {}, "subject is"),
        ({}, {"sub": "did:web:b.example"}, "subject is"),
        ({}, {"sub": ...}, "sub is missing"),
        ({"id": "urn:uuid:other"}, {}, "id is"),
        ({"id": 3}, {"jti": ...}, "id is no text"),
        ({"credentialSubject": []}, {}, "exactly one credentialSubject"),
        ({"credentialSubject": [{}, {}]}, {}, "exactly one credentialSubject"),
        ({"credentialSubject": "x"}, {}, "exactly one credentialSubject"),
        ({"type": ["MembershipCredential"]}, {}, "no VerifiableCredential"),
        ({"type": ...}, {}, "no VerifiableCredential"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, {}, "first context"),
        ({"issuanceDate": "yesterday"}, {}, "issuanceDate"),
        ({"issuanceDate": 3}, {}, "issuanceDate"),
        ({"expirationDate": "0001-01-01T00:00:00+10:00"}, {}, "expirationDate"),
        ({"issuanceDate": ...}, {"nbf": ...}, "from when"),
        ({}, {"exp": "soon"}, "exp"),
        ({}, {"vc": ...}, "claim vc"),
        ({}, {"vc": "x"}, "claim vc"),
        ({"credentialStatus": {"id": "https://x"}}, {}, "credentialStatus is of the type"),
        ({"credentialStatus": None}, {}, "credentialStatus is no JSON object"),
    ],
)
def test_credentials_that_do_not_hold(inner: dict[str, Any], outer: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CredentialInvalid, match=sentence):
        verify_credential(issued(outer, **inner), KEY, now=NOW)


def test_validity_is_the_narrowest_that_is_written() -> None:
    late = issued(issuanceDate="2026-11-23T04:06:00Z")
    with pytest.raises(CredentialInvalid, match="valid only from"):
        verify_credential(late, KEY, now=NOW)
    with pytest.raises(CredentialInvalid, match="expired"):
        verify_credential(issued({"exp": int(NOW.timestamp())}), KEY, now=NOW)
    with pytest.raises(CredentialInvalid, match="expired"):
        verify_credential(issued(expirationDate="2026-11-23T04:05:06Z"), KEY, now=NOW)
    soon = issued({"nbf": int(NOW.timestamp()) + 20})
    with pytest.raises(CredentialInvalid, match="valid only from"):
        verify_credential(soon, KEY, now=NOW)
    verify_credential(soon, KEY, now=NOW, skew=SKEW)
    assert read_credential(issued({"exp": ...}, expirationDate=...)).valid_until is None


def test_keys() -> None:
    with pytest.raises(CredentialInvalid, match="signature"):
        verify_credential(JWT, stranger().public, now=NOW)
    foreign = issued(key=SigningKey(AUTHORITY.token_key.key, A.token_key.kid))
    with pytest.raises(CredentialInvalid, match="not of its issuer"):
        verify_credential(foreign, KEY, now=NOW)
    relative = issued(key=SigningKey(AUTHORITY.token_key.key, "#token-1"))
    assert verify_credential(relative, KEY, now=NOW).kid == "#token-1"


def test_tampered_credentials() -> None:
    head, body, signature = JWT.split(".")
    other = A.membership(AUTHORITY, name="another").split(".")
    for jwt in (f"{head}.{other[1]}.{signature}", f"{head}.{body}.{other[2]}", f"{head}.{body}.", "x", ""):
        with pytest.raises(CredentialInvalid):
            verify_credential(jwt, KEY, now=NOW)
