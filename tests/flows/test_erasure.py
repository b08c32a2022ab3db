"""A person is erased: from every record and every byte but what is signed or still needed, and every proof holds as before."""

import base64
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

import pytest

from connector.audit.entries import salted_digest
from connector.canonical import digest
from connector.contracts.evidence import verify_evidence
from connector.contracts.people import Person, make_people_list
from connector.ports.records import Act, MessageRecord
from connector.services.acts import committed
from connector.trust.anchors import parse_trust_file
from tests.flows.test_people import KIM, LEE, named_contract, people_of
from tests.support.disk import HandDisk
from tests.support.wire import Json
from tests.support.world import CONSUMER, PROVIDER, Member, World

pytestmark = pytest.mark.anyio
NAME, EMAIL = KIM["name"], KIM["email"]
WHY = "asked for on 2 December"
FORMS = {
    form.encode()
    for text in (NAME, normalize("NFD", NAME), EMAIL)
    for form in (text, quote(text), quote(text, safe=""), json.dumps(text)[1:-1], text.upper())
}


def bytes_with(folder: Path) -> list[str]:
    """The files of the database in which any byte of the person is left: the file itself, its journal, its index of the journal."""
    files = sorted(folder.glob("mmd.sqlite*"))
    assert files
    return [file.name for file in files if any(form in file.read_bytes() for form in FORMS)]


async def erase(member: Member, *, apply: bool = True, **how: str) -> Json:
    body = {"name": NAME, "email": EMAIL, "reason": WHY if apply else "", "apply": apply, **how}
    found: Json = await member.post("/people/erasures", body)
    return found


def stays(found: Json) -> dict[str, set[str]]:
    """Why the name stays, by kind."""
    why: dict[str, set[str]] = {}
    for one in found["kept"]:
        why.setdefault(one["kind"], set()).add(one["why"])
    return why


async def verdict(world: World, member: Member, contract: str, **query: str) -> Any:
    answer = await member.api.get(f"/contracts/{contract}/evidence", params=query)
    assert answer.status_code == 200, answer.text
    trust = parse_trust_file(await world.authority.get("/trust"))
    return verify_evidence(answer.content, trust=trust, now=world.clock.now())


async def history(world: World) -> str:
    """Kim is named on a list, receives by pull and by push, asks for things with a token of his, consents, and is replaced by Lee."""
    contract = await named_contract(world)
    for push in (False, True):
        asked = {"contract": contract, "purpose": "quality-prediction", "person": NAME, "push": push}
        begun = await world.consumer.post("/deliveries", asked)
        assert (await world.consumer.delivered(begun["id"]))["state"] == "complete"
    for member in (world.provider, world.consumer):
        token = member.token(f"desk of {NAME}", "owner", person=NAME)
        async with member.client(token) as kim:
            named = await kim.put(f"/peers/{quote(world.authority.did)}", json={"reason": f"{NAME}이 정함"})
            assert named.is_success, named.text
            rule = await kim.put("/rules/small", json={"outcome": "wait", "side": "provider"})
            assert rule.is_success, rule.text
    paper = {"digest": "sha256:" + "ab" * 32, "producer": NAME, "dataset": "urn:uuid:d", "purposes": []}
    await world.provider.post("/consents", paper)
    await world.provider.post(f"/consents/{paper['digest']}/withdrawal", {"reason": f"{NAME}님이 철회"})
    offered = await world.provider.post(
        "/offers", {"consumer": world.consumer.did, "dataset": (await world.provider.get("/datasets"))[0]["id"]}
    )
    await world.provider.post(f"/negotiations/{offered['id']}/termination", {"reason": f"ask {NAME} again"})
    await world.consumer.post(f"/contracts/{contract}/people", {"people": [LEE], "reason": "a new team"})
    await world.quiet()
    await world.provider.post(f"/contracts/{contract}/people/acceptance", {})
    await world.quiet()
    return contract


