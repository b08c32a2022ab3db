"""Keys are changed while peers go on (issue point: rotation for each of the three keys)."""

from typing import Any

import pytest

from connector.contracts.evidence import verify_evidence
from connector.services.errors import Conflict
from connector.trust.anchors import parse_trust_file
from connector.trust.credentials import make_membership_request
from connector.trust.renewals import make_renewal
from connector.wire.codec import dump
from tests.flows.test_strangers import CATALOG, refusal
from tests.support.world import Member, World

pytestmark = pytest.mark.anyio


async def rotate(member: Member, use: str, since: str | None = None) -> dict[str, str]:
    """Change a key; the states of all keys afterwards."""
    found = await member.post("/key-rotations", {"use": use, "compromisedSince": since})
    return states(found)


def states(found: Any) -> dict[str, str]:
    return {key["id"]: key["state"] for key in found["keys"]}


async def look(member: Member) -> dict[str, str]:
    await member.connector.rotation.look()
    return states(await member.get("/keys"))


def published(member: Member) -> list[str]:
    methods = member.connector.identity.did_document["verificationMethod"]
    return [method["id"].partition("#")[2] for method in methods]


def used_kid(member: Member) -> str:
    return member.connector.identity.token_key.kid.partition("#")[2]


async def test_a_token_key_is_published_before_it_is_used(world: World) -> None:
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    found = await rotate(world.consumer, "token")
    assert (found["token-1"], found["token-2"]) == ("in use", "announced")
    assert published(world.consumer) == ["token-1", "token-2", "contract-1", "log-1"]
    assert used_kid(world.consumer) == "token-1"
    world.clock.turn(minutes=4)
    assert (await look(world.consumer))["token-2"] == "announced"
    world.clock.turn(minutes=2)
    found = await look(world.consumer)
    assert (found["token-1"], found["token-2"]) == ("retired", "in use")
    assert used_kid(world.consumer) == "token-2"
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    world.clock.turn(hours=2)
    assert (await look(world.consumer))["token-1"] == "withdrawn"
    assert published(world.consumer) == ["token-2", "contract-1", "log-1"]
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200


async def test_a_connector_of_ours_looks_again_for_an_unknown_key(world: World) -> None:
    """A compromised token key has no time to be announced: who meets the new one asks for the document again."""
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    world.clock.turn(minutes=1)
    await rotate(world.consumer, "token", since=world.clock.in_(hours=-3))
    assert used_kid(world.consumer) == "token-2"
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200


async def test_a_compromised_token_key_is_used_after_its_date(world: World) -> None:
    thief = world.consumer.connector.identity.token_key
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    world.clock.turn(minutes=1)
    await rotate(world.consumer, "token", since=world.clock.in_(hours=-3))
    await world.consumer.say(world.provider, "/catalog/request", CATALOG)  # the provider sees the new document
    world.consumer.connector.identity.token_key = thief
    status, body = await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    assert status == 401
    assert "has no key" in refusal(body)


@pytest.mark.parametrize("turned", [0, 6])
async def test_a_change_survives_a_restart_at_each_step(world: World, turned: int) -> None:
    await rotate(world.consumer, "token")
    world.clock.turn(minutes=turned)
    await world.consumer.restart()
    await look(world.consumer)
    assert used_kid(world.consumer) == ("token-2" if turned else "token-1")
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200


async def test_one_change_of_a_key_at_a_time(world: World) -> None:
    await rotate(world.consumer, "token")
    again = await world.consumer.api.post("/key-rotations", json={"use": "token"})
    assert again.status_code == 409
    ahead = {"use": "token", "compromisedSince": world.clock.in_(days=1)}
    assert (await world.consumer.api.post("/key-rotations", json=ahead)).status_code == 400
    clerk = world.consumer.client(world.consumer.token("kim", "clerk"))
    assert (await clerk.post("/key-rotations", json={"use": "token"})).status_code == 403
    await clerk.aclose()


async def test_an_authority_keeps_its_old_key_until_its_last_credential_ends(world: World) -> None:
    await rotate(world.authority, "token")
    world.clock.turn(minutes=6)
    assert (await look(world.authority))["token-1"] == "retired"
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    await verified(world, await world.consumer.agree(world.provider, await world.provider.publish()))
    world.clock.turn(days=300)
    assert "token-1" in published(world.authority)
    world.clock.turn(days=66)
    await look(world.authority)
    assert "token-1" not in published(world.authority)


async def memberships(member: Member) -> int:
    """How many memberships of its own it holds."""
    return len(await member.connector.store.read(lambda unit: unit.memberships.find(own=True)))


async def verified(world: World, contract: str) -> None:
    """Both sides' evidence proves the contract, offline."""
    trust = parse_trust_file(await world.authority.get("/trust"))
    for member in (world.provider, world.consumer):
        evidence = (await member.api.get(f"/contracts/{contract}/evidence")).content
        verdict = verify_evidence(evidence, trust=trust, now=world.clock.now())
        assert verdict.outcome == "verified", verdict.to_json()


@pytest.mark.parametrize("use", ["contract", "log"])
@pytest.mark.parametrize("who", ["provider", "consumer"])
async def test_a_membership_follows_a_change_of_keys(world: World, who: str, use: str) -> None:
    dataset = await world.provider.publish()
    before = await world.consumer.agree(world.provider, dataset)
    held = await memberships(world[who])
    found = await rotate(world[who], use)
    assert (found[f"{use}-1"], found[f"{use}-2"]) == ("retired", "in use")
    assert await memberships(world[who]) > held
    assert (await world.consumer.fetch(before))["state"] == "complete"
    world.clock.turn(minutes=6)
    after = await world.consumer.agree(world.provider, dataset)
    assert (await world.consumer.fetch(after))["state"] == "complete"
    for contract in (before, after):
        await verified(world, contract)


