"""A member who holds a membership of the data model 2.0 alone (profile `vc20-bssl/jwt`): the whole thread with it."""

import pytest

from connector.contracts.evidence import verify_evidence
from connector.trust.anchors import parse_trust_file
from connector.trust.vc20 import VC20
from tests.support.world import OUTSIDER, Member, World

pytestmark = pytest.mark.anyio


async def admitted(world: World) -> Member:
    """The outsider, with one of the two credentials that the authority issued to him."""
    member = await world.join(OUTSIDER)
    request = await member.post("/membership-requests", {"authority": world.authority.did})
    issued = await world.authority.post("/members", {"request": request})
    kept = await member.api.put("/membership", json={"credential": issued["credentials"][VC20]})
    assert kept.json()["profile"] == VC20
    return member


@pytest.mark.parametrize("seller", ["the old member", "the new member"])
async def test_contract_data_and_evidence(world: World, seller: str) -> None:
    member = await admitted(world)
    provider, consumer = (world.provider, member) if seller == "the old member" else (member, world.consumer)
    contract = await consumer.agree(provider, await provider.publish())
    assert (await consumer.fetch(contract))["state"] == "complete"
    trust = parse_trust_file(await world.authority.get("/trust"))
    for side in (provider, consumer):
        evidence = (await side.api.get(f"/contracts/{contract}/evidence")).content
        verdict = verify_evidence(evidence, trust=trust, now=world.clock.now())
        assert verdict.outcome == "verified", verdict.to_json()


async def test_both_are_held_and_the_older_one_is_shown(world: World) -> None:
    member = await admitted(world)
    assert (await member.get("/self"))["membership"]["profile"] == VC20
    await world.admit(OUTSIDER)
    assert (await member.get("/self"))["membership"]["profile"] == "vc11-sl2021/jwt"
