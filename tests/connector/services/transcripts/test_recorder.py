"""The recorder: order, bounds, and that nobody waits for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.ports.store import StoreFull
from connector.services.transcripts import recorder as module
from connector.services.transcripts.heard import Heard
from connector.services.transcripts.recorder import MOST_STRANGE, Recorder
from connector.store.unit_of_work import SqlStore
from tests.ports.places import place_of
from tests.support.clock import HandClock

pytestmark = pytest.mark.anyio


def heard(name: str, *, known: bool = True, at: str = "2026-11-23T09:00:00.000Z") -> Heard:
    return Heard("in", "GET", "GET", name, {}, b"", at, "t", known=known, status=200)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with place_of("memory", tmp_path) as place:
        yield place.open()


async def names(store: SqlStore) -> list[str]:
    found = await store.read(lambda unit: unit.exchanges.latest(10_000))
    return [exchange.address for exchange in found][::-1]


async def test_the_order_is_kept_over_many_batches(store: SqlStore) -> None:
    recorder = Recorder(store, HandClock())
    told = [f"/{number}" for number in range(200)]
    for name in told:
        recorder.note(heard(name))
    assert await names(store) == []
    await recorder.written()
    assert await names(store) == told
    await recorder.stop()


async def test_what_waits_is_written_at_the_end_and_nothing_after_it(store: SqlStore) -> None:
    recorder = Recorder(store, HandClock())
    recorder.note(heard("/1"))
    await recorder.stop()
    recorder.note(heard("/2"))
    await recorder.written()
    assert await names(store) == ["/1"]


async def test_off_it_keeps_nothing(store: SqlStore) -> None:
    recorder = Recorder(store, HandClock(), on=False)
    recorder.note(heard("/1"))
    await recorder.stop()
    assert (await names(store), recorder.lost) == ([], 0)


async def test_strangers_do_not_push_out_the_others(store: SqlStore) -> None:
    recorder = Recorder(store, HandClock())
    for number in range(MOST_STRANGE + 50):
        recorder.note(heard(f"/s{number}", known=False))
    recorder.note(heard("/known"))
    recorder.note(heard("/s", known=False, at="2026-11-23T10:00:00.000Z"))
    await recorder.stop()
    kept = await names(store)
    assert (len(kept), kept[-2:], recorder.lost) == (MOST_STRANGE + 2, ["/known", "/s"], 50)


async def test_more_than_can_wait_is_counted(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    recorder = Recorder(store, HandClock())
    for number in range(5):
        recorder.note(heard(f"/{number}"))
    await recorder.stop()
    assert (await names(store), recorder.lost) == (["/0", "/1", "/2"], 2)


async def test_what_cannot_be_kept_does_not_take_the_others_with_it(store: SqlStore) -> None:
    recorder = Recorder(store, HandClock())
    broken: Any = heard("/broken")
    broken.body = None
    for told in (heard("/1"), broken, heard("/2")):
        recorder.note(told)
    await recorder.stop()
    assert (await names(store), recorder.lost) == (["/1", "/2"], 1)


async def test_a_full_disk_costs_transcripts_and_nothing_else(store: SqlStore) -> None:
    class Full:
        async def write_soon(self, _: Any) -> None:
            raise StoreFull("no room")

    full: Any = Full()
    recorder = Recorder(full, HandClock())
    recorder.note(heard("/1"))
    await recorder.written()
    assert recorder.lost == 1
    await recorder.stop()
