"""What happens in one run: the scenario, who dies when, and how bad the line is. All of it follows from the seed."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tests.faults.line import Noise
from tests.faults.mortal import (
    AFTER_COMMIT,
    AFTER_MARK,
    AFTER_SEND,
    AMID_BYTES,
    AT_A_COMMIT,
    AT_A_SEND,
    BEFORE_ANSWER,
    BEFORE_COMMIT,
    BEFORE_SEND,
    BYTES_RECEIVED,
    BYTES_SENT,
    MOMENTS,
    Death,
)
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import SIDES
from tests.support.world import CONSUMER, PROVIDER

Measured: TypeAlias = Mapping[tuple[str, str, str], int]
"""How many moments of each kind a life has that nothing disturbs, by scenario, side and kind."""
COMMIT, SEND, BYTES, SEVERAL, LINE, BOTH = (
    "a commit",
    "a send",
    "amid bytes",
    "several deaths",
    "the line",
    "deaths, line",
)
_KINDS: Final = (COMMIT, SEND, COMMIT, SEND, SEVERAL, LINE, COMMIT, SEND, BYTES, BOTH)
_OF: Final = {COMMIT: AT_A_COMMIT, SEND: AT_A_SEND, BYTES: AMID_BYTES}
_EACH: Final = (
    (BEFORE_COMMIT, 2, 16),
    (AFTER_COMMIT, 1, 16),
    (AFTER_MARK, 1, 4),
    (BEFORE_SEND, 2, 10),
    (AFTER_SEND, 1, 10),
    (BEFORE_ANSWER, 1, 10),
    (BYTES_SENT, 2, 1),
    (BYTES_RECEIVED, 2, 1),
)
"""Quick form: which moment, the how manieth of a life, and for how many lives."""
_NOISE: Final = ((0.1, 4), (0.25, 8), (0.5, 12))


@dataclass(frozen=True)
class Plan:
    """One run."""

    number: int
    seed: str
    scenario: str
    kind: str
    deaths: Mapping[str, tuple[Death, ...]] = field(default_factory=dict)
    noise: Noise | None = None

    @property
    def chance(self) -> random.Random:
        """Where all further chance of this run comes from."""
        return random.Random(f"{self.seed} {self.number} on the way")

    def __str__(self) -> str:
        dying = [f"{side}:{death}" for side, deaths in sorted(self.deaths.items()) for death in deaths]
        line = [f"line:{self.noise.share}:{self.noise.most}"] if self.noise else []
        return ",".join((*dying, *line)) or "nothing"


class Planner:
    """Draws the plans. Every boundary that was measured is died at once before any is died at twice."""

    def __init__(self, seed: str, measured: Measured) -> None:
        self._seed = seed
        self._measured = measured
        self._left: dict[tuple[str, str], list[tuple[str, Death]]] = {}
        self._rounds: Counter[tuple[str, str]] = Counter()

    def plans(self, count: int) -> list[Plan]:
        """The first so many plans."""
        return [self._plan(number) for number in range(count)]

    def boundaries(self) -> int:
        """How many boundaries there are in all."""
        return sum(self._measured.values())

    def _plan(self, number: int) -> Plan:
        names = [name for name in SCENARIOS if any(name == measured for measured, _, _ in self._measured)]
        scenario = names[number % len(names)]
        kind = _KINDS[(number // len(names) + number) % len(_KINDS)]
        chance = random.Random(f"{self._seed} {number}")
        if kind in _OF:
            side, death = self._next(scenario, kind)
            return Plan(number, self._seed, scenario, kind, {side: (death,)})
        noise = Noise(*chance.choice(_NOISE)) if kind in (LINE, BOTH) else None
        deaths = {} if kind == LINE else {side: self._several(scenario, side, chance) for side in SIDES}
        return Plan(number, self._seed, scenario, kind, deaths, noise)

    def _next(self, scenario: str, kind: str) -> tuple[str, Death]:
        key = (scenario, kind)
        if not self._left.get(key):
            found = self._all(scenario, _OF[kind]) or self._all(scenario, AT_A_COMMIT)
            random.Random(f"{self._seed} {key} {self._rounds[key]}").shuffle(found)
            self._left[key] = found
            self._rounds[key] += 1
        return self._left[key].pop()

    def _all(self, scenario: str, moments: tuple[str, ...]) -> list[tuple[str, Death]]:
        return [
            (side, Death(moment, number))
            for side in SIDES
            for moment in moments
            for number in range(1, self._measured.get((scenario, side, moment), 0) + 1)
        ]

    def _several(self, scenario: str, side: str, chance: random.Random) -> tuple[Death, ...]:
        """Up to three lives that end soon: what is left to do gets less, and starts have boundaries too."""
        found = [death for whose, death in self._all(scenario, MOMENTS) if whose == side]
        return tuple(chance.choice(found) for _ in range(chance.randint(0, 3)))


def each_boundary(seed: str, sides: tuple[str, ...]) -> list[Plan]:
    """The quick form: a contract and its data, while one side lives only from one boundary to the next.

    Of each three lives one ends at its first such moment, one at its second, one at its third: so each leaves a step or
    two behind, and whoever writes something else first does not stand still.
    """
    lives = [
        (side, moment, number, count)
        for side in sides
        for moment, number, count in _EACH
        if (side, moment) not in ((CONSUMER, BYTES_SENT), (PROVIDER, BYTES_RECEIVED))
    ]
    return [
        Plan(at, seed, "pull", moment, {side: tuple(Death(moment, number + n % 3, serving=True) for n in range(count))})
        for at, (side, moment, number, count) in enumerate(lives)
    ]


def read_deaths(text: str) -> tuple[dict[str, tuple[Death, ...]], Noise | None]:
    """The other way round: what `str(plan)` says of deaths and the line."""
    deaths: dict[str, list[Death]] = {}
    noise = None
    for part in text.split(",") if text != "nothing" else []:
        name, _, what = part.partition(":")
        if name == "line":
            share, _, most = what.partition(":")
            noise = Noise(float(share), int(most))
        else:
            deaths.setdefault(name, []).append(Death.read(what))
    return {side: tuple(found) for side, found in deaths.items()}, noise
