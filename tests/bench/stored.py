"""Fills a connector's database with many stored agreements: copies of one that was really made, under fresh ids.

Negotiation, contract and notices are copied with everything in them; the log is not, for a leaf cannot be made up (its
costs grow with its height only), nor are messages and answers, which are looked up by keys of their own.
"""

import sqlite3
import time
import uuid
from pathlib import Path
from typing import Any, Final

from tests.bench.processes import BenchError

_AT_ONCE: Final = 2_000
_NAMES: Final = uuid.UUID(int=0)
_KEYS: Final = {"negotiation": "id", "contract": "negotiation", "notice": "contract"}
"""Each table, and the column by which the rows of one agreement are found."""


def fill(folder: Path, count: int, *, first: int = 0) -> float:
    """Store so many more agreements; returns the seconds that it took. The connector may run meanwhile, idly.

    `first` tells the copies apart from those of an earlier call.

    Raises:
        BenchError: there is no finished negotiation to copy.
    """
    began = time.perf_counter()
    database = sqlite3.connect(folder / "mmd.sqlite", timeout=30, isolation_level=None)
    try:
        database.row_factory = sqlite3.Row
        found = database.execute("SELECT * FROM contract WHERE confirmed_at IS NOT NULL LIMIT 1").fetchone()
        if found is None:
            raise BenchError("no agreement is stored that could be copied")
        names = {"negotiation": found["negotiation"], "contract": found["negotiation"], "notice": found["id"]}
        models = [
            (table, [dict(row) for row in database.execute(f"SELECT * FROM {table} WHERE {key} = ?", [names[table]])])
            for table, key in _KEYS.items()
        ]
        pids = (found["id"], found["negotiation"], models[0][1][0]["their_pid"])
        for begin in range(first, first + count, _AT_ONCE):
            _copy(database, models, pids, range(begin, min(begin + _AT_ONCE, first + count)))
    finally:
        database.close()
    return time.perf_counter() - began


def _copy(
    database: sqlite3.Connection, models: list[tuple[str, list[dict[str, Any]]]], pids: tuple[str, ...], seeds: range
) -> None:
    database.execute("BEGIN IMMEDIATE")
    for table, rows in models:
        for row in rows:
            blanks = ", ".join("?" * len(row))
            statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({blanks})"
            database.executemany(statement, (_renamed(row, pids, seed) for seed in seeds))
    database.execute("COMMIT")


def _renamed(row: dict[str, Any], pids: tuple[str, ...], seed: int) -> list[Any]:
    values = list(row.values())
    for pid in pids:
        other = f"urn:uuid:{uuid.uuid5(_NAMES, f'{pid} {seed}')}"
        values = [value.replace(pid, other) if isinstance(value, str) else value for value in values]
    return values
