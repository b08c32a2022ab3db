"""Either side withdraws by its own word: it binds at once, cuts what runs, and tells why (decision 5, 5)."""

import pytest

from tests.flows.test_uses import LARGE
from tests.support.drawing import draw
from tests.support.world import CONSUMER, PROVIDER, PURPOSE, World

pytestmark = pytest.mark.anyio

WHY = {"reason": "the batch was recalled"}


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_withdrawal_cuts_a_running_pull_and_tells_the_reason(world: World, name: str) -> None:
    dataset = await world.provider.publish(LARGE)
    contract = await world.consumer.agree(world.provider, dataset)
    there, go_on = world.wire.pause_pull(1)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    assert world.provider.connector.usage.running == 1
    before = len(world.wire.exchanges)
    view = await world[name].post(f"/contracts/{contract}/withdrawal", WHY)
    assert (view["state"], view["withdrawnReason"]) == ("withdrawn", WHY["reason"])
    await world.wire.happened("Notice withdrawal", status=200)
    await world.wire.happened("TransferTerminationMessage", status=200)
    go_on.set()
    delivery = await world.consumer.delivered(begun["id"])
    assert delivery["state"] == "refused"
    assert WHY["reason"] in delivery["problem"]["detail"]
    assert list((world.consumer.directory / "received").iterdir()) == []  # nor does a part of it stay
    for member in (world.provider, world.consumer):
        view = await member.contract(contract)
        assert (view["state"], view["withdrawnBy"]) == ("withdrawn", world[name].did)
        assert view["usesReserved"] == (1 if member is world.provider else 0)
    (sent,) = (await world.provider.contract(contract))["deliveries"]
    assert sent["state"] == "broken"
    assert 0 < sent["bytes"] < len(LARGE)
    if name == PROVIDER:
        opened = [e for e in world.wire.exchanges[:before] if e.kind == "GET data"]
        world.wire.exchanges = opened + world.wire.exchanges[before:]
        draw(world, "The provider withdraws while data flows")


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_no_use_after_a_withdrawal(world: World, name: str) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world[name].post(f"/contracts/{contract}/withdrawal", WHY)
    await world.quiet()
    answer = await world.consumer.api.post("/deliveries", json={"contract": contract, "purpose": PURPOSE})
    assert answer.status_code == 409
    assert WHY["reason"] in answer.json()["detail"]
    answer = await world[name].api.post(f"/contracts/{contract}/withdrawal", json=WHY)
    assert answer.status_code == 409


async def test_the_provider_s_word_counts_before_the_consumer_has_heard_it(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    lost = world.wire.disturb("lose", "Notice withdrawal", times=0)
    await world.provider.post(f"/contracts/{contract}/withdrawal", WHY)
    await world.wire.happened("Notice withdrawal")
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await world.wire.happened("TransferTerminationMessage", status=200)
    lost.times = lost.done
    delivery = await world.consumer.delivered(begun["id"])
    assert (delivery["state"], WHY["reason"] in delivery["problem"]["detail"]) == ("refused", True)


async def test_both_withdraw_at_once(world: World) -> None:
    """Both words stand in the chains; each side keeps whose it took first, and nothing is owed for ever."""
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    held = world.wire.disturb("hold", "Notice withdrawal", to=CONSUMER)
    await world.provider.post(f"/contracts/{contract}/withdrawal", WHY)
    await held.arrived.wait()
    await world.consumer.post(f"/contracts/{contract}/withdrawal", {"reason": "no longer needed"})
    held.release.set()
    await world.quiet()
    for member in (world.provider, world.consumer):
        view = await member.contract(contract)
        assert view["state"] == "withdrawn"
        assert [n["kind"] for n in view["notices"]].count("withdrawal") == 2


async def test_the_other_side_is_down_when_we_withdraw(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    world.wire.down(CONSUMER)
    await world.provider.post(f"/contracts/{contract}/withdrawal", WHY)
    await world.wire.happened("Notice withdrawal")
    await world.provider.restart()
    world.wire.up(CONSUMER)
    await world.quiet()
    assert (await world.consumer.contract(contract))["withdrawnReason"] == WHY["reason"]


async def test_a_contract_that_is_not_concluded_cannot_be_withdrawn(world: World) -> None:
    dataset = await world.provider.publish()
    lost = world.wire.disturb("lose", "ContractAgreementVerificationMessage", times=0)
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened("ContractAgreementVerificationMessage")
    (contract,) = await world.provider.get("/contracts")
    answer = await world.provider.api.post(f"/contracts/{contract['id']}/withdrawal", json=WHY)
    assert (answer.status_code, "not concluded" in answer.json()["detail"]) == (409, True)
    answer = await world.provider.api.post("/contracts/urn:uuid:0/withdrawal", json=WHY)
    assert answer.status_code == 404
    lost.times = lost.done
    await world.quiet()


async def test_a_withdrawal_waits_for_no_other_notice(world: World) -> None:
    """The receipts before it do not arrive: it binds all the same, and what is missing follows."""
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    lost = world.wire.disturb("lose", "Notice delivery-sent", times=0)
    body = {"contract": contract, "purpose": PURPOSE, "person": None}
    await world.consumer.post("/deliveries", body)
    await world.wire.happened("Notice delivery-sent")
    await world.provider.post(f"/contracts/{contract}/withdrawal", WHY)
    await world.wire.happened("Notice withdrawal", status=409)
    view = await world.consumer.contract(contract)
    assert (view["state"], view["withdrawnBy"], view["withdrawnReason"]) == (
        "withdrawn", world.provider.did, WHY["reason"],
    )  # fmt: skip
    assert "withdrawal" not in [notice["kind"] for notice in view["notices"]]
    lost.times = lost.done
    world.provider.connector.outbox.sign_of_life(world.consumer.did)
    await world.quiet()
    for member in (world.provider, world.consumer):
        notices = (await member.contract(contract))["notices"]
        chain = sorted((n["number"], n["kind"]) for n in notices if n["author"] == world.provider.did)
        assert chain == [(1, "delivery-sent"), (2, "withdrawal")]


async def test_a_withdrawal_waits_for_no_other_notice_after_a_restart(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    lost = world.wire.disturb("lose", "Notice delivery-sent", times=0)
    away = world.wire.disturb("lose", "Notice withdrawal", times=0)
    await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE, "person": None})
    await world.wire.happened("Notice delivery-sent")
    await world.provider.post(f"/contracts/{contract}/withdrawal", WHY)
    await world.wire.happened("Notice withdrawal")
    await world.provider.stop()
    away.times = away.done
    await world.provider.start()
    await world.wire.happened("Notice withdrawal", status=409)
    assert (await world.consumer.contract(contract))["state"] == "withdrawn"
    lost.times = lost.done
    world.provider.connector.outbox.sign_of_life(world.consumer.did)
    await world.quiet()
