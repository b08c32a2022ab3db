"""People negotiate: what waits in an inbox, is read in clauses, is countered, approved or refused, and does not wait for ever."""

import json
from typing import Any

import pytest

from tests.support.foreigner import Foreigner
from tests.support.wire import Json
from tests.support.world import PURPOSE, TERMS, Member, World

pytestmark = pytest.mark.anyio

WAIT: Json = {"outcome": "wait", "side": "provider"}
WHY = "We share nothing that is used for supply planning."
DAYS = 24 * 3600


async def rule(member: Member, name: str, **what: Any) -> Json:
    """A rule behind the others."""
    answer = await member.api.put(f"/rules/{name}", json=what)
    assert answer.is_success, answer.text
    found: Json = answer.json()
    return found


async def waiting(member: Member) -> Json:
    """The only thing that waits for this member's people."""
    [found] = await member.get("/inbox")
    assert isinstance(found, dict)
    return found


async def counter(world: World, member: Member, pid: str, **changes: Any) -> None:
    """Change single clauses of what lies on the table."""
    on = (await member.negotiation(pid))["offer"]["terms"]
    await member.post(f"/negotiations/{pid}/offers", {"on": on, **changes})
    await world.quiet()


async def asked(world: World) -> tuple[str, str]:
    """A request for an offer of the catalog that waits for the provider's people; both pids, the consumer's first."""
    await rule(world.provider, "people look", **WAIT)
    mine = await world.consumer.begin(world.provider, await world.provider.publish())
    await world.quiet()
    return mine, str((await waiting(world.provider))["id"])


async def states(world: World, mine: str, theirs: str) -> tuple[str, str]:
    return (await world.consumer.negotiation(mine))["state"], (await world.provider.negotiation(theirs))["state"]


async def test_the_provider_waits_and_approves(world: World) -> None:
    mine, theirs = await asked(world)
    item = await waiting(world.provider)
    assert (item["counterparty"], item["counterpartyName"]) == (world.consumer.did, "Chemical Buyers")
    assert item["summary"]["en"] == "Chemical Buyers asks for “Drying batches” on the terms that we offered."
    assert item["summary"]["ko"].startswith("Chemical Buyers에서 ‘건조 배치’ 데이터를 요청했습니다")
    assert (item["rule"], item["persons"], item["approvals"]) == ("people look", 1, [])
    assert item["since"] < item["until"]
    event = next(act for act in await world.provider.get("/acts") if act["act"] == "waits-for-people")
    assert (event["object"], event["name"], event["role"]) == (theirs, "people look", "rule")
    assert (await world.provider.approve(theirs)).is_success
    await world.quiet()
    assert await states(world, mine, theirs) == ("FINALIZED", "FINALIZED")
    assert await world.provider.get("/inbox") == []


async def test_both_sides_counter_and_see_what_was_changed(world: World) -> None:
    mine, theirs = await asked(world)
    await counter(world, world.provider, theirs, set={"count": "1", "no-resale": {}})
    item = await waiting(world.consumer)
    assert item["summary"]["en"] == (
        "Hanbit Drying offers “Drying batches” with 2 changed clauses (2 favour the provider, 0 the consumer)."
    )
    seen = await world.consumer.get(f"/negotiations/{mine}/conversation")
    changes = {change["clause"]: change for change in seen["fromOurWord"]}
    assert {clause: change["favours"] for clause, change in changes.items()} == {
        "count": "provider",
        "no-resale": "provider",
    }
    assert changes["count"]["was"]["en"] != changes["count"]["asked"]["en"]
    assert changes["no-resale"]["was"] is None
    await counter(world, world.consumer, mine, set={"count": "2"}, drop=["no-resale"])
    seen = await world.provider.get(f"/negotiations/{theirs}/conversation")
    assert [(offer["by"], len(offer["changes"] or ())) for offer in seen["offers"]] == [
        ("provider", 0),
        ("consumer", 0),
        ("provider", 2),
        ("consumer", 2),
    ]
    assert [change["favours"] for change in seen["offers"][-1]["changes"]] == ["consumer", "consumer"]
    assert all(change["ko"] and change["ko"] != change["en"] for change in seen["fromOurWord"])
    assert (await world.provider.approve(theirs)).is_success
    await world.quiet()
    found = await world.provider.negotiation(theirs)
    assert found["state"] == "FINALIZED"
    contract = await world.consumer.contract(found["contract"])
    assert contract["usesAllowed"] == 2
    assert "no-passing-on" in [clause["id"] for clause in contract["clauses"]]


