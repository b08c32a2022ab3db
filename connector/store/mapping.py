"""Records to rows and back, by attribute name: JSON as text, enumerations by value, the rest as it is."""

import dataclasses
import types
from collections.abc import Callable
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final, Generic, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson
from sqlalchemy import Table, and_, bindparam, delete, func, insert, select, true, update
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from connector.ports.store import Duplicate
from connector.store import ranges
from connector.store.kept import Kept
from connector.store.statements import (
    LAST_CHARACTER,
    LIMIT,
    Cursor,
    Statement,
    beginning_with,
    compile_statement,
    cursor_of,
    insert_or,
    table_of,
)

R = TypeVar("R")
Convert = Callable[[Any], Any]
_Shape: TypeAlias = tuple[tuple[str, bool], ...]
"""Which columns are asked for, and whether for NULL."""
_KEY: Final = "key_of_the_record"
_ORDERS: Final = ("number", "position", "size", "created_at", "published_at", "started_at", "at")


def _dump(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _load(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)


def _load_tuple(value: str) -> tuple[Any, ...]:
    return tuple(orjson.loads(value))


def _converters(hint: Any) -> tuple[Convert | None, Convert | None]:
    options = (
        [o for o in get_args(hint) if o is not type(None)] if get_origin(hint) in (Union, types.UnionType) else [hint]
    )
    kind = options[0]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return (lambda v: None if v is None else v.value), (lambda v: None if v is None else kind(v))
    if kind is bool:
        return None, bool
    if get_origin(kind) is tuple:
        return _dump, _load_tuple
    if kind in (str, int, bytes):
        return None, None
    return _dump, _load


class SqlRecords(Generic[R]):
    """Records of one kind in one table. `key` is the attribute that is the primary key.

    With `kept`, records are answered from memory where they are there; what a unit of work adds and changes is written at
    its end or before the next question, and a change writes only the columns that differ.
    """

    def __init__(
        self,
        record: type[R],
        model: type[SQLModel],
        key: str,
        connection: Connection,
        kept: Kept[R] | None = None,
        *,
        writes: bool = True,
    ) -> None:
        self._record = record
        self._table: Table = table_of(model)
        self._key = key
        self._kept = kept
        self._writes = writes
        hints = get_type_hints(record)
        self._names = [f.name for f in dataclasses.fields(record)]  # type: ignore[arg-type]
        converters = [_converters(hints[name]) for name in self._names]
        self._encoders = {i: encode for i, (encode, _) in enumerate(converters) if encode is not None}
        self._decoders = [(i, decode) for i, (_, decode) in enumerate(converters) if decode is not None]
        self._columns = [self._table.c[name] for name in self._names]
        self._values_of: Callable[[R], tuple[Any, ...]] = attrgetter(*self._names)
        self._key_at = self._names.index(key)
        self._counted = key == "number"
        self._cursor: Cursor = cursor_of(connection)
        self._dialect = connection.dialect
        self._integrity_error: type[Exception] = connection.dialect.loaded_dbapi.IntegrityError
        self._statements: dict[Any, Statement] = {}
        self._unwritten: dict[Any, tuple[R | None, R]] = {}

    def get(self, key: Any) -> R | None:
        if self._kept is not None:
            found = self._kept.get(key)
            if found is not None:
                return found
            if key in self._unwritten:
                return self._unwritten[key][1]
            if self._kept.is_absent(key):
                return None
        self._run(self._statement("get", self._select_one), {_KEY: key})
        # Always to the end: a statement that is left half read would hold its view of the database.
        rows = self._cursor.fetchall()
        if rows:
            return self._read(rows[0])
        if self._kept is not None:
            self._kept.missed(key)
        return None

    def add(self, record: R) -> R:
        self._check_writes()
        if self._kept is None or self._counted:
            return self._insert(record)
        key = getattr(record, self._key)
        if key in self._unwritten or self._kept.get(key) is not None:
            raise Duplicate(f"{self._table.name}: there is a record with the key {key} already")
        self._unwritten[key] = (None, record)
        self._kept.write(key, record)
        return record

    def put(self, record: R) -> None:
        self._check_writes()
        key = getattr(record, self._key)
        if self._kept is None:
            self._replace(record)
            return
        before = self._unwritten[key][0] if key in self._unwritten else self._kept.get(key)
        if before is None and key not in self._unwritten:
            self._replace(record)
        else:
            self._unwritten[key] = (before, record)
        self._kept.write(key, record)

    def delete(self, key: Any) -> None:
        self._check_writes()
        if key in self._unwritten:
            before, record = self._unwritten.pop(key)
            if before is None:
                self._insert(record)  # or it would never be found out that there was one already
        self._run(self._statement("delete", self._delete_one), {_KEY: key})
        if self._kept is not None:
            self._kept.drop(key)

    def find(self, *, newest_first: bool = False, limit: int | None = None, **equal: Any) -> list[R]:
        self.flush()
        shape = ("find", newest_first, limit is None, tuple([(name, value is None) for name, value in equal.items()]))
        if limit is not None:
            equal[LIMIT] = limit
        question = (shape, tuple(equal.values()))
        known = self._kept.answer(question) if self._kept is not None else None
        if known is not None:
            return list(known)
        self._run(self._statement(shape, lambda: self._select_many(shape[3], newest_first, limit is None)), equal)
        found = [self._read(row) for row in self._cursor.fetchall()]
        if self._kept is not None:
            self._kept.answered(question, found)
        return found

    def count(self, **equal: Any) -> int:
        self.flush()
        shape = tuple([(name, value is None) for name, value in equal.items()])
        self._run(self._statement(("count", shape), lambda: self._select_count(shape)), equal)
        return int(self._cursor.fetchall()[0][0])

    def keys(self, beginning: str, limit: int) -> list[str]:
        self.flush()
        values = {"beginning": beginning, "end": beginning + LAST_CHARACTER, LIMIT: limit}
        self._run(self._statement("keys", lambda: beginning_with(self._table.c[self._key])), values)
        return [row[0] for row in self._cursor.fetchall()]

    def page(
        self, *, limit: int, after: R | None = None, beginning: tuple[str, str] | None = None, **equal: Any
    ) -> list[R]:
        self.flush()
        column, prefix = beginning or (None, "")
        shape = tuple([(name, value is None) for name, value in equal.items()])
        values = {ranges.LIMIT: limit, **ranges.range_of(prefix), **equal}
        if after is not None:
            last = (getattr(after, self._order.name), getattr(after, self._key))
            values |= zip(ranges.AFTER, last, strict=True)
        self._run(
            self._statement(
                ("page", column, after is None, shape),
                lambda: ranges.select_page(
                    self._columns,
                    self._where(shape),
                    self._order,
                    self._table.c[self._key],
                    beginning=None if column is None else self._table.c[column],
                    first=after is None,
                ),
            ),
            values,
        )
        return [self._read(row) for row in self._cursor.fetchall()]

    def between(self, least: str, most: str, *, limit: int) -> list[R]:
        self.flush()
        make = ranges.select_between
        statement = self._statement("between", lambda: make(self._columns, self._table.c[self._key]))
        self._run(statement, {ranges.FROM: least, ranges.BELOW: most, ranges.LIMIT: limit})
        return [self._read(row) for row in self._cursor.fetchall()]

    def delete_beginning(self, prefix: str) -> None:
        self._check_writes()
        if self._kept is not None:
            raise RuntimeError(f"{self._table.name}: what is kept in memory would stay there")
        make = ranges.delete_range
        statement = self._statement("delete beginning", lambda: make(self._table, self._table.c[self._key]))
        self._run(statement, ranges.range_of(prefix))

    def flush(self) -> None:
        """Write what the running unit of work has added and changed: each record once, each changed column once.

        Raises:
            Duplicate: what was added is there already.
        """
        while self._unwritten:
            key = next(iter(self._unwritten))  # in the order of writing
            before, record = self._unwritten.pop(key)
            if before is None:
                self._insert(record)
            else:
                self._change(key, before, record)

    def forget(self) -> None:
        """The running unit of work was undone: nothing of it is to be written."""
        self._unwritten.clear()

    def _insert(self, record: R) -> R:
        values = self._row(record)
        if self._counted and values[self._key] is None:
            del values[self._key]
        try:
            self._run(self._statement(("add", len(values)), lambda: self._insert_one(list(values))), values)
        except self._integrity_error as error:
            if self._kept is not None:
                self._kept.drop(getattr(record, self._key))  # what is there is another
            raise Duplicate(f"{self._table.name}: {error}") from None
        if self._counted:
            record = dataclasses.replace(record, number=self._cursor.lastrowid)  # type: ignore[type-var]
            if self._kept is not None:
                self._kept.write(self._cursor.lastrowid, record)
        return record

    def _replace(self, record: R) -> None:
        """Write a record of which it is not known whether it is there."""
        self._run(self._statement("put", self._insert_or_update), self._row(record))

    def _change(self, key: Any, before: R, record: R) -> None:
        """Write the columns in which a record differs from the one that is there."""
        names, old, new = self._names, self._values_of(before), self._values_of(record)
        changed = tuple([i for i in range(len(names)) if new[i] is not old[i]])
        if not changed:
            return
        encoders = self._encoders
        values = {names[i]: encoders[i](new[i]) if i in encoders else new[i] for i in changed}
        values[_KEY] = key
        self._run(self._statement(changed, lambda: self._update([names[i] for i in changed])), values)

    def _check_writes(self) -> None:
        if not self._writes:
            # It would stand in memory, for all to see, and nowhere else.
            raise RuntimeError(f"{self._table.name}: a unit of work that only reads cannot write")

    # --- statements, made once for each shape --------------------------------------------------------------------------

    def _statement(self, shape: Any, make: Callable[[], Any]) -> Statement:
        found = self._statements.get(shape)
        if found is None:
            found = self._statements[shape] = compile_statement(make(), self._dialect)
        return found

    def _run(self, statement: Statement, values: dict[str, Any]) -> None:
        self._cursor.execute(statement.text, statement.arguments(values))

    def _select_one(self) -> Any:
        return select(*self._columns).where(self._is_key)

    def _insert_one(self, names: list[str]) -> Any:
        return insert(self._table).values({name: bindparam(name) for name in names})

    def _insert_or_update(self) -> Any:
        made = insert_or(self._dialect.name)(self._table).values({name: bindparam(name) for name in self._names})
        changed = {name: made.excluded[name] for name in self._names if name != self._key}
        return made.on_conflict_do_update(index_elements=[self._key], set_=changed)

    def _update(self, names: list[str]) -> Any:
        return update(self._table).where(self._is_key).values({name: bindparam(name) for name in names})

    def _delete_one(self) -> Any:
        return delete(self._table).where(self._is_key)

    def _select_many(self, shape: _Shape, newest_first: bool, unlimited: bool) -> Any:
        statement = select(*self._columns).where(self._where(shape))
        statement = statement.order_by(self._order.desc() if newest_first else self._order)
        return statement if unlimited else statement.limit(bindparam(LIMIT))

    def _select_count(self, shape: _Shape) -> Any:
        return select(func.count()).select_from(self._table).where(self._where(shape))

    @property
    def _is_key(self) -> Any:
        return self._table.c[self._key] == bindparam(_KEY)

    def _where(self, shape: _Shape) -> Any:
        columns = self._table.c
        return and_(true(), *(columns[n].is_(None) if null else columns[n] == bindparam(n) for n, null in shape))

    @property
    def _order(self) -> Any:
        return self._table.c[next((name for name in _ORDERS if name in self._table.c), self._key)]

    def _row(self, record: R) -> dict[str, Any]:
        values = list(self._values_of(record))
        for i, encode in self._encoders.items():
            values[i] = encode(values[i])
        return dict(zip(self._names, values, strict=True))

    def _read(self, row: Any) -> R:
        if self._kept is not None:
            found = self._kept.get(row[self._key_at])
            if found is not None:
                return found
        values = list(row)
        for i, decode in self._decoders:
            values[i] = decode(values[i])
        record = self._record(**dict(zip(self._names, values, strict=True)))
        if self._kept is not None:
            self._kept.read(row[self._key_at], record)
        return record
