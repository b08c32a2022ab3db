"""Records that were written or read lately, kept in memory as the values that they are.

One process owns the database (decision 5, 22) and one connection writes it, so what was committed last is what is
there. Records are frozen and their JSON is never changed in place: a new state is a new record (`dataclasses.replace`).
That also tells, by identity, which columns a change concerns.
"""

from collections import OrderedDict
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class Kept(Generic[R]):
    """The latest records of one table by key, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._records: OrderedDict[Any, R] = OrderedDict()
        self._touched: list[Any] = []

    def get(self, key: Any) -> R | None:
        """The record, if it is kept."""
        found = self._records.get(key)
        if found is not None:
            self._records.move_to_end(key)
        return found

    def read(self, key: Any, record: R) -> None:
        """Keep what was read from the database."""
        self._records[key] = record
        if len(self._records) > self._size:
            self._records.popitem(last=False)

    def write(self, key: Any, record: R) -> None:
        """Keep what was written by the unit of work that is running."""
        self._touched.append(key)
        self.read(key, record)

    def drop(self, key: Any) -> None:
        """It was deleted, or is no longer what is here."""
        self._records.pop(key, None)

    def settle(self) -> None:
        """The running unit of work is done; what it wrote stands, as long as the transaction does."""
        self._touched.clear()

    def undo(self) -> None:
        """The running unit of work was undone: what it wrote is not there."""
        for key in self._touched:
            self._records.pop(key, None)
        self._touched.clear()

    def clear(self) -> None:
        """The whole transaction was undone."""
        self._records.clear()
        self._touched.clear()
