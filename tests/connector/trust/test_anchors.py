import json
from datetime import timedelta
from typing import Any

import pytest

from connector.trust.anchors import (
    ANY,
    Authority,
    AuthorityKey,
    TrustAnchors,
    TrustFile,
    parse_trust_file,
    trust_in_key,
    write_trust_file,
)
from connector.trust.errors import TrustFileInvalid
from tests.connector.trust.parties import NOW, party

ONE, TWO = party("authority"), party("b")
KEY = AuthorityKey(ONE.token_key.kid, ONE.token_key.key.public, NOW, NOW + timedelta(days=1))
OPEN = AuthorityKey(ONE.contract_key.kid, ONE.contract_key.key.public)
TRUST = TrustFile((Authority(ONE.did, (KEY, OPEN)), Authority(TWO.did, (AuthorityKey("k", KEY.key),))))


def test_nobody_is_believed_who_is_not_named() -> None:
    anchors = TrustAnchors({"MembershipCredential": [ONE.did]})

    assert anchors.believes("MembershipCredential", ONE.did)
    assert not anchors.believes("MembershipCredential", TWO.did)
    assert not anchors.believes("OtherCredential", ONE.did)
    assert not TrustAnchors({}).believes("MembershipCredential", ONE.did)
    assert anchors.issuers("MembershipCredential") == {ONE.did}
    assert anchors.issuers("OtherCredential") == set()


def test_trust_files_are_read_as_written() -> None:
    written = json.loads(json.dumps(write_trust_file(TRUST)))

    assert parse_trust_file(written) == TRUST
    assert written["authorities"][0]["keys"][0]["validFrom"] == "2026-11-23T04:05:06.000Z"
    assert "validFrom" not in written["authorities"][0]["keys"][1]


def test_keys_are_found_by_issuer_and_id() -> None:
    assert TRUST.key_for(ONE.did, KEY.kid) == KEY
    assert TRUST.key_for(ONE.did, "k") is None
    assert TRUST.key_for(TWO.did, KEY.kid) is None
    assert TRUST.knows(ONE.did)
    assert not TRUST.knows("did:web:c.example")


def test_a_bare_key_stands_for_every_issuer() -> None:
    trust = trust_in_key(KEY.key)
    found = trust.key_for("did:web:whoever", "any")

    assert found
    assert found.key == KEY.key
    assert trust.knows("did:web:whoever")
    assert parse_trust_file(write_trust_file(trust)) == trust
    assert trust.authorities[0].did == ANY


def file(**changes: Any) -> dict[str, Any]:
    key = {"kid": "k", "publicKeyMultibase": KEY.key.multikey(), **changes}
    return {"format": "mmd-trust/1", "authorities": [{"did": ONE.did, "keys": [key]}]}


def authorities(*items: Any) -> dict[str, Any]:
    return {"format": "mmd-trust/1", "authorities": list(items)}


KEYS = file()["authorities"][0]["keys"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "not a trust file"),
        ([], "not a trust file"),
        ({}, "not a trust file"),
        ({**file(), "format": "mmd-trust/2"}, "not a trust file"),
        ({"format": "mmd-trust/1"}, "authorities: a list"),
        (authorities(), "authorities: a list"),
        (authorities(3), r"authorities\[0\]: not a JSON object"),
        (authorities({"did": "x", "keys": KEYS}), "no DID"),
        (authorities({"keys": KEYS}), "no DID"),
        (authorities({"did": ONE.did}), "keys: a list"),
        (authorities({"did": ONE.did, "keys": []}), "keys: a list"),
        (authorities({"did": ONE.did, "keys": KEYS * 2}), "two keys"),
        (authorities({"did": ONE.did, "keys": KEYS}, {"did": ONE.did, "keys": KEYS}), "twice"),
        (authorities({"did": ONE.did, "keys": ["k"]}), r"keys\[0\]: not a JSON object with a kid"),
        (file(kid=""), "with a kid"),
        (file(publicKeyMultibase="zz"), "publicKeyMultibase"),
        (file(publicKeyMultibase=3), "publicKeyMultibase"),
        (file(validFrom="today"), "validFrom"),
        (file(validUntil=3), "validUntil"),
        (file(validUntil="9999-12-31T23:59:59-10:00"), "validUntil"),
        (file(validFrom="2026-01-02T00:00:00Z", validUntil="2026-01-01T00:00:00Z"), "not after"),
    ],
)
def test_trust_files_that_cannot_be_read(data: Any, sentence: str) -> None:
    with pytest.raises(TrustFileInvalid, match=sentence):
        parse_trust_file(data)
