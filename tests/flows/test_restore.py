"""A connector comes back from an older backup: it asks, learns, goes on under a new log, and never signs two histories."""

import asyncio
import shutil
from collections import defaultdict

import pytest

from connector.audit.checkpoint import Checkpoint, peek_checkpoint, sign_checkpoint
from connector.audit.witness import read_request
from connector.contracts.epochs import make_epoch_statement
from connector.contracts.evidence import verify_evidence
from connector.ports.store import Doubt
from connector.services.errors import Busy
from connector.services.reconciling.epochs import Epochs
from connector.trust.anchors import parse_trust_file
from connector.trust.keys import generate_ed25519
from connector.wire.codec import dump
from tests.support.disks import back_up, lose_and_restore, reconciled
from tests.support.drawing import draw
from tests.support.wire import Json
from tests.support.world import OUTSIDER, PURPOSE, Member, World

pytestmark = pytest.mark.anyio


def doubt_of(member: Member) -> Doubt | None:
    return member.connector.store.doubt  # type: ignore[attr-defined, no-any-return]


async def verdict_of(member: Member, contract: str) -> str:
    """What an auditor finds who has this member's evidence and the authority's keys."""
    evidence = (await member.api.get(f"/contracts/{contract}/evidence")).content
    trust = parse_trust_file(await member.get("/trust"))
    verdict = verify_evidence(evidence, trust=trust, now=member.world.clock.now())
    return (
        verdict.outcome
        if verdict.exit_code == 0
        else "; ".join(
            f"{c.number} {c.id}: {c.sentence('en')}" for c in verdict.checks if c.verdict in ("failed", "unknown")
        )
    )


def no_fork(world: World) -> None:
    """Of no log was a witness ever shown two roots for one size."""
    roots: dict[tuple[str, int], set[bytes]] = defaultdict(set)
    for exchange in world.wire.exchanges:
        if exchange.kind == "add-checkpoint":
            checkpoint = peek_checkpoint(read_request(exchange.body).note)
            roots[checkpoint.origin, checkpoint.size].add(checkpoint.root)
    assert roots
    assert {place: found for place, found in roots.items() if len(found) > 1} == {}


async def acts_of(member: Member, act: str) -> list[Json]:
    return [done for done in await member.get("/acts", limit=500) if done["act"] == act]


async def origin_of(member: Member) -> str:
    return str((await member.get("/log"))["origin"])


