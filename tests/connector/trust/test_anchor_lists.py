"""Lists of trust anchors: what is said, by whom, until when; and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.trust.anchor_lists import (
    MAX_DOCUMENT,
    TYPE,
    AnchorList,
    Issuer,
    check_newer,
    claimed_kid,
    kept_anchor_list,
    sign_anchor_list,
    trust_file_of,
    verify_anchor_list,
)
from connector.trust.anchors import AuthorityKey, LostKey, parse_trust_file, write_trust_file
from connector.trust.credentials import MEMBERSHIP
from connector.trust.errors import AnchorsInvalid
from connector.trust.jws import peek, sign_jws
from connector.trust.keys import SigningKey, generate_ed25519, generate_p256
from connector.trust.tokens import mint_id_token

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
OFFICE = "did:web:office.example"
KEY = SigningKey(generate_p256(), f"{OFFICE}#token-1")
LOST = LostKey("did:web:member.example", generate_ed25519().public, NOW - timedelta(days=2))
LIST = AnchorList(
    authority=OFFICE,
    version=3,
    made_at=NOW - timedelta(hours=1),
    ends_at=NOW + timedelta(days=30),
    offline=timedelta(days=7),
    issuers=(
        Issuer(OFFICE, (MEMBERSHIP,), (AuthorityKey(KEY.kid, KEY.key.public, None, NOW + timedelta(days=3)),)),
        Issuer("did:web:lab.example", ("QualityCredential", "Iso9001Credential")),
    ),
    lost_keys=(LOST,),
)


def judge(document: str, *, now: datetime = NOW, key: SigningKey = KEY, authority: str = OFFICE) -> AnchorList:
    return verify_anchor_list(document, key.key.public, authority=authority, now=now, skew=timedelta(seconds=30))


def bent(**members: Any) -> str:
    """The list with other members; one that is `...` is left out."""
    payload = {**peek(sign_anchor_list(LIST, KEY))[1], **members}
    return sign_jws({name: value for name, value in payload.items() if value is not ...}, KEY, typ=TYPE)


def test_what_is_signed_is_read() -> None:
    document = sign_anchor_list(LIST, KEY)
    found = judge(document)
    assert replace(found, digest="") == LIST
    assert claimed_kid(document) == KEY.kid
    assert kept_anchor_list(document) == found
    assert found.believes("QualityCredential", "did:web:lab.example")
    assert not found.believes(MEMBERSHIP, "did:web:lab.example")
    assert not found.believes(MEMBERSHIP, "did:web:stranger.example")


def test_it_counts_for_the_stated_time_without_its_authority_and_never_beyond_its_end() -> None:
    assert LIST.usable_until(NOW) == NOW + timedelta(days=7)
    assert LIST.usable_until(NOW + timedelta(days=29)) == LIST.ends_at


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param(sign_anchor_list(LIST, SigningKey(generate_p256(), KEY.kid)), "does not hold", id="another key"),
        pytest.param(sign_anchor_list(LIST, KEY)[:-3] + "AAA", "does not hold", id="tampered signature"),
        pytest.param(bent(iss="did:web:other.example"), "is of 'did:web:other.example'", id="another authority"),
        pytest.param(bent(format="mmd-anchors/2"), "this program knows mmd-anchors/1", id="unknown format"),
        pytest.param(bent(exp=int(NOW.timestamp())), "ended at", id="expired"),
        pytest.param(bent(iat=int(NOW.timestamp()) + 60), "says that it is made at", id="from the future"),
        pytest.param(sign_jws(peek(bent())[1], KEY), "of the type 'JWT'", id="another type"),
        pytest.param(
            mint_id_token(KEY, did=OFFICE, audience="did:web:me.example", now=NOW, access_token="x"),
            "of the type",
            id="an identity token",
        ),
        pytest.param("{}", "three parts", id="plain JSON"),
        pytest.param("x" * (MAX_DOCUMENT + 1), "larger than", id="oversized"),
        pytest.param(bent(issuers=[{"did": f"did:web:i{n}.example", "types": ["T"]} for n in range(101)]), "at most 100",
                     id="too many issuers"),
        pytest.param(bent(issuers=[{"did": OFFICE, "types": ["T"]}] * 2), "twice", id="an issuer twice"),
        pytest.param(bent(issuers=[{"did": "office", "types": ["T"]}]), "no DID", id="an issuer without DID"),
        pytest.param(bent(issuers=[{"did": OFFICE, "types": []}]), "no types", id="an issuer of nothing"),
        pytest.param(bent(issuers=[{"did": OFFICE, "types": "T"}]), "no list", id="types that are no list"),
        pytest.param(bent(issuers=[{"did": OFFICE, "types": ["T"], "keys": [{}]}]), "kid", id="a key without kid"),
        pytest.param(bent(lostKeys=[{"did": "did:web:m.example"}]), "notBelievedFrom", id="a lost key without date"),
        pytest.param(bent(version=0), "whole number", id="version 0"),
        pytest.param(bent(version="3"), "whole number", id="a version in words"),
        pytest.param(bent(version=True), "whole number", id="a version that is a truth"),
        pytest.param(bent(offlineSeconds=10**9), "whole number", id="offline for ever"),
        pytest.param(bent(exp=...), "exp", id="no end"),
        pytest.param(bent(iss=...), "names no authority", id="no authority"),
    ],
)  # fmt: skip
def test_what_is_refused(document: str, said: str) -> None:
    with pytest.raises(AnchorsInvalid) as refused:
        judge(document)
    assert said in str(refused.value)


def test_an_older_version_is_refused_and_another_of_the_same_version() -> None:
    held = judge(sign_anchor_list(LIST, KEY))
    check_newer(held, held)
    check_newer(replace(held, version=4, digest="other"), held)
    with pytest.raises(AnchorsInvalid, match="older than 3"):
        check_newer(replace(held, version=2), held)
    with pytest.raises(AnchorsInvalid, match="two lists"):
        check_newer(judge(bent(issuers=[{"did": "did:web:thief.example", "types": [MEMBERSHIP]}])), held)


def test_the_trust_file_for_auditors_comes_out_of_it() -> None:
    trust = trust_file_of([LIST])
    assert parse_trust_file(write_trust_file(trust)) == trust
    assert trust.knows(OFFICE)
    assert not trust.knows("did:web:lab.example")  # it names no keys of this one: nothing can be judged by it
    assert trust.lost_since(OFFICE, LOST.did, LOST.key) == LOST.since
    assert trust.lost_since(OFFICE, "did:web:another.example", LOST.key) is None


def test_lists_of_two_authorities_stay_apart_in_the_trust_file() -> None:
    other = replace(
        LIST,
        authority="did:web:union.example",
        issuers=(
            Issuer("did:web:union.example", (MEMBERSHIP,), (AuthorityKey("did:web:union.example#1", KEY.key.public),)),
        ),
        lost_keys=(),
    )
    trust = trust_file_of([LIST, other])
    assert [authority.did for authority in trust.authorities] == [OFFICE, other.authority]
    assert trust.lost_since(other.authority, LOST.did, LOST.key) is None
