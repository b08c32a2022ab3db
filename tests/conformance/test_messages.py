"""Every message that we send, as the bytes that leave, against the standard's schema for it."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from catalog.describe import offer_id
from connector.canonical import canonical_bytes
from connector.contracts.agreement import make_agreement
from connector.contracts.signatures import Signatures, write_signatures
from connector.contracts.vocabulary import SIGNATURES
from connector.ids import new_iri
from connector.protocol.formats import PULL
from connector.protocol.messages import (
    MESSAGES,
    CatalogRequestMessage,
    ContractAgreementMessage,
    ContractAgreementVerificationMessage,
    ContractNegotiationEventMessage,
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    Message,
    TransferCompletionMessage,
    TransferRequestMessage,
    TransferStartMessage,
    TransferSuspensionMessage,
    TransferTerminationMessage,
)
from connector.protocol.versions import V2025_1
from connector.wire.codec import encode
from policies.clauses import CLAUSES, build_terms
from policies.vocabulary import PURPOSE_NAMES
from tests.conformance.schemas import problems
from tests.support.shared import needs_shared

pytestmark = needs_shared
NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROOT: Final = "https://consumer.example/dsp/2025-1"
DATASET: Final = new_iri()
PIDS: Final[dict[str, Any]] = {"provider_pid": new_iri(), "consumer_pid": new_iri()}
TERMS: Final = build_terms(
    purposes=list(PURPOSE_NAMES)[:2],
    not_before=NOW,
    until=NOW.replace(year=2027),
    count=3,
    recipients=["did:web:consumer.example"],
    prohibitions=[clause.id for clause in CLAUSES.values() if clause.place == "prohibition"],
)
OFFER: Final[dict[str, Any]] = {
    **TERMS,
    "@id": offer_id(TERMS, DATASET, {"@id": DATASET}),
    "@type": "Offer",
    "target": DATASET,
}
AGREEMENT: Final = make_agreement(
    OFFER,
    agreement_id=new_iri(),
    target=DATASET,
    assigner="did:web:provider.example",
    assignee="did:web:consumer.example",
    timestamp=NOW,
)
SIGNED: Final = {SIGNATURES: write_signatures(Signatures(credential={"id": new_iri(), "proof": {}}))}
WHY: Final[dict[str, Any]] = {"code": "not-permitted", "reason": ["Purpose: 'research' is not among the agreed ones."]}
ADDRESS: Final = {
    "@type": "DataAddress",
    "endpointType": "https://w3id.org/idsa/v4.1/HTTP",
    "endpoint": "https://provider.example/data/1",
    "endpointProperties": [{"@type": "EndpointProperty", "name": "authorization", "value": "secret"}],
}
SENT: Final[dict[str, Message]] = {
    "catalog": CatalogRequestMessage(),
    "catalog with a filter": CatalogRequestMessage(filter=[{"q": "건조"}]),
    "first request": ContractRequestMessage(consumer_pid=PIDS["consumer_pid"], offer=OFFER, callback_address=ROOT),
    "counter-request": ContractRequestMessage(**PIDS, offer=OFFER),
    "first offer": ContractOfferMessage(provider_pid=PIDS["provider_pid"], offer=OFFER, callback_address=ROOT),
    "counter-offer": ContractOfferMessage(**PIDS, offer=OFFER),
    "agreement": ContractAgreementMessage(**PIDS, agreement=AGREEMENT, extra=SIGNED),
    "agreement without signatures": ContractAgreementMessage(**PIDS, agreement=AGREEMENT),
    "verification": ContractAgreementVerificationMessage(**PIDS, extra=SIGNED),
    "accepted": ContractNegotiationEventMessage(**PIDS, event_type="ACCEPTED"),
    "finalized": ContractNegotiationEventMessage(**PIDS, event_type="FINALIZED", extra=SIGNED),
    "termination": ContractNegotiationTerminationMessage(**PIDS, **WHY, extra=SIGNED),
    "termination without a word": ContractNegotiationTerminationMessage(**PIDS),
    "transfer": TransferRequestMessage(
        consumer_pid=PIDS["consumer_pid"], agreement_id=AGREEMENT["@id"], format=PULL, callback_address=ROOT
    ),
    "start": TransferStartMessage(**PIDS, data_address=ADDRESS),
    "resumption": TransferStartMessage(**PIDS),
    "suspension": TransferSuspensionMessage(**PIDS, **WHY),
    "completion": TransferCompletionMessage(**PIDS),
    "end of a transfer": TransferTerminationMessage(**PIDS, **WHY),
}


def schema_of(kind: type[Message]) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in kind.TYPE).removeprefix("-")


def test_every_type_of_message_is_among_them() -> None:
    assert {type(message) for message in SENT.values()} == set(MESSAGES.values())


@pytest.mark.parametrize("message", SENT.values(), ids=list(SENT))
def test_what_we_send_is_valid(message: Message) -> None:
    document = json.loads(encode(message, V2025_1))
    assert problems(document, schema_of(type(message))) == []


@pytest.mark.parametrize("message", SENT.values(), ids=list(SENT))
def test_the_schema_would_notice(message: Message) -> None:
    """What our own description of the message calls necessary, the schema calls so too, and the other way about."""
    document = json.loads(encode(message, V2025_1))
    for field in message.FIELDS:
        without = {name: value for name, value in document.items() if name != field.name}
        if field.name in document:
            either = field.name in ("callbackAddress", "providerPid", "consumerPid") and not field.required
            assert bool(problems(without, schema_of(type(message)))) == (field.required or either), field.name


def test_an_agreement_always_has_its_time() -> None:
    """The text of the standard demands it, its schema does not."""
    assert AGREEMENT["timestamp"] == "2026-11-23T09:00:00.000Z"


def test_signatures_are_a_text() -> None:
    """An object there would be rewritten by JSON-LD peers (decision 5, 7)."""
    document = json.loads(encode(SENT["agreement"], V2025_1))
    assert isinstance(document[SIGNATURES], str)
    assert SIGNATURES.startswith("https://")


def test_the_rules_of_an_agreement_are_those_of_the_offer() -> None:
    for rules in ("permission", "prohibition"):
        assert canonical_bytes(AGREEMENT[rules]) == canonical_bytes(OFFER[rules])
