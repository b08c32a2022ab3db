"""An agreement is suspended by either side: bytes stop, nothing begins, and only the suspender lets it go on."""

import pytest

from tests.flows.test_suspension import LARGE, nothing_runs, running_delivery, transfer_of, until
from tests.support.world import CONSUMER, PROVIDER, PURPOSE, World

pytestmark = pytest.mark.anyio

WHY = {"reason": "we look into a complaint"}


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_suspended_while_data_flows_and_resumed(world: World, name: str) -> None:
    one, other = world[name], world[CONSUMER if name == PROVIDER else PROVIDER]
    contract, delivery, _ = await running_delivery(world)
    view = await one.post(f"/contracts/{contract}/suspension", WHY)
    assert (view["state"], view["suspendedBy"][one.did]["reason"]) == ("suspended", WHY["reason"])
    await world.wire.happened("Notice suspension", status=200)
    await until(other, "SUSPENDED")
    await nothing_runs(world.provider, delivery["id"])
    for member in (one, other):
        view = await member.contract(contract)
        assert (view["state"], list(view["suspendedBy"])) == ("suspended", [one.did])
        answer = await world.consumer.api.post("/deliveries", json={"contract": contract, "purpose": PURPOSE})
        assert (answer.status_code, WHY["reason"] in answer.json()["detail"]) == (409, True)
    refused = await other.api.post(f"/contracts/{contract}/resumption")
    assert (refused.status_code, "only that side" in refused.json()["detail"]) == (409, True)
    again = await one.api.post(f"/contracts/{contract}/suspension", json=WHY)
    assert again.status_code == 409

    await one.post(f"/contracts/{contract}/resumption", {})
    done = await world.consumer.delivered(delivery["id"])
    assert (done["state"], done["problem"]) == ("complete", None)
    assert await world.consumer.content(done) == LARGE
    for member in (one, other):
        view = await member.contract(contract)
        assert (view["state"], view["suspendedBy"]) == ("complete", {})
        kinds = [n["kind"] for n in view["notices"] if n["author"] == one.did]
        assert [kind for kind in kinds if kind in ("suspension", "resumption")] == ["suspension", "resumption"]


async def test_both_suspend_and_it_goes_on_when_both_have_lifted_it(world: World) -> None:
    contract, delivery, _ = await running_delivery(world)
    await world.provider.post(f"/contracts/{contract}/suspension", WHY)
    await until(world.consumer, "SUSPENDED")
    await world.consumer.post(f"/contracts/{contract}/suspension", {"reason": "our people are away"})
    await world.wire.happened("Notice suspension", times=2, status=200)
    await world.provider.post(f"/contracts/{contract}/resumption", {})
    await world.wire.happened("Notice resumption", status=200)
    for member in (world.provider, world.consumer):
        assert (await member.contract(contract))["state"] == "suspended"
        assert (await transfer_of(member))["state"] == "SUSPENDED"
    await world.consumer.post(f"/contracts/{contract}/resumption", {})
    assert (await world.consumer.delivered(delivery["id"]))["state"] == "complete"


async def test_nothing_flows_before_the_other_side_has_heard_it(world: World) -> None:
    """The provider's word counts at once: a consumer that knows of nothing is refused, and waits for the word."""
    contract, delivery, go_on = await running_delivery(world)
    notice = world.wire.disturb("hold", "Notice suspension")
    pause = world.wire.disturb("hold", "TransferSuspensionMessage")
    await world.provider.post(f"/contracts/{contract}/suspension", WHY)
    await notice.arrived.wait()
    await pause.arrived.wait()
    go_on.set()
    await world.wire.happened("GET data", status=403)
    notice.release.set()
    pause.release.set()
    await until(world.consumer, "SUSPENDED")
    assert (await world.consumer.get(f"/deliveries/{delivery['id']}"))["state"] == "running"
    await world.provider.post(f"/contracts/{contract}/resumption", {})
    assert (await world.consumer.delivered(delivery["id"]))["state"] == "complete"


async def test_a_transfer_that_a_person_suspended_stays_suspended(world: World) -> None:
    contract, delivery, _ = await running_delivery(world)
    mine = await transfer_of(world.provider)
    await world.provider.post(f"/transfers/{mine['id']}/suspension", WHY)
    await until(world.consumer, "SUSPENDED")
    await world.provider.post(f"/contracts/{contract}/suspension", WHY)
    await world.provider.post(f"/contracts/{contract}/resumption", {})
    await world.wire.happened("Notice resumption", status=200)
    assert (await transfer_of(world.provider))["state"] == "SUSPENDED"
    await world.provider.post(f"/transfers/{mine['id']}/resumption", {})
    assert (await world.consumer.delivered(delivery["id"]))["state"] == "complete"


async def test_a_withdrawal_ends_what_is_suspended(world: World) -> None:
    contract, delivery, _ = await running_delivery(world)
    await world.consumer.post(f"/contracts/{contract}/suspension", WHY)
    await until(world.provider, "SUSPENDED")
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "no more"})
    assert (await world.consumer.delivered(delivery["id"]))["state"] == "refused"
    await world.quiet()
    for member in (world.provider, world.consumer):
        assert (await member.contract(contract))["state"] == "withdrawn"
    assert (await world.consumer.api.post(f"/contracts/{contract}/resumption")).status_code == 409


async def test_a_suspension_waits_for_no_other_notice(world: World) -> None:
    """The receipt before it does not arrive: it binds all the same, and what is missing follows."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    lost = world.wire.disturb("lose", "Notice delivery-sent", times=0)
    await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await world.wire.happened("Notice delivery-sent")
    await world.wire.happened("TransferCompletionMessage", status=200)
    await world.provider.post(f"/contracts/{contract}/suspension", WHY)
    await world.wire.happened("Notice suspension", status=409)
    assert (await world.consumer.contract(contract))["state"] == "suspended"
    lost.times = lost.done
    world.provider.connector.outbox.sign_of_life(world.consumer.did)
    await world.quiet()
    await world.provider.post(f"/contracts/{contract}/resumption", {})
    await world.quiet()
    assert (await world.consumer.contract(contract))["state"] == "complete"


async def test_it_survives_a_restart(world: World) -> None:
    contract, delivery, _ = await running_delivery(world)
    await world.provider.post(f"/contracts/{contract}/suspension", WHY)
    await until(world.consumer, "SUSPENDED")
    await world.provider.restart()
    await world.consumer.restart()
    answer = await world.provider.api.post(f"/transfers/{(await transfer_of(world.provider))['id']}/resumption")
    assert (answer.status_code, WHY["reason"] in answer.json()["detail"]) == (409, True)
    await world.provider.post(f"/contracts/{contract}/resumption", {})
    assert (await world.consumer.delivered(delivery["id"]))["state"] == "complete"
