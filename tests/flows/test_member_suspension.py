"""A membership rests for a while: refused like a revoked one, what runs stops, and lifted it goes on (purpose `suspension`)."""

import pytest

from tests.flows.test_revocation import told
from tests.flows.test_strangers import CATALOG, refusal
from tests.flows.test_uses import LARGE
from tests.support.world import PURPOSE, Member, World

pytestmark = pytest.mark.anyio

WHY = {"reason": "the dues are open"}


async def suspend(world: World, member: Member) -> None:
    await world.authority.post("/suspensions", {"did": member.did, **WHY})
    await told(world)


async def lift(world: World, member: Member) -> None:
    world.clock.turn(seconds=1)
    await world.authority.post("/reinstatements", {"did": member.did})
    await told(world)


async def asks(world: World) -> tuple[int, str]:
    status, body = await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    return status, refusal(body) if status >= 400 else ""


async def test_refused_while_it_lasts_and_let_in_afterwards(world: World) -> None:
    assert (await asks(world))[0] == 200
    await suspend(world, world.consumer)
    status, said = await asks(world)
    assert status == 401
    assert "suspended by its issuer" in said
    await world.provider.restart()
    assert (await asks(world))[0] == 401
    await lift(world, world.consumer)
    assert (await asks(world))[0] == 200
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    assert (await world.consumer.fetch(contract))["state"] == "complete"


async def test_what_runs_stops_and_goes_on(world: World) -> None:
    dataset = await world.provider.publish(LARGE)
    contract = await world.consumer.agree(world.provider, dataset)
    there, go_on = world.wire.pause_pull(1)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    assert world.provider.connector.usage.running == 1
    await world.authority.post("/suspensions", {"did": world.consumer.did, **WHY})
    await world.wire.happened("TransferSuspensionMessage", status=200)
    await world.provider.connector.outbox.idle()
    go_on.set()
    (transfer,) = await world.provider.get("/transfers")
    assert (transfer["state"], transfer["problem"]["code"]) == ("SUSPENDED", "membership-suspended")
    world.clock.turn(seconds=1)
    await world.authority.post("/reinstatements", {"did": world.consumer.did})
    await world.wire.happened("TransferStartMessage", times=2, status=200)
    delivery = await world.consumer.delivered(begun["id"])
    assert delivery["state"] == "complete"
    assert await world.consumer.content(delivery) == LARGE


async def test_what_somebody_else_suspended_stays_suspended(world: World) -> None:
    dataset = await world.provider.publish(LARGE)
    contract = await world.consumer.agree(world.provider, dataset)
    there, go_on = world.wire.pause_pull(1)
    await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    (transfer,) = await world.provider.get("/transfers")
    await world.provider.post(f"/transfers/{transfer['id']}/suspension", {"reason": "we look into it"})
    await world.wire.happened("TransferSuspensionMessage", status=200)
    go_on.set()
    await world.authority.post("/suspensions", {"did": world.consumer.did, **WHY})
    await world.authority.connector.hints.idle()
    world.clock.turn(seconds=1)
    await world.authority.post("/reinstatements", {"did": world.consumer.did})
    await world.authority.connector.hints.idle()
    await world.provider.connector.outbox.idle()
    (transfer,) = await world.provider.get("/transfers")
    assert transfer["state"] == "SUSPENDED"


async def test_a_new_membership_does_not_lift_it(world: World) -> None:
    await suspend(world, world.consumer)
    world.clock.turn(seconds=1)
    await world.admit("consumer")
    await world.provider.connector.status_lists.hint(world.authority.did)
    assert (await asks(world))[0] == 401
    (member,) = [m for m in await world.authority.get("/members") if m["did"] == world.consumer.did]
    assert (member["suspendedAt"] is not None, member["reason"], member["revokedAt"]) == (True, WHY["reason"], None)
    await lift(world, world.consumer)
    assert (await asks(world))[0] == 200


async def test_who_may_and_when(world: World) -> None:
    this = {"did": world.consumer.did, **WHY}
    assert (await world.provider.api.post("/suspensions", json=this)).status_code == 403
    assert (
        await world.authority.api.post("/suspensions", json={**this, "did": "did:web:x.example"})
    ).status_code == 404
    assert (await world.authority.api.post("/reinstatements", json={"did": world.consumer.did})).status_code == 409
    await suspend(world, world.consumer)
    assert (await world.authority.api.post("/suspensions", json=this)).status_code == 409
    await world.authority.post("/revocations", this)
    await told(world)
    assert (await world.authority.api.post("/reinstatements", json={"did": world.consumer.did})).status_code == 409
    status, said = await asks(world)
    assert status == 401
    assert "by its issuer" in said
