"""The same message twice is the same answer; other content under the same id is refused (decision 5, 2)."""

import json

import pytest

from connector.ids import new_iri
from tests.support.drawing import draw
from tests.support.wire import Json
from tests.support.world import CONSUMER, World

pytestmark = pytest.mark.anyio

CONVERSATION = (
    "ContractRequestMessage",
    "ContractAgreementMessage",
    "ContractAgreementVerificationMessage",
    "ContractNegotiationEventMessage FINALIZED",
    "Notice holds-receipt",
    "TransferRequestMessage",
    "TransferStartMessage",
    "TransferCompletionMessage",
    "Notice delivery-sent",
    "Notice delivery-received",
)


async def request_of(world: World, dataset: str, **changed: object) -> Json:
    """A first request as our consumer would send it."""
    _, found = await world.consumer.ask(world.provider, f"/catalog/datasets/{dataset}")
    offer = {**found["hasPolicy"][0], "target": dataset}
    return {
        "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
        "@type": "ContractRequestMessage",
        "@id": new_iri(),
        "consumerPid": new_iri(),
        "offer": offer,
        "callbackAddress": world.consumer.protocol,
        **changed,
    }


async def said(world: World, body: Json, *, by: str = CONSUMER) -> tuple[int, Json]:
    return await world[by].say(world.provider, "/negotiations/request", json.dumps(body).encode())


async def test_first_answer_lost(world: World) -> None:
    dataset = await world.provider.publish()
    world.wire.disturb("lose answer", "ContractRequestMessage")
    # The agreement would imply the answer before the repeat goes out.
    held = world.wire.disturb("hold", "ContractAgreementMessage")
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened("ContractRequestMessage", times=2)
    held.release.set()
    await world.quiet()
    first, second = world.wire.of("ContractRequestMessage")
    assert first.body == second.body
    assert first.token != second.token
    assert second.status == 201
    assert len(await world.provider.get("/negotiations")) == 1
    assert [n["state"] for n in await world.consumer.get("/negotiations")] == ["FINALIZED"]
    draw(world, "The answer to the first message is lost")


async def test_finalized_twice(world: World) -> None:
    dataset = await world.provider.publish()
    world.wire.disturb("lose answer", "ContractNegotiationEventMessage FINALIZED")
    # The notice would be taken as a sign of life, and a transfer request as the acknowledgement.
    await world.consumer.agree(world.provider, dataset)
    first, second = world.wire.of("ContractNegotiationEventMessage FINALIZED")
    assert (first.body, first.answer or second.answer) == (second.body, second.answer)
    assert second.status == 200
    assert len(world.wire.of("Notice holds-receipt")) == 1
    assert await world.consumer.logged() == ["contract", "notice"]
    draw(world, "The answer to FINALIZED is lost")


@pytest.mark.parametrize("fault", ["lose", "lose answer", "twice"])
async def test_each_message_meets_the_same_fault_once(world: World, fault: str) -> None:
    dataset = await world.provider.publish()
    for kind in CONVERSATION:
        world.wire.disturb(fault, kind)
    contract = await world.consumer.agree(world.provider, dataset)
    delivery = await world.consumer.fetch(contract)
    assert delivery["state"] == "complete"
    assert delivery["receipts"] == {"own": True, "other": True}
    for member in (world.consumer, world.provider):
        assert [n["state"] for n in await member.get("/negotiations")] == ["FINALIZED"]
        (view,) = await member.get("/contracts")
        assert (view["state"], view["usesReserved"], view["problem"]) == ("complete", 1, None)
        states = await member.connector.store.read(lambda unit: [t.state for t in unit.transfers.find()])
        assert states == ["COMPLETED"]
    for kind in CONVERSATION:
        assert any(e.fault for e in world.wire.of(kind)), f"{kind} never met the fault"


async def test_a_message_recorded_on_the_line_is_refused_the_second_time(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    recorded = world.wire.of("ContractRequestMessage")[0]
    path = recorded.url.removeprefix(world.provider.protocol)
    status, body = await world.consumer.say(world.provider, path, recorded.body, token=recorded.token)
    assert status == 401
    assert "used before" in str(body)


async def test_same_pid_with_other_content(world: World) -> None:
    dataset = await world.provider.publish()
    body = await request_of(world, dataset)
    status, begun = await said(world, body)
    assert status == 201
    status, refused = await said(world, {**body, "@id": new_iri()})
    assert (status, refused["@type"]) == (400, "ContractNegotiationError")
    assert "other content" in refused["reason"][0]
    status, again = await said(world, body)
    assert (status, again) == (201, begun)
    assert len(await world.provider.get("/negotiations")) == 1


async def test_a_repeat_without_id_is_known_by_its_bytes(world: World) -> None:
    dataset = await world.provider.publish()
    body = await request_of(world, dataset)
    del body["@id"]
    status, begun = await said(world, body)
    assert status == 201
    assert await said(world, body) == (201, begun)
    status, _ = await said(world, {**body, "more": "x"})
    assert status == 400


async def test_another_sender_with_the_same_pid_is_another_negotiation(world: World) -> None:
    """Neither learns of the other, and neither disturbs the other's repeats."""
    dataset = await world.provider.publish()
    await world.admit("outsider")
    body = await request_of(world, dataset)
    del body["@id"]
    _, begun = await said(world, body)
    status, other = await said(world, {**body, "callbackAddress": world["outsider"].protocol}, by="outsider")
    assert (status, other["consumerPid"]) == (201, begun["consumerPid"])
    assert other["providerPid"] != begun["providerPid"]
    assert await said(world, body) == (201, begun)


async def test_a_refusal_is_remembered_too(world: World) -> None:
    dataset = await world.provider.publish()
    body = await request_of(world, dataset)
    _, begun = await said(world, body)
    early = {
        "@context": body["@context"],
        "@type": "ContractNegotiationEventMessage",
        "@id": new_iri(),
        "providerPid": begun["providerPid"],
        "consumerPid": begun["consumerPid"],
        "eventType": "ACCEPTED",
    }
    path = f"/negotiations/{begun['providerPid']}/events"
    first = await world.consumer.say(world.provider, path, json.dumps(early).encode())
    assert first[0] == 400
    assert await world.consumer.say(world.provider, path, json.dumps(early).encode()) == first
