"""A membership over the line (DCP issuance): asked for, decided, delivered, kept, between real connectors."""

import json
from typing import Any

import pytest

from connector.services import issuing
from connector.trust.jws import peek
from connector.trust.vc import PROFILES
from tests.support.drawing import draw
from tests.support.world import OUTSIDER, Member, World, open_world

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def asked(member: Member, authority: Member) -> Json:
    found: Json = await member.post("/credential-requests", {"authority": authority.did})
    return found


async def settled(world: World) -> None:
    for member in world.members.values():
        await member.connector.joining.idle()
        await member.connector.issuer_service.idle()
    await world.quiet()


async def stands(member: Member, request: Json) -> str:
    return str((await member.get(f"/credential-requests/{request['id']}"))["state"])


async def setting(member: Member, name: str) -> None:
    """Let it happen without a person."""
    await member.stop()
    with (member.directory / "settings.toml").open("a") as file:
        file.write(f'{name} = "automatically"\n')
    await member.start()


async def test_a_person_admits(world: World) -> None:
    newcomer = await world.join(OUTSIDER)
    dataset = await world.provider.publish()
    world.wire.exchanges.clear()
    request = await asked(newcomer, world.authority)
    assert request["state"] == "RECEIVED"
    assert await stands(newcomer, request) == "RECEIVED"
    (waiting,) = await world.authority.get("/member-requests")
    assert (waiting["did"], waiting["name"], waiting["state"]) == (newcomer.did, "No Member", "RECEIVED")
    assert newcomer.did not in [one["did"] for one in await world.authority.get("/members")]
    done = await world.authority.post("/admissions", {"request": newcomer.did})
    assert done["state"] == "ISSUED"
    await settled(world)
    draw(world, "A company asks for a membership")
    assert await stands(newcomer, request) == "ISSUED"
    assert (await newcomer.get("/self"))["membership"]["issuer"] == world.authority.did
    held = await newcomer.connector.store.read(lambda unit: unit.memberships.find(own=True))
    assert [one.profile for one in held] == list(PROFILES)
    contract = await newcomer.agree(world.provider, dataset)
    assert (await newcomer.fetch(contract))["state"] == "complete"
    (after,) = await world.authority.get("/member-requests")
    assert after["deliveredAt"] is not None
    kept = await world.authority.connector.store.read(lambda unit: unit.credential_requests.find())
    assert kept[0].access_token is None
    assert kept[0].message is not None
    assert peek(kept[0].message["credentials"][0]["payload"])[1]["sub"] == newcomer.did


async def test_a_person_refuses(world: World) -> None:
    newcomer = await world.join(OUTSIDER)
    request = await asked(newcomer, world.authority)
    await world.authority.post("/refusals", {"request": newcomer.did, "reason": "plants only"})
    await settled(world)
    view = await newcomer.get(f"/credential-requests/{request['id']}")
    assert (view["state"], view["reason"]) == ("REJECTED", "plants only")
    assert (await newcomer.get("/self"))["membership"] is None
    again = await world.authority.api.post("/admissions", json={"request": newcomer.did})
    assert again.status_code == 404
    by_id = await world.authority.api.post(
        "/admissions", json={"request": (await world.authority.get("/member-requests"))[0]["id"]}
    )
    assert (by_id.status_code, "decided before" in by_id.json()["detail"]) == (409, True)


async def test_a_rule_admits(world: World) -> None:
    await setting(world.authority, "admit")
    newcomer = await world.join(OUTSIDER)
    request = await asked(newcomer, world.authority)
    await settled(world)
    assert await stands(newcomer, request) == "ISSUED"
    acts = await world.authority.get("/acts")
    assert "admit = automatically" in [one["name"] for one in acts if one["object"] == newcomer.did]


