"""One transaction over all records, and the queue that runs them: many waiting units of work share one full sync."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.engine import Connection, Engine
from sqlmodel import SQLModel

from connector.audit.log import HighWater
from connector.clock import Clock, format_time
from connector.ports import desk, records
from connector.ports.store import Doubt, StoreError, StoreFull
from connector.protocol.negotiation import ContractNegotiation
from connector.protocol.transfer import TransferProcess
from connector.store import tables
from connector.store.catalog_index import SqlCatalogIndex
from connector.store.exchanges import SqlExchanges
from connector.store.folder import HighWaterFile, is_lost
from connector.store.kept import Kept
from connector.store.log import LogSigner, SqlLog
from connector.store.mapping import SqlRecords
from connector.store.start import Came, begin_mark, judge_start
from connector.store.statements import compile_statement, table_of
from connector.store.tallies import SqlTallies

T = TypeVar("T")
_MAX_BATCH: Final = 64
_LATER: Final = 0.02
"""Seconds until what nobody waits for is written when nothing else is."""
_FORGET_EVERY: Final = 5000
"""After so many used tokens the expired ones are dropped."""
_log: Final = logging.getLogger(__name__)
_TOKEN: Final = table_of(tables.TokenTable)
_ADD_TOKEN: Final = insert(_TOKEN).values(key=bindparam("key"), expires_at=bindparam("expires_at"))
_FORGET_TOKENS: Final = delete(_TOKEN).where(_TOKEN.c.expires_at < bindparam("now"))


_TABLES: Final[tuple[tuple[str, type[Any], type[SQLModel], str, int], ...]] = (
    ("negotiations", ContractNegotiation, tables.NegotiationTable, "id", 256),
    ("transfers", TransferProcess, tables.TransferTable, "id", 256),
    ("answered", records.Answered, tables.AnsweredTable, "key", 0),
    ("timers", records.Timer, tables.TimerTable, "key", 0),
    ("last_applied", records.LastApplied, tables.LastAppliedTable, "process", 256),
    ("outbox", records.OutboxRow, tables.OutboxTable, "number", 256),
    ("messages", records.MessageRecord, tables.MessageTable, "number", 0),
    ("contracts", records.ContractRecord, tables.ContractTable, "id", 256),
    ("notices", records.NoticeRecord, tables.NoticeTable, "key", 256),
    ("duties", records.DutyRecord, tables.DutyTable, "key", 64),
    ("people_lists", records.PeopleRecord, tables.PeopleTable, "digest", 64),
    ("deliveries", records.DeliveryRecord, tables.DeliveryTable, "id", 256),
    ("datasets", records.DatasetRecord, tables.DatasetTable, "id", 64),
    ("offers", records.OfferRecord, tables.OfferTable, "id", 64),
    ("consents", records.ConsentRecord, tables.ConsentTable, "digest", 64),
    ("decisions", records.DecisionRecord, tables.DecisionTable, "key", 64),
    ("uploads", records.UploadRecord, tables.UploadTable, "id", 0),
    ("peers", records.PeerRecord, tables.PeerTable, "did", 256),
    ("checkpoints", records.SeenCheckpoint, tables.SeenCheckpointTable, "key", 512),
    ("witnessed", records.WitnessedLog, tables.WitnessedLogTable, "origin", 64),
    ("cosigned", records.CosignedCheckpoint, tables.CosignedCheckpointTable, "key", 0),
    ("memberships", records.MembershipRecord, tables.MembershipTable, "digest", 64),
    ("presented", records.PresentedRecord, tables.PresentedTable, "digest", 64),
    ("members", records.MemberRecord, tables.MemberTable, "did", 0),
    ("issued", records.IssuedRecord, tables.IssuedTable, "status_index", 0),
    ("asked", records.AskedRecord, tables.AskedTable, "id", 0),
    ("credentials", records.HeldCredential, tables.CredentialTable, "digest", 64),
    ("credential_requests", records.CredentialRequestRecord, tables.CredentialRequestTable, "id", 0),
    ("status_lists", records.StatusListRecord, tables.StatusListTable, "key", 8),
    ("anchor_lists", records.AnchorListRecord, tables.AnchorListTable, "key", 0),
    ("named_lists", records.NamedListRecord, tables.NamedListTable, "digest", 8),
    ("attached", records.AttachedRecord, tables.AttachedTable, "key", 0),
    ("shown_texts", records.ShownTextRecord, tables.ShownTextTable, "digest", 64),
    ("lost_keys", records.LostKeyRecord, tables.LostKeyTable, "key", 64),
    ("waiting", desk.WaitingRecord, tables.WaitingTable, "negotiation", 64),
    ("approvals", desk.ApprovalRecord, tables.ApprovalTable, "key", 64),
    ("rules", desk.RuleRecord, tables.RuleTable, "id", 256),
    ("acts", records.Act, tables.ActTable, "number", 0),
    ("free_space", records.FreeSpace, tables.FreeSpaceTable, "key", 0),
    ("epochs", records.LogEpochRecord, tables.LogEpochTable, "origin", 0),
)
"""Attribute of the unit of work, record, table, key, and how many are kept in memory."""


class SqlUnitOfWork:
    """The port `UnitOfWork` on one connection."""

    negotiations: SqlRecords[ContractNegotiation]
    transfers: SqlRecords[TransferProcess]
    answered: SqlRecords[records.Answered]
    timers: SqlRecords[records.Timer]
    last_applied: SqlRecords[records.LastApplied]
    outbox: SqlRecords[records.OutboxRow]
    messages: SqlRecords[records.MessageRecord]
    contracts: SqlRecords[records.ContractRecord]
    notices: SqlRecords[records.NoticeRecord]
    people_lists: SqlRecords[records.PeopleRecord]
    duties: SqlRecords[records.DutyRecord]
    deliveries: SqlRecords[records.DeliveryRecord]
    datasets: SqlRecords[records.DatasetRecord]
    offers: SqlRecords[records.OfferRecord]
    consents: SqlRecords[records.ConsentRecord]
    decisions: SqlRecords[records.DecisionRecord]
    uploads: SqlRecords[records.UploadRecord]
    peers: SqlRecords[records.PeerRecord]
    checkpoints: SqlRecords[records.SeenCheckpoint]
    witnessed: SqlRecords[records.WitnessedLog]
    cosigned: SqlRecords[records.CosignedCheckpoint]
    memberships: SqlRecords[records.MembershipRecord]
    presented: SqlRecords[records.PresentedRecord]
    members: SqlRecords[records.MemberRecord]
    issued: SqlRecords[records.IssuedRecord]
    asked: SqlRecords[records.AskedRecord]
    credentials: SqlRecords[records.HeldCredential]
    credential_requests: SqlRecords[records.CredentialRequestRecord]
    status_lists: SqlRecords[records.StatusListRecord]
    anchor_lists: SqlRecords[records.AnchorListRecord]
    named_lists: SqlRecords[records.NamedListRecord]
    attached: SqlRecords[records.AttachedRecord]
    shown_texts: SqlRecords[records.ShownTextRecord]
    lost_keys: SqlRecords[records.LostKeyRecord]
    waiting: SqlRecords[desk.WaitingRecord]
    approvals: SqlRecords[desk.ApprovalRecord]
    rules: SqlRecords[desk.RuleRecord]
    acts: SqlRecords[records.Act]
    free_space: SqlRecords[records.FreeSpace]
    epochs: SqlRecords[records.LogEpochRecord]

    def __init__(
        self, signer: LogSigner, connection: Connection, kept: dict[str, Kept[Any]], *, writes: bool = True
    ) -> None:
        self._records = []
        for name, record, table, key, _ in _TABLES:
            part: SqlRecords[Any] = SqlRecords(record, table, key, connection, kept.get(name), writes=writes)
            setattr(self, name, part)
            self._records.append(part)
        self.tallies = SqlTallies(connection, self.deliveries.flush, writes=writes)
        self.catalog = SqlCatalogIndex(connection, writes=writes)
        self.exchanges = SqlExchanges(connection)
        self.log = SqlLog(signer, connection)
        self._after: list[Callable[[], None]] = []

    def after_commit(self, action: Callable[[], None]) -> None:
        self._after.append(action)

    def flush(self) -> None:
        """Write what is not written yet.

        Raises:
            Duplicate: something that was added is there already.
        """
        for part in self._records:
            part.flush()

    def forget(self) -> None:
        """It was undone."""
        self._after.clear()
        self.log.forget()
        for part in self._records:
            part.forget()

    def take_actions(self) -> list[Callable[[], None]]:
        """What is to run after the commit; the list is empty afterwards."""
        taken, self._after = self._after, []
        return taken


class SqlStore:
    """The port `Store` over one writing connection.

    Units of work that are ready within two turns of the event loop run in one transaction, each in its savepoint: one
    full sync serves them all. Nothing here waits for a peer.
    """

    def __init__(
        self,
        engine: Engine,
        signer: LogSigner,
        clock: Clock,
        *,
        high_water: HighWaterFile | None = None,
        restored: Path | None = None,
        read_engine: Engine | None = None,
    ) -> None:
        self._clock = clock
        self._connection = engine.connect()
        self._read_connection = read_engine.connect() if read_engine else self._connection
        # Shared by writer and reader: nobody reads while a transaction runs, for it runs in one turn of the loop.
        self._kept = {name: Kept[Any](size) for name, _, _, _, size in _TABLES if size}
        self._unit = SqlUnitOfWork(signer, self._connection, self._kept)
        self._reader = SqlUnitOfWork(signer, self._read_connection, self._kept, writes=False)
        self._cursor = self._connection.connection.cursor()
        self._high_water = high_water
        self._restored = restored
        self._queue: list[tuple[Callable[[SqlUnitOfWork], Any], asyncio.Future[Any]]] = []
        self._scheduled = False
        self._later = False
        self._tokens: dict[str, str] = {}
        self._new_tokens: list[tuple[str, str]] = []
        self._closed = False
        self._forget_at = _FORGET_EVERY
        self._add_token = compile_statement(_ADD_TOKEN, engine.dialect)
        self._forget_tokens = compile_statement(_FORGET_TOKENS, engine.dialect)
        self._load_tokens()
        doubt, why = self._judge()
        if doubt is not None:
            self._unit.log.suspend(why, doubt)
        self._settled = (0, 0)
        # After a crash between commit and mark: what was committed then is let out from now on.
        self._move_mark()
        if high_water is not None and doubt is None and self._unit.log.newest() == 0:
            begin_mark(high_water)

    @property
    def suspended(self) -> str | None:
        """Why nothing is signed, in words; None when all is well."""
        return self._unit.log.suspended

    @property
    def doubt(self) -> Doubt | None:
        """The same as a word."""
        return self._unit.log.doubt

    async def write(self, work: Callable[[Any], T]) -> T:
        future = self._add(work)
        if not self._scheduled:
            self._scheduled = True
            future.get_loop().call_soon(self._flush_next_turn)
        return await future

    async def write_soon(self, work: Callable[[Any], T]) -> T:
        future = self._add(work)
        self._flush_later()
        return await future

    def _add(self, work: Callable[[Any], T]) -> asyncio.Future[T]:
        if self._closed:
            raise StoreError("the store is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.append((work, future))
        return future

    async def read(self, work: Callable[[Any], T]) -> T:
        self._reader.log.look_again()
        return work(self._reader)

    async def scrub(self) -> None:
        # What waits is written first: it would else come from memory into a file that is clean already.
        while self._queue or self._new_tokens:
            self._flush()
        try:
            self._sql("VACUUM")
            # The journal holds the old pages too: it is brought over, and cut to nothing.
            rows = self._cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except Exception as error:
            if _is_full(error):
                raise StoreFull("the disk has no room to write the database anew; everything is as it was") from None
            raise
        if rows and rows[0][0]:
            raise StoreError("somebody else reads the database now: the old pages stay in its journal; try again")

    async def use_token_once(self, issuer: str, jti: str, expires_at: datetime) -> bool:
        key = f"{issuer} {jti}"
        if key in self._tokens:
            return False
        self._tokens[key] = expiry = format_time(expires_at)
        # Written with the next transaction: at the latest the one of the message that this token came with.
        self._new_tokens.append((key, expiry))
        self._flush_later()
        return True

    def close(self) -> None:
        """Finish what is queued and close the connections."""
        if self._closed:
            return
        self._closed = True
        while self._queue:
            self._flush()
        self._flush()
        self._new_tokens.clear()
        # Not only back to the pool: the last one that closes brings the journal into the database file.
        for connection in (self._read_connection, self._connection):
            connection.close()
            connection.engine.dispose()
        if self._high_water:
            self._high_water.close()

    def _flush_later(self) -> None:
        """What nobody waits for is written with the next transaction, or a moment later in one of its own."""
        if not self._later and not self._closed:
            self._later = True
            asyncio.get_running_loop().call_later(_LATER, self._flush_now)

    def _flush_next_turn(self) -> None:
        """Once more around the loop: what arrives meanwhile shares the sync, and when nothing does it costs nothing."""
        asyncio.get_running_loop().call_soon(self._flush)

    def _flush_now(self) -> None:
        self._later = False
        if not self._scheduled and not self._closed:
            self._flush()

    def _flush(self) -> None:
        self._scheduled = False
        batch, self._queue = self._queue[:_MAX_BATCH], self._queue[_MAX_BATCH:]
        if self._queue and not self._closed:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._flush)
        if not batch and not self._new_tokens:
            return
        done: list[tuple[asyncio.Future[Any], Any]] = []
        actions: list[Callable[[], None]] = []
        try:
            self._sql("BEGIN IMMEDIATE")
            tokens = self._write_tokens()
            for work, future in batch:
                self._run(work, future, done, actions, alone=len(batch) == 1)
            self._sql("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody may wait for ever
            self._undo(error, [future for _, future in batch])
            return
        del self._new_tokens[:tokens]
        self._unit.log.settle()
        self._move_mark()
        # First what follows from the commit, the next messages above all; then the answers to whoever asked.
        for action in actions:
            try:
                action()
            except Exception:  # noqa: BLE001 - nobody waits for it
                _log.exception("what was to follow a commit failed; the commit stands")
        for future, result in done:
            if not future.done():
                future.set_result(result)

    def _run(
        self,
        work: Callable[[SqlUnitOfWork], Any],
        future: asyncio.Future[Any],
        done: list[tuple[asyncio.Future[Any], Any]],
        actions: list[Callable[[], None]],
        *,
        alone: bool,
    ) -> None:
        if not alone:
            self._sql("SAVEPOINT work")
        try:
            result = work(self._unit)
            self._unit.flush()
        except Exception as error:
            self._unit.forget()
            if alone or _is_full(error):
                raise
            self._sql("ROLLBACK TO work")
            self._sql("RELEASE work")
            for kept in self._kept.values():
                kept.undo()
            if not future.done():
                future.set_exception(error)
            return
        if not alone:
            self._sql("RELEASE work")
        for kept in self._kept.values():
            kept.settle()
        actions.extend(self._unit.take_actions())
        done.append((future, result))

    def _undo(self, error: Exception, waiting: list[asyncio.Future[Any]]) -> None:
        self._unit.forget()
        for kept in self._kept.values():
            kept.clear()
        if self._connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
            self._sql("ROLLBACK")
        if waiting and self._new_tokens:  # without anybody waiting it was they that could not be written: not again now
            self._flush_later()
        if _is_full(error):
            _log.error("the disk is full: nothing was written")
            error = StoreFull("the disk has no room left; nothing was written. Free some space and try again.")
        for future in waiting:
            if not future.done():
                future.set_exception(error)

    def _sql(self, statement: str) -> None:
        self._cursor.execute(statement)

    def _move_mark(self) -> None:
        """Move the mark up to what has been committed; from then on a folder from a backup is one like every other."""
        head, doubt = self._unit.log.head(), self._unit.log.doubt
        if self._high_water is None or doubt not in (None, Doubt.UNBOUND) or head is None:
            return
        place = (self._unit.log.epoch, head.size)
        if place <= self._settled:
            return
        try:
            self._high_water.write(HighWater(head.size, head.root, place[0]))
            if self._restored is not None:
                self._restored.unlink(missing_ok=True)
        except OSError as error:
            # What is committed is committed. Nothing more is signed: a set-back could not be noticed.
            why = f"the high-water mark cannot be written ({error}); nothing is signed"
            self._unit.log.release(Doubt.UNBOUND)
            self._unit.log.suspend(why, Doubt.MARK_UNWRITABLE)
            self._unit.log.settle()
            _log.error("%s", self.suspended)
        else:
            self._settled = place

    def _judge(self) -> tuple[Doubt | None, str]:
        """Whether log, database and mark agree at the start; a word and a sentence when they do not."""
        if self._high_water is None:
            return None, ""
        log = self._unit.log
        came = Came.HERE
        if self._restored is not None and self._restored.exists():
            came = Came.BACK_WITHOUT_BACKUP if is_lost(self._restored) else Came.FROM_BACKUP
        return judge_start(log, self._high_water, log.newest(), came=came)

    def _load_tokens(self) -> None:
        self._sql("BEGIN IMMEDIATE")
        self._drop_expired_tokens()
        self._sql("COMMIT")
        self._tokens = {row[0]: row[1] for row in self._connection.execute(select(_TOKEN.c.key, _TOKEN.c.expires_at))}

    def _write_tokens(self) -> int:
        """Write the used tokens that are not written yet; returns how many they are."""
        for key, expires_at in self._new_tokens:
            values = {"key": key, "expires_at": expires_at}
            self._cursor.execute(self._add_token.text, self._add_token.arguments(values))
        if len(self._tokens) >= self._forget_at:
            now = self._drop_expired_tokens()
            self._tokens = {key: until for key, until in self._tokens.items() if until >= now}
            self._forget_at = len(self._tokens) + _FORGET_EVERY
        return len(self._new_tokens)

    def _drop_expired_tokens(self) -> str:
        now = format_time(self._clock.now())
        self._cursor.execute(self._forget_tokens.text, self._forget_tokens.arguments({"now": now}))
        return now


def _is_full(error: BaseException) -> bool:
    # By its name in PEP 249: every driver has a class of its own.
    return any(kind.__name__ == "DatabaseError" for kind in type(error).__mro__) and "full" in str(error).lower()
