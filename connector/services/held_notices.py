"""The notices that we hold of one author on one agreement, as the chain that they are: read one by one, as they are asked for."""

from collections.abc import Sequence
from typing import overload

from connector.ports.records import NoticeRecord
from connector.ports.store import UnitOfWork


class HeldDigests(Sequence[str]):
    """Their digests, number 1 first. A chain may be long; of it the last one is needed, and rarely another."""

    def __init__(self, unit: UnitOfWork, contract: str, author: str) -> None:
        self._unit, self._contract, self._author = unit, contract, author
        newest = unit.notices.find(newest_first=True, limit=1, contract=contract, author=author)
        # Each is taken only behind the one before: there is none missing below the last.
        self._newest: NoticeRecord | None = newest[0] if newest else None

    def __len__(self) -> int:
        return 0 if self._newest is None else self._newest.position

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        number = at + 1 if at >= 0 else len(self) + at + 1
        if self._newest is None or not 1 <= number <= len(self):
            raise IndexError(at)
        if number == len(self):
            return self._newest.digest
        held = self._unit.notices.get(key_of(self._contract, self._author, number))
        if held is None:
            raise IndexError(at)
        return held.digest


def key_of(contract: str, author: str, number: int) -> str:
    """Under which a notice is kept."""
    return f"{contract} {author} {number}"
