"""Running bytes are cut when the person they are for is taken off the list, or a credential beside the membership falls."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from tests.flows.test_operands import MMD, policy
from tests.flows.test_people import KIM, LEE, terms
from tests.flows.test_presented import asking, believe
from tests.flows.test_storage import QUALITY
from tests.flows.test_uses import LARGE
from tests.support.wire import Json
from tests.support.world import PURPOSE, World

pytestmark = pytest.mark.anyio


async def cut(world: World, contract: str, change: Callable[[], Awaitable[object]], person: str | None = None) -> Json:
    """Bytes run, something changes, and they are cut; the refusal that is kept."""
    there, go_on = world.wire.pause_pull(300_000)
    body = {"contract": contract, "purpose": PURPOSE, "person": person}
    begun = await world.consumer.post("/deliveries", body)
    await there.wait()
    await change()
    await world.provider.connector.usage.look()
    go_on.set()
    ended = await world.consumer.delivered(begun["id"])
    (delivery,) = (await world.provider.contract(contract))["deliveries"]
    assert (ended["state"] in ("refused", "failed"), delivery["state"]) == (True, "broken")
    (kept,) = await world.provider.get("/decisions", about=contract)
    assert kept["scope"] == "running"
    return dict(kept)


async def test_a_person_is_taken_off_the_list(world: World) -> None:
    made = await world.consumer.post("/people-lists", {"people": [KIM, LEE]})
    dataset = await world.provider.publish(LARGE, policy=terms(made["digest"]))
    contract = await world.consumer.agree(world.provider, dataset)

    await world.consumer.post(f"/contracts/{contract}/people", {"people": [LEE], "reason": "Kim has left"})
    await world.quiet()

    async def countersigns() -> None:
        await world.provider.post(f"/contracts/{contract}/people/acceptance", {})

    kept = await cut(world, contract, countersigns, KIM["email"])
    assert kept["reasons"][0]["code"] == "person-not-named"
    # The refusal is explained without the name.
    assert KIM["email"] not in json.dumps(kept["facts"]) + json.dumps(kept["reasons"])


async def test_a_credential_is_taken_back(world: World) -> None:
    issuer = await asking(world)
    await believe(world, issuer)
    dataset = await world.provider.publish(LARGE, **policy((MMD + "credentialType", "eq", QUALITY)))
    await world.consumer.get("/catalog", provider=world.provider.did)
    contract = await world.consumer.agree(world.provider, dataset)

    async def falls() -> None:
        store = world.provider.connector.store
        (held,) = await store.read(lambda unit: unit.presented.find(did=world.consumer.did))
        await store.write(lambda unit: unit.presented.put(replace(held, revoked_at=held.at)))

    kept = await cut(world, contract, falls)
    assert kept["reasons"][0]["code"] == "credential-missing"
