"""The port `Tallies`: not one use more than was seen to be left, whoever else counts on the same database."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.ports.records import DeliveryRecord, Tally
from connector.ports.store import UnitOfWork
from connector.store.log import LogSigner
from connector.store.sqlite import open_sqlite
from connector.store.unit_of_work import SqlStore
from tests.ports.places import KEY, ORIGIN, FolderPlace, Place, place_of
from tests.ports.samples import sample
from tests.support.clock import HandClock

pytestmark = pytest.mark.anyio
CONTRACT: Final = "urn:uuid:contract"
MOST, TRIES, PROCESSES = 10, 50, 4


def use(unit: UnitOfWork, most: int = MOST) -> bool:
    """One use as a reservation makes it: judged by what is counted, counted if that still holds."""
    while True:
        seen = unit.tallies.of(CONTRACT)
        if seen.uses >= most:
            return False
        if unit.tallies.add(CONTRACT, seen, seen.and_one(7, 5_000_000_000)):
            return True


async def test_nothing_is_used_at_first(store: SqlStore) -> None:
    assert await store.read(lambda unit: unit.tallies.of(CONTRACT)) == Tally()


async def test_what_is_added_is_there_and_lasts(place: Place) -> None:
    store = place.open()
    assert [await store.write(use) for _ in range(3)] == [True] * 3
    assert await store.read(lambda unit: unit.tallies.of(CONTRACT)) == Tally(3, 21, 15_000_000_000)
    assert await store.read(lambda unit: unit.tallies.of("urn:uuid:other")) == Tally()
    if place.lasting:
        assert await place.open().read(lambda unit: unit.tallies.of(CONTRACT)) == Tally(3, 21, 15_000_000_000)


@pytest.mark.parametrize("seen", [Tally(1, 7, 1), Tally(1, 8, 5_000_000_000), Tally(0, 7, 5_000_000_000), Tally()])
async def test_what_is_not_so_any_more_changes_nothing(store: SqlStore, seen: Tally) -> None:
    await store.write(use)
    before = await store.read(lambda unit: unit.tallies.of(CONTRACT))
    assert not await store.write(lambda unit: unit.tallies.add(CONTRACT, seen, Tally(9, 9, 9)))
    assert await store.read(lambda unit: unit.tallies.of(CONTRACT)) == before


async def test_what_is_undone_has_not_counted(store: SqlStore) -> None:
    def fail(unit: UnitOfWork) -> None:
        assert use(unit)
        raise LookupError

    done = await asyncio.gather(*(store.write(work) for work in (use, fail, use, fail)), return_exceptions=True)
    assert [found for found in done if found is True] == [True, True]
    with pytest.raises(LookupError):
        await store.write(fail)
    assert (await store.read(lambda unit: unit.tallies.of(CONTRACT))).uses == 2


async def test_two_hundred_at_once(store: SqlStore) -> None:
    done = await asyncio.gather(*(store.write(use) for _ in range(200)))
    assert done.count(True) == MOST
    assert (await store.read(lambda unit: unit.tallies.of(CONTRACT))).uses == MOST


async def test_a_unit_that_reads_cannot_count(store: SqlStore) -> None:
    with pytest.raises(RuntimeError, match="only reads"):
        await store.read(use)


async def test_uses_within_a_window(store: SqlStore) -> None:
    def reserve(unit: UnitOfWork) -> list[str]:
        for number, at in enumerate(("2026-11-28T09:00:00.000Z", "2026-11-29T09:00:00.000Z"), 1):
            unit.deliveries.add(sample(DeliveryRecord, number, contract=CONTRACT, started_at=at))
        unit.deliveries.add(sample(DeliveryRecord, 3, contract="urn:uuid:other", started_at=at))
        # Also what this very unit of work has added, and has not written yet.
        return list(unit.tallies.used_since(CONTRACT, "2026-11-28T09:00:00.000Z"))

    assert await store.write(reserve) == ["2026-11-29T09:00:00.000Z"]
    assert len(await store.read(lambda unit: unit.tallies.used_since(CONTRACT, "2026-11-27T00:00:00.000Z"))) == 2
    assert await store.read(lambda unit: unit.tallies.used_since(CONTRACT, "2026-11-29T09:00:00.000Z")) == []


def use_in_a_process(file: Path) -> int:
    """What a worker does: its own store on the same file, many uses at once; how many it got."""
    store = open_sqlite(file, LogSigner(ORIGIN, KEY.sign, KEY.public.raw()), HandClock())

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(store.write(use) for _ in range(TRIES)))

    try:
        return asyncio.run(all_at_once()).count(True)
    finally:
        store.close()


async def test_several_processes_on_one_database(folder: FolderPlace) -> None:
    """Not how SQLite is run here (one process owns its file); the statement must be right all the same."""
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        got = list(pool.map(use_in_a_process, [folder.file] * PROCESSES))
    assert sum(got) == MOST
    assert (await folder.open().read(lambda unit: unit.tallies.of(CONTRACT))).uses == MOST


async def test_another_process_is_quicker(folder: FolderPlace) -> None:
    """What one has seen the other has used meanwhile: it is told so, and judges anew."""
    one, other = folder.open(), folder.open()
    seen = await one.read(lambda unit: unit.tallies.of(CONTRACT))
    assert await other.write(use)
    assert not await one.write(lambda unit: unit.tallies.add(CONTRACT, seen, seen.and_one(1, 1)))
    assert await one.write(use)
    assert (await other.read(lambda unit: unit.tallies.of(CONTRACT))).uses == 2


_steps = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["look", "add", "undo"])), max_size=30)


@settings(max_examples=15, deadline=None)
@given(steps=_steps)
def test_two_who_look_and_add_at_different_times(steps: list[tuple[int, str]]) -> None:
    """Whatever the order: who saw the present state counts once, who saw an older one is told so."""
    asyncio.run(play(steps))


async def play(steps: list[tuple[int, str]]) -> None:
    with TemporaryDirectory() as name, place_of("sqlite", Path(name)) as place:
        stores = [place.open(), place.open()]
        now, seen = Tally(), [Tally(), Tally()]
        for who, what in steps:
            before = seen[who]
            if what == "look":
                seen[who] = await stores[who].read(lambda unit: unit.tallies.of(CONTRACT))
                assert seen[who] == now
                continue
            more = before.and_one(who, 10)

            def add(unit: UnitOfWork, before: Tally = before, more: Tally = more, undo: bool = what == "undo") -> bool:
                done = unit.tallies.add(CONTRACT, before, more)
                if undo:
                    raise LookupError
                return done

            if what == "undo":
                with pytest.raises(LookupError):
                    await stores[who].write(add)
            else:
                assert await stores[who].write(add) is (before == now)
                now = more if before == now else now
        assert await stores[0].read(lambda unit: unit.tallies.of(CONTRACT)) == now
