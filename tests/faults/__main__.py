"""`python -m tests.faults`: many runs of two connectors that die and a line that fails; a table; exit 1 if anything is wrong."""

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.faults.plan import Measured, Plan, Planner, each_boundary, read_deaths
from tests.faults.run import Result, run
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import SIDES, staged
from tests.faults.summary import complain, show
from tests.faults.zygote import Zygote

_FORK: Final = multiprocessing.get_context("fork")


def main() -> int:
    """Plan, run, tell."""
    asked = _arguments()
    if asked.fuzz:
        return _fuzz(asked.fuzz)
    for name in [name for name in os.environ if name.startswith("MMD_")]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="mmd-faults-", dir=asked.dir))
    console = Console(width=None if sys.stdout.isatty() else 150)
    began = time.monotonic()
    with _workers(asked.workers, folder, keep=asked.verbose) as pool:
        if asked.quick:
            undisturbed, plans = [], each_boundary(asked.seed, tuple(asked.quick))
        else:
            names = [asked.scenario] if asked.scenario else list(SCENARIOS)
            quiet = [Plan(-1 - number, asked.seed, name, "nothing") for number, name in enumerate(names)]
            undisturbed = list(pool.results(quiet))
            sound = not any(result.violations for result in undisturbed)  # or there is nothing to disturb
            plans = _wanted(asked, Planner(asked.seed, _measured(undisturbed))) if sound else []
        for result in undisturbed:
            if result.violations:
                complain(console, result)
        results = [*undisturbed, *_with_progress(console, pool.results(plans), len(plans))]
    wrong = show(console, results, seconds=time.monotonic() - began, verbose=asked.verbose)
    if wrong or asked.verbose:
        console.print(f"The folders are in {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="how many runs (1000)")
    parser.add_argument("--seed", default="1", help="all chance follows from it (1)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many runs at once")
    parser.add_argument("--only", type=int, help="this one run of those of the seed")
    parser.add_argument("--scenario", choices=list(SCENARIOS), help="only runs of this scenario")
    parser.add_argument(
        "--deaths", help="instead of what the seed plans: for example 'provider:after commit 7,line:0.1:4'"
    )
    parser.add_argument("--quick", nargs="+", choices=SIDES, help="each boundary of these sides once, and nothing else")
    parser.add_argument("--fuzz", type=int, metavar="N", help="instead: knock N times at the public door with nonsense")
    parser.add_argument("--dir", type=Path, help="where the folders are made (the system's temporary folder)")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell of each run, and keep all folders")
    return parser.parse_args()


def _fuzz(count: int) -> int:
    """Knock at the public door so many times."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/connector/web/test_door_fuzz.py"]
    return subprocess.run(command, check=False, env={**os.environ, "FUZZ_EXAMPLES": str(count)}).returncode


def _wanted(asked: argparse.Namespace, planner: Planner) -> list[Plan]:
    """The plans that were asked for."""
    count = asked.only + 1 if asked.only is not None else asked.runs
    plans = planner.plans(count)
    if asked.only is not None:
        plans = [plan for plan in plans if plan.number == asked.only]
    if asked.deaths:
        deaths, noise = read_deaths(asked.deaths)
        plans = [replace(plan, deaths=deaths, noise=noise) for plan in plans]
    return plans


def _measured(results: list[Result]) -> Measured:
    return {
        (result.plan.scenario, side, moment): count
        for result in results
        for side, moments in result.moments.items()
        for moment, count in moments.items()
    }


def _with_progress(console: Console, results: Iterator[Result], count: int) -> Iterator[Result]:
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=count)
        wrong = 0
        for result in results:
            if result.violations:
                wrong += 1
                complain(console, result)
            progress.update(task, advance=1, description=f"{wrong} wrong" if wrong else "")
            yield result


class _Workers:
    """Processes that each have a data space of their own and take one plan after the other."""

    def __init__(self, count: int, folder: Path, *, keep: bool) -> None:
        self._plans: Any = _FORK.SimpleQueue()
        self._results: Any = _FORK.SimpleQueue()
        self._count = count
        self._processes = [
            _FORK.Process(
                target=_work, args=(folder / f"worker-{number}", self._plans, self._results, keep), daemon=False
            )
            for number in range(count)
        ]
        for process in self._processes:
            process.start()

    def results(self, plans: list[Plan]) -> Iterator[Result]:
        """Each as it is there."""
        waiting = iter(plans)
        for plan in [plan for _, plan in zip(range(2 * self._count), waiting, strict=False)]:
            self._plans.put(plan)
        for _ in plans:
            found = self._results.get()
            if isinstance(found, str):
                raise SystemExit(f"a worker has failed: {found}")
            following = next(waiting, None)
            if following is not None:
                self._plans.put(following)
            yield found

    def end(self, *, gently: bool = True) -> None:
        """No more plans; what a worker has begun ends with it."""
        for process in self._processes:
            self._plans.put(None) if gently else process.terminate()
        for process in self._processes:
            process.join(60)


@contextlib.contextmanager
def _workers(count: int, folder: Path, *, keep: bool) -> Iterator[_Workers]:
    pool = _Workers(count, folder, keep=keep)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield pool
    except BaseException:
        pool.end(gently=False)
        raise
    pool.end()


def _work(folder: Path, plans: Any, results: Any, keep: bool) -> None:
    """One worker: forks before anything of it has a loop."""
    folder.mkdir()
    zygote = Zygote()
    try:
        asyncio.run(_runs(folder, zygote, plans, results, keep=keep))
    except Exception as error:  # noqa: BLE001 - told to whoever waits for results
        results.put(f"{type(error).__name__}: {error}")
    finally:
        zygote.end()


async def _runs(folder: Path, zygote: Zygote, plans: Any, results: Any, *, keep: bool) -> None:
    stage = await staged(folder, zygote)
    try:
        while (plan := plans.get()) is not None:
            results.put(await run(stage, plan, keep=keep))
    finally:
        await stage.close()


if __name__ == "__main__":
    sys.exit(main())
