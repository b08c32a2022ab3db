"""Nobody waits for a dead peer, nothing is lost, and a restart goes on where it was (habits 9 and 10; decision 5, 3-4)."""

import json

import pytest

from connector.services.errors import Busy
from tests.support.drawing import draw
from tests.support.world import AUTHORITY, CONSUMER, PROVIDER, PURPOSE, World

pytestmark = pytest.mark.anyio

REQUEST, AGREEMENT = "ContractRequestMessage", "ContractAgreementMessage"


async def test_what_is_due_waits_and_goes_when_the_peer_is_back(world: World) -> None:
    dataset = await world.provider.publish()
    away = world.wire.disturb("lose", AGREEMENT, times=1)
    pid = await world.consumer.begin(world.provider, dataset)
    await away.arrived.wait()
    await world.wire.happened(AGREEMENT)
    world.wire.down(CONSUMER)
    (theirs,) = await world.provider.get("/negotiations")
    assert (theirs["state"], theirs["pending"]) == ("REQUESTED", [AGREEMENT])
    assert (await world.provider.get("/self"))["outboxWaiting"] == 1
    world.wire.up(CONSUMER)
    await world.quiet()
    assert (await world.consumer.negotiation(pid))["state"] == "FINALIZED"
    assert (await world.provider.get("/self"))["outboxWaiting"] == 0
    draw(world, "The consumer is down")


async def test_the_reason_for_waiting_is_shown(world: World) -> None:
    dataset = await world.provider.publish()
    lost = world.wire.disturb("lose", AGREEMENT, times=0)
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened(AGREEMENT)
    await world.wire.happened(AGREEMENT, times=2)
    (theirs,) = await world.provider.get("/negotiations")
    assert theirs["problem"]["title"] == "ContractAgreementMessage is not confirmed yet"
    assert "consumer: lost" in theirs["problem"]["detail"]
    lost.times = lost.done
    await world.quiet()
    (theirs,) = await world.provider.get("/negotiations")
    assert theirs["problem"] is None


async def test_a_transfer_request_confirms_what_was_not_confirmed(world: World) -> None:
    """Every answer to FINALIZED is lost; the request that names the agreement says that it is there."""
    dataset = await world.provider.publish()
    finalized = "ContractNegotiationEventMessage FINALIZED"
    lost = world.wire.disturb("lose answer", finalized, times=0)
    pid = await world.consumer.begin(world.provider, dataset)
    await world.wire.happened("Notice holds-receipt", status=200)
    await world.wire.happened(finalized, times=2)
    (theirs,) = await world.provider.get("/negotiations")
    assert theirs["problem"]["title"].endswith("is not confirmed yet")
    contract = (await world.consumer.negotiation(pid))["contract"]
    await world.consumer.post("/transfers", {"contract": contract})
    await world.wire.happened("TransferStartMessage", status=200)
    (theirs,) = await world.provider.get("/negotiations")
    assert (theirs["state"], theirs["pending"], theirs["problem"]) == ("FINALIZED", [], None)
    lost.times = lost.done


async def test_a_sign_of_life_ends_the_pause(world: World) -> None:
    """The pauses grow; whoever speaks to us is spoken to at once."""
    dataset = await world.provider.publish()
    lost = world.wire.disturb("lose", AGREEMENT, times=0)
    pid = await world.consumer.begin(world.provider, dataset)
    for times in range(1, 4):
        await world.wire.happened(AGREEMENT, times=times)
    lost.times = lost.done
    before = len(world.wire.of(AGREEMENT))
    # Another negotiation: the provider hears from the consumer.
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened(AGREEMENT, times=before + 2, status=None)
    await world.quiet()
    assert (await world.consumer.negotiation(pid))["state"] == "FINALIZED"


