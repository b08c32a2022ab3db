"""The rows of the outbox: what is due, whose it is, and what becomes of it, each in a transaction of the store.

Whoever writes a row claims it in that same transaction, and renews the claim with each try that fails: of several workers
on one database only one sends a row, and what a dead one leaves behind is taken over when its claims have run out.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

from connector.clock import Clock, format_time, parse_time
from connector.ids import new_iri
from connector.ports.network import PeerAnswer
from connector.ports.records import OutboxKind, OutboxRow
from connector.ports.store import Store, StoreError, UnitOfWork

_CLAIM: Final = timedelta(minutes=10)
_CLAIM_MARGIN: Final = timedelta(minutes=5)
"""So much of a claim is left when a try begins: more than a try with everything that belongs to it may take."""
_GIVEN_UP_AFTER: Final = timedelta(days=7)
"""For so long a message that binds nobody is tried."""
_log: Final = logging.getLogger(__name__)


class Owner(Protocol):
    """The service that a row belongs to: what an answer means. Each runs in the transaction that records it."""

    def acknowledged(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """The peer took it (2xx)."""
        ...

    def refused(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """The peer refused it for good, and we are not bound."""
        ...

    def delayed(self, unit: UnitOfWork, row: OutboxRow, problem: str) -> None:
        """It is still due; `problem` says why, for a person."""
        ...

    def late(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """The peer took it, but something else had settled it here before."""
        ...

    def missing(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> list[bytes]:
        """What has to be sent before it, since the peer answered 409."""
        ...


class Due:
    """What is due, for one worker."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.owners: Mapping[OutboxKind, Owner] = {}
        self._store = store
        self._clock = clock
        self._worker = new_iri()

    def add(self, unit: UnitOfWork, row: OutboxRow) -> OutboxRow:
        """Make a message due; it is ours to send."""
        return unit.outbox.add(self._claimed(row))

    def settle(self, unit: UnitOfWork, process: str, pending: tuple[str, ...]) -> bool:
        """Remove the rows of a process whose messages are no longer pending; returns whether there were any.

        The rows of a process stand in the order of what was pending. Of that the oldest goes first, and what could not
        follow any more goes with it. By their names alone they cannot be told apart: start, suspension, start.
        """
        rows = list(unit.outbox.find(process=process))
        if tuple(row.event for row in rows) == pending:
            return False
        kept = rows[1 : 1 + len(pending)]
        for row in rows:
            if row not in kept:
                unit.outbox.delete(row.number)
        return True

    async def take_over(self, *, alone: bool) -> list[OutboxRow]:
        """Claim what nobody sends: what was left when a worker stopped. `alone`: whatever anybody has claimed."""

        def claim(unit: UnitOfWork) -> list[OutboxRow]:
            now = format_time(self._clock.now())
            taken = [self._claimed(row) for row in unit.outbox.find() if alone or row.claimed_until <= now]
            for row in taken:
                unit.outbox.put(row)
            return taken

        return await self._store.write(claim)

    async def is_due(self, row: OutboxRow) -> bool:
        """Whether something newer has not settled it while it waited: what is over is not spoken of again."""
        return await self._store.read(lambda unit: unit.outbox.get(row.number) is not None)

    async def is_ours(self, row: OutboxRow) -> bool:
        """Whether our claim holds until the try is over; renewed if need be, unless somebody else has taken the row."""
        if row.claimed_until > format_time(self._clock.now() + _CLAIM_MARGIN):
            return True

        def renew(unit: UnitOfWork) -> bool:
            held = unit.outbox.get(row.number)
            if held is None or held.claimed_by != self._worker:
                return False
            unit.outbox.put(self._claimed(held))
            return True

        return await self._store.write(renew)

    def is_given_up(self, row: OutboxRow) -> bool:
        """Whether it has been tried for so long that nobody counts on it any more; never what we are bound by."""
        return not row.binding and self._clock.now() - parse_time(row.created_at) > _GIVEN_UP_AFTER

    async def give_up(self, row: OutboxRow, problem: str) -> None:
        """Tell its owner that it will not arrive."""
        _log.warning("given up: %s", problem)
        gone = PeerAnswer(503, f"given up after {_GIVEN_UP_AFTER.days} days: {problem}".encode())
        await self.finish(row, gone, self.owners[row.kind].refused)

    async def missing(self, row: OutboxRow, answer: PeerAnswer) -> list[bytes]:
        """What has to be sent before it, by its owner."""
        owner = self.owners[row.kind]
        return await self._store.read(lambda unit: owner.missing(unit, row, answer))

    async def acknowledged(self, row: OutboxRow, answer: PeerAnswer) -> None:
        """The peer took it; raises as `finish`."""
        await self.finish(row, answer, self.owners[row.kind].acknowledged)

    async def refused(self, row: OutboxRow, answer: PeerAnswer) -> None:
        """The peer refused it for good, and we are not bound; raises as `finish`."""
        await self.finish(row, answer, self.owners[row.kind].refused)

    async def finish(
        self, row: OutboxRow, answer: PeerAnswer, effect: Callable[[UnitOfWork, OutboxRow, PeerAnswer], None]
    ) -> None:
        """It is no longer due; what that means is written with it.

        Raises:
            StoreError: it cannot be written now: it is still due.
        """

        def record(unit: UnitOfWork) -> None:
            if unit.outbox.get(row.number) is None:
                self.owners[row.kind].late(unit, row, answer)
                return
            unit.outbox.delete(row.number)
            effect(unit, row, answer)

        # What comes next in a negotiation comes with a message of the peer, never with its acknowledgement: this may
        # share that message's transaction. Lost in a crash it costs a repeat, which the peer answers as before.
        write = self._store.write_soon if row.kind is OutboxKind.NEGOTIATION else self._store.write
        await write(record)

    async def note(self, row: OutboxRow, attempts: int, problem: str) -> OutboxRow | None:
        """Keep the reason with the row, and the claim; None when it is not ours to send any more."""
        _log.info("still due, try %d: %s", attempts, problem)

        def note(unit: UnitOfWork) -> OutboxRow | None:
            held = unit.outbox.get(row.number)
            if held is None or held.claimed_by != self._worker:
                return None
            noted = self._claimed(replace(held, attempts=attempts, problem=problem))
            unit.outbox.put(noted)
            self.owners[row.kind].delayed(unit, row, problem)
            return noted

        try:
            return await self._store.write(note)
        except StoreError:
            return row

    def _claimed(self, row: OutboxRow) -> OutboxRow:
        return replace(row, claimed_by=self._worker, claimed_until=format_time(self._clock.now() + _CLAIM))
