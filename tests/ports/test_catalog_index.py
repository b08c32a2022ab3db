"""The port `CatalogIndex`: what is listed is read by page, by each who may see it."""

from collections.abc import Sequence
from typing import Any

import pytest

from connector.ports.records import EVERYBODY, Listing, Offered, Position
from connector.ports.store import UnitOfWork
from connector.store.unit_of_work import SqlStore
from tests.ports.places import Place
from tests.ports.samples import KINDS, sample

pytestmark = pytest.mark.anyio
A, B = "did:web:a", "did:web:b"


def at(number: int) -> Position:
    return Position(f"2026-01-0{number % 3 + 1}", f"urn:{number}")


async def put(store: SqlStore, number: int, audiences: Sequence[str], *values: tuple[str, str]) -> None:
    listing = Listing(at(number), {"n": [str(number)], "이름": ["건조", "'\x00"]})
    await store.write(lambda unit: unit.catalog.add(listing, audiences, values))


async def page(store: SqlStore, participant: str, limit: int = 99, **how: Any) -> list[str]:
    found = await store.read(lambda unit: unit.catalog.page(participant, limit, **how))
    return [listing.position.dataset for listing in found]


async def test_each_sees_its_part_in_one_order(store: SqlStore) -> None:
    await put(store, 1, [EVERYBODY])
    await put(store, 2, [A])
    await put(store, 3, [A, B, A])
    await put(store, 4, [B])
    await put(store, 5, [])
    assert await page(store, A) == ["urn:3", "urn:1", "urn:2"]
    assert await page(store, B) == ["urn:3", "urn:1", "urn:4"]
    assert await page(store, "did:web:c") == ["urn:1"]
    assert await page(store, A, backwards=True) == ["urn:2", "urn:1", "urn:3"]
    assert await page(store, A, 2) == ["urn:3", "urn:1"]
    assert await page(store, A, 1, after=at(3)) == ["urn:1"]
    assert await page(store, A, after=at(1), backwards=True) == ["urn:3"]
    assert await page(store, A, after=Position("2026-01-02", "urn:")) == ["urn:1", "urn:2"]  # where nothing stands


async def test_by_value(store: SqlStore) -> None:
    await put(store, 1, [EVERYBODY], ("keyword", "x"), ("keyword", "y"), ("keyword", "x"))
    await put(store, 2, [A], ("keyword", "x"))
    await put(store, 3, [B], ("keyword", "x"))
    assert await page(store, A, value=("keyword", "x")) == ["urn:1", "urn:2"]
    assert await page(store, A, value=("keyword", "x"), after=at(1), with_facts=True) == ["urn:2"]
    assert await page(store, A, value=("keyword", "y"), backwards=True) == ["urn:1"]
    assert await page(store, A, value=("title", "x")) == []


async def test_facts_are_what_was_written_and_only_where_asked_for(place: Place) -> None:
    store = place.open()
    await put(store, 1, [EVERYBODY], ("keyword", "x"))
    for each in (store, place.open()) if place.lasting else (store,):
        for how in ({}, {"value": ("keyword", "x")}):
            with_facts = await each.read(lambda unit, how=how: unit.catalog.page(A, 9, with_facts=True, **how))  # type: ignore[misc]
            assert [dict(found.facts) for found in with_facts] == [{"n": ["1"], "이름": ["건조", "'\x00"]}]
            without = await each.read(lambda unit, how=how: unit.catalog.page(A, 9, **how))  # type: ignore[misc]
            assert [dict(found.facts) for found in without] == [{}]


async def test_by_name(store: SqlStore) -> None:
    for number, audiences in ((1, [EVERYBODY]), (2, [B]), (3, [A, B])):
        await put(store, number, audiences)
    names = ["urn:1", "urn:2", "urn:3", "urn:4", "urn:1"]
    found = await store.read(lambda unit: unit.catalog.named(A, names))
    assert [(listing.position.dataset, listing.facts["n"]) for listing in found] == [("urn:3", ["3"]), ("urn:1", ["1"])]


async def test_what_is_removed_is_gone_for_all(store: SqlStore) -> None:
    await put(store, 1, [A, B], ("keyword", "x"))
    await put(store, 2, [EVERYBODY], ("keyword", "x"))
    await store.write(lambda unit: unit.catalog.remove("urn:1"))
    for who in (A, B):
        assert await page(store, who) == await page(store, who, value=("keyword", "x")) == ["urn:2"]


async def test_what_was_undone_is_not_listed(store: SqlStore) -> None:
    def work(unit: UnitOfWork) -> None:
        unit.catalog.add(Listing(at(1), {}), [EVERYBODY], [])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.write(work)
    assert await page(store, A) == []


async def test_a_reader_lists_nothing(store: SqlStore) -> None:
    for attempt in (lambda u: u.catalog.add(Listing(at(1), {}), [A], []), lambda u: u.catalog.remove("urn:1")):
        with pytest.raises(RuntimeError, match="only reads"):
            await store.read(attempt)


async def test_what_is_shown_of_a_data_set(store: SqlStore) -> None:
    kind = KINDS["datasets"][0]
    shown = sample(kind, 1, id="urn:1", published_at="2026-01-01", withdrawn_at=None, description={"title": "건조"})
    gone = sample(kind, 2, id="urn:2", published_at="2026-01-02", withdrawn_at="2026-02-01")
    last = sample(kind, 3, id="urn:3", published_at="2026-01-01", withdrawn_at=None)
    offers = [
        sample(
            KINDS["offers"][0], n, id=f"urn:offer:{n}", dataset="urn:1", live=n != 2, created_at="t", policy={"n": n}
        )
        for n in (3, 2, 1)
    ]

    def work(unit: UnitOfWork) -> None:
        for dataset in (shown, gone, last):
            unit.datasets.add(dataset)
        for offer in offers:
            unit.offers.add(offer)

    await store.write(work)
    expected = (("urn:offer:1", {"n": 1}), ("urn:offer:3", {"n": 3}))
    found = await store.read(lambda unit: unit.catalog.offered("urn:1"))
    assert found == Offered({"title": "건조"}, expected, len('{"title":"건조"}{"n":1}{"n":3}'.encode()))
    for absent in ("urn:2", "urn:4"):
        assert await store.read(lambda unit, absent=absent: unit.catalog.offered(absent)) is None  # type: ignore[misc]
    first = await store.read(lambda unit: unit.catalog.published(1))
    assert list(first) == [Position("2026-01-01", "urn:1")]
    assert list(await store.read(lambda unit: unit.catalog.published(9, after=first[0]))) == [
        Position("2026-01-01", "urn:3")
    ]
