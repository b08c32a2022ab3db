"""The provider begins: it offers a contract to a consumer that has not asked (ContractOfferMessage)."""

import json

import pytest

from connector.ids import new_iri
from tests.support.drawing import draw
from tests.support.wire import Json
from tests.support.world import OUTSIDER, PORTS, PURPOSE, TABLE, TERMS, Member, World

pytestmark = pytest.mark.anyio

ONCE = {"purposes": [PURPOSE], "count": 1}
TWICE = {"purposes": [PURPOSE], "count": 2, "prohibitions": ["no-passing-on"]}
WHY = "We have found another supplier."


async def offered(world: World, **more: object) -> tuple[str, str]:
    """An offer of the provider that waits for the consumer's people: both pids, the consumer's first."""
    dataset = await world.provider.publish()
    begun = await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset, **more})
    await world.quiet()
    [waiting] = await world.consumer.get("/negotiations")
    assert (waiting["state"], waiting["role"], waiting["waitsForUs"]) == ("OFFERED", "consumer", True)
    return waiting["id"], begun["id"]


async def say(world: World, member: Member, pid: str, what: str, body: Json | None = None) -> Json:
    if what == "acceptance":
        body = {"terms": (await member.negotiation(pid))["offer"]["terms"]}
    found: Json = await member.post(f"/negotiations/{pid}/{what}", body or {})
    await world.quiet()
    return found


async def both(world: World, mine: str, theirs: str) -> tuple[Json, Json]:
    return await world.consumer.negotiation(mine), await world.provider.negotiation(theirs)


async def test_the_consumer_accepts(world: World) -> None:
    mine, theirs = await offered(world)
    waiting = await world.consumer.negotiation(mine)
    assert waiting["offer"]["by"] == "provider"
    assert "no-passing-on" in [clause["id"] for clause in waiting["offer"]["clauses"]]
    await say(world, world.consumer, mine, "acceptance")
    found, other = await both(world, mine, theirs)
    assert (found["state"], other["state"], found["contract"]) == ("FINALIZED", "FINALIZED", other["contract"])
    for member in (world.consumer, world.provider):
        contract = await member.contract(found["contract"])
        assert (contract["state"], len(contract["signedBy"]), contract["title"]["en"]) == (
            "complete", 2, "Drying batches",
        )  # fmt: skip
    delivered = await world.consumer.fetch(found["contract"])
    assert await world.consumer.content(delivered) == TABLE
    draw(world, "The provider begins")


async def test_terms_for_one_consumer_alone(world: World) -> None:
    mine, theirs = await offered(world, terms=ONCE)
    await say(world, world.consumer, mine, "acceptance")
    found, _ = await both(world, mine, theirs)
    assert (await world.consumer.contract(found["contract"]))["usesAllowed"] == 1


async def test_offers_go_to_and_fro(world: World) -> None:
    mine, theirs = await offered(world)
    await say(world, world.consumer, mine, "offers", {"terms": TWICE})
    found, other = await both(world, mine, theirs)
    assert (found["state"], other["state"], other["waitsForUs"]) == ("REQUESTED", "REQUESTED", True)
    await say(world, world.provider, theirs, "offers", {"terms": ONCE})
    found, other = await both(world, mine, theirs)
    assert (found["state"], other["state"], found["waitsForUs"]) == ("OFFERED", "OFFERED", True)
    await say(world, world.consumer, mine, "acceptance")
    found, other = await both(world, mine, theirs)
    assert (found["state"], other["state"]) == ("FINALIZED", "FINALIZED")
    assert (await world.provider.contract(found["contract"]))["usesAllowed"] == 1
    draw(world, "The provider begins, and offers go to and fro")


async def test_the_provider_accepts_the_consumers_answer(world: World) -> None:
    mine, theirs = await offered(world)
    await say(world, world.consumer, mine, "offers", {"terms": TWICE})
    await say(world, world.provider, theirs, "acceptance")
    found, other = await both(world, mine, theirs)
    assert (found["state"], other["state"]) == ("FINALIZED", "FINALIZED")
    assert (await world.consumer.contract(found["contract"]))["usesAllowed"] == 2


async def test_the_catalog_offer_as_an_answer_is_agreed_to_at_once(world: World) -> None:
    """Asked for what stands in the catalog anyway, the provider's rules need nobody."""
    mine, theirs = await offered(world, terms=ONCE)
    await say(world, world.consumer, mine, "offers", {"terms": TERMS})
    found, other = await both(world, mine, theirs)
    assert (found["state"], other["state"]) == ("FINALIZED", "FINALIZED")


