"""Transfers over the management API: asked for, ended, by whom, and what is refused."""

import pytest

from tests.support.wire import PATIENCE, Json
from tests.support.world import Member, World
from tests.support.worlds import template, world

__all__ = ["template", "world"]
pytestmark = pytest.mark.anyio
WHY = {"reason": "The order was cancelled."}


async def begun(world: World) -> Json:
    """A transfer that the consumer asked for and the provider has started."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    made: Json = await world.consumer.post("/transfers", {"contract": contract})
    await world.quiet()
    return made


async def only(member: Member) -> Json:
    [found] = await member.get("/transfers")
    shown: Json = found
    return shown


async def test_asked_for_and_completed(world: World) -> None:
    made = await begun(world)
    shown = await world.consumer.get(f"/transfers/{made['id']}", wait=min(60, PATIENCE), until="STARTED")
    assert (shown["state"], shown["role"], shown["format"]) == ("STARTED", "consumer", "HttpData-PULL")
    assert [h["message"] for h in shown["history"]] == ["TransferRequestMessage", "TransferStartMessage"]
    other = await only(world.provider)
    assert (other["consumerPid"], other["providerPid"]) == (shown["consumerPid"], shown["providerPid"])
    await world.provider.post(f"/transfers/{other['id']}/completion", {})
    await world.quiet()
    assert (await only(world.consumer))["state"] == (await only(world.provider))["state"] == "COMPLETED"


async def test_no_token_is_shown(world: World) -> None:
    made = await begun(world)
    transfer = await world.consumer.connector.store.read(lambda unit: unit.transfers.get(made["id"]))
    assert transfer is not None
    assert transfer.data_address is not None
    token = transfer.data_address["endpointProperties"][0]["value"]
    for answer in (
        await world.consumer.api.get("/transfers"),
        await world.consumer.api.get(f"/transfers/{made['id']}"),
    ):
        assert answer.is_success
        assert token not in answer.text


async def test_terminated_with_a_reason(world: World) -> None:
    made = await begun(world)
    await world.consumer.post(f"/transfers/{made['id']}/termination", WHY)
    await world.quiet()
    other = await only(world.provider)
    assert (other["state"], other["problem"]["detail"]) == ("TERMINATED", WHY["reason"])
    acts = {act["act"]: act for act in await world.consumer.get("/acts")}
    assert acts["terminate-transfer"]["object"] == made["id"]
    assert acts["request-transfer"]["detail"] == {"contract": made["contract"]}


async def test_ended_before_the_provider_has_answered(world: World) -> None:
    """Our request is no longer due; there was nobody to tell."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    world.wire.down("provider")
    made = await world.consumer.post("/transfers", {"contract": contract})
    shown = await world.consumer.post(f"/transfers/{made['id']}/termination", WHY)
    assert (shown["state"], shown["pending"], shown["problem"]["detail"]) == ("TERMINATED", [], WHY["reason"])
    world.wire.up("provider")


async def test_what_does_not_fit_is_a_conflict(world: World) -> None:
    made = await begun(world)
    mine, theirs = f"/transfers/{made['id']}", f"/transfers/{(await only(world.provider))['id']}"
    refused = await world.consumer.api.post(f"{mine}/resumption")
    assert (refused.status_code, "is not suspended" in refused.json()["detail"]) == (409, True)
    await world.provider.post(f"{theirs}/completion", {})
    await world.quiet()
    for member, path in ((world.consumer, mine), (world.provider, theirs)):
        for order in ("suspension", "resumption", "termination", "completion"):
            body = WHY if order in ("suspension", "termination") else {}
            answer = await member.api.post(f"{path}/{order}", json=body)
            assert answer.status_code == 409, order
    assert (await only(world.consumer))["state"] == "COMPLETED"


async def test_unknown_ones(world: World) -> None:
    assert (await world.consumer.api.get("/transfers/urn:uuid:none")).status_code == 404
    for order in ("suspension", "resumption", "termination", "completion"):
        answer = await world.consumer.api.post(f"/transfers/urn:uuid:none/{order}", json=WHY)
        assert answer.status_code == 404, order
    answer = await world.consumer.api.post("/transfers", json={"contract": "urn:uuid:none"})
    assert answer.status_code == 404


async def test_not_as_provider_of_the_contract(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    assert (await world.provider.api.post("/transfers", json={"contract": contract})).status_code == 404


async def test_an_auditor_only_looks(world: World) -> None:
    made = await begun(world)
    auditor = world.consumer.client(world.consumer.token("Kim", "auditor"))
    async with auditor:
        assert (await auditor.get(f"/transfers/{made['id']}")).is_success
        for path in ("", *(f"/{made['id']}/{o}" for o in ("suspension", "resumption", "termination", "completion"))):
            answer = await auditor.post(f"/transfers{path}", json={"contract": made["contract"]})
            assert answer.status_code == 403, path
    assert (await only(world.consumer))["state"] == "STARTED"


async def test_lists_by_contract_and_by_beginning(world: World) -> None:
    dataset = await world.provider.publish()
    contracts = [await world.consumer.agree(world.provider, dataset) for _ in range(2)]
    made = [(await world.consumer.post("/transfers", {"contract": contracts[n % 2]}))["id"] for n in range(3)]
    await world.quiet()
    listed = [t["id"] for t in await world.consumer.get("/transfers", contract=contracts[0])]
    assert sorted(listed) == sorted([made[0], made[2]])
    assert [t["id"] for t in await world.consumer.get("/transfers", beginning=made[1][:20])] == [made[1]]
    assert await world.consumer.get("/transfers", contract="urn:uuid:none") == []
    first = await world.consumer.get("/transfers", contract=contracts[0], limit=1)
    rest = await world.consumer.get("/transfers", contract=contracts[0], limit=5, after=first[0]["id"])
    assert [t["id"] for t in first + rest] == listed
