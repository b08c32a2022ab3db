"""What has been kept long enough goes; the evidence of every contract is what it was, and verifies as before."""

import io
import json
import zipfile
from typing import Any

import pytest

from connector.contracts.evidence import verify_evidence
from connector.trust.anchors import parse_trust_file
from tests.support.wire import Json
from tests.support.world import CONSUMER, PROVIDER, Member, World

pytestmark = pytest.mark.anyio
_GROWS = ("manifest.json", "statement.json")
"""What is about the moment of the export, and the log up to then."""


async def evidence(member: Member, contract: str) -> bytes:
    answer = await member.api.get(f"/contracts/{contract}/evidence")
    assert answer.status_code == 200, answer.text
    return answer.content


def files_in(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [n for n in archive.namelist() if n not in _GROWS and not n.endswith("consistency.json")]
        return {name: archive.read(name) for name in names}


async def judged(world: World, data: bytes) -> dict[str, Any]:
    trust = parse_trust_file(await world.authority.get("/trust"))
    verdict = verify_evidence(data, trust=trust, now=world.clock.now())
    return {"outcome": verdict.outcome, "checks": {check.id: check.verdict for check in verdict.checks}}


async def kinds(member: Member) -> dict[str, Json]:
    return {kind["kind"]: kind for kind in await member.get("/retention")}


async def apply(member: Member) -> dict[str, int]:
    return {kind["kind"]: kind["removed"] for kind in (await member.api.post("/retention")).json()}


async def keep(member: Member, said: str) -> None:
    """Start it again with this in its settings."""
    file = member.directory / "settings.toml"
    file.write_text(file.read_text("utf-8") + f'keep_days = ["{said}"]\n', "utf-8")
    await member.restart()


async def forgotten(world: World) -> None:
    """The monitor has looked: answers to repeats are dropped."""
    for name in (PROVIDER, CONSUMER):
        await world[name].connector.monitor.look()


async def history(world: World) -> dict[str, str]:
    """A contract that stands, one that was withdrawn, and a negotiation that came to nothing; deliveries under both."""
    dataset = await world.provider.publish()
    standing = await world.consumer.agree(world.provider, dataset)
    withdrawn = await world.consumer.agree(world.provider, dataset)
    for contract in (standing, withdrawn):
        await world.consumer.fetch(contract)
    offered = await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset})
    await world.provider.post(f"/negotiations/{offered['id']}/termination", {"reason": "another time"})
    await world.provider.post(f"/contracts/{withdrawn}/withdrawal", {"reason": "we stop"})
    await world.quiet()
    return {"standing": standing, "withdrawn": withdrawn, "nothing": str(offered["id"])}


async def test_evidence_is_the_same_before_and_after(world: World) -> None:
    told = await history(world)
    fresh = await judged(world, await evidence(world.provider, told["standing"]))
    assert fresh["outcome"] == "verified"
    world.clock.turn(days=31)
    await forgotten(world)
    world.clock.turn(days=6 * 365)
    before = {
        (name, contract): await evidence(world[name], told[contract])
        for name in (PROVIDER, CONSUMER)
        for contract in ("standing", "withdrawn")
    }
    went = {name: await apply(world[name]) for name in (PROVIDER, CONSUMER)}
    for name in (PROVIDER, CONSUMER):
        assert went[name]["negotiations"] == 1
        assert went[name]["transfers"] == 2
        assert went[name]["acts"] > 0
        assert went[name]["contracts"] == 0
        counted = await world[name].connector.store.read(lambda unit: (unit.deliveries.count(), unit.contracts.count()))
        assert counted == (2, 2)
    for (name, contract), data in before.items():
        after = await evidence(world[name], told[contract])
        assert files_in(after) == files_in(data)
        assert await judged(world, after) == await judged(world, data)
    gone = await world.provider.api.get(f"/negotiations/{told['nothing']}")
    assert gone.status_code == 404
    # What was used is counted as before, and told by both sides alike.
    told_by = await world.provider.get(f"/contracts/{told['standing']}/metering")
    assert (told_by["ours"]["uses"], told_by["differences"]) == (1, 0)


