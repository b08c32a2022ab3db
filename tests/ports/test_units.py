"""The port `Store`: a unit of work is all or nothing, durable when it is told to be, and disturbs no other."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.ports.records import DeliveryRecord, OutboxRow, PeerRecord
from connector.ports.store import Duplicate, StoreError
from connector.store.unit_of_work import SqlStore
from tests.ports.places import KINDS, FolderPlace, Place, place_of
from tests.ports.samples import sample

pytestmark = pytest.mark.anyio
NOTHING = "sha256:" + "0" * 64


class Trouble(Exception):
    """What a unit of work raises."""


def add_peer(number: int, told: list[int] | None = None) -> Callable[[Any], int]:
    def work(unit: Any) -> int:
        unit.peers.add(sample(PeerRecord, number))
        if told is not None:
            unit.after_commit(lambda: told.append(number))
        return number

    return work


def fail_after(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def failing(unit: Any) -> None:
        work(unit)
        raise Trouble

    return failing


async def peers(store: SqlStore) -> int:
    return await store.read(lambda unit: unit.peers.count())


@pytest.mark.parametrize("among_others", [False, True])
async def test_all_or_nothing(place: Place, among_others: bool) -> None:
    store = place.open()
    before = sample(DeliveryRecord, 1, bytes=0)

    def first(unit: Any) -> None:
        unit.deliveries.add(before)
        unit.peers.add(sample(PeerRecord, 1))
        unit.log.append("contract", NOTHING, place.clock.now())

    await store.write(first)
    head = await store.read(lambda unit: unit.log.head())

    def second(unit: Any) -> None:
        unit.deliveries.put(sample(DeliveryRecord, 1, bytes=1))
        unit.outbox.add(sample(OutboxRow, 1))
        unit.peers.delete(sample(PeerRecord, 1).did)
        assert unit.log.append("contract", NOTHING, place.clock.now()).index == 1
        raise Trouble

    others = [store.write(add_peer(n)) for n in (2, 3)] if among_others else []
    done = await asyncio.gather(store.write(second), *others, return_exceptions=True)
    assert isinstance(done[0], Trouble)
    for each in (store, place.open()) if place.lasting else (store,):
        assert await each.read(lambda unit: unit.deliveries.get(before.id)) == before
        assert await each.read(lambda unit: unit.deliveries.find()) == [before]
        assert await each.read(lambda unit: unit.outbox.count()) == 0
        assert await peers(each) == (3 if among_others else 1)
        assert await each.read(lambda unit: unit.log.head()) == head
    assert (await store.write(lambda unit: unit.log.append("contract", NOTHING, place.clock.now()))).index == 1


async def test_a_failing_unit_in_a_batch_takes_nobody_along(place: Place) -> None:
    store, told = place.open(), list[int]()
    works = [add_peer(1, told), fail_after(add_peer(2, told)), add_peer(3, told), add_peer(1, told), add_peer(4, told)]
    done = await asyncio.gather(*(store.write(work) for work in works), return_exceptions=True)
    assert [done[0], done[2], done[4]] == [1, 3, 4]
    assert isinstance(done[1], Trouble)
    assert isinstance(done[3], Duplicate)
    assert told == [1, 3, 4]
    for each in (store, place.open()) if place.lasting else (store,):
        assert await peers(each) == 3


def add_row(number: int) -> Callable[[Any], OutboxRow]:
    def work(unit: Any) -> OutboxRow:
        row: OutboxRow = unit.outbox.add(sample(OutboxRow, number))
        return row

    return work


async def test_units_run_in_the_order_in_which_they_were_asked_for(place: Place) -> None:
    """More than share one transaction."""
    store = place.open()
    rows = await asyncio.gather(*(store.write(add_row(number)) for number in range(200)))
    numbers = [row.number or 0 for row in rows]
    assert numbers == sorted(set(numbers))
    assert await store.read(lambda unit: unit.outbox.find()) == rows


async def test_what_nobody_waits_for_keeps_its_place(store: SqlStore) -> None:
    soon = asyncio.ensure_future(store.write_soon(add_row(1)))
    await asyncio.sleep(0)
    second = await store.write(add_row(2))
    assert soon.done()
    assert await store.read(lambda unit: unit.outbox.find()) == [await soon, second]


async def test_a_unit_sees_what_came_before_it(store: SqlStore) -> None:
    record = sample(DeliveryRecord, 1, bytes=0)
    await store.write(lambda unit: unit.deliveries.add(record))

    def use(unit: Any) -> int:
        held = unit.deliveries.get(record.id)
        unit.deliveries.put(replace(held, bytes=held.bytes + 1))
        return int(held.bytes) + 1

    counted = await asyncio.gather(*(store.write(use) for _ in range(100)))
    assert counted == list(range(1, 101))


async def test_after_commit_comes_when_it_is_durable(folder: FolderPlace) -> None:
    store, seen = folder.open(), list[tuple[int, int]]()
    other = sqlite3.connect(folder.file)

    def look() -> None:
        seen.append(
            (other.execute("SELECT count(*) FROM peer").fetchone()[0], json.loads(folder.mark.read_text())["size"])
        )

    def work(unit: Any) -> None:
        unit.peers.add(sample(PeerRecord, 1))
        unit.log.append("contract", NOTHING, folder.clock.now())
        unit.after_commit(look)
        look()

    try:
        await store.write(work)
    finally:
        other.close()
    assert seen == [(0, 0), (1, 1)]


async def test_after_commit_does_not_come_when_it_was_undone(store: SqlStore) -> None:
    told: list[int] = []
    with pytest.raises(Trouble):
        await store.write(fail_after(add_peer(1, told)))
    await store.write(add_peer(2, told))
    assert told == [2]


async def test_one_that_fails_after_the_commit_keeps_nobody_waiting(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[int] = []

    def work(unit: Any) -> str:
        unit.after_commit(lambda: told.append(1 // 0))
        unit.after_commit(lambda: told.append(2))
        return "done"

    with caplog.at_level(logging.ERROR):
        assert await store.write(work) == "done"
    assert told == [2]
    assert "the commit stands" in caplog.text


async def test_whoever_stops_waiting_undoes_nothing(store: SqlStore) -> None:
    waiting = asyncio.ensure_future(store.write(add_peer(1)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await store.write(add_peer(2))
    assert await peers(store) == 2


async def test_closing_finishes_what_waits(place: Place) -> None:
    store = place.open()
    waiting = [asyncio.ensure_future(store.write(add_peer(n))) for n in range(200)]
    await asyncio.sleep(0)
    store.close()
    assert await asyncio.gather(*waiting) == list(range(200))
    with pytest.raises(StoreError, match="closed"):
        await store.write(add_peer(201))
    store.close()  # once more is nothing
    if place.lasting:
        assert await peers(place.open()) == 200


async def test_closing_leaves_one_file_that_can_be_copied(folder: FolderPlace) -> None:
    """No journal beside it: a person who copies the database of a stopped connector has all of it."""
    store = folder.open()
    await store.write(add_peer(1))
    store.close()
    assert {path.name for path in folder.file.parent.iterdir()} == {folder.file.name, folder.mark.name}


async def test_what_was_answered_is_there_after_a_crash(folder: FolderPlace) -> None:
    """Nothing is closed here: the second store finds what a killed process leaves."""
    store = folder.open()
    await asyncio.gather(*(store.write(add_peer(n)) for n in range(10)))
    assert await peers(folder.open()) == 10


async def test_full_sync_and_write_ahead(folder: FolderPlace) -> None:
    store = folder.open()
    for connection in (store._connection, store._read_connection):
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


async def test_reading_cannot_write(folder: FolderPlace) -> None:
    store = folder.open()
    for work in (add_peer(1), lambda unit: unit.peers.put(sample(PeerRecord, 1)), lambda unit: unit.peers.delete("x")):
        with pytest.raises(RuntimeError, match="only reads cannot write"):
            await store.read(work)
    assert await store.read(lambda unit: unit.peers.get(sample(PeerRecord, 1).did)) is None
    assert store._read_connection.exec_driver_sql("PRAGMA query_only").scalar() == 1


# --- against a model ----------------------------------------------------------------------------------------------------------

Step = tuple[str, int, int]
_steps = st.lists(
    st.tuples(st.sampled_from(["put", "add", "delete", "get"]), st.integers(0, 4), st.integers(0, 99)), max_size=5
)
_units = st.tuples(_steps, st.booleans())
_batches = st.lists(st.lists(_units, min_size=1, max_size=4), min_size=1, max_size=5)


def delivery(key: int, there: int) -> DeliveryRecord:
    record: DeliveryRecord = sample(DeliveryRecord, key, bytes=there, file=f"file {there}")
    return record


def apply(model: dict[int, int], steps: list[Step], fails: bool) -> dict[int, int] | None:
    """What these steps make of the model; None when they are undone."""
    changed = dict(model)
    for step, key, value in steps:
        if step == "add" and key in changed:
            return None
        if step in ("add", "put"):
            changed[key] = value
        elif step == "delete":
            changed.pop(key, None)
    return None if fails else changed


def run(unit: Any, steps: list[Step], fails: bool) -> None:
    for step, key, value in steps:
        if step == "get":
            unit.deliveries.get(delivery(key, 0).id)
        elif step == "delete":
            unit.deliveries.delete(delivery(key, 0).id)
        else:
            getattr(unit.deliveries, step)(delivery(key, value))
    if fails:
        raise Trouble


def unit_of(steps: list[Step], fails: bool) -> Callable[[Any], None]:
    return lambda unit: run(unit, steps, fails)


async def play(place: Place, batches: list[list[tuple[list[Step], bool]]]) -> None:
    store, model = place.open(), dict[int, int]()
    for batch in batches:
        done = await asyncio.gather(*(store.write(unit_of(*unit)) for unit in batch), return_exceptions=True)
        for (steps, fails), answer in zip(batch, done, strict=True):
            changed = apply(model, steps, fails)
            assert (answer is None) == (changed is not None)
            model = model if changed is None else changed
        expected = {delivery(key, 0).id: delivery(key, value) for key, value in model.items()}
        assert {found.id: found for found in await store.read(lambda unit: unit.deliveries.find())} == expected
        rows = store._connection.exec_driver_sql("SELECT id, bytes, file FROM delivery")  # past all that is kept
        assert {tuple(row) for row in rows} == {(id_, d.bytes, d.file) for id_, d in expected.items()}
        for key in range(5):
            wanted = delivery(key, 0).id
            assert await store.read(get_delivery(wanted)) == expected.get(wanted)


def get_delivery(wanted: str) -> Callable[[Any], Any]:
    return lambda unit: unit.deliveries.get(wanted)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30)
@example(
    batches=[
        [([("put", 0, 0)], False), ([("put", 0, 0), ("add", 0, 0)], False), ([("add", 0, 0), ("delete", 0, 0)], False)]
    ]
)
@given(batches=_batches)
def test_like_a_dictionary_whatever_fails(kind: str, batches: list[list[tuple[list[Step], bool]]]) -> None:
    with TemporaryDirectory() as folder, place_of(kind, Path(folder)) as place:
        asyncio.run(play(place, batches))
