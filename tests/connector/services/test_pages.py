"""Pages of a catalog: together they are the whole of it, whatever is hidden, asked for, published or withdrawn meanwhile."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.facts import Facts, indexed_values
from catalog.query import Query, parse_filter
from connector.ports.records import EVERYBODY, Listing, Position
from connector.ports.store import UnitOfWork
from connector.services import pages
from connector.services.cursors import Cursor
from connector.services.errors import BadRequest
from connector.services.pages import MAX_SKIP, Page, Pages, Shown
from connector.store.unit_of_work import SqlStore
from tests.ports.places import Place, place_of

pytestmark = pytest.mark.anyio
ME, OTHER = "did:web:me", "did:web:other"
FORMATS = {"format": ["HttpData-PULL"]}


@dataclass(frozen=True)
class Entry:
    """A data set of a made-up catalog. `open` False: its offers are not for us, which only judging tells."""

    issued: str
    id: str
    keywords: tuple[str, ...] = ()
    seen_by: tuple[str, ...] = (EVERYBODY,)
    open: bool = True
    size: int = 10

    @property
    def position(self) -> Position:
        return Position(self.issued, self.id)

    @property
    def facts(self) -> Facts:
        return {"@id": [self.id], "keyword": list(self.keywords), "title": [f"title of {self.id}"]}

    def shown_to_me(self, query: Query) -> bool:
        return self.open and {EVERYBODY, ME} & {*self.seen_by} != set() and query.holds({**self.facts, **FORMATS})


@dataclass
class Catalog:
    """It, in a store, and read."""

    store: SqlStore
    entries: list[Entry] = field(default_factory=list)
    judged: int = 0

    def __post_init__(self) -> None:
        self.pages = Pages(self.store, FORMATS)

    async def publish(self, entries: Sequence[Entry]) -> None:
        def work(unit: UnitOfWork) -> None:
            for entry in entries:
                unit.catalog.add(Listing(entry.position, entry.facts), entry.seen_by, indexed_values(entry.facts))

        await self.store.write(work)
        self.entries += entries

    async def withdraw(self, entry: Entry) -> None:
        await self.store.write(lambda unit: unit.catalog.remove(entry.id))
        self.entries.remove(entry)

    async def read(self, query: Query, cursor: Cursor | None = None, limit: int = 3) -> Page:
        held = {entry.id: entry for entry in self.entries}

        def judge(_: UnitOfWork, position: Position) -> Shown | None:
            self.judged += 1
            entry = held[position.dataset]
            return Shown(position, {"@id": entry.id}, entry.size) if entry.open else None

        return await self.pages.read(ME, query, cursor, limit, judge)

    def expected(self, query: Query) -> list[str]:
        found = [entry for entry in self.entries if entry.shown_to_me(query)]
        return [e.id for e in sorted(found, key=lambda e: e.position, reverse=query.newest_first)]


def ids(page: Page) -> list[str]:
    return [shown.position.dataset for shown in page.shown]


@pytest.fixture
def catalog(tmp_path: Path) -> Any:
    with place_of("memory", tmp_path) as place:
        yield Catalog(place.open())


ENTRIES = st.lists(
    st.builds(
        Entry,
        issued=st.sampled_from(["2026-01", "2026-02", "2026-03"]),
        id=st.integers(0, 40).map(lambda n: f"urn:{n}"),
        keywords=st.lists(st.sampled_from(["a", "b", "ab"]), max_size=2, unique=True).map(tuple),
        seen_by=st.sampled_from([(EVERYBODY,), (ME,), (OTHER,), (ME, OTHER)]),
        open=st.booleans() | st.just(True),
        size=st.sampled_from([10, 10, 900_000]),
    ),
    max_size=30,
    unique_by=lambda entry: entry.id,
)
FILTERS = st.sampled_from(
    [
        [],
        [{"keyword": "a"}],
        [{"keyword": "a"}, {"format": "HttpData-PULL"}],
        [{"operandLeft": "keyword", "operator": "like", "operandRight": "a%"}],
        [{"keyword": "a"}, {"keyword": "b"}],
        [{"operandLeft": "id", "operator": "in", "operandRight": [f"urn:{n}" for n in range(0, 40, 3)]}],
        [{"operandLeft": "id", "operator": "in", "operandRight": ["urn:1", "urn:2"]}, {"keyword": "a"}],
    ]
)


@given(ENTRIES, FILTERS, st.integers(1, 6), st.booleans())
def test_the_pages_are_the_whole(entries: list[Entry], filter_: list[Any], limit: int, newest_first: bool) -> None:
    """Forwards and backwards: each data set once, in the order of publication, nothing that is not for us."""
    order = {"sortField": "issued", "sortOrder": "DESC" if newest_first else "ASC"}
    query = parse_filter([*filter_, order])

    async def walk() -> None:
        place = Place()
        try:
            catalog = Catalog(place.open())
            await catalog.publish(entries)
            page = await catalog.read(query, limit=limit)
            assert page.previous is None
            forwards, last = ids(page), page
            while page.following is not None:
                page = await catalog.read(query, page.following, limit)
                assert 0 < len(page.shown) <= limit
                forwards += ids(page)
                last = page
            assert forwards == catalog.expected(query)
            backwards, page = ids(last), last
            while page.previous is not None:
                page = await catalog.read(query, page.previous, limit)
                assert 0 < len(page.shown) <= limit
                backwards = ids(page) + backwards
            assert backwards == forwards
        finally:
            place.close()

    asyncio.run(walk())


async def test_what_comes_and_goes_moves_no_page(catalog: Catalog) -> None:
    entries = [Entry("2026-01", f"urn:{n}") for n in range(9)]
    await catalog.publish(entries)
    first = await catalog.read(Query())
    assert ids(first) == ["urn:0", "urn:1", "urn:2"]
    await catalog.withdraw(entries[0])
    await catalog.withdraw(entries[2])  # the cursor stands on it
    await catalog.publish([Entry("2026-02", "urn:late")])
    second = await catalog.read(Query(), first.following)
    assert ids(second) == ["urn:3", "urn:4", "urn:5"]
    third = await catalog.read(Query(), second.following, limit=9)
    assert ids(third)[-1] == "urn:late"
    assert ids(await catalog.read(Query(), second.previous)) == ["urn:1"]


async def test_only_the_page_is_judged(catalog: Catalog) -> None:
    await catalog.publish([Entry("2026-01", f"urn:{n:03}", ("rare",) if n % 50 == 0 else ()) for n in range(300)])
    await catalog.read(Query(), limit=10)
    assert catalog.judged == 11  # one more tells that there is a next page
    catalog.judged = 0
    assert len((await catalog.read(parse_filter([{"keyword": "rare"}]), limit=5)).shown) == 5
    assert catalog.judged == 6


async def test_a_page_of_large_data_sets_is_short(catalog: Catalog) -> None:
    await catalog.publish(
        [Entry("2026-01", f"urn:{n}", size=size) for n, size in enumerate([9_000_000, 10, 1_999_999])]
    )
    first = await catalog.read(Query())
    second = await catalog.read(Query(), first.following)
    third = await catalog.read(Query(), second.following)
    assert [ids(page) for page in (first, second, third)] == [["urn:0"], ["urn:1"], ["urn:2"]]
    assert third.following is None


async def test_who_looks_in_vain_is_told_where_to_go_on(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """No request looks at everything; a page may be empty, and the next one is linked all the same."""
    monkeypatch.setattr(pages, "_LOOKS", 40)
    await catalog.publish([Entry("2026-01", f"urn:{n:03}") for n in range(100)])
    await catalog.publish([Entry("2026-02", "urn:last", ("z",))])
    page = await catalog.read(parse_filter([{"operandLeft": "keyword", "operator": "like", "operandRight": "z%"}]))
    seen = 0
    while page.following is not None:
        assert not page.shown
        seen += 1
        page = await catalog.read(
            parse_filter([{"operandLeft": "keyword", "operator": "like", "operandRight": "z%"}]), page.following
        )
    assert (seen, ids(page)) == (2, ["urn:last"])


async def test_what_is_not_open_costs_ten_looks(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_LOOKS", 100)
    await catalog.publish([Entry("2026-01", f"urn:{n:03}", open=False) for n in range(100)])
    page = await catalog.read(Query())
    assert (page.shown, page.following is not None, catalog.judged) == ([], True, 10)


async def test_offsets_as_edc_asks_for_them(catalog: Catalog) -> None:
    """One page after the other, each beginning where the one before ended, however far that is."""
    count = 3 * MAX_SKIP
    await catalog.publish([Entry("2026-01", f"urn:{n:05}", open=n % 2 == 0) for n in range(count)])
    found: list[str] = []
    while True:
        page = await catalog.read(parse_filter([{"offset": len(found)}]), limit=500)
        if not page.shown:
            break
        found += ids(page)
    assert found == catalog.expected(Query())
    assert ids(await catalog.read(parse_filter([{"offset": 7}]))) == ["urn:00014", "urn:00016", "urn:00018"]
    for far in (MAX_SKIP + 1, 10**9):
        with pytest.raises(BadRequest, match="follow the Link header"):
            await catalog.read(parse_filter([{"offset": far}]))


async def test_an_offset_among_what_is_not_open(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """To count what is left out, each must be judged: not without end."""
    await catalog.publish([Entry("2026-01", f"urn:{n:03}", open=n > 50) for n in range(100)])
    assert ids(await catalog.read(parse_filter([{"offset": 10}]))) == ["urn:061", "urn:062", "urn:063"]
    assert ids(await catalog.read(parse_filter([{"offset": 60}]))) == []
    monkeypatch.setattr(pages, "_LOOKS", 100)
    with pytest.raises(BadRequest, match="follow the Link header"):
        await catalog.read(parse_filter([{"offset": 12}]))
