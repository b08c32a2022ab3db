"""Reading the catalog page by page: only the rows of the page are judged, and no request looks at more than so many.

A page ends when it is full, when it is large, or when much was looked at in vain. The last two make a page shorter than
was asked for, even empty; the cursor of the next one is there all the same.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from catalog.query import Query
from connector.canonical import JsonObject
from connector.ports.records import Listing, Position
from connector.ports.store import Store, UnitOfWork
from connector.services.cursors import Cursor
from connector.services.errors import BadRequest

MAX_BYTES: Final = 2_000_000
"""A page ends before the data set that would make it larger than this, unless it is the first."""
MAX_SKIP: Final = 1_000
"""The largest `offset` at which no page has ended yet."""
_LOOKS: Final = 10_000
_JUDGED: Final = 10
"""A data set that was read and judged in vain counts as so many that were only looked at."""
_CHUNK: Final = 200
_ENDS: Final = 4_096


@dataclass(frozen=True, slots=True)
class Shown:
    """A data set as it is shown, where it stands, and about how large it is, in bytes."""

    position: Position
    document: JsonObject
    size: int


Judge = Callable[[UnitOfWork, Position], Shown | None]
"""Shows a data set, or not; which is asked only for those that the filter wants."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was found, in the order of the catalog, and the cursors of the pages around it, where there are any."""

    shown: Sequence[Shown]
    following: Cursor | None
    previous: Cursor | None


class Pages:
    """Reads pages, and remembers where they ended: who asks by `offset` begins there and not at the beginning again.

    Args:
        store: where the catalog is.
        always: facts that every data set has.
    """

    def __init__(self, store: Store, always: Mapping[str, list[str]]) -> None:
        self._store = store
        self._always = always
        self._ends: OrderedDict[tuple[str, str, int], Position] = OrderedDict()

    async def read(self, participant: str, query: Query, cursor: Cursor | None, limit: int, judge: Judge) -> Page:
        """The page at this cursor, or the first one, of what `participant` may see of `query`.

        Raises:
            BadRequest: an `offset` far behind any page that was read.
        """
        back = cursor is not None and cursor.back
        walk = self._walk(participant, query, judge, backwards=query.newest_first is not back)
        begin = cursor.position if cursor is not None else await self._skipped(participant, query, judge)
        await walk.go(begin, limit)
        shown = walk.shown
        going_on = Cursor(walk.rest, back) if walk.rest is not None else None
        turning = Cursor(shown[0].position, not back) if shown and begin is not None else None
        if back:
            return Page(shown[::-1], following=turning, previous=going_on)
        if cursor is None and shown and walk.at is not None:
            self._ended((participant, query.text, query.offset + len(shown)), walk.at)
        return Page(shown, following=going_on, previous=turning)

    async def _skipped(self, participant: str, query: Query, judge: Judge) -> Position | None:
        """Behind which position the page at this offset begins."""
        if query.offset == 0:
            return None
        known = self._ends.get((participant, query.text, query.offset))
        if known is not None:
            return known
        walk = self._walk(participant, query, judge, backwards=query.newest_first)
        if query.offset <= MAX_SKIP:
            await walk.go(None, query.offset, most=None)
        if len(walk.shown) < query.offset and (walk.rest is not None or query.offset > MAX_SKIP):
            raise BadRequest(
                f"the offset {query.offset:,} is too far behind the pages that were read; "
                "ask for one page after the other, or follow the Link header"
            )
        return walk.at

    def _ended(self, place: tuple[str, str, int], at: Position) -> None:
        self._ends[place] = at
        self._ends.move_to_end(place)
        if len(self._ends) > _ENDS:
            self._ends.popitem(last=False)

    def _walk(self, participant: str, query: Query, judge: Judge, *, backwards: bool) -> "_Walk":
        return _Walk(self._store, self._always, participant, query, judge, backwards=backwards)


class _Walk:
    """One way through the catalog: what was found, how far it went, and where it is to go on."""

    def __init__(
        self,
        store: Store,
        always: Mapping[str, list[str]],
        participant: str,
        query: Query,
        judge: Judge,
        *,
        backwards: bool,
    ) -> None:
        self.shown: list[Shown] = []
        self.at: Position | None = None
        self.rest: Position | None = None
        self._store = store
        self._always = always
        self._participant = participant
        self._judge = judge
        self._backwards = backwards
        self._ids = query.ids
        index = query.indexed if self._ids is None else None
        self._value = (index.name, index.values[0]) if index is not None else None
        self._conditions = [condition for condition in query.conditions if condition is not index]
        self._looks = _LOOKS
        self._size = 0

    async def go(self, begin: Position | None, limit: int, *, most: int | None = MAX_BYTES) -> None:
        """Collect what is shown behind `begin`, until there is enough of it."""
        self.at = begin
        done = False
        while not done:
            done = await self._store.read(lambda unit: self._step(unit, limit, most))
            await asyncio.sleep(0)  # others have their turn

    def _step(self, unit: UnitOfWork, limit: int, most: int | None) -> bool:
        """Look at some more; whether that was all there is to be done."""
        # One more than is due tells whether there is a next page.
        chunk = _CHUNK if self._conditions else min(_CHUNK, limit + 1 - len(self.shown))
        listings = self._listings(unit, chunk)
        for listing in listings:
            self._looks -= 1
            wanted = self._wanted(listing)
            found = self._judge(unit, listing.position) if wanted else None
            if wanted and found is None:
                self._looks -= _JUDGED
            if self._looks < 0 or (found is not None and self._is_full(found, limit, most)):
                self.rest = self.at
                return True
            if found is not None:
                self.shown.append(found)
                self._size += found.size
            self.at = listing.position
        return len(listings) < chunk

    def _listings(self, unit: UnitOfWork, chunk: int) -> Sequence[Listing]:
        if self._ids is None:
            return unit.catalog.page(
                self._participant,
                chunk,
                after=self.at,
                backwards=self._backwards,
                value=self._value,
                with_facts=bool(self._conditions),
            )
        at, named = self.at, unit.catalog.named(self._participant, self._ids)
        if self._backwards:
            return [found for found in reversed(named) if at is None or found.position < at][:chunk]
        return [found for found in named if at is None or found.position > at][:chunk]

    def _wanted(self, listing: Listing) -> bool:
        if not self._conditions:
            return True
        facts = {**listing.facts, **self._always}
        return all(condition.holds(facts) for condition in self._conditions)

    def _is_full(self, found: Shown, limit: int, most: int | None) -> bool:
        too_large = most is not None and bool(self.shown) and self._size + found.size > most
        return too_large or len(self.shown) == limit