async def test_a_fresh_backup_goes_on_with_its_log(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    await world.provider.connector.cosigning.look()
    await world.quiet()
    before = await world.provider.get("/log")
    await lose_and_restore(world.provider, back_up(world.provider))
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None
    after = await world.provider.get("/log")
    assert after["origin"] == before["origin"]
    assert after["size"] == before["size"] + 1
    (act,) = await acts_of(world.provider, "log-reconciled")
    assert act["detail"]["silent"] == []
    assert sorted(act["detail"]["answered"]) == sorted([world.consumer.did, world.authority.did])
    await world.consumer.agree(world.provider, dataset)
    assert (await world.consumer.fetch(contract))["state"] == "complete"
    assert await verdict_of(world.provider, contract) == "verified"
    no_fork(world)


@pytest.mark.parametrize("name", ["provider", "consumer"])
async def test_an_older_backup_catches_up_and_opens_a_new_log(world: World, name: str) -> None:
    provider, consumer = world.provider, world.consumer
    lost: Member = world[name]
    dataset = await provider.publish()
    old = await consumer.agree(provider, dataset)
    await consumer.fetch(old)
    begun = await consumer.begin(provider, dataset)  # a negotiation is on its way while the backup is made
    backup = back_up(lost)
    await world.quiet()
    running = str((await consumer.negotiation(begun))["contract"])
    await consumer.fetch(old)
    forgotten = await consumer.agree(provider, dataset)
    await consumer.fetch(forgotten)
    await provider.connector.cosigning.look()
    await consumer.connector.cosigning.look()
    await world.quiet()
    size = (await lost.get("/log"))["size"]
    notices = {c: (await lost.contract(c))["notices"] for c in (old, running, forgotten)}
    uses = {c: (await lost.contract(c))["usesReserved"] for c in (old, running, forgotten)}
    origin = await origin_of(lost)

    await lose_and_restore(lost, backup)
    await reconciled(lost)

    assert doubt_of(lost) is None, lost.connector.store.suspended  # type: ignore[attr-defined]
    assert await origin_of(lost) == origin + "/2"
    (opened,) = await acts_of(lost, "log-opened")
    assert opened["detail"]["known"] == size
    for contract in (old, running, forgotten):
        shown = await lost.contract(contract)
        assert {n["digest"] for n in shown["notices"]} == {n["digest"] for n in notices[contract]}
        assert shown["usesReserved"] == uses[contract]
        assert shown["state"] == "complete"
        assert shown["held"] is None
    assert (await lost.contract(forgotten))["restored"]["by"] in (provider.did, consumer.did)

    new = await consumer.agree(provider, dataset)
    assert (await consumer.fetch(new))["state"] == "complete"
    for member in (provider, consumer):
        for contract in (old, running, forgotten, new):
            assert await verdict_of(member, contract) == "verified", (member.name, contract)
    other = consumer if lost is provider else provider
    for witness in (other, world.authority):
        (told,) = await acts_of(witness, "log-epoch")
        assert (told["object"], told["detail"]["origin"], told["detail"]["hidden"]) == (lost.did, origin + "/2", False)
    no_fork(world)


def reachable(member: Member) -> None:
    """It is back on the line, and long enough for others to ask it again."""
    member.world.wire.up(member.name)
    member.world.clock.turn(seconds=5)


async def with_an_older_backup(world: World) -> tuple[str, bytes]:
    """A provider whose newest uses of a contract are not in its backup: the contract, and the backup."""
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    backup = back_up(world.provider)
    await world.consumer.fetch(contract)
    await world.consumer.fetch(contract)
    await world.provider.connector.cosigning.look()
    await world.quiet()
    return contract, backup


async def test_how_it_comes_back(world: World) -> None:
    contract, backup = await with_an_older_backup(world)
    world.wire.exchanges.clear()
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    draw(world, "Back from an older backup")
    assert (await world.provider.contract(contract))["held"] is None


async def test_uses_that_were_forgotten_are_counted_again(world: World) -> None:
    contract, backup = await with_an_older_backup(world)
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    assert (await world.provider.contract(contract))["usesReserved"] == 3
    refused = await world.consumer.fetch(contract)
    assert (refused["state"], "3 agreed, 3 used" in str(refused["problem"])) == ("refused", True)
    assert await verdict_of(world.provider, contract) == "verified"
    no_fork(world)


async def test_nothing_is_signed_and_delivered_while_nobody_answers(world: World) -> None:
    contract, backup = await with_an_older_backup(world)
    world.wire.down(world.consumer.name)
    world.wire.down(world.authority.name)
    await lose_and_restore(world.provider, backup)
    report = await world.provider.post("/log-reconciliations", {})
    assert (report["doubt"], report["released"], report["opened"]) == ("restored", False, None)
    assert report["needed"] == sorted([world.consumer.did, world.authority.did])
    assert "came from a backup" in str((await world.provider.get("/self"))["signingSuspended"])
    size = (await world.provider.get("/log"))["size"]
    refused = await world.provider.api.post(f"/contracts/{contract}/withdrawal", json={"reason": "no"})
    assert refused.status_code == 503
    reachable(world.consumer)
    waiting = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    assert (await world.provider.get("/log"))["size"] == size
    reachable(world.authority)
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None
    assert (await world.consumer.delivered(waiting["id"]))["state"] == "refused"  # all three uses were used
    no_fork(world)


async def test_a_person_does_without_an_answer_and_that_contract_waits(world: World) -> None:
    contract, backup = await with_an_older_backup(world)
    world.wire.down(world.consumer.name)
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    # The authority has seen more: a new log is opened. What the consumer holds is not known yet.
    assert await origin_of(world.provider) == world.provider.url.split("://")[1] + "/log/2"
    assert doubt_of(world.provider) is None
    held = await world.provider.contract(contract)
    assert (held["state"], held["held"]["why"]) == ("held", "unasked")
    refused = await world.provider.api.post(f"/contracts/{contract}/withdrawal", json={"reason": "no"})
    assert (refused.status_code, "came back from a backup" in refused.text) == (503, True)
    reachable(world.consumer)
    await reconciled(world.provider)
    assert (await world.provider.contract(contract))["held"] is None
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "now it is known what was said"})
    await world.quiet()
    for member in (world.provider, world.consumer):
        assert await verdict_of(member, contract) == "verified"
    no_fork(world)


