"""Whatever people, rules and restarts do in whatever order: nothing is signed that two different people did not agree to."""

from random import Random

import pytest

from tests.flows.test_desk import rule
from tests.flows.test_rules import two_people
from tests.support.wire import Json
from tests.support.world import Member, World

pytestmark = pytest.mark.anyio

STEPS = 14
_ENDED = ("FINALIZED", "TERMINATED")


class Game:
    """One negotiation, and what the provider's people have said to which terms."""

    def __init__(self, world: World, chance: Random, mine: str, theirs: str, tokens: dict[str, str]) -> None:
        self.world = world
        self.chance = chance
        self.mine, self.theirs = mine, theirs
        self.tokens = tokens
        self.said: dict[str, set[str]] = {}
        self.seen: list[str] = []

    async def view(self) -> Json:
        """The negotiation as the provider has it."""
        return await self.world.provider.negotiation(self.theirs)

    async def approve(self) -> None:
        """Somebody says yes to what lies there, or to what lay there before."""
        name = self.chance.choice(sorted(self.tokens))
        now = (await self.view())["offer"]["terms"]
        shown = self.chance.choice([now, now, *self.seen])
        answer = await self.world.provider.approve(self.theirs, token=self.tokens[name], shown=shown)
        if answer.is_success:
            assert shown == now
            self.said.setdefault(shown, set()).add(name.partition(" ")[0])

    async def counter(self, member: Member, pid: str, name: str | None = None) -> None:
        """One side changes a clause; on the provider's side that person stands behind it."""
        found = await member.negotiation(pid)
        body = {"on": found["offer"]["terms"], "set": {"count": str(self.chance.randint(1, 9))}}
        answer = await member.api.post(f"/negotiations/{pid}/offers", json=body)
        if answer.is_success and name is not None:
            self.said.setdefault(answer.json()["offer"]["terms"], set()).add(name)

    async def move(self) -> None:
        """One thing happens."""
        provider = self.world.provider
        match self.chance.choice(("yes", "yes", "yes", "offer", "ask", "take", "restart", "rule", "time")):
            case "yes":
                await self.approve()
            case "offer":
                await self.counter(provider, self.theirs, "Owner")
            case "ask":
                await self.counter(self.world.consumer, self.mine)
            case "take":
                await self.world.consumer.approve(self.mine)
            case "restart":
                await provider.restart()
            case "rule":
                await rule(provider, "all to all", outcome="agree", side="either")
            case "time":
                self.world.clock.turn(hours=1)
        await self.world.quiet()

    async def check(self) -> str:
        """Whether what is signed may be; returns the state."""
        view = await self.view()
        self.seen.append(view["offer"]["terms"])
        signed = await self.world.provider.get("/contracts")
        if signed:
            behind = self.said.get(view["offer"]["terms"], set())
            assert len(behind) > 1, (view["state"], behind)
            assert {one["person"].partition(" ")[0].capitalize() for one in signed[0]["approvedBy"]} >= behind
        return str(view["state"])


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_is_signed_without_two(world: World, seed: int) -> None:
    kim, lee = await two_people(world.provider)
    again = world.provider.token("kim-at-home", "clerk", "KIM minsu")
    tokens = {"Kim 1": kim, "Kim 2": again, "Lee 1": lee}
    mine = await world.consumer.begin(world.provider, await world.provider.publish())
    await world.quiet()
    [waiting] = await world.provider.get("/inbox")
    game = Game(world, Random(seed), mine, waiting["id"], tokens)
    for _ in range(STEPS):
        await game.move()
        if await game.check() in _ENDED:
            break
    else:
        for token in (kim, lee):  # whatever was before: if it is our turn, two yes are enough
            if (await game.view())["waitsForUs"]:
                await world.provider.approve(waiting["id"], token=token)
                await world.quiet()
        view = await game.view()
        assert not view["waitsForUs"], view["state"]
