"""Our log in the database: leaves, complete subtree nodes, the head. Appended inside the unit of work that is logged."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Table, insert, select, update
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from connector.audit.entries import entry_bytes, make_entry
from connector.audit.log import append, prove
from connector.audit.merkle import consistency_proof, tree_root
from connector.canonical import JsonObject
from connector.ports.records import LogEntry, LogHead
from connector.ports.store import SigningSuspended
from connector.store.tables import LogHeadTable, LogLeafTable, LogNodeTable

_SALT_BYTES: Final = 16


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


_LEAF, _NODE, _HEAD = _table(LogLeafTable), _table(LogNodeTable), _table(LogHeadTable)


@dataclass(frozen=True, slots=True)
class LogSigner:
    """Who signs our checkpoints: the log's origin, its key's signature and public bytes."""

    origin: str
    sign: Callable[[bytes], bytes]
    public_raw: bytes


class SqlLog:
    """The log behind the port `Log`."""

    def __init__(self, signer: LogSigner) -> None:
        self._signer = signer
        self._head: LogHead | None = None
        self._nodes: dict[tuple[int, int], bytes] = {}
        self.connection: Connection | None = None
        self.suspended: str | None = None
        """Why nothing is signed, in words; None when all is well."""

    def head(self) -> LogHead | None:
        if self._head is None:
            row = self._on.execute(select(_HEAD.c.size, _HEAD.c.root, _HEAD.c.note)).first()
            self._head = None if row is None else LogHead(row[0], row[1], row[2])
        return self._head

    def append(self, kind: str, commits_to: str, now: datetime, extra: JsonObject | None = None) -> LogEntry:
        if self.suspended is not None:
            raise SigningSuspended(self.suspended)
        head = self.head()
        size = head.size if head else 0
        entry = make_entry(kind, commits_to, salt=secrets.token_bytes(_SALT_BYTES), time=now, extra=extra)
        data = entry_bytes(entry)
        done = append(
            data,
            size,
            self._read_node,
            origin=self._signer.origin,
            sign=self._signer.sign,
            public_raw=self._signer.public_raw,
        )
        self._on.execute(insert(_LEAF), {"position": done.index, "entry": data.decode()})
        self._on.execute(
            insert(_NODE), [{"level": level, "position": index, "hash": value} for level, index, value in done.nodes]
        )
        values = {"size": done.size, "root": done.root, "note": done.checkpoint_note}
        if head is None:
            self._on.execute(insert(_HEAD), {"id": 1, **values})
        else:
            self._on.execute(update(_HEAD), values)
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

    def consistency(self, old_size: int, new_size: int) -> list[bytes]:
        return consistency_proof(old_size, new_size, self._read_node)

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
        row = self._on.execute(select(_LEAF.c.entry).where(_LEAF.c.position == index)).first()
        if row is None:
            raise KeyError(index)
        found: JsonObject = json.loads(row[0])
        return found

    def forget(self) -> None:
        """Drop what is cached: the unit of work that wrote it was undone."""
        self._head = None
        self._nodes.clear()

    def _read_node(self, level: int, index: int) -> bytes:
        found = self._nodes.get((level, index))
        if found is None:
            statement = select(_NODE.c.hash).where(_NODE.c.level == level, _NODE.c.position == index)
            found = bytes(self._on.execute(statement).scalar_one())
            self._nodes[level, index] = found
        return found

    def _remember(self, nodes: tuple[tuple[int, int, bytes], ...]) -> None:
        # The right edge of the tree is read at every append; the rest is read rarely.
        if len(self._nodes) > 4096:  # noqa: PLR2004
            self._nodes.clear()
        for level, index, value in nodes:
            self._nodes[level, index] = value

    @property
    def _on(self) -> Connection:
        if self.connection is None:
            raise RuntimeError("the log is used outside a unit of work")
        return self.connection
