"""Rules decide what needs nobody, what waits, what is refused, and what needs two people; each decision names its rule."""

from typing import Any

import pytest

from connector.ports.store import UnitOfWork
from tests.flows.test_desk import counter, rule, states, waiting
from tests.flows.test_operands import says
from tests.support.wire import Json
from tests.support.world import PURPOSE, TERMS, Member, World

pytestmark = pytest.mark.anyio

STRICTER: Json = {"purposes": [PURPOSE], "count": 1, "prohibitions": ["no-passing-on"]}
WIDER: Json = {"purposes": [PURPOSE], "count": 90, "prohibitions": ["no-passing-on"]}


async def ask_for(world: World, terms: Json) -> tuple[str, str]:
    """The provider has offered its catalog's terms; the consumer asks for others instead. Both pids, the consumer's first."""
    dataset = await world.provider.publish()
    begun = await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset})
    await world.quiet()
    [mine] = [n["id"] for n in await world.consumer.get("/negotiations")]
    await world.consumer.post(f"/negotiations/{mine}/offers", {"terms": terms})
    await world.quiet()
    return mine, str(begun["id"])


async def decided(member: Member, pid: str) -> list[tuple[str, str]]:
    """What rules did in a negotiation: act and rule."""
    acts = (await member.get(f"/negotiations/{pid}/conversation"))["acts"]
    return [(act["act"], act["name"]) for act in acts if act["role"] == "rule"]


async def test_a_rule_agrees_within_its_bounds(world: World) -> None:
    await rule(
        world.provider, "small", outcome="agree", only=["purpose", "count", "no-passing-on"], atMost={"count": "5"}
    )
    mine, theirs = await ask_for(world, STRICTER)
    assert await states(world, mine, theirs) == ("FINALIZED", "FINALIZED")
    assert await decided(world.provider, theirs) == [("agree", "small")]
    contract = await world.consumer.contract((await world.consumer.negotiation(mine))["contract"])
    assert (contract["usesAllowed"], contract["state"]) == (1, "complete")


async def test_beyond_its_bounds_people_look_as_ever(world: World) -> None:
    await rule(world.provider, "small", outcome="agree", atMost={"count": "5"})
    mine, theirs = await ask_for(world, WIDER)
    assert await states(world, mine, theirs) == ("REQUESTED", "REQUESTED")
    assert (await waiting(world.provider))["rule"] is None
    assert await decided(world.provider, theirs) == []


async def test_the_first_that_fits_decides(world: World) -> None:
    await rule(world.provider, "in our favour", outcome="agree", changes="in-our-favour")
    await rule(world.provider, "not more", outcome="refuse", atLeast={"count": "50"}, reason="Ninety is too many.")
    await rule(world.provider, "all others", outcome="wait")
    mine, theirs = await ask_for(world, WIDER)
    assert await states(world, mine, theirs) == ("TERMINATED", "TERMINATED")
    told = (await world.consumer.negotiation(mine))["problem"]
    assert (told["code"], told["detail"]) == ("refused-by-rule", "Ninety is too many.")
    assert await decided(world.provider, theirs) == [("refuse", "not more")]
    await world.provider.api.delete("/rules/not%20more")
    assert [one["name"] for one in await world.provider.get("/rules")] == ["in our favour", "all others"]


async def test_no_rule_agrees_to_what_cannot_be_kept(world: World) -> None:
    await rule(world.provider, "everything", outcome="agree")
    dataset = await world.provider.publish()
    begun = await world.consumer.connector.negotiations.begin(
        provider=world.provider.did,
        provider_root=world.provider.protocol,
        dataset=dataset,
        offer={
            "@id": "urn:mine",
            "permission": [
                {"action": "use", "constraint": [{"leftOperand": "moon", "operator": "eq", "rightOperand": "full"}]}
            ],
        },
        described={},
    )
    await world.quiet()
    found = await world.consumer.negotiation(begun.id)
    assert (found["state"], found["problem"]["code"]) == ("TERMINATED", "offer-unknown")
    assert await world.provider.get("/contracts") == []


async def test_no_rule_shows_what_is_hidden(world: World) -> None:
    """A rule that has everything wait, or refuses with a reason, tells nobody that there is a data set to ask for."""
    hidden = await world.provider.publish(visible_to=["did:web:somebody.example"], **TERMS)
    for outcome in ("wait", "agree", "refuse"):
        await rule(world.provider, "everything", outcome=outcome, side="either")
        pid = await world.consumer.begin_unchecked(world.provider, hidden)
        await world.quiet()
        found = await world.consumer.negotiation(pid)
        assert (found["state"], found["problem"]["code"]) == ("TERMINATED", "offer-unknown")
    assert await world.provider.get("/inbox") == []