async def test_nothing_is_left_but_what_is_named_and_every_proof_holds(world: World) -> None:
    contract = await history(world)
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "we stop"})
    await world.quiet()
    # What is offered on these terms still needs the list.
    assert stays(await erase(world.provider, apply=False)) == {"tokens": {"token"}, "people_lists": {"open"}}
    dataset = (await world.provider.get("/datasets"))[0]["id"]
    assert (await world.provider.api.delete(f"/datasets/{dataset}")).is_success
    for name in (PROVIDER, CONSUMER):
        member = world[name]
        await member.connector.recorder.written()
        assert bytes_with(member.directory)
        before = await verdict(world, member, contract)
        assert before.outcome == "verified"
        logged = (await member.get("/log"))["size"]

        shown = await erase(member, apply=False)
        assert shown["erased"]
        assert (await member.get("/log"))["size"] == logged
        assert bytes_with(member.directory)

        done = await erase(member)
        assert done["erased"] == shown["erased"]
        everywhere = {"deliveries", "people_lists", "acts", "exchanges", "messages", "transfers", "negotiations"}
        assert everywhere | {"peers", "rules"} <= {*done["erased"]}
        assert stays(done) == {"tokens": {"token"}}
        assert done["alsoAt"] == [world[CONSUMER if name == PROVIDER else PROVIDER].did]

        # Not in the database, not in its journal, not in any page that is free.
        assert bytes_with(member.directory) == []
        after = await verdict(world, member, contract)
        assert after.outcome == "verified"
        assert {c.id for c in after.checks if c.verdict != "ok"} <= {
            c.id for c in before.checks if c.verdict != "ok"
        } | {"annexes"}
        found = after.check("annexes")
        assert found.reason == "annexes-erased"
        assert f"erased by {member.did}, the last on {world.clock.now().date().isoformat()}" in found.sentence("en")
        view = await people_of(member, contract)
        assert (view["people"], [one["reason"] for one in view["erased"]]) == ([LEE], [WHY])
        assert (await erase(member, apply=False))["erased"] == {}
    # What both sides count, and the receipts, are what they were.
    for name in (PROVIDER, CONSUMER):
        seen = await world[name].contract(contract)
        assert {d["person"] for d in seen["deliveries"]} == {f"(erased {world.clock.now().date().isoformat()})"}
        assert all(d["receipts"] == {"own": True, "other": True} for d in seen["deliveries"])
        assert (await world[name].get(f"/contracts/{contract}/metering"))["differences"] == 0


async def test_after_a_restart_it_is_still_gone(world: World) -> None:
    contract = await history(world)
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "we stop"})
    await world.quiet()
    await erase(world.consumer)
    await world.consumer.restart()
    assert bytes_with(world.consumer.directory) == []
    # The other side sends its list again: whoever was erased does not come back.
    held = await world.provider.connector.store.read(lambda unit: unit.people_lists.find())
    for record in held:
        annex = {"type": "Annex", "agreement": contract, "people": record.document}
        status, _ = await world.provider.say(world.consumer, "/notices/annexes", json.dumps(annex).encode())
        assert status == 200
    await world.consumer.connector.store.scrub()
    assert [file for file in bytes_with(world.consumer.directory) if file == "mmd.sqlite"] == []


async def test_what_counts_or_is_signed_stays_and_says_why(world: World) -> None:
    contract = await named_contract(world)
    await world.consumer.fetch(contract, person=EMAIL)
    signed = f"for {NAME}, who has left"
    await world.consumer.post(f"/contracts/{contract}/people", {"people": [LEE], "reason": signed})
    await world.quiet()
    found = await erase(world.consumer)
    why = stays(found)
    assert why["people_lists"] == {"counts"}
    assert why["notices"] == {"signed"}
    assert why["deliveries"] == {"stands"}
    assert "acts" in why
    told = {one["why"]: one for one in found["kept"]}
    assert "propose another one first" in told["counts"]["en"]
    assert "상대방의 확인 서명" in told["counts"]["ko"]
    assert bytes_with(world.consumer.directory) == ["mmd.sqlite"]
    # Nothing that needs it has suffered.
    assert (await people_of(world.consumer, contract))["people"] == [KIM]
    assert (await world.consumer.fetch(contract, person=EMAIL))["state"] == "complete"

    # The list changes, the contract ends: only the signed words are left.
    await world.provider.post(f"/contracts/{contract}/people/acceptance", {})
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "we stop"})
    await world.quiet()
    assert stays(await erase(world.consumer)) == {"notices": {"signed"}}
    left = bytes_with(world.consumer.directory)
    assert left == ["mmd.sqlite"]
    assert EMAIL.encode() not in (world.consumer.directory / "mmd.sqlite").read_bytes()
    # Whoever is shown the evidence sees it there, with or without personal data: it cannot be otherwise.
    assert (await verdict(world, world.consumer, contract, withoutPersonal="true")).outcome == "verified"


async def test_the_act_says_it_by_a_digest_that_only_the_person_can_open(world: World) -> None:
    contract = await history(world)
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "we stop"})
    await world.quiet()
    done = await erase(world.consumer)
    (act,) = [one for one in await world.consumer.get("/acts") if one["act"] == "erase-person"]
    assert act["object"] == done["digest"]
    assert act["detail"]["reason"] == WHY
    assert act["detail"]["erased"] == done["erased"]
    assert done["digest"] == salted_digest({"name": NAME, "email": EMAIL}, bytes.fromhex(done["salt"]))
    assert done["salt"].encode() not in b"".join(f.read_bytes() for f in world.consumer.directory.glob("mmd.sqlite*"))