async def test_a_refusal_tells_the_other_side_why(world: World) -> None:
    mine, theirs = await asked(world)
    await world.provider.post(f"/negotiations/{theirs}/termination", {"code": "refused", "reason": WHY})
    await world.quiet()
    found = await world.consumer.negotiation(mine)
    assert (found["state"], found["problem"]["code"], found["problem"]["detail"]) == ("TERMINATED", "refused", WHY)
    assert await world.provider.get("/inbox") == []
    acts = (await world.provider.get(f"/negotiations/{theirs}/conversation"))["acts"]
    assert [(act["act"], act["person"]) for act in acts] == [
        ("waits-for-people", None),
        ("terminate-negotiation", "owner"),
    ]


@pytest.mark.parametrize("role", ["provider", "consumer"])
async def test_nothing_waits_for_ever(world: World, role: str) -> None:
    mine, theirs = await asked(world)
    if role == "consumer":
        await counter(world, world.provider, theirs, set={"count": "1"})
    member = world[role]
    until = (await waiting(member))["until"]
    world.clock.turn(seconds=14 * DAYS - 60)
    assert await member.connector.upkeep.lapse() == 0
    world.clock.turn(seconds=120)
    await member.connector.monitor.look()
    await world.quiet()
    for view in (await world.consumer.negotiation(mine), await world.provider.negotiation(theirs)):
        assert (view["state"], view["problem"]["code"], view["problem"]["by"]) == (
            "TERMINATED",
            "not-answered",
            member.did,
        )
        assert until in view["problem"]["detail"]
    assert await member.get("/inbox") == []


async def test_an_answer_in_time_ends_the_waiting(world: World) -> None:
    """A new offer has a term of its own; the time of the one before means nothing any more."""
    mine, theirs = await asked(world)
    world.clock.turn(seconds=10 * DAYS)
    await counter(world, world.provider, theirs, set={"count": "1"})
    await counter(world, world.consumer, mine, set={"count": "2"})
    world.clock.turn(seconds=10 * DAYS)
    assert await world.provider.connector.upkeep.lapse() == 0
    for member in (world.provider, world.consumer):
        await member.connector.status_lists.look()  # as it does every minute; nothing is signed by old ones
    answer = await world.provider.approve(theirs)
    assert answer.is_success, answer.text
    await world.quiet()
    assert await states(world, mine, theirs) == ("FINALIZED", "FINALIZED")


async def test_a_yes_holds_for_what_was_shown(world: World) -> None:
    """One of two clerks reads the request; the other counters, the consumer counters back; the first says yes too late."""
    mine, theirs = await asked(world)
    shown = (await waiting(world.provider))["terms"]
    await counter(world, world.provider, theirs, set={"count": "1"})
    refused = await world.provider.approve(theirs, shown=shown)
    assert (refused.status_code, "lies on the table" in refused.json()["detail"]) == (409, True)
    await counter(world, world.consumer, mine, set={"count": "900"})
    refused = await world.provider.approve(theirs, shown=shown)
    problem = refused.json()
    assert (refused.status_code, problem["terms"]) == (409, (await waiting(world.provider))["terms"])
    assert [(change["clause"], change["favours"]) for change in problem["changes"]] == [("count", "consumer")]
    assert await states(world, mine, theirs) == ("REQUESTED", "REQUESTED")
    never = await world.provider.approve(theirs, shown="sha256:" + "0" * 64)
    assert (never.status_code, "changes" in never.json()) == (409, False)
    late = await world.provider.api.post(f"/negotiations/{theirs}/offers", json={"on": shown, "set": {"count": "3"}})
    assert late.status_code == 409
    assert await states(world, mine, theirs) == ("REQUESTED", "REQUESTED")
    acts = [act["act"] for act in await world.provider.get("/acts")]
    assert "accept-offer" not in acts


