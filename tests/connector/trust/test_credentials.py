from datetime import timedelta
from typing import Any

import pytest

from connector.canonical import digest_bytes
from connector.trust.credentials import MMD, membership_from, read_membership, verify_credential
from connector.trust.errors import CredentialInvalid
from connector.trust.jws import peek, sign_jws
from tests.connector.trust.parties import NOW, brief, party

AUTHORITY, A = party("authority"), party("a")
JWT = A.membership(AUTHORITY)


def test_a_membership_binds_did_keys_and_log() -> None:
    membership = membership_from(verify_credential(JWT, AUTHORITY.token_key.key.public, now=NOW))

    assert membership == read_membership(JWT)
    assert (membership.did, membership.issuer, membership.name) == (A.did, AUTHORITY.did, "a")
    assert membership.contract_key == A.contract_key.key.public
    assert (membership.log_key, membership.log_origin) == (A.log_key.key.public, A.log_origin)
    assert (membership.valid_from, membership.valid_until) == (NOW - timedelta(days=1), NOW + timedelta(days=365))
    assert (membership.jwt, membership.digest) == (JWT, digest_bytes(JWT.encode()))


def test_the_credential_on_the_wire() -> None:
    header, claims = peek(JWT)

    assert header == {"alg": "ES256", "typ": "JWT", "kid": AUTHORITY.token_key.kid}
    assert (claims["iss"], claims["sub"], claims["jti"]) == (AUTHORITY.did, A.did, claims["vc"]["id"])
    assert claims["vc"]["issuanceDate"] == "2026-11-22T04:05:06.000Z"
    assert claims["nbf"] == claims["iat"] == int((NOW - timedelta(days=1)).timestamp())
    assert set(claims["vc"]["credentialSubject"]) == {
        "id", *(MMD + term for term in ("memberOf", "name", "contractKey", "logKey", "logOrigin"))
    }  # fmt: skip


def test_an_authority_may_sign_with_ed25519() -> None:
    jwt = A.membership(AUTHORITY, issuer_key=AUTHORITY.contract_key)

    assert verify_credential(jwt, AUTHORITY.contract_key.key.public, now=NOW).subject == A.did


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"contract_key": A.token_key.key.public}, "Ed25519"),
        ({"log_key": A.token_key.key.public}, "Ed25519"),
        ({"log_key": A.contract_key.key.public}, "two different"),
        ({"log_origin": "a b"}, "origin"),
        ({"log_origin": ""}, "origin"),
        ({"valid_until": NOW - timedelta(days=1)}, "end after"),
    ],
)
def test_memberships_that_are_not_issued(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CredentialInvalid, match=sentence):
        A.membership(AUTHORITY, **changes)


def altered(*, types: list[str] | None = None, endless: bool = False, **terms: Any) -> str:
    claims = peek(JWT)[1]
    if types:
        claims["vc"]["type"] = types
    if endless:
        del claims["exp"], claims["vc"]["expirationDate"]
    claims["vc"]["credentialSubject"].update({MMD + term: value for term, value in terms.items()})
    return sign_jws(claims, AUTHORITY.token_key)


@pytest.mark.parametrize(
    ("jwt", "sentence"),
    [
        (altered(types=["VerifiableCredential"]), "no MembershipCredential"),
        (altered(endless=True), "no end"),
        (altered(memberOf="did:web:other"), "another organisation"),
        (altered(memberOf=None), "memberOf is missing"),
        (altered(name=""), "name is missing"),
        (altered(name=["a"]), "name is missing"),
        (altered(name="x" * 1001), "name is missing"),
        (altered(contractKey="z6Mk"), "contractKey cannot be used"),
        (altered(contractKey=A.token_key.key.public.multikey()), "Ed25519"),
        (altered(logKey=A.contract_key.key.public.multikey()), "two different"),
        (altered(logOrigin="a+b"), "origin"),
        ("x.y.z", "no readable JWT"),
    ],
    ids=brief,
)
def test_memberships_that_cannot_be_read(jwt: str, sentence: str) -> None:
    with pytest.raises(CredentialInvalid, match=sentence):
        read_membership(jwt)
