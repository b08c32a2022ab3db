"""Counterparties and the authority cosign our log; what does not continue is refused; a split view is found (C2SP)."""

import asyncio
import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.audit.checkpoint import Checkpoint, peek_checkpoint, sign_checkpoint
from connector.audit.cosignature import Witness, cosignatures
from connector.audit.merkle import inclusion_proof, leaf_hash, verify_inclusion
from connector.audit.tiles import hashes_of
from connector.audit.witness import AddCheckpoint
from connector.canonical import canonical_bytes
from connector.contracts.evidence import verify_evidence
from connector.ports.store import UnitOfWork
from connector.services.errors import Conflict
from connector.trust.anchors import parse_trust_file
from tests.support.drawing import draw
from tests.support.wire import Json
from tests.support.world import CONSUMER, OUTSIDER, PROVIDER, PURPOSE, Member, World

pytestmark = pytest.mark.anyio
ADD = "/notices/log/add-checkpoint"


async def add(asker: Member, to: Member, request: AddCheckpoint) -> tuple[int, bytes, str]:
    """Ask a witness as any log would: without an identity, the checkpoint's signature is enough."""
    answer = await asker.world.wire.send(asker.name, "POST", to.protocol + ADD, request.body(), {})
    return answer.status, answer.body, answer.headers.get("content-type", "")


async def head_of(member: Member) -> str:
    head = await member.connector.store.read(lambda unit: unit.log.head())
    assert head is not None
    return head.note


def signed_by(member: Member, size: int, root: bytes) -> str:
    identity = member.connector.identity
    key = identity.log_key.key
    return sign_checkpoint(Checkpoint(identity.log_origin, size, root), key.sign, key.public.raw())


def as_witness(member: Member) -> Witness:
    key = member.connector.identity.log_key.key.public
    return Witness(member.connector.identity.log_origin, key.raw(), key.verify)


async def witnesses(member: Member, contract: str) -> dict[str, Json]:
    return {w["role"]: w for w in (await member.contract(contract))["witnesses"]}


