"""What came of all runs, for people."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tests.faults.checks import KINDS
from tests.faults.run import Result

_NAMES: Final = re.compile(r"urn:uuid:[0-9a-f-]+|did:web:[^ ,:]+|\d{4}-\d\d-\d\dT[0-9:.]+Z")


def show(console: Console, results: Sequence[Result], *, seconds: float, verbose: bool) -> int:
    """Print the tables; how many runs went wrong."""
    if verbose:
        for result in results:
            _tell(console, result)
    console.print(_table("scenario", _grouped(results, lambda r: r.plan.scenario)))
    console.print(_table("fault", _grouped(results, lambda r: r.plan.kind)))
    _deaths(console, results)
    _stated(console, results)
    wrong = sum(bool(result.violations) for result in results)
    seed = results[0].plan.seed if results else ""
    took = sum(result.seconds for result in results) / max(1, len(results))
    console.print(f"{len(results)} runs in {seconds:.0f} s ({took:.2f} s each), seed {seed}: {wrong} went wrong")
    return wrong


def _grouped(results: Iterable[Result], by: Callable[[Result], str]) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[by(result)].append(result)
    return groups


def _table(title: str, groups: dict[str, list[Result]]) -> Table:
    table = Table(title.capitalize(), "runs", "deaths", "troubles", *KINDS, "stated", box=SIMPLE)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, found in {**groups, "all": [r for group in groups.values() for r in group]}.items():
        kinds = Counter(kind for result in found for kind in {kind for kind, _ in result.violations})
        deaths = sum(len(died) for result in found for died in result.died.values())
        troubles = sum(len(result.troubled) for result in found)
        stated = sum(bool(result.stated) for result in found)
        table.add_row(name, *map(str, (len(found), deaths, troubles, *(kinds[kind] for kind in KINDS), stated)))
    return table


def _deaths(console: Console, results: Sequence[Result]) -> None:
    """How much of what was planned came about."""
    planned = sum(len(deaths) for result in results for deaths in result.plan.deaths.values())
    died = Counter(
        death.rpartition(" ")[0] for result in results for deaths in result.died.values() for death in deaths
    )
    where = ", ".join(f"{moment} {count}" for moment, count in sorted(died.items()))
    console.print(f"{died.total()} of {planned} planned deaths came about: {where or 'none'}")


def _stated(console: Console, results: Sequence[Result]) -> None:
    """The errors that were told to somebody and ended what was asked; names are left out, so that equal ones are counted."""
    said = Counter(_NAMES.sub("…", sentence)[:300] for result in results for sentence in result.stated)
    for sentence, count in said.most_common():
        console.print(f"stated {count} times: {sentence}", markup=False, highlight=False)


def _tell(console: Console, result: Result) -> None:
    died = {side: deaths for side, deaths in result.died.items() if deaths}
    moments = {side: dict(counted) for side, counted in result.moments.items()}
    plan = result.plan
    console.print(
        f"{plan.number:>5} {plan.scenario:<14} {plan.kind:<14} {result.seconds:5.2f} s  {plan}  died {died}  "
        f"{result.troubled} {result.stated} {moments}",
        highlight=False,
        markup=False,
    )


def complain(console: Console, result: Result) -> None:
    """Tell what is wrong with a run, and how to repeat it."""
    plan = result.plan
    console.print(f"\nRun {plan.number} ({plan.scenario}, {plan.kind}): {plan}", style="bold", markup=False)
    for kind, sentence in result.violations:
        console.print(f"  {kind}: {sentence}", markup=False, highlight=False)
    for sentence in result.stated:
        console.print(f"  stated: {sentence}", markup=False, highlight=False)
    if plan.number >= 0:
        console.print(
            f"  once more: python -m tests.faults --seed {plan.seed} --only {plan.number} --deaths '{plan}' -v",
            markup=False,
            highlight=False,
        )
