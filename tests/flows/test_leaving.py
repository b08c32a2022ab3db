"""A member leaves: nothing more is offered, what is open ends, the authority takes the membership back (issue: leave)."""

import pytest

from connector.contracts.evidence import verify_evidence
from connector.trust.anchors import parse_trust_file
from tests.flows.test_strangers import CATALOG
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_leaving(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    done = await world.provider.post("/departures", {})
    assert done == {"withdrawn": 1, "negotiationsEnded": 0, "left": [world.authority.did], "waiting": {}}
    await world.authority.connector.hints.idle()
    await world.quiet()
    assert (await world.provider.get("/datasets")) == []
    assert (await world.provider.get("/self"))["membership"] is None
    members = {member["did"]: member for member in await world.authority.get("/members")}
    assert members[world.provider.did]["reason"] == "left"
    assert (await world.provider.say(world.consumer, "/catalog/request", CATALOG))[0] == 401
    # What was agreed stays, with its proof.
    evidence = (await world.provider.api.get(f"/contracts/{contract}/evidence")).content
    trust = parse_trust_file(await world.authority.get("/trust"))
    assert verify_evidence(evidence, trust=trust, now=world.clock.now()).outcome == "verified"
    assert (await world.provider.post("/departures", {}))["left"] == []


async def test_open_negotiations_are_ended(world: World) -> None:
    dataset = await world.provider.publish()
    lost = world.wire.disturb("lose", "ContractRequestMessage", times=0)
    pid = await world.consumer.begin(world.provider, dataset)
    done = await world.consumer.post("/departures", {})
    assert done["negotiationsEnded"] == 1
    lost.times = -1
    assert (await world.consumer.negotiation(pid))["state"] == "TERMINATED"


async def test_the_authority_is_away_when_somebody_leaves(world: World) -> None:
    world.wire.disturb("503", "MembershipEnd", times=1)
    done = await world.consumer.post("/departures", {})
    assert (done["left"], list(done["waiting"])) == ([], [world.authority.did])
    assert (await world.consumer.post("/departures", {}))["left"] == [world.authority.did]


async def test_nobody_is_made_to_leave_by_another(world: World) -> None:
    path = "/notices/memberships/end"
    assert (await world.consumer.say(world.authority, path, b"{}", token=""))[0] == 401
    stranger = await world.join("outsider")
    assert (await stranger.say(world.authority, path, b"{}"))[0] == 404
    assert (await stranger.say(world.provider, path, b"{}"))[0] == 403
    members = await world.authority.get("/members")
    assert {member["revokedAt"] for member in members} == {None}
