"""The sections of the bench: each measures in a folder of its own and gives its figures as JSON."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from tests.bench.catalogs import measure_pages
from tests.bench.evidences import judge_export, measure_export, measure_judging
from tests.bench.figures import median, milliseconds, percentile
from tests.bench.floor import floor
from tests.bench.identities import measure_identities
from tests.bench.keeping import measure_keeping
from tests.bench.logs import measure_log
from tests.bench.management import Management
from tests.bench.negotiations import Trade, trade
from tests.bench.policies import measure_decisions, measure_visibility
from tests.bench.pulls import MEGABYTE, measure_pull, write_table
from tests.bench.slow import measure_slow
from tests.bench.space import Space, space
from tests.bench.starts import measure_starts
from tests.bench.stored import fill

IN_FLIGHT: Final = 32
_OTHERS_IN_FLIGHT: Final = (1, 8, 128)
_SLOW_FILE: Final = 64 * MEGABYTE
_PAGES: Final = 20
Figures = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """How much is measured; the options of the command line."""

    negotiations: int
    together: int
    stored: list[int]
    pull_megabytes: list[int]
    pulls: int
    starts: int
    catalogs: list[int]
    slow: int
    evidences: int
    log_entries: int
    log_appends: int

    @classmethod
    def of(cls, given: argparse.Namespace) -> "Asked":
        """From the command line."""
        return cls(**{field.name: getattr(given, field.name) for field in fields(cls)})


async def _starts(folder: Path, asked: Asked) -> Figures:
    starts = await asyncio.to_thread(measure_starts, folder / "starts", times=asked.starts)
    resident = round(median(starts.resident) / MEGABYTE, 1) if starts.resident else None
    return {"seconds": round(median(starts.seconds), 2), "idleMegabytes": resident}


async def _negotiations(folder: Path, asked: Asked) -> Figures:
    (folder / "floor").mkdir()
    async with floor(folder / "floor") as ground:
        # Before and after the product: the machine's speed drifts.
        alone = await ground.sequential(asked.negotiations)
        rate = await ground.rate(asked.together, IN_FLIGHT)
        with space(folder / "space") as made:
            figures = await _negotiated(made, folder, asked)
            alone += await ground.sequential(asked.negotiations)
            rate = max(rate, await ground.rate(asked.together, IN_FLIGHT))
    return {
        "floorP50Milliseconds": milliseconds(percentile(alone, 0.5)),
        "floorPerSecond": round(rate, 1),
        **figures,
    }


async def _negotiated(made: Space, folder: Path, asked: Asked) -> Figures:
    dataset = await _published(made, folder / "small.csv", MEGABYTE)
    async with Management(made.consumer) as consumer, Management(made.provider) as provider:
        trading = await trade(made, consumer, provider, dataset)
        signed, complete = await trading.sequential(asked.negotiations)
        rate = await trading.rate(asked.together, IN_FLIGHT)
        others = {str(n): round(await trading.rate(max(n, asked.together // 4), n), 1) for n in _OTHERS_IN_FLIGHT}
        stored = await _stored(made, trading, asked)
        lost = await trading.lost()
    return {
        "signedP50Milliseconds": milliseconds(percentile(signed, 0.5)),
        "signedP90Milliseconds": milliseconds(percentile(signed, 0.9)),
        "completeP50Milliseconds": milliseconds(percentile(complete, 0.5)),
        "perSecond": round(rate, 1),
        "perSecondInFlight": others,
        "storedP50Milliseconds": stored,
        "begun": len(trading.begun),
        "lost": lost,
    }


async def _stored(made: Space, trading: Trade, asked: Asked) -> Figures:
    """One negotiation after another with few and with many stored agreements at both sides."""
    figures: Figures = {}
    there = 0
    for count in sorted(asked.stored):
        for member in (made.consumer, made.provider):
            await asyncio.to_thread(fill, member.folder, count - there, first=there)
        there = count
        signed, _ = await trading.sequential(asked.negotiations)
        figures[f"{count}"] = milliseconds(percentile(signed, 0.5))
    return figures


async def _pulls(folder: Path, asked: Asked) -> list[Figures]:
    found = []
    with space(folder / "space") as made:
        for size in asked.pull_megabytes:
            file = folder / f"{size}.csv"
            dataset = await _published(made, file, size * MEGABYTE)
            async with Management(made.consumer) as consumer, Management(made.provider) as provider:
                await trade(made, consumer, provider, dataset, number=1)
                contract = await _contract_on(consumer, dataset)
                pull = await measure_pull(made, consumer, contract, file, folder, times=asked.pulls)
            file.unlink()
            through, plain = median(pull.connector), median(pull.plain)
            found.append(
                {
                    "megabytes": size,
                    "seconds": round(through, 2),
                    "plainSeconds": round(plain, 2),
                    "ratio": round(through / plain, 2),
                    "consumerExtraMegabytes": _megabytes(pull.consumer_extra),
                    "providerExtraMegabytes": _megabytes(pull.provider_extra),
                }
            )
    return found


async def _slow(folder: Path, asked: Asked) -> Figures:
    with space(folder / "space") as made:
        dataset = await _published(made, folder / "slow.csv", _SLOW_FILE)
        async with Management(made.consumer) as consumer, Management(made.provider) as provider:
            trading = await trade(made, consumer, provider, dataset, number=1)
            contract = await _contract_on(consumer, dataset)
            slow = await measure_slow(made, consumer, trading, contract, count=asked.slow)
    return {
        "consumers": slow.consumers,
        "negotiationAloneMilliseconds": milliseconds(slow.alone),
        "negotiationBesideMilliseconds": milliseconds(slow.beside),
        "ratio": round(slow.beside / slow.alone, 2),
        "kilobytesEach": None if slow.bytes_each is None else round(slow.bytes_each / 1000),
    }


async def _catalogs(folder: Path, asked: Asked) -> list[Figures]:
    found = []
    for size in asked.catalogs:
        pages = await measure_pages(folder / str(size), datasets=size, times=_PAGES)
        found.append(
            {
                "datasets": pages.datasets,
                "filledSeconds": round(pages.filled, 1),
                "firstPageMilliseconds": milliseconds(pages.first),
                "middlePageMilliseconds": milliseconds(pages.deep),
                "keywordMilliseconds": milliseconds(pages.by_keyword),
                "wordsMilliseconds": milliseconds(pages.by_words),
                "pageBytes": pages.bytes,
            }
        )
    return found


async def _keeping(folder: Path, _: Asked) -> Figures:
    kept = await measure_keeping(folder, times=_PAGES)
    return {
        "offersMilliseconds": milliseconds(kept.visible),
        "readingMicroseconds": round(kept.reading * 1e6),
        "countingMicroseconds": round(kept.counting * 1e6),
        "deliveryMicroseconds": round(kept.delivery * 1e6),
    }


async def _policies(_: Path, _asked: Asked) -> Figures:
    decided = await asyncio.to_thread(measure_decisions)
    first, again = await asyncio.to_thread(measure_visibility)
    return {
        "decisions": [
            {
                "constraints": each.constraints,
                "perSecond": round(each.permitted),
                "refusedPerSecond": round(each.refused),
            }
            for each in decided
        ],
        "visibilityFirstMilliseconds": milliseconds(first),
        "visibilityMilliseconds": milliseconds(again),
    }


async def _identities(folder: Path, _: Asked) -> Figures:
    known = await measure_identities(folder)
    return {
        "openMilliseconds": milliseconds(known.open),
        "warmMilliseconds": milliseconds(known.warm),
        "coldMilliseconds": milliseconds(known.cold),
        "crowdedWarmMilliseconds": milliseconds(known.crowded_warm),
        "crowdedColdMilliseconds": milliseconds(known.crowded_cold),
        "requestsOfWarmOnes": known.fetched,
        "tokensPerSecond": round(known.tokens),
        "bareVerificationsPerSecond": round(known.bare),
    }


async def _evidence(folder: Path, asked: Asked) -> Figures:
    judged = await asyncio.to_thread(measure_judging)
    with space(folder / "space") as made:
        dataset = await _published(made, folder / "small.csv", MEGABYTE)
        async with Management(made.consumer) as consumer, Management(made.provider) as provider:
            trading = await trade(made, consumer, provider, dataset, number=1)
            await trading.rate(asked.evidences, IN_FLIGHT)
        contracts = len(trading.begun)
        exported = await asyncio.to_thread(measure_export, made, folder / "bundle.zip")
        again = await asyncio.to_thread(judge_export, made, folder / "bundle.zip", contracts)
    return {
        "judgedPerSecond": round(judged.per_second),
        "floorPerSecond": round(judged.floor_per_second),
        "kilobytesEach": round(judged.bytes_each / 1000, 1),
        "exported": contracts,
        "exportSeconds": round(exported.seconds, 1),
        "exportProcessorMilliseconds": None
        if exported.processor is None
        else milliseconds(exported.processor / contracts),
        "exportMegabytes": _megabytes(exported.bytes),
        "exportExtraMegabytes": _megabytes(exported.extra),
        "exportJudgedPerSecond": round(again.per_second),
        "exportJudgedTogetherPerSecond": round(again.together),
        "jobs": again.jobs,
    }


async def _log(folder: Path, asked: Asked) -> Figures:
    logged = await measure_log(folder, entries=asked.log_entries, appends=asked.log_appends)
    return {
        "entries": logged.entries,
        "filledSeconds": round(logged.filled, 1),
        "appendedPerSecond": round(logged.per_second),
        "appendedPerSecondOfOneCore": round(logged.per_second_of_one),
        "proofP50Milliseconds": milliseconds(percentile(logged.proofs, 0.5)),
        "proofP99Milliseconds": milliseconds(percentile(logged.proofs, 0.99)),
        "hashBytesEach": round(logged.hashes_each),
        "entryBytesEach": round(logged.entry_each),
    }


async def _published(made: Space, file: Path, size: int) -> str:
    write_table(file, size)
    return await asyncio.to_thread(made.publish, file)


async def _contract_on(consumer: Management, dataset: str) -> str:
    view: Any = await consumer.get("/contracts")
    return str(next(c["id"] for c in view if c["dataset"] == dataset))


def _megabytes(size: int | None) -> float | None:
    return None if size is None else round(size / MEGABYTE, 1)


SECTIONS: Final[dict[str, Callable[[Path, Asked], Awaitable[Any]]]] = {
    "starts": _starts,
    "identities": _identities,
    "policies": _policies,
    "catalogs": _catalogs,
    "keeping": _keeping,
    "negotiations": _negotiations,
    "pulls": _pulls,
    "slow": _slow,
    "evidence": _evidence,
    "log": _log,
}
"""By name, in the order in which they run."""
