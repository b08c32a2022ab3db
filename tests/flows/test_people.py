"""Who may hold the data is named in the contract and changes by countersignature; the names stay with the two parties."""

from typing import Any

import pytest

from connector.canonical import digest
from connector.contracts.archive import read_archive, write_archive
from connector.contracts.evidence import verify_evidence
from connector.contracts.people import Person, make_people_list
from connector.trust.anchors import parse_trust_file
from tests.support.drawing import draw
from tests.support.wire import Json
from tests.support.world import CONSUMER, PROVIDER, PURPOSE, Member, World

pytestmark = pytest.mark.anyio

KIM = {"name": "김민수", "email": "kim@customer.example"}
LEE = {"name": "Lee", "email": "lee@customer.example"}
NAMED = "https://w3id.org/my-manufacturing-data/v1/namedRecipients"


def terms(named: str) -> Json:
    constraints = [
        {"leftOperand": "odrl:purpose", "operator": "isAnyOf", "rightOperand": [_purpose(PURPOSE)]},
        {"leftOperand": NAMED, "operator": "eq", "rightOperand": named},
    ]
    return {"permission": [{"action": "use", "constraint": constraints}]}


def _purpose(name: str) -> str:
    return f"https://w3id.org/my-manufacturing-data/v1/purpose/{name}"


async def named_contract(world: World, *, by: str = CONSUMER) -> str:
    """A contract for which Kim is named; the list was made at one side and reaches the other when it is concluded."""
    made = await world[by].post("/people-lists", {"people": [KIM]})
    dataset = await world.provider.publish(policy=terms(made["digest"]))
    return await world.consumer.agree(world.provider, dataset)


async def people_of(member: Member, contract: str) -> Any:
    return await member.get(f"/contracts/{contract}/people")


async def refused(world: World, contract: str, person: str | None) -> str:
    found = await world.consumer.fetch(contract, person=person)
    assert found["state"] == "refused", found
    return str(found["problem"]["detail"])


@pytest.mark.parametrize("by", [PROVIDER, CONSUMER])
async def test_only_who_is_named_is_served(world: World, by: str) -> None:
    contract = await named_contract(world, by=by)
    for member in (world.provider, world.consumer):
        view = await people_of(member, contract)
        assert (view["people"], view["now"], view["proposed"]) == ([KIM], view["agreed"], [])
    assert (await world.consumer.fetch(contract, person=KIM["email"]))["state"] == "complete"
    assert (await world.consumer.fetch(contract, person=KIM["name"]))["state"] == "complete"
    await refused(world, contract, LEE["email"])
    await refused(world, contract, None)


@pytest.mark.parametrize("by", [PROVIDER, CONSUMER])
async def test_the_list_changes_when_the_other_side_countersigns(world: World, by: str) -> None:
    one, other = world[by], world[PROVIDER if by == CONSUMER else CONSUMER]
    contract = await named_contract(world)
    before = len(world.wire.exchanges)
    await one.post(f"/contracts/{contract}/people", {"people": [LEE], "reason": "a team has changed"})
    await world.quiet()
    for member in (one, other):
        view = await people_of(member, contract)
        assert (view["people"], [p["people"] for p in view["proposed"]]) == ([KIM], [[LEE]])
        assert (view["proposed"][0]["by"], view["proposed"][0]["reason"]) == (one.did, "a team has changed")
    await refused(world, contract, LEE["email"])
    asked = [e for e in world.wire.exchanges[before:] if e.kind in ("Notice people-change", "Annex")]

    await other.post(f"/contracts/{contract}/people/acceptance", {})
    await world.quiet()
    for member in (one, other):
        view = await people_of(member, contract)
        assert (view["people"], view["proposed"]) == ([LEE], [])
        assert view["now"] != view["agreed"]
        annexes = {annex["digest"]: annex["document"] for annex in view["annexes"]}
        assert {view["now"], view["agreed"]} == annexes.keys()
        assert all(digest(document) == named for named, document in annexes.items())
    assert (await world.consumer.fetch(contract, person=LEE["email"]))["state"] == "complete"
    await refused(world, contract, KIM["email"])
    if by == CONSUMER:
        world.wire.exchanges = asked + world.wire.of("Notice people-change-accepted")
        draw(world, "The list of named people changes")


async def test_a_refused_list_changes_nothing(world: World) -> None:
    contract = await named_contract(world)
    await world.consumer.post(f"/contracts/{contract}/people", {"people": [KIM, LEE]})
    await world.quiet()
    await world.provider.post(f"/contracts/{contract}/people/refusal", {"reason": "one is enough"})
    await world.quiet()
    for member in (world.provider, world.consumer):
        view = await people_of(member, contract)
        assert (view["people"], view["proposed"]) == ([KIM], [])
    answer = await world.provider.api.post(f"/contracts/{contract}/people/acceptance", json={})
    assert answer.status_code == 404


