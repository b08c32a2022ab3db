"""Either side ends a negotiation, in each state in which the standard lets it: code and reason stand on both sides."""

from datetime import datetime

import pytest

from connector.ports.store import UnitOfWork
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.services.decisions import Accept, Agree, Go, Step, Wait
from tests.support.world import Member, World

pytestmark = pytest.mark.anyio

REASON = {"code": "price-changed", "reason": "The price has changed since."}


class Patient:
    """Leaves every step to the test."""

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        del unit, negotiation, duty, now
        return Wait()


async def step(world: World, member: Member, pid: str) -> None:
    """Whatever is owed, done by a person."""

    def choose(unit: UnitOfWork, negotiation: ContractNegotiation) -> Step:
        if negotiation.role == "consumer" and negotiation.state == "OFFERED":
            return Accept()
        if negotiation.state in ("REQUESTED", "ACCEPTED"):
            dataset = unit.datasets.get(negotiation.dataset)
            assert dataset is not None
            return Agree(negotiation.offer, dataset.description)
        return Go()

    await member.connector.negotiations.answer(pid, choose)
    await world.quiet()


async def brought_to(world: World, state: str) -> tuple[str, str]:
    """A negotiation in this state; both pids, the consumer's first."""
    for member in (world.consumer, world.provider):
        member.connector.negotiations.steps.decider = Patient()
    dataset = await world.provider.publish()
    if state in ("OFFERED", "ACCEPTED"):
        theirs = (await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset}))["id"]
        await world.quiet()
        mine = (await world.provider.negotiation(theirs))["consumerPid"]
    else:
        mine = await world.consumer.begin(world.provider, dataset)
        await world.quiet()
        theirs = (await world.consumer.negotiation(mine))["providerPid"]
    members = {
        "REQUESTED": [],
        "OFFERED": [],
        "ACCEPTED": [(world.consumer, mine)],
        "AGREED": [(world.provider, theirs)],
        "VERIFIED": [(world.provider, theirs), (world.consumer, mine)],
    }
    for member, pid in members[state]:
        await step(world, member, pid)
    assert (await world.consumer.negotiation(mine))["state"] == state
    return mine, theirs


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("REQUESTED", "consumer"),
        ("REQUESTED", "provider"),
        ("OFFERED", "consumer"),
        ("OFFERED", "provider"),
        ("ACCEPTED", "provider"),
        ("AGREED", "consumer"),
        ("VERIFIED", "provider"),
    ],
)
async def test_it_is_ended_where_the_diagram_lets_it(world: World, state: str, who: str) -> None:
    mine, theirs = await brought_to(world, state)
    await world[who].post(f"/negotiations/{mine if who == 'consumer' else theirs}/termination", REASON)
    await world.quiet()
    for member, pid in ((world.consumer, mine), (world.provider, theirs)):
        view = await member.negotiation(pid)
        shown = {"code": REASON["code"], "detail": REASON["reason"], "by": world[who].did, "title": "terminated"}
        assert (view["state"], view["pending"], view["problem"]) == ("TERMINATED", [], shown)


@pytest.mark.parametrize(("state", "who"), [("ACCEPTED", "consumer"), ("AGREED", "provider"), ("VERIFIED", "consumer")])
async def test_elsewhere_it_is_not_sent(world: World, state: str, who: str) -> None:
    mine, theirs = await brought_to(world, state)
    pid = mine if who == "consumer" else theirs
    refused = await world[who].api.post(f"/negotiations/{pid}/termination", json=REASON)
    assert (refused.status_code, "cannot be terminated now" in refused.json()["detail"]) == (409, True)
    assert "지금은" in refused.json()["ko"]
    await world.quiet()
    assert (await world.consumer.negotiation(mine))["state"] == state
    acts = [act["act"] for act in await world[who].get("/acts")]
    assert "terminate-negotiation" not in acts