AGREEMENT = "ContractAgreementMessage"
VERIFICATION = "ContractAgreementVerificationMessage"
FINALIZED = "ContractNegotiationEventMessage FINALIZED"


@pytest.mark.parametrize("who", ["provider", "consumer"])
@pytest.mark.parametrize("use", ["contract", "log"])
@pytest.mark.parametrize("step", ["ContractRequestMessage", AGREEMENT, VERIFICATION, FINALIZED])
async def test_a_negotiation_that_crosses_a_change_ends_well(world: World, who: str, use: str, step: str) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)  # they know each other
    held = world.wire.disturb("hold", step)
    pid = await world.consumer.begin(world.provider, dataset)
    await held.arrived.wait()
    assert (await rotate(world[who], use))[f"{use}-2"] == "in use"
    world.clock.turn(minutes=4 if step == "ContractRequestMessage" else 6)  # its token lasts for five
    held.release.set()
    await world.quiet()
    negotiation = await world.consumer.negotiation(pid)
    assert negotiation["state"] == "FINALIZED", negotiation
    await verified(world, negotiation["contract"])


async def test_the_authority_is_away_while_a_key_changes(world: World) -> None:
    """The new key waits until a membership binds it; what is signed meanwhile is signed with the old one."""
    world.wire.disturb("503", "mmd-membership-renewal/1", times=1)
    found = await rotate(world.provider, "contract")
    assert (found["contract-1"], found["contract-2"]) == ("in use", "announced")
    assert "does not renew" in (await world.provider.get("/keys"))["problem"]
    await verified(world, await world.consumer.agree(world.provider, await world.provider.publish()))
    await world.provider.restart()
    found = await look(world.provider)
    assert (found["contract-1"], found["contract-2"]) == ("retired", "in use")


async def test_a_renewal_whose_answer_was_lost(world: World) -> None:
    world.wire.disturb("lose answer", "mmd-membership-renewal/1", times=1)
    await rotate(world.provider, "contract")
    issued = len(await world.authority.connector.store.read(lambda unit: unit.issued.find(did=world.provider.did)))
    assert (await look(world.provider))["contract-2"] == "in use"
    again = len(await world.authority.connector.store.read(lambda unit: unit.issued.find(did=world.provider.did)))
    assert again == issued


async def test_a_compromised_contract_key(world: World) -> None:
    """Its membership is revoked, another binds the new key, and contracts are made with that one."""
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    since = world.clock.in_(hours=-1)
    found = await rotate(world.provider, "contract", since=since)
    assert (found["contract-1"], found["contract-2"]) == ("compromised", "in use")
    assert "contract-1" not in published(world.provider)
    await world.authority.connector.hints.idle()
    await world.quiet()
    world.clock.turn(minutes=6)
    await verified(world, await world.consumer.agree(world.provider, dataset))
    lost = await world.authority.connector.store.read(lambda unit: unit.lost_keys.find(did=world.provider.did))
    assert [key.since for key in lost] == [since]


async def renewal(member: Member, present: Any, *, by: Any) -> dict[str, Any]:
    """A renewal for new contract and log keys; `by` signs as the present ones."""
    me = member.connector.identity
    request = make_membership_request(
        member.did,
        authority=present.issuer,
        name=present.name,
        contract_key=me.contract_key,
        log_key=me.log_key,
        token_key=me.token_key,
        log_origin=me.log_origin,
        now=member.world.clock.now(),
    )
    return make_renewal(request, present, signers=by, compromised={})


async def test_rotation_request_by_a_stranger_with_an_old_key(world: World) -> None:
    """Who holds a key that was retired, and an identity of his own, gets nobody's membership bound to his keys."""
    me = world.provider.connector.identity
    stolen = {"contract": me.contract_key, "log": me.log_key}
    old = await world.provider.connector.memberships.own()
    assert old is not None
    await rotate(world.provider, "contract")
    path = "/notices/memberships"
    stranger = await world.join("outsider")
    forged = await renewal(stranger, old, by=stolen)
    status, body = await stranger.say(world.authority, path, dump(forged))
    assert status == 403, body
    # With a member's identity, but about somebody else.
    status, body = await world.consumer.say(world.authority, path, dump(forged))
    assert (status, "replaces another membership" in str(body)) == (422, True)
    # With the identity of its owner too: the old key is not that of the newest membership.
    status, body = await world.provider.say(world.authority, path, dump(await renewal(stranger, old, by=stolen)))
    assert (status, "replaces another membership" in str(body)) == (422, True)
    newest = await world.provider.connector.memberships.own()
    forged = await renewal(stranger, newest, by=stolen)
    status, body = await world.provider.say(world.authority, path, dump(forged))
    assert status == 422, body
    assert (await world.consumer.say(world.authority, path, b"[]"))[0] in (400, 422)
    assert (await world.consumer.say(world.authority, path, b"{}", token=""))[0] == 401


async def test_a_log_gets_no_number_that_nobody_could_read(world: World) -> None:
    """Others may tell of logs of ours that never were; a name of nine digits would be no name of ours any more."""
    connector = world.provider.connector
    before = connector.identity.log_origin
    with pytest.raises(Conflict, match="somebody has told of one that never was"):
        await connector.rotation.begin_log(100_000_000)
    assert connector.identity.log_origin == before
    await connector.rotation.begin_log(99_999_999)
    assert connector.identity.epoch_of(connector.identity.log_origin) == 99_999_999
