"""Evidence files of connectors that spoke to each other over HTTP, exported by both sides."""

import asyncio
import shutil
from pathlib import Path

from connector.trust.anchors import parse_trust_file
from tests.conformance.evidence.cases import Case
from tests.support.world import World, found, open_world


def real_cases(folder: Path) -> list[Case]:
    """A contract with deliveries and one that was withdrawn, each as both sides export it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found(folder / "template")
    return asyncio.run(_cases(folder))


async def _cases(folder: Path) -> list[Case]:
    async with open_world(folder / "template", folder / "world") as world:
        used, ended = await _used(world), await _ended(world)
        trust = parse_trust_file(await world.authority.get("/trust"))
        return [
            Case(f"real-{name}-{side}", await _evidence(world, side, contract), trust, world.clock.now())
            for name, contract in (("used", used), ("withdrawn", ended))
            for side in ("provider", "consumer")
        ]


async def _used(world: World) -> str:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    for _ in range(2):
        await world.consumer.fetch(contract)
    return contract


async def _ended(world: World) -> str:
    dataset = await world.provider.publish(name="other.csv")
    contract = await world.consumer.agree(world.provider, dataset)
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "recall"})
    await world.quiet()
    return contract


async def _evidence(world: World, side: str, contract: str) -> bytes:
    return (await world[side].api.get(f"/contracts/{contract}/evidence")).content
