"""A transfer is suspended and resumed, by either side: running bytes stop, the delivery goes on where it was."""

import asyncio
import json
from typing import Any

import pytest

from connector.ports.store import UnitOfWork
from tests.support.drawing import draw
from tests.support.wire import PATIENCE, Json
from tests.support.world import CONSUMER, PROVIDER, PURPOSE, Member, World

pytestmark = pytest.mark.anyio

LARGE = b"batch,temperature\n" + b"".join(b"%d,%d.5\n" % (n, 20 + n % 50) for n in range(150_000))
"""Several chunks, so that there is something left to stop."""
WHY = {"reason": "The line is being calibrated."}


async def running_delivery(world: World) -> tuple[str, Json, asyncio.Event]:
    """A delivery whose first bytes have arrived; the contract, the delivery, and what lets the next bytes come."""
    dataset = await world.provider.publish(LARGE)
    contract = await world.consumer.agree(world.provider, dataset)
    there, go_on = world.wire.pause_pull(300_000)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await asyncio.wait_for(there.wait(), PATIENCE)
    return contract, begun, go_on


async def transfer_of(member: Member) -> Json:
    [found] = await member.get("/transfers")
    shown: Json = found
    return shown


async def told(member: Member, delivery: str) -> Json:
    """The delivery, once something is said about it."""
    while True:
        found = await member.connector.store.read(lambda unit: unit.deliveries.get(delivery))
        assert found is not None
        if found.problem is not None:
            shown: Json = await member.get(f"/deliveries/{delivery}")
            return shown
        await member.connector.changes.wait(delivery, PATIENCE)


async def until(member: Member, state: str) -> Json:
    """Its only transfer, once it is in this state with nothing pending."""
    while True:
        [found] = await member.connector.store.read(lambda unit: list(unit.transfers.find()))
        if found.state == state and not found.pending:
            return await transfer_of(member)
        await member.connector.changes.wait(found.id, PATIENCE)


async def nothing_runs(provider: Member, delivery: str) -> None:
    """Wait until no byte of it goes out any more."""
    while provider.connector.usage.running:
        assert await provider.connector.changes.wait(delivery, PATIENCE)


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_suspended_and_resumed(world: World, name: str) -> None:
    one, other = world[name], world[CONSUMER if name == PROVIDER else PROVIDER]
    contract, delivery, _ = await running_delivery(world)
    assert world.provider.connector.usage.running == 1
    mine = await transfer_of(one)
    await one.post(f"/transfers/{mine['id']}/suspension", WHY)
    found = await told(world.consumer, delivery["id"])
    assert found["state"] == "running"
    assert 0 < found["bytes"] < len(LARGE)
    assert found["problem"] == {"title": f"the {name} has suspended the transfer", "detail": WHY["reason"]}
    theirs = await until(other, "SUSPENDED")
    assert (theirs["suspendedBy"], theirs["problem"]["detail"]) == (name, WHY["reason"])
    await until(one, "SUSPENDED")
    await nothing_runs(world.provider, delivery["id"])

    refused = await other.api.post(f"/transfers/{theirs['id']}/resumption")
    assert (refused.status_code, "only that side may resume" in refused.json()["detail"]) == (409, True)
    await one.post(f"/transfers/{mine['id']}/resumption", {})
    done = await world.consumer.delivered(delivery["id"])
    assert (done["state"], done["problem"], done["digest"]) == ("complete", None, done["expectedDigest"])
    assert await world.consumer.content(done) == LARGE
    assert (await world.provider.contract(contract))["usesReserved"] == 1
    assert (await transfer_of(one))["state"] == (await transfer_of(other))["state"] == "COMPLETED"
    draw(world, f"Suspended and resumed by the {name}")


async def test_the_provider_resumes_with_a_new_token(world: World) -> None:
    _, delivery, _ = await running_delivery(world)
    mine = await transfer_of(world.provider)
    await world.provider.post(f"/transfers/{mine['id']}/suspension", WHY)
    await until(world.consumer, "SUSPENDED")
    await world.provider.post(f"/transfers/{mine['id']}/resumption", {})
    await world.consumer.delivered(delivery["id"])
    first, second = (_token(exchange.body) for exchange in world.wire.of("TransferStartMessage"))
    assert first != second


async def test_nothing_flows_while_suspended(world: World) -> None:
    """A consumer that has not heard of the suspension is refused, and waits for the word that explains it."""
    _, delivery, go_on = await running_delivery(world)
    mine = await transfer_of(world.provider)
    held = world.wire.disturb("hold", "TransferSuspensionMessage")
    await world.provider.post(f"/transfers/{mine['id']}/suspension", WHY)
    await asyncio.wait_for(held.arrived.wait(), PATIENCE)
    go_on.set()
    await world.wire.happened("GET data", status=403)
    held.release.set()
    assert (await told(world.consumer, delivery["id"]))["state"] == "running"
    await world.provider.post(f"/transfers/{mine['id']}/resumption", {})
    assert (await world.consumer.delivered(delivery["id"]))["state"] == "complete"


async def test_withdrawn_while_suspended(world: World) -> None:
    contract, delivery, _ = await running_delivery(world)
    mine = await transfer_of(world.provider)
    await world.provider.post(f"/transfers/{mine['id']}/suspension", WHY)
    await until(world.consumer, "SUSPENDED")
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "No more."})
    done = await world.consumer.delivered(delivery["id"])
    assert (done["state"], "No more." in done["problem"]["detail"]) == ("refused", True)
    refused = await world.provider.api.post(f"/transfers/{mine['id']}/resumption")
    assert refused.status_code == 409


async def test_terminated_while_bytes_run(world: World) -> None:
    _, delivery, go_on = await running_delivery(world)
    mine = await transfer_of(world.provider)
    await world.provider.post(f"/transfers/{mine['id']}/termination", WHY)
    go_on.set()
    await nothing_runs(world.provider, delivery["id"])
    assert (await transfer_of(world.provider))["problem"]["detail"] == WHY["reason"]
    done = await world.consumer.delivered(delivery["id"])
    assert (done["state"], WHY["reason"] in done["problem"]["detail"]) == ("refused", True)


def _token(body: bytes) -> Any:
    properties = json.loads(body)["dataAddress"]["endpointProperties"]
    return {p["name"]: p["value"] for p in properties}["authorization"]


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_suspended_when_everything_had_just_arrived(world: World, name: str) -> None:
    """The last byte and the suspension cross: nothing is left to resume, so the transfer does not wait for ever."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    await world.consumer.post("/transfers", {"contract": contract})
    await world.quiet()
    await world[name].post(f"/transfers/{(await transfer_of(world[name]))['id']}/suspension", WHY)
    await world.quiet()
    mine = await transfer_of(world.consumer)
    assert mine["state"] == "SUSPENDED"
    steps = world.consumer.connector.transfers.steps

    def all_has_arrived(unit: UnitOfWork) -> None:
        transfer = unit.transfers.get(mine["id"])
        assert transfer is not None
        steps.finish(unit, transfer)

    await world.consumer.connector.store.write(all_has_arrived)
    await world.quiet()
    for member in (world.provider, world.consumer):
        ended = await transfer_of(member)
        assert (ended["state"], ended["problem"]["code"]) == ("TERMINATED", "arrived-before-suspension")
