"""Memberships that were renewed, and exceptions for who can sign: in whole data spaces, and in the room itself."""

from dataclasses import replace
from typing import Any

import pytest

from connector.contracts.documents import Authority
from connector.ports.records import MembershipRecord, PeerRecord
from connector.services.contracting import ASKED_AFRESH, Contracting, Party
from connector.services.errors import Busy
from connector.trust.credentials import Membership, read_membership
from connector.trust.did import DidDocument
from tests.support.members import Members, issue, make_members
from tests.support.world import World
from tests.support.worlds import template, world

__all__ = ["template", "world"]
AGREEMENT = "ContractAgreementMessage"


class Unit:
    """The memberships and peers that a unit of work has."""

    def __init__(self, *held: tuple[Membership, bool], peer: PeerRecord | None = None) -> None:
        self.memberships = self
        self.peers = {peer.did: peer} if peer else {}
        self._held = [
            MembershipRecord(digest=m.digest, did=m.did, issuer=m.issuer, jwt=m.jwt, valid_until="", own=own, at="")
            for m, own in held
        ]

    def get(self, digest: str) -> MembershipRecord | None:
        return next((m for m in self._held if m.digest == digest), None)

    def find(self, *, limit: int, newest_first: bool = False, **equal: object) -> list[MembershipRecord]:
        found = [m for m in self._held if all(getattr(m, name) == value for name, value in equal.items())]
        return found[::-1][:limit] if newest_first else found[:limit]


class Case:
    """We are the consumer, and know one membership of the provider; a newer one is `renewed`."""

    def __init__(self, members: Members) -> None:
        self.members = members
        own = read_membership(str(members.consumer.membership))
        self.known = read_membership(str(members.provider.membership))
        self.renewed = read_membership(issue(members, members.provider, credential_id="urn:uuid:renewed"))
        self.own = own
        provider = members.provider
        self.party = Party(provider.did, DidDocument.parse(provider.did_document(), provider.did), self.known)
        self.forgotten: list[str] = []
        me: Any = members.consumer
        self.contracting = Contracting(me, forget=self.forgotten.append)

    def judge(self, unit: Any, provider: str, *, did: str | None = None, negotiation: str = "n1") -> Authority | None:
        named = Authority(did or self.members.authority, provider, self.own.digest)
        credential: Any = type("P", (), {"authority": named})
        return self.contracting._known_authority(unit, negotiation, credential, self.party)


@pytest.fixture(scope="module")
def case_members() -> Members:
    return make_members()


@pytest.fixture
def case(case_members: Members) -> Case:
    return Case(case_members)


def test_a_membership_that_we_have_not_seen_is_asked_for_and_nothing_is_decided(case: Case) -> None:
    unit = Unit((case.own, True), (case.known, False))
    with pytest.raises(Busy):
        case.judge(unit, case.renewed.digest)
    assert case.forgotten == [case.party.did]
    seen = Unit((case.own, True), (case.known, False), (case.renewed, False))
    found = case.judge(seen, case.renewed.digest)
    assert found is not None
    assert found.provider == case.renewed.digest


def test_who_goes_on_naming_what_he_does_not_show_is_refused_in_the_end(case: Case) -> None:
    unit = Unit((case.own, True), (case.known, False))
    for _ in range(ASKED_AFRESH):
        with pytest.raises(Busy):
            case.judge(unit, "sha256:" + "0" * 64)
    found = case.judge(unit, "sha256:" + "0" * 64)
    assert found is not None
    assert found.provider == case.known.digest  # what is expected, and is not what P says
    with pytest.raises(Busy):
        case.judge(unit, "sha256:" + "0" * 64, negotiation="n2")


def test_an_authority_that_is_not_ours_is_refused_at_once(case: Case) -> None:
    unit = Unit((case.own, True), (case.known, False))
    found = case.judge(unit, case.renewed.digest, did="did:web:other.example")
    assert found is not None
    assert found.did == case.members.authority
    assert case.forgotten == []


def test_no_exception_for_a_peer_whose_membership_we_have_seen(case: Case) -> None:
    peer = PeerRecord(did=case.party.did, listed=True, may_not_sign=True, reason="old connector", added_at="")
    without = replace(case.party, membership=None)
    nothing: Any = Unit((case.own, True), peer=peer)
    assert case.contracting.excepted(nothing, without) is not None
    seen: Any = Unit((case.own, True), (case.known, False), peer=peer)
    assert case.contracting.excepted(seen, without) is None
    assert case.contracting.excepted(nothing, case.party) is None


@pytest.mark.anyio
async def test_after_the_provider_renewed_its_membership_contracts_are_made_as_before(world: World) -> None:
    consumer, provider = world.consumer, world.provider
    dataset = await provider.publish()
    await consumer.agree(provider, dataset)
    world.clock.turn(minutes=1)
    await world.admit(provider.name)
    world.wire.exchanges.clear()
    contract = await consumer.contract(await consumer.agree(provider, dataset))
    assert contract["confirmed"]
    # Refused for the moment, once; then the provider was asked for its membership.
    assert [exchange.status for exchange in world.wire.of(AGREEMENT)] == [503, 200]


@pytest.mark.anyio
async def test_a_member_that_is_excepted_signs_all_the_same(world: World) -> None:
    consumer, provider = world.consumer, world.provider
    for member, other in ((consumer, provider), (provider, consumer)):
        answer = await member.api.put(f"/peers/{other.did}", json={"mayNotSign": True, "reason": "an old connector"})
        assert answer.is_success, answer.text
    contract = await consumer.contract(await consumer.agree(provider, await provider.publish()))
    assert (contract["state"], contract["confirmed"]) == ("complete", True)
