"""Status lists that nobody signed: the address stands for the issuer, all else is checked as ever."""

from datetime import timedelta
from typing import Any

import pytest

from connector.trust.errors import StatusInvalid
from connector.trust.plain_lists import read_plain_list
from connector.trust.status import StatusList, make_bits, write_status_list
from connector.trust.vc import PROFILES, Profile
from connector.wire.codec import dump
from tests.connector.trust.parties import NOW

ISSUER, URL = "did:web:office.example:issuer", "https://office.example/status/1"


def written(profile: Profile = "vc11-sl2021/jwt", **changes: Any) -> str:
    made = write_status_list(
        profile, url=URL, issuer=ISSUER, bits=make_bits([3]), valid_from=NOW, valid_until=NOW + timedelta(days=1)
    )
    return dump({name: value for name, value in {**made, **changes}.items() if value is not ...}).decode()


def read(document: str, **changes: Any) -> StatusList:
    return read_plain_list(document, **{"url": URL, "issuer": ISSUER, "now": NOW, **changes})


@pytest.mark.parametrize("profile", PROFILES)
def test_it_is_read(profile: Profile) -> None:
    found = read(written(profile))
    assert (found.is_set(3), found.is_set(4), found.signed) == (True, False, False)
    assert found.valid_from == NOW


def test_an_issuer_may_be_an_object() -> None:
    assert read(written(issuer={"id": ISSUER, "name": "Office"})).issuer == ISSUER


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"issuer": "did:web:else.example"}, "not issued by"),
        ({"id": URL + "2"}, "another status list"),
        ({"id": ...}, "another status list"),
        ({"issuanceDate": ...}, "when it was made"),
        ({"issuanceDate": "yesterday"}, "cannot be read"),
        ({"issuanceDate": "2026-12-01T00:00:00Z"}, "not valid now"),
        ({"expirationDate": "2026-11-01T00:00:00Z"}, "not valid now"),
        ({"type": ["VerifiableCredential"]}, "no status list"),
        ({"credentialSubject": []}, "cannot be read"),
        (
            {"credentialSubject": {"type": "StatusList2021", "statusPurpose": "revocation", "encodedList": "!"}},
            "base64",
        ),
    ],
)
def test_it_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StatusInvalid, match=sentence):
        read(written(**changes))


@pytest.mark.parametrize("document", ["", "{", "[]", "null", "{" * 300_000, '{"a":1,"a":2}'], ids=range(6))
def test_what_is_no_json_object_is_refused(document: str) -> None:
    with pytest.raises(StatusInvalid):
        read(document)


@pytest.mark.parametrize(
    "url",
    [
        "http://office.example/status/1",
        "https://office.example:8443/status/1",
        "https://lists.office.example/status/1",
        "https://office.example@evil.example/status/1",
        "https://office.example.evil.example/1",
        "https://[",
    ],
)
def test_it_must_lie_at_its_issuers_own_host(url: str) -> None:
    with pytest.raises(StatusInvalid, match="not signed"):
        read(written(id=url), url=url)


def test_an_issuer_without_a_host_has_no_plain_lists() -> None:
    with pytest.raises(StatusInvalid, match="no host"):
        read(written(issuer="did:key:z6Mk"), issuer="did:key:z6Mk")
