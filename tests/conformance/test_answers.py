"""What we answer: catalogs, data sets, processes, errors, the version document, the data address."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from catalog.describe import catalog_document, data_service, describe_dataset, distribution, offer_id, with_offers
from connector.protocol.bindings import Protocol
from connector.protocol.errors import IllegalTransition
from connector.protocol.formats import PULL
from connector.protocol.machine import Role
from connector.protocol.negotiation import NegotiationState
from connector.protocol.transfer import TransferState
from connector.protocol.versions import V2025_1, VERSIONS, version_document
from connector.services.addresses import data_address
from connector.services.errors import BadRequest, Forbidden, NotFound, Unauthenticated
from connector.services.identity import Identity
from connector.services.negotiations import objects as negotiating
from connector.services.transfers import objects as transferring
from connector.trust.did import Service, build_did_document
from connector.web.problems import protocol_error
from connector.wire.codec import dump, with_context
from connector.wire.errors import DecodeError
from policies.clauses import build_terms
from tests.catalog.cards import DIGEST, card
from tests.conformance.schemas import problems
from tests.connector.protocol.conversation import PIDS, new_negotiation, new_transfer
from tests.support.members import make_participant
from tests.support.shared import needs_shared

pytestmark = needs_shared
NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROOT: Final = "https://provider.example/dsp/2025-1"
SERVICE: Final = data_service("did:web:provider.example#connector", ROOT)


def written(data: dict[str, Any]) -> Any:
    return json.loads(dump(with_context(data, V2025_1)))


def dataset(number: int = 1) -> dict[str, Any]:
    target = f"urn:uuid:{number}"
    description = describe_dataset(target, card(), digest=DIGEST, issued=NOW, publisher="did:web:provider.example")
    offers = []
    for terms in (build_terms(purposes=["research"], count=number), build_terms(prohibitions=["no-passing-on"])):
        offers.append({"@id": offer_id(terms, target, description), **terms})
    return with_offers(description, offers, [distribution(PULL, SERVICE)])


def catalog(*datasets: dict[str, Any]) -> Any:
    document = catalog_document(
        catalog_id=f"{ROOT}/catalog",
        participant_id="did:web:provider.example",
        title="건조 공장",
        datasets=datasets,
        service=SERVICE,
    )
    return written(document)


def test_a_catalog() -> None:
    assert problems(catalog(dataset(1), dataset(2)), "catalog") == []


def test_an_empty_catalog() -> None:
    """An empty list would be invalid: the key is left out."""
    assert problems(catalog(), "catalog") == []


def test_a_data_set() -> None:
    assert problems(written(dataset()), "dataset") == []


def test_offers_in_a_catalog_name_no_target() -> None:
    for offer in dataset()["hasPolicy"]:
        assert problems(offer, "contract", "Offer") == []
        assert "target" not in offer


def test_the_version_document() -> None:
    document = json.loads(dump(version_document(VERSIONS, "did:web:provider.example#connector")))
    assert problems(document, "protocol-version") == []


@pytest.mark.parametrize("state", NegotiationState)
@pytest.mark.parametrize("role", Role)
def test_a_negotiation(state: NegotiationState, role: Role) -> None:
    process = new_negotiation(role, state=state, their_pid=PIDS[role.other])
    document = written(negotiating.acknowledgement(process))
    assert problems(document, "contract-negotiation") == []
    assert document["state"] == state


@pytest.mark.parametrize("state", TransferState)
@pytest.mark.parametrize("role", Role)
def test_a_transfer(state: TransferState, role: Role) -> None:
    process = new_transfer(role, state=state, their_pid=PIDS[role.other])
    document = written(transferring.acknowledgement(process))
    assert problems(document, "transfer-process") == []
    assert document["state"] == state


@pytest.mark.parametrize("their_pid", [None, "urn:uuid:theirs"])
def test_a_refusal_in_a_negotiation(their_pid: str | None) -> None:
    """Both pids are demanded, also when there is no other yet."""
    process = new_negotiation(Role.CONSUMER, their_pid=their_pid)
    document = written(negotiating.refusal(process, IllegalTransition("not now")))
    assert problems(document, "contract-negotiation-error") == []
    assert document["reason"] == ["not now"]


@pytest.mark.parametrize("their_pid", [None, "urn:uuid:theirs"])
def test_a_refusal_in_a_transfer(their_pid: str | None) -> None:
    process = new_transfer(Role.CONSUMER, their_pid=their_pid)
    document = written(transferring.refusal(process, IllegalTransition("not now")))
    assert problems(document, "transfer-error") == []


ERRORS: Final[dict[type[Exception], int]] = {
    DecodeError: 400,
    BadRequest: 400,
    IllegalTransition: 400,
    Unauthenticated: 401,
    NotFound: 404,
    Forbidden: 404,  # a stranger learns nothing
    RuntimeError: 500,
}
SCHEMAS: Final = {
    Protocol.CATALOG: "catalog-error",
    Protocol.NEGOTIATION: "contract-negotiation-error",
    Protocol.TRANSFER: "transfer-error",
}


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_at_the_door(protocol: Protocol, kind: type[Exception]) -> None:
    answer = protocol_error(kind("in a word: no"), protocol, V2025_1)
    document = json.loads(bytes(answer.body))
    assert problems(document, SCHEMAS[protocol]) == []
    assert answer.status_code == ERRORS[kind]
    assert ("in a word" in document["reason"][0]) == (answer.status_code != 500)


def test_the_data_address() -> None:
    tokens = set()
    for bound in (True, False):
        life = None if bound else timedelta(minutes=15)
        now = datetime(2026, 11, 23, tzinfo=UTC)
        address = data_address("https://provider.example", "urn:uuid:1", bound=bound, now=now, life=life)
        assert problems(json.loads(dump(address)), "data-address") == []
        properties = {entry["name"]: entry["value"] for entry in address["endpointProperties"]}
        assert properties["authType"] == ("DPoP" if bound else "bearer")
        tokens.add(properties["authorization"])
    assert len(tokens) == 2, "each start has a token of its own"


def test_our_did_services() -> None:
    """The schema's pattern for the endpoint is a known mistake (DSP issue 251): a DataService ends in the well-known."""
    [found] = [
        problem
        for entry in identity().did_document["service"]
        if entry["type"] == "DataService"
        for problem in problems(entry, "did-service")
    ]
    assert found.startswith("$.serviceEndpoint: ")
    assert "dspace-version' does not match" in found


def identity() -> Identity:
    party = make_participant("did:web:provider.example", "Drying Works")
    document = build_did_document(
        party.did,
        token_key=party.token.key.public,
        contract_key=party.contract.key.public,
        log_key=party.log_key.key.public,
        services=[
            Service(f"{party.did}#connector", "DataService", "https://provider.example/.well-known/dspace-version")
        ],
    )
    return Identity(
        did=party.did,
        name=party.name,
        token_key=party.token,
        contract_key=party.contract,
        log_key=party.log_key,
        log_origin="provider.example/log",
        public_url="https://provider.example",
        protocol_url=ROOT,
        did_document=document,
        laboratory=False,
        access_secret=b"",
    )
