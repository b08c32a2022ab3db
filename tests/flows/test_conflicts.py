"""What cannot stand together is told before anything is signed: at publishing, at each offer, on either side."""

from dataclasses import replace

import pytest

from catalog.describe import offer_id
from connector.ports.store import UnitOfWork
from policies.clauses import build_clauses
from tests.flows.test_counteroffers import opened, say
from tests.support.wire import Json
from tests.support.world import PURPOSE, World

pytestmark = pytest.mark.anyio

ENDS = {"until": {"time": "2027-06-30T00:00:00Z"}, "duration": {"duration": "P1Y"}}
"""Two ends of use."""


def two_ends(message: Json) -> Json:
    message["offer"]["permission"] = build_clauses(ENDS)["permission"]
    return message


async def test_what_contradicts_the_data_is_not_published(world: World) -> None:
    upload = await world.provider.api.put("/uploads", params={"name": "a.csv"}, content=b"a,b\n1,2\n3,4\n")
    answers = {
        "title": "x",
        "description": "y",
        "process": ["drying"],
        "producer": "Hanbit",
        "classification": ["personal"],
    }
    body = {"uploadId": upload.json()["uploadId"], "answers": answers, "terms": {"purposes": [PURPOSE]}}
    answer = await world.provider.api.post("/datasets", json=body)
    assert [question["id"] for question in answer.json()["questions"]] == ["pseudonymLevel"]
    body["answers"] = {**answers, "pseudonymLevel": "1"}
    answer = await world.provider.api.post("/datasets", json=body)
    assert answer.status_code == 422
    assert [conflict["code"] for conflict in answer.json()["conflicts"]] == ["personal-data"]
    assert answer.json()["conflicts"][0]["ko"].startswith("데이터 카드 / 가명·비식별 처리: ")
    body["answers"] = {**answers, "pseudonymLevel": "2"}
    body["terms"] = {"purposes": [PURPOSE], "prohibitions": ["no-reidentification"]}
    assert (await world.provider.api.post("/datasets", json=body)).status_code == 201


async def test_neither_side_makes_an_offer_that_contradicts_itself(world: World) -> None:
    mine, theirs = await opened(world)
    for member, pid in ((world.provider, theirs), (world.consumer, mine)):
        refused = await member.api.post(f"/negotiations/{pid}/offers", json={"terms": {"clauses": ENDS}})
        assert refused.status_code == 422
        assert refused.json()["conflicts"][0]["clauses"] == ["until", "duration"]
    assert (await world.consumer.negotiation(mine))["state"] == "REQUESTED"


async def test_an_offer_is_held_against_the_card_of_the_data(world: World) -> None:
    mine, theirs = await opened(world)
    terms = {"purposes": [PURPOSE], "clauses": {"environment": {"mode": "cleanRoom"}}}
    for member, pid in ((world.provider, theirs), (world.consumer, mine)):
        refused = await member.api.post(f"/negotiations/{pid}/offers", json={"terms": terms})
        assert refused.status_code == 409, refused.text
        assert member is world.consumer or "Place of work / Delivery" in refused.json()["detail"]


async def test_a_received_offer_that_contradicts_itself_is_shown_so_and_never_accepted(world: World) -> None:
    mine, theirs = await opened(world)
    world.wire.alter("ContractOfferMessage", two_ends)
    await say(world, world.provider, theirs, "offers", {"terms": {"purposes": [PURPOSE]}})
    found = await world.consumer.negotiation(mine)
    assert [conflict["clauses"] for conflict in found["offer"]["conflicts"]] == [["until", "duration"]]
    refused = await world.consumer.approve(mine)
    assert refused.status_code == 409
    assert "End / Period of use" in refused.json()["detail"]
    assert (await world.consumer.negotiation(mine))["state"] == "OFFERED"


async def test_a_received_request_that_contradicts_itself_is_never_agreed_to(world: World) -> None:
    mine, theirs = await opened(world)
    await say(world, world.provider, theirs, "offers", {"terms": {"purposes": [PURPOSE]}})
    world.wire.alter("ContractRequestMessage", two_ends)
    await say(world, world.consumer, mine, "offers", {"terms": {"purposes": [PURPOSE], "count": 1}})
    found = await world.provider.negotiation(theirs)
    assert [conflict["code"] for conflict in found["offer"]["conflicts"]] == ["excluded"]
    refused = await world.provider.approve(theirs)
    assert refused.status_code == 409
    assert await world.provider.get("/contracts") == []


async def test_a_consumer_does_not_ask_for_terms_that_contradict_themselves(world: World) -> None:
    dataset = await world.provider.publish()

    def spoil(unit: UnitOfWork) -> None:
        (offer,), record = unit.offers.find(dataset=dataset), unit.datasets.get(dataset)
        assert record is not None
        rules = build_clauses(ENDS)
        unit.offers.put(replace(offer, live=False))
        unit.offers.add(
            replace(offer, id=offer_id(rules, dataset, record.description), policy={"@type": "Offer", **rules})
        )

    await world.provider.connector.store.write(spoil)
    body = {"provider": world.provider.did, "dataset": dataset}
    refused = await world.consumer.api.post("/negotiations", json=body)
    assert refused.status_code == 422, refused.text
    assert await world.consumer.get("/negotiations") == []
