"""Below the floor nothing new is taken; what is owed is signed, and whatever runs can be ended."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from connector.ports.disk import Place
from tests.flows.test_suspension import LARGE
from tests.support.disk import MEGABYTE, HandDisk
from tests.support.wire import PATIENCE
from tests.support.world import PURPOSE, TERMS, Member, World

pytestmark = pytest.mark.anyio
SHORT, ENOUGH = 50 * MEGABYTE, 50_000 * MEGABYTE


async def disk_of(member: Member) -> HandDisk:
    """A disk whose room we set, under a connector that is started on it."""
    disk = member.disk = HandDisk()
    await member.restart()
    return disk


async def test_nothing_new_is_begun_and_what_is_owed_is_signed(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    disk = await disk_of(world.provider)

    # A negotiation is under way: the provider owes its signature when the room gets short.
    held = world.wire.disturb("hold", "ContractAgreementVerificationMessage")
    pid = await world.consumer.begin(world.provider, dataset)
    await asyncio.wait_for(held.arrived.wait(), PATIENCE)
    disk.free = SHORT
    held.release.set()
    await world.quiet()
    assert (await world.consumer.negotiation(pid))["state"] == "FINALIZED"

    # Outside: 503 with the protocol's error, and no trace of it here.
    count = await world.provider.connector.store.read(lambda unit: unit.negotiations.count())
    await world.consumer.begin_unchecked(world.provider, dataset)
    await asyncio.wait_for(world.wire.happened("ContractRequestMessage", status=503), PATIENCE)
    await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await asyncio.wait_for(world.wire.happened("TransferRequestMessage", status=503), PATIENCE)
    answer = [e for e in world.wire.exchanges if e.kind == "ContractRequestMessage"][-1]
    assert b'"ContractNegotiationError"' in answer.answer
    assert b"50 MB are free" in answer.answer
    assert await world.provider.connector.store.read(lambda unit: unit.negotiations.count()) == count
    assert await world.provider.connector.store.read(lambda unit: unit.transfers.count()) == 0

    # Inside: a sentence in both languages.
    upload = await world.provider.api.put("/uploads", params={"name": "a.csv"}, content=b"a,b\n1,2\n")
    assert (upload.status_code, upload.headers["retry-after"]) == (503, "60")
    assert "have to stay free" in upload.json()["detail"]
    assert "남겨 두어야" in upload.json()["ko"]
    assert list((world.provider.directory / "published").glob("*")) == [
        world.provider.directory / "published" / (await published_file(world.provider, dataset))
    ]

    # Contracts can be ended, and the other side takes it.
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "we stop"})
    await world.provider.connector.outbox.idle()
    assert (await world.consumer.contract(contract))["state"] == "withdrawn"

    # With room again, what was asked for goes through by itself.
    disk.free = ENOUGH
    world.clock.turn(minutes=10)
    await world.quiet()
    states = await world.provider.connector.store.read(lambda unit: [n.state for n in unit.negotiations.find()])
    assert states == ["FINALIZED"] * 3


async def published_file(member: Member, dataset: str) -> str:
    held = await member.connector.store.read(lambda unit: unit.datasets.get(dataset))
    assert held is not None
    return str(held.file)


async def test_it_is_told_in_inbox_doctor_and_figures(world: World) -> None:
    disk = await disk_of(world.provider)
    assert await world.provider.get("/alerts") == []
    disk.free = SHORT
    for _ in range(3):
        await world.provider.connector.monitor.look()
    (alert,) = await world.provider.get("/alerts")
    assert (alert["id"], alert["level"]) == ("disk", "full")
    assert "50 MB are free" in alert["en"]
    assert "공간이 없습니다" in alert["ko"]
    acts = [act["act"] for act in await world.provider.get("/acts")]
    assert acts.count("disk-full") == 1
    (shown,) = (await world.provider.get("/self"))["disk"]
    assert (shown["level"], shown["free"], shown["usable"]) == ("full", SHORT, 0)
    assert shown["since"] == alert["since"]
    text = (await world.provider.api.get("http://management/metrics")).text
    assert 'mmd_disk_free_bytes{places="database+published+received"} 5e+07' in text


async def test_a_reception_that_does_not_fit_is_not_asked_for(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish(LARGE))
    disk = await disk_of(world.consumer)
    disk.others = {Place.RECEIVED: 200 * MEGABYTE + len(LARGE) - 1}
    refused = await world.consumer.api.post("/deliveries", json={"contract": contract, "purpose": PURPOSE})
    assert (refused.status_code, "what was received" in refused.json()["detail"]) == (503, True)
    assert await world.consumer.connector.store.read(lambda unit: unit.deliveries.count()) == 0
    disk.others = {Place.RECEIVED: 200 * MEGABYTE + len(LARGE)}
    assert (await world.consumer.fetch(contract))["state"] == "complete"


@pytest.mark.parametrize("push", [False, True], ids=["pull", "push"])
async def test_what_is_running_waits_where_it_is(world: World, push: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The room gets short in the middle of a delivery: it stops, and goes on from there. Counted once."""
    monkeypatch.setattr("connector.services.deliveries.service._STORE_AGAIN", 0.05)
    disk = await disk_of(world.consumer)
    contract = await world.consumer.agree(world.provider, await world.provider.publish(LARGE))
    there, go_on = world.wire.pause_pull(300_000)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE, "push": push})
    await asyncio.wait_for(there.wait(), PATIENCE)
    disk.free = SHORT
    await world.consumer.connector.monitor.look()
    go_on.set()
    held = await world.consumer.get(f"/deliveries/{begun['id']}")
    assert held["state"] == "running"
    assert held["bytes"] < len(LARGE)
    disk.free = ENOUGH
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], await world.consumer.content(done) == LARGE) == ("complete", True)
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_a_new_use_waits_until_the_provider_has_room(world: World) -> None:
    """Its transfer had been started before: the first byte is not sent, the use not counted."""
    disk = await disk_of(world.provider)
    contract = await world.consumer.agree(world.provider, await world.provider.publish(LARGE, **TERMS))
    held = world.wire.disturb("hold", "TransferStartMessage")
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await asyncio.wait_for(held.arrived.wait(), PATIENCE)
    disk.free = SHORT
    held.release.set()
    await asyncio.wait_for(world.wire.happened("GET data", status=503), PATIENCE)
    assert (await world.provider.contract(contract))["usesReserved"] == 0
    disk.free = ENOUGH
    assert (await world.consumer.delivered(begun["id"]))["state"] == "complete"
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_an_upload_that_would_eat_the_floor_is_refused_on_the_way(world: World) -> None:
    disk = await disk_of(world.provider)

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(6):
            if number == 3:
                disk.free = SHORT
            yield b"x" * 4_000_000

    answer = await world.provider.api.put("/uploads", params={"name": "a.csv"}, content=pieces())
    assert answer.status_code == 503
    assert list((world.provider.directory / "published").glob("*")) == []
