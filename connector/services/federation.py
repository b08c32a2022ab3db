"""Other companies' catalogs: found by DID, asked, searched."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final, NamedTuple

from catalog.describe import offer_id
from catalog.errors import CatalogRoomError
from catalog.model import Dataset
from catalog.search import Entry, search
from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.ports.network import Fetching, PeerUnreachable
from connector.ports.store import Store
from connector.protocol.versions import WELL_KNOWN, ProtocolVersion, common_version
from connector.services.authenticate import Authenticator
from connector.services.errors import Conflict, NotFound, ServiceError
from connector.services.peer_catalogs import PeerCatalog, PeerCatalogs
from connector.services.publish import clauses_of
from connector.wire.codec import as_list, as_text
from policies.errors import PolicyError

_AT_ONCE: Final = 16


class Root(NamedTuple):
    """Where a participant takes messages, in the version of the protocol that we speak with it."""

    url: str
    version: ProtocolVersion


@dataclass(frozen=True, slots=True)
class Asked:
    """How one provider answered: its data sets, and the problem in words if these are not all."""

    provider: str
    datasets: tuple[Dataset, ...]
    problem: str | None
    milliseconds: int
    name: str = ""


class Federation:
    """Looks at what others offer."""

    def __init__(
        self,
        *,
        network: Fetching,
        authenticator: Authenticator,
        store: Store,
        versions: tuple[ProtocolVersion, ...],
        me: str,
    ) -> None:
        self._network = network
        self._catalogs = PeerCatalogs(network, authenticator.bearer)
        self._authenticator = authenticator
        self._store = store
        self._versions = versions
        self._me = me
        self._roots: dict[str, Root] = {}

    async def root(self, did: str) -> Root:
        """The protocol root of a participant and the version that we both speak, found by its DID alone.

        By its DataService and the version document there; without one by its CatalogService, which stands below the
        root of one version.

        Raises:
            PeerUnreachable: it cannot be found; the sentence says at which step.
        """
        known = self._roots.get(did)
        if known is not None:
            return known
        document = await self._authenticator.resolve(did)
        services = document.services("DataService")
        if services:
            found = await self._listed(did, services[0].endpoint)
        else:
            root = _beside_catalog(did, [service.endpoint for service in document.services("CatalogService")])
            # Such an address is of one version and does not say of which; its path mostly does.
            spoken = next((v for v in self._versions if v.version in root), self._versions[0])
            found = Root(root, spoken)
        self._roots[did] = found
        return found

    async def _listed(self, did: str, address: str) -> Root:
        """The root of the version that we like best of those that both speak, as the version document at a DataService's address lists it."""
        answer = await self._network.get(address)
        if answer.status != 200:  # noqa: PLR2004
            raise PeerUnreachable(f"the version document of {did} answers {answer.status}")
        try:
            data = parse_json(answer.body)
            entries = as_list(data.get("protocolVersions"))
        except (CanonicalError, AttributeError):
            raise PeerUnreachable(f"the version document of {did} cannot be read") from None
        base = address.removesuffix(WELL_KNOWN).rstrip("/")
        offered = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("version"), str)]
        found = common_version(self._versions, [(entry["version"], str(entry.get("path", ""))) for entry in offered])
        if found is not None:
            version, path = found
            return Root((base + "/" + path.strip("/")).rstrip("/"), version)
        theirs = ", ".join(entry["version"] for entry in offered)[:200] or "nothing"
        ours = ", ".join(version.version for version in self._versions)
        raise PeerUnreachable(
            f"{did} and we have no version of the Dataspace Protocol in common: it offers {theirs}, we speak {ours}"
        )

    async def catalog(self, did: str) -> PeerCatalog:
        """A provider's name and its data sets as we may see them.

        Raises:
            PeerUnreachable: nothing of it can be had or read.
        """
        root = await self.root(did)
        return await self._catalogs.read(did, root.url, root.version)

    async def dataset(self, did: str, dataset_id: str) -> Dataset:
        """One data set of a provider.

        Raises:
            NotFound: the provider has none that we may see.
            PeerUnreachable: it cannot be had or read.
        """
        return await self._catalogs.dataset(did, (await self.root(did)).url, dataset_id)

    async def offered(self, did: str, dataset_id: str, offer: JsonObject) -> JsonObject:
        """The description of a data set that a provider offers us unasked, compared with the offer's id.

        Empty when the provider's catalog does not show it and the offer's id says nothing about it.

        Raises:
            Conflict: the id is a digest, and not of this; or there is nothing to compare it with.
            PeerUnreachable: the provider cannot be asked.
        """
        try:
            dataset = await self.dataset(did, dataset_id)
        except NotFound:
            if is_digest(offer):
                raise Conflict.told("not_comparable") from None
            return {}
        check_offer_id(offer, dataset)
        return dataset.described

    async def search(self, words: str, *, providers: list[str] | None) -> tuple[list[JsonObject], list[Asked]]:
        """Ask the named providers, or all peers, and rank what fits."""
        peers = providers or [p.did for p in await self._store.read(lambda unit: unit.peers.find(listed=True))]
        slots = asyncio.Semaphore(_AT_ONCE)

        async def ask(did: str) -> Asked:
            async with slots:
                return await self._ask(did)

        asked = list(await asyncio.gather(*(ask(did) for did in peers if did != self._me)))
        entries = [Entry(d, a.provider, a.name) for a in asked for d in a.datasets]
        return [_entry(hit.entry, hit.score) for hit in search(entries, words)], asked

    def choose_offer(self, dataset: Dataset, offer: str | None) -> JsonObject:
        """The offer asked for, or the only one.

        Raises:
            NotFound: there is none like that.
            Conflict: there are several, or its id is not the digest of what it offers.
        """
        offers = [dict(policy) for policy in dataset.has_policy]
        if offer is not None:
            offers = [policy for policy in offers if policy.get("@id") == offer]
        if not offers:
            raise NotFound("the data set has no such offer")
        if len(offers) > 1:
            listed = ", ".join(str(policy.get("@id")) for policy in offers)
            raise Conflict.told("several_offers", offers=listed)
        check_offer_id(offers[0], dataset)
        return offers[0]

    async def _ask(self, did: str) -> Asked:
        began = time.perf_counter()

        def spent() -> int:
            return round((time.perf_counter() - began) * 1000)

        try:
            found = await self.catalog(did)
        except (PeerUnreachable, ServiceError) as error:
            return Asked(did, (), str(error), spent())
        return Asked(did, found.datasets, found.problem, spent(), found.name)


