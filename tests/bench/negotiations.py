"""Signed and logged negotiations between two connectors, asked for and watched through their management APIs.

One negotiation begins with `POST /negotiations` (the consumer reads the offer at the provider) and is *signed* when the
consumer shows FINALIZED (P, C and R exist, both logs have them), *complete* when the provider has taken the consumer's
confirmation (H) and the consumer knows it. Afterwards every single one is looked up at both sides: none may be lost.
"""

import asyncio
import time
from dataclasses import dataclass, field

from tests.bench.management import Json, Management, part
from tests.bench.processes import BenchError
from tests.bench.space import Space

_PATIENCE = 60.0
_WAIT = 0.03
"""Seconds that an answer is held until something changes: short, for what changed just before is not told again."""


@dataclass
class Trade:
    """Who negotiates with whom, about what; every negotiation begun is remembered."""

    consumer: Management
    provider: Management
    provider_did: str
    dataset: str
    begun: list[str] = field(default_factory=list)

    async def sequential(self, number: int) -> tuple[list[float], list[float]]:
        """Seconds to signed and seconds to complete of each of so many, one after another."""
        signed: list[float] = []
        complete: list[float] = []
        for _ in range(number):
            began = time.perf_counter()
            contract = await self._negotiate()
            signed.append(time.perf_counter() - began)
            await self._completed(contract)
            complete.append(time.perf_counter() - began)
        return signed, complete

    async def rate(self, number: int, in_flight: int) -> float:
        """Negotiations per second with `in_flight` at a time, from the first request until the last is complete."""
        each = max(1, number // in_flight)

        async def several() -> str:
            contract = ""
            for _ in range(each):
                contract = await self._negotiate()
            return contract

        began = time.perf_counter()
        last = await asyncio.gather(*(several() for _ in range(in_flight)))
        for contract in last:
            await self._completed(contract)
        return each * in_flight / (time.perf_counter() - began)

    async def lost(self) -> int:
        """How many of all that were begun are not FINALIZED and complete on both sides."""
        return sum([not await self._whole(negotiation) for negotiation in self.begun])

    async def _negotiate(self) -> str:
        begun = await self.consumer.post(
            "/negotiations", {"provider": self.provider_did, "dataset": self.dataset, "offer": None}
        )
        self.begun.append(begun["id"])
        view = await self.consumer.get(f"/negotiations/{part(begun['id'])}?wait=60&until=FINALIZED")
        if view["state"] != "FINALIZED":
            raise BenchError(f"a negotiation ended in {view['state']}: {view['problem']}")
        return str(view["contract"])

    async def _completed(self, contract: str) -> None:
        """Wait until both sides call it complete."""
        for side in (self.consumer, self.provider):
            until = time.perf_counter() + _PATIENCE
            question = f"/contracts/{part(contract)}"
            while (await side.get(question))["state"] != "complete":
                if time.perf_counter() > until:
                    raise BenchError(f"the contract {contract} was not confirmed within {_PATIENCE:.0f} s")
                question = f"/contracts/{part(contract)}?wait={_WAIT}"

    async def _whole(self, negotiation: str) -> bool:
        ours = await self.consumer.get(f"/negotiations/{part(negotiation)}")
        theirs = await self.provider.get(f"/negotiations/{part(ours['providerPid'] or '-')}")
        if not ours["state"] == theirs["state"] == "FINALIZED" or ours["contract"] != theirs["contract"]:
            return False
        sides = [await side.get(f"/contracts/{part(ours['contract'])}") for side in (self.consumer, self.provider)]
        return all(_is_complete(view) for view in sides)


async def trade(space: Space, consumer: Management, provider: Management, dataset: str, number: int = 10) -> Trade:
    """Two connectors that have met: the first negotiation also fetches documents and credentials, and is not measured."""
    made = Trade(consumer, provider, space.provider.did, dataset)
    await made.sequential(number)
    return made


def _is_complete(view: Json) -> bool:
    return view["state"] == "complete" and len(view["signedBy"]) == 2 and view["logIndex"] is not None
