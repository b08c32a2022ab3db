"""SQLite: one file in the connector's folder, WAL mode, full sync."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool

from connector.clock import Clock
from connector.store.folder import RESTORED, HighWaterFile
from connector.store.log import LogSigner
from connector.store.migrate import upgrade
from connector.store.unit_of_work import SqlStore


def sqlite_engine(path: Path | None, *, read_only: bool = False) -> Engine:
    """An engine on a file, or in memory when `path` is None. Transactions are begun by the unit of work itself."""
    url = URL.create("sqlite", database=None if path is None else str(path))  # a path may have a question mark in it
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": 10, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        # Seldom brought over into the database file: pages that change again and again are then written there once.
        connection.execute("PRAGMA wal_autocheckpoint=4000")
        connection.execute("PRAGMA cache_size=-8000")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    return engine


def open_sqlite(path: Path, signer: LogSigner, clock: Clock, *, high_water: Path | None = None) -> SqlStore:
    """The store in a file, brought to the newest schema.

    Args:
        path: the file.
        signer: who signs the log.
        clock: the time.
        high_water: the file of the high-water mark. Beside it may lie the one which says that all this came from a backup.

    Raises:
        SchemaTooNew: the file was written by a newer version.
    """
    engine = sqlite_engine(path)
    try:
        upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    mark = HighWaterFile(high_water) if high_water else None
    restored = high_water.with_name(RESTORED) if high_water else None
    return SqlStore(
        engine, signer, clock, high_water=mark, restored=restored, read_engine=sqlite_engine(path, read_only=True)
    )


def open_in_memory(signer: LogSigner, clock: Clock) -> SqlStore:
    """A store that lives in memory only: the same tables, nothing on a disk."""
    engine = sqlite_engine(None)
    upgrade(engine)
    return SqlStore(engine, signer, clock)
