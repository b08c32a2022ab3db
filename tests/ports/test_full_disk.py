"""The port `Store`: no room left, and nothing is half written. The room is SQLite's own limit of pages."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connector.ports.records import MessageRecord, PeerRecord
from connector.ports.store import StoreFull
from connector.store.unit_of_work import SqlStore
from tests.ports.places import FolderPlace, Place
from tests.ports.samples import sample
from tests.support.clock import NOON

pytestmark = pytest.mark.anyio
DIGEST = "sha256:" + "ab" * 32
_ROOM = 40


def leave_room(store: SqlStore, pages: int) -> None:
    used = store._connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
    store._connection.exec_driver_sql(f"PRAGMA max_page_count = {used + pages}")


def add_peer(number: int) -> Callable[[Any], int]:
    def work(unit: Any) -> int:
        unit.peers.add(sample(PeerRecord, number))
        return number

    return work


def too_much(place: Place, told: list[str]) -> Callable[[Any], None]:
    def work(unit: Any) -> None:
        unit.peers.add(sample(PeerRecord, 99))
        unit.log.append("contract", DIGEST, place.clock.now())
        unit.after_commit(lambda: told.append("durable"))
        unit.messages.add(sample(MessageRecord, 1, body=bytes(4096 * _ROOM * 2)))

    return work


@pytest.mark.parametrize("others", [0, 2])
async def test_nothing_is_half_written(place: Place, others: int) -> None:
    store, told = place.open(), list[str]()
    await store.write(add_peer(1))
    first = await store.write(lambda unit: unit.log.append("contract", DIGEST, place.clock.now()))
    leave_room(store, _ROOM)
    works = [add_peer(2 + n) for n in range(others)]
    works.insert(1, too_much(place, told))  # type: ignore[arg-type]
    done = await asyncio.gather(*(store.write(work) for work in works), return_exceptions=True)
    assert [type(answer) for answer in done] == [StoreFull] * len(works)
    assert "nothing was written" in str(done[0])
    assert told == []
    for each in (store, place.open()) if place.lasting else (store,):
        assert await each.read(lambda unit: [unit.peers.count(), unit.messages.count()]) == [1, 0]
        assert (await each.read(lambda unit: unit.log.head())).note == first.checkpoint

    # What is small still goes, and once there is room, so does the rest.
    assert await store.write(add_peer(2)) == 2
    leave_room(store, _ROOM * 10)
    await store.write(too_much(place, told))
    assert told == ["durable"]
    assert (await store.read(lambda unit: unit.log.head())).size == 2


async def test_it_fills_up_slowly(place: Place) -> None:
    """What was answered before it was full is there."""
    store = place.open()
    leave_room(store, _ROOM)
    kept: list[Any] = []

    async def fill() -> None:
        while len(kept) < 10_000:
            kept.append(await store.write(lambda unit: unit.messages.add(sample(MessageRecord, 1, body=bytes(5000)))))

    with pytest.raises(StoreFull):
        await fill()
    assert kept
    assert await store.read(lambda unit: unit.messages.find()) == kept


async def test_a_token_stays_used(folder: FolderPlace) -> None:
    store = folder.open()
    later = NOON + timedelta(minutes=5)
    leave_room(store, 0)
    assert await store.use_token_once("did:web:a.example", "a", later)
    with pytest.raises(StoreFull):
        await store.write(too_much(folder, []))
    assert not await store.use_token_once("did:web:a.example", "a", later)
    leave_room(store, _ROOM)
    store.close()
    assert not await folder.open().use_token_once("did:web:a.example", "a", later)
