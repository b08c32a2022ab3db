"""Two connectors are asked anything at any time, while messages cross, repeat and get lost: they end in the same state.

The machines alone are walked through in tests/connector/protocol; here they run with stores, outboxes and signatures.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from anyio import from_thread, to_thread
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from connector.ports.store import UnitOfWork
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.services.decisions import Rules, Step
from tests.flows.test_counteroffers import ONCE, TWICE, AskPeople
from tests.support.wire import Json
from tests.support.world import CONSUMER, PROVIDER, PURPOSE, Member, World

_STEPS = 4
_TURNS_BETWEEN = 200
pytestmark = pytest.mark.anyio

WHY = {"reason": "in the middle of it"}
SIDES = st.sampled_from([PROVIDER, CONSUMER])
TURNS = st.sampled_from([0, 0, 1, 3, 10, 40, 200])
FAULTS = st.sampled_from(["lose", "lose answer", "lose answer", "twice", "503"])
MOVES = {
    "negotiation": st.sampled_from(["offer", "offer more", "accept", "terminate", "accept"]),
    "transfer": st.sampled_from(["suspend", "resume", "suspend", "resume", "complete", "end"]),
    "notices": st.sampled_from(["fetch", "fetch", "withdraw", "transfer"]),
}


@dataclass(frozen=True)
class Move:
    """A side is asked for something after so many turns of the loop; the line first becomes as bad as `fault` says."""

    side: str
    what: str
    turns: int
    fault: str | None
    restart: bool


def moves(kind: str) -> st.SearchStrategy[list[Move]]:
    return st.lists(
        st.builds(Move, SIDES, MOVES[kind], TURNS, st.none() | FAULTS, st.integers(0, 9).map(lambda n: n == 0)),
        min_size=2,
        max_size=8,
    )


async def ask(member: Member, path: str, body: Json | None = None) -> None:
    """It may be refused: it is not always the moment for it."""
    answer = await member.api.post(path, json=body or {})
    assert answer.status_code < 500 or answer.status_code == 503, (path, answer.status_code, answer.text)


async def act(world: World, member: Member, what: str, held: Json) -> None:
    pid, transfer, contract = (held.get(name, {}).get(member.name) for name in ("negotiation", "transfer", "contract"))
    if what == "accept":
        answer = await member.approve(str(pid))
        assert answer.status_code < 500 or answer.status_code == 503, (answer.status_code, answer.text)
        return
    paths: dict[str, tuple[str, Json]] = {
        "offer": (f"/negotiations/{pid}/offers", ONCE),
        "offer more": (f"/negotiations/{pid}/offers", TWICE),
        "terminate": (f"/negotiations/{pid}/termination", WHY),
        "suspend": (f"/transfers/{transfer}/suspension", WHY),
        "resume": (f"/transfers/{transfer}/resumption", {}),
        "complete": (f"/transfers/{transfer}/completion", {}),
        "end": (f"/transfers/{transfer}/termination", WHY),
        "fetch": ("/deliveries", {"contract": contract, "purpose": PURPOSE}),
        "transfer": ("/transfers", {"contract": contract}),
        "withdraw": (f"/contracts/{contract}/withdrawal", WHY),
    }
    await ask(member, *paths[what])


async def play(world: World, moves: list[Move], held: Json) -> None:
    """All moves, each begun whether the one before has been answered or not; then calm, and a look at both sides."""
    asked: list[asyncio.Task[None]] = []
    for move in moves:
        for _ in range(move.turns):
            await asyncio.sleep(0)
        if move.fault is not None:
            world.wire.disturb(move.fault, to=move.side)
        if move.restart:
            await asyncio.gather(*asked)
            await world[move.side].restart()
        asked.append(asyncio.create_task(act(world, world[move.side], move.what, held)))
    await asyncio.gather(*asked)
    world.wire.calm()
    # So long a failure to look somebody up may be remembered; in steps, for a request that is on its way meanwhile would
    # else see two clocks that do not agree.
    for _ in range(_STEPS):
        world.clock.turn(seconds=31 / _STEPS)
        for _ in range(_TURNS_BETWEEN):
            await asyncio.sleep(0)
    await world.quiet()
    await alike(world)


async def alike(world: World) -> None:
    """What both sides show is the same, and nothing is pending."""
    provider, consumer = [await shown(member) for member in (world.provider, world.consumer)]
    # What never reached the other side, and was ended with a reason, is known on one side only.
    for name in provider.keys() ^ consumer.keys():
        assert (provider.get(name) or consumer.get(name)) == "TERMINATED", (name, provider, consumer)
    for name in provider.keys() & consumer.keys():
        assert provider[name] == consumer[name], (name, provider, consumer)
    await receipted(world)


async def receipted(world: World) -> None:
    """What arrived is complete and receipted at both sides; what did not is explained by the side that lacks it."""
    received = {d["id"]: d for d in await deliveries_of(world.consumer)}
    sent = {d["id"]: d for d in await deliveries_of(world.provider)}
    assert sent.keys() <= received.keys()
    for name, there in received.items():
        here = sent.get(name)
        whole = there["state"] == "complete"
        assert whole or (there["state"] in ("refused", "failed") and there["problem"]), (there, here)
        if whole:
            assert here is not None, there
            assert here["state"] == "complete", (there, here)
            assert there["receipts"] == here["receipts"] == {"own": True, "other": True}, (there, here)
        elif here is not None:
            # All may have been sent, and signed for, when it was withdrawn before the last of it had arrived.
            assert here["receipts"] == {"own": here["state"] == "complete", "other": False}, (there, here)
            assert there["receipts"] == {"own": False, "other": here["state"] == "complete"}, (there, here)


async def deliveries_of(member: Member) -> list[Json]:
    return [d for contract in await member.get("/contracts", limit=1000) for d in contract["deliveries"]]


async def shown(member: Member) -> dict[str, Any]:
    """States by the consumer's pids, and contracts with their notices."""
    found: dict[str, Any] = {}
    for kind in ("negotiations", "transfers"):
        for process in await member.get(f"/{kind}", limit=1000):
            assert process["pending"] == [], process
            assert process["state"] != "TERMINATED" or process["problem"], process
            by = process.get("suspendedBy") if process["state"] == "SUSPENDED" else None
            found[process["consumerPid"]] = (process["state"], by) if by else process["state"]
    for contract in await member.get("/contracts", limit=1000):
        assert contract["problem"] is None, contract
        notices = sorted((n["author"], n["number"], n["digest"]) for n in contract["notices"])
        agreed = contract["state"] in ("complete", "withdrawn")
        found[contract["id"]] = (contract["state"], contract["digest"], notices) if agreed else "TERMINATED"
    assert (await member.get("/self"))["outboxWaiting"] == 0
    return found