async def test_an_act_of_theirs_can_still_be_proven_by_who_knows_what_stood_there(world: World) -> None:
    """The log's entry commits to the act as it was; what is left names the entry."""
    member = world.provider
    async with member.client(member.token(NAME, "clerk", person=NAME)) as kim:
        assert (await kim.put(f"/peers/{quote(world.authority.did)}", json={})).is_success
    (before,) = await member.connector.store.read(lambda unit: [a for a in unit.acts.find() if a.name == NAME])
    await erase(member)

    def look(unit: Any) -> tuple[Act, Json]:
        found = unit.acts.get(before.number)
        return found, unit.log.entry(int(found.logged.removeprefix("1/")))

    after, entry = await member.connector.store.read(look)
    assert after.erased is not None
    assert (after.name, after.erased["reason"]) == (f"(erased {after.erased['at'][:10]})", WHY)
    salt = base64.urlsafe_b64decode(entry["salt"] + "==")
    assert entry["commitsTo"] == salted_digest(committed(before), salt)
    assert entry["commitsTo"] != salted_digest(committed(after), salt)
    (shown,) = [one for one in await member.get("/acts") if one["number"] == before.number]
    assert shown["logEntry"] == after.logged


async def test_a_message_of_a_contract_keeps_its_digest(world: World) -> None:
    """A foreign connector wrote a name into a message of the negotiation: it goes, and earlier evidence can be compared."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    pid = (await world.provider.contract(contract))["negotiation"]
    body = json.dumps({"@type": "ContractNegotiationEventMessage", "contact": NAME}).encode()
    record = MessageRecord(
        process=pid, direction="in", type="ContractNegotiationEventMessage", body=body, at="2026-11-29T00:00:00.000Z"
    )
    await world.provider.connector.store.write(lambda unit: unit.messages.add(record))
    before = await world.provider.api.get(f"/contracts/{contract}/evidence")
    await erase(world.provider)
    after = await world.provider.api.get(f"/contracts/{contract}/evidence")
    assert quote(NAME).encode() not in after.content
    rows = [json.loads(_file(answer.content, "manifest.json"))["files"] for answer in (before, after)]
    (path,) = (path for path, row in rows[1].items() if row.get("erased"))
    assert {name: rows[1][path][name] for name in ("bytes", "digest")} == rows[0][path]
    found = (await verdict(world, world.provider, contract)).check("messages")
    assert (found.verdict, found.reason, found.facts["erased"]) == ("ok", "messages-hold-but-erased", "1")
    # People still read the rest of the conversation.
    kept = await world.provider.connector.store.read(lambda unit: unit.messages.find(process=pid)[-1])
    assert json.loads(kept.body)["contact"].startswith("(erased")


def _file(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


async def test_who_may_and_what_is_refused(world: World) -> None:
    member = world.provider
    async with member.client(member.token("clerk", "clerk")) as clerk:
        answer = await clerk.post("/people/erasures", json={"name": NAME})
        assert answer.status_code == 403
    for body, why in (
        ({"name": NAME, "apply": True}, "needs a reason"),
        ({"name": NAME, "reason": f"{NAME} asked", "apply": True}, "must not name the person"),
        ({"reason": WHY}, "nobody is named"),
        ({"name": "x"}, "2 to 200"),
    ):
        answer = await member.api.post("/people/erasures", json=body)
        assert (answer.status_code, why in answer.json()["detail"]) == (400, True), answer.text
    assert [act for act in await member.get("/acts") if act["act"] == "erase-person"] == []


async def test_without_room_to_write_the_database_anew_nothing_is_done(world: World) -> None:
    disk = world.provider.disk = HandDisk()
    await world.provider.restart()
    async with world.provider.client(world.provider.token(NAME, "clerk", person=NAME)) as kim:
        assert (await kim.put(f"/peers/{quote(world.authority.did)}", json={})).is_success
    disk.free = 200_000_000 + 1
    answer = await world.provider.api.post("/people/erasures", json={"name": NAME, "reason": WHY, "apply": True})
    assert answer.status_code == 503
    assert (await erase(world.provider, apply=False))["erased"]["acts"] > 0


async def test_while_somebody_else_reads_the_receipt_is_given_and_what_is_left_is_said(world: World) -> None:
    """A backup that runs just then keeps old pages alive; the salt is kept nowhere, so it must not be lost with the answer."""
    member = world.provider
    async with member.client(member.token(NAME, "clerk", person=NAME)) as kim:
        assert (await kim.put(f"/peers/{quote(world.authority.did)}", json={})).is_success
    with closing(sqlite3.connect(member.directory / "mmd.sqlite", isolation_level=None)) as reading:
        reading.execute("BEGIN")
        assert reading.execute("SELECT count(*) FROM act").fetchone()[0] > 0
        done = await erase(member)
    assert done["erased"]["acts"] > 0
    assert "reads the database" in done["left"]
    assert done["digest"] == salted_digest({"name": NAME, "email": EMAIL}, bytes.fromhex(done["salt"]))
    again = await erase(member)
    assert (again["left"], again["erased"]) == (None, {})


def test_the_list_of_these_flows_is_one() -> None:
    """Its digest is salted: without the salt nobody finds out by trying who stood on it."""
    people = [Person(KIM["email"], KIM["name"])]
    one, other = (make_people_list(people, bytes([salt]) * 16) for salt in (1, 2))
    assert digest(one.to_json()) != digest(other.to_json())