async def test_their_end_crosses_our_yes(world: World) -> None:
    mine, theirs = await asked(world)
    held = world.wire.disturb("hold answer", "ContractNegotiationTerminationMessage")
    await world.consumer.post(f"/negotiations/{mine}/termination", {"reason": "Not needed any more."})
    await held.answered.wait()
    refused = await world.provider.approve(theirs)
    assert (refused.status_code, "TERMINATED" in refused.json()["detail"]) == (409, True)
    held.release.set()
    await world.quiet()
    assert await states(world, mine, theirs) == ("TERMINATED", "TERMINATED")
    assert await world.provider.get("/inbox") == []


async def test_it_still_waits_after_a_restart(world: World) -> None:
    """Rules that came meanwhile do not take from people what lies before them."""
    mine, theirs = await asked(world)
    before = await waiting(world.provider)
    await rule(world.provider, "all to all", outcome="agree", before="people look")
    await world.provider.restart()
    await world.quiet()
    assert await waiting(world.provider) == before
    assert (await world.provider.approve(theirs)).is_success
    await world.quiet()
    assert await states(world, mine, theirs) == ("FINALIZED", "FINALIZED")


async def test_changes_that_cannot_be_made(world: World) -> None:
    _, theirs = await asked(world)
    on = (await waiting(world.provider))["terms"]
    for body, status, sentence in (
        ({"on": on, "set": {"moonphase": "1"}}, 422, "moonphase"),
        ({"on": on, "set": {"count": "many"}}, 422, "many"),
        ({"on": on, "drop": ["until"]}, 422, "until"),
        ({"set": {"count": "1"}}, 400, "`on`"),
        ({"on": on}, 400, "one of the two"),
        ({"on": on, "set": {"count": "1"}, "terms": TERMS}, 400, "one of the two"),
    ):
        refused = await world.provider.api.post(f"/negotiations/{theirs}/offers", json=body)
        assert (refused.status_code, sentence in refused.json()["detail"]) == (status, True), refused.text
    assert (await waiting(world.provider))["terms"] == on
    assert (await world.provider.api.get("/negotiations/urn:none/conversation")).status_code == 404


async def test_an_offer_that_is_refused_is_looked_at_again(world: World) -> None:
    """The other side's connector does not take our counter-offer: what lay there before waits for our people again."""
    _, theirs = await asked(world)
    before = await waiting(world.provider)
    world.wire.alter("ContractOfferMessage", lambda message: message["offer"].update(target="urn:uuid:other"))
    await counter(world, world.provider, theirs, set={"count": "1"})
    again = await waiting(world.provider)
    assert (again["terms"], again["rule"]) == (before["terms"], None)
    found = await world.provider.negotiation(theirs)
    assert (found["state"], found["problem"]["status"]) == ("REQUESTED", 400)


async def test_purposes_are_told_in_the_diff(world: World) -> None:
    mine, theirs = await asked(world)
    await counter(world, world.provider, theirs, set={"purpose": ["research"]})
    seen = await world.consumer.get(f"/negotiations/{mine}/conversation")
    [change] = seen["fromOurWord"]
    assert (change["clause"], change["favours"]) == ("purpose", "neither")
    assert PURPOSE.replace("-", " ") in change["was"]["en"]


# --- a peer of another make ----------------------------------------------------------------------------------------------


