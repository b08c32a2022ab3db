"""A second version of the protocol, made up: routed, listed, negotiated in; each process in the one that it began in."""

import json
from typing import Final

import pytest

from connector.ids import new_iri
from connector.protocol.versions import V2025_1, WELL_KNOWN, Ability, ProtocolVersion
from tests.support.world import Member, World

pytestmark = pytest.mark.anyio
NEXT: Final = ProtocolVersion(
    "2099-1",
    "/dsp/2099-1",
    "https://w3id.org/dspace/2099/1/context.jsonld",
    frozenset({Ability.OFFERING}),
)
NOT_OURS: Final = ("Notice", "GET", "DID", "versions", "Presentation", "consistency", "add-checkpoint")


async def speaking(member: Member, *versions: ProtocolVersion) -> None:
    member.versions = versions
    await member.restart()


def spoken(world: World) -> set[tuple[str, str]]:
    """Path and context of every message of the protocol that went over the line."""
    found = set()
    for exchange in world.wire.exchanges:
        if exchange.method == "POST" and not exchange.kind.startswith(NOT_OURS):
            path = exchange.url.split("/dsp/")[1].split("/")[0]
            found.add((path, *json.loads(exchange.body)["@context"]))
    return found


async def test_the_newer_version_is_spoken_where_both_know_it(world: World) -> None:
    await speaking(world.provider, V2025_1, NEXT)
    await speaking(world.consumer, NEXT, V2025_1)
    answer = await world.wire.send("consumer", "GET", world.provider.url + WELL_KNOWN, b"", {})
    listed = json.loads(answer.body)["protocolVersions"]
    assert [(entry["version"], entry["path"]) for entry in listed] == [("2025-1", V2025_1.path), ("2099-1", NEXT.path)]

    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    delivery = await world.consumer.fetch(contract)
    assert delivery["state"] == "complete"
    assert spoken(world) == {("2099-1", NEXT.context)}
    (asked,) = world.wire.of("ContractRequestMessage")
    assert json.loads(asked.body)["callbackAddress"] == world.consumer.url + NEXT.path
    assert json.loads(asked.answer)["@context"] == [NEXT.context]


async def test_each_version_says_where_it_is_served(world: World) -> None:
    await speaking(world.provider, V2025_1, NEXT)
    await world.provider.publish()
    for version in (V2025_1, NEXT):
        root = world.provider.url + version.path
        body = json.dumps({"@context": [version.context], "@type": "CatalogRequestMessage"}).encode()
        headers = {"Authorization": f"Bearer {world.consumer.bearer(world.provider)}"}
        answer = await world.wire.send("consumer", "POST", root + "/catalog/request", body, headers)
        found = json.loads(answer.body)
        assert found["@context"] == [version.context]
        (dataset,) = found["dataset"]
        assert dataset["distribution"][0]["accessService"]["endpointURL"] == root


async def test_a_process_stays_in_the_version_that_it_began_in(world: World) -> None:
    """Under another version it does not exist; and what its version cannot do is not done."""
    dataset = await world.provider.publish()
    await speaking(world.provider, V2025_1, NEXT)
    await speaking(world.consumer, NEXT, V2025_1)
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    (transfer,) = await world.provider.get("/transfers")
    (negotiation,) = await world.provider.get("/negotiations")
    for path in (f"/negotiations/{negotiation['id']}", f"/transfers/{transfer['id']}"):
        seen = {}
        for version in (V2025_1, NEXT):
            headers = {"Authorization": f"Bearer {world.consumer.bearer(world.provider)}"}
            url = world.provider.url + version.path + path
            seen[version.version] = (await world.wire.send("consumer", "GET", url, b"", headers)).status
        assert seen == {"2025-1": 404, "2099-1": 200}

    # Both begin to like the older one better: what began in the newer goes on in it, with its own words.
    await speaking(world.provider, V2025_1, NEXT)
    await speaking(world.consumer, V2025_1, NEXT)
    world.wire.exchanges.clear()
    await world.consumer.fetch(contract)
    assert spoken(world) == {("2099-1", NEXT.context)}


async def test_what_a_version_cannot_do_is_refused_and_not_served(world: World) -> None:
    dataset = await world.provider.publish()
    await speaking(world.provider, NEXT)
    await speaking(world.consumer, NEXT)
    contract = await world.consumer.agree(world.provider, dataset)
    begun = await world.consumer.post("/transfers", {"contract": contract})
    await world.quiet()
    answer = await world.consumer.api.post(f"/transfers/{begun['id']}/suspension", json={"reason": "night"})
    assert (answer.status_code, "a transfer is suspended and resumed" in answer.json()["detail"]) == (409, True)
    pid = new_iri()
    status, _ = await world.consumer.say(world.provider, f"/transfers/{pid}/suspension", b"{}")
    assert status == 404


async def test_no_version_in_common_stops_at_once(world: World) -> None:
    await speaking(world.consumer, NEXT)
    body = {"provider": world.provider.did, "dataset": "urn:uuid:1"}
    answer = await world.consumer.api.post("/negotiations", json=body)
    assert answer.status_code == 502
    assert answer.json()["detail"].endswith("in common: it offers 2025-1, we speak 2099-1")
