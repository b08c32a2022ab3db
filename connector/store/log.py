"""Our log in the database: leaves, complete subtree nodes, the head. Appended inside the unit of work that is logged."""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ClauseElement, bindparam, insert, select, update
from sqlalchemy.engine import Connection

from connector.audit.checkpoint import Sign
from connector.audit.entries import entry_bytes, make_entry, salted_digest
from connector.audit.log import append, prove
from connector.audit.merkle import consistency_proof, tree_root
from connector.audit.tiles import Tile, read_tile
from connector.canonical import JsonObject
from connector.ports.records import LogEntry, LogHead
from connector.ports.store import SigningSuspended
from connector.store.statements import Cursor, compile_statement, cursor_of, table_of
from connector.store.tables import LogHeadTable, LogLeafTable, LogNodeTable

_SALT_BYTES: Final = 16
_NODES_KEPT: Final = 4096


_LEAF, _NODE, _HEAD = table_of(LogLeafTable), table_of(LogNodeTable), table_of(LogHeadTable)
_HEAD_COLUMNS: Final = ("size", "root", "note")
_STATEMENTS: Final[dict[str, ClauseElement]] = {
    "head": select(*(_HEAD.c[name] for name in _HEAD_COLUMNS)),
    "add head": insert(_HEAD).values({name: bindparam(name) for name in ("id", *_HEAD_COLUMNS)}),
    "move head": update(_HEAD).values({name: bindparam(name) for name in _HEAD_COLUMNS}),
    "add leaf": insert(_LEAF).values(position=bindparam("position"), entry=bindparam("entry")),
    "leaf": select(_LEAF.c.entry).where(_LEAF.c.position == bindparam("position")),
    "add node": insert(_NODE).values({name: bindparam(name) for name in ("level", "position", "hash")}),
    "node": select(_NODE.c.hash).where(_NODE.c.level == bindparam("level"), _NODE.c.position == bindparam("position")),
}


@dataclass(frozen=True, slots=True)
class LogSigner:
    """Who signs our checkpoints: the log's origin, its key's signature and public bytes.

    `keys`, when given, is asked at each checkpoint for all keys that sign it, and stands for the other two.
    """

    origin: str
    sign: Callable[[bytes], bytes]
    public_raw: bytes
    keys: Callable[[], Sequence[tuple[Sign, bytes]]] | None = None

    def lines(self) -> Sequence[tuple[Sign, bytes]]:
        """Who signs now, in the order of the lines."""
        return ((self.sign, self.public_raw),) if self.keys is None else self.keys()


class SqlLog:
    """The log behind the port `Log`."""

    def __init__(self, signer: LogSigner, connection: Connection) -> None:
        self._signer = signer
        self._head: LogHead | None = None
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._cursor: Cursor = cursor_of(connection)
        self._statements = {name: compile_statement(made, connection.dialect) for name, made in _STATEMENTS.items()}
        self.suspended: str | None = None
        """Why nothing is signed, in words; None when all is well."""

    def head(self) -> LogHead | None:
        if self._head is None:
            rows = self._ask("head")
            self._head = LogHead(*rows[0]) if rows else None
        return self._head

    def append(self, kind: str, commits_to: str, now: datetime, extra: JsonObject | None = None) -> LogEntry:
        entry = make_entry(kind, commits_to, salt=secrets.token_bytes(_SALT_BYTES), time=now, extra=extra)
        return self._append(entry)

    def append_salted(self, kind: str, content: JsonObject, now: datetime) -> LogEntry:
        salt = secrets.token_bytes(_SALT_BYTES)
        return self._append(make_entry(kind, salted_digest(content, salt), salt=salt, time=now))

    def _append(self, entry: JsonObject) -> LogEntry:
        self.check_may_sign()
        head = self.head()
        size = head.size if head else 0
        data = entry_bytes(entry)
        (sign, public_raw), *more = self._signer.lines()
        done = append(
            data, size, self._read_node, origin=self._signer.origin, sign=sign, public_raw=public_raw, more=more
        )
        self._ask("add leaf", position=done.index, entry=data.decode())
        for level, index, value in done.nodes:
            self._ask("add node", level=level, position=index, hash=value)
        values = {"size": done.size, "root": done.root, "note": done.checkpoint_note}
        if head is None:
            self._ask("add head", id=1, **values)
        else:
            self._ask("move head", **values)
        self._head = LogHead(done.size, done.root, done.checkpoint_note)
        self._remember(done.nodes)
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

    def suspend(self, why: str) -> None:
        self.suspended = self.suspended or why

    def consistency(self, old_size: int, new_size: int) -> list[bytes]:
        return consistency_proof(old_size, new_size, self._read_node)

    def tile(self, tile: Tile) -> bytes:
        head = self.head()
        return read_tile(tile, head.size if head else 0, self._read_node)

    def proof_in(self, index: int, note: str) -> str:
        return prove(index, self._read_node, note)

    def tlog_proof(self, index: int) -> str:
        head = self.head()
        if head is None:
            raise ValueError("the log is empty")
        return prove(index, self._read_node, head.note)

    def root_at(self, size: int) -> bytes:
        """The root over the first `size` leaves."""
        return tree_root(size, self._read_node)

    def entry(self, index: int) -> JsonObject:
        """The entry at `index`.

        Raises:
            KeyError: there is none.
        """
        rows = self._ask("leaf", position=index)
        if not rows:
            raise KeyError(index)
        found: JsonObject = json.loads(rows[0][0])
        return found

    def look_again(self) -> None:
        """The log may have grown since: somebody else writes it. Nodes that exist never change."""
        self._head = None

    def forget(self) -> None:
        """Drop what is cached: the unit of work that wrote it was undone."""
        self._head = None
        self._nodes.clear()

    def _read_node(self, level: int, index: int) -> bytes:
        found = self._nodes.get((level, index))
        if found is None:
            found = bytes(self._ask("node", level=level, position=index)[0][0])
            self._remember(((level, index, found),))
        return found

    def _remember(self, nodes: tuple[tuple[int, int, bytes], ...]) -> None:
        # The right edge of the tree is read at every append; the rest is read rarely, and may be much.
        if len(self._nodes) > _NODES_KEPT:
            self._nodes.clear()
        for level, index, value in nodes:
            self._nodes[level, index] = value

    def _ask(self, name: str, **values: Any) -> list[Any]:
        statement = self._statements[name]
        self._cursor.execute(statement.text, statement.arguments(values))
        return list(self._cursor.fetchall())
