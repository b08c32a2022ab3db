"""Both sides' receipts of a delivery, whatever happens around its last byte."""

import asyncio
from typing import Any

import pytest

from connector.services.receipts import receipt_of
from connector.services.usage import Use
from tests.support.wire import PATIENCE, Json
from tests.support.world import CONSUMER, PROVIDER, PURPOSE, TABLE, Member, World

pytestmark = pytest.mark.anyio

WHY = {"reason": "in the middle of it"}
BOTH = {"own": True, "other": True}


async def all_bytes_but_no_end(world: World) -> tuple[str, str, asyncio.Event]:
    """A pull whose last byte has arrived while the consumer does not know yet that it was the last: contract, delivery."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    there, go_on = world.wire.pause_pull(len(TABLE))
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await asyncio.wait_for(there.wait(), PATIENCE)
    return contract, begun["id"], go_on


async def shown(world: World, contract: str) -> tuple[Json, Json]:
    """The only delivery of a contract, as the provider shows it and as the consumer does."""

    async def by(member: Member) -> Json:
        [found] = (await member.contract(contract))["deliveries"]
        delivery: Json = found
        return delivery

    await world.quiet()
    return await by(world.provider), await by(world.consumer)


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_a_withdrawal_after_the_last_byte(world: World, name: str) -> None:
    """What was sent was sent, and the provider signs it; the consumer throws it away, says why, and signs nothing."""
    contract, delivery, go_on = await all_bytes_but_no_end(world)
    while (await world.provider.get(f"/deliveries/{delivery}"))["state"] == "running":
        await world.provider.connector.changes.wait(delivery, PATIENCE)
    await world[name].post(f"/contracts/{contract}/withdrawal", WHY)
    go_on.set()
    sent, received = await shown(world, contract)
    assert (sent["state"], sent["receipts"]) == ("complete", {"own": True, "other": False})
    assert (received["state"], received["receipts"]) == ("refused", {"own": False, "other": True})
    assert WHY["reason"] in received["problem"]["detail"]
    assert list((world.consumer.directory / "received").iterdir()) == []


async def test_a_provider_that_died_at_the_last_byte_learns_that_it_arrived(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def died(use: Use) -> None:
        """Nothing of how it ended is written down."""

    monkeypatch.setattr(world.provider.connector.usage, "finish", died)
    contract, delivery, go_on = await all_bytes_but_no_end(world)
    await world.provider.restart()
    broken = await world.provider.get(f"/deliveries/{delivery}")
    assert (broken["state"], broken["problem"]["title"]) == ("broken", "it was being sent when we stopped")
    go_on.set()
    for found in await shown(world, contract):
        assert (found["state"], found["problem"], found["receipts"]) == ("complete", None, BOTH)
        assert found["bytes"] == len(TABLE)
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_the_receipt_is_faster_than_the_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The consumer has everything, and says so, before the provider has counted the last piece: then it is cut."""
    usage = world.provider.connector.usage
    finish, ended = usage.finish, []

    async def late(use: Use) -> None:
        use.sent -= 1
        ended.append(use)

    monkeypatch.setattr(usage, "finish", late)
    contract, _, go_on = await all_bytes_but_no_end(world)
    go_on.set()
    await world.wire.happened("Notice delivery-received", status=200)
    [use] = ended
    await finish(use)
    for found in await shown(world, contract):
        assert (found["state"], found["problem"], found["receipts"]) == ("complete", None, BOTH)


@pytest.mark.parametrize("changed", [{"digest": "sha256:" + "0" * 64}, {"digest": None}, {"result": "broken"}])
async def test_a_receipt_of_something_else_completes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, changed: Json
) -> None:
    def other(*args: Any, **named: Any) -> Json:
        return {**receipt_of(*args, **named), **changed}

    async def died(use: Use) -> None:
        """Nothing of how it ended is written down."""

    monkeypatch.setattr("connector.services.deliveries.outcomes.receipt_of", other)
    monkeypatch.setattr(world.provider.connector.usage, "finish", died)
    contract, _, go_on = await all_bytes_but_no_end(world)
    await world.provider.restart()
    go_on.set()
    sent, _ = await shown(world, contract)
    assert (sent["state"], sent["receipts"]) == ("broken", {"own": False, "other": False})


async def test_a_consumer_that_stopped_at_the_last_byte_goes_on(world: World) -> None:
    contract, _, go_on = await all_bytes_but_no_end(world)
    await world.consumer.restart()
    go_on.set()
    for found in await shown(world, contract):
        assert (found["state"], found["problem"], found["receipts"]) == ("complete", None, BOTH)
