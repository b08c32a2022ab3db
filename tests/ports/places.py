"""Where a store lives: in memory, or in a folder; opened, closed, and opened again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from connector.store.log import LogSigner
from connector.store.migrate import upgrade
from connector.store.sqlite import open_sqlite, sqlite_engine
from connector.store.unit_of_work import SqlStore
from connector.trust.keys import generate_ed25519
from tests.support.clock import HandClock

ORIGIN: Final = "company.example/log"
KEY: Final = generate_ed25519()


@cache
def empty_database() -> bytes:
    """A database with our tables and nothing in them; they are made once for all tests of a process."""
    engine = sqlite_engine(None)
    upgrade(engine)
    with engine.connect() as connection:
        found: bytes = connection.connection.driver_connection.serialize()  # type: ignore[union-attr]
    engine.dispose()
    return found


class Place:
    """A place for a store. What was opened here is closed at the end of the test."""

    lasting = False

    def __init__(self) -> None:
        self.clock = HandClock()
        self.signed: list[bytes] = []
        self.signer = LogSigner(ORIGIN, self._sign, KEY.public.raw())
        self._opened: list[SqlStore] = []

    def _sign(self, data: bytes) -> bytes:
        self.signed.append(data)
        return KEY.sign(data)

    def open(self) -> SqlStore:
        """A store that is ready for work. In a lasting place: with what was written before."""
        store = self._open()
        self._opened.append(store)
        return store

    def _open(self) -> SqlStore:
        # As `open_in_memory`, without making the schema anew; that is for test_migrations.
        engine = sqlite_engine(None)
        with engine.connect() as connection:
            connection.connection.driver_connection.deserialize(empty_database())  # type: ignore[union-attr]
        return SqlStore(engine, self.signer, self.clock)

    def close(self) -> None:
        for store in self._opened:
            store.close()


class FolderPlace(Place):
    """A SQLite file in a folder, with its high-water mark beside it."""

    lasting = True

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.file = folder / "mmd.sqlite"
        self.mark = folder / "log.highwater"
        self.file.write_bytes(empty_database())

    def _open(self) -> SqlStore:
        return open_sqlite(self.file, self.signer, self.clock, high_water=self.mark)


KINDS: Final[dict[str, Callable[[Path], Place]]] = {"memory": lambda _: Place(), "sqlite": FolderPlace}


@contextmanager
def place_of(kind: str, folder: Path) -> Iterator[Any]:
    """A place that is cleared up afterwards."""
    place = KINDS[kind](folder)
    try:
        yield place
    finally:
        place.close()
