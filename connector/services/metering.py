"""Counts compared: each side tells, signed, what it has counted under a contract, delivery by delivery.

A statement holds the deliveries that its author has not stated yet, or states otherwise by now. Whoever takes one answers with
its own, once; so after one question both hold both counts, and every difference is a line. The provider counts what it
reserved; the consumer counts the rows in the file that it holds.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from connector.canonical import JsonObject
from connector.clock import Clock
from connector.ports.records import Act, ContractRecord, DeliveryRecord
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.protocol.notices import MAX_LINES, METERING, metering
from connector.services.acts import note
from connector.services.errors import Conflict, NotFound, ServiceError
from connector.services.identity import Identity
from connector.services.notices import Notices, Taken

_OPEN: Final = ("requested", "running")
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery as one side counts it: its rows (None where they cannot be counted), its bytes, how it ended."""

    delivery: str
    rows: int | None
    bytes: int
    result: str

    def to_json(self) -> JsonObject:
        """As it stands in a statement."""
        return {"delivery": self.delivery, "rows": self.rows, "bytes": self.bytes, "result": self.result}


@dataclass(frozen=True, slots=True)
class Told:
    """What one side has stated: its latest line for each delivery, its latest totals, and up to when."""

    lines: dict[str, Line]
    totals: JsonObject | None
    through: str


