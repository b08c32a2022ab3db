"""Each side watches the other's log: what does not fit is kept as proof and shown (decision 5, 8)."""

import base64
import json
from collections import Counter
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from connector.audit.entries import salted_digest
from connector.ports.store import UnitOfWork
from connector.services.acts import committed
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_every_checkpoint_of_the_other_side_is_checked(world: World) -> None:
    dataset = await world.provider.publish()
    for _ in range(3):
        await world.consumer.agree(world.provider, dataset)
    seen = await world.consumer.connector.store.read(lambda unit: list(unit.checkpoints.find()))
    assert len(seen) == 3
    assert all(c.verified for c in seen)
    assert {c.origin for c in seen} == {world.provider.connector.identity.log_origin}
    assert world.wire.of("consistency")
    assert [c["problem"] for c in await world.consumer.get("/contracts")] == [None] * 3


async def test_a_log_that_contradicts_itself_is_found_and_kept_as_proof(world: World) -> None:
    """The first checkpoint that the consumer holds is of a tree that the provider's log never was."""
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)

    def forge(unit: UnitOfWork) -> None:
        (held,) = unit.checkpoints.find()
        unit.checkpoints.put(replace(held, root="00" * 32))

    await world.consumer.connector.store.write(forge)
    await world.consumer.agree(world.provider, dataset)
    for view in await world.consumer.get("/contracts"):
        assert "contradicts itself" in view["problem"]
    (act,) = (a for a in await world.consumer.get("/acts") if a["act"] == "log-inconsistent")
    assert (act["name"], act["object"]) == ("connector", world.provider.did)
    assert len(act["detail"]["checkpoints"]) == 2
    assert all("— " in note for note in act["detail"]["checkpoints"])


async def test_a_peer_that_answers_nonsense_about_its_log(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    checkpoints = world.provider.connector.checkpoints
    origin = world.provider.connector.identity.log_origin

    async def nonsense(_sender: str, sizes: list[int], _log: str | None = None) -> dict[str, object]:
        return {"origin": origin, "sizes": sizes, "proofs": [["AAAA"]] * (len(sizes) - 1)}

    checkpoints.consistency = nonsense  # type: ignore[method-assign, assignment]
    await world.consumer.agree(world.provider, dataset)
    assert any(a["act"] == "log-inconsistent" for a in await world.consumer.get("/acts"))


async def test_a_peer_that_does_not_answer_is_asked_with_the_next_checkpoint(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    world.wire.disturb("lose", "consistency", times=1)
    await world.consumer.agree(world.provider, dataset)
    seen = await world.consumer.connector.store.read(lambda unit: list(unit.checkpoints.find(verified=False)))
    assert len(seen) == 1
    await world.consumer.agree(world.provider, dataset)
    assert await world.consumer.connector.store.read(lambda unit: unit.checkpoints.count(verified=False)) == 0
    assert [c["problem"] for c in await world.consumer.get("/contracts")] == [None] * 3


async def test_acts_and_transfers_are_in_the_log_by_salted_digests(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.fetch(await world.consumer.agree(world.provider, dataset))

    def entries(unit: UnitOfWork) -> list[dict[str, Any]]:
        head = unit.log.head()
        assert head is not None
        return [unit.log.entry(index) for index in range(head.size)]

    for member in (world.provider, world.consumer):
        logged = await member.connector.store.read(entries)
        kinds = Counter(entry["kind"] for entry in logged)
        assert kinds["transfer"] == (2 if member is world.provider else 1)  # the provider's start, and the end
        acts = await member.connector.store.read(lambda unit: list(unit.acts.find()))
        mine = [entry for entry in logged if entry["kind"] == "act"]
        for act, entry in zip(acts, mine, strict=True):
            salt = base64.urlsafe_b64decode(entry["salt"] + "==")
            assert entry["commitsTo"] == salted_digest(committed(act), salt)
            assert act.logged is not None
            assert logged[int(act.logged.removeprefix("1/"))] == entry
            assert act.name not in json.dumps(entry)


async def test_an_act_is_kept_while_nothing_may_be_signed(world: World) -> None:
    await world.provider.connector.store.write(lambda unit: unit.log.suspend("somebody holds more of it"))
    before = await world.provider.get("/log")
    named = await world.provider.api.put(f"/peers/{quote(world.consumer.did)}", json={})
    assert named.is_success, named.text
    assert (await world.provider.get("/acts"))[0]["act"] == "put-peer"
    assert await world.provider.get("/log") == before


async def test_consistency_is_proven_to_parties_only_and_within_bounds(world: World) -> None:
    dataset = await world.provider.publish()
    path = "/notices/log/consistency?sizes="
    assert (await world.consumer.ask(world.provider, path + "1,2"))[0] == 404
    await world.consumer.agree(world.provider, dataset)
    await world.consumer.agree(world.provider, dataset)
    status, body = await world.consumer.ask(world.provider, path + "1,2,4")
    assert (status, body["sizes"], len(body["proofs"])) == (200, [1, 2, 4], 2)
    many = ",".join(str(n) for n in range(1, 300))
    for sizes in ("", "1", "2,1", "0,1", "1,1", "1,99", "a,b", "-1,2", "1,2,", "9" * 400 + ",2", many, "1.5,2"):
        status, body = await world.consumer.ask(world.provider, path + sizes)
        assert (status, bool(body["detail"])) == (400, True), sizes


async def test_nothing_is_signed_after_a_set_back_database(world: World) -> None:
    """The high-water mark is ahead of the log: no signature, no answer that binds, and the reason is shown."""
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    mark = world.provider.directory / "log.highwater"
    data = json.loads(mark.read_text())
    await world.provider.stop()
    mark.write_text(json.dumps({**data, "size": data["size"] + 5}))
    await world.provider.start()
    assert "restored" in (await world.provider.get("/self"))["signingSuspended"]
    pid = await world.consumer.begin(world.provider, dataset)
    await world.wire.happened("ContractRequestMessage", times=2)
    status = world.wire.of("ContractRequestMessage")[-1].status
    assert (await world.consumer.negotiation(pid))["state"] == "REQUESTED"
    assert status in (201, 503)
    assert len(await world.provider.get("/contracts")) <= 2
