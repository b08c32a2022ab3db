"""The quick form of `make faults`: a contract and its data, while one side is killed at each commit and each send."""

import re
import subprocess
import sys

import pytest

from tests.faults.mortal import Death
from tests.faults.plan import COMMIT, Plan, Planner, each_boundary, read_deaths
from tests.faults.stage import SIDES


@pytest.mark.processes
@pytest.mark.parametrize("side", SIDES)
def test_killed_at_each_commit_and_each_send(side: str) -> None:
    # A process of its own: it forks, which nobody should who has threads.
    command = [sys.executable, "-m", "tests.faults", "--quick", side, "--workers", "1"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    died = re.search(r"(\d+) of (\d+) planned deaths came about", ended.stdout)
    assert died is not None, ended.stdout
    assert int(died[1]) > 0.5 * int(died[2])  # a life that comes to no such moment is no fault, but most do


def test_a_plan_can_be_repeated_from_its_words() -> None:
    for plan in each_boundary("1", SIDES):
        assert read_deaths(str(plan)) == (plan.deaths, None)
    assert read_deaths("nothing") == ({}, None)
    deaths, noise = read_deaths("consumer:after commit 3,consumer:before send 2+,line:0.25:8")
    assert deaths == {"consumer": (Death("after commit", 3), Death("before send", 2, serving=True))}
    assert noise is not None
    assert (noise.share, noise.most) == (0.25, 8)


def test_every_boundary_is_died_at_before_any_is_died_at_twice() -> None:
    measured = {("negotiation", side, moment): 3 for side in SIDES for moment in ("before commit", "after commit")}
    plans = [p for p in Planner("7", measured).plans(400) if (p.scenario, p.kind) == ("negotiation", COMMIT)]
    deaths = [(side, *found) for plan in plans for side, found in plan.deaths.items()]
    assert len(set(deaths[:12])) == len(set(deaths)) == 12
    assert plans == [p for p in Planner("7", measured).plans(400) if p in plans]
    assert isinstance(plans[0], Plan)
