"""DID documents, read: whoever is named again and again is not parsed again and again."""

from collections import OrderedDict
from typing import Final

from connector.canonical import JsonObject
from connector.ports.network import DidDocuments, PeerUnreachable
from connector.trust.did import DidDocument
from connector.trust.errors import TrustError

KEPT: Final = 128
"""Documents that are read already: few, for they keep what the cache of documents may have let go."""


class Documents:
    """Resolves DIDs to documents that can be asked for keys and services."""

    def __init__(self, dids: DidDocuments) -> None:
        self._dids = dids
        self._parsed: OrderedDict[str, tuple[JsonObject, DidDocument]] = OrderedDict()

    async def resolve(self, did: str, *, fresh: bool = False) -> DidDocument:
        """The DID document of a participant.

        Raises:
            PeerUnreachable: it cannot be had, or is none.
        """
        data = await self._dids.resolve(did, fresh=fresh)
        cached = self._parsed.get(did)
        if cached is not None and cached[0] is data:
            self._parsed.move_to_end(did)
            return cached[1]
        try:
            document = DidDocument.parse(data, did)
        except TrustError as error:
            raise PeerUnreachable(f"the DID document of {did} is not usable: {error}") from None
        self._parsed[did] = (data, document)
        self._parsed.move_to_end(did)
        if len(self._parsed) > KEPT:
            self._parsed.popitem(last=False)
        return document