async def test_an_act_says_what_was_removed_and_nothing_of_what_stood_in_it(world: World) -> None:
    told = await history(world)
    world.clock.turn(days=31)
    await forgotten(world)
    world.clock.turn(days=400)
    shown = await kinds(world.provider)
    assert shown["negotiations"]["wouldGo"] == 1
    assert shown["negotiations"]["bytes"] > 500
    before = (await world.provider.get("/log"))["size"]
    assert (await apply(world.provider))["negotiations"] == 1
    acts = [act for act in await world.provider.get("/acts") if act["act"] == "retention"]
    (act,) = (act for act in acts if act["object"] == "negotiations")
    assert act["detail"]["removed"] == 1
    assert act["detail"]["keptDays"] == 365
    assert told["nothing"] not in json.dumps(acts)
    assert "another time" not in json.dumps(acts)
    assert (await world.provider.get("/log"))["size"] == before + len(acts)


async def test_by_itself_a_little_every_minute(world: World) -> None:
    told = await history(world)
    world.clock.turn(days=31)
    await forgotten(world)
    world.clock.turn(days=400)
    for _ in range(12):
        await world.provider.connector.monitor.look()
    assert (await world.provider.api.get(f"/negotiations/{told['nothing']}")).status_code == 404
    assert (await kinds(world.provider))["negotiations"]["wouldGo"] == 0


async def test_contracts_go_only_when_the_settings_say_so_and_nothing_is_open(world: World) -> None:
    told = await history(world)
    world.clock.turn(days=31)
    await forgotten(world)
    world.clock.turn(days=11 * 365)
    assert (await apply(world.provider))["contracts"] == 0
    for name in (PROVIDER, CONSUMER):
        await keep(world[name], "contracts=3653")
    assert (await apply(world.provider))["contracts"] == 1
    # The consumer still has the file that it received: its contract stays with it.
    assert (await apply(world.consumer))["contracts"] == 0
    assert (await world.provider.api.get(f"/contracts/{told['withdrawn']}")).status_code == 404
    data = await evidence(world.provider, told["standing"])
    checks = (await judged(world, data))["checks"]
    # Eleven years later memberships have ended, and nothing else.
    assert {name for name, verdict in checks.items() if verdict not in ("ok", "skipped")} <= {"validity", "attribution"}
    left = await world.provider.connector.store.read(
        lambda unit: (unit.contracts.count(), unit.deliveries.count(), {n.contract for n in unit.notices.find()})
    )
    assert left == (1, 1, {told["standing"]})


async def test_received_data_is_deleted_and_certified_where_the_settings_say_so(world: World) -> None:
    told = await history(world)
    assert (await kinds(world.consumer))["received"]["days"] is None
    await keep(world.consumer, "received=30")
    world.clock.turn(days=29)
    assert (await kinds(world.consumer))["received"]["wouldGo"] == 0
    world.clock.turn(days=2)
    assert (await kinds(world.consumer))["received"]["wouldGo"] == 1
    assert (await apply(world.consumer))["received"] == 1
    await world.quiet()
    for name in (PROVIDER, CONSUMER):
        deletion = (await world[name].contract(told["withdrawn"]))["deletion"]
        assert (deletion["complete"], deletion["acknowledged"]) == (True, True)
    # What the contract that stands brought is still there.
    (kept,) = (await world.consumer.contract(told["standing"]))["deliveries"]
    answer = await world.consumer.api.get(f"/deliveries/{kept['id']}/content")
    assert answer.status_code == 200
    assert len(list((world.consumer.directory / "received").glob("*.data"))) == 1


async def test_an_upload_that_nobody_published_goes_with_its_file(world: World) -> None:
    await world.provider.api.put("/uploads", params={"name": "a.csv"}, content=b"a,b\n1,2\n")
    published = world.provider.directory / "published"
    assert len(list(published.glob("*"))) == 1
    world.clock.turn(days=31)
    assert (await apply(world.provider))["uploads"] == 1
    assert list(published.glob("*")) == []


async def test_only_an_owner_lets_go(world: World) -> None:
    async with world.provider.client(world.provider.token("clerk", "clerk")) as clerk:
        assert (await clerk.get("/retention")).status_code == 200
        assert (await clerk.post("/retention")).status_code == 403
