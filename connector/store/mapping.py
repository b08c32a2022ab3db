"""Records to rows and back, by attribute name: JSON as text, enumerations by value, the rest as it is."""

import dataclasses
import json
import types
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Table, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from connector.ports.store import Duplicate

R = TypeVar("R")
Convert = Callable[[Any], Any]


def _dump(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _load(value: str | None) -> Any:
    return None if value is None else json.loads(value)


def _load_tuple(value: str) -> tuple[Any, ...]:
    return tuple(json.loads(value))


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
    """Records of one kind in one table. `key` is the attribute that is the primary key."""

    def __init__(self, record: type[R], model: type[SQLModel], key: str) -> None:
        self._record = record
        self._table: Table = model.__table__  # type: ignore[attr-defined]
        self._key = key
        hints = get_type_hints(record)
        names = [f.name for f in dataclasses.fields(record)]  # type: ignore[arg-type]
        converters = {name: _converters(hints[name]) for name in names}
        self._encode = {name: pair[0] for name, pair in converters.items()}
        self._columns = [self._table.c[name] for name in names]
        self._decode = [(name, converters[name][1]) for name in names]
        self._counted = key == "number"
        column = self._table.c[key]
        self._column = column
        self._by_key = select(*self._columns).where(column == bindparam(f"k_{key}"))
        self._insert = insert(self._table)
        self._update = (
            update(self._table)
            .where(column == bindparam(f"k_{key}"))
            .values({name: bindparam(f"v_{name}") for name in names if name != key})
        )
        self._delete = delete(self._table).where(column == bindparam(f"k_{key}"))
        self.connection: Connection | None = None

    def get(self, key: Any) -> R | None:
        row = self._on.execute(self._by_key, {f"k_{self._key}": key}).first()
        return None if row is None else self._read(row)

    def add(self, record: R) -> R:
        values = self._row(record)
        if self._counted and values[self._key] is None:
            del values[self._key]
        try:
            done = self._on.execute(self._insert, values)
        except IntegrityError as error:
            raise Duplicate(f"{self._table.name}: {error.orig}") from None
        if self._counted:
            number = done.inserted_primary_key[0]  # type: ignore[index]
            return dataclasses.replace(record, number=number)  # type: ignore[type-var]
        return record

    def put(self, record: R) -> None:
        values = self._row(record)
        parameters: dict[str, Any] = {f"v_{name}": value for name, value in values.items() if name != self._key}
        parameters[f"k_{self._key}"] = values[self._key]
        if self._on.execute(self._update, parameters).rowcount == 0:
            self.add(record)

    def delete(self, key: Any) -> None:
        self._on.execute(self._delete, {f"k_{self._key}": key})

    def find(self, *, newest_first: bool = False, limit: int | None = None, **equal: Any) -> list[R]:
        statement = select(*self._columns).where(self._where(equal))
        statement = statement.order_by(self._order.desc() if newest_first else self._order)
        if limit is not None:
            statement = statement.limit(limit)
        return [self._read(row) for row in self._on.execute(statement)]

    def count(self, **equal: Any) -> int:
        return int(
            self._on.execute(select(func.count()).select_from(self._table).where(self._where(equal))).scalar_one()
        )

    @property
    def _order(self) -> Any:
        for name in ("number", "position", "size", "created_at", "published_at", "started_at", "at"):
            if name in self._table.c:
                return self._table.c[name]
        return self._column

    @property
    def _on(self) -> Connection:
        if self.connection is None:
            raise RuntimeError("records are used outside a unit of work")
        return self.connection

    def _where(self, equal: Mapping[str, Any]) -> Any:
        return and_(True, *(self._table.c[name] == value for name, value in equal.items()))

    def _row(self, record: R) -> dict[str, Any]:
        return {
            name: value if encode is None else encode(value)
            for name, encode in self._encode.items()
            for value in (getattr(record, name),)
        }

    def _read(self, row: Any) -> R:
        values = {
            name: value if decode is None else decode(value)
            for (name, decode), value in zip(self._decode, row, strict=True)
        }
        return self._record(**values)
