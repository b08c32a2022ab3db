"""How much room is left: told once when it gets short, and asked before anything new is begun."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.ports.disk import NoRoom, Place
from connector.ports.records import Act, DeliveryRecord
from connector.ports.store import StoreFull
from connector.services.disk_space import DiskSpace, Level, Thresholds, in_words
from connector.store.unit_of_work import SqlStore
from tests.ports.places import Place as StorePlace
from tests.ports.places import place_of
from tests.ports.samples import sample
from tests.support.disk import MEGABYTE, HandDisk

pytestmark = pytest.mark.anyio
WARN, DAYS, FLOOR = 1000 * MEGABYTE, 14, 200 * MEGABYTE


@pytest.fixture
def place(tmp_path: Path) -> Iterator[StorePlace]:
    with place_of("memory", tmp_path) as opened:
        yield opened


@pytest.fixture
def disk() -> HandDisk:
    return HandDisk(5000 * MEGABYTE)


@pytest.fixture
def space(place: StorePlace, disk: HandDisk) -> DiskSpace:
    return space_on(place, disk, place.open())


def space_on(place: StorePlace, disk: HandDisk, store: SqlStore) -> DiskSpace:
    return DiskSpace(disk, store=store, clock=place.clock, thresholds=Thresholds(WARN, DAYS, FLOOR))


async def acts(space: DiskSpace) -> list[str]:
    return [act.act for act in await space._store.read(lambda unit: unit.acts.find())]


async def test_it_is_told_once_at_each_crossing(
    space: DiskSpace, disk: HandDisk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "connector.services.disk_space"):
        for free, told in ((5000, 0), (900, 1), (890, 0), (910, 0), (150, 1), (100, 0), (900, 1), (5000, 1), (5000, 0)):
            disk.free = free * MEGABYTE
            assert await space.look() == told, free
    assert await acts(space) == ["disk-low", "disk-full", "disk-low", "disk-enough"]
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR", "WARNING", "INFO"]
    assert "150 MB are free" in caplog.text


async def test_what_goes_up_and_down_is_not_told_each_time(space: DiskSpace, disk: HandDisk) -> None:
    for free in (990, 1010, 990, 1050, 199, 201, 199, 215, 190):
        disk.free = free * MEGABYTE
        await space.look()
    assert await acts(space) == ["disk-low", "disk-full"]


async def test_it_is_not_told_again_after_a_restart(place: StorePlace, disk: HandDisk) -> None:
    disk.free = 500 * MEGABYTE
    store = place.open()
    assert await space_on(place, disk, store).look() == 1
    assert await space_on(place, disk, store).look() == 0


async def test_days_are_told_by_the_growth_of_the_last_week(
    place: StorePlace, space: DiskSpace, disk: HandDisk
) -> None:
    disk.free = 20_000 * MEGABYTE
    for _ in range(6):
        await space.look()
        (found,) = await space.spaces()
        place.clock.turn(days=1)
        disk.free -= 1000 * MEGABYTE
    (found,) = await space.spaces()
    # 14,000 MB are free, 13,800 of them above the floor, and 1,000 go in a day.
    assert found.growth == pytest.approx(1000 * MEGABYTE)
    assert (found.days, found.level) == (13, Level.LOW)
    assert await space.look() == 1
    assert "1,000 MB a day: 13 day(s)" in space.sentence(found, "en")
    assert "13일" in space.sentence(found, "ko")
    # Room was made: what is freed is no growth.
    disk.free = 90_000 * MEGABYTE
    (found,) = await space.spaces()
    assert (found.growth, found.days, found.level) == (None, None, Level.ENOUGH)


async def test_growth_of_an_hour_says_nothing(place: StorePlace, space: DiskSpace, disk: HandDisk) -> None:
    await space.look()
    place.clock.turn(hours=1)
    disk.free -= 1000 * MEGABYTE
    (found,) = await space.spaces()
    assert (found.growth, found.days) == (None, None)


async def test_figures_are_kept_for_a_month(place: StorePlace, space: DiskSpace) -> None:
    for _ in range(40):
        await space.look()
        await space.look()
        place.clock.turn(days=1)
    assert 29 <= await space._store.read(lambda unit: unit.free_space.count()) <= 31


@given(free=st.integers(0, 10**10), size=st.integers(0, 10**10))
def test_what_is_begun_leaves_the_floor(free: int, size: int) -> None:
    """Whatever is asked for, it is let in exactly when the floor stays free."""
    disk = HandDisk(free)
    thresholds = Thresholds(WARN, DAYS, FLOOR)
    space = DiskSpace(disk, store=None, clock=None, thresholds=thresholds)  # type: ignore[arg-type]
    if free - size >= FLOOR:
        space.check(Place.RECEIVED, size)
        return
    with pytest.raises(NoRoom) as caught:
        space.check(Place.RECEIVED, size)
    assert in_words(free) in str(caught.value)
    assert in_words(free) in caught.value.ko
    assert isinstance(caught.value, StoreFull)


async def test_disks_of_their_own(space: DiskSpace, disk: HandDisk) -> None:
    disk.others = {Place.RECEIVED: 300 * MEGABYTE}
    space.check(Place.PUBLISHED, 4000 * MEGABYTE)
    space.check(Place.RECEIVED, 100 * MEGABYTE)
    with pytest.raises(NoRoom, match="free for what was received"):
        space.check(Place.RECEIVED, 101 * MEGABYTE)
    # Without room for the database nothing is begun, wherever its data would lie.
    disk.free = 100 * MEGABYTE
    with pytest.raises(NoRoom, match="the database with the log"):
        space.check(Place.RECEIVED, 1)


async def test_what_is_on_its_way_is_counted(space: DiskSpace) -> None:
    on_its_way = sample(
        DeliveryRecord, 1, role="consumer", state="running", byte_size=3000 * MEGABYTE, bytes=1000 * MEGABYTE
    )
    await space._store.write(lambda unit: unit.deliveries.add(on_its_way))
    (shown,) = await space.described()
    assert (shown["expected"], shown["usable"]) == (2000 * MEGABYTE, 2800 * MEGABYTE)
    await space._store.read(lambda unit: space.check_reception(unit, 2800 * MEGABYTE))
    with pytest.raises(NoRoom):
        await space._store.read(lambda unit: space.check_reception(unit, 2801 * MEGABYTE))


async def test_a_database_that_takes_nothing_is_told_in_the_log(
    place: StorePlace, disk: HandDisk, caplog: pytest.LogCaptureFixture
) -> None:
    store = place.open()
    space = space_on(place, disk, store)
    await space.look()
    used = store._connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
    store._connection.exec_driver_sql(f"PRAGMA max_page_count = {used}")
    disk.free = 0
    filler = "x" * 5000
    with pytest.raises(StoreFull):
        await store.write(lambda unit: unit.acts.add(sample(Act, 1, detail=filler)))
    for _ in range(3):
        try:
            await space.look()
        except StoreFull:
            continue
    assert caplog.text.count("No room: 0 kB are free") == 1


async def test_whoever_receives_is_told_to_wait(space: DiskSpace, disk: HandDisk) -> None:
    told: list[int] = []
    space.short.append(lambda: told.append(1))
    await space.look()
    assert told == []
    # What is published lies elsewhere: nothing that comes in has to wait for it.
    disk.others = {Place.PUBLISHED: 10 * MEGABYTE}
    await space.look()
    assert told == []
    disk.others = {Place.RECEIVED: 10 * MEGABYTE}
    await space.look()
    assert told == [1]
    disk.others, disk.free = {}, 10 * MEGABYTE
    await space.look()
    assert told == [1, 1]
