from datetime import timedelta
from typing import Any

import pytest

from connector.canonical import canonical_bytes
from connector.trust.did import DidDocument
from connector.trust.encoding import to_base64url
from connector.trust.errors import CredentialInvalid
from connector.trust.keys import SigningKey, generate_ed25519
from connector.trust.membership_requests import check_membership_request, make_membership_request
from tests.connector.trust.parties import NOW, party

AUTHORITY, A = party("authority"), party("a")


def request(**changes: Any) -> dict[str, Any]:
    return make_membership_request(
        **{
            "did": A.did,
            "authority": AUTHORITY.did,
            "name": "에이 공장",
            "contract_key": A.contract_key,
            "log_key": A.log_key,
            "token_key": A.token_key,
            "log_origin": A.log_origin,
            "now": NOW,
            **changes,
        }
    )


def signed_again(made: dict[str, Any]) -> dict[str, Any]:
    data = canonical_bytes({name: value for name, value in made.items() if name != "signatures"})
    keys = {"token": A.token_key, "contract": A.contract_key, "log": A.log_key}
    return {**made, "signatures": {use: to_base64url(key.key.sign(data)) for use, key in keys.items()}}


def check(made: Any, document: DidDocument | None = None, **changes: Any) -> Any:
    return check_membership_request(
        made, document or A.document(), **{"authority": AUTHORITY.did, "now": NOW, **changes}
    )


def test_who_holds_the_keys_is_believed() -> None:
    made = request()
    found = check(made)

    assert (found.id, found.did, found.name, found.log_origin) == (made["id"], A.did, "에이 공장", A.log_origin)
    assert found.contract_key == A.contract_key.key.public
    assert (found.log_key, found.token_key) == (A.log_key.key.public, A.token_key.key.public)
    assert found.created == NOW
    assert check(dict(reversed(made.items()))) == found


@pytest.mark.parametrize("late", [timedelta(hours=24), -timedelta(minutes=5)])
def test_a_request_is_fresh_for_a_day(late: timedelta) -> None:
    check(request(), now=NOW + late)
    with pytest.raises(CredentialInvalid, match="24 hours"):
        check(request(), now=NOW + late * 1.001)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"format": "mmd-membership-request/2"}, "format"),
        ({"more": 1}, "exactly"),
        ({"id": 3}, "id is no text"),
        ({"name": ""}, "name is no text"),
        ({"name": "x" * 201}, "name must be"),
        ({"name": "a\nb"}, "name must be"),
        ({"did": "a.example"}, "no DID"),
        ({"did": "did:web:b.example"}, "is by"),
        ({"logOrigin": "a b"}, "origin"),
        ({"created": "today"}, "created"),
        ({"created": 3}, "created"),
        ({"created": "0001-01-01T00:00:00+10:00"}, "created"),
        ({"keys": {}}, "keys are not exactly"),
        ({"keys": []}, "keys are not exactly"),
        ({"authority": "did:web:b.example"}, "addressed"),
    ],
)
def test_requests_that_say_something_else(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CredentialInvalid, match=sentence):
        check(signed_again({**request(), **changes}))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "another"}, "possession of the token key"),
        ({"signatures": {}}, "signatures are not exactly"),
        ({"signatures": {"token": 3, "contract": 3, "log": 3}}, "possession of the token key"),
        ({"name": "\ud800"}, "printable"),
        ({"keys": {"token": 0.5, "contract": 1, "log": 2}}, "canonical"),
        ({"keys": {"token": 1, "contract": 1, "log": 2}}, "not exactly id"),
    ],
)
def test_requests_that_were_changed(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CredentialInvalid, match=sentence):
        check({**request(), **changes})


@pytest.mark.parametrize("use", ["token", "contract", "log"])
def test_each_key_must_sign(use: str) -> None:
    made = request()
    made["signatures"][use] = to_base64url(bytes(64))

    with pytest.raises(CredentialInvalid, match=f"possession of the {use} key"):
        check(made)


def test_keys_are_those_of_the_did_document() -> None:
    other = SigningKey(generate_ed25519(), A.contract_key.kid)
    with pytest.raises(CredentialInvalid, match="not the one in the DID document"):
        check(request(contract_key=other))
    with pytest.raises(CredentialInvalid, match="has no key"):
        check(request(contract_key=SigningKey(other.key, f"{A.did}#contract-9")))
    with pytest.raises(CredentialInvalid, match="no assertionMethod"):
        check(request(), A.document(assertionMethod=[]))
    with pytest.raises(CredentialInvalid, match="ES256; EdDSA"):
        check(request(contract_key=A.token_key))
    with pytest.raises(CredentialInvalid, match="one key for contracts and for the log"):
        check(request(log_key=A.contract_key))


def test_what_is_no_request() -> None:
    nothing: list[Any] = [None, [], "x", {}]
    for made in nothing:
        with pytest.raises(CredentialInvalid):
            check(made)
    with pytest.raises(CredentialInvalid, match="origin"):
        request(log_origin="a b")
