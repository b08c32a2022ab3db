"""What the rules say where nobody is asked: whether an accepted offer still stands, whether a transfer starts."""

from dataclasses import replace

import pytest

from connector.ports.records import ContractRecord
from connector.services.decisions import Start, Terminate, TransferRules, hindrance
from tests.support.world import World
from tests.support.worlds import template, world

__all__ = ["template", "world"]
pytestmark = pytest.mark.anyio


async def test_what_hinders_a_transfer(world: World) -> None:
    agreed = await world.consumer.agree(world.provider, await world.provider.publish())
    contract = await world.provider.connector.store.read(lambda unit: unit.contracts.get(agreed))
    assert contract is not None
    now = world.clock.now()

    async def hindered(found: ContractRecord | None) -> str:
        hindrance_found = await world.provider.connector.store.read(lambda unit: hindrance(unit, found, now))
        return "" if hindrance_found is None else hindrance_found.sentence

    assert await hindered(contract) == ""
    cases = {
        "is not complete": replace(contract, confirmed_at=None),
        "was withdrawn on 2026-11-23T09:00:00Z: No more.": replace(
            contract, withdrawn_at="2026-11-23T09:00:00Z", withdrawn_reason="No more."
        ),
        "was terminated": replace(contract, terminated_at="2026-11-23T09:00:00Z"),
        "it ran until 2026-11-23T09:00:00Z": replace(contract, ended_at="2026-11-23T09:00:00Z"),
        "suspended by did:web:x since 2026-11-23T09:00:00Z: a complaint": replace(
            contract, suspensions={"did:web:x": {"at": "2026-11-23T09:00:00Z", "reason": "a complaint", "notice": None}}
        ),
        "was withdrawn on 2026-11-23T08:00:00.000Z: sold": replace(
            contract, ending={"at": "2026-11-23T08:00:00.000Z", "by": "did:web:x", "reason": "sold", "given": ""}
        ),
    }
    for said, changed in cases.items():
        assert said in await hindered(changed)
    assert "is not complete" in await hindered(None)


async def test_the_rules_for_a_transfer(world: World) -> None:
    agreed = await world.consumer.agree(world.provider, await world.provider.publish())
    await world.consumer.post("/transfers", {"contract": agreed})
    await world.quiet()
    rules, now = TransferRules(), world.clock.now()
    steps = await world.provider.connector.store.read(
        lambda unit: [
            rules.next_step(unit, replace(unit.transfers.find()[0], agreement=name), now)
            for name in (agreed, "urn:none")
        ]
    )
    assert isinstance(steps[0], Start)
    assert isinstance(steps[1], Terminate)
    assert steps[1].code == "not-permitted"
