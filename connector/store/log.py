"""Our log in the database: leaves, complete subtree nodes, the head. Appended inside the unit of work that is logged."""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ClauseElement, bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from connector.audit.checkpoint import Sign
from connector.audit.entries import EntryKind, entry_bytes, make_entry, salted_digest
from connector.audit.errors import ProofError
from connector.audit.log import append, prove
from connector.audit.merkle import ReadNode, consistency_proof, tree_root
from connector.audit.tiles import Tile, read_tile
from connector.canonical import JsonObject
from connector.ports.records import LogEntry, LogHead
from connector.ports.store import Doubt, SigningSuspended
from connector.store.statements import Cursor, compile_statement, cursor_of, table_of
from connector.store.tables import LogHeadTable, LogLeafTable, LogNodeTable

_SALT_BYTES: Final = 16
_NODES_KEPT: Final = 4096


_LEAF, _NODE, _HEAD = table_of(LogLeafTable), table_of(LogNodeTable), table_of(LogHeadTable)
_HEAD_COLUMNS: Final = ("size", "root", "note")
_STATEMENTS: Final[dict[str, ClauseElement]] = {
    "head": select(*(_HEAD.c[name] for name in _HEAD_COLUMNS)).where(_HEAD.c.epoch == bindparam("of_epoch")),
    "newest": select(func.max(_HEAD.c.epoch)),
    "add head": insert(_HEAD).values({name: bindparam(name) for name in ("epoch", *_HEAD_COLUMNS)}),
    "move head": update(_HEAD)
    .where(_HEAD.c.epoch == bindparam("of_epoch"))
    .values({name: bindparam(name) for name in _HEAD_COLUMNS}),
    "add leaf": insert(_LEAF).values({name: bindparam(name) for name in ("epoch", "position", "entry")}),
    "leaf": select(_LEAF.c.entry).where(
        _LEAF.c.epoch == bindparam("of_epoch"), _LEAF.c.position == bindparam("position")
    ),
    "add node": insert(_NODE).values({name: bindparam(name) for name in ("epoch", "level", "position", "hash")}),
    "node": select(_NODE.c.hash).where(
        _NODE.c.epoch == bindparam("of_epoch"),
        _NODE.c.level == bindparam("level"),
        _NODE.c.position == bindparam("position"),
    ),
}


@dataclass(frozen=True, slots=True)
class LogSigner:
    """Who signs our checkpoints: the log's origin, its key's signature and public bytes.

    `keys`, when given, is asked at each checkpoint for all keys that sign it, and stands for the other two; `place`, when
    given, for which of our logs is in use (from 1) and for its origin.
    """

    origin: str
    sign: Callable[[bytes], bytes]
    public_raw: bytes
    keys: Callable[[], Sequence[tuple[Sign, bytes]]] | None = None
    place: Callable[[], tuple[int, str]] | None = None

    def log(self) -> tuple[int, str]:
        """Which of our logs is in use, and its origin."""
        return (1, self.origin) if self.place is None else self.place()

    def lines(self) -> Sequence[tuple[Sign, bytes]]:
        """Who signs now, in the order of the lines."""
        return ((self.sign, self.public_raw),) if self.keys is None else self.keys()


