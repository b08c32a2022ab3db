"""A participant of another make that is known by nothing but its DID: its services say where it takes messages."""

import pytest

from connector.ids import new_iri
from tests.flows.test_one_sided import except_
from tests.support.foreigner import Foreigner
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("service", ["DataService", "CatalogService"])
async def test_it_is_offered_a_contract_and_takes_it(world: World, service: str) -> None:
    foreigner = Foreigner(world, services=(service,))
    await except_(world.provider, foreigner.did)
    dataset = await world.provider.publish()
    begun = await world.provider.post("/offers", {"consumer": foreigner.did, "dataset": dataset})
    await world.quiet()
    offer = foreigner.got("ContractOfferMessage")
    assert offer["path"] == "/at/dsp/negotiations/offers"
    found = await world.provider.negotiation(begun["id"])
    assert (found["state"], found["consumerPid"]) == ("OFFERED", foreigner.pid)
    accepted = {"@type": "ContractNegotiationEventMessage", "providerPid": begun["id"], "consumerPid": foreigner.pid}
    status, _ = await foreigner.say(
        world.provider, f"/negotiations/{begun['id']}/events", **accepted, eventType="ACCEPTED"
    )
    assert status == 200
    await world.quiet()
    agreement = foreigner.got("ContractAgreementMessage")
    assert agreement["path"] == f"/at/dsp/negotiations/{foreigner.pid}/agreement"
    assert agreement["agreement"]["permission"] == offer["offer"]["permission"]


async def test_it_counters_and_ends_it(world: World) -> None:
    foreigner = Foreigner(world, services=("DataService",))
    await except_(world.provider, foreigner.did)
    dataset = await world.provider.publish()
    begun = await world.provider.post("/offers", {"consumer": foreigner.did, "dataset": dataset})
    await world.quiet()
    offer = {"@type": "Offer", "@id": new_iri(), "target": dataset, "permission": [{"action": "use"}]}
    request = {"@type": "ContractRequestMessage", "providerPid": begun["id"], "consumerPid": foreigner.pid}
    status, _ = await foreigner.say(world.provider, f"/negotiations/{begun['id']}/request", **request, offer=offer)
    found = await world.provider.negotiation(begun["id"])
    assert (status, found["state"], found["waitsForUs"], found["offer"]["id"]) == (
        200, "REQUESTED", True, offer["@id"],
    )  # fmt: skip
    ended = {"@type": "ContractNegotiationTerminationMessage", "providerPid": begun["id"],
             "consumerPid": foreigner.pid, "code": "42", "reason": ["Too dear.", "Too late."]}  # fmt: skip
    status, _ = await foreigner.say(world.provider, f"/negotiations/{begun['id']}/termination", **ended)
    found = await world.provider.negotiation(begun["id"])
    assert (status, found["state"]) == (200, "TERMINATED")
    assert found["problem"] == {
        "title": "terminated",
        "code": "42",
        "detail": "Too dear. Too late.",
        "by": foreigner.did,
    }


async def test_it_offers_and_our_people_accept(world: World) -> None:
    """A plain id that says nothing, of a data set that its catalog does not show: there is nothing to compare."""
    foreigner = Foreigner(world, services=("DataService",))
    await except_(world.consumer, foreigner.did)
    pid, target = new_iri(), new_iri()
    offer = {"@type": "Offer", "@id": "their-offer-7", "target": target, "permission": [{"action": "use"}]}
    message = {"@type": "ContractOfferMessage", "providerPid": pid, "offer": offer, "callbackAddress": foreigner.url}
    status, begun = await foreigner.say(world.consumer, "/negotiations/offers", **message)
    assert (status, begun["state"]) == (201, "OFFERED")
    mine = begun["consumerPid"]
    assert (await world.consumer.approve(mine)).is_success
    await world.quiet()
    event = foreigner.got("ContractNegotiationEventMessage")
    assert (event["path"], event["eventType"]) == (f"/negotiations/{pid}/events", "ACCEPTED")
    agreement = {"@type": "Agreement", "@id": "their-agreement-7", "target": target, "assigner": foreigner.did,
                 "assignee": world.consumer.did, "permission": [{"action": "use"}],
                 "timestamp": "2026-11-23T00:00:00Z"}  # fmt: skip
    status, _ = await foreigner.say(
        world.consumer,
        f"/negotiations/{mine}/agreement",
        **{"@type": "ContractAgreementMessage", "providerPid": pid, "consumerPid": mine, "agreement": agreement},
    )
    assert status == 200
    await world.quiet()
    assert foreigner.got("ContractAgreementVerificationMessage")["providerPid"] == pid
    assert (await world.consumer.negotiation(mine))["state"] == "VERIFIED"


async def test_without_services_it_cannot_be_offered_anything(world: World) -> None:
    foreigner = Foreigner(world)
    dataset = await world.provider.publish()
    refused = await world.provider.api.post("/offers", json={"consumer": foreigner.did, "dataset": dataset})
    assert refused.status_code == 502
    assert "names no DataService and no CatalogService" in refused.json()["detail"]
