"""Statements of SQLAlchemy Core, compiled once to the text and parameter order that the database driver takes.

The tables stay sqlmodel's and the SQL stays SQLAlchemy's; only the work of building and compiling a statement anew for
each call is saved, which on the hot path is most of what a statement costs (decision 21).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import ClauseElement, Table, bindparam, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlmodel import SQLModel

Cursor: TypeAlias = DBAPICursor
LIMIT: Final = "limit_of_the_answer"
LAST_CHARACTER: Final = "\U0010ffff"
"""Sorts behind whatever may follow the beginning of an id."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The text of a statement, the names of its parameters in their order, and those that never change."""

    text: str
    names: tuple[str, ...]
    fixed: dict[str, Any]

    def arguments(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """The parameters in the order of the text."""
        fixed = self.fixed
        return tuple([values[name] if name in values else fixed[name] for name in self.names])


def compile_statement(statement: ClauseElement, dialect: Dialect) -> Statement:
    """Compile a statement whose values are all named bind parameters."""
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    names = tuple(getattr(compiled, "positiontup", None) or ())
    return Statement(
        str(compiled), names, {name: value for name, value in compiled.params.items() if value is not None}
    )


def cursor_of(connection: Connection) -> Cursor:
    """A cursor of the driver below a connection."""
    return connection.connection.cursor()


def insert_or(dialect: str) -> Callable[[Table], Any]:
    """The insert of a dialect that can say what is to happen where there is a row already."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # a sixtieth of the start, for nothing where SQLite is inside

        return postgresql.insert
    return sqlite.insert


def table_of(model: type[SQLModel]) -> Table:
    """The table of a sqlmodel class."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def beginning_with(column: Any) -> Any:
    """The different values of a column between the parameters `beginning` and `end`; an index serves it."""
    within = column.between(bindparam("beginning"), bindparam("end"))
    return select(column).where(within).distinct().order_by(column).limit(bindparam(LIMIT))
