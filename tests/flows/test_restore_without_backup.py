"""Everything is lost, and there is no backup: the evidence of the other side puts the contracts back."""

import shutil
from pathlib import Path

import pytest

from connector.founding import initialise
from connector.store.backup import BackupError
from connector.store.folder import FolderInUse
from connector.store.returned import lay_down
from tests.flows.test_restore import doubt_of, no_fork, origin_of, verdict_of
from tests.support.clock import NOON
from tests.support.disks import reconciled
from tests.support.world import NAMES, Member, World

pytestmark = pytest.mark.anyio


async def evidence_of(member: Member, contract: str) -> bytes:
    return (await member.api.get(f"/contracts/{contract}/evidence")).content


async def begin_anew(member: Member, *, keys: Path | None = None) -> None:
    """The folder is gone; `mmd init` makes another one under the same address."""
    settings = member.settings
    await member.stop()
    shutil.rmtree(member.directory)
    initialise(
        member.directory,
        name=NAMES[member.name],
        public_url=member.url,
        bind=f"127.0.0.1:{member.port}",
        management_port=settings.management_port,
        laboratory=True,
        authorities=list(settings.authorities),
        authority_role=False,
    )
    member.world.clock.turn(minutes=10)  # until then others remember the document with the lost keys
    if keys is not None:
        shutil.rmtree(member.directory / "keys")
        shutil.copytree(keys, member.directory / "keys")


async def two_contracts(world: World, lost: Member) -> list[str]:
    dataset = await world.provider.publish()
    found = [await world.consumer.agree(world.provider, dataset) for _ in range(2)]
    await world.consumer.fetch(found[0])
    for member in (world.provider, world.consumer):
        await member.connector.cosigning.look()
    await world.quiet()
    return found


@pytest.mark.parametrize("name", ["provider", "consumer"])
async def test_with_new_keys_they_are_records(world: World, name: str) -> None:
    lost = world[name]
    other = world.consumer if lost is world.provider else world.provider
    contracts = await two_contracts(world, lost)
    notices = {one: {n["digest"] for n in (await lost.contract(one))["notices"]} for one in contracts}
    evidence = [await evidence_of(other, one) for one in contracts]
    origin = await origin_of(lost)

    await begin_anew(lost)
    lay_down(lost.directory, evidence, now=world.clock.now())
    await lost.start()
    for one in contracts:
        shown = await lost.contract(one)
        assert (shown["state"], shown["held"]["why"], shown["restored"]["by"]) == ("held", "keys", other.did)
        assert {n["digest"] for n in shown["notices"]} == notices[one]
    assert doubt_of(lost) is not None
    await world.admit(name)  # the authority decides anew: these are other keys
    await reconciled(lost)
    assert doubt_of(lost) is None
    assert await origin_of(lost) == origin + "/2"

    refused = await lost.api.post(f"/contracts/{contracts[0]}/withdrawal", json={"reason": "no"})
    assert (refused.status_code, "키를 잃었습니다" in refused.json()["ko"]) == (409, True)
    assert (await lost.api.post(f"/contracts/{contracts[0]}/release", json={"reason": "no"})).status_code == 409
    not_ours = await lost.api.get(f"/contracts/{contracts[0]}/evidence")
    assert (not_ours.status_code, "returned/" in not_ours.text) == (409, True)
    named = not_ours.json()["detail"].split()[-1]
    assert (lost.directory / named).read_bytes() == evidence[0]

    dataset = await world.provider.publish(name="again.csv") if lost is world.provider else None
    dataset = dataset or (await lost.contract(contracts[0]))["dataset"]
    new = await world.consumer.agree(world.provider, dataset)
    assert (await world.consumer.fetch(new))["state"] == "complete"
    for member in (world.provider, world.consumer):
        assert await verdict_of(member, new) == "verified"
    for one in contracts:
        assert await verdict_of(other, one) == "verified"
    await lost.restart()
    assert doubt_of(lost) is None
    no_fork(world)


async def test_with_the_old_keys_they_go_on(world: World) -> None:
    lost = world.consumer
    contracts = await two_contracts(world, lost)
    evidence = [await evidence_of(world.provider, one) for one in contracts]
    keys = world.folder / "kept-keys"
    shutil.copytree(lost.directory / "keys", keys)
    await begin_anew(lost, keys=keys)
    lay_down(lost.directory, evidence, now=world.clock.now())
    await lost.start()
    await world.admit(lost.name)
    await reconciled(lost)
    assert doubt_of(lost) is None
    for one in contracts:
        shown = await lost.contract(one)
        assert (shown["state"], shown["held"]) == ("complete", None)
    assert (await lost.contract(contracts[0]))["usesReserved"] == 1
    assert (await lost.fetch(contracts[1]))["state"] == "complete"
    for member in (world.provider, lost):
        for one in contracts:
            assert await verdict_of(member, one) == "verified"
    no_fork(world)


async def test_nothing_is_laid_over_a_log(world: World) -> None:
    contracts = await two_contracts(world, world.consumer)
    evidence = [await evidence_of(world.provider, contracts[0])]
    await world.consumer.stop()
    with pytest.raises(BackupError, match="nothing is put back into one that has signed"):
        lay_down(world.consumer.directory, evidence, now=world.clock.now())
    await world.consumer.start()
    assert doubt_of(world.consumer) is None


async def test_evidence_of_others_is_passed_over(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The command has refused it already; what a person copies there by hand is looked at all the same."""
    contracts = await two_contracts(world, world.consumer)
    evidence = await evidence_of(world.provider, contracts[0])
    outsider = await world.join("outsider")
    await outsider.stop()
    lay_down(outsider.directory, [evidence, b"no evidence"], now=world.clock.now())
    await outsider.start()
    assert await outsider.get("/contracts") == []
    assert "not of did:web" in caplog.text
    assert "1 " in caplog.text
    assert len(list((outsider.directory / "returned").glob("*.waiting"))) == 2


def test_a_running_connector_is_left_alone(tmp_path: Path) -> None:
    from connector.store.folder import FolderLock

    lock = FolderLock(tmp_path)
    lock.acquire()
    with pytest.raises(FolderInUse):
        lay_down(tmp_path, [], now=NOON)
    lock.release()