async def test_as_consumer_nothing_is_agreed_to_unless_a_rule_names_this_side(world: World) -> None:
    await rule(world.consumer, "everything", outcome="agree")
    await rule(world.provider, "people look", outcome="wait")
    mine = await world.consumer.begin(world.provider, await world.provider.publish())
    await world.quiet()
    theirs = (await waiting(world.provider))["id"]
    await counter(world, world.provider, theirs, set={"count": "2"})
    assert await states(world, mine, theirs) == ("OFFERED", "OFFERED")
    await world.consumer.post(f"/negotiations/{mine}/offers", {"terms": TERMS})
    await world.quiet()
    await rule(
        world.consumer, "fewer uses", outcome="agree", side="consumer", only=["purpose", "count", "no-passing-on"]
    )
    await counter(world, world.provider, theirs, set={"count": "2"})
    assert await states(world, mine, theirs) == ("FINALIZED", "FINALIZED")
    assert await decided(world.consumer, mine) == [("accept", "fewer uses")]


async def test_an_offer_out_of_the_blue_is_agreed_to_once_it_is_known_what_it_is(world: World) -> None:
    """It waits; the provider's catalog is asked what the data set is; then the rule decides, also after a restart."""
    await rule(world.consumer, "everything", outcome="agree", side="consumer")
    for number in range(2):
        dataset = await world.provider.publish(name=f"{number}.csv")
        await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset})
        await world.quiet()
        pid = (await waiting(world.consumer))["id"]
        if number:
            await two_people(world.consumer)
        await world.consumer.restart()
        await world.consumer.connector.monitor.read()
        await world.quiet()
        state = (await world.consumer.negotiation(pid))["state"]
        # A rule is nobody: where two people have to agree, it agrees to nothing.
        assert state == ("OFFERED" if number else "FINALIZED")
        assert await decided(world.consumer, pid) == [
            ("waits-for-people", "everything"),
            *([] if number else [("accept", "everything")]),
        ]
    assert (await waiting(world.consumer))["id"] == pid


async def test_an_offer_out_of_the_blue_is_read_by_a_person(world: World) -> None:
    """What the data set is, is not known yet: even a rule that agrees to everything leaves it to people."""
    await rule(world.consumer, "everything", outcome="agree", side="consumer")
    dataset = await world.provider.publish()
    await world.provider.post("/offers", {"consumer": world.consumer.did, "dataset": dataset})
    await world.quiet()
    item = await waiting(world.consumer)
    assert (item["rule"], item["role"]) == ("everything", "consumer")
    assert item["summary"]["en"] == f"Hanbit Drying offers “{dataset}” on terms of its own."
    assert (await world.consumer.approve(item["id"])).is_success
    await world.quiet()
    assert (await world.consumer.negotiation(item["id"]))["state"] == "FINALIZED"


async def test_rules_are_tried_out(world: World) -> None:
    await rule(world.provider, "friends", outcome="agree", partners=["did:web:friend.example"], atMost={"count": "5"})
    await rule(world.provider, "much", outcome="two-people", atLeast={"count": "50"})
    await rule(world.provider, "all", outcome="wait")
    dataset = await world.provider.publish()
    trial = {"partner": world.consumer.did, "dataset": dataset, "terms": WIDER}
    said = await world.provider.post("/rules/trials", trial)
    assert (said["decides"], said["outcome"], said["secondPerson"]) == ("all", "wait", ["much"])
    friends = said["rules"][0]
    assert [(c["condition"], c["holds"]) for c in friends["conditions"]] == [
        ("side", True), ("partners", False), ("atMost count", False),
    ]  # fmt: skip
    said = await world.provider.post("/rules/trials", {**trial, "partner": "did:web:friend.example", "terms": STRICTER})
    assert (said["decides"], said["outcome"], said["secondPerson"]) == ("friends", "agree", [])
    _, theirs = await ask_for(world, WIDER)
    said = await world.provider.post("/rules/trials", {"negotiation": theirs})
    assert (said["decides"], said["secondPerson"]) == ("all", ["much"])


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"outcome": "agree", "partners": ["nobody"]}, "partners"),
        ({"outcome": "agree", "only": ["moonphase"]}, "only"),
        ({"outcome": "agree", "atMost": {"moons": "1"}}, "moons"),
        ({"outcome": "agree", "atMost": {"count": "many"}}, "a whole number"),
        ({"outcome": "agree", "atMost": {"amount": "5"}}, "currency"),
        ({"outcome": "agree", "purposes": ["fun"]}, "purposes"),
        ({"outcome": "wait", "reason": "No."}, "reason"),
        ({"outcome": "sometimes"}, "outcome"),
        ({"outcome": "agree", "moon": "full"}, "moon"),
    ],
)
async def test_what_is_no_rule(world: World, body: Json, sentence: str) -> None:
    refused = await world.provider.api.put("/rules/odd", json=body)
    assert refused.status_code in (400, 422)
    assert sentence in refused.json()["detail"]
    assert await world.provider.get("/rules") == []


