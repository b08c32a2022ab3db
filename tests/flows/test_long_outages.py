"""What has arrived is not thrown away because the provider is away for days, or because our own disk is full for a while."""

from typing import Any

import pytest

from connector.ports.network import FlowBroken
from connector.ports.store import StoreFull
from connector.services import pushes
from connector.services.deliveries import pulling, service
from tests.support.world import PURPOSE, TABLE, World

pytestmark = pytest.mark.anyio

TRIES = 1_100
"""More than a float has room for when a pause is doubled each time; at half a minute each some nine hours."""


async def test_a_provider_that_is_away_for_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "_LONGEST_PAUSE", 0.0)
    plane = world.consumer.connector.deliveries._pulling._dataplane
    pull, tried = plane.pull, []

    async def away(*about: Any) -> str:
        tried.append(1)
        if len(tried) < TRIES:
            raise FlowBroken("nobody is there")
        return await pull(*about)

    monkeypatch.setattr(plane, "pull", away)
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], len(tried)) == ("complete", TRIES)


async def test_a_store_that_is_full_for_a_while(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_STORE_AGAIN", 0.0)
    outcomes = world.consumer.connector.deliveries._outcomes
    finish, full = outcomes.finish, [StoreFull("no room"), StoreFull("no room")]

    async def finished(*about: Any) -> None:
        if full:
            raise full.pop()
        await finish(*about)

    monkeypatch.setattr(outcomes, "finish", finished)
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], await world.consumer.content(done)) == ("complete", TABLE)
    assert len([e for e in world.wire.exchanges if e.kind == "GET data"]) <= 2 + 1
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_a_store_that_is_full_while_the_provider_pushes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushes, "_STORE_AGAIN", 0.0)
    usage = world.provider.connector.usage
    reserve, full = usage.reserve, [StoreFull("no room"), StoreFull("no room")]

    async def reserved(*about: Any, **named: Any) -> Any:
        if full:
            raise full.pop()
        return await reserve(*about, **named)

    monkeypatch.setattr(usage, "reserve", reserved)
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE, "push": True})
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], await world.consumer.content(done), full) == ("complete", TABLE, [])
    assert (await world.provider.contract(contract))["usesReserved"] == 1
