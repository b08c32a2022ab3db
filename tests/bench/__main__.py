"""`python -m tests.bench`: the figures of this machine as a table and as JSON. Never a test: nothing here can fail slow."""

import argparse
import asyncio
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.catalogs import PAGE, Pages, measure_pages
from tests.bench.figures import median, milliseconds, percentile
from tests.bench.floor import floor
from tests.bench.machine import describe_machine
from tests.bench.management import Management
from tests.bench.negotiations import Trade, trade
from tests.bench.pulls import MEGABYTE, Pull, measure_pull, write_table
from tests.bench.slow import measure_slow
from tests.bench.space import Space, space
from tests.bench.starts import measure_starts
from tests.bench.stored import fill

_IN_FLIGHT = 32
_OTHERS_IN_FLIGHT = (1, 8, 128)
_SLOW_FILE = 64 * MEGABYTE


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("var/bench.json"))
    parser.add_argument("--negotiations", type=int, default=200, help="how many one after another")
    parser.add_argument("--together", type=int, default=960, help=f"how many {_IN_FLIGHT} at a time")
    parser.add_argument(
        "--stored", type=int, nargs="*", default=[1_000, 100_000], help="with how many stored agreements"
    )
    parser.add_argument("--pull-megabytes", type=int, nargs="+", default=[256, 1000])
    parser.add_argument("--pulls", type=int, default=3, help="how often each size is pulled both ways")
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--catalogs", type=int, nargs="+", default=[1_000, 100_000], help="data sets in each")
    parser.add_argument("--slow", type=int, default=1000, help="how many consumers read slowly at a time")
    asked = parser.parse_args()
    # All of them are one participant here.
    os.environ["MMD_STREAMS_PER_PARTICIPANT"] = str(asked.slow + 10)
    folder = Path(tempfile.mkdtemp(prefix="mmd-bench-"))
    try:
        found = asyncio.run(_measure(folder, asked))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _show(found)
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"\nWritten: {asked.output}")


