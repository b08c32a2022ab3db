"""How agreements end with a date: withdrawn for later, or run out. Until then use goes on; then nothing flows any more."""

from datetime import timedelta

import pytest

from connector.clock import format_time
from tests.flows.test_uses import LARGE
from tests.support.world import CONSUMER, PROVIDER, PURPOSE, World

pytestmark = pytest.mark.anyio

WHY = {"reason": "the line is sold"}


def on_in(world: World, **by: float) -> str:
    return format_time(world.clock.now() + timedelta(**by))


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_a_withdrawal_for_later_lets_use_go_on_until_then(world: World, name: str) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    effective = on_in(world, days=30)
    view = await world[name].post(f"/contracts/{contract}/withdrawal", {**WHY, "effective": effective})
    assert (view["state"], view["ending"]["at"], view["withdrawnAt"]) == ("ending", effective, None)
    await world.quiet()
    for member in (world.provider, world.consumer):
        view = await member.contract(contract)
        assert (view["state"], view["ending"]["at"], view["ending"]["by"]) == ("ending", effective, world[name].did)
    assert (await world.consumer.fetch(contract))["state"] == "complete"
    answer = await world.consumer.api.post(f"/contracts/{contract}/withdrawal", json=WHY)
    assert (answer.status_code, effective in answer.json()["detail"]) == (409, True)

    world.clock.turn(days=30)
    for member in (world.provider, world.consumer):
        assert await member.connector.endings.look() == 1
        view = await member.contract(contract)
        assert (view["state"], view["withdrawnAt"], view["withdrawnBy"]) == ("withdrawn", effective, world[name].did)
        assert await member.connector.endings.look() == 0
    await world.quiet()
    answer = await world.consumer.api.post("/deliveries", json={"contract": contract, "purpose": PURPOSE})
    assert (answer.status_code, WHY["reason"] in answer.json()["detail"]) == (409, True)


async def test_what_runs_at_the_end_is_cut_by_the_clock_alone(world: World) -> None:
    """Nobody looks, nobody asks: the clock of the provider ends it, and the consumer is told why."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish(LARGE))
    there, go_on = world.wire.pause_pull(1)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    await world.provider.post(f"/contracts/{contract}/withdrawal", {**WHY, "effective": on_in(world, hours=1)})
    await world.wire.happened("Notice withdrawal", status=200)
    assert world.provider.connector.usage.running == 1
    world.clock.turn(hours=1)
    await world.wire.happened("TransferTerminationMessage", status=200)
    go_on.set()
    delivery = await world.consumer.delivered(begun["id"])
    assert (delivery["state"], WHY["reason"] in delivery["problem"]["detail"]) == ("refused", True)
    assert (await world.provider.contract(contract))["deliveries"][0]["state"] == "broken"


async def test_not_a_moment_later_although_nobody_has_looked_yet(world: World) -> None:
    """The date counts, not the look at it: what is asked in between is refused."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    await world.consumer.post("/transfers", {"contract": contract})
    await world.quiet()
    await world.provider.connector.endings.stop_looking()
    await world.consumer.connector.endings.stop_looking()
    await world.provider.post(f"/contracts/{contract}/withdrawal", {**WHY, "effective": on_in(world, minutes=1)})
    await world.quiet()
    world.clock.turn(minutes=1)
    refused = await world.consumer.fetch(contract)
    assert (refused["state"], WHY["reason"] in refused["problem"]["detail"]) == ("refused", True)