async def test_a_provider_restarts_while_messages_are_due(world: World) -> None:
    dataset = await world.provider.publish()
    world.wire.disturb("lose", AGREEMENT, times=1)
    pid = await world.consumer.begin(world.provider, dataset)
    await world.wire.happened(AGREEMENT)
    await world.provider.restart()
    await world.quiet()
    first, second = world.wire.of(AGREEMENT)
    assert first.body == second.body
    assert (await world.consumer.negotiation(pid))["state"] == "FINALIZED"
    draw(world, "The provider restarts while messages are due")


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
@pytest.mark.parametrize(
    "kind",
    [
        REQUEST,
        AGREEMENT,
        "ContractAgreementVerificationMessage",
        "ContractNegotiationEventMessage FINALIZED",
        "Notice holds-receipt",
    ],
)
@pytest.mark.parametrize("fault", ["lose", "lose answer"])
async def test_restart_at_each_step_of_the_negotiation(world: World, name: str, kind: str, fault: str) -> None:
    dataset = await world.provider.publish()
    disturbance = world.wire.disturb(fault, kind, times=1)
    pid = await world.consumer.begin(world.provider, dataset)
    await disturbance.arrived.wait()
    await world[name].restart()
    await world.quiet()
    assert (await world.consumer.negotiation(pid))["state"] == "FINALIZED"
    for member in (world.provider, world.consumer):
        (contract,) = await member.get("/contracts")
        assert (contract["state"], contract["problem"]) == ("complete", None)
        assert len(await member.get("/negotiations")) == 1


