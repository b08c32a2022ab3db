"""One run: two connectors, a scenario, the planned deaths and troubles; then everything settles and is looked at."""

import asyncio
import shutil
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from tests.faults.checks import DIFFER, FAILED, LOST, STUCK, Kept, Violation, check, check_evidence, kept_in
from tests.faults.plan import Plan
from tests.faults.scenarios import (
    ASKS_PEOPLE,
    DELIVERY_ENDS,
    NEGOTIATION_ENDS,
    SCENARIOS,
    TRANSFER_ENDS,
    Story,
)
from tests.faults.side import Away, Json, Refused, Side, Stuck
from tests.faults.stage import SIDES, Stage
from tests.support.world import CONSUMER, PROVIDER

PATIENCE: Final = 45.0
"""Seconds after which a run that does not settle is stuck."""
_LOOK: Final = 0.05
_PAUSES: Final = (0.0, 0.0, 0.1, 0.4)
"""Seconds that a dead connector stays away, by chance."""


@dataclass
class Result:
    """How a run went.

    Attributes:
        stated: errors that were told to somebody and ended what was asked.
        moments: how many moments of each kind the lives had, by side.
    """

    plan: Plan
    violations: list[Violation] = field(default_factory=list)
    stated: list[str] = field(default_factory=list)
    died: dict[str, list[str]] = field(default_factory=dict)
    troubled: list[tuple[str, str]] = field(default_factory=list)
    moments: Mapping[str, Counter[str]] = field(default_factory=dict)
    seconds: float = 0.0


async def run(stage: Stage, plan: Plan, *, keep: bool = False) -> Result:
    """Carry out a plan. The folders stay when `keep` is set, or when something is wrong and they are worth a look."""
    began = time.monotonic()
    result = Result(plan)
    folder = stage.copied(f"run-{plan.number}")
    chance = plan.chance
    for name in SIDES:
        people = name == PROVIDER and plan.scenario in ASKS_PEOPLE
        deaths = plan.deaths.get(name, ())
        stage.sides[name].settle(folder / name, deaths=deaths, people=people, pause=chance.choice(_PAUSES))
    stage.line.begin(plan.noise, chance)
    story = Story(
        stage.provider,
        stage.consumer,
        stage.line,
        stage.dataset,
        chance,
        time.monotonic() + PATIENCE,
        told=result.stated,
    )
    try:
        for side in story.sides:
            side.begin()
        async with asyncio.timeout(PATIENCE + 10):
            await _carry_out(story, plan, result, stage)
    except TimeoutError:
        result.violations.append((STUCK, "nothing moves"))
    except Exception:  # noqa: BLE001 - the run has failed; the others go on
        result.violations.append((FAILED, traceback.format_exc()))
    finally:
        for side in story.sides:
            await side.end()
    try:
        kept = {name: await kept_in(name, folder / name) for name in SIDES}
        result.violations += [*check(kept[PROVIDER], kept[CONSUMER]), *_asked(story, result, kept[CONSUMER])]
    except Exception:  # noqa: BLE001 - a folder that cannot be opened is a finding
        result.violations.append((FAILED, traceback.format_exc()))
    result.violations += [(FAILED, said) for said in stage.line.failures]
    for side in story.sides:
        result.violations += [(FAILED, said) for said in side.unexpected]
        result.died[side.name] = [str(death) for death in side.died]
    result.moments = {side.name: side.moments for side in story.sides}
    result.troubled = stage.line.troubled
    if not keep and not result.violations:
        shutil.rmtree(folder)
    result.seconds = time.monotonic() - began
    return result


async def _carry_out(story: Story, plan: Plan, result: Result, stage: Stage) -> None:
    try:
        await SCENARIOS[plan.scenario](story)
    except Stuck as stuck:
        # Perhaps it ended with an error that was told: what follows shows whether it has ended.
        result.stated.append(str(stuck))
    except Refused as refused:
        result.stated.append(f"refused: {refused}")
    if story.line.hold is not None:
        story.line.hold.go_on.set()
    try:
        await _settled(story)
    except Stuck as stuck:
        result.violations.append((STUCK, str(stuck)))
        return
    for side in story.sides:
        for contract in await side.look("/contracts"):
            if contract["state"] in ("complete", "withdrawn"):
                path = f"/contracts/{quote(contract['id'], safe=':')}/evidence"
                result.violations += check_evidence(side.name, await side.look(path), stage.trust)
    await _settled(story)


async def _settled(story: Story) -> None:
    """Wait until nobody owes anything, as both sides show it."""
    story.line.calm()
    while True:
        open_ = [said for side in story.sides for said in await _open(side)]
        if not open_:
            return
        if time.monotonic() > story.deadline:
            raise Stuck("; ".join(open_)[:4000])
        await asyncio.sleep(_LOOK)


async def _open(side: Side) -> list[str]:
    """What is not over yet on one side, in words."""
    try:
        me, negotiations, transfers, contracts = [
            await side.ask("GET", path) for path in ("/self", "/negotiations", "/transfers", "/contracts")
        ]
    except Away:
        return [f"{side.name} is away"]
    found = [f"{side.name}: {me['outboxWaiting']} messages are due"] if me["outboxWaiting"] else []
    found += [f"{side.name}: {n}" for n in negotiations if n["state"] not in NEGOTIATION_ENDS or n["pending"]]
    found += [f"{side.name}: {t}" for t in transfers if t["state"] not in TRANSFER_ENDS or t["pending"]]
    for contract in contracts:
        found += _open_contract(side, contract)
    return found


def _open_contract(side: Side, contract: Json) -> list[str]:
    found = [f"{side.name}: contract {contract['state']}"] if contract["state"] == "signed" else []
    for delivery in contract["deliveries"]:
        over = DELIVERY_ENDS if delivery["role"] == CONSUMER else {*DELIVERY_ENDS, "broken"}
        waits = delivery["state"] == "complete" and not delivery["receipts"]["own"]
        if delivery["state"] not in over or waits:
            found.append(f"{side.name}: delivery {delivery}")
    return found


def _asked(story: Story, result: Result, consumer: Kept) -> list[Violation]:
    """What was asked and acknowledged is there, and ended as it should."""
    found: list[Violation] = []
    negotiations = list(consumer.negotiations.values())
    if not any(n.state in story.ends for n in negotiations):
        kind = DIFFER if any(n.problem for n in negotiations) else LOST
        found.append((kind, f"the negotiation should end {sorted(story.ends)}: {negotiations}"[:1500]))
    deliveries = consumer.deliveries
    for name, ends in story.delivered.items():
        held = deliveries.get(name)
        if held is None:
            found.append((LOST, f"delivery {name} was acknowledged, and is gone"))
        elif held.state not in ends:
            said = f"delivery {name} should be {sorted(ends)}, it is {held.state}: {held.problem}"
            # After a death its bytes may have gone out too often (decision 5, 15): an error that is stated.
            faulty = bool(result.plan.deaths) or result.plan.noise is not None
            result.stated.append(said) if faulty and held.problem else found.append((FAILED, said))
    contracts = consumer.contracts.values()
    if story.withdrawn and not any(c.withdrawn_at for c in contracts):
        found.append((LOST, "the withdrawal is lost"))
    return found
