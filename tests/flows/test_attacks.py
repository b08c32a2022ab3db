"""What somebody can try with documents, caches and sentences before we know who he is (docs/threats.md)."""

import json
import logging
import re
from typing import Any, Final

import pytest

from connector.net.resolver import MAX_DOCUMENT
from connector.trust.keys import SigningKey, generate_p256
from tests.support.prover import Prover
from tests.support.world import CONSUMER, PROVIDER, TABLE, World

pytestmark = pytest.mark.anyio

BEHIND: Final = "did:web:localhost%3A8199"
"""A DID at a port where nobody listens."""


@pytest.fixture
def prover(world: World) -> Prover:
    return Prover(world)


def answering(status: int, body: bytes, location: str | None = None) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json"), *([(b"location", location.encode())] if location else [])]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def refused(prover: Prover, token: str | None = None) -> tuple[int, str]:
    """The status, and the reason without the name of the trace."""
    status, why = await prover.trigger(token)
    return status, re.sub(r"trace \w+", "trace", why)


# --- DID documents -------------------------------------------------------------------------------------------------------


async def test_whatever_is_wrong_with_a_did_document_its_owner_hears_one_sentence(prover: Prover) -> None:
    """Redirected, huge, slow, none, or at an address inside: who asks learns nothing of what we saw."""
    wire, port = prover.world.wire, 8120
    heard = set()
    huge = json.dumps({**prover.document, "x": "x" * MAX_DOCUMENT}).encode()
    for app in (answering(302, b"", f"{prover.url}/elsewhere/did.json"), answering(200, huge), answering(404, b"{}"),
                answering(200, b"<html>"), answering(200, b'{"id": "did:web:else.example"}')):  # fmt: skip
        wire.listen(port, "prover", app)
        prover.world.clock.turn(minutes=6)
        before = len(wire.exchanges)
        heard.add(await refused(prover))
        asked = [e.url for e in wire.exchanges[before:] if e.receiver == "prover"]
        assert asked == [f"{prover.url}/.well-known/did.json"], "one request, and none where it was sent on to"
    wire.leave(port)
    prover.world.clock.turn(minutes=6)
    heard.add(await refused(prover))
    for inside in ("did:web:10.0.0.1", "did:web:169.254.169.254:latest", "did:web:2130706433", BEHIND):
        heard.add(
            await refused(prover, prover.token(iss=inside, sub=inside, key=SigningKey(prover.key.key, inside + "#k")))
        )
    assert {status for status, _ in heard} == {503}
    assert len({why for _, why in heard}) == 1, heard


async def test_a_document_that_changes_between_two_uses(prover: Prover) -> None:
    """The new key is found at once; the old one is dead when the document is next read; a stolen name is no way in."""
    assert (await prover.trigger())[0] == 200
    old = prover.key
    prover.key = SigningKey(generate_p256(), old.kid)
    prover.document["verificationMethod"][0]["publicKeyJwk"] = prover.key.key.public.jwk()
    assert (await prover.trigger())[0] == 401, "the document that we hold has another key under this name"
    assert (await prover.trigger(prover.token(key=old)))[0] == 200, "until it is read again"
    prover.world.clock.turn(minutes=6)
    assert (await prover.trigger(prover.token(key=old)))[0] == 401
    assert (await prover.trigger())[0] == 200


async def test_a_document_of_another_poisons_no_cache(prover: Prover) -> None:
    world = prover.world
    dataset = await world.provider.publish()
    prover.document["id"] = world.consumer.did
    assert (await prover.trigger())[0] == 503
    assert await world.consumer.agree(world.provider, dataset)
    prover.document["id"] = prover.did
    world.clock.turn(minutes=6)
    assert (await prover.trigger())[0] == 200


async def test_a_membership_of_another_poisons_no_cache(prover: Prover) -> None:
    theirs = await prover.world.consumer.connector.memberships.own()
    assert theirs is not None
    good, prover.credentials = prover.credentials, [theirs.jwt]
    for _ in range(2):
        assert (await prover.trigger())[0] == 401
    prover.credentials = good
    assert (await prover.trigger())[0] == 200


# --- what a stranger can have us do ------------------------------------------------------------------------------------


async def test_nothing_but_his_document_is_fetched_before_his_token_holds(prover: Prover) -> None:
    prover.document["service"][0]["serviceEndpoint"] = "https://inside.example"
    before = len(prover.world.wire.exchanges)
    assert (await prover.trigger(prover.token(key=SigningKey(generate_p256(), prover.key.kid))))[0] == 401
    asked = {e.url for e in prover.world.wire.exchanges[before:] if e.sender == PROVIDER}
    assert asked == {f"{prover.url}/.well-known/did.json"}
    assert prover.queries == []


async def test_he_is_refused_alike_whether_or_not_what_he_asks_for_exists(prover: Prover) -> None:
    """In the same sentence, before anything is looked up: there is nothing whose time he could measure."""
    dataset = await prover.world.provider.publish()
    key = SigningKey(generate_p256(), prover.key.kid)
    heard = set()
    for name in (dataset, "urn:uuid:00000000-0000-4000-8000-000000000000"):
        headers = {"Authorization": f"Bearer {prover.token(key=key)}"}
        url = f"{prover.verifier.protocol}/catalog/datasets/{name}"
        answer = await prover.world.wire.send("prover", "GET", url, b"", headers)
        heard.add((answer.status, str(json.loads(answer.body)["reason"])))
    assert {status for status, _ in heard} == {401}
    assert len(heard) == 1


# --- nothing secret in logs and errors -----------------------------------------------------------------------------------


async def test_nothing_secret_is_logged_or_shown(
    world: World, prover: Prover, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole contract, its data, and refusals of every kind, all of it logged as finely as can be."""
    caplog.set_level(logging.DEBUG)
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    assert await world.consumer.content(await world.consumer.fetch(contract)) == TABLE
    for token in (
        None,
        prover.token(exp=1),
        prover.token(key=SigningKey(generate_p256(), prover.key.kid)),
        "no.token.at-all",
    ):
        await prover.trigger(token)
    prover.presentation = ["not.a.presentation"]
    world.provider.connector.authenticator.forget(prover.did)
    await prover.trigger()
    secret = {exchange.token for exchange in world.wire.exchanges if exchange.token}
    (started,) = (json.loads(e.body) for e in world.wire.of("TransferStartMessage"))
    secret |= {p["value"] for p in started["dataAddress"]["endpointProperties"] if p["name"] == "authorization"}
    for name in (PROVIDER, CONSUMER):
        for file in [*(world[name].directory / "secrets").iterdir(), *(world[name].directory / "keys").iterdir()]:
            raw = file.read_bytes()
            secret |= (
                {raw.hex()}
                if b"\0" in raw or not raw.isascii()
                else {line for line in raw.decode().split() if len(line) > 30}
            )
    assert len(secret) > 20
    shown = caplog.text
    for name in (PROVIDER, CONSUMER):
        for path in (
            "/self",
            "/settings",
            "/peers",
            "/transcripts",
            "/acts",
            "/negotiations",
            "/transfers",
            "/contracts",
        ):
            shown += (await world[name].api.get(path)).text
    shown += "".join(e.answer.decode("utf-8", "replace") for e in world.wire.exchanges if (e.status or 0) >= 400)
    assert len(caplog.records) > 10
    assert [text for text in secret if text in shown] == []