async def _measure(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {"machine": describe_machine()}
    _say("cold starts")
    starts = await asyncio.to_thread(measure_starts, folder / "starts", times=asked.starts)
    found["coldStartSeconds"] = round(median(starts.seconds), 2)
    found["idleMegabytes"] = round(median(starts.resident) / MEGABYTE, 1) if starts.resident else None
    found["catalogs"] = []
    for size in asked.catalogs:
        _say(f"pages of a catalog of {size:,} data sets")
        found["catalogs"].append(_paged(await measure_pages(folder / f"catalog-{size}", datasets=size, times=20)))
    _say("the floor")
    (folder / "floor").mkdir(parents=True)
    async with floor(folder / "floor") as ground:
        # Before and after the product: the machine's speed drifts.
        alone = await ground.sequential(asked.negotiations)
        rate = await ground.rate(asked.together, _IN_FLIGHT)
        with space(folder / "space") as made:
            found["negotiations"] = await _negotiations(made, folder, asked)
            alone += await ground.sequential(asked.negotiations)
            rate = max(rate, await ground.rate(asked.together, _IN_FLIGHT))
            found["pulls"] = [await _pull(made, folder, size * MEGABYTE, asked.pulls) for size in asked.pull_megabytes]
            found["slow"] = await _slow(made, folder, asked.slow)
    found["floor"] = {"p50Milliseconds": milliseconds(percentile(alone, 0.5)), "perSecond": round(rate, 1)}
    return found


async def _negotiations(made: Space, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    _say(f"{asked.negotiations} negotiations one after another, {asked.together} at {_IN_FLIGHT} a time")
    file = folder / "small.csv"
    write_table(file, MEGABYTE)
    dataset = await asyncio.to_thread(made.publish, file)
    async with Management(made.consumer) as consumer, Management(made.provider) as provider:
        trading = await trade(made, consumer, provider, dataset)
        signed, complete = await trading.sequential(asked.negotiations)
        rate = await trading.rate(asked.together, _IN_FLIGHT)
        others = {n: round(await trading.rate(max(n, asked.together // 4), n), 1) for n in _OTHERS_IN_FLIGHT}
        stored = await _stored(made, trading, asked)
        lost = await trading.lost()
    return {
        "signedP50Milliseconds": milliseconds(percentile(signed, 0.5)),
        "signedP90Milliseconds": milliseconds(percentile(signed, 0.9)),
        "completeP50Milliseconds": milliseconds(percentile(complete, 0.5)),
        "perSecond": round(rate, 1),
        "perSecondInFlight": others,
        "stored": stored,
        "begun": len(trading.begun),
        "lost": lost,
    }


async def _stored(made: Space, trading: Trade, asked: argparse.Namespace) -> dict[str, Any]:
    """One negotiation after another with few and with many stored agreements at both sides."""
    figures: dict[str, Any] = {}
    there = 0
    for count in sorted(asked.stored):
        _say(f"negotiations with {count:,} stored agreements")
        for member in (made.consumer, made.provider):
            await asyncio.to_thread(fill, member.folder, count - there, first=there)
        there = count
        signed, _ = await trading.sequential(asked.negotiations)
        figures[f"{count}"] = milliseconds(percentile(signed, 0.5))
    return figures


async def _slow(made: Space, folder: Path, count: int) -> dict[str, Any]:
    _say(f"{count} consumers that read slowly")
    file = folder / "slow.csv"
    write_table(file, _SLOW_FILE)
    dataset = await asyncio.to_thread(made.publish, file)
    async with Management(made.consumer) as consumer, Management(made.provider) as provider:
        trading = await trade(made, consumer, provider, dataset, number=1)
        view = await consumer.get("/contracts")
        contract = next(c["id"] for c in view if c["dataset"] == dataset)  # type: ignore[index]
        slow = await measure_slow(made, consumer, trading, contract, count=count)
    return {
        "consumers": slow.consumers,
        "negotiationAloneMilliseconds": milliseconds(slow.alone),
        "negotiationBesideMilliseconds": milliseconds(slow.beside),
        "ratio": round(slow.beside / slow.alone, 2),
        "kilobytesEach": None if slow.bytes_each is None else round(slow.bytes_each / 1000),
    }


async def _pull(made: Space, folder: Path, size: int, times: int) -> dict[str, Any]:
    _say(f"pulls of {size // MEGABYTE} MB")
    file = folder / f"{size}.csv"
    write_table(file, size)
    dataset = await asyncio.to_thread(made.publish, file)
    async with Management(made.consumer) as consumer, Management(made.provider) as provider:
        trading = await trade(made, consumer, provider, dataset, number=1)
        view = await consumer.get("/contracts")
        contract = next(c["id"] for c in view if c["dataset"] == dataset)  # type: ignore[index]
        pull = await measure_pull(made, consumer, contract, file, folder, times=times)
    file.unlink()
    del trading
    return _pulled(pull)


def _pulled(pull: Pull) -> dict[str, Any]:
    through, plain = median(pull.connector), median(pull.plain)
    return {
        "megabytes": round(pull.size / MEGABYTE),
        "seconds": round(through, 2),
        "plainSeconds": round(plain, 2),
        "ratio": round(through / plain, 2),
        "consumerExtraMegabytes": _megabytes(pull.consumer_extra),
        "providerExtraMegabytes": _megabytes(pull.provider_extra),
    }


def _paged(pages: Pages) -> dict[str, Any]:
    return {
        "datasets": pages.datasets,
        "filledSeconds": round(pages.filled, 1),
        "firstPageMilliseconds": milliseconds(pages.first),
        "middlePageMilliseconds": milliseconds(pages.deep),
        "keywordMilliseconds": milliseconds(pages.by_keyword),
        "wordsMilliseconds": milliseconds(pages.by_words),
        "pageBytes": pages.bytes,
    }


def _megabytes(size: int | None) -> float | None:
    return None if size is None else round(size / MEGABYTE, 1)


def _show(found: dict[str, Any]) -> None:
    machine, ground, made = found["machine"], found["floor"], found["negotiations"]
    print(
        f"\n{machine['cores']} cores of {machine['processor']}, {machine['memoryMegabytes']:,} MB, {machine['system']},"
    )
    print(f"Python {machine['python']}, SQLite {machine['sqlite']}, load before {machine['load']}\n")
    rows = [
        ("cold start to /health", f"{found['coldStartSeconds']} s", "goal 1.5 s"),
        ("idle memory", f"{found['idleMegabytes']} MB", "goal 120 MB"),
        (
            "floor, one after another",
            f"{ground['p50Milliseconds']} ms",
            "4 posts, 4 signatures and verifications, 8 commits",
        ),
        (
            "negotiation signed, p50",
            f"{made['signedP50Milliseconds']} ms",
            _ratio(made["signedP50Milliseconds"], ground["p50Milliseconds"], 3),
        ),
        ("negotiation signed, p90", f"{made['signedP90Milliseconds']} ms", ""),
        ("negotiation complete, p50", f"{made['completeP50Milliseconds']} ms", ""),
        *(
            (f"with {int(count):,} stored agreements", f"{value} ms", "p50; goal 1.2 between the first and the last")
            for count, value in made["stored"].items()
        ),
        *((f"negotiations, {n} at a time", f"{value} /s", "") for n, value in made["perSecondInFlight"].items()),
        (f"floor, {_IN_FLIGHT} at a time", f"{ground['perSecond']} /s", ""),
        (
            f"negotiations, {_IN_FLIGHT} at a time",
            f"{made['perSecond']} /s",
            _ratio(made["perSecond"], ground["perSecond"], 0.4),
        ),
        ("lost", f"{made['lost']} of {made['begun']}", "goal 0"),
    ]
    for pull in found["pulls"]:
        rows.append(
            (
                f"pull of {pull['megabytes']} MB",
                f"{pull['seconds']} s",
                (
                    f"plain {pull['plainSeconds']} s, ratio {pull['ratio']} (goal 1.4); extra memory consumer "
                    f"{pull['consumerExtraMegabytes']} MB, provider {pull['providerExtraMegabytes']} MB (goal 40)"
                ),
            )
        )
    smallest = found["catalogs"][0]
    for pages in found["catalogs"]:
        first, middle = pages["firstPageMilliseconds"], pages["middlePageMilliseconds"]
        ratio = max(first / smallest["firstPageMilliseconds"], middle / smallest["middlePageMilliseconds"])
        rows.append(
            (
                f"catalog page of {PAGE}, of {pages['datasets']:,}",
                f"{first} ms",
                (
                    f"from the middle {middle} ms, ratio {ratio:.2f} (goal 1.5); 10 by keyword "
                    f"{pages['keywordMilliseconds']} ms, by words {pages['wordsMilliseconds']} ms (processor time)"
                ),
            )
        )
    slow = found["slow"]
    rows.append(
        (
            f"negotiation beside {slow['consumers']} slow streams",
            f"{slow['negotiationBesideMilliseconds']} ms",
            f"{slow['ratio']} of {slow['negotiationAloneMilliseconds']} ms; {slow['kilobytesEach']} kB for each stream",
        )
    )
    for name, value, remark in rows:
        print(f"  {name:<32} {value:>14}   {remark}")


def _ratio(value: float, ground: float, goal: float) -> str:
    return f"{value / ground:.2f} of the floor (goal {goal})"


def _say(what: str) -> None:
    print(f"measuring: {what} …", flush=True)


if __name__ == "__main__":
    main()
