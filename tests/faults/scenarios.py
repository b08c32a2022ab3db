"""What is asked of the two connectors in a run, the way people would: again, when there was no answer.

Each scenario ends when what was asked has ended on both sides; which ends are right stands here.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from tests.faults.line import Hold, Line
from tests.faults.side import Away, Json, Refused, Side, Stuck
from tests.support.world import PURPOSE

ONCE: Final[Json] = {"terms": {"purposes": [PURPOSE], "count": 1}}
TWICE: Final[Json] = {"terms": {"purposes": [PURPOSE], "count": 2, "prohibitions": ["no-passing-on"]}}
WHY: Final[Json] = {"reason": "The line is being calibrated."}
NEGOTIATION_ENDS: Final = frozenset({"FINALIZED", "TERMINATED"})
TRANSFER_ENDS: Final = frozenset({"COMPLETED", "TERMINATED"})
DELIVERY_ENDS: Final = frozenset({"complete", "refused", "failed"})
_AGAIN: Final = 0.05
_HALF: Final = 200_000
_BUSY: Final = 500


@dataclass
class Story:
    """One run as it goes: who takes part, what was asked, and which ends are right.

    Attributes:
        ends: the states in which the negotiation may end.
        delivered: the states in which each delivery may end, by its id.
        withdrawn: whether somebody has withdrawn from the contract.
        told: errors that somebody was told, in words.
    """

    provider: Side
    consumer: Side
    line: Line
    dataset: str
    chance: random.Random
    deadline: float
    ends: frozenset[str] = frozenset({"FINALIZED"})
    delivered: dict[str, frozenset[str]] = field(default_factory=dict)
    withdrawn: bool = False
    told: list[str] = field(default_factory=list)

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both."""
        return self.provider, self.consumer

    def either(self) -> Side:
        """One of them by chance."""
        return self.chance.choice(self.sides)

    # --- asking ----------------------------------------------------------------------------------------------------------

    async def create(self, side: Side, path: str, body: Json, listed: Callable[[], Awaitable[list[str]]]) -> str:
        """POST something new; without an answer it is looked for, and asked again when it is not there."""
        before = set(await listed())
        while True:
            try:
                return str((await side.ask("POST", path, body))["id"])
            except Away:
                new = [name for name in await listed() if name not in before]
                if new:
                    return new[0]
            except Refused as refused:
                self._again(refused, path)
            await asyncio.sleep(_AGAIN)

    async def step(self, side: Side, path: str, body: Json, done: Callable[[], Awaitable[bool]]) -> None:
        """POST something that happens once; without an answer it is seen whether it was done."""
        while not await done():
            try:
                await side.ask("POST", path, body)
            except Away:
                pass
            except Refused as refused:
                self._again(refused, path, also=(404, 409))
            await asyncio.sleep(_AGAIN)

    def _again(self, refused: Refused, path: str, also: tuple[int, ...] = ()) -> None:
        if refused.status < _BUSY and refused.status not in also:
            raise refused
        if time.monotonic() > self.deadline:
            raise Stuck(f"{path} is refused again and again: {refused}")

    # --- looking ---------------------------------------------------------------------------------------------------------

    async def listed(self, side: Side, path: str) -> list[str]:
        """The ids of all that there is."""
        return [found["id"] for found in await side.look(path)]

    async def negotiation(self, side: Side, true: Callable[[Json], bool], what: str) -> Json:
        """This side's only negotiation, once it is as wanted."""
        found: list[Json] = await side.until("/negotiations", lambda all_: any(map(true, all_)), what, self.deadline)
        return next(filter(true, found))

    async def transfer(self, side: Side, true: Callable[[Json], bool], what: str) -> Json:
        """One of this side's transfers, once it is as wanted."""
        found: list[Json] = await side.until("/transfers", lambda all_: any(map(true, all_)), what, self.deadline)
        return next(filter(true, found))

    async def contract(self, side: Side, contract: str) -> Json:
        """A contract of this side."""
        found: Json = await side.look(f"/contracts/{_part(contract)}")
        return found

    # --- what all do -----------------------------------------------------------------------------------------------------

    async def begin(self) -> str:
        """Begin the negotiation; the consumer's pid."""
        body = {"provider": self.provider.did, "dataset": self.dataset}
        return await self.create(
            self.consumer, "/negotiations", body, lambda: self.listed(self.consumer, "/negotiations")
        )

    async def agree(self) -> str:
        """The whole negotiation; the contract's id."""
        await self.begin()
        return await self.concluded()

    async def concluded(self) -> str:
        """The contract, once the consumer's negotiation is over."""
        over = await self.negotiation(
            self.consumer, lambda n: n["state"] in NEGOTIATION_ENDS, "no end of the negotiation"
        )
        if over["state"] != "FINALIZED":
            raise Stuck(f"the negotiation ended {over['state']}: {over['problem']}")
        return str(over["contract"])

    async def fetch(self, contract: str, ends: frozenset[str] = frozenset({"complete"})) -> str:
        """Ask for a delivery; its id."""

        async def listed() -> list[str]:
            return [found["id"] for found in (await self.contract(self.consumer, contract))["deliveries"]]

        delivery = await self.create(self.consumer, "/deliveries", {"contract": contract, "purpose": PURPOSE}, listed)
        self.delivered[delivery] = ends
        return delivery

    async def arrived(self, delivery: str) -> Json:
        """A delivery, once it has ended."""
        found: Json = await self.consumer.until(
            f"/deliveries/{delivery}", lambda d: d["state"] in DELIVERY_ENDS, "the delivery does not end", self.deadline
        )
        return found

    async def half(self, contract: str, ends: frozenset[str]) -> tuple[str, Hold]:
        """A delivery, half of which has arrived; the other half is held on the line."""
        hold = self.line.hold = Hold(_HALF)
        delivery = await self.fetch(contract, ends)
        await self._either(hold.there.wait(), self.arrived(delivery))
        return delivery, hold

    async def _either(self, *waiting: Any) -> None:
        tasks = [asyncio.ensure_future(one) for one in waiting]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception):
                    raise result

    async def withdraw(self, side: Side, contract: str) -> None:
        """Withdraw as one side."""
        self.withdrawn = True
        path = f"/contracts/{_part(contract)}"

        async def done() -> bool:
            return (await self.contract(side, contract))["withdrawnAt"] is not None

        await self.step(side, f"{path}/withdrawal", WHY, done)

    async def confirmed(self, side: Side, contract: str) -> None:
        """Wait until this side holds the whole contract."""
        path = f"/contracts/{_part(contract)}"
        await side.until(path, lambda c: c["state"] == "complete", "the contract is not confirmed", self.deadline)


