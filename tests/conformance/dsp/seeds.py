"""What the kit expects to find: data sets with offers, agreements of both roles, itself excepted from signing."""

from connector.canonical import JsonObject
from connector.clock import format_time
from connector.ports.records import ContractRecord, DatasetRecord, OfferRecord, PeerRecord
from connector.ports.store import UnitOfWork
from connector.services.listings import list_dataset
from connector.web.deps import Connector
from policies import MMD
from tests.conformance.dsp.scripts import AS_PROVIDER, IN_THE_CATALOG, KIT, RECEIVING, SENDING, offer_id

REASON = "the official kit has no keys"
USE: JsonObject = {"permission": [{"action": "use"}]}
_EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


async def seed(connector: Connector) -> None:
    """Put everything into a fresh store."""
    now = format_time(connector.clock.now())
    me = connector.identity.did

    def work(unit: UnitOfWork) -> None:
        unit.peers.add(PeerRecord(did=KIT, may_not_sign=True, reason=REASON, added_at=now))
        for dataset in (*IN_THE_CATALOG, *AS_PROVIDER):
            record = _dataset(dataset, now)
            unit.datasets.add(record)
            list_dataset(unit, record)
            policy: JsonObject = {"@type": "Offer", **USE}
            unit.offers.add(
                OfferRecord(id=offer_id(dataset), dataset=dataset, policy=policy, live=True, created_at=now)
            )
        for agreement in SENDING:
            unit.contracts.add(_contract(agreement, "provider", provider=me, consumer=KIT, now=now))
        for agreement in RECEIVING:
            unit.contracts.add(_contract(agreement, "consumer", provider=KIT, consumer=me, now=now))

    await connector.store.write(work)
    connector.authenticator.except_(KIT, ())


def description(dataset: str) -> JsonObject:
    """The least that describes a data set."""
    return {
        "@id": dataset,
        "@type": "Dataset",
        "dct:title": [{"@language": "en", "@value": dataset}],
        "dcat:byteSize": "0",
        MMD + "contentDigest": _EMPTY,
        MMD + "kind": "fixed",
    }


def _dataset(dataset: str, now: str) -> DatasetRecord:
    return DatasetRecord(
        id=dataset,
        title=dataset,
        description=description(dataset),
        card={"found": {}, "answers": {}},
        terms=USE,
        digest=_EMPTY,
        byte_size=0,
        file="",
        file_state="",
        visible_to=None,
        published_at=now,
    )


def _contract(agreement: str, role: str, *, provider: str, consumer: str, now: str) -> ContractRecord:
    return ContractRecord(
        id=agreement,
        role=role,
        counterparty=KIT,
        negotiation=f"of {agreement}",
        dataset=IN_THE_CATALOG[0],
        agreement={
            "@id": agreement,
            "@type": "Agreement",
            "target": IN_THE_CATALOG[0],
            "assigner": provider,
            "assignee": consumer,
            "timestamp": now,
            **USE,
        },
        signatures={},
        countersignature_digest=None,
        log={},
        parties={},
        description=description(IN_THE_CATALOG[0]),
        created_at=now,
        signed_at=now,
        confirmed_at=now,
        one_sided=REASON,
        laboratory=True,
    )