class Metering:
    """Tells what we count, takes what they count, and compares."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        clock: Clock,
        notices: Notices,
        count_rows: Callable[[Path], int | None],
        folder: Path,
    ) -> None:
        self._me = identity
        self._store = store
        self._clock = clock
        self._notices = notices
        self._count_rows = count_rows
        self._folder = folder
        self._answers: set[asyncio.Task[None]] = set()
        notices.taking |= {METERING: self._take}

    async def tell(self, contract_id: str, *, by: Act | None = None) -> JsonObject:
        """State what we have counted and not stated yet; the other side answers with its own. The comparison so far.

        Raises:
            NotFound: there is no such contract.
            Conflict: only one side has signed it, so that nothing is told by notice.
        """
        await self._tell(contract_id, asks=True, by=by)
        return await self.compared(contract_id)

    async def compared(self, contract_id: str) -> JsonObject:
        """Our count and theirs, line by line.

        Raises:
            NotFound: there is no such contract.
        """
        return await self._store.read(lambda unit: self._compared(unit, _contract(unit, contract_id)))

    def differs(self, unit: UnitOfWork, contract: ContractRecord) -> bool:
        """Whether both have told what they count under a contract, and not the same."""
        return bool(self._compared(unit, contract)["differences"])

    async def idle(self) -> None:
        """Wait until nothing is being answered."""
        while self._answers:
            await asyncio.wait(self._answers)

    @property
    def answering(self) -> bool:
        """Whether anything is being answered."""
        return bool(self._answers)

    async def stop(self) -> None:
        """Answer no more; what is not answered is asked again by people."""
        for task in self._answers:
            task.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)

    async def _tell(self, contract_id: str, *, asks: bool, by: Act | None = None) -> None:
        new = await self._store.read(lambda unit: self._unstated(unit, _contract(unit, contract_id)))
        counted = [await self._counted(record) for record in new]

        def work(unit: UnitOfWork) -> None:
            contract = _contract(unit, contract_id)
            if contract.countersignature_digest is None:
                raise Conflict.told("no_notices")
            # Also when there is nothing new to say: that is an answer too.
            parts = [counted[begin : begin + MAX_LINES] for begin in range(0, len(counted), MAX_LINES)] or [[]]
            for part in parts:
                self._write(unit, contract, part, asks=asks and part is parts[-1])
            if by is not None:
                note(unit, by)

        await self._store.write(work)

    def _write(self, unit: UnitOfWork, contract: ContractRecord, lines: Sequence[Line], *, asks: bool) -> None:
        tally = unit.tallies.of(contract.id)
        content = metering(
            [line.to_json() for line in lines],
            uses=tally.uses,
            rows=tally.rows,
            size=tally.bytes,
            through=self._clock.now(),
            asks=asks,
        )
        self._notices.write(unit, contract, METERING, content)

    def _unstated(self, unit: UnitOfWork, contract: ContractRecord) -> list[DeliveryRecord]:
        """The deliveries that have ended and that we have not stated, or otherwise."""
        told = _told(unit, contract, self._me.did).lines
        found = []
        for record in unit.deliveries.find(contract=contract.id, role=contract.role):
            line = told.get(record.id)
            same = line is not None and (line.bytes, line.result) == _ended_as(record)
            if record.state not in _OPEN and not same and _counts(record):
                found.append(record)
        return found

    async def _counted(self, record: DeliveryRecord) -> Line:
        size, result = _ended_as(record)
        rows = record.rows if record.role == "provider" else None
        if record.role == "consumer" and record.file is not None:
            rows = await asyncio.to_thread(self._count_rows, self._folder / record.file)
        return Line(record.id, rows, size, result)

    def _take(self, unit: UnitOfWork, contract: ContractRecord, taken: Taken) -> None:
        if taken.content["asks"]:
            unit.after_commit(lambda: self._answer(contract.id))

    def _answer(self, contract_id: str) -> None:
        task = asyncio.get_running_loop().create_task(self._answered(contract_id))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answered(self, contract_id: str) -> None:
        try:
            await self._tell(contract_id, asks=False)
        except (ServiceError, StoreError, OSError) as error:
            _log.warning("the count under %s cannot be answered now: %s", contract_id, error)

    def _compared(self, unit: UnitOfWork, contract: ContractRecord) -> JsonObject:
        tally = unit.tallies.of(contract.id)
        held = {record.id: record for record in unit.deliveries.find(contract=contract.id, role=contract.role)}
        stated, theirs = _told(unit, contract, self._me.did), _told(unit, contract, contract.counterparty)
        ours = {name: _ours(record, stated) for name, record in held.items() if _counts(record)}
        names = [*ours, *(name for name in theirs.lines if name not in ours)]
        lines = [_line(name, ours.get(name), theirs, held.get(name)) for name in names]
        return {
            "contract": contract.id,
            "role": contract.role,
            "ours": {"uses": tally.uses, "rows": tally.rows, "bytes": tally.bytes},
            "theirs": theirs.totals,
            "toldUntil": theirs.through or None,
            "lines": lines,
            "differences": sum(line["is"] not in ("same", "open") for line in lines),
            "open": sum(line["is"] == "open" for line in lines),
        }


def _contract(unit: UnitOfWork, contract_id: str) -> ContractRecord:
    contract = unit.contracts.get(contract_id)
    if contract is None:
        raise NotFound(f"there is no contract {contract_id}")
    return contract


def _told(unit: UnitOfWork, contract: ContractRecord, author: str) -> Told:
    lines: dict[str, Line] = {}
    totals: JsonObject | None = None
    through = ""
    for notice in unit.notices.find(contract=contract.id, author=author, kind=METERING):
        content: dict[str, Any] = notice.document["credentialSubject"]["content"]
        lines |= {item["delivery"]: Line(**item) for item in content["lines"]}
        totals = {name: content[name] for name in ("uses", "rows", "bytes")}
        through = max(through, content["through"])
    return Told(lines, totals, through)


def _counts(record: DeliveryRecord) -> bool:
    """Whether a delivery is one to count: the provider reserved it; the consumer has something of it."""
    return record.role == "provider" or record.state == "complete" or record.bytes > 0


def _ended_as(record: DeliveryRecord) -> tuple[int, str]:
    whole = record.state == "complete"
    return (record.byte_size, "complete") if whole else (record.bytes, "broken")


def _ours(record: DeliveryRecord, stated: Told) -> Line:
    """A delivery as we count it; its rows as we have stated them, where we had to count them in the file."""
    size, result = _ended_as(record)
    before = stated.lines.get(record.id)
    rows = record.rows if record.role == "provider" or before is None else before.rows
    return Line(record.id, rows, size, result)


def _line(name: str, ours: Line | None, theirs: Told, record: DeliveryRecord | None) -> JsonObject:
    other = theirs.lines.get(name)
    if ours is None:
        what = "only-theirs"
    elif other is None:
        told = record is not None and (record.finished_at or record.started_at) <= theirs.through
        what = "only-ours" if told else "open"
    else:
        same = (ours.bytes, ours.result) == (other.bytes, other.result) and _same_rows(ours.rows, other.rows)
        what = "same" if same else "differs"
    return {
        "delivery": name,
        "is": what,
        "ours": None if ours is None else ours.to_json(),
        "theirs": None if other is None else other.to_json(),
    }


def _same_rows(ours: int | None, theirs: int | None) -> bool:
    """What one side could not count does not contradict the other."""
    return ours is None or theirs is None or ours == theirs