class SqlLog:
    """The log behind the port `Log`."""

    def __init__(self, signer: LogSigner, connection: Connection) -> None:
        self._signer = signer
        self._head: tuple[int, LogHead | None] | None = None
        self._nodes: dict[tuple[int, int, int], bytes] = {}
        self._cursor: Cursor = cursor_of(connection)
        self._statements = {name: compile_statement(made, connection.dialect) for name, made in _STATEMENTS.items()}
        self.suspended: str | None = None
        """Why nothing is signed, in words; None when all is well."""
        self.doubt: Doubt | None = None
        self._before: tuple[str | None, Doubt | None] | None = None

    @property
    def epoch(self) -> int:
        return self._signer.log()[0]

    def newest(self) -> int:
        return int(self._ask("newest")[0][0] or 0)

    def head(self, epoch: int | None = None) -> LogHead | None:
        wanted = self.epoch if epoch is None else epoch
        if self._head is None or self._head[0] != wanted:
            rows = self._ask("head", of_epoch=wanted)
            found = LogHead(*rows[0]) if rows else None
            if epoch is not None:
                return found
            self._head = (wanted, found)
        return self._head[1]

    def append(self, kind: str, commits_to: str, now: datetime, extra: JsonObject | None = None) -> LogEntry:
        entry = make_entry(kind, commits_to, salt=secrets.token_bytes(_SALT_BYTES), time=now, extra=extra)
        return self._append(entry)

    def append_salted(self, kind: str, content: JsonObject, now: datetime) -> LogEntry:
        salt = secrets.token_bytes(_SALT_BYTES)
        return self._append(make_entry(kind, salted_digest(content, salt), salt=salt, time=now))

    def open_epoch(self, commits_to: str, now: datetime, *, unbound: str | None) -> LogEntry:
        if self.head() is not None:
            raise SigningSuspended(f"the log {self._signer.log()[1]} has entries already")
        entry = make_entry(EntryKind.LOG_EPOCH, commits_to, salt=secrets.token_bytes(_SALT_BYTES), time=now)
        self._change(None, None)
        done = self._append(entry)
        if unbound is not None:
            self._change(unbound, Doubt.UNBOUND)
        return done

    def _append(self, entry: JsonObject) -> LogEntry:
        self.check_may_sign()
        epoch, origin = self._signer.log()
        head = self.head()
        size = head.size if head else 0
        data = entry_bytes(entry)
        (sign, public_raw), *more = self._signer.lines()
        done = append(data, size, self._reading(epoch), origin=origin, sign=sign, public_raw=public_raw, more=more)
        self._ask("add leaf", epoch=epoch, position=done.index, entry=data.decode())
        for level, index, value in done.nodes:
            self._ask("add node", epoch=epoch, level=level, position=index, hash=value)
        values = {"size": done.size, "root": done.root, "note": done.checkpoint_note}
        if head is None:
            self._ask("add head", epoch=epoch, **values)
        else:
            self._ask("move head", of_epoch=epoch, **values)
        self._head = (epoch, LogHead(done.size, done.root, done.checkpoint_note))
        self._remember(epoch, done.nodes)
        return LogEntry(
            index=done.index,
            entry=entry,
            proof=done.tlog_proof(),
            checkpoint=done.checkpoint_note,
            size=done.size,
            root=done.root.hex(),
        )

    def check_may_sign(self) -> None:
        if self.suspended is not None:
            raise SigningSuspended(self.suspended)

    def suspend(self, why: str, doubt: Doubt = Doubt.SET_BACK) -> None:
        if self.suspended is None:
            self.suspended, self.doubt = why, doubt

    def release(self, *doubts: Doubt) -> None:
        if self.doubt in doubts:
            self._change(None, None)

    def _change(self, suspended: str | None, doubt: Doubt | None) -> None:
        """As `suspend` or `release`, and taken back when the unit of work is undone."""
        self._before = self._before or (self.suspended, self.doubt)
        self.suspended, self.doubt = suspended, doubt

    def consistency(self, old_size: int, new_size: int, epoch: int | None = None) -> list[bytes]:
        return consistency_proof(old_size, new_size, self._reading(epoch))

    def tile(self, tile: Tile) -> bytes:
        head = self.head()
        return read_tile(tile, head.size if head else 0, self._reading())

    def proof_in(self, index: int, note: str, epoch: int | None = None) -> str:
        return prove(index, self._reading(epoch), note)

    def tlog_proof(self, index: int) -> str:
        head = self.head()
        if head is None:
            raise ValueError("the log is empty")
        return prove(index, self._reading(), head.note)

    def root_at(self, size: int, epoch: int | None = None) -> bytes:
        """The root over the first `size` leaves."""
        return tree_root(size, self._reading(epoch))

    def entry(self, index: int) -> JsonObject:
        """The entry at `index`.

        Raises:
            KeyError: there is none.
        """
        rows = self._ask("leaf", of_epoch=self.epoch, position=index)
        if not rows:
            raise KeyError(index)
        found: JsonObject = json.loads(rows[0][0])
        return found

    def look_again(self) -> None:
        """The log may have grown since: somebody else writes it. Nodes that exist never change."""
        self._head = None

    def forget(self) -> None:
        """Drop what is cached, and what was changed: the unit of work that wrote it was undone."""
        self._head = None
        self._nodes.clear()
        if self._before is not None:
            (self.suspended, self.doubt), self._before = self._before, None

    def settle(self) -> None:
        """What was done is durable."""
        self._before = None

    def _reading(self, epoch: int | None = None) -> ReadNode:
        return partial(self._read_node, self.epoch if epoch is None else epoch)

    def _read_node(self, epoch: int, level: int, index: int) -> bytes:
        found = self._nodes.get((epoch, level, index))
        if found is None:
            rows = self._ask("node", of_epoch=epoch, level=level, position=index)
            if not rows:
                raise ProofError(f"the log has no node {index} of level {level} yet")
            found = bytes(rows[0][0])
            self._remember(epoch, ((level, index, found),))
        return found

    def _remember(self, epoch: int, nodes: tuple[tuple[int, int, bytes], ...]) -> None:
        # The right edge of the tree is read at every append; the rest is read rarely, and may be much.
        if len(self._nodes) > _NODES_KEPT:
            self._nodes.clear()
        for level, index, value in nodes:
            self._nodes[epoch, level, index] = value

    def _ask(self, name: str, **values: Any) -> list[Any]:
        statement = self._statements[name]
        self._cursor.execute(statement.text, statement.arguments(values))
        return list(self._cursor.fetchall())