async def test_what_was_said_twice_is_found_and_stays_to_be_seen(world: World) -> None:
    """A person releases a contract without asking, and says something under a number that was given before."""
    contract, backup = await with_an_older_backup(world)
    other = await world.consumer.agree(world.provider, (await world.provider.contract(contract))["dataset"])
    world.wire.down(world.consumer.name)
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    await world.provider.post(f"/contracts/{contract}/release", {"reason": "we are sure"})
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "we want no more"})
    reachable(world.consumer)
    report = await world.provider.post("/log-reconciliations", {})
    assert [one["contract"] for one in report["adopted"]] == [other]
    (why,) = report["refused"]
    assert "Breach" in why or "another notice" in why  # the other side may have shown both by then
    assert "cannot be taken up" in (await world.provider.contract(contract))["problem"]
    assert (await world.provider.contract(other))["held"] is None
    async with asyncio.timeout(60):  # it is sent again and again, for it binds: nothing ever becomes quiet
        while "two different notices" not in str((await world.consumer.contract(contract))["problem"]):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await verdict_of(world.provider, other) == "verified"


async def test_a_person_lets_go_by_name_and_with_a_reason(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    backup = back_up(world.provider)
    world.wire.down(world.consumer.name)
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    assert doubt_of(world.provider) is Doubt.RESTORED
    without = {"without": [world.consumer.did]}
    assert (await world.provider.api.post("/log-reconciliations", json=without)).status_code == 400
    report = await world.provider.post("/log-reconciliations", {**without, "reason": "it is being rebuilt"})
    assert (report["released"], report["doubt"], report["held"]) == (True, None, 1)
    (act,) = await acts_of(world.provider, "log-reconciled")
    assert (act["name"], act["detail"]["without"], act["detail"]["reason"]) == (
        "owner", [world.consumer.did], "it is being rebuilt",
    )  # fmt: skip
    assert (await world.provider.contract(contract))["state"] == "held"
    released = await world.provider.post(f"/contracts/{contract}/release", {"reason": "told by telephone"})
    assert released["state"] == "complete"
    again = await world.provider.api.post(f"/contracts/{contract}/release", json={"reason": "again"})
    assert again.status_code == 409
    reachable(world.consumer)
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None


async def test_who_was_silent_and_knew_more_ends_the_log_after_all(world: World) -> None:
    """Released without the only one who knew: as soon as he answers, this log is at its end too."""
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    backup = back_up(world.provider)
    world.wire.down(world.authority.name)
    await world.consumer.fetch(contract)
    await world.provider.connector.cosigning.look()
    await world.consumer.agree(world.provider, dataset)
    await world.quiet()
    reachable(world.authority)
    world.wire.down(world.consumer.name)
    await lose_and_restore(world.provider, backup)
    await world.provider.post("/log-reconciliations", {"without": [world.consumer.did], "reason": "gone for good"})
    assert doubt_of(world.provider) is None
    reachable(world.consumer)
    await reconciled(world.provider)
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None
    assert (await origin_of(world.provider)).endswith("/log/2")
    assert await verdict_of(world.provider, contract) == "verified"


async def test_a_database_that_was_copied_back_by_hand(world: World) -> None:
    """Without `mmd restore`: the mark knows that there was more, and even if nobody else does, this log goes no further."""
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    await world.provider.stop()
    folder = world.provider.directory
    shutil.copytree(folder, folder.parent / "copy")
    await world.provider.start()
    await world.consumer.agree(world.provider, dataset)
    await world.provider.stop()
    mark = (folder / "log.highwater").read_bytes()
    shutil.rmtree(folder)
    shutil.copytree(folder.parent / "copy", folder)
    (folder / "log.highwater").write_bytes(mark)
    await world.provider.start()
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None
    assert (await origin_of(world.provider)).endswith("/log/2")
    (act,) = await acts_of(world.provider, "log-opened")
    assert act["detail"]["known"] is None or act["detail"]["known"] >= act["detail"]["size"]
    await world.consumer.agree(world.provider, dataset)
    await world.provider.restart()
    assert doubt_of(world.provider) is None


async def test_a_lost_mark_is_made_anew_once_nobody_knows_more(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    await world.provider.stop()
    (world.provider.directory / "log.highwater").unlink()
    await world.provider.start()
    await reconciled(world.provider)
    assert len(await acts_of(world.provider, "log-reconciled")) == 1
    assert doubt_of(world.provider) is None
    assert (world.provider.directory / "log.highwater").exists()
    await world.provider.restart()
    assert doubt_of(world.provider) is None


async def test_a_damaged_log_is_not_reconciled_but_said(world: World) -> None:
    import sqlite3
    from contextlib import closing

    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    await world.provider.stop()
    with closing(sqlite3.connect(world.provider.directory / "mmd.sqlite")) as connection:
        connection.execute("UPDATE log_node SET hash = zeroblob(32) WHERE level = 0 AND position = 0")
        connection.execute("UPDATE log_node SET hash = zeroblob(32) WHERE level > 0")
        connection.commit()
    await world.provider.start()
    assert doubt_of(world.provider) is Doubt.LOG_BROKEN
    refused = await world.provider.api.post("/log-reconciliations", json={})
    assert (refused.status_code, "Restore it from a backup" in refused.text) == (409, True)


async def test_the_same_old_backup_twice(world: World) -> None:
    """No number of a log is ever given twice."""
    contract, backup = await with_an_older_backup(world)
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    new = await world.consumer.agree(world.provider, (await world.provider.contract(contract))["dataset"])
    await world.consumer.fetch(new)
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None, world.provider.connector.store.suspended  # type: ignore[attr-defined]
    assert (await origin_of(world.provider)).endswith("/log/3")
    for one in (contract, new):
        assert await verdict_of(world.provider, one) == "verified"
    await world.consumer.agree(world.provider, (await world.provider.contract(contract))["dataset"])
    no_fork(world)


async def test_a_crash_between_the_decision_and_the_first_entry(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    contract, backup = await with_an_older_backup(world)

    def crashes(*_: object, **__: object) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(Epochs, "open", crashes)
    await lose_and_restore(world.provider, backup)
    with pytest.raises(RuntimeError):
        await world.provider.connector.reconciling.reconcile()
    await world.provider.stop()
    monkeypatch.undo()
    await world.provider.start()
    assert doubt_of(world.provider) is Doubt.RESTORED
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None
    assert (await origin_of(world.provider)).endswith("/log/3")  # the second was never signed in
    assert await verdict_of(world.provider, contract) == "verified"
    no_fork(world)


async def test_without_a_membership_for_the_new_log_nothing_is_signed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract, backup = await with_an_older_backup(world)
    renew = world.authority.connector.renewals.take

    async def away(*_: object) -> Json:
        raise Busy("not now")

    monkeypatch.setattr(world.authority.connector.renewals, "take", away)
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    assert doubt_of(world.provider) is Doubt.UNBOUND
    assert "mmd join" in str((await world.provider.get("/self"))["signingSuspended"])
    size = (await world.provider.get("/log"))["size"]
    await world.provider.restart()
    await world.provider.connector.monitor.reconcile()
    assert doubt_of(world.provider) is Doubt.UNBOUND
    assert (await world.provider.get("/log"))["size"] == size == 1
    monkeypatch.setattr(world.authority.connector.renewals, "take", renew)
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None
    assert (await world.provider.contract(contract))["usesReserved"] == 3


async def test_what_is_held_is_told_to_its_parties_alone(world: World) -> None:
    contract, _ = await with_an_older_backup(world)
    status, told = await world.provider.ask(world.consumer, "/notices/log/held")
    assert (status, [one["id"] for one in told["contracts"]]) == (200, [contract])
    assert peek_checkpoint(told["checkpoints"][0]).origin == await origin_of(world.provider)
    status, nothing = await world.authority.ask(world.consumer, "/notices/log/held")
    assert (status, nothing["contracts"], nothing["checkpoints"]) == (200, [], [])
    for path in (f"/notices/log/held/{contract}", f"/notices/log/held?after={contract}"):
        assert (await world.authority.ask(world.consumer, path))[0] == 404
        assert (await world.provider.ask(world.consumer, path))[0] == 200


async def test_a_word_about_a_log_is_taken_from_its_owner_alone(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    await world.provider.connector.cosigning.look()
    await world.quiet()
    me = world.provider.connector.identity
    size = (await world.provider.get("/log"))["size"]

    def statement(**changed: object) -> bytes:
        given = {
            "issuer": me.did, "key": me.contract_key, "origin": me.log_origin + "/2", "epoch": 2, "previous": me.log_origin,
            "restored_size": 1, "restored_root": "", "known": None, "reason": "restored", "now": world.clock.now(),
        }  # fmt: skip
        made = make_epoch_statement(**{**given, **changed})  # type: ignore[arg-type]
        return dump({"statement": made})

    other = world.consumer.connector.identity
    path = "/notices/log/epochs"
    assert (await world.provider.say(world.consumer, path, dump({"statement": 1})))[0] == 400
    assert (await world.provider.say(world.consumer, path, statement(epoch=1)))[0] == 400
    assert (await world.provider.say(world.consumer, path, statement(key=other.contract_key)))[0] == 400
    assert (await world.provider.say(world.consumer, path, statement(previous="x/log")))[0] == 404
    assert (await world.provider.say(world.consumer, path, statement(known="no note")))[0] == 400
    assert await acts_of(world.consumer, "log-epoch") == []
    assert await world.provider.say(world.consumer, path, statement()) == (200, {"status": "taken"})
    assert await world.provider.say(world.consumer, path, statement()) == (200, {"status": "held"})
    (told,) = await acts_of(world.consumer, "log-epoch")
    assert (told["detail"]["hidden"], told["detail"]["known"]) == (
        size > 0,
        None,
    )  # it names less than we have cosigned


async def test_an_authority_opens_a_new_log_whatever_anybody_knows(world: World) -> None:
    """It has handed out proofs to members, and nobody keeps them: it cannot know that its log has not been further."""
    dataset = await world.provider.publish()
    old = await world.consumer.agree(world.provider, dataset)
    await world.provider.connector.cosigning.look()
    await world.quiet()
    await lose_and_restore(world.authority, back_up(world.authority))
    await reconciled(world.authority)
    assert doubt_of(world.authority) is None
    assert (await origin_of(world.authority)).endswith("/log/2")
    for member in (world.provider, world.consumer):
        (told,) = await acts_of(member, "log-epoch")
        assert told["object"] == world.authority.did
    await world.provider.connector.cosigning.look()
    await world.quiet()
    new = await world.consumer.agree(world.provider, dataset)
    await world.provider.connector.cosigning.look()
    await world.quiet()
    witnesses = (await world.provider.contract(new))["witnesses"]
    assert [w["cosignedAt"] is not None for w in witnesses if w["role"] == "authority"] == [True]
    for contract in (old, new):
        assert await verdict_of(world.provider, contract) == "verified"
    await world.admit(OUTSIDER)
    no_fork(world)


NONSENSE = {
    "no JSON": b"nonsense",
    "a list": b"[]",
    "another format": b'{"format": "mmd-held/9"}',
    "no contracts": b'{"format": "mmd-held/1", "checkpoints": []}',
    "a count that is none": b'{"format": "mmd-held/1", "checkpoints": [], "next": null, "contracts": [{"id": "urn:1", '
    b'"receipt": null, "notices": {"yours": {"number": -1}, "ours": null}, "uses": 0}]}',
    "an id that is none": b'{"format": "mmd-held/1", "checkpoints": [], "next": null, "contracts": [{"id": 1, '
    b'"receipt": null, "notices": {"yours": null, "ours": null}, "uses": 0}]}',
    "pages without an end": b'{"format": "mmd-held/1", "checkpoints": [], "contracts": [], "next": 7}',
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=list(NONSENSE))
async def test_nonsense_is_no_answer(world: World, body: bytes) -> None:
    _, backup = await with_an_older_backup(world)
    world.wire.replace("GET held", body)
    await lose_and_restore(world.provider, backup)
    report = await world.provider.post("/log-reconciliations", {})
    assert (report["doubt"], report["answered"]) == ("restored", [])
    assert all("cannot be read" in why for why in report["silent"].values())
    assert len(report["needed"]) == 2


async def test_checkpoints_that_we_never_signed_are_passed_over(world: World) -> None:
    """Anybody could say that he holds more of our log; he cannot sign for it."""
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    await world.provider.connector.cosigning.look()
    await world.quiet()
    origin, key = await origin_of(world.provider), generate_ed25519()
    forged = sign_checkpoint(Checkpoint(origin, 999, bytes(32)), key.sign, key.public.raw())
    said = {"format": "mmd-held/1", "checkpoints": [forged, 7, "no note"], "origins": [], "contracts": [], "next": None}
    backup = back_up(world.provider)
    world.wire.replace("GET held", dump(said))
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None
    assert await origin_of(world.provider) == origin


@pytest.mark.parametrize(("number", "opened"), [(7, "/log/8"), (99_999_999, "/log"), (2_000, "/log")])
async def test_a_log_of_ours_that_somebody_invents_does_not_use_up_the_numbers(
    world: World, number: int, opened: str
) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    await world.provider.connector.cosigning.look()
    await world.quiet()
    named = f"{await origin_of(world.provider)}/{number}"
    said = {"format": "mmd-held/1", "checkpoints": [], "origins": [named], "contracts": [], "next": None}
    backup = back_up(world.provider)
    world.wire.replace("GET held", dump(said))
    await lose_and_restore(world.provider, backup)
    await world.provider.post("/log-reconciliations", {})
    await world.quiet()
    assert (await origin_of(world.provider)).endswith(opened)


async def test_evidence_that_does_not_hold_is_not_taken_up(world: World) -> None:
    contract, backup = await with_an_older_backup(world)
    world.wire.replace("GET evidence", b"PK no evidence")
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None  # the new log is open; that contract waits
    shown = await world.provider.contract(contract)
    assert shown["state"] == "held"
    assert "cannot be taken up: the evidence does not hold" in shown["problem"]
    world.wire.calm()
    await reconciled(world.provider)
    shown = await world.provider.contract(contract)
    assert (shown["state"], shown["problem"], shown["usesReserved"]) == ("complete", None, 3)


async def test_what_only_the_other_side_had_said_is_taken_up(world: World) -> None:
    """Its word came after the backup, and nobody has seen our log since: the log goes on, and its word counts."""
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    backup = back_up(world.provider)
    await world.consumer.post(f"/contracts/{contract}/suspension", {"reason": "the hall is being rebuilt"})
    await world.quiet()
    assert (await world.provider.contract(contract))["state"] == "suspended"
    await lose_and_restore(world.provider, backup)
    await reconciled(world.provider)
    assert doubt_of(world.provider) is None
    assert not (await origin_of(world.provider)).endswith("/2")
    shown = await world.provider.contract(contract)
    assert (shown["state"], list(shown["suspendedBy"])) == ("suspended", [world.consumer.did])
    await world.consumer.post(f"/contracts/{contract}/resumption", {})
    await world.quiet()
    assert (await world.provider.contract(contract))["state"] == "complete"
    assert await verdict_of(world.provider, contract) == "verified"
    no_fork(world)
