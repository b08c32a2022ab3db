"""The figures as a table for people: value, and what it is to be compared with."""

from collections.abc import Iterable
from typing import Any

from tests.bench.catalogs import PAGE
from tests.bench.sections import IN_FLIGHT

Row = tuple[str, str, str]
Figures = dict[str, Any]


def show(found: Figures) -> None:
    """Print what was measured; sections that were not are left out."""
    machine = found["machine"]
    print(
        f"\n{machine['cores']} cores of {machine['processor']}, {machine['memoryMegabytes']:,} MB, {machine['system']},"
    )
    print(f"Python {machine['python']}, SQLite {machine['sqlite']}, load before {machine['load']}\n")
    for section, rows in _ROWS.items():
        for name, value, remark in rows(found[section]) if section in found else ():
            print(f"  {name:<38} {value:>14}   {remark}")


def _starts(made: Figures) -> Iterable[Row]:
    yield "cold start to /health", f"{made['seconds']} s", "goal 1.5 s"
    yield "idle memory", f"{made['idleMegabytes']} MB", "goal 120 MB"


def _identities(made: Figures) -> Iterable[Row]:
    more = made["warmMilliseconds"] - made["openMilliseconds"]
    yield "request without an identity", f"{made['openMilliseconds']} ms", "processor time, as all of these"
    yield (
        "… of a member that is known",
        f"{made['warmMilliseconds']} ms",
        f"{more:.2f} ms more (goal 1.5); {made['requestsOfWarmOnes']} requests for it (goal 0)",
    )
    yield "… of one whose membership is asked for", f"{made['coldMilliseconds']} ms", "with the member's own work"
    yield "… known, among 10,000", f"{made['crowdedWarmMilliseconds']} ms", ""
    yield "… asked for, among 10,000", f"{made['crowdedColdMilliseconds']} ms", ""
    ratio = made["tokensPerSecond"] / made["bareVerificationsPerSecond"]
    bare = f"{ratio:.2f} of {made['bareVerificationsPerSecond']:,} bare signatures"
    yield "identity tokens validated", f"{made['tokensPerSecond']:,} /s", bare


def _policies(made: Figures) -> Iterable[Row]:
    goals = {1: "50,000", 10: "20,000", 100: "3,000"}
    for each in made["decisions"]:
        number = each["constraints"]
        remark = f"goal {goals[number]}; refused with reasons {each['refusedPerSecond']:,} /s"
        yield f"decisions, {number} constraint{'s' * (number > 1)}", f"{each['perSecond']:,} /s", remark
    remark = f"goal 50; {made['visibilityFirstMilliseconds']} ms when first asked for"
    yield "10,000 offers seen by one", f"{made['visibilityMilliseconds']} ms", remark


def _negotiations(made: Figures) -> Iterable[Row]:
    floor, rate = made["floorP50Milliseconds"], made["floorPerSecond"]
    yield "floor, one after another", f"{floor} ms", "4 posts, 4 signatures and verifications, 8 commits"
    signed = made["signedP50Milliseconds"]
    yield "negotiation signed, p50", f"{signed} ms", f"{signed / floor:.2f} of the floor (goal 2.5)"
    yield "negotiation signed, p90", f"{made['signedP90Milliseconds']} ms", ""
    yield "negotiation complete, p50", f"{made['completeP50Milliseconds']} ms", ""
    stored = list(made["storedP50Milliseconds"].items())
    for count, value in stored:
        remark = f"{value / stored[0][1]:.2f} of the first (goal 1.2)" if count != stored[0][0] else "p50"
        yield f"… with {int(count):,} stored agreements", f"{value} ms", remark
    for number, value in made["perSecondInFlight"].items():
        yield f"negotiations, {number} at a time", f"{value} /s", ""
    yield f"floor, {IN_FLIGHT} at a time", f"{rate} /s", ""
    ours = made["perSecond"]
    yield (
        f"negotiations, {IN_FLIGHT} at a time",
        f"{ours} /s",
        f"{ours / rate:.2f} of the floor (goal 0.5), goal 150 /s",
    )
    yield "lost", f"{made['lost']} of {made['begun']}", "goal 0"


