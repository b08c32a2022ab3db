"""The catalog that we serve: each participant sees what it may see (DSP 2025-1, catalog protocol)."""

from catalog.describe import catalog_document, data_service, distribution, with_offers
from catalog.errors import CatalogRoomError
from catalog.query import parse_filter
from connector.canonical import JsonObject
from connector.clock import Clock
from connector.ports.records import DatasetRecord, OfferRecord
from connector.protocol.messages import CatalogRequestMessage
from connector.services.errors import BadRequest, NotFound
from connector.services.identity import Identity
from connector.services.publish import Publishing
from connector.services.transfers import PULL
from policies import MMD
from policies.context import CatalogContext, Party
from policies.evaluate import evaluate
from policies.parse import parse_policy


class Catalogs:
    """Our self-description."""

    def __init__(self, identity: Identity, *, publishing: Publishing, clock: Clock) -> None:
        self._me = identity
        self._publishing = publishing
        self._clock = clock

    async def catalog(self, participant: str, message: CatalogRequestMessage) -> JsonObject:
        """The Catalog for this participant.

        Raises:
            BadRequest: a filter that we do not understand.
        """
        try:
            wanted = parse_filter(message.filter)
        except CatalogRoomError as error:
            raise BadRequest(str(error)) from None
        shown = [self._dataset(participant, *entry) for entry in await self._publishing.datasets(participant)]
        document = catalog_document(
            catalog_id=f"{self._me.protocol_url}/catalog",
            participant_id=self._me.did,
            title=self._me.name,
            datasets=[dataset for dataset in shown if dataset is not None and wanted(dataset)],
            service=self._service(),
        )
        # A laboratory's offers bind nobody in earnest: whoever reads the catalog must see it (decision 5, 20).
        return {**document, MMD + "laboratory": "true"} if self._me.laboratory else document

    async def dataset(self, participant: str, dataset_id: str) -> JsonObject:
        """One Dataset for this participant.

        Raises:
            NotFound: there is none that it may see.
        """
        found = self._dataset(participant, *await self._publishing.dataset(dataset_id, participant))
        if found is None:
            raise NotFound("there is no such data set")
        return found

    def _dataset(self, participant: str, record: DatasetRecord, offers: list[OfferRecord]) -> JsonObject | None:
        context = CatalogContext(Party(participant), self._clock.now())
        open_offers = [
            {**offer.policy, "@id": offer.id}
            for offer in offers
            if evaluate(parse_policy({"@id": offer.id, **offer.policy}), context).permitted
        ]
        if record.withdrawn_at is not None or not open_offers:
            return None
        return with_offers(record.description, open_offers, [distribution(PULL, self._service())])

    def _service(self) -> JsonObject:
        return data_service(f"{self._me.did}#connector", self._me.protocol_url)