async def test_who_may_keep_rules(world: World) -> None:
    async with world.provider.client(world.provider.token("kim", "clerk")) as clerk:
        assert (await clerk.put("/rules/mine", json={"outcome": "agree"})).status_code == 403
        assert (await clerk.delete("/rules/mine")).status_code == 403
        assert (await clerk.get("/rules")).json() == []
    assert (await world.provider.api.delete("/rules/mine")).status_code == 404
    assert (await world.provider.api.put("/rules/a", json={"outcome": "wait", "before": "b"})).status_code == 404
    for name in ("a", "b"):
        await rule(world.provider, name, outcome="wait")
    await rule(world.provider, "c", outcome="wait", before="b")
    await rule(world.provider, "a", outcome="refuse")
    assert [(one["name"], one["outcome"]) for one in await world.provider.get("/rules")] == [
        ("a", "refuse"), ("c", "wait"), ("b", "wait"),
    ]  # fmt: skip
    acts = await world.provider.get("/acts")
    assert [(act["act"], act["object"]) for act in reversed(acts) if act["act"] == "put-rule"] == [
        ("put-rule", "a"), ("put-rule", "b"), ("put-rule", "c"), ("put-rule", "a"),
    ]  # fmt: skip
    await world.provider.restart()
    assert [one["name"] for one in await world.provider.get("/rules")] == ["a", "c", "b"]


# --- two people ----------------------------------------------------------------------------------------------------------


async def two_people(member: Member, **conditions: Any) -> tuple[str, str]:
    """Everything needs two people; the tokens of two clerks."""
    await rule(member, "two for all", outcome="two-people", side="either", **conditions)
    return member.token("kim", "clerk", "Kim Minsu"), member.token("lee", "clerk", "Lee Jiwoo")


async def test_two_people_agree(world: World) -> None:
    """Even what the catalog offers is not agreed to by one alone, let alone by nobody."""
    kim, lee = await two_people(world.provider)
    again = world.provider.token("kim-at-home", "owner", "kim  minsu")
    mine = await world.consumer.begin(world.provider, await world.provider.publish())
    await world.quiet()
    item = await waiting(world.provider)
    theirs = item["id"]
    assert (item["persons"], item["because"], item["approvals"]) == (2, ["two for all"], [])
    first = await world.provider.approve(theirs, token=kim)
    await world.quiet()
    assert (first.status_code, first.json()["state"]) == (200, "REQUESTED")
    assert [one["person"] for one in (await waiting(world.provider))["approvals"]] == ["Kim Minsu"]
    for same in (kim, again):
        refused = await world.provider.approve(theirs, token=same)
        assert (refused.status_code, "another person" in refused.json()["detail"]) == (409, True)
        assert "다른 분" in refused.json()["ko"]
    await world.provider.restart()
    assert [one["person"] for one in (await waiting(world.provider))["approvals"]] == ["Kim Minsu"]
    assert (await world.provider.approve(theirs, token=lee)).is_success
    await world.quiet()
    assert await states(world, mine, theirs) == ("FINALIZED", "FINALIZED")
    acts = (await world.provider.get(f"/negotiations/{theirs}/conversation"))["acts"]
    said = [act for act in acts if act["act"] == "accept-offer"]
    assert [(act["person"], [one["person"] for one in act["detail"]["approvals"]]) for act in said] == [
        ("Kim Minsu", ["Kim Minsu"]),
        ("Lee Jiwoo", ["Kim Minsu", "Lee Jiwoo"]),
    ]
    assert {act["detail"]["terms"] for act in said} == {item["terms"]}
    contract = await world.provider.contract((await world.provider.negotiation(theirs))["contract"])
    assert [one["person"] for one in contract["approvedBy"]] == ["Kim Minsu", "Lee Jiwoo"]


