"""did:web documents, fetched and cached with a bound (did:web method, section Read).

Anybody may name DIDs to us, and we ask for their documents before we know who calls. So everything here is bounded: what
a document may weigh, what all of them together may, how often one is asked for, and how many failures are remembered.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.clock import Clock
from connector.ports.network import Network, NoRoom, PeerUnreachable
from connector.trust.did import did_web_document_url
from connector.trust.errors import TrustError

MAX_DOCUMENT: Final = 32_000
"""The largest document that is read, in bytes; ours has 2,000."""
MAX_WEIGHT: Final = 400_000
"""The heaviest document that is kept, in bytes of memory: small text can be many values."""
_FRESH: Final = timedelta(minutes=5)
_KEPT: Final = 16_000_000
"""What all documents together may weigh, in bytes of memory; the least recently used goes first."""
# A token that names an unknown key has the document fetched anew; a stranger must not do that to us in a loop.
_REFETCH: Final = timedelta(seconds=30)
# Whoever did not answer is asked again soon, and twice as late each time: most are only being started again.
_FIRST_PAUSE: Final = timedelta(seconds=1)
_FAILURES_KEPT: Final = 1_000
_PER_CHARACTER: Final = 4
_PER_VALUE: Final = 120
_DEAREST: Final = b",:[{"


@dataclass(frozen=True, slots=True)
class _Held:
    at: datetime
    document: JsonObject
    weight: int


@dataclass(frozen=True, slots=True)
class _Failure:
    at: datetime
    pause: timedelta
    said: str


class WebDids:
    """The port `DidDocuments`: our own document from memory, others over https."""

    def __init__(
        self, network: Network, clock: Clock, *, laboratory: bool, own: Callable[[str], JsonObject | None]
    ) -> None:
        self._network = network
        self._clock = clock
        self._laboratory = laboratory
        self._own = own
        self._cache: OrderedDict[str, _Held] = OrderedDict()
        self._weight = 0
        self._failed: OrderedDict[str, _Failure] = OrderedDict()
        self._flights: dict[str, asyncio.Task[JsonObject]] = {}

    async def resolve(self, did: str, *, fresh: bool = False) -> JsonObject:
        own = self._own(did)
        if own is not None:
            return own
        now = self._clock.now()
        held = self._cache.get(did)
        if held is not None and now - held.at < (_REFETCH if fresh else _FRESH):
            self._cache.move_to_end(did)
            return held.document
        failed = self._failed.get(did)
        if failed is not None and now - failed.at < failed.pause:
            seconds = int(failed.pause.total_seconds())
            raise PeerUnreachable(f"{failed.said} (it is asked again {seconds} seconds after it failed)")
        flight = self._flights.get(did)
        if flight is None:
            url = self._url(did)
            flight = self._flights[did] = asyncio.get_running_loop().create_task(self._fly(did, url))
            flight.add_done_callback(lambda done: self._landed(did, done))
        # Whoever waits may be cancelled; the others still wait.
        return await asyncio.shield(flight)

    async def _fly(self, did: str, url: str) -> JsonObject:
        try:
            document, weight = await self._fetch(did, url)
        except NoRoom:
            # This says nothing about the DID.
            raise
        except PeerUnreachable as error:
            self._failed[did] = self._failure(did, str(error)[:300])
            self._failed.move_to_end(did)
            if len(self._failed) > _FAILURES_KEPT:
                self._failed.popitem(last=False)
            raise
        self._failed.pop(did, None)
        self._keep(did, _Held(self._clock.now(), document, weight))
        return document

    def _failure(self, did: str, said: str) -> _Failure:
        now = self._clock.now()
        before = self._failed.get(did)
        if before is None or now - before.at > 2 * before.pause:
            return _Failure(now, _FIRST_PAUSE, said)
        return _Failure(now, min(2 * before.pause, _REFETCH), said)

    def _landed(self, did: str, flight: asyncio.Task[JsonObject]) -> None:
        self._flights.pop(did, None)
        if not flight.cancelled():
            flight.exception()  # perhaps nobody waits any more

    def _keep(self, did: str, held: _Held) -> None:
        before = self._cache.pop(did, None)
        self._weight += held.weight - (before.weight if before is not None else 0)
        self._cache[did] = held
        while self._weight > _KEPT:
            self._weight -= self._cache.popitem(last=False)[1].weight

    def _url(self, did: str) -> str:
        try:
            return did_web_document_url(did, insecure_hosts=self._laboratory)
        except TrustError as error:
            raise PeerUnreachable(f"{did[:200]} cannot be resolved: {error}") from None

    async def _fetch(self, did: str, url: str) -> tuple[JsonObject, int]:
        answer = await self._network.get(url)
        if answer.status != 200:  # noqa: PLR2004
            raise PeerUnreachable(f"the DID document of {did} answers {answer.status}")
        weight = _weight_of(answer.body)
        if weight > MAX_WEIGHT and len(answer.body) <= MAX_DOCUMENT:
            raise PeerUnreachable(f"the DID document of {did} cannot be read: too many values")
        try:
            document = parse_json(answer.body, max_bytes=MAX_DOCUMENT)
        except CanonicalError as error:
            raise PeerUnreachable(f"the DID document of {did} cannot be read: {error}") from None
        if not isinstance(document, dict):
            raise PeerUnreachable(f"the DID document of {did} is no JSON object")
        return document, weight


def _weight_of(body: bytes) -> int:
    """What a document weighs at most once it is read, in bytes of memory: each value has an object around it."""
    values = 1 + sum(body.count(sign) for sign in _DEAREST)
    return _PER_CHARACTER * len(body) + _PER_VALUE * values