@pytest.mark.parametrize("who", ["consumer", "provider"])
async def test_it_is_ended_with_code_and_reason(world: World, who: str) -> None:
    mine, theirs = await offered(world)
    member, pid = (world.consumer, mine) if who == "consumer" else (world.provider, theirs)
    await say(world, member, pid, "termination", {"code": "no-interest", "reason": WHY})
    for view in await both(world, mine, theirs):
        assert view["state"] == "TERMINATED"
        assert (view["problem"]["code"], view["problem"]["detail"]) == ("no-interest", WHY)
        assert view["problem"]["by"] == member.did
    if who == "consumer":
        draw(world, "The provider begins, the consumer says no")


async def test_what_cannot_be_offered_is_said_here(world: World) -> None:
    hidden = await world.provider.publish(visible_to=["did:web:somebody.example"], **TERMS)
    withdrawn = await world.provider.publish(name="second.csv")
    assert (await world.provider.api.delete(f"/datasets/{withdrawn}")).is_success
    for_others = await world.provider.publish(
        name="third.csv", purposes=[PURPOSE], recipients=["did:web:somebody.example"]
    )
    consumer = world.consumer.did
    before = len(world.wire.exchanges)
    for body, status, sentence in (
        ({"dataset": "urn:uuid:none", "consumer": consumer}, 404, "no data set urn:uuid:none"),
        ({"dataset": withdrawn, "consumer": consumer}, 404, "in our catalog"),
        ({"dataset": hidden, "consumer": consumer}, 409, "is not shown to"),
        ({"dataset": for_others, "consumer": consumer}, 409, "of no use"),
        ({"dataset": for_others, "consumer": consumer, "offer": "urn:none"}, 404, "no open offer urn:none"),
        ({"dataset": for_others, "consumer": "nobody"}, 400, "'nobody' is not the DID"),
        ({"dataset": for_others, "consumer": world.provider.did}, 400, "another participant"),
        ({"dataset": for_others, "consumer": consumer, "offer": "urn:x", "terms": ONCE}, 400, "not both"),
        ({"dataset": for_others, "consumer": consumer, "terms": {"moonphase": 1}}, 422, "moonphase"),
    ):
        refused = await world.provider.api.post("/offers", json=body)
        assert (refused.status_code, sentence in refused.json()["detail"]) == (status, True), refused.text
    assert len(world.wire.exchanges) == before
    assert await world.provider.get("/negotiations") == []
    assert "offer" not in [act["act"] for act in await world.provider.get("/acts")]


async def test_a_consumer_that_cannot_be_found(world: World) -> None:
    dataset = await world.provider.publish()
    nobody = f"did:web:localhost%3A{PORTS[OUTSIDER]}"
    refused = await world.provider.api.post("/offers", json={"consumer": nobody, "dataset": dataset})
    assert refused.status_code == 502
    assert nobody in refused.json()["detail"] or "localhost" in refused.json()["detail"]
    assert await world.provider.get("/negotiations") == []


async def test_the_same_offer_twice_is_one_negotiation(world: World) -> None:
    mine, _ = await offered(world)
    [sent] = world.wire.of("ContractOfferMessage")
    again = await world.provider.say(world.consumer, "/negotiations/offers", sent.body)
    assert (again[0], again[1]["consumerPid"], again[1]["state"]) == (201, mine, "OFFERED")
    other = json.loads(sent.body) | {"@id": new_iri(), "callbackAddress": world.provider.protocol + "/other"}
    status, error = await world.provider.say(world.consumer, "/negotiations/offers", json.dumps(other).encode())
    assert (status, error["@type"]) == (400, "ContractNegotiationError")
    assert "already, with other content" in error["reason"][0]
    assert len(await world.consumer.get("/negotiations")) == 1


async def test_the_consumers_answer_overtakes_its_own_acknowledgement(world: World) -> None:
    """The 201 is held; what the consumer sends meanwhile tells the provider all that it would have told."""
    dataset = await world.provider.publish()
    held = world.wire.disturb("hold answer", "ContractOfferMessage")
    begun = await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset})
    await held.answered.wait()
    [waiting] = await world.consumer.get("/negotiations")
    assert (await world.consumer.approve(waiting["id"])).is_success
    await world.wire.happened("ContractNegotiationEventMessage ACCEPTED", status=200)
    early = await world.provider.negotiation(begun["id"])
    assert (early["state"], early["consumerPid"]) == ("ACCEPTED", waiting["id"])
    held.release.set()
    await world.quiet()
    found, other = await both(world, waiting["id"], begun["id"])
    assert (found["state"], other["state"], other["consumerPid"]) == ("FINALIZED", "FINALIZED", waiting["id"])