async def prepared(world: World, kind: str, dataset: str) -> Json:
    """Something to move: a negotiation that waits for people, a transfer that flows, or a contract; by name and side."""
    assert isinstance(world.provider.decider, Switch)
    world.provider.decider.people = kind == "negotiation"
    if kind == "negotiation":
        pid = await world.consumer.begin(world.provider, dataset)
        await world.quiet()
        theirs = (await world.consumer.negotiation(pid))["providerPid"]
        return {"negotiation": {CONSUMER: pid, PROVIDER: theirs}}
    contract = await world.consumer.agree(world.provider, dataset)
    held: Json = {"contract": {CONSUMER: contract, PROVIDER: contract}}
    if kind == "transfer":
        begun = await world.consumer.post("/transfers", {"contract": contract})
        await world.quiet()
        theirs = (await world.consumer.get(f"/transfers/{begun['id']}"))["providerPid"]
        held["transfer"] = {CONSUMER: begun["id"], PROVIDER: theirs}
    return held


class Switch(AskPeople):
    """Asks people or not, as a test says."""

    people = False

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        decide = super().next_step if self.people else Rules().next_step
        return decide(unit, negotiation, duty, now)


@pytest.mark.parametrize("kind", MOVES)
async def test_whatever_is_asked_whenever_both_end_alike(world: World, kind: str) -> None:
    world.provider.decider = Switch()
    await world.provider.restart()
    dataset = await world.provider.publish()

    async def tried(moves: list[Move]) -> None:
        await play(world, moves, await prepared(world, kind, dataset))

    # Not shrunk: the world keeps what an example leaves in it, and another would be blamed.
    @settings(max_examples=12, phases=[Phase.explicit, Phase.generate])
    @given(moves(kind))
    def trying(moves: list[Move]) -> None:
        from_thread.run(tried, moves)

    await to_thread.run_sync(trying)
