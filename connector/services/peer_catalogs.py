"""A peer's whole catalog: page after page, as far as it is reasonable, and nothing twice that we have already."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from catalog.errors import CatalogRoomError
from catalog.model import Catalog, Dataset, pick_text
from catalog.parse import parse_catalog, parse_dataset
from connector.canonical import JsonObject
from connector.ports.network import Fetching, PeerAnswer, PeerUnreachable
from connector.protocol.messages import CatalogRequestMessage
from connector.protocol.versions import ProtocolVersion
from connector.services.errors import NotFound
from connector.wire.codec import encode, read_document
from connector.wire.errors import DecodeError
from connector.wire.links import link_target, same_origin

MAX_CATALOG: Final = 4_000_000
"""The largest page that is read, in bytes."""
MAX_EXPANDED: Final = 250_000
"""JSON values in a page that is not in compact form: some seconds of a thread's time."""
MAX_PAGES: Final = 200
MAX_DATASETS: Final = 10_000
"""So many are taken of one peer."""
MAX_BYTES: Final = 40_000_000
"""All pages of one peer together."""
WITHIN: Final = 45.0
"""Seconds in which a peer's pages must be there; what came until then is shown."""
_READ_AT_ONCE: Final = 20_000
"""Bytes; a longer answer is read in a thread, so that others need not wait for it."""
_KEPT_BYTES: Final = 32_000_000
_UNCHANGED: Final = (304, 412)
_NEXT: Final = "next"


@dataclass(frozen=True, slots=True)
class PeerCatalog:
    """What a peer offers us. `problem` says why this is not all of it; None when it is."""

    name: str
    datasets: tuple[Dataset, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Page:
    """One answer, as it was read. `tag` is what it can be asked for again by."""

    tag: str | None
    size: int
    catalog: Catalog | None = None
    dataset: Dataset | None = None
    following: str | None = None


class PeerCatalogs:
    """Asks peers, each page under the tag of the last time."""

    def __init__(self, network: Fetching, bearer: Callable[[str], str]) -> None:
        self._network = network
        self._bearer = bearer
        self._kept: OrderedDict[tuple[str, str], _Page] = OrderedDict()
        self._size = 0

    async def read(self, did: str, root: str, version: ProtocolVersion) -> PeerCatalog:
        """The catalog of a peer at its protocol root, in the version that is spoken there.

        Raises:
            PeerUnreachable: not even the first page can be had and read.
        """
        body = encode(CatalogRequestMessage(), version)
        datasets: dict[str, Dataset] = {}
        name, problem = "", None
        url: str | None = f"{root}/catalog/request"
        asked: set[str] = set()
        size = 0
        try:
            async with asyncio.timeout(WITHIN):
                while url is not None and problem is None:
                    page = await self._page(did, url, body)
                    asked.add(url)
                    assert page.catalog is not None
                    name = name or pick_text(page.catalog.title, "en")
                    for dataset in page.catalog.dataset:
                        datasets.setdefault(dataset.id, dataset)
                    url, size = page.following, size + page.size
                    full = len(datasets) >= MAX_DATASETS or len(asked) >= MAX_PAGES or size >= MAX_BYTES
                    problem = _stop(root, url, asked, full=full) if url is not None else None
        except TimeoutError:
            problem = f"its pages did not arrive within {WITHIN:.0f} seconds"
        except PeerUnreachable as error:
            if not asked:
                raise
            problem = str(error)
        if not asked:
            raise PeerUnreachable(f"the catalog of {did}: {problem}")
        shown = tuple(datasets.values())[:MAX_DATASETS]
        return PeerCatalog(name, shown, f"only {len(shown):,} data sets are shown: {problem}" if problem else None)

    async def dataset(self, did: str, root: str, dataset_id: str) -> Dataset:
        """One data set of a peer.

        Raises:
            NotFound: the peer has none that we may see.
            PeerUnreachable: it cannot be had or read.
        """
        what = f"the data set {dataset_id}"
        url = f"{root}/catalog/datasets/{quote(dataset_id, safe=':')}"
        kept = self._kept.get((did, url))
        answer = await self._network.fetch(url, self._bearer(did), known=kept.tag if kept is not None else None)
        if answer.status == 404:  # noqa: PLR2004
            raise NotFound(f"{did} shows us no data set {dataset_id}")
        if kept is not None and kept.dataset is not None and answer.status in _UNCHANGED:
            return kept.dataset
        try:
            found = parse_dataset(await _read(answer, what, "Dataset"))
        except CatalogRoomError as error:
            raise PeerUnreachable(f"{what} cannot be read: {error}") from None
        self._keep(did, url, _Page(answer.etag, len(answer.body), dataset=found))
        return found

    async def _page(self, did: str, url: str, body: bytes) -> _Page:
        kept = self._kept.get((did, url))
        answer = await self._network.fetch(url, self._bearer(did), body, known=kept.tag if kept is not None else None)
        if kept is not None and answer.status in _UNCHANGED:
            self._kept.move_to_end((did, url))
            return kept
        what = f"the catalog of {did}"
        try:
            found = parse_catalog(await _read(answer, what, "Catalog"))
        except CatalogRoomError as error:
            raise PeerUnreachable(f"{what} cannot be read: {error}") from None
        page = _Page(
            answer.etag,
            len(answer.body),
            catalog=found,
            following=link_target(answer.headers.get("link", ""), _NEXT, url),
        )
        self._keep(did, url, page)
        return page

    def _keep(self, did: str, url: str, page: _Page) -> None:
        """Keep what has a tag, the least used of it not beyond so many bytes."""
        before = self._kept.pop((did, url), None)
        self._size -= before.size if before is not None else 0
        if page.tag is None:
            return
        self._kept[did, url] = page
        self._size += page.size
        while self._size > _KEPT_BYTES:
            _, gone = self._kept.popitem(last=False)
            self._size -= gone.size


def _stop(root: str, url: str, asked: set[str], *, full: bool) -> str | None:
    """Why the next page is not asked for, if there is a reason."""
    if not same_origin(root, url):
        return "its next page is at another address than its catalog"
    if url in asked:
        return "its pages go round in a circle"
    if full:
        return "it has more than we take of one peer"
    return None


async def _read(answer: PeerAnswer, what: str, kind: str) -> JsonObject:
    if answer.status != 200:  # noqa: PLR2004
        said = f": {answer.text}" if answer.text else ""
        raise PeerUnreachable(f"{what} answers {answer.status}{said}")

    def read() -> JsonObject:
        return read_document(answer.body, kind, max_bytes=MAX_CATALOG, max_values=MAX_EXPANDED)

    try:
        return read() if len(answer.body) <= _READ_AT_ONCE else await asyncio.to_thread(read)
    except DecodeError as error:
        raise PeerUnreachable(f"{what} cannot be read: {error}") from None
