"""A SQLite file with the product's settings for durability: write-ahead log, full sync at each commit."""

import sqlite3
from pathlib import Path


class Ledger:
    """One table; one row and one full-sync commit per message."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS message (number INTEGER PRIMARY KEY, body BLOB NOT NULL)")

    def commit(self, body: bytes) -> None:
        """Keep one message, durably."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO message (body) VALUES (?)", (body,))
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
