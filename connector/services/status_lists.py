"""Status lists of issuers whom we believe: fetched, checked, kept with a bound, and never replaced by older ones.

A list is believed for `FRESH` without asking. When its issuer cannot be reached, the last one that was checked goes on
for at most `max_age`, and never beyond its own end; after that whoever depends on it is not believed.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connector.clock import Clock
from connector.ports.network import Network, NoRoom, PeerUnreachable
from connector.ports.store import Store
from connector.services.documents import Documents
from connector.services.held_lists import KEPT, Held, HeldLists, Key
from connector.trace import begin_trace
from connector.trust.errors import DidError, StatusInvalid, StatusUnsigned, TrustError
from connector.trust.keys import PublicKey
from connector.trust.status import StatusList, claimed_list, verify_status_list
from connector.trust.vc_jwt import issuer_key

FRESH: Final = timedelta(minutes=5)
"""How long a list is believed without asking its issuer again."""
ACCEPT: Final = "application/vc+jwt, application/jwt;q=0.9, application/json;q=0.1"
"""What we ask for: a signed list. What is not signed is read for the sake of the sentence that refuses it."""
SKEW: Final = timedelta(seconds=30)
_AGAIN: Final = timedelta(seconds=30)
"""An issuer that failed is not asked again for so long."""
_LOOK_EVERY: Final = 60.0
_log: Final = logging.getLogger(__name__)
Taken = Callable[[StatusList], Awaitable[None]]
"""Told of each list that is new to us: who is revoked in it loses what is running."""


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
        self._clock = clock
        self._max_age = max_age
        self.own = own
        self.taken: Taken | None = None
        self._held = HeldLists(store)
        self._failed: OrderedDict[Key, tuple[datetime, Exception]] = OrderedDict()
        self._flights: dict[Key, asyncio.Task[StatusList]] = {}
        self._task: asyncio.Task[None] | None = None

    async def get(self, url: str, issuer: str) -> StatusList:
        """The issuer's list at this address.

        Raises:
            StatusInvalid: what lies there is none of his, or older than one that was seen, and none that still counts
                is held.
            PeerUnreachable: it cannot be had, and none that still counts is held.
        """
        key = (issuer, url)
        held = await self._held.known(key)
        now = self._clock.now()
        if held is not None and now - held.checked_at < FRESH and _lasts(held.list, now):
            return held.list
        flight = self._fly(key)
        if held is not None and key in self._failed and self._counts(held, now):
            return held.list  # nobody waits for an issuer that failed before
        return await _landing(flight)

    async def hint(self, issuer: str) -> None:
        """The issuer says that something has changed: its lists are asked for now, whatever was held."""
        for key in [held.key for held in self._held.all() if held.list.issuer == issuer]:
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
        await self._held.take_up_all()
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
        for held in self._held.all():
            if now - held.checked_at >= FRESH:
                try:
                    await _landing(self._fly(held.key))
                except (PeerUnreachable, TrustError) as error:
                    _log.warning("%s", error)

    async def _run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_EVERY)

    # --- one list --------------------------------------------------------------------------------------------------------

    def _fly(self, key: Key) -> "asyncio.Task[StatusList]":
        """The one request for a list that is under way, for all who want it."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.get_running_loop().create_task(self._refresh(key))
            flight.add_done_callback(lambda done: self._landed(key, done))
        return flight

    def _landed(self, key: Key, flight: "asyncio.Task[StatusList]") -> None:
        self._flights.pop(key, None)
        if not flight.cancelled():
            flight.exception()  # perhaps nobody waits any more

    async def _refresh(self, key: Key) -> StatusList:
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

    def _fail(self, key: Key, error: Exception) -> None:
        self._failed[key] = (self._clock.now(), error)
        self._failed.move_to_end(key)
        if len(self._failed) > KEPT:
            self._failed.popitem(last=False)

    def _counts(self, held: Held, now: datetime) -> bool:
        return now - held.checked_at <= self._max_age and _lasts(held.list, now)

    async def _ask(self, key: Key, held: Held | None) -> StatusList:
        issuer, url = key
        now = self._clock.now()
        document = await self.own(url) if self.own is not None else None
        etag = None
        if document is None:
            answer = await self._network.get(url, accept=ACCEPT, etag=held.etag if held is not None else None)
            if answer.status == 304 and held is not None:  # noqa: PLR2004
                self._failed.pop(key, None)
                await self._held.keep(replace(held, checked_at=now), new=False)
                return held.list
            if answer.status != 200:  # noqa: PLR2004
                raise PeerUnreachable(f"the status list {url[:200]} answers {answer.status}")
            document, etag = answer.body.decode("utf-8", "replace").strip(), answer.etag
        found = await self.read(document, url=url, issuer=issuer, now=now)
        if held is not None:
            check_newer(found, held.list)
        self._failed.pop(key, None)
        await self._held.keep(Held(found, document, now, etag), new=True)
        if self.taken is not None and (held is None or held.list.digest != found.digest):
            await self.taken(found)
        return found

    async def read(self, document: str, *, url: str, issuer: str, now: datetime) -> StatusList:
        """Judge what lies at an address.

        Raises:
            StatusUnsigned: it is plain JSON.
            StatusInvalid: it is not this issuer's signed list.
            PeerUnreachable: the issuer's keys cannot be had.
        """
        if document.startswith("{"):
            sentence = f"the status list {url[:200]} is not signed; anybody could have written it"
            raise StatusUnsigned(sentence, document=document)
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


def check_newer(found: StatusList, held: StatusList) -> None:
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
