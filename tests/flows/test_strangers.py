"""Who is not who it says, or no member, or not a party, gets nothing and learns nothing."""

import json
from datetime import timedelta

import pytest

from connector.ids import new_iri
from connector.trust.keys import SigningKey, generate_p256
from connector.trust.tokens import mint_id_token
from tests.support.drawing import draw
from tests.support.wire import Json
from tests.support.world import CONSUMER, OUTSIDER, PURPOSE, World

pytestmark = pytest.mark.anyio

CONTEXT = ["https://w3id.org/dspace/2025/1/context.jsonld"]
CATALOG = json.dumps({"@context": CONTEXT, "@type": "CatalogRequestMessage"}).encode()


def refusal(body: Json) -> str:
    return str(body["reason"][0])


async def test_an_outsider_without_membership(world: World) -> None:
    dataset = await world.provider.publish()
    outsider = await world.join(OUTSIDER)
    found = await outsider.get("/catalog", provider=world.provider.did)
    assert found["entries"] == []
    assert "401" in found["asked"][0]["problem"]
    pid = await outsider.begin_unchecked(world.provider, dataset)
    await world.quiet()
    view = await outsider.negotiation(pid)
    assert (view["state"], view["problem"]["status"]) == ("TERMINATED", 401)
    assert await world.provider.get("/negotiations") == []
    draw(world, "A stranger")


async def test_every_door_asks_for_a_membership(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    outsider = await world.join(OUTSIDER)
    for path in (
        f"/catalog/datasets/{dataset}",
        "/negotiations/urn:uuid:1",
        "/transfers/urn:uuid:1",
        "/notices/log/consistency?sizes=1,2",
        f"/notices/{contract}/1",
    ):
        assert (await outsider.ask(world.provider, path))[0] == 401, path
    for path in ("/catalog/request", "/negotiations/request", "/transfers/request", "/notices"):
        assert (await outsider.say(world.provider, path, CATALOG))[0] == 401, path


async def test_a_membership_of_an_authority_that_nobody_believes(world: World) -> None:
    """The outsider makes itself an authority and itself its member: its own word is no one else's."""
    outsider = await world.join(OUTSIDER)
    await outsider.stop()
    text = (outsider.directory / "settings.toml").read_text()
    text = text.replace("authority = false", "authority = true").replace(world.authority.did, outsider.did)
    (outsider.directory / "settings.toml").write_text(text)
    await outsider.start()
    request = await outsider.post("/membership-requests", {"authority": outsider.did})
    issued = await outsider.post("/members", {"request": request})
    assert (await outsider.api.put("/membership", json={"credential": issued["credential"]})).is_success
    status, body = await outsider.say(world.provider, "/catalog/request", CATALOG)
    assert status == 401
    assert "not believed" in refusal(body)


async def test_identity_tokens(world: World) -> None:
    consumer, provider = world.consumer, world.provider
    me, now = consumer.connector.identity, world.clock.now()
    access = consumer.bearer(provider)

    def minted(**replaced: object) -> str:
        arguments: Json = {"did": me.did, "audience": provider.did, "now": now, "access_token": "x"}
        key = replaced.pop("key", me.token_key)
        return mint_id_token(key, **{**arguments, **replaced})  # type: ignore[arg-type]

    thief = SigningKey(generate_p256(), me.token_key.kid)
    wrong = {
        "for another audience": consumer.bearer(world.authority),
        "by another key": minted(key=thief),
        "by a key that is not in the document": minted(key=SigningKey(me.token_key.key, f"{me.did}#token-9")),
        "by a key for contracts": minted(key=me.contract_key),
        "expired": minted(now=now - timedelta(minutes=10)),
        "from the future": minted(now=now + timedelta(minutes=10)),
        "of somebody else": minted(did=world.authority.did),
        "cut short": access[:-5],
        "nonsense": "nonsense",
        "empty": "",
        "long": "e" * 40_000,
        "unsigned": ".".join(["eyJhbGciOiJub25lIn0", access.split(".")[1], ""]),
    }
    for why, token in wrong.items():
        status, body = await consumer.say(provider, "/catalog/request", CATALOG, token=token)
        assert (status, body["@type"]) == (401, "CatalogError"), why
        assert body["reason"][0], why
    assert (await consumer.say(provider, "/catalog/request", CATALOG, token=access))[0] == 200
    status, body = await consumer.say(provider, "/catalog/request", CATALOG, token=access)
    assert status == 401
    assert "used before" in refusal(body)


async def test_a_used_token_stays_used_after_a_restart(world: World) -> None:
    token = world.consumer.bearer(world.provider)
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG, token=token))[0] == 200
    await world.provider.restart()
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG, token=token))[0] == 401


