"""Transcripts in the database: rows written many at once, read by process, thrown away from the oldest on.

Each row carries the sum of all weights up to it: the volume that is kept is known from the first and the last row, and
nothing is ever counted through.
"""

import dataclasses
from collections.abc import Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Any, Final

import orjson
from sqlalchemy import ClauseElement, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from connector.ports.records import Exchange
from connector.store.statements import (
    LAST_CHARACTER,
    LIMIT,
    Cursor,
    beginning_with,
    compile_statement,
    cursor_of,
    table_of,
)
from connector.store.tables import ExchangeTable

_LOOKED_THROUGH: Final = 20_000
"""How many of the latest are looked through for those that failed."""
_REFUSED: Final = 400
_ROWS: Final = table_of(ExchangeTable)
_NAMES: Final = tuple(field.name for field in dataclasses.fields(Exchange))
_ALL: Final = tuple(_ROWS.c[name] for name in _NAMES)
_WRITTEN: Final = tuple(name for name in _NAMES if name != "number")
_HEADERS: Final = ("headers", "answer_headers")
_LATEST: Final = select(*_ALL).order_by(_ROWS.c.number.desc()).limit(bindparam(LIMIT))
_FAILED: Final = (
    or_(_ROWS.c.status >= _REFUSED, _ROWS.c.status.is_(None)),
    _ROWS.c.number > select(func.max(_ROWS.c.number)).scalar_subquery() - _LOOKED_THROUGH,
)
_PEER: Final = _ROWS.c.peer == bindparam("peer")
_STATEMENTS: Final[dict[str, ClauseElement]] = {
    "add": insert(_ROWS).values({name: bindparam(name) for name in _WRITTEN}),
    "of": _LATEST.where(_ROWS.c.process == bindparam("process")),
    "latest": _LATEST,
    "latest with": _LATEST.where(_PEER),
    "failed": _LATEST.where(*_FAILED),
    "failed with": _LATEST.where(_PEER, *_FAILED),
    "between": select(*_ALL)
    .where(_ROWS.c.number > bindparam("after"))
    .order_by(_ROWS.c.number)
    .limit(bindparam(LIMIT)),
    "replace": update(_ROWS)
    .where(_ROWS.c.number == bindparam("of_number"))
    .values({name: bindparam(name) for name in _WRITTEN}),
    "processes": beginning_with(_ROWS.c.process),
    "volume": select(_ROWS.c.volume).order_by(_ROWS.c.number.desc()).limit(1),
    "oldest": select(_ROWS.c.number, _ROWS.c.at, _ROWS.c.weight, _ROWS.c.volume)
    .order_by(_ROWS.c.number)
    .limit(bindparam(LIMIT)),
    "drop": delete(_ROWS).where(_ROWS.c.number <= bindparam("number")),
}
_values_of = attrgetter(*_WRITTEN)


class SqlExchanges:
    """The port `Exchanges`."""

    def __init__(self, connection: Connection) -> None:
        self._cursor: Cursor = cursor_of(connection)
        self._statements = {name: compile_statement(made, connection.dialect) for name, made in _STATEMENTS.items()}

    def add(self, exchanges: Sequence[Exchange]) -> None:
        volumes = accumulate((exchange.weight for exchange in exchanges), initial=self._volume())
        next(volumes)
        statement = self._statements["add"]
        rows = [
            statement.arguments(_row(exchange, volume)) for exchange, volume in zip(exchanges, volumes, strict=True)
        ]
        self._cursor.executemany(statement.text, rows)

    def of(self, process: str, limit: int) -> list[Exchange]:
        return self._exchanges("of", process=process, **{LIMIT: limit})[::-1]

    def latest(self, limit: int, *, peer: str | None = None, failed: bool = False) -> list[Exchange]:
        name = "failed" if failed else "latest"
        if peer is None:
            return self._exchanges(name, **{LIMIT: limit})
        return self._exchanges(f"{name} with", peer=peer, **{LIMIT: limit})

    def processes(self, beginning: str, limit: int) -> list[str]:
        values = {"beginning": beginning, "end": beginning + LAST_CHARACTER, LIMIT: limit}
        return [row[0] for row in self._ask("processes", **values)]

    def between(self, after: int, limit: int) -> list[Exchange]:
        return self._exchanges("between", after=after, **{LIMIT: limit})

    def replace(self, exchanges: Sequence[Exchange]) -> None:
        statement = self._statements["replace"]
        for exchange in exchanges:
            values = {**_row(exchange, exchange.volume), "of_number": exchange.number}
            self._cursor.execute(statement.text, statement.arguments(values))

    def prune(self, *, before: str, volume: int, most: int) -> int:
        too_early = self._volume() - volume
        oldest = self._ask("oldest", **{LIMIT: most})
        gone = [number for number, at, weight, so_far in oldest if at < before or so_far - weight < too_early]
        if gone:
            self._cursor.execute(
                self._statements["drop"].text, self._statements["drop"].arguments({"number": gone[-1]})
            )
        return len(gone)

    def _volume(self) -> int:
        rows = self._ask("volume")
        return int(rows[0][0]) if rows else 0

    def _exchanges(self, name: str, **values: Any) -> list[Exchange]:
        return [_read(row) for row in self._ask(name, **values)]

    def _ask(self, name: str, **values: Any) -> list[Any]:
        statement = self._statements[name]
        self._cursor.execute(statement.text, statement.arguments(values))
        # Always to the end: a statement that is left half read would hold its view of the database.
        return list(self._cursor.fetchall())


def _row(exchange: Exchange, volume: int) -> dict[str, Any]:
    values = dict(zip(_WRITTEN, _values_of(exchange), strict=True))
    values["volume"] = volume
    for name in _HEADERS:
        values[name] = orjson.dumps(values[name]).decode()
    return values


def _read(row: Any) -> Exchange:
    values = dict(zip(_NAMES, row, strict=True))
    for name in _HEADERS:
        values[name] = orjson.loads(values[name])
    return Exchange(**{**values, "known": bool(values["known"]), "masked": bool(values["masked"])})
