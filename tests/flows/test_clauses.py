"""A contract of many clauses: offered from a bundle, agreed, read by both in both languages, kept, and proven."""

import pytest

from connector.contracts.evidence import verify_evidence
from connector.trust.anchors import parse_trust_file
from policies.clauses import CLAUSES
from policies.clauses.bundles import BUNDLES
from tests.support.world import PURPOSE, World

pytestmark = pytest.mark.anyio


async def test_a_contract_from_a_bundle_says_the_same_everywhere(world: World) -> None:
    more = {
        "royalty": {"rate": "3.5"},
        "payees": {"shares": ["did:web:plant-a.example=60", "did:web:plant-b.example=40"]},
        "obtain-consent": {"producers": ["did:web:plant-a.example"]},
        "purpose": {"purposes": [PURPOSE]},
        "delete": {"within": "7일"},
        "attribution": {"citation": "한빛정밀화학 (2026)"},
        "training": {},
        "model": {"owner": "joint", "after": "keep"},
        "licence-back": None,
        "count": {"times": "2"},
    }
    dataset = await world.provider.publish(bundle="co-creation", clauses=more)
    expected = (set(BUNDLES["co-creation"].clauses) | set(more)) - {"licence-back"}
    shown = (await world.provider.get(f"/datasets/{dataset}"))["offers"][0]["clauses"]
    assert {clause["id"] for clause in shown} == expected

    pid = await world.consumer.begin(world.provider, dataset)
    await world.quiet()
    agreement = (await world.consumer.negotiation(pid))["contract"]
    for member in (world.provider, world.consumer):
        contract = await member.contract(agreement)
        assert contract["clauses"] == shown
        said = {clause["id"]: clause for clause in contract["clauses"]}
        assert said["royalty"]["enforcer"] == "P"
        assert said["delete"]["enforcer"] == "C"
        assert "매출 가운데 3.5%" in said["royalty"]["ko"]
        assert "did:web:plant-a.example 60%" in said["payees"]["en"]
        assert said["attribution"]["ko"].endswith("한빛정밀화학 (2026).")
        assert all(clause["enforcerText"]["ko"] == CLAUSES[i].enforcer_text("ko") for i, clause in said.items())
    assert (await world.consumer.fetch(agreement))["state"] == "complete"

    trust = parse_trust_file(await world.authority.get("/trust"))
    evidence = (await world.consumer.api.get(f"/contracts/{agreement}/evidence")).content
    verdict = verify_evidence(evidence, trust=trust, now=world.clock.now())
    assert (verdict.outcome, verdict.failed) == ("verified", ())


async def test_whoever_offers_from_a_bundle_is_told_what_is_open(world: World) -> None:
    await world.provider.publish()
    dataset = (await world.provider.get("/datasets"))[0]["id"]
    body = {"consumer": world.consumer.did, "dataset": dataset, "terms": {"bundle": "single-sale"}}
    answer = await world.provider.api.post("/offers", json=body)
    assert answer.status_code == 422
    assert [f"{b['clause']}.{b['name']}" for b in answer.json()["blanks"]] == ["purpose.purposes", "lump-sum.amount"]
    body["terms"] = {"bundle": "single-sale", "purposes": [PURPOSE], "clauses": {"lump-sum": {"amount": "1500000"}}}
    await world.provider.post("/offers", body)
    await world.quiet()
    (found,) = await world.consumer.get("/negotiations")
    clauses = {clause["id"]: clause["en"] for clause in found["offer"]["clauses"]}
    assert "1,500,000 KRW" in clauses["lump-sum"]
    assert found["offer"]["conflicts"] == []


async def test_the_agreement_with_a_partner_is_kept_as_its_clauses_say(world: World) -> None:
    """Named people at each fetch, the duties in both calendars, nothing to anybody else."""
    kim = {"name": "김하나", "email": "kim@consumer.example"}
    made = await world.provider.post("/people-lists", {"people": [kim]})
    dataset = await world.provider.publish(bundle="nda-quality", clauses={"named-people": {"list": made["digest"]}})
    agreement = await world.consumer.agree(world.provider, dataset)
    await world.quiet()
    assert (await world.consumer.fetch(agreement, person="kim@consumer.example"))["state"] == "complete"
    refused = await world.consumer.fetch(agreement, person="lee@consumer.example")
    assert (refused["state"], refused["problem"]["clause"]) == ("refused", "named-people")
    for member in (world.provider, world.consumer):
        # What has a date stands in the calendar of both.
        assert [duty["clause"] for duty in await member.get("/duties")] == ["delete"]