async def test_an_end_that_passed_while_we_were_away(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    await world.provider.post(f"/contracts/{contract}/withdrawal", {**WHY, "effective": on_in(world, days=1)})
    await world.quiet()
    await world.consumer.stop()
    world.clock.turn(days=2)
    await world.consumer.start()
    assert (await world.consumer.contract(contract))["state"] == "withdrawn"


async def test_it_runs_out_by_its_own_terms(world: World) -> None:
    until = on_in(world, days=10)
    dataset = await world.provider.publish(purposes=[PURPOSE], until=until)
    contract = await world.consumer.agree(world.provider, dataset)
    assert (await world.consumer.fetch(contract))["state"] == "complete"
    world.clock.turn(days=11)
    assert await world.provider.connector.endings.look() == 1
    await world.quiet()
    for member in (world.provider, world.consumer):
        view = await member.contract(contract)
        assert (view["state"], view["endedAt"]) == ("ended", until)
        ends = [notice for notice in view["notices"] if notice["kind"] == "end"]
        assert [notice["author"] for notice in ends] == [world.provider.did]
        answer = await member.api.post(f"/contracts/{contract}/withdrawal", json=WHY)
        assert (answer.status_code, until in answer.json()["detail"]) == (409, True)


async def test_both_sides_run_out_each_by_its_own_clock(world: World) -> None:
    until = on_in(world, days=10)
    contract = await world.consumer.agree(world.provider, await world.provider.publish(purposes=[PURPOSE], until=until))
    world.clock.turn(days=11)
    assert await world.consumer.connector.endings.look() == 1
    assert (await world.consumer.contract(contract))["state"] == "ended"
    assert await world.provider.connector.endings.look() == 1
    await world.quiet()
    assert [n["kind"] for n in (await world.consumer.contract(contract))["notices"]].count("end") == 1


async def test_withdrawn_for_later_and_for_sooner_crosswise(world: World) -> None:
    """Both words stand; the earlier end counts for both."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    held = world.wire.disturb("hold", "Notice withdrawal", to=CONSUMER)
    late, soon = on_in(world, days=9), on_in(world, days=3)
    await world.provider.post(f"/contracts/{contract}/withdrawal", {**WHY, "effective": late})
    await held.arrived.wait()
    await world.consumer.post(f"/contracts/{contract}/withdrawal", {**WHY, "effective": soon})
    held.release.set()
    await world.quiet()
    for member in (world.provider, world.consumer):
        view = await member.contract(contract)
        assert (view["ending"]["at"], view["ending"]["by"]) == (soon, world.consumer.did)
    world.clock.turn(days=10)
    for member in (world.provider, world.consumer):
        await member.connector.endings.look()
        assert (await member.contract(contract))["withdrawnAt"] == soon


async def test_beforehand_one_sees_whom_it_hits(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish(LARGE))
    there, go_on = world.wire.pause_pull(1)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    hit = await world.provider.get(f"/contracts/{contract}/withdrawal")
    assert (hit["counterparty"], hit["toldBy"], hit["deliveries"]) == (world.consumer.did, "notice", [begun["id"]])
    assert len(hit["transfers"]) == 1
    assert (await world.provider.contract(contract))["state"] == "complete"
    go_on.set()
    assert (await world.consumer.delivered(begun["id"]))["state"] == "complete"


async def test_several_are_withdrawn_with_one_reason(world: World) -> None:
    """What they all stand on has fallen. One that is over already stays as it is."""
    dataset = await world.provider.publish()
    contracts = [await world.consumer.agree(world.provider, dataset) for _ in range(3)]
    await world.provider.post(f"/contracts/{contracts[0]}/withdrawal", WHY)
    endings, store = world.provider.connector.endings, world.provider.connector.store
    hits = await store.read(lambda unit: endings.hits(unit, contracts))
    assert [hit.contract.id for hit in hits] == contracts[1:]
    done = await store.write(lambda unit: endings.withdraw_all(unit, contracts, "the producer took its consent back"))
    assert [contract.id for contract in done] == contracts[1:]
    await world.quiet()
    for contract in contracts[1:]:
        view = await world.consumer.contract(contract)
        assert (view["state"], view["withdrawnReason"]) == ("withdrawn", "the producer took its consent back")


async def test_a_date_in_the_past_is_refused(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    answer = await world.provider.api.post(
        f"/contracts/{contract}/withdrawal", json={**WHY, "effective": on_in(world, days=-1)}
    )
    assert answer.status_code == 400
    assert (await world.provider.contract(contract))["state"] == "complete"
