"""A participant that writes nothing but expanded JSON-LD, in both roles, from the catalog to the data."""

import hashlib
import json
from typing import Any, Final

import pytest

from catalog.describe import data_service, distribution
from connector.ids import new_iri
from connector.wire.jsonld import _load
from tests.support.foreigner import CONTEXT, Foreigner
from tests.support.wire import Json
from tests.support.world import PURPOSE, TABLE, World

pytestmark = pytest.mark.anyio
EDC: Final = "https://w3id.org/edc/v0.0.1/ns/"
PURPOSE_IRI: Final = "https://w3id.org/my-manufacturing-data/v1/purpose/" + PURPOSE
MMD: Final = "https://w3id.org/my-manufacturing-data/v1/"


def expanded(message: Json) -> Any:
    """As a JSON-LD processor writes it: whole IRIs, lists everywhere, no context, no terms."""
    from pyld import jsonld

    # Those who write expanded JSON-LD resolve relative names against an address of their own.
    found: Any = jsonld.expand(message, {"documentLoader": _load, "base": "http://localhost:8110/"})
    assert len(found) == 1
    assert "@context" not in json.dumps(found)
    return found


async def foreigner_in(world: World, *excepting: str) -> Foreigner:
    foreigner = Foreigner(world, services=("DataService",))
    foreigner.write = expanded
    for name in excepting:
        path = f"/peers/{foreigner.did.replace('%', '%25')}"
        answer = await world[name].api.put(path, json={"mayNotSign": True, "reason": "their connector cannot"})
        assert answer.is_success, answer.text
    return foreigner


async def test_as_consumer(world: World) -> None:
    foreigner = await foreigner_in(world)
    dataset = await world.provider.publish()
    agreement = await foreigner.agree(world.provider, dataset)
    assert foreigner.got("ContractNegotiationEventMessage")["eventType"] == "FINALIZED"
    assert (await world.provider.contract(agreement))["state"] == "one-sided"

    endpoint, token = await foreigner.pull(world.provider, agreement)
    headers = {"Authorization": f"Bearer {token}", "Mmd-Delivery": new_iri(), "Mmd-Purpose": PURPOSE_IRI}
    answer = await world.wire.send("foreigner", "GET", endpoint, b"", headers)
    assert (answer.status, answer.body) == (200, TABLE)
    # Not one of its messages was in the compact form.
    said = [json.loads(e.body) for e in world.wire.exchanges if e.sender == "foreigner" and e.method == "POST"]
    kinds = [message[0]["@type"][0].rsplit("/", 1)[-1] for message in said if isinstance(message, list)]
    assert kinds == ["ContractRequestMessage", "ContractAgreementVerificationMessage", "TransferRequestMessage"]


async def test_as_provider(world: World) -> None:
    """Its catalog, its agreement and its data address are read, and so are its answers."""
    foreigner = await foreigner_in(world, "consumer")
    foreigner.data = TABLE
    rules = {"permission": [{"action": "use", "constraint": [
        {"leftOperand": "odrl:purpose", "operator": "isAnyOf", "rightOperand": [PURPOSE_IRI]},
        {"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": 3},
    ]}]}  # fmt: skip
    dataset = new_iri()
    way = distribution("HttpData-PULL", data_service("urn:uuid:service", foreigner.url + "/at/dsp"))
    foreigner.datasets[dataset] = {
        "@id": dataset,
        "@type": "Dataset",
        "dct:title": "Dryer",
        "dcat:byteSize": str(len(TABLE)),
        MMD + "contentDigest": f"sha256:{hashlib.sha256(TABLE).hexdigest()}",
        "hasPolicy": [{"@id": "urn:uuid:offer", "@type": "Offer", **rules}],
        "distribution": [way],
    }
    found = await world.consumer.get("/catalog", q="dryer", provider=foreigner.did)
    (entry,) = found["entries"]
    assert (entry["dataset"], entry["title"]) == (dataset, {"": "Dryer"})

    begun = await world.consumer.post("/negotiations", {"provider": foreigner.did, "dataset": dataset})
    await world.quiet()
    asked = foreigner.got("ContractRequestMessage")
    assert asked["@context"] == CONTEXT
    assert asked["offer"]["permission"][0]["constraint"][1]["rightOperand"] == "3"
    pids = {"providerPid": foreigner.pid, "consumerPid": begun["id"]}
    agreement = {**asked["offer"], "@type": "Agreement", "@id": new_iri(), "assigner": foreigner.did,
                 "assignee": world.consumer.did, "timestamp": "2026-11-23T09:00:00Z"}  # fmt: skip
    path = f"/negotiations/{begun['id']}"
    said = {"@type": "ContractAgreementMessage", **pids, "agreement": agreement}
    status, answer = await foreigner.say(world.consumer, path + "/agreement", **said)
    assert status == 200, answer
    await world.quiet()
    foreigner.got("ContractAgreementVerificationMessage")
    event = {"@type": "ContractNegotiationEventMessage", **pids, "eventType": "FINALIZED"}
    status, answer = await foreigner.say(world.consumer, path + "/events", **event)
    assert status == 200, answer
    assert (await world.consumer.negotiation(begun["id"]))["state"] == "FINALIZED"

    delivery = await world.consumer.post("/deliveries", {"contract": agreement["@id"], "purpose": PURPOSE})
    await world.wire.happened("TransferRequestMessage", status=200)
    transfer = foreigner.got("TransferRequestMessage")["consumerPid"]
    address = {"@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP", "endpointProperties": [
        {"@type": "EndpointProperty", "name": EDC + name, "value": value}
        for name, value in (("endpoint", foreigner.url + "/data"), ("authorization", "t"), ("authType", "bearer"))
    ]}  # fmt: skip
    start = {"@type": "TransferStartMessage", "providerPid": foreigner.pid, "consumerPid": transfer}
    status, answer = await foreigner.say(world.consumer, f"/transfers/{transfer}/start", **start, dataAddress=address)
    assert status == 200, answer
    done = await world.consumer.delivered(delivery["id"])
    assert done["state"] == "complete", done
    assert await world.consumer.content(done) == TABLE
