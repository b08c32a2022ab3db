"""The log: entries added with a signed checkpoint each, and proofs of entries out of a very large one.

A log of ten million entries would take an hour to grow by appending. Its nodes are therefore written level by level, as
appending would have left them; the entries themselves are not there, for no proof reads them. That it is the same tree is
checked: by the product's own look at a start, by appending to it, and by verifying every proof that is timed.
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.audit.checkpoint import Checkpoint, sign_checkpoint
from connector.audit.entries import entry_bytes
from connector.audit.merkle import HASH_LENGTH, append_nodes, leaf_hash, node_hash, tree_root
from connector.audit.proof import verify_tlog_proof
from connector.clock import SystemClock
from connector.ports.records import LogEntry
from connector.store.log import LogSigner
from connector.store.sqlite import open_sqlite
from connector.store.unit_of_work import SqlStore
from connector.trust.keys import generate_ed25519
from tests.bench.processes import BenchError

_ORIGIN: Final = "did:web:bench.example/log"
_KEY: Final = generate_ed25519()
_SIGNER: Final = LogSigner(_ORIGIN, _KEY.sign, _KEY.public.raw())
_DIGEST: Final = "sha256:" + "ab" * 32
_FILE: Final = "mmd.sqlite"
_PROOFS: Final = 2_000
_CLOCK: Final = SystemClock()


@dataclass(frozen=True)
class Logged:
    """What a log costs.

    Attributes:
        entries: in the large log.
        filled: the seconds that writing its nodes took.
        per_second: entries added to it in a second, each with its checkpoint, 64 to a transaction with a full sync.
        per_second_of_one: the same in a second of processor time.
        proofs: the seconds of processor time of each proof that was asked for, of entries chosen by chance.
        hashes_each: bytes of the database for the hashes of one entry.
        entry_each: bytes of the database for the entry itself.
    """

    entries: int
    filled: float
    per_second: float
    per_second_of_one: float
    proofs: list[float]
    hashes_each: float
    entry_each: float


async def measure_log(folder: Path, *, entries: int, appends: int) -> Logged:
    """Fill a log, add to it, have it prove.

    Raises:
        BenchError: the log is not the one that it should be.
    """
    hashes_each, entry_each = await _sizes(folder / "small", appends)
    path = folder / "large"
    path.mkdir()
    _open(path).close()  # the schema
    began = time.perf_counter()
    leaf = await asyncio.to_thread(_fill, path / _FILE, entries)
    filled = time.perf_counter() - began
    store = _open(path)
    try:
        await _check_filled(store, entries, leaf)
        wall, processor = time.perf_counter(), time.process_time()
        added = await _append(store, appends)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        _verify(added[-1].proof, leaf_hash(entry_bytes(added[-1].entry)), entries + appends)
        proofs = await _prove(store, entries)
    finally:
        store.close()
    return Logged(entries, filled, appends / wall, appends / processor, proofs, hashes_each, entry_each)


async def _sizes(folder: Path, appends: int) -> tuple[float, float]:
    """Bytes of the database for the hashes of an entry, and for an entry, in a log that grew by appending."""
    folder.mkdir()
    store = _open(folder)
    try:
        await _append(store, appends)
    finally:
        store.close()
    database = sqlite3.connect(folder / _FILE)
    try:
        pages = dict(database.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    finally:
        database.close()
    return pages["log_node"] / appends, pages["log_leaf"] / appends


async def _append(store: SqlStore, count: int) -> list[LogEntry]:
    work = [store.write(lambda unit: unit.log.append("contract", _DIGEST, _CLOCK.now())) for _ in range(count)]
    return list(await asyncio.gather(*work))


async def _check_filled(store: SqlStore, entries: int, leaf: bytes) -> None:
    """The rows are those that appending the last entry leaves, and give the root of the checkpoint."""
    head = await store.read(lambda unit: unit.log.head())
    root = await store.read(lambda unit: unit.log.root_at(entries))
    if head is None or (head.size, head.root) != (entries, root):
        raise BenchError("the nodes that were written do not give the root of the log")

    def read(level: int, index: int) -> bytes:
        return bytes(store._reader.log._read_node(1, level, index))

    last = append_nodes(entries - 1, leaf, read)
    if any(read(level, index) != value for level, index, value in last):
        raise BenchError("the nodes that were written are not those that appending writes")


async def _prove(store: SqlStore, entries: int) -> list[float]:
    head = await store.read(lambda unit: unit.log.head())
    chosen = random.Random(1)
    spent = []
    for _ in range(_PROOFS):
        index = chosen.randrange(entries)
        await store.read(lambda unit: unit.log.forget())  # nothing of the proof before helps
        began = time.process_time()
        proof = await store.read(lambda unit, i=index: unit.log.proof_in(i, head.note))  # type: ignore[misc]
        spent.append(time.process_time() - began)
        _verify(proof, leaf_hash(_entry(index)), head.size)
    return spent


def _verify(proof: str, leaf: bytes, size: int) -> None:
    signed = {"origin": _ORIGIN, "verify": _KEY.public.verify, "public_raw": _KEY.public.raw()}
    if verify_tlog_proof(proof, leaf, **signed)[1] != size:  # type: ignore[arg-type]
        raise BenchError("a proof leads to a log of another size")


def _fill(path: Path, entries: int) -> bytes:
    """Write nodes and checkpoint of a log of so many entries; returns the last leaf hash."""
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("PRAGMA synchronous=OFF")
        database.execute("BEGIN IMMEDIATE")
        level, hashes = 0, b"".join(leaf_hash(_entry(index)) for index in range(entries))
        last, right = hashes[-HASH_LENGTH:], {}
        while hashes:
            rows = ((level, index, value) for index, value in enumerate(_split(hashes)))
            database.executemany("INSERT INTO log_node (epoch, level, position, hash) VALUES (1, ?, ?, ?)", rows)
            count = len(hashes) // HASH_LENGTH
            right[level, count - 1] = hashes[-HASH_LENGTH:]
            pairs = _split(hashes, 2) if count % 2 == 0 else _split(hashes[:-HASH_LENGTH], 2)
            level, hashes = level + 1, b"".join(node_hash(pair[:HASH_LENGTH], pair[HASH_LENGTH:]) for pair in pairs)
        root = tree_root(entries, lambda level, index: right[level, index])
        note = sign_checkpoint(Checkpoint(_ORIGIN, entries, root), _KEY.sign, _KEY.public.raw())
        database.execute("INSERT INTO log_head (epoch, size, root, note) VALUES (1, ?, ?, ?)", (entries, root, note))
        database.execute("COMMIT")
    finally:
        database.close()
    return last


def _split(hashes: bytes, width: int = 1) -> Iterator[bytes]:
    step = HASH_LENGTH * width
    return (hashes[at : at + step] for at in range(0, len(hashes), step))


def _entry(index: int) -> bytes:
    return index.to_bytes(8, "big")


def _open(folder: Path) -> SqlStore:
    return open_sqlite(folder / _FILE, _SIGNER, _CLOCK, high_water=folder / "log.highwater")
