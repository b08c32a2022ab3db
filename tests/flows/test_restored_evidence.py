"""What a side that had forgotten a contract can show of it: everything that the other side's evidence held, and it says so."""

from typing import Any

import pytest

from connector.canonical import digest_bytes
from connector.contracts.archive import read_archive
from connector.contracts.evidence import verify_evidence
from connector.trust.anchors import parse_trust_file
from tests.flows.test_attaching import MMD, REPORT, attach, terms
from tests.support.disks import back_up, lose_and_restore, reconciled
from tests.support.world import CONSUMER, Member, World

pytestmark = pytest.mark.anyio

KIM = {"name": "Kim", "email": "kim@customer.example"}
LEE = {"name": "Lee", "email": "lee@customer.example"}
EVERYTHING = (
    "agreement",
    "dataset",
    "did/",
    "signatures/",
    "memberships/",
    "status/",
    "notices/",
    "annexes/",
    "shown/",
    "log/provider/entry",
)
"""Of these the restored side holds the same as before, to the byte."""


async def annexed_contract(world: World) -> str:
    """A contract that names a list of people and a report, with a proposal that was accepted."""
    made = await world.consumer.post("/people-lists", {"people": [KIM]})
    policy = terms(digest_bytes(REPORT))
    named = {"leftOperand": MMD + "namedRecipients", "operator": "eq", "rightOperand": made["digest"]}
    policy["permission"][0]["constraint"].append(named)
    dataset = await world.provider.publish(policy=policy)
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.post(f"/contracts/{contract}/people", {"people": [KIM, LEE]})
    await world.quiet()
    await world.provider.post(f"/contracts/{contract}/people/acceptance", {})
    await world.quiet()
    return contract


async def shown(member: Member, contract: str) -> tuple[dict[str, bytes], dict[str, Any]]:
    data = (await member.api.get(f"/contracts/{contract}/evidence")).content
    trust = parse_trust_file(await member.get("/trust"))
    verdict = verify_evidence(data, trust=trust, now=member.world.clock.now())
    assert verdict.exit_code == 0, verdict.to_json()
    return read_archive(data), {check.id: check for check in verdict.checks}


def kept(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.startswith(EVERYTHING)}


@pytest.mark.parametrize("name", ["provider", "consumer"])
async def test_it_holds_what_the_other_side_had_and_says_whence(world: World, name: str) -> None:
    lost: Member = world[name]
    other = world.provider if lost is world.consumer else world.consumer
    dataset = await world.provider.publish(name="earlier.csv")
    await world.consumer.agree(world.provider, dataset)  # from then on each knows of the other, and asks it
    backup = back_up(lost)
    contract = await annexed_contract(world)
    assert (await attach(other, contract, REPORT)).status_code == 201
    before, _ = await shown(other, contract)

    await lose_and_restore(lost, backup)
    await reconciled(lost)
    await world.quiet()

    after, checks = await shown(lost, contract)
    assert kept(after) == kept(before)
    held = [path.partition("/")[0] for path in after]
    assert (held.count("annexes"), held.count("shown"), held.count("status") > 0) == (3, 2, True)
    assert (checks["annexes"].reason, checks["shown"].reason) == ("annexes-hold", "shown-holds")
    assert checks["status"].verdict == "ok"
    stated = checks["statement"]
    assert (stated.reason, stated.facts["by"]) == ("complete-taken-up", other.did)
    assert checks["messages"].verdict == "skipped"
    assert "messages" in stated.sentence("en")


async def test_who_had_not_forgotten_it_says_nothing_of_the_kind(world: World) -> None:
    contract = await annexed_contract(world)
    backup = back_up(world.consumer)
    await lose_and_restore(world.consumer, backup)
    await reconciled(world[CONSUMER])
    _, checks = await shown(world.consumer, contract)
    assert checks["statement"].reason == "complete-as-stated"