def _pulls(made: list[Figures]) -> Iterable[Row]:
    for pull in made:
        memory = f"consumer {pull['consumerExtraMegabytes']} MB, provider {pull['providerExtraMegabytes']} MB (goal 40)"
        remark = f"plain {pull['plainSeconds']} s, ratio {pull['ratio']} (goal 1.4); extra memory {memory}"
        yield f"pull of {pull['megabytes']} MB", f"{pull['seconds']} s", remark


def _keeping(made: Figures) -> Iterable[Row]:
    yield "who may see 10,000 offers", f"{made['offersMilliseconds']} ms", "one participant, processor time (goal 50)"
    counted = made["readingMicroseconds"] + made["countingMicroseconds"]
    remark = f"read {made['readingMicroseconds']} µs, counted {made['countingMicroseconds']} µs"
    yield (
        "the counter, for each pull",
        f"{counted} µs",
        f"{remark}; the delivery's record {made['deliveryMicroseconds']} µs",
    )


def _catalogs(made: list[Figures]) -> Iterable[Row]:
    smallest = made[0]
    for pages in made:
        first, middle = pages["firstPageMilliseconds"], pages["middlePageMilliseconds"]
        ratio = max(first / smallest["firstPageMilliseconds"], middle / smallest["middlePageMilliseconds"])
        searched = f"10 by keyword {pages['keywordMilliseconds']} ms, by words {pages['wordsMilliseconds']} ms"
        remark = f"from the middle {middle} ms, ratio {ratio:.2f} (goal 1.5); {searched} (processor time)"
        yield f"catalog page of {PAGE}, of {pages['datasets']:,}", f"{first} ms", remark


def _slow(made: Figures) -> Iterable[Row]:
    alone = made["negotiationAloneMilliseconds"]
    remark = f"{made['ratio']} of {alone} ms alone; {made['kilobytesEach']} kB for each stream"
    yield f"negotiation beside {made['consumers']} slow streams", f"{made['negotiationBesideMilliseconds']} ms", remark


def _evidence(made: Figures) -> Iterable[Row]:
    floor = made["floorPerSecond"]
    remark = f"goal 1,000; bare signatures alone would allow {floor:,}; {made['kilobytesEach']} kB each"
    yield "contracts judged from a bundle, one core", f"{made['judgedPerSecond']:,} /s", remark
    rate = made["exported"] / made["exportSeconds"]
    remark = f"{made['exportMegabytes']} MB, {rate:.0f} /s, {made['exportProcessorMilliseconds']} ms of the connector's processor"
    remark += f" each, {made['exportExtraMegabytes']} MB more memory"
    yield f"{made['exported']:,} contracts exported", f"{made['exportSeconds']} s", remark
    remark = f"goal 1,000; with {made['jobs']} processes {made['exportJudgedTogetherPerSecond']:,} /s of the clock"
    yield "… judged again, one core", f"{made['exportJudgedPerSecond']:,} /s", remark


def _log(made: Figures) -> Iterable[Row]:
    remark = f"goal 2,000; {made['appendedPerSecondOfOneCore']:,} in a second of processor time"
    yield "entries logged, a checkpoint each", f"{made['appendedPerSecond']:,} /s", remark
    remark = f"processor time, p99 {made['proofP99Milliseconds']} ms (goal 1); out of {made['entries']:,} entries"
    yield "inclusion proof", f"{made['proofP50Milliseconds']} ms", remark
    remark = f"and {made['entryBytesEach']} bytes for the entry itself"
    yield "stored for an entry's hashes", f"{made['hashBytesEach']} bytes", remark


_ROWS: dict[str, Any] = {
    "starts": _starts,
    "identities": _identities,
    "keeping": _keeping,
    "policies": _policies,
    "negotiations": _negotiations,
    "pulls": _pulls,
    "slow": _slow,
    "evidence": _evidence,
    "log": _log,
    "catalogs": _catalogs,
}
