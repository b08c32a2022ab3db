"""What was used under each contract: one row, changed only by whoever has seen what it says now.

The change is one statement with its condition in it (`UPDATE … WHERE uses = ? AND …`), never a value that was worked out
from memory. So it holds whatever judged the use, a bound, an alternative or a window of time, and whoever else writes:
SQLite lets one transaction write at a time, PostgreSQL keeps the row locked until the transaction is over and then looks at
the condition again.
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ClauseElement, and_, bindparam, delete, select, update
from sqlalchemy.engine import Connection

from connector.ports.records import Tally
from connector.store.statements import Cursor, Statement, compile_statement, cursor_of, insert_or, table_of
from connector.store.tables import DeliveryTable, TallyTable

_ROWS: Final = table_of(TallyTable)
_DELIVERY: Final = table_of(DeliveryTable)
_COUNTED: Final = ("uses", "rows", "bytes")
_IS_IT: Final = _ROWS.c.contract == bindparam("of_contract")
_STATEMENTS: Final[dict[str, ClauseElement]] = {
    "of": select(*(_ROWS.c[name] for name in _COUNTED)).where(_IS_IT),
    "add": update(_ROWS)
    .where(and_(_IS_IT, *(_ROWS.c[name] == bindparam(f"seen_{name}") for name in _COUNTED)))
    .values({name: bindparam(f"now_{name}") for name in _COUNTED}),
    "forget": delete(_ROWS).where(_IS_IT),
    "since": select(_DELIVERY.c.started_at)
    .where(_DELIVERY.c.contract == bindparam("of_contract"), _DELIVERY.c.started_at > bindparam("moment"))
    .order_by(_DELIVERY.c.started_at),
}


class SqlTallies:
    """The port `Tallies` on one connection. `written` has the deliveries of this unit of work written down."""

    def __init__(self, connection: Connection, written: Callable[[], None], *, writes: bool = True) -> None:
        self._cursor: Cursor = cursor_of(connection)
        self._written = written
        self._writes = writes
        statements = {**_STATEMENTS, "begin": _begin(connection.dialect.name)}
        self._statements: dict[str, Statement] = {
            name: compile_statement(statement, connection.dialect) for name, statement in statements.items()
        }

    def of(self, contract: str) -> Tally:
        rows = self._ask("of", of_contract=contract)
        return Tally(*rows[0]) if rows else Tally()

    def add(self, contract: str, seen: Tally, now: Tally) -> bool:
        if not self._writes:
            raise RuntimeError("tally: a unit of work that only reads cannot write")
        if seen == Tally():
            self._run("begin", of_contract=contract, uses=0, rows=0, bytes=0)
        self._run("add", of_contract=contract, **_named("seen", seen), **_named("now", now))
        return self._cursor.rowcount == 1

    def forget(self, contract: str) -> None:
        if not self._writes:
            raise RuntimeError("tally: a unit of work that only reads cannot write")
        self._run("forget", of_contract=contract)

    def used_since(self, contract: str, moment: str) -> list[str]:
        self._written()
        return [row[0] for row in self._ask("since", of_contract=contract, moment=moment)]

    def _ask(self, name: str, **values: Any) -> list[Any]:
        self._run(name, **values)
        # Always to the end: a statement that is left half read would hold its view of the database.
        return list(self._cursor.fetchall())

    def _run(self, name: str, **values: Any) -> None:
        statement = self._statements[name]
        self._cursor.execute(statement.text, statement.arguments(values))


def _begin(dialect: str) -> Any:
    """A first row, all zero, where there is none; nothing where another was quicker."""
    values: dict[str, Any] = {"contract": bindparam("of_contract"), **{name: bindparam(name) for name in _COUNTED}}
    made: Any = insert_or(dialect)(_ROWS).values(values)
    return made.on_conflict_do_nothing(index_elements=["contract"])


def _named(prefix: str, tally: Tally) -> dict[str, int]:
    return {f"{prefix}_{name}": getattr(tally, name) for name in _COUNTED}
