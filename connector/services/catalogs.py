"""The catalog that we serve: each participant sees what it may see (DSP 2025-1, catalog protocol)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from catalog.describe import catalog_document, data_service, distribution, with_offers
from catalog.errors import CatalogRoomError
from catalog.facts import FORMAT
from catalog.query import parse_filter
from connector.canonical import JsonObject
from connector.clock import Clock
from connector.ports.records import Position
from connector.ports.store import Store, UnitOfWork
from connector.protocol.formats import OFFERED
from connector.protocol.messages import CatalogRequestMessage
from connector.protocol.versions import PREFERRED, ProtocolVersion
from connector.services.cursors import Cursor, Cursors
from connector.services.errors import BadRequest, NotFound
from connector.services.facts import for_catalog, party_of
from connector.services.facts.needs import OF_THE_DATA
from connector.services.identity import Identity
from connector.services.pages import Pages, Shown
from connector.services.publish import Publishing
from policies import MMD
from policies.context import CatalogContext
from policies.evaluate import ready
from policies.model import Policy
from policies.parse import parse_policy

MAX_PAGE: Final = 1_000
"""So many data sets stand on a page at most, whatever was asked for."""
_PARSED: Final = 10_000


@dataclass(frozen=True, slots=True)
class CatalogPage:
    """A page of our catalog, and the tokens of the pages around it, where there are any."""

    document: JsonObject
    following: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, and when: the context of all offers that do not speak of the data itself."""

    unit: UnitOfWork
    context: CatalogContext

    def sees(self, policy: Policy, dataset: str) -> bool:
        """Whether an offer with this policy is open to whoever looks; one that cannot be judged is not."""
        found, context = ready(policy), self.context
        # Facts about the data are in its card, which is only fetched for the few policies that speak of them.
        if not found.operands.isdisjoint(OF_THE_DATA):
            held = self.unit.datasets.get(dataset)
            context = for_catalog(self.unit, context.party, held, policy, context.now)
        return found.permits(context)


class Catalogs:
    """Our self-description."""

    def __init__(
        self, identity: Identity, *, store: Store, publishing: Publishing, clock: Clock, page_size: int
    ) -> None:
        self._me = identity
        self._publishing = publishing
        self._clock = clock
        self._page_size = page_size
        self._store = store
        self._pages = Pages(store, {FORMAT: list(OFFERED)})
        self._cursors = Cursors(identity.access_secret)
        self._parsed: dict[str, Policy] = {}

    async def page(
        self,
        participant: str,
        message: CatalogRequestMessage,
        token: str | None = None,
        version: ProtocolVersion = PREFERRED,
    ) -> CatalogPage:
        """A page of the Catalog for this participant: the first one, or the one that a token stands for.

        Raises:
            BadRequest: a filter that we do not understand, or a token that we did not give to it for this filter.
        """
        try:
            query = parse_filter(message.filter)
        except CatalogRoomError as error:
            raise BadRequest(str(error)) from None
        cursor = self._cursors.read(token, participant, query.text) if token is not None else None
        now = self._clock.now()
        context = await self._store.read(lambda unit: CatalogContext(party_of(unit, participant, now), now))

        def judge(unit: UnitOfWork, position: Position) -> Shown | None:
            offered = unit.catalog.offered(position.dataset)
            if offered is None:
                return None
            document = self._shown(offered.description, offered.offers, Looker(unit, context), version)
            return Shown(position, document, offered.size) if document is not None else None

        limit = min(query.limit or self._page_size, MAX_PAGE)
        page = await self._pages.read(participant, query, cursor, limit, judge)

        def written(found: Cursor | None) -> str | None:
            return self._cursors.write(found, participant, query.text) if found is not None else None

        return CatalogPage(
            self._document([shown.document for shown in page.shown], version),
            written(page.following),
            written(page.previous),
        )

    async def dataset(self, participant: str, dataset_id: str, version: ProtocolVersion = PREFERRED) -> JsonObject:
        """One Dataset for this participant.

        Raises:
            NotFound: there is none that it may see.
        """
        record, offers = await self._publishing.dataset(dataset_id, participant)
        open_to = [(offer.id, offer.policy) for offer in offers]
        now = self._clock.now()

        def look(unit: UnitOfWork) -> JsonObject | None:
            looker = Looker(unit, CatalogContext(party_of(unit, participant, now), now))
            return self._shown(record.description, open_to, looker, version)

        found = await self._store.read(look)
        if found is None:
            raise NotFound("there is no such data set")
        return found

    def _document(self, datasets: list[JsonObject], version: ProtocolVersion) -> JsonObject:
        document = catalog_document(
            catalog_id=f"{self._me.root(version)}/catalog",
            participant_id=self._me.did,
            title=self._me.name,
            datasets=datasets,
            service=self._service(version),
        )
        # A laboratory's offers bind nobody in earnest: whoever reads the catalog must see it (decision 5, 20).
        return {**document, MMD + "laboratory": "true"} if self._me.laboratory else document

    def _shown(
        self,
        description: JsonObject,
        offers: Iterable[tuple[str, JsonObject]],
        looker: Looker,
        version: ProtocolVersion,
    ) -> JsonObject | None:
        """The Dataset with those of its offers that are open to this party; None when none is."""
        open_offers = [
            {**policy, "@id": offer_id}
            for offer_id, policy in offers
            if looker.sees(self._policy(offer_id, policy), str(description["@id"]))
        ]
        if not open_offers:
            return None
        service = self._service(version)
        return with_offers(description, open_offers, [distribution(form, service) for form in OFFERED])

    def _policy(self, offer_id: str, policy: JsonObject) -> Policy:
        """The policy of an offer, read once: what stands under an id does not change (decision 5, 18)."""
        found = self._parsed.get(offer_id)
        if found is None:
            if len(self._parsed) >= _PARSED:
                self._parsed.clear()
            found = self._parsed[offer_id] = parse_policy({"@id": offer_id, **policy})
        return found

    def _service(self, version: ProtocolVersion) -> JsonObject:
        return data_service(f"{self._me.did}#connector", self._me.root(version))
