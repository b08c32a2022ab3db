"""Credentials beside the membership: asked for by one side, shown by the other, and terms that are about them."""

from dataclasses import replace
from typing import Final

import pytest

from tests.flows.test_operands import MMD, catalog, fetched, policy, refused
from tests.flows.test_storage import QUALITY, Teller
from tests.support.world import World

pytestmark = pytest.mark.anyio
OTHER: Final = "SafetyCredential"


async def asking(world: World, *, shows: str = QUALITY, asks_for: str = QUALITY) -> Teller:
    """A provider that asks for quality credentials, a consumer that shows the one it holds, and who has issued it."""
    issuer = Teller(world)
    issuer.holder = world.consumer
    await issuer.asked()
    assert (await issuer.bring())[0] == 200
    for member, name, value in ((world.provider, "asks_for", asks_for), (world.consumer, "shows", shows)):
        with (member.directory / "settings.toml").open("a") as file:
            file.write(f'{name} = ["{value}"]\n')
        await member.restart()
    return issuer


async def believe(world: World, issuer: Teller) -> None:
    """The authority names the issuer as one of quality credentials."""
    await world.authority.post("/anchors/issuers", {"did": issuer.did, "types": [QUALITY]})
    await world.authority.connector.hints.idle()
    await world.wire.happened("TrustAnchorsHint", times=2, status=200)
    world.clock.turn(minutes=6)  # what was shown lately is not asked for again for five minutes


async def test_terms_that_ask_for_a_credential(world: World) -> None:
    issuer = await asking(world)
    terms = policy((MMD + "credentialType", "eq", QUALITY), (MMD + "claim/grade", "isAnyOf", ["A", "B"]))
    dataset = await world.provider.publish(**terms)
    assert dataset not in await catalog(world)  # nobody has said that this issuer is to be believed
    await believe(world, issuer)
    assert dataset in await catalog(world)
    contract = await world.consumer.agree(world.provider, dataset)
    await fetched(world, contract)
    store = world.provider.connector.store
    (held,) = await store.read(lambda unit: unit.presented.find(did=world.consumer.did))
    assert (held.issuer, QUALITY in held.types) == (issuer.did, True)
    # It is taken back: what it says counts no more, in the catalog and under the contract.
    await store.write(lambda unit: unit.presented.put(replace(held, revoked_at=held.at)))
    kept = await refused(world, contract, "credential-missing")
    assert kept["facts"]["credentialTypes"] == ["MembershipCredential"]


async def test_what_is_not_asked_for_is_not_shown(world: World) -> None:
    issuer = await asking(world, asks_for=OTHER)
    await believe(world, issuer)
    await catalog(world)
    assert await world.provider.connector.store.read(lambda unit: unit.presented.find()) == []


async def test_what_is_not_to_be_shown_is_not_given(world: World) -> None:
    issuer = await asking(world, shows=OTHER)
    await believe(world, issuer)
    await catalog(world)
    assert await world.provider.connector.store.read(lambda unit: unit.presented.find()) == []