async def test_a_list_that_has_not_arrived_cannot_be_countersigned(world: World) -> None:
    contract = await named_contract(world)
    lost = world.wire.disturb("lose", "Annex", times=0)
    await world.consumer.post(f"/contracts/{contract}/people", {"people": [LEE]})
    await world.wire.happened("Annex", times=2)  # the first was the agreed list
    (proposed,) = (await people_of(world.provider, contract))["proposed"]
    assert proposed["people"] is None
    answer = await world.provider.api.post(f"/contracts/{contract}/people/acceptance", json={})
    assert (answer.status_code, "not arrived" in answer.json()["detail"]) == (409, True)
    lost.times = lost.done
    world.consumer.connector.outbox.sign_of_life(world.provider.did)
    await world.quiet()
    await world.provider.post(f"/contracts/{contract}/people/acceptance", {"proposal": proposed["proposal"]})


async def test_lists_that_cross_end_alike_on_both_sides(world: World) -> None:
    """Both propose at once and both say yes: the consumer's list counts, for both."""
    contract = await named_contract(world)
    held = world.wire.disturb("hold", "Notice people-change", to=CONSUMER)
    await world.provider.post(f"/contracts/{contract}/people", {"people": [KIM, LEE]})
    await held.arrived.wait()
    await world.consumer.post(f"/contracts/{contract}/people", {"people": [LEE]})
    held.release.set()
    await world.quiet()
    for member in (world.provider, world.consumer):
        await member.post(f"/contracts/{contract}/people/acceptance", {})
    await world.quiet()
    first, second = [await people_of(member, contract) for member in (world.provider, world.consumer)]
    assert first == second
    assert first["people"] == [LEE]


async def test_names_are_in_no_log_and_no_transcript_and_in_evidence_unless_held_back(world: World) -> None:
    contract = await named_contract(world)
    await world.consumer.post(f"/contracts/{contract}/people", {"people": [LEE], "reason": "a team has changed"})
    await world.quiet()
    await world.provider.post(f"/contracts/{contract}/people/acceptance", {})
    await world.quiet()
    trust = parse_trust_file(await world.authority.get("/trust"))
    for member in (world.provider, world.consumer):
        whole = read_archive(await member.connector.evidence.export(contract))
        anonymous = read_archive(await member.connector.evidence.export(contract, without_personal=True))
        shown = str(await member.get("/transcripts")) + str(await member.get(f"/transcripts/{contract}"))
        exchanges = await member.connector.store.read(lambda unit: unit.exchanges.latest(1000))
        kept = b"".join(exchange.body + exchange.answer for exchange in exchanges)
        assert any(exchange.type == "Annex" for exchange in exchanges)
        for person in (KIM, LEE):
            assert person["email"] not in shown
            assert person["email"].encode() not in kept
            assert any(person["email"].encode() in data for path, data in whole.items() if path.startswith("annexes/"))
            assert not [path for path, data in anonymous.items() if person["email"].encode() in data]
        for files, verdict, reason in ((whole, "ok", "annexes-hold"), (anonymous, "skipped", "annexes-left-out")):
            judged = verify_evidence(write_archive(files), trust=trust, now=world.clock.now())
            found = judged.check("annexes")
            assert (judged.exit_code, found.verdict, found.reason) == (0, verdict, reason)


async def test_only_lists_that_the_contract_names_are_taken(world: World) -> None:
    contract = await named_contract(world)
    strange = make_people_list([Person("spy@elsewhere.example", "Spy")], bytes(16))
    body = _bytes({"agreement": contract, "people": strange.to_json()})
    status, _ = await world.consumer.say(world.provider, "/notices/annexes", body)
    assert status == 404
    status, _ = await world.consumer.say(
        world.provider, "/notices/annexes", _bytes({"agreement": contract, "people": []})
    )
    assert status == 400
    status, _ = await world.authority.say(world.provider, "/notices/annexes", body)
    assert status == 401  # no member
    assert (await people_of(world.provider, contract))["people"] == [KIM]


async def test_people_are_for_those_who_act_for_the_company(world: World) -> None:
    contract = await named_contract(world)
    async with world.consumer.client(world.consumer.token("reader", "auditor")) as reader:
        assert (await reader.get(f"/contracts/{contract}/people")).status_code == 403


def _bytes(value: Json) -> bytes:
    import json

    return json.dumps(value).encode()
