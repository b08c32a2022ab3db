"""What was answered is kept for repeats, for a time: afterwards the state alone answers, and nothing grows for ever."""

from datetime import timedelta

import pytest

from tests.support.world import Member, World

pytestmark = pytest.mark.anyio

KEPT = timedelta(hours=1)


def keeping_briefly(world: World) -> None:
    for member in (world.consumer, world.provider):
        member.connector.upkeep._repeats_kept = KEPT


async def look(member: Member) -> tuple[int, int, int]:
    """Let the monitor look; what is then left of answers, last messages, and timers."""
    await member.connector.monitor.look()
    return await member.connector.store.read(
        lambda unit: (unit.answered.count(), unit.last_applied.count(), unit.timers.count())
    )


async def test_it_does_not_grow(world: World) -> None:
    keeping_briefly(world)
    dataset = await world.provider.publish()
    for _ in range(3):
        contract = await world.consumer.agree(world.provider, dataset)
        await world.consumer.fetch(contract)
        refused = await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset})
        await world.provider.post(f"/negotiations/{refused['id']}/termination", {"reason": "another time"})
        await world.quiet()
        for member in (world.consumer, world.provider):
            answers, _, timers = await look(member)
            assert answers > 0
            assert timers > 0
        # Longer than a countersignature is awaited, and people's answers, too.
        world.clock.turn(days=15)
        for member in (world.consumer, world.provider):
            assert await look(member) == (0, 0, 0)


async def test_repeats_change_nothing_before_and_after(world: World) -> None:
    keeping_briefly(world)
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    sent = {
        kind: world.wire.of(kind)[0]
        for kind in (
            "ContractRequestMessage",
            "ContractAgreementMessage",
            "ContractAgreementVerificationMessage",
            "ContractNegotiationEventMessage FINALIZED",
        )
    }

    async def again() -> dict[str, int]:
        statuses = {}
        for kind, exchange in sent.items():
            sender, receiver = world[exchange.sender], world[exchange.receiver]
            path = exchange.url.removeprefix(receiver.protocol)
            statuses[kind], _ = await sender.say(receiver, path, exchange.body)
        return statuses

    async def states() -> list[object]:
        await world.quiet()
        found = [await member.get("/negotiations") for member in (world.consumer, world.provider)]
        return [(n["id"], n["state"], n["updatedAt"], len(n["history"])) for views in found for n in views]

    before = await states()
    assert set((await again()).values()) == {200, 201}
    world.clock.turn(minutes=50)
    for member in (world.consumer, world.provider):
        await look(member)
    assert set((await again()).values()) == {200, 201}
    world.clock.turn(minutes=20)
    for member in (world.consumer, world.provider):
        assert (await look(member))[0] == 0
    late = await again()
    # The provider is bound and sends its receipt until it is taken: that is never refused.
    assert late.pop("ContractNegotiationEventMessage FINALIZED") == 200
    assert set(late.values()) == {400}
    assert await states() == before
    for member in (world.consumer, world.provider):
        assert (await member.contract(contract))["state"] == "complete"