async def test_a_yes_to_other_terms_is_none(world: World) -> None:
    kim, lee = await two_people(world.provider)
    mine = await world.consumer.begin(world.provider, await world.provider.publish())
    await world.quiet()
    theirs = (await waiting(world.provider))["id"]
    assert (await world.provider.approve(theirs, token=kim)).is_success
    await counter(world, world.provider, theirs, set={"count": "1"})
    await counter(world, world.consumer, mine, set={"count": "2"})
    assert (await waiting(world.provider))["approvals"] == []
    assert (await world.provider.approve(theirs, token=lee)).is_success
    await world.quiet()
    assert await states(world, mine, theirs) == ("REQUESTED", "REQUESTED")
    assert (await world.provider.approve(theirs, token=kim)).is_success
    await world.quiet()
    assert await states(world, mine, theirs) == ("FINALIZED", "FINALIZED")


async def test_who_made_the_offer_is_the_first_of_two(world: World) -> None:
    """The consumer accepts what one clerk offered: our signature waits for another."""
    kim, lee = await two_people(world.provider, having=["no-resale"])
    dataset = await world.provider.publish()
    terms = {**STRICTER, "prohibitions": ["no-resale"]}
    async with world.provider.client(kim) as clerk:
        body = {"consumer": world.consumer.did, "dataset": dataset, "terms": terms}
        theirs = (await clerk.post("/offers", json=body)).json()["id"]
    await world.quiet()
    mine = (await waiting(world.consumer))["id"]
    assert (await world.consumer.approve(mine)).is_success
    await world.quiet()
    assert await states(world, mine, theirs) == ("ACCEPTED", "ACCEPTED")
    item = await waiting(world.provider)
    assert [one["person"] for one in item["approvals"]] == ["Kim Minsu"]
    assert "has accepted our offer" in item["summary"]["en"]
    assert (await world.provider.approve(theirs, token=kim)).status_code == 409
    assert (await world.provider.approve(theirs, token=lee)).is_success
    await world.quiet()
    assert await states(world, mine, theirs) == ("FINALIZED", "FINALIZED")


async def test_the_consumer_countersigns_with_two(world: World) -> None:
    """One clerk asks for what the catalog offers and the provider signs: our countersignature waits for another."""
    kim, lee = await two_people(world.consumer, atLeast={"count": "3"})
    dataset = await world.provider.publish()
    async with world.consumer.client(kim) as clerk:
        begun = await clerk.post("/negotiations", json={"provider": world.provider.did, "dataset": dataset})
        mine = begun.json()["id"]
    await world.quiet()
    item = await waiting(world.consumer)
    assert (item["id"], [one["person"] for one in item["approvals"]]) == (mine, ["Kim Minsu"])
    assert "our signature waits" in item["summary"]["en"]
    assert (await world.consumer.negotiation(mine))["state"] == "AGREED"
    await world.consumer.restart()
    await world.quiet()
    assert (await world.consumer.negotiation(mine))["state"] == "AGREED"
    assert (await world.consumer.approve(mine, token=kim)).status_code == 409
    assert (await world.consumer.approve(mine, token=lee)).is_success
    await world.quiet()
    found = await world.consumer.negotiation(mine)
    assert found["state"] == "FINALIZED"
    assert (await world.consumer.contract(found["contract"]))["state"] == "complete"


async def test_no_program_goes_around_it(world: World) -> None:
    """A rule that agrees to everything, and a step that something else than a person decided, wait for two people too."""
    kim, _ = await two_people(world.provider)
    await rule(world.provider, "all to all", outcome="agree")
    mine = await world.consumer.begin(world.provider, await world.provider.publish())
    await world.quiet()
    item = await waiting(world.provider)
    assert (item["rule"], item["because"]) == ("all to all", ["two for all"])
    auditor = world.provider.token("park", "auditor")
    assert (await world.provider.approve(item["id"], token=auditor)).status_code == 403
    assert (await world.provider.approve(item["id"], token=kim)).is_success
    await world.provider.connector.upkeep.resume()
    await world.quiet()
    assert await states(world, mine, item["id"]) == ("REQUESTED", "REQUESTED")

    def contracts(unit: UnitOfWork) -> int:
        return unit.contracts.count()

    assert await world.provider.connector.store.read(contracts) == 0


async def test_who_is_abroad_needs_two_people(world: World) -> None:
    """A membership that says no country may be of any; one of Korea is none of those abroad."""
    await rule(world.provider, "abroad", outcome="two-people", exceptCountries=["KR"])
    dataset = await world.provider.publish()
    trial = {"partner": world.consumer.did, "dataset": dataset, "terms": STRICTER}
    assert (await world.provider.post("/rules/trials", trial))["secondPerson"] == ["abroad"]
    for country, asking in (("KR", []), ("DE", ["abroad"])):
        await says(world, country=country)
        await world.consumer.get("/catalog", provider=world.provider.did)
        assert (await world.provider.post("/rules/trials", trial))["secondPerson"] == asking