async def test_a_new_key_is_known_when_the_document_is_read_again(world: World) -> None:
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    await world.consumer.stop()
    (world.consumer.directory / "keys" / "token.pem").write_bytes(generate_p256().to_pem())
    await world.consumer.start()
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 401
    world.clock.turn(minutes=6)
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200


async def test_a_foreign_process_does_not_exist(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    member = await world.admit(OUTSIDER)
    (negotiation,) = await world.provider.get("/negotiations")
    (transfer,) = await world.provider.connector.store.read(lambda unit: list(unit.transfers.find()))
    for path in (f"/negotiations/{negotiation['id']}", f"/transfers/{transfer.id}"):
        theirs = await member.ask(world.provider, path)
        unknown = await member.ask(world.provider, path[:-4] + "0000")
        assert theirs[0] == unknown[0] == 404
        assert theirs[1]["reason"] == unknown[1]["reason"]
        assert (await world.consumer.ask(world.provider, path))[0] == 200


async def test_nobody_speaks_in_a_foreign_process(world: World) -> None:
    dataset = await world.provider.publish()
    lost = world.wire.disturb("lose", "ContractNegotiationEventMessage FINALIZED", times=0)
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened("ContractNegotiationEventMessage FINALIZED")
    member = await world.admit(OUTSIDER)
    (theirs,) = await world.provider.get("/negotiations")
    body = {
        "@context": CONTEXT,
        "@type": "ContractNegotiationTerminationMessage",
        "providerPid": theirs["providerPid"],
        "consumerPid": theirs["consumerPid"],
    }
    path = f"/negotiations/{theirs['id']}/termination"
    assert (await member.say(world.provider, path, json.dumps(body).encode()))[0] == 404
    lost.times = lost.done
    await world.quiet()
    assert [n["state"] for n in await world.consumer.get("/negotiations")] == ["FINALIZED"]


async def test_a_transfer_under_a_foreign_agreement(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    member = await world.admit(OUTSIDER)
    body = {
        "@context": CONTEXT,
        "@type": "TransferRequestMessage",
        "consumerPid": new_iri(),
        "agreementId": contract,
        "format": "HttpData-PULL",
        "callbackAddress": member.protocol,
    }
    status, answer = await member.say(world.provider, "/transfers/request", json.dumps(body).encode())
    assert (status, answer["@type"]) == (404, "TransferError")


async def test_what_somebody_may_not_see_does_not_exist_for_him(world: World) -> None:
    hidden = await world.provider.publish(visible_to=[world.authority.did])
    open_ = await world.provider.publish(visible_to=[world.consumer.did])
    status, catalog = await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    assert [d["@id"] for d in catalog["dataset"]] == [open_]
    status, _ = await world.consumer.ask(world.provider, f"/catalog/datasets/{hidden}")
    assert status == 404
    pid = await world.consumer.begin_unchecked(world.provider, hidden)
    await world.quiet()
    view = await world.consumer.negotiation(pid)
    assert (view["state"], view["problem"]["code"]) == ("TERMINATED", "offer-unknown")


async def test_an_offer_that_is_no_longer_open(world: World) -> None:
    dataset = await world.provider.publish()
    pid_before = await world.consumer.agree(world.provider, dataset)
    _, found = await world.consumer.ask(world.provider, f"/catalog/datasets/{dataset}")
    assert (await world.provider.api.delete(f"/datasets/{dataset}")).is_success
    assert (await world.consumer.ask(world.provider, f"/catalog/datasets/{dataset}"))[0] == 404
    begun = await world.consumer.connector.negotiations.begin(
        provider=world.provider.did,
        provider_root=world.provider.protocol,
        dataset=dataset,
        offer=found["hasPolicy"][0],
        described={},
    )
    await world.quiet()
    view = await world.consumer.negotiation(begun.id)
    assert view["state"] == "TERMINATED"
    # The contract that exists is not touched by it.
    assert (await world.consumer.fetch(pid_before))["state"] == "complete"


async def test_data_is_not_had_with_a_stolen_address(world: World) -> None:
    """The token of a DataAddress is bound to the consumer's key: who reads it on the line cannot use it."""
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    start = json.loads(world.wire.of("TransferStartMessage")[0].body)["dataAddress"]
    token = next(p["value"] for p in start["endpointProperties"] if p["name"] == "authorization")
    named = {"Mmd-Delivery": new_iri(), "Mmd-Purpose": PURPOSE}
    for headers in (
        {},
        {"Authorization": f"Bearer {token}"},
        {"Authorization": f"DPoP {token}"},
        {"Authorization": f"DPoP {token}", "DPoP": "nonsense"},
        {"Authorization": "DPoP wrong"},
    ):
        answer = await world.wire.send(CONSUMER, "GET", start["endpoint"], b"", {**named, **headers})
        assert answer.status == 401, headers
    assert (await world.provider.contract(contract))["usesReserved"] == 1
