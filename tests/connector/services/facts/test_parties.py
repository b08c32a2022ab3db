"""Who asks, as policies see it: what holds now of what was presented, the newest word of each issuer."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from connector.clock import format_time
from connector.ports.records import MembershipRecord, PresentedRecord
from connector.services.facts.parties import party_of
from connector.store.unit_of_work import SqlStore
from connector.trust.credentials import issue_membership, read_membership
from connector.trust.keys import SigningKey, generate_ed25519, generate_p256
from connector.trust.vc11 import VC11
from connector.trust.vc_jwt import sign_credential
from policies.context import Party
from tests.ports.places import Place
from tests.support.members import NOW

pytestmark = pytest.mark.anyio
MEMBER, OFFICE, LAB = "did:web:member", "did:web:office", "did:web:lab"
KEY: Final = SigningKey(generate_p256(), f"{OFFICE}#token-1")
CONTRACT, LOG = generate_ed25519().public, generate_ed25519().public


@pytest.fixture
def store() -> Any:
    place = Place()
    yield place.open()
    place.close()


def membership(at: datetime = NOW, *, issuer: str = OFFICE, days: int = 30, **says: Any) -> MembershipRecord:
    jwt = issue_membership(
        issuer_key=KEY,
        issuer=issuer,
        subject=MEMBER,
        name="Member",
        contract_key=CONTRACT,
        log_key=LOG,
        log_origin="member/log",
        valid_from=at,
        valid_until=at + timedelta(days=days),
        credential_id=f"urn:{issuer}:{at}:{says}",
        says=says,
    )
    read = read_membership(jwt)
    return MembershipRecord(
        digest=read.digest,
        did=MEMBER,
        issuer=issuer,
        jwt=jwt,
        valid_until=format_time(read.valid_until),
        own=False,
        at=format_time(at),
    )


def shown(type_: str, claims: dict[str, Any], *, until: datetime | None = None) -> PresentedRecord:
    subject = {"id": MEMBER, **claims}
    vc = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "id": f"urn:{type_}",
        "type": ["VerifiableCredential", type_],
        "issuer": LAB,
        "issuanceDate": format_time(NOW.replace(microsecond=0)),
        "credentialSubject": subject,
    }
    return PresentedRecord(
        digest=f"sha256:{type_}",
        did=MEMBER,
        issuer=LAB,
        types=("VerifiableCredential", type_),
        jwt=sign_credential(vc, SigningKey(KEY.key, f"{LAB}#k"), VC11),
        valid_until=None if until is None else format_time(until),
        at=format_time(NOW),
    )


async def party(store: SqlStore, *records: Any, at: datetime = NOW) -> Party:
    def keep(unit: Any) -> None:
        for record in records:
            (unit.memberships if isinstance(record, MembershipRecord) else unit.presented).put(record)

    await store.write(keep)
    return await store.read(lambda unit: party_of(unit, MEMBER, at))


async def test_nothing_was_presented(store: SqlStore) -> None:
    assert await party(store) == Party(MEMBER)


async def test_what_a_membership_says(store: SqlStore) -> None:
    found = await party(store, membership(country="KR-26", affiliateOf=["did:web:head"], iso9001="2027"))
    assert (found.country, found.affiliate_of) == ("KR-26", frozenset({"did:web:head"}))
    assert found.claims["iso9001"] == "2027"
    assert found.credential_types == frozenset({"MembershipCredential"})


async def test_the_newest_word_of_each_issuer(store: SqlStore) -> None:
    old = membership(NOW - timedelta(days=1), country="KR", iso9001="2027")
    found = await party(store, old, membership(country="US"))
    assert (found.country, "iso9001" in found.claims) == ("US", False)


async def test_what_has_ended_or_was_taken_back_counts_no_more(store: SqlStore) -> None:
    ended = membership(NOW - timedelta(days=40), country="KR", days=30)
    assert await party(store, ended) == Party(MEMBER)
    other = membership(country="KR")
    taken = MembershipRecord(
        **{**{name: getattr(other, name) for name in other.__slots__}, "revoked_at": format_time(NOW)}
    )
    assert await party(store, taken) == Party(MEMBER)


async def test_other_credentials_beside_it(store: SqlStore) -> None:
    grade = shown("QualityCredential", {"https://example.org/terms#grade": "A", "country": "JP", "sites": ["a", 1]})
    found = await party(store, membership(country="KR"), grade)
    assert found.credential_types == frozenset({"MembershipCredential", "QualityCredential"})
    assert found.claims["grade"] == "A"
    assert (found.country, "sites" in found.claims) == (
        "KR",
        False,
    )  # our own term counts; a list of all sorts does not
    late = shown("QualityCredential", {"grade": "A"}, until=NOW)
    assert (await party(store, late)).credential_types == frozenset({"MembershipCredential"})


async def test_two_issuers_who_contradict_each_other(store: SqlStore) -> None:
    one = shown("OneCredential", {"https://a.example/x": "1"})
    other = shown("OtherCredential", {"https://b.example/x": "2", "https://b.example/y": "3"})
    found = await party(store, membership(), one, other)
    assert ("x" in found.claims, found.claims["y"]) == (False, "3")
