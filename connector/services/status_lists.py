"""Status lists of issuers whom we believe: fetched, checked, kept with a bound, and never replaced by older ones.

A list is believed for `FRESH` without asking. When its issuer cannot be reached, the last one that was checked goes on
for at most `max_age`, and never beyond its own end; after that whoever depends on it is not believed.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from connector.clock import Clock, format_time, parse_time
from connector.ports.network import Network, NoRoom, PeerUnreachable
from connector.ports.records import StatusListRecord
from connector.ports.store import Store, StoreError
from connector.services.documents import Documents
from connector.trace import begin_trace
from connector.trust.errors import DidError, StatusInvalid, TrustError
from connector.trust.keys import PublicKey
from connector.trust.status import StatusList, claimed_list, kept_status_list, verify_status_list
from connector.trust.vc_jwt import issuer_key

FRESH: Final = timedelta(minutes=5)
"""How long a list is believed without asking its issuer again."""
ACCEPT: Final = "application/vc+jwt, application/jwt;q=0.9, application/json;q=0.1"
"""What we ask for: a signed list. What is not signed is read for the sake of the sentence that refuses it."""
SKEW: Final = timedelta(seconds=30)
_AGAIN: Final = timedelta(seconds=30)
"""An issuer that failed is not asked again for so long."""
_KEPT: Final = 256
_LOOK_EVERY: Final = 60.0
_log: Final = logging.getLogger(__name__)
_Key = tuple[str, str]
Taken = Callable[[StatusList], Awaitable[None]]
"""Told of each list that is new to us: who is revoked in it loses what is running."""


@dataclass(frozen=True, slots=True)
class _Held:
    list: StatusList
    document: str
    checked_at: datetime
    etag: str | None


class StatusLists:
    """The lists that we know, by issuer and address."""

    def __init__(
        self,
        *,
        network: Network,
        documents: Documents,
        store: Store,
        clock: Clock,
        max_age: timedelta,
        own: Callable[[str], Awaitable[str | None]] | None = None,
    ) -> None:
        """Args tell where it gets things from.

        Args:
            network: for what callers cause who are not authenticated yet.
            documents: the issuers' DID documents.
            store: keeps what was seen, so that a restart does not take an older list.
            clock: the time.
            max_age: how long a list goes on when its issuer cannot be reached.
            own: our own list at this address, if we are an authority and it is ours.
        """
        self._network = network
        self._documents = documents
        self._store = store
        self._clock = clock
        self._max_age = max_age
        self.own = own
        self.taken: Taken | None = None
        self._held: OrderedDict[_Key, _Held] = OrderedDict()
        self._failed: OrderedDict[_Key, tuple[datetime, Exception]] = OrderedDict()
        self._flights: dict[_Key, asyncio.Task[StatusList]] = {}
        self._task: asyncio.Task[None] | None = None

    async def get(self, url: str, issuer: str) -> StatusList:
        """The issuer's list at this address.

        Raises:
            StatusInvalid: what lies there is none of his, or older than one that was seen, and none that still counts
                is held.
            PeerUnreachable: it cannot be had, and none that still counts is held.
        """
        key = (issuer, url)
        held = await self._known(key)
        now = self._clock.now()
        if held is not None and now - held.checked_at < FRESH and _lasts(held.list, now):
            return held.list
        flight = self._fly(key)
        if held is not None and key in self._failed and self._counts(held, now):
            return held.list  # nobody waits for an issuer that failed before
        return await _landing(flight)

    async def hint(self, issuer: str) -> None:
        """The issuer says that something has changed: its lists are asked for now, whatever was held."""
        for key in [key for key in self._held if key[0] == issuer]:
            running = self._flights.get(key)
            if running is not None:
                await asyncio.wait([running])  # it may have asked before the change
            self._failed.pop(key, None)
            try:
                await _landing(self._fly(key))
            except (PeerUnreachable, TrustError) as error:
                _log.warning("after a hint of %s: %s", issuer, error)

    # --- looking without being asked -----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take up what was known, and look from now on once a minute."""
        records = await self._store.read(lambda unit: unit.status_lists.find(own=False, limit=_KEPT))
        for record in records:
            self._take_up(record)
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        tasks = [*self._flights.values(), *([self._task] if self._task is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def look(self) -> None:
        """Ask for each list that is due: whom it revokes may have something running, and send nothing."""
        begin_trace()
        now = self._clock.now()
        for key, held in list(self._held.items()):
            if now - held.checked_at >= FRESH:
                try:
                    await _landing(self._fly(key))
                except (PeerUnreachable, TrustError) as error:
                    _log.warning("%s", error)

    async def _run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_EVERY)

    # --- one list --------------------------------------------------------------------------------------------------------

    async def _known(self, key: _Key) -> _Held | None:
        held = self._held.get(key)
        if held is None:
            record = await self._store.read(lambda unit: unit.status_lists.get(_row_key(key)))
            if record is None or record.own:
                return None
            held = self._held.get(key) or self._take_up(record)
        if held is not None:
            self._held.move_to_end(key)
        return held

    def _take_up(self, record: StatusListRecord) -> _Held | None:
        try:
            found = kept_status_list(record.document, url=record.url, issuer=record.issuer)
        except StatusInvalid as error:
            _log.warning("a kept status list cannot be read: %s", error)
            return None
        return self._keep(_Held(found, record.document, parse_time(record.checked_at), record.etag))

    def _keep(self, held: _Held) -> _Held:
        key = (held.list.issuer, held.list.url)
        self._held[key] = held
        self._held.move_to_end(key)
        if len(self._held) > _KEPT:
            self._held.popitem(last=False)
        return held

    def _fly(self, key: _Key) -> "asyncio.Task[StatusList]":
        """The one request for a list that is under way, for all who want it."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.get_running_loop().create_task(self._refresh(key))
            flight.add_done_callback(lambda done: self._landed(key, done))
        return flight

    def _landed(self, key: _Key, flight: "asyncio.Task[StatusList]") -> None:
        self._flights.pop(key, None)
        if not flight.cancelled():
            flight.exception()  # perhaps nobody waits any more

    async def _refresh(self, key: _Key) -> StatusList:
        held, now = self._held.get(key), self._clock.now()
        at, error = self._failed.get(key, (now, None))
        if error is None or now - at >= _AGAIN:
            try:
                return await self._ask(key, held)
            except (PeerUnreachable, TrustError) as failed:
                error = failed
                if not isinstance(error, NoRoom):
                    self._fail(key, error)
        if held is not None and self._counts(held, now):
            _log.warning("the status list that was checked at %s goes on: %s", held.checked_at, error)
            return held.list
        raise error.with_traceback(None)

    def _fail(self, key: _Key, error: Exception) -> None:
        self._failed[key] = (self._clock.now(), error)
        self._failed.move_to_end(key)
        if len(self._failed) > _KEPT:
            self._failed.popitem(last=False)

    def _counts(self, held: _Held, now: datetime) -> bool:
        return now - held.checked_at <= self._max_age and _lasts(held.list, now)

    async def _ask(self, key: _Key, held: _Held | None) -> StatusList:
        issuer, url = key
        now = self._clock.now()
        document = await self.own(url) if self.own is not None else None
        etag = None
        if document is None:
            answer = await self._network.get(url, accept=ACCEPT, etag=held.etag if held is not None else None)
            if answer.status == 304 and held is not None:  # noqa: PLR2004
                self._failed.pop(key, None)
                await self._store_soon(self._keep(replace(held, checked_at=now)))
                return held.list
            if answer.status != 200:  # noqa: PLR2004
                raise PeerUnreachable(f"the status list {url[:200]} answers {answer.status}")
            document, etag = answer.body.decode("utf-8", "replace").strip(), answer.etag
        found = await self.read(document, url=url, issuer=issuer, now=now)
        if held is not None:
            _check_newer(found, held.list)
        self._failed.pop(key, None)
        await self._store_soon(self._keep(_Held(found, document, now, etag)))
        if self.taken is not None and (held is None or held.list.digest != found.digest):
            await self.taken(found)
        return found

    async def read(self, document: str, *, url: str, issuer: str, now: datetime) -> StatusList:
        """Judge what lies at an address.

        Raises:
            StatusInvalid: it is not this issuer's signed list.
            PeerUnreachable: the issuer's keys cannot be had.
        """
        if document.startswith("{"):
            raise StatusInvalid(f"the status list {url[:200]} is not signed; anybody could have written it")
        claimed = claimed_list(document)
        if claimed.issuer != issuer:
            raise StatusInvalid(f"the status list {url[:200]} is issued by {claimed.issuer[:200]!r}, not {issuer!r}")
        try:
            key: PublicKey = issuer_key(claimed, await self._documents.resolve(issuer))
        except DidError:
            try:
                key = issuer_key(claimed, await self._documents.resolve(issuer, fresh=True))
            except DidError as error:
                raise StatusInvalid(f"the status list {url[:200]} does not hold: {error}") from None
        return verify_status_list(document, key, url=url, issuer=issuer, now=now, skew=SKEW)

    async def _store_soon(self, held: _Held) -> None:
        record = StatusListRecord(
            key=_row_key((held.list.issuer, held.list.url)),
            issuer=held.list.issuer,
            url=held.list.url,
            document=held.document,
            valid_from=format_time(held.list.valid_from),
            checked_at=format_time(held.checked_at),
            own=False,
            etag=held.etag,
        )
        try:
            await self._store.write_soon(lambda unit: unit.status_lists.put(record))
        except StoreError as error:
            _log.warning("a status list could not be kept: %s", error)


async def _landing(flight: "asyncio.Task[StatusList]") -> StatusList:
    try:
        # Whoever waits may be cancelled; the others still wait.
        return await asyncio.shield(flight)
    except asyncio.CancelledError:
        if flight.cancelled():
            raise PeerUnreachable("the status list was not had before this connector stopped") from None
        raise


def _lasts(found: StatusList, now: datetime) -> bool:
    return found.valid_until is None or now < found.valid_until + SKEW


def _check_newer(found: StatusList, held: StatusList) -> None:
    """Refuse a list that is older than one that was seen: whoever gives it out wants something forgotten.

    Raises:
        StatusInvalid: it is older; or as old, and takes back what the other said.
    """
    if found.valid_from < held.valid_from:
        raise StatusInvalid(
            f"the status list {found.url[:200]} of {found.valid_from.isoformat()} is older than one that was seen"
        )
    if found.valid_from == held.valid_from and any(old & ~new for old, new in zip(held.bits, found.bits, strict=False)):
        raise StatusInvalid(f"the status list {found.url[:200]} contradicts another of the same moment")


def _row_key(key: _Key) -> str:
    return f"{key[0]} {key[1]}"