async def test_a_foreign_peer_is_decided_about_by_people_too(world: World) -> None:
    """It asks for more under the name of our own offer; our people answer with less, and it says yes."""
    await rule(world.provider, "people look", **WAIT)
    foreigner = Foreigner(world)
    dataset = await world.provider.publish()
    excepted = {"mayNotSign": True, "reason": "their connector cannot sign yet"}
    assert (await world.provider.api.put(f"/peers/{foreigner.did.replace('%', '%25')}", json=excepted)).is_success
    _, found = await foreigner.ask(world.provider, f"/catalog/datasets/{dataset}")
    offer = json.loads(json.dumps(found["hasPolicy"][0]).replace('"3"', '"300"'))
    asked = {"offer": {**offer, "target": dataset}, "consumerPid": foreigner.pid, "callbackAddress": foreigner.url}
    status, begun = await foreigner.say(
        world.provider, "/negotiations/request", **{"@type": "ContractRequestMessage"}, **asked
    )
    assert status == 201, begun
    item = await waiting(world.provider)
    assert (item["id"], item["counterpartyName"]) == (begun["providerPid"], foreigner.did)
    seen = await world.provider.get(f"/negotiations/{item['id']}/conversation")
    assert [(change["clause"], change["favours"]) for change in seen["fromOurWord"]] == [("count", "consumer")]
    refused = await world.provider.approve(item["id"])
    assert (refused.status_code, "digest" in refused.json()["detail"]) == (409, True)
    await counter(world, world.provider, item["id"], set={"count": "1"})
    made = foreigner.got("ContractOfferMessage")
    assert made["offer"]["@id"] != offer["@id"]
    pids = {"providerPid": item["id"], "consumerPid": foreigner.pid}
    accepted = {"@type": "ContractNegotiationEventMessage", "eventType": "ACCEPTED", **pids}
    status, _ = await foreigner.say(world.provider, f"/negotiations/{item['id']}/events", **accepted)
    assert status == 200
    await world.quiet()
    agreement = foreigner.got("ContractAgreementMessage")["agreement"]
    verified = {"@type": "ContractAgreementVerificationMessage", **pids}
    status, _ = await foreigner.say(world.provider, f"/negotiations/{item['id']}/agreement/verification", **verified)
    assert status == 200
    await world.quiet()
    contract = await world.provider.contract(agreement["@id"])
    assert (contract["state"], contract["usesAllowed"]) == ("one-sided", 1)


async def test_a_foreign_peer_hears_that_nobody_answered(world: World) -> None:
    await rule(world.provider, "people look", **WAIT)
    foreigner = Foreigner(world)
    dataset = await world.provider.publish()
    excepted = {"mayNotSign": True, "reason": "their connector cannot sign yet"}
    assert (await world.provider.api.put(f"/peers/{foreigner.did.replace('%', '%25')}", json=excepted)).is_success
    await foreigner.request(world.provider, dataset)
    await world.provider.restart()
    world.clock.turn(seconds=15 * DAYS)
    await world.provider.connector.monitor.look()
    await world.quiet()
    told = foreigner.got("ContractNegotiationTerminationMessage")
    assert told["code"] == "not-answered"
    assert "nobody on our side answered" in json.dumps(told["reason"])


async def test_nobody_fills_the_inbox_with_requests(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.services.negotiations.intake.MAX_WAITING", 1)
    _, theirs = await asked(world)
    [dataset] = await world.provider.get("/datasets")
    await world.consumer.begin(world.provider, dataset["id"])
    await world.wire.happened("ContractRequestMessage", status=503)
    assert len(await world.provider.get("/inbox")) == 1
    await world.provider.post(f"/negotiations/{theirs}/termination", {"reason": WHY})
    await world.quiet()
    assert [one["id"] != theirs for one in await world.provider.get("/inbox")] == [True]


async def test_what_waits_is_told_at_the_front(world: World) -> None:
    assert (await world.provider.get("/self"))["inbox"] == {"waiting": 0, "nextEnds": None}
    await asked(world)
    item = await waiting(world.provider)
    assert (await world.provider.get("/self"))["inbox"] == {"waiting": 1, "nextEnds": item["until"]}
