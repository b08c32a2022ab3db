"""The network port: other participants, over HTTP, bounded and guarded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from connector.canonical import JsonObject
from connector.wire.sentences import read_sentence


class PeerUnreachable(Exception):
    """No answer from a peer: down, refused, too slow, too large, or an address that we do not go to."""


class NoRoom(PeerUnreachable):
    """Not even asked: too many requests of this kind are running. It says nothing about the peer."""


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """What a peer answered: status and bounded body.

    Attributes:
        retry_after: seconds that the peer bids us wait before we try again, if it does.
        etag: of what it gave, if it has one.
        headers: by their names in small letters; what was repeated is joined.
    """

    status: int
    body: bytes
    retry_after: float | None = None
    etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What it says, as a sentence for a person: bounded, without markup and control characters."""
        return read_sentence(self.body)


class Network(Protocol):
    """HTTP to other participants."""

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        """POST JSON with a bearer token.

        Raises:
            PeerUnreachable: no usable answer.
        """
        ...

    async def get(
        self, url: str, token: str | None = None, *, accept: str | None = None, etag: str | None = None
    ) -> PeerAnswer:
        """GET, with a bearer token if given.

        Args:
            url: what to get.
            token: who asks.
            accept: the media types that are wanted.
            etag: of what is held already: while it is the same, the answer is 304 without a body.

        Raises:
            PeerUnreachable: no usable answer.
        """
        ...


class Fetching(Network, Protocol):
    """The same, and what is large and changes seldom: catalogs."""

    async def fetch(self, url: str, token: str, body: bytes | None = None, *, known: str | None = None) -> PeerAnswer:
        """GET, or POST with a body. The answer may come packed; its bounds are those of the unpacked.

        Args:
            url: where.
            token: a bearer token.
            body: JSON.
            known: the tag of what we have; if that is still right the answer is 304, or 412 to a POST.

        Raises:
            PeerUnreachable: no usable answer.
        """
        ...


class DidDocuments(Protocol):
    """Resolves did:web, with a bounded cache."""

    async def resolve(self, did: str, *, fresh: bool = False) -> JsonObject:
        """The DID document as JSON.

        Raises:
            PeerUnreachable: it cannot be had.
        """
        ...


class FlowRefused(Exception):
    """The other side refused a request for data, or to take data, for good; what it said."""

    def __init__(self, status: int, title: str, detail: str, **more: str) -> None:
        super().__init__(detail or title)
        self.status = status
        self.title = title
        self.detail = detail
        self.more = more


class FlowBroken(Exception):
    """The line was cut; the same delivery can be resumed."""
