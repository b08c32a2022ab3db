"""The catalog by page: two index ranges, what everybody may see and what this participant may, read side by side."""

import heapq
from collections.abc import Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, Final

import orjson
from sqlalchemy import Table, bindparam, delete, insert, select, tuple_
from sqlalchemy.engine import Connection

from connector.ports.records import EVERYBODY, Listing, Offered, Position
from connector.store.statements import Cursor, Statement, compile_statement, cursor_of, table_of
from connector.store.tables import DatasetTable, ListingTable, ListingValueTable, OfferTable

_LISTING: Final[Table] = table_of(ListingTable)
_VALUE: Final[Table] = table_of(ListingValueTable)
_DATASET: Final[Table] = table_of(DatasetTable)
_OFFER: Final[Table] = table_of(OfferTable)
_BY_POSITION: Final = attrgetter("position")


class SqlCatalogIndex:
    """The port `CatalogIndex` on one connection."""

    def __init__(self, connection: Connection, *, writes: bool = True) -> None:
        self._cursor: Cursor = cursor_of(connection)
        self._dialect = connection.dialect
        self._writes = writes
        self._statements: dict[Any, Statement] = {}

    def add(self, listing: Listing, audiences: Sequence[str], values: Sequence[tuple[str, str]]) -> None:
        self._check_writes()
        facts = orjson.dumps(listing.facts).decode()
        for audience in dict.fromkeys(audiences):
            place = {"audience": audience, "issued": listing.position.issued, "dataset": listing.position.dataset}
            self._run("add", lambda: _insert(_LISTING), {**place, "facts": facts})
            for name, value in dict.fromkeys(values):
                self._run("add value", lambda: _insert(_VALUE), {**place, "name": name, "value": value})

    def remove(self, dataset: str) -> None:
        self._check_writes()
        self._run("remove", lambda: _delete(_LISTING), {"wanted": dataset})
        self._run("remove values", lambda: _delete(_VALUE), {"wanted": dataset})

    def page(
        self,
        participant: str,
        limit: int,
        *,
        after: Position | None = None,
        backwards: bool = False,
        value: tuple[str, str] | None = None,
        with_facts: bool = False,
    ) -> list[Listing]:
        asked: dict[str, Any] = {"most": limit}
        if after is not None:
            asked |= {"after_issued": after.issued, "after_dataset": after.dataset}
        if value is not None:
            asked |= {"wanted_name": value[0], "wanted_value": value[1]}
        shape = (after is not None, backwards, value is not None, with_facts)
        parts = []
        for audience in (EVERYBODY, participant):
            self._run(shape, lambda: _page(*shape), {**asked, "wanted_audience": audience})
            parts.append([_listing(row) for row in self._cursor.fetchall()])
        return list(islice(heapq.merge(*parts, key=_BY_POSITION, reverse=backwards), limit))

    def named(self, participant: str, datasets: Sequence[str]) -> list[Listing]:
        found = []
        for dataset in dict.fromkeys(datasets):
            self._run("named", _named, {"wanted": dataset, "own": participant})
            found += [_listing(row) for row in self._cursor.fetchall()[:1]]
        return sorted(found, key=_BY_POSITION)

    def offered(self, dataset: str) -> Offered | None:
        self._run("described", _described, {"wanted": dataset})
        described = self._cursor.fetchall()
        if not described:
            return None
        self._run("offers", _offers, {"wanted": dataset})
        offers = self._cursor.fetchall()
        size = sum(len(text.encode()) for text in (described[0][0], *(policy for _, policy in offers)))
        return Offered(
            orjson.loads(described[0][0]), tuple([(offer, orjson.loads(policy)) for offer, policy in offers]), size
        )

    def published(self, limit: int, *, after: Position | None = None) -> list[Position]:
        asked: dict[str, Any] = {"most": limit}
        if after is not None:
            asked |= {"after_issued": after.issued, "after_dataset": after.dataset}
        self._run(("published", after is not None), lambda: _published(from_start=after is None), asked)
        return [Position(*row) for row in self._cursor.fetchall()]

    def _run(self, shape: Any, make: Any, values: dict[str, Any]) -> None:
        statement = self._statements.get(shape)
        if statement is None:
            statement = self._statements[shape] = compile_statement(make(), self._dialect)
        self._cursor.execute(statement.text, statement.arguments(values))

    def _check_writes(self) -> None:
        if not self._writes:
            raise RuntimeError("listing: a unit of work that only reads cannot write")


def _insert(table: Table) -> Any:
    return insert(table).values({column.name: bindparam(column.name) for column in table.columns})


def _delete(table: Table) -> Any:
    return delete(table).where(table.c.dataset == bindparam("wanted"))


def _page(after: bool, backwards: bool, by_value: bool, with_facts: bool) -> Any:
    at = _VALUE.c if by_value else _LISTING.c
    asked = (at.issued, at.dataset, _LISTING.c.facts) if with_facts else (at.issued, at.dataset)
    statement = select(*asked).where(at.audience == bindparam("wanted_audience"))
    if by_value:
        statement = statement.where(at.name == bindparam("wanted_name"), at.value == bindparam("wanted_value"))
        if with_facts:
            same = (_LISTING.c[name] == at[name] for name in ("audience", "issued", "dataset"))
            statement = statement.where(*same)
    place = tuple_(at.issued, at.dataset)
    if after:
        last = tuple_(bindparam("after_issued"), bindparam("after_dataset"))
        statement = statement.where(place < last if backwards else place > last)
    order = (at.issued.desc(), at.dataset.desc()) if backwards else (at.issued, at.dataset)
    return statement.order_by(*order).limit(bindparam("most"))


def _named() -> Any:
    listing = _LISTING.c
    seen = listing.audience.in_([bindparam("everybody", EVERYBODY), bindparam("own")])
    return select(listing.issued, listing.dataset, listing.facts).where(listing.dataset == bindparam("wanted"), seen)


def _described() -> Any:
    dataset = _DATASET.c
    return select(dataset.description).where(dataset.id == bindparam("wanted"), dataset.withdrawn_at.is_(None))


def _offers() -> Any:
    offer = _OFFER.c
    wanted = select(offer.id, offer.policy).where(offer.dataset == bindparam("wanted"), offer.live.is_(True))
    return wanted.order_by(offer.created_at, offer.id)


def _published(*, from_start: bool) -> Any:
    dataset = _DATASET.c
    statement = select(dataset.published_at, dataset.id).where(dataset.withdrawn_at.is_(None))
    if not from_start:
        last = tuple_(bindparam("after_issued"), bindparam("after_dataset"))
        statement = statement.where(tuple_(dataset.published_at, dataset.id) > last)
    return statement.order_by(dataset.published_at, dataset.id).limit(bindparam("most"))


def _listing(row: Any) -> Listing:
    issued, dataset, *facts = row
    return Listing(Position(issued, dataset), orjson.loads(facts[0]) if facts else {})
