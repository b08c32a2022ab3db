"""P and C name the status lists that were looked into before signing; the lists go along and lie in the evidence (5, 11)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from connector.canonical import digest_bytes
from connector.contracts.archive import read_archive
from connector.contracts.evidence import verify_evidence
from connector.contracts.layout import status_file
from connector.contracts.membership_status import NamedList, StatusUse
from connector.contracts.signatures import signatures_of
from connector.ports.records import NamedListRecord
from connector.ports.store import UnitOfWork
from connector.trust.anchors import parse_trust_file
from connector.trust.keys import SigningKey, generate_p256
from connector.trust.status import make_bits, write_status_list
from connector.trust.vc11 import VC11
from connector.trust.vc_jwt import sign_credential
from tests.flows.test_counteroffers import AskPeople
from tests.flows.test_revocation import revoke, told
from tests.flows.test_signatures import AGREEMENT, TERMINATION, VERIFICATION, refused, resigned
from tests.support.wire import Json
from tests.support.world import Member, World

pytestmark = pytest.mark.anyio


def without_lists(carried: Json) -> None:
    del carried["statusLists"]


def named(message: bytes, document: str) -> Json:
    """What P or C in a message says of status lists."""
    signed = signatures_of(json.loads(message)).to_json()[document]
    found: Json = signed["credentialSubject"]["statusLists"]
    return found


async def test_both_name_what_they_looked_into_and_anybody_can_look_again(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    lists = [
        named(world.wire.of(kind)[0].body, name)["lists"][0] for kind, name in ((AGREEMENT, "P"), (VERIFICATION, "C"))
    ]
    assert {one["id"] for one in lists} == {f"{world.authority.url}/status-lists/statuslist2021"}
    trust = parse_trust_file(await world.authority.get("/trust"))
    for member in (world.provider, world.consumer):
        evidence = (await member.api.get(f"/contracts/{contract}/evidence")).content
        assert {status_file(one["digest"]) for one in lists} <= read_archive(evidence).keys()
        verdict = verify_evidence(evidence, trust=trust, now=world.clock.now())
        assert (verdict.exit_code, verdict.check("status").reason) == (0, "status-holds"), verdict.to_json()


async def test_who_was_revoked_later_was_a_member_then(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    await revoke(world, world.consumer)
    await told(world)
    evidence = (await world.provider.api.get(f"/contracts/{contract}/evidence")).content
    trust = parse_trust_file(await world.authority.get("/trust"))
    assert verify_evidence(evidence, trust=trust, now=world.clock.now()).exit_code == 0


async def test_p_without_the_list_that_it_names_is_refused(world: World) -> None:
    dataset = await world.provider.publish()
    world.wire.alter(AGREEMENT, resigned(without_lists))
    await world.consumer.begin(world.provider, dataset)
    assert "which is not there" in await refused(world, AGREEMENT)
    await world.quiet()
    assert await world.consumer.get("/contracts") == []


async def test_who_holds_the_list_already_needs_nobody_to_bring_it(world: World) -> None:
    dataset = await world.provider.publish()
    altering = world.wire.alter(VERIFICATION, resigned(without_lists))
    await world.consumer.begin(world.provider, dataset)
    await world.quiet()
    assert altering.done == 1
    assert [c["state"] for c in await world.provider.get("/contracts")] == ["complete"]


def forging(member: Member, authority: Member, *, key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dishonest signer: names, keeps and sends a list that it wrote itself."""

    def forged(unit: UnitOfWork, purpose: str, name: str, now: Any) -> NamedList:
        url = f"{authority.url}/status-lists/{name}"
        vc = write_status_list(
            VC11,
            url=url,
            issuer=authority.did,
            bits=make_bits([]),
            valid_from=now,
            valid_until=now + timedelta(days=1),
            purpose=purpose,
        )
        jwt = sign_credential(vc, key, VC11)
        digest = digest_bytes(jwt.encode())
        unit.named_lists.add(NamedListRecord(digest=digest, issuer=authority.did, url=url, document=jwt, at=""))
        return NamedList(url, digest)

    def look_into(unit: UnitOfWork, *about: Any, max_age: Any, now: Any) -> StatusUse:
        names = {"revocation": "statuslist2021", "suspension": "statuslist2021-suspension"}
        return StatusUse(max_age, tuple(forged(unit, purpose, name, now) for purpose, name in names.items()))

    contracting = member.connector.negotiations.steps._contracting
    monkeypatch.setattr(contracting, "_look_into", lambda unit, membership, now: look_into(
        unit, membership, max_age=contracting._status_max_age, now=now
    ))  # fmt: skip


@pytest.mark.parametrize("signer", ["provider", "consumer"])
async def test_a_list_that_the_signer_wrote_himself_is_none(
    world: World, signer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed under the very key id of the authority, but not with its key."""
    kid = world.authority.connector.identity.token_key.kid
    dataset = await world.provider.publish()
    forging(world[signer], world.authority, key=SigningKey(generate_p256(), kid), monkeypatch=monkeypatch)
    await world.consumer.begin(world.provider, dataset)
    message = AGREEMENT if signer == "provider" else VERIFICATION
    assert "which is not there" in await refused(world, message)
    other = world.consumer if signer == "provider" else world.provider
    kept = await other.connector.store.read(lambda unit: [record.document for record in unit.named_lists.find()])
    lists = world.authority.connector.issued_status
    issued = [(await lists.named(name)).document for name in ("statuslist2021", "statuslist2021-suspension")]
    assert set(kept) <= set(issued)
    assert all(contract["state"] != "complete" for contract in await other.get("/contracts"))


def read(waiting: Json) -> Json:
    """That the person has read these very terms."""
    return {"terms": waiting["offer"]["terms"]}


async def test_nobody_signs_with_who_is_a_member_no_more(world: World) -> None:
    """The request came in time, the person answers later: the consumer has been revoked in between."""
    world.provider.decider = AskPeople()
    await world.provider.restart()
    dataset = await world.provider.publish()
    await world.consumer.begin(world.provider, dataset)
    await world.quiet()
    (found,) = await world.provider.get("/negotiations")
    waiting = await world.provider.negotiation(found["id"])
    await revoke(world, world.consumer)
    await world.wire.happened("StatusListHint", times=2, status=200)
    answer = await world.provider.api.post(f"/negotiations/{waiting['id']}/acceptance", json=read(waiting))
    assert answer.is_success, answer.text
    await world.wire.happened(TERMINATION)
    view = await world.provider.negotiation(waiting["id"])
    assert view["problem"]["code"] == "membership-taken-back"
    assert await world.provider.get("/contracts") == []


async def test_nothing_is_signed_by_a_list_that_is_too_old(world: World) -> None:
    """The authority cannot be reached for longer than the stated time: 503, and nothing has changed."""
    world.provider.decider = AskPeople()
    await world.provider.restart()
    dataset = await world.provider.publish()
    await world.consumer.begin(world.provider, dataset)
    await world.quiet()
    (found,) = await world.provider.get("/negotiations")
    waiting = await world.provider.negotiation(found["id"])
    world.wire.disturb("lose", "status list", times=0)
    world.clock.turn(hours=25)
    answer = await world.provider.api.post(f"/negotiations/{waiting['id']}/acceptance", json=read(waiting))
    assert answer.status_code == 503
    assert "too old to sign by" in answer.json()["detail"]
    assert (await world.provider.negotiation(waiting["id"]))["state"] == "REQUESTED"
    assert await world.provider.get("/contracts") == []
