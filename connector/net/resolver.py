"""did:web documents, fetched and cached with a bound (did:web method, section Read)."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.clock import Clock
from connector.ports.network import Network, PeerUnreachable
from connector.trust.did import did_web_document_url
from connector.trust.errors import TrustError

MAX_DOCUMENT: Final = 100_000
_FRESH: Final = timedelta(minutes=5)
_KEPT: Final = 10_000
# A token that names an unknown key has the document fetched anew; a stranger must not do that to us in a loop.
_REFETCH: Final = timedelta(seconds=30)


class WebDids:
    """The port `DidDocuments`: our own document from memory, others over https."""

    def __init__(self, network: Network, clock: Clock, *, laboratory: bool, own: dict[str, JsonObject]) -> None:
        self._network = network
        self._clock = clock
        self._laboratory = laboratory
        self._own = own
        self._cache: OrderedDict[str, tuple[datetime, JsonObject]] = OrderedDict()

    async def resolve(self, did: str, *, fresh: bool = False) -> JsonObject:
        own = self._own.get(did)
        if own is not None:
            return own
        now = self._clock.now()
        cached = self._cache.get(did)
        if cached is not None and now - cached[0] < (_REFETCH if fresh else _FRESH):
            return cached[1]
        document = await self._fetch(did)
        self._cache[did] = (now, document)
        self._cache.move_to_end(did)
        if len(self._cache) > _KEPT:
            self._cache.popitem(last=False)
        return document

    async def _fetch(self, did: str) -> JsonObject:
        try:
            url = did_web_document_url(did, insecure_hosts=self._laboratory)
        except TrustError as error:
            raise PeerUnreachable(f"{did[:200]} cannot be resolved: {error}") from None
        answer = await self._network.get(url)
        if answer.status != 200:  # noqa: PLR2004
            raise PeerUnreachable(f"the DID document of {did} answers {answer.status}")
        try:
            document = parse_json(answer.body, max_bytes=MAX_DOCUMENT)
        except CanonicalError as error:
            raise PeerUnreachable(f"the DID document of {did} cannot be read: {error}") from None
        if not isinstance(document, dict):
            raise PeerUnreachable(f"the DID document of {did} is no JSON object")
        return document
