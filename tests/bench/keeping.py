"""What keeping the terms costs: who may see 10,000 offers, and one more use counted. Processor time, in one process."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connector.clock import SystemClock
from connector.ports.records import DeliveryRecord, Tally
from connector.ports.store import UnitOfWork
from connector.services.catalogs import Looker
from connector.store.log import LogSigner
from connector.store.sqlite import open_sqlite
from connector.store.unit_of_work import SqlStore
from connector.trust.keys import generate_ed25519
from policies.clauses import build_terms
from policies.context import CatalogContext, Party
from policies.model import Policy
from policies.parse import parse_policy
from tests.bench.figures import median

OFFERS = 10_000
_ME = "did:web:consumer.example"
_NOW = datetime(2026, 11, 29, tzinfo=UTC)
_CONTRACT = "urn:uuid:00000000-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class Kept:
    """Seconds of processor time.

    Attributes:
        visible: who may see 10,000 offers, each with terms and recipients of its own, for one participant.
        reading: the tally of a contract read.
        counting: one more use counted on the condition that the tally is what was seen.
        delivery: the rest of a reservation in the store, for comparison: the record of the delivery.
    """

    visible: float
    reading: float
    counting: float
    delivery: float


async def measure_keeping(folder: Path, *, times: int) -> Kept:
    """All of it, the middle of several."""
    folder.mkdir(exist_ok=True)
    key = generate_ed25519()
    store = open_sqlite(folder / "bench.sqlite", LogSigner("bench/log", key.sign, key.public.raw()), SystemClock())
    try:
        visible = await store.read(lambda unit: _visible(unit, times))
        return Kept(visible, *await _counted(store, times * 100))
    finally:
        store.close()


def _visible(unit: UnitOfWork, times: int) -> float:
    policies = [_policy(number) for number in range(OFFERS)]
    looker = Looker(unit, CatalogContext(Party(_ME), _NOW))

    def look() -> None:
        seen = sum(looker.sees(policy, "urn:none") for policy in policies)
        assert seen == OFFERS // 2

    look()  # read and made ready once, when it is published or first asked for
    return median([_seconds(look) for _ in range(times)])


def _policy(number: int) -> Policy:
    recipients = [f"did:web:company-{number}.example", _ME if number % 2 else "did:web:other.example"]
    until = datetime(2027, 1 + number % 12, 1, tzinfo=UTC)
    terms = build_terms(purposes=["research"], count=1 + number, until=until, recipients=recipients)
    return parse_policy({"@id": f"urn:{number}", "@type": "Offer", **terms})


async def _counted(store: SqlStore, uses: int) -> tuple[float, float, float]:
    reading, counting, delivering = [], [], []

    def use(unit: UnitOfWork, number: int) -> None:
        reading.append(_seconds(lambda: unit.tallies.of(_CONTRACT)))
        seen = unit.tallies.of(_CONTRACT)
        counting.append(_seconds(lambda: unit.tallies.add(_CONTRACT, seen, seen.and_one(400, 1_000_000))))
        # With a question behind it, for what is added is written when something is asked.
        delivering.append(_seconds(lambda: _deliver(unit, number)))

    for number in range(uses):
        await store.write(lambda unit, number=number: use(unit, number))  # type: ignore[misc]
    total = await store.read(lambda unit: unit.tallies.of(_CONTRACT))
    assert total == Tally(uses, uses * 400, uses * 1_000_000)
    return median(reading), median(counting), median(delivering)


def _deliver(unit: UnitOfWork, number: int) -> None:
    unit.deliveries.add(_delivery(number))
    unit.tallies.used_since(_CONTRACT, "2026-11-28T00:00:00.000Z")


def _delivery(number: int) -> DeliveryRecord:
    return DeliveryRecord(
        id=f"urn:uuid:{number}",
        role="provider",
        contract=_CONTRACT,
        transfer="urn:uuid:transfer",
        purpose="research",
        person=None,
        digest="sha256:" + "0" * 64,
        byte_size=1_000_000,
        bytes=0,
        bytes_total=1_000_000,
        state="running",
        started_at="2026-11-27T00:00:00.000Z",
    )


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