async def test_an_offer_that_is_taken_back_before_it_arrives(world: World) -> None:
    dataset = await world.provider.publish()
    await world.provider.connector.federation.root(world.consumer.did)  # known from before
    world.wire.disturb("lose", "ContractOfferMessage", times=0)
    begun = await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset})
    ended = await world.provider.post(f"/negotiations/{begun['id']}/termination", {"reason": WHY})
    assert (begun["state"], ended["state"], ended["pending"]) == ("OFFERED", "TERMINATED", [])
    world.wire.calm()
    await world.quiet()
    assert await world.consumer.get("/negotiations") == []


async def test_an_offer_that_is_taken_back_while_it_arrives(world: World) -> None:
    dataset = await world.provider.publish()
    held = world.wire.disturb("hold answer", "ContractOfferMessage")
    begun = await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset})
    await held.answered.wait()
    await world.provider.post(f"/negotiations/{begun['id']}/termination", {"reason": WHY})
    held.release.set()
    await world.quiet()
    [found] = await world.consumer.get("/negotiations")
    assert (found["state"], found["problem"]["detail"]) == ("TERMINATED", WHY)


async def test_an_offer_of_what_the_catalog_does_not_show(world: World) -> None:
    """Between offer and answer the data set is withdrawn: the consumer cannot compare, and says so instead of signing."""
    mine, _ = await offered(world)
    [dataset] = await world.provider.get("/datasets")
    assert (await world.provider.api.delete(f"/datasets/{dataset['id']}")).is_success
    refused = await world.consumer.approve(mine)
    assert refused.status_code == 409
    assert "does not show us" in refused.json()["detail"]
    assert (await world.consumer.negotiation(mine))["state"] == "OFFERED"


async def test_an_offer_whose_id_is_of_something_else(world: World) -> None:
    def alter(message: Json) -> None:
        message["offer"]["permission"][0]["action"] = "use"
        message["offer"]["@id"] = "ni:///sha-256;AAAA"

    world.wire.alter("ContractOfferMessage", alter)
    mine, _ = await offered(world)
    refused = await world.consumer.approve(mine)
    assert (refused.status_code, "was altered" in refused.json()["detail"]) == (409, True)


async def test_nobody_fills_the_inbox(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.services.negotiations.intake.MAX_WAITING", 1)
    mine, _ = await offered(world)
    [dataset] = await world.provider.get("/datasets")
    begun = await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset["id"]})
    await world.wire.happened("ContractOfferMessage", status=503)
    assert len(await world.consumer.get("/negotiations")) == 1
    await say(world, world.consumer, mine, "termination", {"reason": WHY})
    await world.quiet()
    assert (await world.provider.negotiation(begun["id"]))["state"] == "OFFERED"
    assert len(await world.consumer.get("/negotiations")) == 2


async def test_an_offer_for_other_recipients_does_not_exist(world: World) -> None:
    """Who may not see an offer is told the same as of one that nobody ever made, whatever else is wrong (decision 5, 18)."""
    hidden = await world.provider.publish(name="hidden.csv", purposes=[PURPOSE], recipients=["did:web:a.example"])
    shown = await world.provider.publish(name="shown.csv", purposes=[PURPOSE])
    _, (offer,) = await world.provider.connector.publishing.dataset(hidden)
    exact = {**offer.policy, "@id": offer.id}
    reasons = []
    for asked, dataset in (
        ({**exact, "@id": "sha256:" + "0" * 64}, hidden),
        (exact, hidden),
        ({**exact, "permission": [{"action": "use"}]}, hidden),
        (exact, shown),
    ):
        begun = await world.consumer.connector.negotiations.begin(
            provider=world.provider.did, provider_root=world.provider.protocol, dataset=dataset, offer=asked, described={}
        )  # fmt: skip
        await world.quiet()
        found = await world.consumer.negotiation(begun.id)
        assert found["state"] == "TERMINATED"
        reasons.append({name: found["problem"][name] for name in ("code", "reason") if name in found["problem"]})
    assert reasons[0]["code"] == "offer-unknown"
    assert all(reason == reasons[0] for reason in reasons), reasons