async def negotiation(story: Story) -> None:
    """A contract on an offer of the catalog, by rule."""
    await story.agree()


async def counter_offer(story: Story) -> None:
    """The provider's people offer other terms; the consumer's people accept, or offer yet others."""
    pid = await story.begin()
    asked = await story.negotiation(story.provider, lambda n: n["consumerPid"] == pid, "the request does not arrive")
    await _say(story, story.provider, asked["id"], "offers", ONCE, "ContractOfferMessage")
    await story.negotiation(story.consumer, lambda n: n["state"] == "OFFERED", "the counter-offer does not arrive")
    if story.chance.random() < 0.5:
        await _say(story, story.consumer, pid, "acceptance", None, "ContractNegotiationEventMessage")
    else:
        await _say(story, story.consumer, pid, "offers", TWICE, "ContractRequestMessage", times=2)
        await story.negotiation(
            story.provider, lambda n: _said(n, "ContractRequestMessage") > 1, "the other offer does not arrive"
        )
        await _say(story, story.provider, asked["id"], "acceptance", None, "ContractAgreementMessage")
    await story.concluded()


async def termination(story: Story) -> None:
    """One side ends the negotiation, at any moment of it."""
    story.ends = NEGOTIATION_ENDS
    pid = await story.begin()
    side = story.either()
    state = story.chance.choice(("", "AGREED", "VERIFIED"))
    mine = await story.negotiation(
        side,
        lambda n: n["consumerPid"] == pid and (n["state"] in (state, *NEGOTIATION_ENDS) or not state),
        "no request",
    )

    async def done() -> bool:
        found = await side.look(f"/negotiations/{mine['id']}")
        return _said(found, "ContractNegotiationTerminationMessage") > 0 or found["state"] in NEGOTIATION_ENDS

    try:
        await story.step(side, f"/negotiations/{mine['id']}/termination", WHY, done)
    except Stuck as stuck:
        story.told.append(str(stuck))


