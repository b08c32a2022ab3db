"""Offers go back and forth between people before there is a contract; every step is one of theirs."""

from datetime import datetime

import pytest

from connector.contracts.evidence import verify_evidence
from connector.ports.store import UnitOfWork
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.services.decisions import Rules, Step, Wait
from connector.trust.anchors import parse_trust_file
from tests.support.drawing import draw
from tests.support.wire import Json
from tests.support.world import PURPOSE, Member, World

pytestmark = pytest.mark.anyio

ONCE = {"terms": {"purposes": [PURPOSE], "count": 1}}
TWICE = {"terms": {"purposes": [PURPOSE], "count": 2, "prohibitions": ["no-passing-on"]}}


class AskPeople(Rules):
    """What would be decided by rule waits for a person; what is merely due is done."""

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        return Wait() if duty is Duty.DECIDE else super().next_step(unit, negotiation, duty, now)


async def opened(world: World) -> tuple[str, str]:
    """A negotiation that waits for the provider's people; both pids."""
    world.provider.connector.negotiations.steps.decider = AskPeople()
    pid = await world.consumer.begin(world.provider, await world.provider.publish())
    await world.quiet()
    [found] = [n for n in await world.provider.get("/negotiations") if n["consumerPid"] == pid]
    assert (found["state"], found["pending"]) == ("REQUESTED", [])
    return pid, found["id"]


async def say(world: World, member: Member, pid: str, what: str, body: Json | None = None) -> Json:
    if what == "acceptance":
        body = {"terms": (await member.negotiation(pid))["offer"]["terms"]}
    found: Json = await member.post(f"/negotiations/{pid}/{what}", body or {})
    await world.quiet()
    return found


async def test_the_consumer_accepts_a_counter_offer(world: World) -> None:
    mine, theirs = await opened(world)
    await say(world, world.provider, theirs, "offers", ONCE)
    assert (await world.consumer.negotiation(mine))["state"] == "OFFERED"
    await say(world, world.consumer, mine, "acceptance")
    found = await world.consumer.negotiation(mine)
    assert found["state"] == "FINALIZED", found
    for member in (world.consumer, world.provider):
        contract = await member.contract(found["contract"])
        assert (contract["usesAllowed"], contract["state"], len(contract["signedBy"])) == (1, "complete", 2)
    draw(world, "The provider offers other terms")


async def test_the_provider_accepts_a_counter_request(world: World) -> None:
    mine, theirs = await opened(world)
    await say(world, world.provider, theirs, "offers", ONCE)
    await say(world, world.consumer, mine, "offers", TWICE)
    assert (await world.provider.negotiation(theirs))["state"] == "REQUESTED"
    await say(world, world.provider, theirs, "acceptance")
    found = await world.provider.negotiation(theirs)
    assert found["state"] == "FINALIZED", found
    contract = await world.consumer.contract(found["contract"])
    assert contract["usesAllowed"] == 2
    assert "no-passing-on" in [clause["id"] for clause in contract["clauses"]]
    delivered = await world.consumer.fetch(found["contract"])
    assert delivered["state"] == "complete"


@pytest.mark.parametrize("restarts", [False, True])
async def test_what_people_agreed_to_is_proven_on_both_sides(world: World, restarts: bool) -> None:
    """Who the other side was stands in the evidence, although nobody was calling when our people said yes."""
    mine, theirs = await opened(world)
    await say(world, world.provider, theirs, "offers", ONCE)
    await say(world, world.consumer, mine, "offers", TWICE)
    if restarts:
        world.provider.decider = AskPeople()
        await world.provider.restart()
    await say(world, world.provider, theirs, "acceptance")
    contract = (await world.consumer.negotiation(mine))["contract"]
    trust = parse_trust_file(await world.authority.get("/trust"))
    for member in (world.provider, world.consumer):
        evidence = (await member.api.get(f"/contracts/{contract}/evidence")).content
        verdict = verify_evidence(evidence, trust=trust, now=world.clock.now())
        assert (verdict.outcome, verdict.failed) == ("verified", ())


async def test_nobody_accepts_his_own_offer(world: World) -> None:
    mine, theirs = await opened(world)
    refused = await world.consumer.approve(mine)
    assert refused.status_code == 409
    await say(world, world.provider, theirs, "offers", ONCE)
    refused = await world.provider.approve(theirs)
    assert refused.status_code == 409
    assert (await world.consumer.negotiation(mine))["state"] == "OFFERED"


async def test_what_is_withdrawn_is_not_agreed_to(world: World) -> None:
    mine, theirs = await opened(world)
    await say(world, world.provider, theirs, "offers", ONCE)
    [dataset] = await world.provider.get("/datasets")
    assert (await world.provider.api.delete(f"/datasets/{dataset['id']}")).is_success
    await say(world, world.consumer, mine, "acceptance")
    found = await world.consumer.negotiation(mine)
    assert (found["state"], found["problem"]["code"]) == ("TERMINATED", "offer-superseded")
    assert await world.provider.get("/contracts") == []


async def test_an_unknown_term_is_named(world: World) -> None:
    _, theirs = await opened(world)
    refused = await world.provider.api.post(f"/negotiations/{theirs}/offers", json={"terms": {"moonphase": "full"}})
    assert (refused.status_code, refused.json()["term"]) == (422, "moonphase")
    assert (await world.provider.approve("urn:none", shown="sha256:" + "0" * 64)).status_code == 404
    acts = [act["act"] for act in await world.provider.get("/acts")]
    assert "make-offer" not in acts
