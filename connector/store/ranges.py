"""Statements about ranges of keys: pages, what is due, everything of one process. Each runs along an index."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, select, tuple_

from connector.store.statements import LAST_CHARACTER

LIMIT: Final = "limit_of_the_page"
FROM, BELOW = "least_of_the_range", "above_the_range"
AFTER: Final = ("order_of_the_last", "key_of_the_last")


def range_of(prefix: str) -> dict[str, Any]:
    """The values of the range that begins so."""
    return {FROM: prefix, BELOW: prefix + LAST_CHARACTER}


def select_page(
    columns: Sequence[Any], where: ColumnElement[bool], order: Any, key: Any, *, beginning: Any, first: bool
) -> Any:
    """A page, newest first: the first one, or what comes after a record of which order and key are given."""
    statement = select(*columns).where(where)
    if beginning is not None:
        statement = statement.where(_begins(beginning))
    if not first:
        statement = statement.where(tuple_(order, key) < tuple_(*(bindparam(name) for name in AFTER)))
    return statement.order_by(order.desc(), key.desc()).limit(bindparam(LIMIT))


def select_between(columns: Sequence[Any], key: Any) -> Any:
    """Those between two keys, both included."""
    within = and_(key >= bindparam(FROM), key <= bindparam(BELOW))
    return select(*columns).where(within).order_by(key).limit(bindparam(LIMIT))


def delete_range(table: Table, key: Any) -> Any:
    """All whose key begins with a prefix."""
    return delete(table).where(_begins(key))


def _begins(column: Any) -> ColumnElement[bool]:
    """Between the prefix and what sorts after all that begins with it: a range of the index, which LIKE is not."""
    return and_(column >= bindparam(FROM), column < bindparam(BELOW))
