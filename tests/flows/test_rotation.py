"""Keys are changed while peers go on (issue point: rotation for each of the three keys)."""

from typing import Any

import pytest

from tests.flows.test_strangers import CATALOG, refusal
from tests.support.world import Member, World

pytestmark = pytest.mark.anyio


async def rotate(member: Member, use: str, since: str | None = None) -> dict[str, str]:
    """Change a key; the states of all keys afterwards."""
    found = await member.post("/key-rotations", {"use": use, "compromisedSince": since})
    return states(found)


def states(found: Any) -> dict[str, str]:
    return {key["id"]: key["state"] for key in found["keys"]}


async def look(member: Member) -> dict[str, str]:
    await member.connector.monitor.look()
    return states(await member.get("/keys"))


def published(member: Member) -> list[str]:
    methods = member.connector.identity.did_document["verificationMethod"]
    return [method["id"].partition("#")[2] for method in methods]


def used_kid(member: Member) -> str:
    return member.connector.identity.token_key.kid.partition("#")[2]


async def test_a_token_key_is_published_before_it_is_used(world: World) -> None:
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    found = await rotate(world.consumer, "token")
    assert (found["token-1"], found["token-2"]) == ("in use", "announced")
    assert published(world.consumer) == ["token-1", "token-2", "contract-1", "log-1"]
    assert used_kid(world.consumer) == "token-1"
    world.clock.turn(minutes=4)
    assert (await look(world.consumer))["token-2"] == "announced"
    world.clock.turn(minutes=2)
    found = await look(world.consumer)
    assert (found["token-1"], found["token-2"]) == ("retired", "in use")
    assert used_kid(world.consumer) == "token-2"
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    world.clock.turn(hours=2)
    assert (await look(world.consumer))["token-1"] == "withdrawn"
    assert published(world.consumer) == ["token-2", "contract-1", "log-1"]
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200


async def test_a_connector_of_ours_looks_again_for_an_unknown_key(world: World) -> None:
    """A compromised token key has no time to be announced: who meets the new one asks for the document again."""
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    world.clock.turn(minutes=1)
    await rotate(world.consumer, "token", since=world.clock.in_(hours=-3))
    assert used_kid(world.consumer) == "token-2"
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200


async def test_a_compromised_token_key_is_used_after_its_date(world: World) -> None:
    thief = world.consumer.connector.identity.token_key
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    world.clock.turn(minutes=1)
    await rotate(world.consumer, "token", since=world.clock.in_(hours=-3))
    await world.consumer.say(world.provider, "/catalog/request", CATALOG)  # the provider sees the new document
    world.consumer.connector.identity.token_key = thief
    status, body = await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    assert status == 401
    assert "has no key" in refusal(body)


@pytest.mark.parametrize("turned", [0, 6])
async def test_a_change_survives_a_restart_at_each_step(world: World, turned: int) -> None:
    await rotate(world.consumer, "token")
    world.clock.turn(minutes=turned)
    await world.consumer.restart()
    assert used_kid(world.consumer) == ("token-2" if turned else "token-1")
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200


async def test_one_change_of_a_key_at_a_time(world: World) -> None:
    await rotate(world.consumer, "token")
    again = await world.consumer.api.post("/key-rotations", json={"use": "token"})
    assert again.status_code == 409
    ahead = {"use": "token", "compromisedSince": world.clock.in_(days=1)}
    assert (await world.consumer.api.post("/key-rotations", json=ahead)).status_code == 400
    clerk = world.consumer.client(world.consumer.token("kim", "clerk"))
    assert (await clerk.post("/key-rotations", json={"use": "token"})).status_code == 403
    await clerk.aclose()


async def test_an_authority_keeps_its_old_key_until_its_last_credential_ends(world: World) -> None:
    await rotate(world.authority, "token")
    world.clock.turn(minutes=6)
    assert (await look(world.authority))["token-1"] == "retired"
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    world.clock.turn(days=300)
    assert "token-1" in published(world.authority)
    world.clock.turn(days=66)
    await look(world.authority)
    assert "token-1" not in published(world.authority)