async def test_approval_days_later_and_keys_that_changed_meanwhile(world: World) -> None:
    newcomer = await world.join(OUTSIDER)
    request = await asked(newcomer, world.authority)
    world.clock.turn(days=3)
    methods = newcomer.connector.identity.did_document["verificationMethod"]
    right, other = methods[1]["publicKeyMultibase"], methods[2]["publicKeyMultibase"]
    # The document is what is served: it was written when the connector started.
    served = world.wire.replace(
        "DID document", json.dumps(newcomer.connector.identity.did_document).replace(right, other).encode()
    )
    changed = await world.authority.api.post("/admissions", json={"request": newcomer.did})
    assert (changed.status_code, "not the one in the DID document" in changed.json()["detail"]) == (422, True)
    world.wire.calm()
    assert served.times == 0
    world.clock.turn(minutes=10)
    assert (await world.authority.post("/admissions", {"request": newcomer.did}))["state"] == "ISSUED"
    await settled(world)
    assert await stands(newcomer, request) == "ISSUED"


async def test_a_delivery_that_fails_is_tried_again_and_asked_for_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "_PAUSE", 0.0)
    newcomer = await world.join(OUTSIDER)
    request = await asked(newcomer, world.authority)
    world.wire.down(OUTSIDER)
    await world.authority.post("/admissions", {"request": newcomer.did})
    await settled(world)
    assert (await world.authority.get("/member-requests"))[0]["deliveredAt"] is None
    world.wire.up(OUTSIDER)
    # Whoever asks how it stands is there again.
    assert await stands(newcomer, request) == "RECEIVED"
    await settled(world)
    assert await stands(newcomer, request) == "ISSUED"


async def test_what_was_not_delivered_is_delivered_after_a_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "_PAUSE", 0.0)
    newcomer = await world.join(OUTSIDER)
    request = await asked(newcomer, world.authority)
    world.wire.down(OUTSIDER)
    await world.authority.post("/admissions", {"request": newcomer.did})
    await settled(world)
    world.wire.up(OUTSIDER)
    await world.authority.restart()
    await settled(world)
    assert await stands(newcomer, request) == "ISSUED"


async def test_an_offer_is_shown_and_taken_up_when_the_operator_wants(world: World) -> None:
    newcomer = await world.join(OUTSIDER)
    for reason in ("membership", "reissue"):
        await world.authority.post("/credential-offers", {"holder": newcomer.did, "reason": reason})
    (offer,) = await newcomer.get("/credential-requests")
    assert (offer["state"], len(offer["credentials"])) == ("OFFERED", 2)
    await setting(newcomer, "take_offers")
    await world.authority.post("/credential-offers", {"holder": newcomer.did})
    await settled(world)
    (request,) = await newcomer.get("/credential-requests")
    assert request["state"] == "RECEIVED"
    await world.authority.post("/admissions", {"request": newcomer.did})
    await settled(world)
    assert await stands(newcomer, request) == "ISSUED"


async def test_who_is_no_authority_issues_nothing(world: World) -> None:
    refused = await world.consumer.api.post("/credential-requests", json={"authority": world.provider.did})
    assert (refused.status_code, "IssuerService" in refused.json()["detail"]) == (422, True)
    for path, body in (("/admissions", {"request": "a:b"}), ("/credential-offers", {"holder": world.consumer.did})):
        assert (await world.provider.api.post(path, json=body)).status_code == 403
    answer = await world.wire.send("anybody", "GET", world.provider.url + "/issuer/metadata", b"", {})
    assert answer.status == 404


async def test_an_authority_that_is_away(template: Any, tmp_path: Any) -> None:
    async with open_world(template, tmp_path / "world", OUTSIDER) as world:
        refused = await world[OUTSIDER].api.post("/credential-requests", json={"authority": "did:web:localhost%3A8100"})
        assert refused.status_code == 502


async def test_the_schema_of_what_is_issued(world: World) -> None:
    url = world.authority.url + "/issuer"
    metadata = json.loads((await world.wire.send("anybody", "GET", url + "/metadata", b"", {})).body)
    for one in metadata["credentialsSupported"]:
        schema = json.loads((await world.wire.send("anybody", "GET", one["credentialSchema"], b"", {})).body)
        assert schema["$id"] == one["credentialSchema"]
