"""The consumer deletes what it received and certifies it; the provider countersigns, and both see what is missing."""

import pytest

from tests.support.drawing import draw
from tests.support.world import PURPOSE, TABLE, World

pytestmark = pytest.mark.anyio

SAID = {"statement": "no copy is left with us or anybody else"}


async def test_deleted_certified_and_countersigned(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    deliveries = [await world.consumer.fetch(contract) for _ in range(2)]
    received = world.consumer.directory / "received"
    assert [file.read_bytes() for file in received.iterdir()] == [TABLE, TABLE]
    before = len(world.wire.exchanges)
    view = await world.consumer.post(f"/contracts/{contract}/deletion", SAID)
    assert list(received.iterdir()) == []
    assert view["deletion"] == {
        "complete": True,
        "acknowledged": False,
        "deleted": [delivery["id"] for delivery in deliveries],
        "missing": [],
    }
    await world.quiet()
    for member in (world.provider, world.consumer):
        view = await member.contract(contract)
        assert (view["deletion"]["complete"], view["deletion"]["acknowledged"]) == (True, True)
        assert all(delivery["deletedAt"] for delivery in view["deliveries"])
        kinds = [(notice["kind"], notice["author"]) for notice in view["notices"]]
        assert ("deletion-certificate", world.consumer.did) in kinds
        assert ("deletion-acknowledged", world.provider.did) in kinds
    answer = await world.consumer.api.get(f"/deliveries/{deliveries[0]['id']}/content")
    assert answer.status_code == 409
    again = await world.consumer.api.post(f"/contracts/{contract}/deletion", json=SAID)
    assert (again.status_code, "left to delete" in again.json()["detail"]) == (409, True)
    world.wire.exchanges = world.wire.exchanges[before:]
    draw(world, "The consumer deletes what it received")


async def test_what_comes_after_a_certificate_is_missing_in_it(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    await world.consumer.fetch(contract)
    await world.consumer.post(f"/contracts/{contract}/deletion", SAID)
    later = await world.consumer.fetch(contract)
    for member in (world.provider, world.consumer):
        deletion = (await member.contract(contract))["deletion"]
        assert (deletion["complete"], deletion["missing"]) == (False, [later["id"]])
    await world.consumer.post(f"/contracts/{contract}/deletion", SAID)
    await world.quiet()
    for member in (world.provider, world.consumer):
        deletion = (await member.contract(contract))["deletion"]
        assert (deletion["complete"], deletion["acknowledged"], deletion["missing"]) == (True, True, [])


async def test_a_death_between_the_bytes_and_the_word(world: World) -> None:
    """The bytes are gone, nothing is said yet: asked again, it is said."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    await world.consumer.fetch(contract)
    deletions = world.consumer.connector.deletions
    held = await world.consumer.connector.store.write(lambda unit: deletions._closed(unit, contract))
    deletions._unlink([delivery.id for delivery in held])
    await world.consumer.restart()
    assert (await world.consumer.contract(contract))["deletion"] is None
    view = await world.consumer.post(f"/contracts/{contract}/deletion", SAID)
    assert view["deletion"]["complete"] is True


async def test_nothing_is_deleted_while_a_delivery_runs(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    first = await world.consumer.fetch(contract)
    there, go_on = world.wire.pause_pull(1)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    answer = await world.consumer.api.post(f"/contracts/{contract}/deletion", json=SAID)
    assert (answer.status_code, "still running" in answer.json()["detail"]) == (409, True)
    go_on.set()
    await world.consumer.delivered(begun["id"])
    assert await world.consumer.content(first) == TABLE


async def test_after_the_end_as_well_and_the_evidence_holds_it(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    await world.consumer.fetch(contract)
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "recall"})
    await world.quiet()
    await world.consumer.post(f"/contracts/{contract}/deletion", SAID)
    await world.quiet()
    view = await world.provider.contract(contract)
    assert (view["state"], view["deletion"]["complete"]) == ("withdrawn", True)


async def test_only_who_received_deletes(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    assert (await world.provider.api.post(f"/contracts/{contract}/deletion", json=SAID)).status_code == 404
    assert (await world.consumer.api.post(f"/contracts/{contract}/deletion", json=SAID)).status_code == 409