async def pull(story: Story) -> None:
    """A contract, and its data once."""
    await story.arrived(await story.fetch(await story.agree()))


async def suspension(story: Story) -> None:
    """A delivery is suspended while bytes flow, and resumed."""
    contract = await story.agree()
    delivery, hold = await story.half(contract, frozenset({"complete"}))
    side = story.either()
    mine = await story.transfer(side, lambda t: t["contract"] == contract, "there is no transfer")
    over = (*TRANSFER_ENDS, "SUSPENDED")

    async def suspended() -> bool:
        found = await side.look(f"/transfers/{mine['id']}")
        return _said(found, "TransferSuspensionMessage") > 0 or found["state"] in TRANSFER_ENDS

    await story.step(side, f"/transfers/{mine['id']}/suspension", WHY, suspended)
    for one in story.sides:
        await story.transfer(one, lambda t: t["state"] in over and not t["pending"], "it is not suspended")
    hold.go_on.set()

    async def resumed() -> bool:
        found = await side.look(f"/transfers/{mine['id']}")
        last = found["history"][-1]["message"] if found["history"] else ""
        return last != "TransferSuspensionMessage" or found["state"] in TRANSFER_ENDS

    await story.step(side, f"/transfers/{mine['id']}/resumption", {}, resumed)
    await story.arrived(delivery)


async def withdrawal(story: Story) -> None:
    """One side withdraws while bytes flow."""
    contract = await story.agree()
    delivery, hold = await story.half(contract, DELIVERY_ENDS)
    await story.withdraw(story.either(), contract)
    hold.go_on.set()
    await story.arrived(delivery)


async def notices(story: Story) -> None:
    """Several deliveries at once, whose receipts cross; then both sides withdraw at once."""
    contract = await story.agree()
    await story.confirmed(story.consumer, contract)
    for _ in range(3):
        await story.fetch(contract)
    for delivery in tuple(story.delivered):
        await story.arrived(delivery)
    await asyncio.gather(*(story.withdraw(side, contract) for side in story.sides))


async def _say(
    story: Story, side: Side, pid: str, what: str, body: Json | None, message: str, *, times: int = 1
) -> None:
    """Without a body: about what lies on the table."""
    if body is None:
        body = {"terms": (await side.look(f"/negotiations/{pid}"))["offer"]["terms"]}

    async def done() -> bool:
        return _said(await side.look(f"/negotiations/{pid}"), message) >= times

    await story.step(side, f"/negotiations/{pid}/{what}", body, done)


def _said(view: Json, message: str) -> int:
    return sum(entry["message"] == message for entry in view["history"])


def _part(iri: str) -> str:
    return quote(iri, safe=":")


SCENARIOS: Final[dict[str, Callable[[Story], Awaitable[None]]]] = {
    "negotiation": negotiation,
    "counter-offer": counter_offer,
    "termination": termination,
    "pull": pull,
    "suspension": suspension,
    "withdrawal": withdrawal,
    "notices": notices,
}
ASKS_PEOPLE: Final = frozenset({"counter-offer"})
"""Scenarios in which the provider's people decide."""