async def test_the_other_side_cosigns_between_finalized_and_the_first_data(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    assert (await witnesses(world.provider, contract))["counterparty"]["cosignedAt"] is None
    assert not world.wire.of("add-checkpoint")
    before = len(world.wire.exchanges)
    assert (await world.consumer.fetch(contract))["state"] == "complete"
    kinds = [e.kind for e in world.wire.exchanges]
    assert kinds.index("add-checkpoint") < kinds.index("TransferStartMessage") < kinds.index("GET data")
    seen = (await witnesses(world.provider, contract))["counterparty"]
    assert (seen["did"], seen["required"], seen["late"]) == (world.consumer.did, True, False)
    assert seen["cosignedAt"] == world.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    held = await world.provider.connector.store.read(lambda unit: unit.cosigned.find(witness=world.consumer.did))
    (found,) = cosignatures(held[0].note, [as_witness(world.consumer)])
    assert found.name == world.consumer.connector.identity.log_origin
    world.wire.exchanges = world.wire.exchanges[before:]
    draw(world, "The first transfer waits until the other side has cosigned the log")


async def test_the_evidence_says_who_saw_the_contract_and_outlives_the_memberships(world: World) -> None:
    """Years later, when all memberships have ended: the authority had seen it in time."""
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    for member in (world.provider, world.consumer):
        await member.connector.cosigning.look()
    await world.quiet()
    trust = parse_trust_file(await world.authority.get("/trust"))
    for member in (world.provider, world.consumer):
        data = (await member.api.get(f"/contracts/{contract}/evidence")).content
        for now in (world.clock.now(), world.clock.now() + timedelta(days=800)):
            verdict = verify_evidence(data, trust=trust, now=now)
            assert (verdict.outcome, verdict.check("witnesses").verdict) == ("verified", "ok"), verdict.to_json()
        assert verdict.check("validity").reason == "valid-when-seen"
        names = verdict.check("witnesses").facts["witnesses"]
        other = world.consumer if member is world.provider else world.provider
        assert {world.authority.connector.identity.log_origin, other.connector.identity.log_origin} == set(
            names.split(", ")
        )


async def test_a_second_fetch_asks_nobody_again(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    await world.consumer.fetch(contract)
    assert len(world.wire.of("add-checkpoint")) == 1


async def test_one_request_covers_all_contracts_since(world: World) -> None:
    dataset = await world.provider.publish()
    contracts = [await world.consumer.agree(world.provider, dataset) for _ in range(4)]
    for member in (world.provider, world.consumer):
        assert await member.connector.cosigning.look() == 2  # the other side and the authority
    await world.quiet()
    for member in (world.provider, world.consumer):
        for contract in contracts:
            named = await witnesses(member, contract)
            assert all(w["cosignedAt"] for w in named.values()), (member.name, named)
            assert set(named) == {"counterparty", "authority"}
    assert len(world.wire.of("add-checkpoint")) == 4
    before = len(world.wire.exchanges)
    assert await world.provider.connector.cosigning.look() == 0  # nothing new is in the log
    assert len(world.wire.exchanges) == before


async def test_no_data_flows_before_the_cosignature_is_there(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    lost = world.wire.disturb("lose", "add-checkpoint", times=0)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await world.wire.happened("add-checkpoint")
    (transfer,) = await world.provider.get("/transfers")
    assert (transfer["state"], transfer["problem"]["title"]) == ("REQUESTED", "waits for a witness")
    with pytest.raises(Conflict, match="has not been cosigned yet"):
        await world.provider.connector.transfers.start(transfer["id"])
    assert not world.wire.of("GET data")
    lost.times = lost.done
    assert (await world.consumer.delivered(begun["id"]))["state"] == "complete"


async def test_what_waited_for_a_witness_goes_on_after_a_restart(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    lost = world.wire.disturb("lose", "add-checkpoint", times=0)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await world.wire.happened("add-checkpoint")
    await world.provider.stop()
    lost.times = lost.done
    await world.provider.start()
    assert (await world.consumer.delivered(begun["id"]))["state"] == "complete"


async def test_a_log_whose_size_we_forgot_is_told_it(world: World) -> None:
    """After a restart a log asks with size 0; the witness names what it holds (409)."""
    dataset = await world.provider.publish()
    await world.consumer.fetch(await world.consumer.agree(world.provider, dataset))
    await world.provider.restart()
    contract = await world.consumer.agree(world.provider, dataset)
    assert (await world.consumer.fetch(contract))["state"] == "complete"
    assert [e.status for e in world.wire.of("add-checkpoint")] == [200, 409, 200]


async def test_an_authority_that_is_away_is_late_and_data_flows(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.authority.stop()
    assert (await world.consumer.fetch(contract))["state"] == "complete"
    await world.provider.connector.cosigning.look()
    await world.quiet()
    named = (await witnesses(world.provider, contract))["authority"]
    assert (named["cosignedAt"], named["late"], named["required"]) == (None, False, False)
    world.clock.turn(days=2)
    assert (await witnesses(world.provider, contract))["authority"]["late"] is True
    await world.authority.start()
    await world.provider.connector.cosigning.look()
    await world.quiet()
    assert (await witnesses(world.provider, contract))["authority"]["cosignedAt"]


async def test_an_older_checkpoint_and_a_fork_are_refused(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.fetch(await world.consumer.agree(world.provider, dataset))
    (held,) = await world.consumer.connector.store.read(lambda unit: list(unit.witnessed.find()))
    note, size = held.note, held.size
    old = AddCheckpoint(0, (), signed_by(world.provider, 1, bytes(32)))
    assert await add(world.provider, world.consumer, old) == (409, b"%d\n" % size, "text/x.tlog.size")
    fork = AddCheckpoint(size, (), signed_by(world.provider, size, bytes(32)))
    assert (await add(world.provider, world.consumer, fork))[0] == 422
    longer = AddCheckpoint(size, (bytes(32),), signed_by(world.provider, size + 1, bytes(32)))
    assert (await add(world.provider, world.consumer, longer))[0] == 422
    (act,) = [a for a in await world.consumer.get("/acts") if a["act"] == "log-inconsistent"]
    assert act["object"] == world.provider.did
    assert len({peek_checkpoint(shown).root for shown in act["detail"]["checkpoints"]}) == 2
    status, body, _ = await add(world.provider, world.consumer, AddCheckpoint(size, (), note))
    assert (status, body.count(b"\n")) == (200, 1)


async def test_a_stranger_s_log_is_not_witnessed(world: World) -> None:
    outsider = await world.join(OUTSIDER)
    request = AddCheckpoint(0, (), signed_by(outsider, 1, bytes(32)))
    assert (await add(outsider, world.consumer, request))[0] == 404
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    key = outsider.connector.identity.log_key.key
    origin = world.provider.connector.identity.log_origin
    forged = sign_checkpoint(Checkpoint(origin, 1, bytes(32)), key.sign, key.public.raw())
    assert (await add(outsider, world.consumer, AddCheckpoint(0, (), forged)))[0] == 403
    answer = await world.wire.send(OUTSIDER, "POST", world.consumer.protocol + ADD, b"x" * 200_000, {})
    assert answer.status == 400


async def test_a_witness_that_holds_more_than_our_log_stops_all_signing(world: World) -> None:
    """Its answer shows that our database is an older copy: a log that went on would have two histories."""
    dataset = await world.provider.publish()
    await world.consumer.fetch(await world.consumer.agree(world.provider, dataset))

    def forge(unit: UnitOfWork) -> None:
        held = unit.witnessed.get(world.provider.connector.identity.log_origin)
        assert held is not None
        unit.witnessed.put(replace(held, size=held.size + 100))

    await world.consumer.connector.store.write(forge)
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await world.wire.happened("add-checkpoint", status=409)
    suspended = ""
    for _ in range(1_000):  # the answer is here; what follows from it is written with the next transaction
        suspended = (await world.provider.get("/self"))["signingSuspended"] or ""
        if suspended:
            break
        await asyncio.sleep(0)
    assert "has cosigned a checkpoint of our log" in suspended
    assert any(a["act"] == "log-set-back" for a in await world.provider.get("/acts"))
    await world.consumer.stop()
    await world.provider.connector.cosigning.stop()


async def test_what_a_witness_answers_is_looked_at(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    world.wire.replace("add-checkpoint", "\u2014 somebody.example AAAAAAAAAAAAAAAA\n".encode())
    await world.provider.connector.cosigning.look()
    await world.quiet()
    assert await world.provider.connector.store.read(lambda unit: unit.cosigned.count()) == 0


async def test_parties_read_the_log_as_tiles_and_nobody_else(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    for path in ("/notices/log/checkpoint", "/notices/log/tile/0/000.p/1"):
        assert (await world.authority.ask(world.provider, path))[0] == 200
        assert (await (await world.join(OUTSIDER)).ask(world.provider, path))[0] == 401
    third = await world.admit(OUTSIDER)
    assert (await third.ask(world.provider, "/notices/log/checkpoint"))[0] == 404
    assert (await third.ask(world.provider, "/notices/log/tile/0/000.p/1"))[0] == 404
    note = peek_checkpoint((await raw(world.consumer, world.provider, "/notices/log/checkpoint")).decode())
    tile = await raw(world.consumer, world.provider, f"/notices/log/tile/0/000.p/{note.size}")
    leaves = hashes_of(tile)
    kept = await world.provider.connector.store.read(lambda unit: unit.contracts.find()[0].log["provider"])
    index = kept["index"]
    assert leaves[index] == leaf_hash(_canonical(kept["entry"]))
    nodes = {(0, n): leaf for n, leaf in enumerate(leaves)}
    for level in range(1, 8):
        pairs = [(n, nodes[level - 1, 2 * n], nodes.get((level - 1, 2 * n + 1))) for n in range(len(leaves) >> level)]
        nodes |= {(level, n): hashlib.sha256(b"\x01" + a + b).digest() for n, a, b in pairs if b is not None}
    proof = inclusion_proof(index, note.size, lambda level, n: nodes[level, n])
    verify_inclusion(index, note.size, leaves[index], proof, note.root)
    for path in ("tile/0/001", "tile/0/000", "tile/entries/000", "tile/9/000", "tile/0/000.p/255"):
        assert (await world.consumer.ask(world.provider, f"/notices/log/{path}"))[0] == 404, path


async def test_a_witness_shows_a_log_s_owner_what_it_cosigned(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.fetch(await world.consumer.agree(world.provider, dataset))
    name = hashlib.sha256(world.provider.connector.identity.log_origin.encode()).hexdigest()
    path = f"/notices/log/witnessed/{name}/checkpoint"
    note = (await raw(world.provider, world.consumer, path)).decode()
    assert cosignatures(note, [as_witness(world.consumer)])
    third = await world.admit(OUTSIDER)
    assert (await third.ask(world.consumer, path))[0] == 404


async def test_a_split_view_is_found_with_both_checkpoints_as_proof(world: World) -> None:
    """The provider shows its authority another history than its consumer: whoever compares finds it."""
    dataset = await world.provider.publish()
    await world.consumer.fetch(await world.consumer.agree(world.provider, dataset))
    (held,) = await world.consumer.connector.store.read(lambda unit: list(unit.witnessed.find()))
    other = AddCheckpoint(0, (), signed_by(world.provider, held.size, bytes(32)))
    assert (await add(world.provider, world.authority, other))[0] == 200
    found = await world.consumer.post("/log-audits", {"peer": world.provider.did})
    outcomes = {item["with"]: item["outcome"] for item in found["compared"]}
    assert outcomes[world.authority.did] == "split"
    assert outcomes[world.provider.did] == "agrees"
    (split,) = [item for item in found["compared"] if item["outcome"] == "split"]
    roots = {peek_checkpoint(note).root for note in split["checkpoints"]}
    assert len(roots) == 2
    for member in (world.consumer, world.authority):
        assert any(a["act"] == "log-inconsistent" for a in await member.get("/acts")), member.name


async def test_logs_that_agree_are_said_to_agree(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.fetch(await world.consumer.agree(world.provider, dataset))
    await world.provider.connector.cosigning.look()
    await world.quiet()
    await world.consumer.agree(world.provider, dataset)
    found = await world.consumer.post("/log-audits", {"peer": world.provider.did})
    assert {item["outcome"] for item in found["compared"]} == {"agrees"}
    assert len(found["compared"]) == 2


async def test_who_shows_no_checkpoint_learns_nothing(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.fetch(await world.consumer.agree(world.provider, dataset))
    third = await world.admit(OUTSIDER)
    key, origin = third.connector.identity.log_key.key, world.provider.connector.identity.log_origin
    forged = sign_checkpoint(Checkpoint(origin, 1, bytes(32)), key.sign, key.public.raw())
    unknown = sign_checkpoint(Checkpoint("nobody.example/log", 1, bytes(32)), key.sign, key.public.raw())
    for note in (forged, unknown, "nonsense", await head_of(world.provider) + "x"):
        status, _ = await third.say(world.consumer, "/notices/log/compare", b'{"checkpoint": %s}' % _quoted(note))
        assert status == 404, note
    assert (await third.say(world.consumer, "/notices/log/compare", b"{}"))[0] == 400
    shown = _quoted(await head_of(world.provider))
    status, body = await third.say(world.consumer, "/notices/log/compare", b'{"checkpoint": %s}' % shown)
    assert status == 200
    assert peek_checkpoint(body["checkpoint"]).origin == world.provider.connector.identity.log_origin


async def test_a_peer_without_a_log_cannot_be_audited(world: World) -> None:
    answer = await world.consumer.api.post("/log-audits", json={"peer": "did:web:nobody.example"})
    assert answer.status_code == 404


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_nobody_takes_over_the_origin_of_another_s_log(world: World, name: str) -> None:
    """A member whose membership names another's origin: its checkpoints are not cosigned, and the authority issues none."""
    outsider = await world.join(OUTSIDER)
    outsider.connector.identity.log_origin = world[name].connector.identity.log_origin
    request = await outsider.post("/membership-requests", {"authority": world.authority.did})
    answer = await world.authority.api.post("/members", json={"request": request})
    assert answer.status_code == 422
    assert "log" in answer.json()["detail"]


async def raw(asker: Member, to: Member, path: str) -> bytes:
    headers = {"Authorization": f"Bearer {asker.bearer(to)}"}
    answer = await asker.world.wire.send(asker.name, "GET", to.protocol + path, b"", headers)
    assert answer.status == 200, (answer.status, answer.body)
    return answer.body


def _canonical(entry: Json) -> bytes:
    return canonical_bytes(entry)


def _quoted(text: str) -> bytes:
    return json.dumps(text).encode()
