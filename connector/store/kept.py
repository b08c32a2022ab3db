"""Records that were written or read lately, kept in memory as the values that they are.

One process owns the database (decision 5, 22) and one connection writes it, so what was committed last is what is
there. Records are frozen and their JSON is never changed in place: a new state is a new record (`dataclasses.replace`).
That also tells, by identity, which columns a change concerns.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Final, Generic, TypeVar

R = TypeVar("R")
_ANSWERS: Final = 64
_SHORT: Final = 8


class Kept(Generic[R]):
    """The latest records of one table by key, at most `size` of them, and short answers to what was asked of it."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._records: OrderedDict[Any, R] = OrderedDict()
        self._answers: dict[Hashable, tuple[R, ...]] = {}
        self._absent: set[Any] = set()
        self._touched: list[Any] = []

    def get(self, key: Any) -> R | None:
        """The record, if it is kept."""
        found = self._records.get(key)
        if found is not None:
            self._records.move_to_end(key)
        return found

    def is_absent(self, key: Any) -> bool:
        """Whether it was asked for, was not there, and nothing in the table has changed since."""
        return key in self._absent

    def missed(self, key: Any) -> None:
        """Keep that it is not there."""
        if len(self._absent) >= self._size:
            self._absent.clear()
        self._absent.add(key)

    def read(self, key: Any, record: R) -> None:
        """Keep what was read from the database."""
        self._records[key] = record
        if len(self._records) > self._size:
            self._records.popitem(last=False)

    def write(self, key: Any, record: R) -> None:
        """Keep what was written by the unit of work that is running."""
        self._touched.append(key)
        self._forget_answers()
        self.read(key, record)

    def drop(self, key: Any) -> None:
        """It was deleted."""
        self._forget_answers()
        self._records.pop(key, None)

    def answer(self, question: Hashable) -> tuple[R, ...] | None:
        """What was found when this was asked last, if nothing in the table has changed since."""
        return self._answers.get(question)

    def answered(self, question: Hashable, found: list[R]) -> None:
        """Keep an answer until something in the table changes; only short ones, for the same few are asked for often."""
        if len(found) <= _SHORT:
            if len(self._answers) >= _ANSWERS:
                self._answers.clear()
            self._answers[question] = tuple(found)

    def settle(self) -> None:
        """The running unit of work is done; what it wrote stands, as long as the transaction does."""
        self._touched.clear()

    def undo(self) -> None:
        """The running unit of work was undone: what it wrote is not there, and what it deleted is."""
        for key in self._touched:
            self._records.pop(key, None)
        self._touched.clear()
        self._forget_answers()

    def clear(self) -> None:
        """The whole transaction was undone."""
        self._records.clear()
        self._forget_answers()
        self._touched.clear()

    def _forget_answers(self) -> None:
        self._answers.clear()
        self._absent.clear()
