"""One transaction over all records, and the queue that runs them: many waiting units of work share one full sync."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from connector.audit.log import HighWater, judge_high_water
from connector.clock import Clock, format_time
from connector.ports import records
from connector.ports.store import StoreError, StoreFull
from connector.protocol.negotiation import ContractNegotiation
from connector.protocol.transfer import TransferProcess
from connector.store import tables
from connector.store.folder import HighWaterFile
from connector.store.log import LogSigner, SqlLog
from connector.store.mapping import SqlRecords

T = TypeVar("T")
_MAX_BATCH: Final = 64
_TOKENS_WITHIN: Final = 0.05
"""Seconds until a used token is written when nothing else is."""
_log: Final = logging.getLogger(__name__)


class SqlUnitOfWork:
    """The port `UnitOfWork` on one connection."""

    def __init__(self, signer: LogSigner) -> None:
        self.negotiations = SqlRecords(ContractNegotiation, tables.NegotiationTable, "id")
        self.transfers = SqlRecords(TransferProcess, tables.TransferTable, "id")
        self.answered = SqlRecords(records.Answered, tables.AnsweredTable, "key")
        self.last_applied = SqlRecords(records.LastApplied, tables.LastAppliedTable, "process")
        self.outbox = SqlRecords(records.OutboxRow, tables.OutboxTable, "number")
        self.messages = SqlRecords(records.MessageRecord, tables.MessageTable, "number")
        self.contracts = SqlRecords(records.ContractRecord, tables.ContractTable, "id")
        self.notices = SqlRecords(records.NoticeRecord, tables.NoticeTable, "key")
        self.deliveries = SqlRecords(records.DeliveryRecord, tables.DeliveryTable, "id")
        self.datasets = SqlRecords(records.DatasetRecord, tables.DatasetTable, "id")
        self.offers = SqlRecords(records.OfferRecord, tables.OfferTable, "id")
        self.uploads = SqlRecords(records.UploadRecord, tables.UploadTable, "id")
        self.peers = SqlRecords(records.PeerRecord, tables.PeerTable, "did")
        self.checkpoints = SqlRecords(records.SeenCheckpoint, tables.SeenCheckpointTable, "key")
        self.memberships = SqlRecords(records.MembershipRecord, tables.MembershipTable, "digest")
        self.members = SqlRecords(records.MemberRecord, tables.MemberTable, "did")
        self.acts = SqlRecords(records.Act, tables.ActTable, "number")
        self.log = SqlLog(signer)
        self._after: list[Callable[[], None]] = []

    def bind(self, connection: Connection) -> None:
        """Use this connection from now on."""
        for part in vars(self).values():
            if isinstance(part, SqlRecords | SqlLog):
                part.connection = connection

    def after_commit(self, action: Callable[[], None]) -> None:
        self._after.append(action)

    def take_actions(self) -> list[Callable[[], None]]:
        """What is to run after the commit; the list is empty afterwards."""
        taken, self._after = self._after, []
        return taken


class SqlStore:
    """The port `Store` over one writing connection.

    Units of work that are ready in the same turn of the event loop run in one transaction, each in its savepoint: one
    full sync serves them all. Nothing here waits for a peer.
    """

    def __init__(
        self,
        engine: Engine,
        signer: LogSigner,
        clock: Clock,
        *,
        high_water: HighWaterFile | None = None,
        read_engine: Engine | None = None,
    ) -> None:
        self._clock = clock
        self._connection = engine.connect()
        self._unit = SqlUnitOfWork(signer)
        self._unit.bind(self._connection)
        self._read_connection = read_engine.connect() if read_engine else self._connection
        self._reader = SqlUnitOfWork(signer)
        self._reader.bind(self._read_connection)
        self._high_water = high_water
        self._queue: list[tuple[Callable[[SqlUnitOfWork], Any], asyncio.Future[Any] | None]] = []
        self._scheduled = False
        self._soon = False
        self._tokens: dict[str, str] = {}
        self._closed = False
        self._load_tokens()
        self.suspended = self._judge()
        self._unit.log.suspended = self.suspended
        self._settled_size = self._log_size()

    async def write(self, work: Callable[[Any], T]) -> T:
        if self._closed:
            raise StoreError("the store is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.append((work, future))
        if not self._scheduled:
            self._scheduled = True
            loop.call_soon(self._flush)
        return await future

    async def read(self, work: Callable[[Any], T]) -> T:
        self._reader.log.forget()
        return work(self._reader)

    async def use_token_once(self, issuer: str, jti: str, expires_at: datetime) -> bool:
        key = f"{issuer} {jti}"
        if key in self._tokens:
            return False
        self._tokens[key] = expiry = format_time(expires_at)
        # Written with the next transaction: at the latest the one of the message that this token came with, for the
        # queue is first in, first out.
        self._queue.append((lambda _: self._write_token(key, expiry), None))
        if not self._soon:
            # A request that writes nothing else: its token is written a moment later, together with others'.
            self._soon = True
            asyncio.get_running_loop().call_later(_TOKENS_WITHIN, self._flush_soon)
        return True

    def close(self) -> None:
        """Finish what is queued and close the connections."""
        if not self._closed:
            self._flush()
            self._closed = True
            self._connection.close()
            if self._read_connection is not self._connection:
                self._read_connection.close()
            if self._high_water:
                self._high_water.close()

    def _flush_soon(self) -> None:
        self._soon = False
        if self._queue and not self._scheduled and not self._closed:
            self._flush()

    def _flush(self) -> None:
        self._scheduled = False
        batch, self._queue = self._queue[:_MAX_BATCH], self._queue[_MAX_BATCH:]
        if self._queue and not self._closed:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._flush)
        if not batch:
            return
        done: list[tuple[asyncio.Future[Any], Any]] = []
        actions: list[Callable[[], None]] = []
        waiting = [future for _, future in batch if future is not None]
        try:
            self._sql("BEGIN IMMEDIATE")
            for work, future in batch:
                self._run(work, future, done, actions, alone=len(batch) == 1)
            self._sql("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody may wait for ever
            self._undo(error, waiting)
            return
        self._move_mark()
        for future, result in done:
            if not future.done():
                future.set_result(result)
        for action in actions:
            action()

    def _run(
        self,
        work: Callable[[SqlUnitOfWork], Any],
        future: asyncio.Future[Any] | None,
        done: list[tuple[asyncio.Future[Any], Any]],
        actions: list[Callable[[], None]],
        *,
        alone: bool,
    ) -> None:
        if not alone:
            self._sql("SAVEPOINT work")
        try:
            result = work(self._unit)
        except Exception as error:
            self._unit.take_actions()
            if alone or _is_full(error):
                raise
            self._sql("ROLLBACK TO work")
            self._sql("RELEASE work")
            self._unit.log.forget()
            if future is not None and not future.done():
                future.set_exception(error)
            return
        if not alone:
            self._sql("RELEASE work")
        actions.extend(self._unit.take_actions())
        if future is not None:
            done.append((future, result))

    def _undo(self, error: Exception, waiting: list[asyncio.Future[Any]]) -> None:
        self._unit.take_actions()
        self._unit.log.forget()
        if self._connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
            self._sql("ROLLBACK")
        if _is_full(error):
            _log.error("the disk is full: nothing was written")
            error = StoreFull("the disk has no room left; nothing was written. Free some space and try again.")
        for future in waiting:
            if not future.done():
                future.set_exception(error)

    def _sql(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)

    def _move_mark(self) -> None:
        head = self._unit.log.head()
        if self._high_water is not None and head is not None and head.size > self._settled_size:
            self._high_water.write(HighWater(head.size, head.root))
            self._settled_size = head.size

    def _judge(self) -> str | None:
        """Whether log, database and mark agree at the start; a sentence when they do not."""
        if self._high_water is None:
            return None
        log = self._unit.log
        try:
            mark = self._high_water.read()
        except ValueError as error:
            return f"{error}; nothing is signed until it has been looked at"
        head = log.head()
        if head is not None and log.root_at(head.size) != head.root:
            return "the log's entries do not give the root of its own newest checkpoint; nothing is signed"
        verdict = judge_high_water(mark, self._log_size(), log.root_at)
        if verdict.may_sign:
            return None
        size = mark.size if mark else 0
        return (
            f"the high-water mark says that the log had {size} entries, the database holds {self._log_size()} ({verdict}): "
            "the database is older than what has been signed, probably a restored copy; nothing is signed until this is reconciled"
        )

    def _log_size(self) -> int:
        head = self._unit.log.head()
        return head.size if head else 0

    def _load_tokens(self) -> None:
        token = tables.TokenTable.__table__  # type: ignore[attr-defined]
        now = format_time(self._clock.now())
        self._sql("BEGIN IMMEDIATE")
        self._connection.execute(delete(token).where(token.c.expires_at < now))
        self._sql("COMMIT")
        self._tokens = {row[0]: row[1] for row in self._connection.execute(select(token.c.key, token.c.expires_at))}

    def _write_token(self, key: str, expires_at: str) -> None:
        token = tables.TokenTable.__table__  # type: ignore[attr-defined]
        self._connection.execute(insert(token), {"key": key, "expires_at": expires_at})
        if len(self._tokens) % 5000 == 0:
            now = format_time(self._clock.now())
            self._connection.execute(delete(token).where(token.c.expires_at < now))
            self._tokens = {k: until for k, until in self._tokens.items() if until >= now}


def _is_full(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and "full" in str(error.orig).lower()
