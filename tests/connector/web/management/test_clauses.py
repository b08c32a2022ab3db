"""The catalogue as the management API gives it, and terms that are looked at before they are offered."""

import pytest

from policies.clauses import CLAUSES
from policies.clauses.bundles import BUNDLES
from tests.support.world import ANSWERS, World

pytestmark = pytest.mark.anyio


async def test_a_form_can_be_made_of_the_catalogue(world: World) -> None:
    found = await world.provider.get("/clauses")
    assert [clause["id"] for clause in found] == list(CLAUSES)
    for clause in found:
        for blank in clause["blanks"]:
            assert all(blank[part][lang] for part in ("label", "hint") for lang in ("en", "ko"))
            assert bool(blank["choices"]) == (blank["kind"] == "choice")
    one = await world.provider.get("/clauses/lump-sum")
    assert [blank["name"] for blank in one["blanks"]] == ["amount", "currency", "due"]
    assert one["owedBy"] == "consumer"
    until = await world.provider.get("/clauses/until")
    assert set(until["excludes"]) == {"assignment", "duration"}
    assert (await world.provider.api.get("/clauses/no-fun")).status_code == 404


async def test_what_the_catalogue_says_can_be_sent_back(world: World) -> None:
    """Each sample of each clause, by the id and the names that the API gives."""
    for clause in await world.provider.get("/clauses"):
        for sample in clause["samples"]:
            draft = await world.provider.post("/terms", {"terms": {"clauses": {clause["id"]: sample}}})
            assert clause["id"] in [said["id"] for said in draft["clauses"]]


async def test_bundles_name_what_they_leave_open(world: World) -> None:
    found = {bundle["id"]: bundle for bundle in await world.provider.get("/bundles")}
    assert found.keys() == BUNDLES.keys()
    assert [(b["clause"], b["name"]) for b in found["subscription"]["open"]] == [
        ("purpose", "purposes"),
        ("flat-fee", "amount"),
    ]
    answer = await world.provider.api.post("/terms", json={"terms": {"bundle": "subscription"}})
    assert answer.status_code == 422
    assert [blank["name"] for blank in answer.json()["blanks"]] == ["purposes", "amount"]


async def test_a_draft_is_told_its_conflicts_and_kept_nowhere(world: World) -> None:
    body = {"terms": {"purposes": ["safety"]}, "answers": {**ANSWERS, "classification": ["trade-secret"]}}
    draft = await world.provider.post("/terms", body)
    assert [conflict["code"] for conflict in draft["conflicts"]] == ["secret-not-kept"]
    assert draft["policy"]["permission"][0]["action"] == "use"
    assert await world.provider.get("/datasets") == []
    published = await world.provider.publish()
    assert (await world.provider.post("/terms", {"terms": {}, "dataset": published}))["conflicts"] == []
    assert (await world.provider.api.post("/terms", json={"terms": {}, "answers": {"titel": "x"}})).status_code == 422
    assert (await world.provider.api.post("/terms", json={"terms": {}, "dataset": "urn:nobody"})).status_code == 404


async def test_a_draft_is_held_against_what_was_promised_to_others(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    body = {"terms": {"clauses": {"exclusive": {}}}, "dataset": dataset}
    draft = await world.provider.post("/terms", body)
    assert [conflict["clauses"] for conflict in draft["conflicts"]] == [["exclusive", "agreement"]]
    assert draft["conflicts"][0]["ko"].startswith("독점 / 이미 맺은 계약: ")
