"""The disk port: how much room is left where a connector keeps what it has.

Demands: a look costs next to nothing, for it is asked before anything new is begun.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from connector.ports.store import StoreFull


class Place(StrEnum):
    """What lies on a disk."""

    DATABASE = "database"
    """The database with the log, and its high-water mark."""
    PUBLISHED = "published"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Volume:
    """A disk, and what of ours lies on it.

    Attributes:
        places: what lies there.
        free: bytes that we may still write.
        total: bytes that it holds in all.
    """

    places: tuple[Place, ...]
    free: int
    total: int


class Disk(Protocol):
    """Where a connector keeps what it has."""

    def volumes(self) -> Sequence[Volume]:
        """Each disk once, the one with the database first."""
        ...


RETRY_AFTER: Final = 60
"""Seconds after which it is worth while to ask again."""


class NoRoom(StoreFull):
    """Less is free than has to stay free: nothing new is begun. Nothing was written, and nothing is half done.

    Attributes:
        ko: the sentence in Korean.
        retry_after: seconds after which it is worth while to ask again.
    """

    def __init__(self, sentence: str, ko: str) -> None:
        super().__init__(sentence)
        self.ko = ko
        self.retry_after = RETRY_AFTER
