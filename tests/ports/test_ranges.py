"""The port `Records`, its ranges: pages, what is due, everything that begins so."""

from typing import Any

import pytest

from connector.ports.records import Act, Answered, ContractRecord, Timer, TimerKind
from connector.ports.store import UnitOfWork
from connector.store.unit_of_work import SqlStore
from tests.ports.samples import sample

pytestmark = pytest.mark.anyio


async def fill(store: SqlStore, times: list[str]) -> list[ContractRecord]:
    made = [
        sample(ContractRecord, n, id=f"urn:{n:03}", created_at=time, dataset=f"urn:d:{n % 3}")
        for n, time in enumerate(times)
    ]
    await store.write(lambda unit: [unit.contracts.add(record) for record in made])
    return made


async def pages(store: SqlStore, limit: int, **wanted: Any) -> list[list[str]]:
    def read(unit: UnitOfWork) -> list[list[str]]:
        found: list[list[str]] = []
        page = unit.contracts.page(limit=limit, **wanted)
        while page:
            found.append([record.id for record in page])
            page = unit.contracts.page(limit=limit, after=page[-1], **wanted)
        return found

    return await store.read(read)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
async def test_pages_hold_everything_once_newest_first(store: SqlStore, limit: int) -> None:
    """Also what was written in the same millisecond."""
    made = await fill(store, ["2026-01-01", "2026-01-03", "2026-01-03", "2026-01-03", "2026-01-02", "2026-01-03"])
    found = await pages(store, limit)
    assert all(len(page) == limit for page in found[:-1])
    expected = sorted(made, key=lambda record: (record.created_at, record.id), reverse=True)
    assert [name for page in found for name in page] == [record.id for record in expected]


async def test_what_is_written_meanwhile_stands_on_no_later_page(store: SqlStore) -> None:
    made = await fill(store, ["2026-01-01", "2026-01-02"])
    first = await store.read(lambda unit: unit.contracts.page(limit=1))
    await store.write(lambda unit: unit.contracts.add(sample(ContractRecord, 9, created_at="2026-01-03")))
    second = await store.read(lambda unit: unit.contracts.page(limit=5, after=first[0]))
    assert [record.id for record in second] == [made[0].id]


async def test_pages_of_some(store: SqlStore) -> None:
    await fill(store, [f"2026-01-{n + 1:02}" for n in range(9)])
    assert await pages(store, 2, beginning=("dataset", "urn:d:1")) == [["urn:007", "urn:004"], ["urn:001"]]
    assert await pages(store, 9, beginning=("id", "urn:00")) == [[f"urn:{n:03}" for n in range(8, -1, -1)]]
    assert await pages(store, 9, beginning=("id", "urn:004")) == [["urn:004"]]
    assert await pages(store, 9, beginning=("id", "urn:%")) == []
    assert await pages(store, 9, role="nobody") == []


async def test_pages_of_what_is_counted(store: SqlStore) -> None:
    await store.write(lambda unit: [unit.acts.add(sample(Act, n)) for n in range(5)])
    first = await store.read(lambda unit: unit.acts.page(limit=2))
    rest = await store.read(lambda unit: unit.acts.page(limit=9, after=first[-1]))
    numbers = [act.number or 0 for act in [*first, *rest]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 5


async def test_what_is_due(store: SqlStore) -> None:
    timers = [Timer.at(f"2026-01-0{n}T00:00:00Z", TimerKind.DEADLINE, f"urn:{n}") for n in (3, 1, 2)]
    other = Timer.at("2026-01-01T00:00:00Z", TimerKind.NEGOTIATION_ENDED, "urn:x")
    await store.write(lambda unit: [unit.timers.add(timer) for timer in [*timers, other]])

    async def due(until: str, limit: int = 9) -> list[str]:
        kind = TimerKind.DEADLINE
        found = await store.read(lambda unit: unit.timers.between(f"{kind} ", f"{kind} {until}", limit=limit))
        return [timer.about for timer in found]

    assert await due("2026-01-02T00:00:00.001Z") == ["urn:1"]
    assert await due("2026-01-03") == ["urn:1", "urn:2"]
    assert await due("2027", limit=1) == ["urn:1"]
    assert await due("2025") == []


@pytest.mark.parametrize("prefix", ["a", "ab", "ab ", "가", "%", "_", "zz", "\U0010fffe"])
async def test_what_begins_so_is_removed_and_nothing_else(store: SqlStore, prefix: str) -> None:
    keys = {"a", "ab", "ab c", "abc", "b", "가", "가나", "나", "%", "_x", "ax", "\U0010fffe", "\U0010fffex", "A"}

    def work(unit: UnitOfWork) -> set[str]:
        for key in keys:
            unit.answered.add(Answered(key=key, status=200, body=b"", at="2026"))
        unit.answered.delete_beginning(prefix)
        return {record.key for record in unit.answered.find()}

    assert await store.write(work) == {key for key in keys if not key.startswith(prefix)}


async def test_what_is_kept_in_memory_is_not_removed_by_its_beginning(store: SqlStore) -> None:
    with pytest.raises(RuntimeError, match="kept in memory"):
        await store.write(lambda unit: unit.contracts.delete_beginning("urn:"))
