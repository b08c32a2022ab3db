"""A real conversation is written down, and judged again; what is changed in it afterwards is found."""

import copy
import json
from typing import Any

import pytest

from connector.protocol.replay import Doubt, Verdict
from connector.wire.transcript import ANSWERED, RECEIVED, SENT, Judged, judge, read_transcript
from tests.flows.test_counteroffers import ONCE, TWICE, opened, say
from tests.support.wire import Json
from tests.support.world import CONSUMER, PROVIDER, Member, World

pytestmark = pytest.mark.anyio

CALIBRATION = {"reason": "The line is being calibrated."}


async def transcript(member: Member, wanted: str) -> Json:
    found: Json = await member.get(f"/transcripts/{wanted}")
    return found


def again(found: Json) -> Judged:
    """The conversation judged again, as `mmd replay` does: from the bytes of a file."""
    return judge(read_transcript(json.dumps(found).encode()))


def told(found: Json) -> list[tuple[str, str]]:
    return [(step["step"], step["type"]) for step in found["steps"]]


def doubts(found: Json) -> list[tuple[int, Doubt | None]]:
    return [(step.number, step.judgement.doubt) for step in again(found).steps if step.judgement.agrees is False]


async def long_conversation(world: World) -> str:
    """Counter-offers in both directions, a contract, a transfer that is suspended, a start too early, and its end."""
    mine, theirs = await opened(world)
    await say(world, world.provider, theirs, "offers", ONCE)
    await say(world, world.consumer, mine, "offers", TWICE)
    await say(world, world.provider, theirs, "acceptance")
    contract = str((await world.consumer.negotiation(mine))["contract"])
    begun = await world.consumer.post("/transfers", {"contract": contract})
    await world.quiet()
    [at_provider] = await world.provider.get("/transfers")
    await say_transfer(world, world.provider, at_provider["id"], "suspension", CALIBRATION)
    start = {"@type": "TransferStartMessage", "providerPid": at_provider["id"], "consumerPid": begun["id"]}
    body = {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@id": "urn:uuid:5", **start}
    status, _ = await world.consumer.say(
        world.provider, f"/transfers/{at_provider['id']}/start", json.dumps(body).encode()
    )
    assert status == 400
    await say_transfer(world, world.provider, at_provider["id"], "resumption", {})
    await say_transfer(world, world.consumer, begun["id"], "completion", {})
    return contract


async def say_transfer(world: World, member: Member, pid: str, what: str, body: Json) -> None:
    await member.post(f"/transfers/{pid}/{what}", body)
    await world.quiet()


async def test_a_long_conversation_is_written_down_and_agrees(world: World) -> None:
    contract = await long_conversation(world)
    for name in (CONSUMER, PROVIDER):
        found = await transcript(world[name], contract)
        judged = again(found)
        assert judged.agrees, doubts(found)
        assert sorted(map(str, judged.states.values())) == ["COMPLETED", "FINALIZED"]
        tabled = [step for step in judged.steps if step.step["type"] != "Notice"]
        assert all(step.judgement.agrees for step in tabled)
    refused = [step for step in judged.steps if step.judgement.verdict is Verdict.REFUSED]
    assert [(step.step["type"], step.step["status"]) for step in refused] == [("TransferStartMessage", 400)]
    assert "only that side may resume it" in str(refused[0].judgement.reason)


async def test_both_sides_tell_the_same_story(world: World) -> None:
    contract = await long_conversation(world)
    mine, theirs = [await transcript(world[name], contract) for name in (CONSUMER, PROVIDER)]
    assert {step["peer"] for step in mine["steps"] if "peer" in step} == {world.provider.did}
    sent = [step["digest"] for step in mine["steps"] if step["step"] == SENT]
    received = [step["digest"] for step in theirs["steps"] if step["step"] == RECEIVED]
    # The start that was refused did not go through the consumer's outbox.
    assert [digest for digest in received if digest in sent] == sent


async def test_what_is_changed_afterwards_is_found(world: World) -> None:
    found = await transcript(world.provider, await long_conversation(world))
    places = {entry: number for number, entry in enumerate(told(found))}
    verification = places[RECEIVED, "ContractAgreementVerificationMessage"]

    def changed(number: int, **members: Any) -> list[tuple[int, Doubt | None]]:
        altered = copy.deepcopy(found)
        altered["steps"][number].update(members)
        return doubts(altered)

    step = found["steps"][verification]
    other_state = step["answer"].replace("VERIFIED", "FINALIZED")
    assert changed(verification, answer=other_state) == [(verification + 1, Doubt.OTHER_STATE)]
    assert changed(verification, body=step["body"].replace("urn:uuid:", "urn:uuid:0", 1))[0] == (
        verification + 1,
        Doubt.ALTERED,
    )
    refusal = '{"code": "IllegalTransition", "reason": ["no"]}'
    assert changed(verification, status=400, answer=refusal)[0] == (verification + 1, Doubt.NOT_TAKEN)

    swapped = copy.deepcopy(found)
    steps = swapped["steps"]
    steps[verification - 1], steps[verification] = steps[verification], steps[verification - 1]
    assert told(swapped) != told(found)
    agreement = places[SENT, "ContractAgreementMessage"]
    moved = copy.deepcopy(found)
    moved["steps"].insert(agreement, moved["steps"].pop(verification))
    assert doubts(moved)[0] == (agreement + 1, Doubt.TAKEN)

    missing = copy.deepcopy(found)
    del missing["steps"][places[SENT, "ContractNegotiationEventMessage"]]
    assert doubts(missing)[0][1] is Doubt.NEVER_SENT


async def test_a_repeat_is_one(world: World) -> None:
    finalized = "ContractNegotiationEventMessage"
    world.wire.disturb("lose answer", f"{finalized} FINALIZED")
    pid = await world.consumer.begin(world.provider, await world.provider.publish())
    await world.quiet()
    [negotiation] = await world.provider.get("/negotiations")
    sender, receiver = (
        again(await transcript(world.provider, negotiation["id"])),
        again(await transcript(world.consumer, pid)),
    )
    for judged in (sender, receiver):
        assert judged.agrees
        repeats = [step for step in judged.steps if step.judgement.verdict is Verdict.REPEAT]
        assert [step.step["type"] for step in repeats] == [finalized]
    [lost] = [step for step in sender.steps if step.judgement.verdict is Verdict.UNANSWERED]
    assert "lost" in lost.step["problem"]


async def test_messages_that_cross(world: World) -> None:
    """The provider's agreement overtakes its own 201: it stands before the answer, and both agree."""
    held = world.wire.disturb("hold answer", "ContractRequestMessage")
    pid = await world.consumer.begin(world.provider, await world.provider.publish())
    await world.wire.happened("ContractAgreementMessage")
    held.release.set()
    await world.quiet()
    found = await transcript(world.consumer, pid)
    assert told(found)[:2] == [(SENT, "ContractRequestMessage"), (RECEIVED, "ContractAgreementMessage")]
    assert told(found).index((ANSWERED, "ContractRequestMessage")) > 1
    assert again(found).agrees


async def test_secrets_do_not_stand_in_it(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    await world.consumer.fetch(contract)
    [start] = world.wire.of("TransferStartMessage")
    properties = json.loads(start.body)["dataAddress"]["endpointProperties"]
    secret = next(item["value"] for item in properties if item["name"] == "authorization")
    tokens = [exchange.token for exchange in world.wire.exchanges if exchange.token]
    for name in (CONSUMER, PROVIDER):
        text = json.dumps(await transcript(world[name], contract))
        assert secret not in text
        assert not any(token in text for token in tokens)
        shown = await world[name].connector.store.read(lambda unit: unit.exchanges.latest(1000))
        assert not any(secret.encode() in exchange.body + exchange.answer for exchange in shown)


async def test_what_is_refused_is_found_again(world: World) -> None:
    """A stranger without a token, a body that is none, a process that nobody knows."""
    status, _ = await world.consumer.say(world.provider, "/negotiations/urn:uuid:4711/events", b"{}", token="")
    assert status == 401
    status, _ = await world.consumer.say(world.provider, "/negotiations/urn:uuid:4711/events", b"no json")
    assert status == 400
    listed = (await world.provider.get("/transcripts", failed=True))["exchanges"]
    assert [(e["status"], e["peerKnown"], e["process"]) for e in listed] == [
        (400, True, "urn:uuid:4711"),
        (401, False, "urn:uuid:4711"),
    ]
    found = await transcript(world.provider, "4711")
    assert [step["body"] for step in found["steps"]] == ["{}", "no json"]
    assert again(found).agrees
    assert (await world.provider.get("/transcripts", peer=world.consumer.did))["exchanges"][0]["status"] == 400


async def test_ids_may_be_shortened(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    delivery = await world.consumer.fetch(contract)
    [transfer] = await world.consumer.get("/transfers")
    for wanted in (contract, delivery["id"], transfer["id"]):
        found = await transcript(world.consumer, wanted.removeprefix("urn:uuid:")[:12])
        assert found["about"] == wanted
    kinds = {step["type"] for step in (await transcript(world.consumer, delivery["id"]))["steps"]}
    assert kinds == {"TransferRequestMessage", "TransferStartMessage", "TransferCompletionMessage", "Notice"}
    assert (await world.consumer.api.get("/transcripts/urn:uuid:")).status_code == 409
    assert (await world.consumer.api.get("/transcripts/nothing")).status_code == 404
    assert (await world.consumer.api.get("/transcripts/ur")).status_code == 404


async def test_it_survives_a_restart_and_goes_in_time(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    await world.consumer.restart()
    assert again(await transcript(world.consumer, contract)).agrees
    world.clock.turn(days=31)
    await world.consumer.connector.monitor.look()
    assert (await world.consumer.api.get(f"/transcripts/{contract}")).status_code == 404