async def test_both_restart_and_the_delivery_goes_on(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    world.wire.disturb("lose", "TransferStartMessage", times=1)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await world.wire.happened("TransferStartMessage")
    await world.provider.stop()
    await world.consumer.restart()
    await world.provider.start()
    delivery = await world.consumer.delivered(begun["id"])
    assert (delivery["state"], delivery["receipts"]) == ("complete", {"own": True, "other": True})
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_agreement_before_the_201(world: World) -> None:
    dataset = await world.provider.publish()
    held = world.wire.disturb("hold answer", REQUEST)
    pid = await world.consumer.begin(world.provider, dataset)
    await world.wire.happened(AGREEMENT, status=200)
    early = await world.consumer.negotiation(pid)
    assert (early["state"], early["pending"]) == ("AGREED", ["ContractAgreementVerificationMessage"])
    # What comes next waits for the answer that is on its way: ours leave one at a time.
    held.release.set()
    await world.quiet()
    view = await world.consumer.negotiation(pid)
    assert (view["state"], view["pending"], view["problem"]) == ("FINALIZED", [], None)
    assert view["providerPid"] == early["providerPid"]
    draw(world, "The provider's agreement overtakes its own 201")


async def test_who_answers_what_was_ended_meanwhile_hears_of_the_end(world: World) -> None:
    """Our people end what is not acknowledged; that the provider has it shows only when it answers with its next message."""
    dataset = await world.provider.publish()
    world.wire.disturb("lose answer", REQUEST, times=0)
    agreed = world.wire.disturb("hold", AGREEMENT)
    pid = await world.consumer.begin(world.provider, dataset)
    await agreed.arrived.wait()
    await world.consumer.post(f"/negotiations/{pid}/termination", {"reason": "too late for this season"})
    await world.consumer.restart()
    agreed.release.set()
    await world.quiet()
    (theirs,) = await world.provider.get("/negotiations")
    assert ((await world.consumer.negotiation(pid))["state"], theirs["state"]) == ("TERMINATED", "TERMINATED")
    assert theirs["problem"]["detail"] == "too late for this season"


async def test_who_starts_what_was_ended_meanwhile_hears_of_the_end(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    world.wire.disturb("lose answer", "TransferRequestMessage", times=0)
    started = world.wire.disturb("hold", "TransferStartMessage")
    begun = await world.consumer.post("/transfers", {"contract": contract})
    await started.arrived.wait()
    await world.consumer.post(f"/transfers/{begun['id']}/termination", {"reason": "not needed"})
    await world.consumer.restart()
    started.release.set()
    await world.quiet()
    (theirs,) = await world.provider.get("/transfers")
    assert (theirs["state"], theirs["problem"]["detail"]) == ("TERMINATED", "not needed")


async def test_a_busy_provider_is_asked_again(world: World) -> None:
    dataset = await world.provider.publish()
    negotiations = world.provider.connector.negotiations
    honest, calls = negotiations.receive, []

    async def busy_once(incoming: object, pid: object) -> object:
        calls.append(pid)
        if len(calls) == 1:
            raise Busy("another message of this process is being taken")
        return await honest(incoming, pid)  # type: ignore[arg-type]

    negotiations.receive = busy_once  # type: ignore[method-assign, assignment]
    await world.consumer.agree(world.provider, dataset)
    first, second = world.wire.of(REQUEST)
    assert (first.status, second.status, first.body) == (503, 201, second.body)
    assert json.loads(first.answer)["@type"] == "ContractNegotiationError"
    draw(world, "The provider is busy")


@pytest.mark.parametrize("status", ["429", "500", "502", "503", "504"])
async def test_no_answer_but_a_refusal_ends_a_try(world: World, status: str) -> None:
    dataset = await world.provider.publish()
    world.wire.disturb(status, REQUEST, times=1)
    await world.consumer.agree(world.provider, dataset)


@pytest.mark.parametrize("status", ["400", "401", "403", "404"])
async def test_a_refused_first_message_ends_the_negotiation(world: World, status: str) -> None:
    dataset = await world.provider.publish()
    world.wire.disturb(status, REQUEST, times=1)
    pid = await world.consumer.begin(world.provider, dataset)
    await world.quiet()
    view = await world.consumer.negotiation(pid)
    assert (view["state"], view["problem"]["status"]) == ("TERMINATED", int(status))
    assert len(world.wire.of(REQUEST)) == 1


@pytest.mark.parametrize("status", ["400", "404"])
async def test_a_refusal_does_not_undo_what_is_signed(world: World, status: str) -> None:
    dataset = await world.provider.publish()
    for kind in (AGREEMENT, "ContractAgreementVerificationMessage", "ContractNegotiationEventMessage FINALIZED"):
        world.wire.disturb(status, kind, times=1)
    await world.consumer.agree(world.provider, dataset)
    assert len(world.wire.of("ContractNegotiationEventMessage FINALIZED")) == 2


async def test_409_from_a_peer_that_has_it_already(world: World) -> None:
    """The answer is lost, the repeat is answered 409 by a peer that is strict about states: a GET shows that it arrived."""
    dataset = await world.provider.publish()
    world.wire.disturb("lose answer", AGREEMENT, times=1)
    world.wire.disturb("409", AGREEMENT, times=1)
    await world.consumer.agree(world.provider, dataset)
    assert [e.fault for e in world.wire.of(AGREEMENT)] == ["answer lost"] or world.wire.of("GET negotiations")


async def test_identity_provider_unreachable(world: World) -> None:
    dataset = await world.provider.publish()
    world.wire.disturb("lose", "DID document", to=CONSUMER, times=1)
    pid = await world.consumer.begin_unchecked(world.provider, dataset)
    first = await world.wire.happened(REQUEST, status=503)
    assert "cannot be checked now" in json.loads(first.answer)["reason"][0]
    world.clock.turn(seconds=31)  # so long a failure is remembered
    await world.quiet()
    assert [e.status for e in world.wire.of(REQUEST)] == [503, 201]
    assert (await world.consumer.negotiation(pid))["state"] == "FINALIZED"
    draw(world, "The sender's identity cannot be checked")


@pytest.mark.parametrize(("kind", "whose"), [("PresentationQueryMessage", CONSUMER), ("DID document", AUTHORITY)])
async def test_whatever_the_identity_rests_on_may_be_away(world: World, kind: str, whose: str) -> None:
    dataset = await world.provider.publish()
    world.wire.disturb("lose", kind, to=whose, times=1)
    status, body = await world.consumer.ask(world.provider, f"/catalog/datasets/{dataset}")
    assert (status, body["@type"]) == (503, "CatalogError")
    world.clock.turn(seconds=31)
    status, _ = await world.consumer.ask(world.provider, f"/catalog/datasets/{dataset}")
    assert status == 200


async def test_a_credential_service_that_fails_is_not_the_caller_s_fault_either(world: World) -> None:
    dataset = await world.provider.publish()
    world.wire.disturb("500", "PresentationQueryMessage", to=CONSUMER, times=1)
    status, _ = await world.consumer.ask(world.provider, f"/catalog/datasets/{dataset}")
    assert status == 503