def is_digest(offer: JsonObject) -> bool:
    """Whether an offer's id says that it is a digest (RFC 6920)."""
    return (as_text(offer.get("@id")) or "").startswith("ni:")


def check_offer_id(offer: JsonObject, dataset: Dataset) -> None:
    """An id that says that it is a digest must be the digest of terms, target and description (decision 5, 18).

    Raises:
        Conflict: it is not.
    """
    if not is_digest(offer):
        return
    try:
        expected = offer_id(offer, dataset.id, dict(dataset.wire))
    except CatalogRoomError as error:
        raise Conflict(f"the offer cannot be checked: {error}") from None
    if as_text(offer.get("@id")) != expected:
        raise Conflict.told("offer_altered")


def _beside_catalog(did: str, endpoints: list[str]) -> str:
    """The root above a CatalogService, whose address ends in `/catalog`."""
    for endpoint in endpoints:
        if endpoint.rstrip("/").endswith("/catalog"):
            return endpoint.rstrip("/").removesuffix("/catalog")
    raise PeerUnreachable(f"{did} names no DataService and no CatalogService in its DID document")


def _entry(entry: Entry, score: int) -> JsonObject:
    dataset = entry.dataset
    offers = []
    for policy in dataset.has_policy:
        offer: JsonObject = {"id": policy.get("@id"), "policy": dict(policy)}
        try:
            offer["clauses"] = clauses_of(policy)
        except PolicyError as error:
            offer["problem"] = str(error)
        offers.append(offer)
    return {
        "provider": entry.provider,
        "providerName": entry.provider_name,
        "dataset": dataset.id,
        "title": dict(dataset.title),
        "description": dict(dataset.description),
        "keywords": list(dataset.keywords),
        "byteSize": dataset.byte_size,
        "digest": dataset.content_digest,
        "offers": offers,
        "score": score,
    }
