"""What has become of a delivery: running, suspended, complete with a receipt, or failed; each one commit."""

from dataclasses import replace
from pathlib import Path

from catalog.vocabulary import PROFILE
from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.clock import Clock, format_time
from connector.ports.records import DeliveryRecord
from connector.ports.store import Store, UnitOfWork
from connector.protocol.notices import DELIVERY_RECEIVED
from connector.protocol.transfer import TransferProcess
from connector.services.changes import Changes
from connector.services.errors import NotFound
from connector.services.notices import Notices
from connector.services.receipts import receipt_of
from connector.services.transfers.steps import Steps


class Outcomes:
    """Writes down how deliveries go on. `there` says how many bytes have arrived of those that run."""

    def __init__(
        self, *, store: Store, steps: Steps, notices: Notices, clock: Clock, changes: Changes, folder: Path
    ) -> None:
        self._store = store
        self._steps = steps
        self._notices = notices
        self._clock = clock
        self._changes = changes
        self._folder = folder
        self.there: dict[str, int] = {}

    def part_of(self, delivery_id: str) -> Path:
        """Where the bytes of a delivery are collected until it is complete."""
        return self._folder / f"{delivery_id.rsplit(':', 1)[-1]}.part"

    async def mark_running(self, delivery_id: str) -> None:
        def work(unit: UnitOfWork) -> None:
            held = unit.deliveries.get(delivery_id)
            if held is not None and held.state == "requested":
                unit.deliveries.put(replace(held, state="running"))
                unit.after_commit(lambda: self._changes.tell(delivery_id))

        await self._store.write(work)

    async def finish(self, record: DeliveryRecord, part: Path) -> None:
        name = part.with_suffix(".data").name
        if part.exists():
            part.replace(part.with_suffix(".data"))

        def work(unit: UnitOfWork) -> None:
            held, transfer = both(unit, record.id)
            if held.state == "complete":
                return  # counted, and its receipt is written
            now = self._clock.now()
            contract = unit.contracts.get(held.contract)
            done = replace(
                held, state="complete", bytes=held.byte_size, file=name, finished_at=format_time(now), problem=None
            )
            if contract is not None:
                done = replace(done, rows=described_rows(contract.description))
                count(unit, contract.id, done)
            if contract is not None and contract.countersignature_digest is not None:
                theirs = transfer.their_pid or transfer.id
                content = receipt_of(done, transfer=theirs, transferred=done.byte_size, now=now)
                self._notices.write(unit, contract, DELIVERY_RECEIVED, content)
                done = replace(done, own_receipt=True)
            unit.deliveries.put(done)
            if not transfer.is_push:
                self._steps.finish(unit, transfer)
            unit.after_commit(lambda: self._changes.tell(record.id, record.contract, transfer.id))

        await self._store.write(work)
        self.there.pop(record.id, None)

    async def is_other(self, record: DeliveryRecord, found: str) -> str:
        """What arrived is not what the contract names: thrown away, and told; the sentence that says so."""
        detail = f"the contract names {record.digest}, what arrived has {found}; the file was thrown away"
        await self.fail(record.id, "failed", {"title": "the data is not what the contract names", "detail": detail})
        return detail

    async def fail(self, delivery_id: str, state: str, problem: JsonObject) -> None:
        # Nobody may keep a part of what was refused. First the bytes, then the word: it may be the last thing we do.
        part = self.part_of(delivery_id)
        for file in (part, part.with_suffix(".data")):
            file.unlink(missing_ok=True)

        def work(unit: UnitOfWork) -> None:
            held = unit.deliveries.get(delivery_id)
            if held is None:
                return
            now = format_time(self._clock.now())
            unit.deliveries.put(replace(held, state=state, problem=problem, finished_at=now))
            transfer = unit.transfers.get(held.transfer)
            if transfer is not None:
                reason = str(problem.get("detail", ""))[:500]
                self._steps.end(unit, transfer, code="not-delivered", reason=reason)
            unit.after_commit(lambda: self._changes.tell(delivery_id))

        await self._store.write(work)

    async def note_resumed(self, delivery_id: str) -> None:
        """It is expected again."""

        def work(unit: UnitOfWork) -> None:
            held, _ = both(unit, delivery_id)
            unit.deliveries.put(replace(held, problem=None))
            unit.after_commit(lambda: self._changes.tell(delivery_id))

        await self._store.write(work)

    async def note_suspended(self, delivery_id: str) -> None:
        def work(unit: UnitOfWork) -> None:
            held, transfer = both(unit, delivery_id)
            if transfer.suspended_by is None:
                return  # it goes on already
            detail = str((transfer.problem or {}).get("detail") or "")
            problem = {"title": f"the {transfer.suspended_by} has suspended the transfer", "detail": detail}
            unit.deliveries.put(replace(held, bytes=self.there.get(held.id, held.bytes), problem=problem))
            unit.after_commit(lambda: self._changes.tell(delivery_id))

        await self._store.write(work)


def described_rows(description: JsonObject) -> int | None:
    """How many rows a data set has by its description in the contract; None when that does not say."""
    try:
        summary = parse_json(str(description.get(PROFILE)))
    except CanonicalError:
        return None
    rows = summary.get("rows") if isinstance(summary, dict) else None
    return rows if type(rows) is int and rows >= 0 else None


def count(unit: UnitOfWork, contract_id: str, done: DeliveryRecord) -> None:
    """Count a delivery that is whole, as consumer: what we hold of it, to compare with what the provider has reserved."""
    while True:
        seen = unit.tallies.of(contract_id)
        if unit.tallies.add(contract_id, seen, seen.and_one(done.rows or 0, done.byte_size)):
            return


def both(unit: UnitOfWork, delivery_id: str) -> tuple[DeliveryRecord, TransferProcess]:
    record = unit.deliveries.get(delivery_id)
    transfer = unit.transfers.get(record.transfer) if record is not None else None
    if record is None or transfer is None:
        raise NotFound(f"there is no delivery {delivery_id}")
    return record, transfer
