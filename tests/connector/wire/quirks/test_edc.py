"""What Eclipse EDC really sends (0.15 to 0.18, Dataspace Protocol 2025-1), message by message."""

import json
from typing import Any, Final

import pytest

from catalog.parse import parse_catalog
from connector.protocol.messages import (
    ContractAgreementMessage,
    ContractRequestMessage,
    Message,
    TransferStartMessage,
)
from connector.wire.codec import as_text, decode, read_answer, read_document
from connector.wire.contexts import DSPACE, EDC
from policies.parse import parse_policy
from tests.connector.wire.samples import Json

CONTEXT: Final = [DSPACE, EDC]
NS: Final = "https://w3id.org/edc/v0.0.1/ns/"
OFFER_ID: Final = "MQ==:YXNzZXQtMQ==:NjQ3YTNkMjEtZmI4Yi00ZTA1LWI4ZTctMDAwMDAwMDAwMDAx"
IN_FORCE: Final[Json] = {
    "and": [
        {"leftOperand": "inForceDate", "operator": "gteq", "rightOperand": "contractAgreement"},
        {"leftOperand": "inForceDate", "operator": "lteq", "rightOperand": "contractAgreement+30d"},
    ]
}
OFFER: Final[Json] = {
    "@id": OFFER_ID,
    "@type": "Offer",
    "permission": [{"action": "use", "constraint": [IN_FORCE]}],
    "prohibition": [],
    "obligation": [],
}
CATALOG: Final[Json] = {
    "@id": "f5a5ad68-8d2c-4cf8-a3a5-2ce3b8b1c001",
    "@type": "Catalog",
    "dataset": [
        {
            "@id": "asset-1",
            "@type": "Dataset",
            "hasPolicy": [OFFER],
            "distribution": [
                {
                    "@type": "Distribution",
                    "format": "HttpData-PULL",
                    "accessService": {
                        "@id": "f3a5",
                        "@type": "DataService",
                        "endpointDescription": "dspace:connector",
                        "endpointURL": "http://provider:19194/protocol/2025-1",
                    },
                }
            ],
            "description": "Drying batches",
            "id": "asset-1",
        }
    ],
    "catalog": [],
    "service": [
        {
            "@id": "f3a5",
            "@type": "DataService",
            "endpointDescription": "dspace:connector",
            "endpointURL": "http://provider:19194/protocol/2025-1",
        }
    ],
    "participantId": "provider",
    "@context": CONTEXT,
}
REQUEST: Final[Json] = {
    "@context": CONTEXT,
    "@id": "9c9d6b1f-5f4a-4a7e-8fb5-000000000002",
    "@type": "ContractRequestMessage",
    "consumerPid": "9c9d6b1f-5f4a-4a7e-8fb5-000000000001",
    "offer": {**OFFER, "assigner": "provider", "target": "asset-1"},
    "callbackAddress": "http://consumer:29194/protocol/2025-1",
}
AGREEMENT: Final[Json] = {
    "@context": CONTEXT,
    "@id": "1f6bb01c-0f01-4d35-8cd9-000000000003",
    "@type": "ContractAgreementMessage",
    "providerPid": "2",
    "consumerPid": "1",
    "agreement": {
        "@id": "a5f0f1c2-0000-4000-8000-000000000004",
        "@type": "Agreement",
        "permission": [{"action": "use"}],
        "assignee": "consumer",
        "assigner": "provider",
        "target": "asset-1",
        "timestamp": "2026-11-23T09:00:00Z",
    },
}
START: Final[Json] = {
    "@context": CONTEXT,
    "@id": "5d1a1f00-0000-4000-8000-000000000005",
    "@type": "TransferStartMessage",
    "providerPid": "2",
    "consumerPid": "1",
    "dataAddress": {
        "@type": "DataAddress",
        "endpointType": "https://w3id.org/idsa/v4.1/HTTP",
        "endpointProperties": [
            {"@type": "EndpointProperty", "name": NS + "endpoint", "value": "http://provider:19291/public"},
            {"@type": "EndpointProperty", "name": NS + "authType", "value": "bearer"},
            {"@type": "EndpointProperty", "name": NS + "endpointType", "value": "https://w3id.org/idsa/v4.1/HTTP"},
            {"@type": "EndpointProperty", "name": NS + "authorization", "value": "eyJhbGciOi.J9.sig"},
        ],
    },
}


def read(body: Json, kind: type[Message]) -> Any:
    return decode(json.dumps(body).encode(), kind)


def catalog_of(body: Json) -> Any:
    return parse_catalog(read_document(json.dumps(body).encode(), "Catalog", max_bytes=100_000))


def test_a_catalog() -> None:
    found = catalog_of(CATALOG)
    (dataset,) = found.dataset
    (way,) = dataset.distribution
    assert (found.participant_id, dataset.id, way.format) == ("provider", "asset-1", "HttpData-PULL")
    assert way.access_service.endpoint_url == "http://provider:19194/protocol/2025-1"
    assert dataset.description == {"": "Drying batches"}
    (offer,) = dataset.has_policy
    assert offer["@id"] == OFFER_ID
    # The name is EDC's own, and says so: nothing of ours can take it for something else.
    first, _ = offer["permission"][0]["constraint"][0]["and"]
    assert first["leftOperand"] == NS + "inForceDate"
    parse_policy(offer)


def test_a_request() -> None:
    found = read(REQUEST, ContractRequestMessage)
    assert (found.consumer_pid, found.offer["@id"], found.offer["target"]) == (
        REQUEST["consumerPid"],
        OFFER_ID,
        "asset-1",
    )
    assert found.callback_address == "http://consumer:29194/protocol/2025-1"


def test_an_agreement() -> None:
    found = read(AGREEMENT, ContractAgreementMessage)
    assert found.agreement == AGREEMENT["agreement"]


def test_the_start_of_a_transfer() -> None:
    """Everything is among the properties, under whole IRIs; the endpoint too."""
    address = read(START, TransferStartMessage).data_address
    assert address["endpoint"] == "http://provider:19291/public"
    found = {entry["name"]: entry["value"] for entry in address["endpointProperties"]}
    assert (found["authorization"], found["authType"]) == ("eyJhbGciOi.J9.sig", "bearer")


@pytest.mark.parametrize("context", [CONTEXT, [*CONTEXT, {"edc": NS}]], ids=["compact", "expanded"])
def test_the_start_of_a_transfer_with_the_address_laid_flat(context: Any) -> None:
    flat = {
        "@type": "DataAddress",
        NS + "endpoint": "http://p/public",
        NS + "authorization": "t",
        NS + "authType": "bearer",
    }
    address = read({**START, "@context": context, "dataAddress": flat}, TransferStartMessage).data_address
    assert address["endpoint"] == "http://p/public"
    found = {entry["name"]: entry["value"] for entry in address["endpointProperties"]}
    assert found == {"endpoint": "http://p/public", "authorization": "t", "authType": "bearer"}


def test_what_the_first_message_is_answered() -> None:
    answer = {
        "@id": "2",
        "@type": "ContractNegotiation",
        "providerPid": "2",
        "consumerPid": "1",
        "state": "REQUESTED",
        "@context": CONTEXT,
    }
    found = read_answer(json.dumps(answer).encode())
    assert (found["providerPid"], found["state"]) == ("2", "REQUESTED")
    wrapped = {**answer, "dspace:providerPid": {"@id": "2"}, "dspace:state": "dspace:REQUESTED"}
    found = read_answer(json.dumps({k: v for k, v in wrapped.items() if k not in ("providerPid", "state")}).encode())
    assert (found["providerPid"], found["state"]) == ("2", "REQUESTED")


WHY: Final = "Policy in the contract agreement is not equal to the one in the contract offer"
ERRORS: Final[dict[str, Any]] = {
    "an error of the protocol": {
        "@type": "ContractNegotiationError",
        "code": "409",
        "reason": [WHY],
        "providerPid": "2",
        "consumerPid": "1",
        "@context": CONTEXT,
    },
    "a reason alone": {"@type": "TransferError", "code": "409", "reason": WHY, "@context": CONTEXT},
    "a reason as a value": {
        "@type": "dspace:TransferError",
        "dspace:reason": {"@value": WHY, "@language": "en"},
        "@context": {"dspace": "https://w3id.org/dspace/2025/1/"},
    },
    "expanded": [
        {
            "@type": ["https://w3id.org/dspace/2025/1/CatalogError"],
            "https://w3id.org/dspace/2025/1/reason": [{"@value": WHY}],
        }
    ],
    "a list of errors of the management API": [{"message": WHY, "type": "ObjectConflict", "path": None}],
}


@pytest.mark.parametrize("body", ERRORS.values(), ids=list(ERRORS))
def test_an_error(body: Any) -> None:
    assert [as_text(part) for part in read_answer(json.dumps(body).encode())["reason"]] == [WHY]


EXPANDED: Final[Json] = {
    "@context": {
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "odrl": "http://www.w3.org/ns/odrl/2/",
        "dspace": "https://w3id.org/dspace/v0.8/",
        "@vocab": NS,
    },
    "@id": "f5a5",
    "@type": "dcat:Catalog",
    "dcat:dataset": {
        "@id": "asset-1",
        "@type": "dcat:Dataset",
        "odrl:hasPolicy": {
            "@id": OFFER_ID,
            "@type": "odrl:Offer",
            "odrl:permission": {
                "odrl:action": {"@id": "odrl:use"},
                "odrl:constraint": {
                    "odrl:leftOperand": {"@id": "odrl:count"},
                    "odrl:operator": {"@id": "odrl:lteq"},
                    "odrl:rightOperand": 3,
                },
            },
            "odrl:prohibition": [],
        },
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:format": {"@id": "HttpData-PULL"},
                "dcat:accessService": {"@id": "f3a5"},
            }
        ],
        "description": "Drying batches",
        "name": "Dryer",
    },
    "dcat:service": {
        "@id": "f3a5",
        "@type": "dcat:DataService",
        "dcat:endpointURL": "http://provider:19194/protocol/2025-1",
    },
    "dspace:participantId": "provider",
}


def test_a_catalog_in_the_form_of_before_2025() -> None:
    found = catalog_of(EXPANDED)
    (dataset,) = found.dataset
    (way,) = dataset.distribution
    assert (found.participant_id, dataset.id, way.format) == ("provider", "asset-1", "HttpData-PULL")
    assert way.access_service.endpoint_url == "http://provider:19194/protocol/2025-1"
    assert (dataset.title, dataset.description) == ({"": "Dryer"}, {"": "Drying batches"})
    (offer,) = dataset.has_policy
    constraint = {"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": "3"}
    assert offer["permission"] == [{"action": "use", "constraint": [constraint]}]
    parse_policy(offer)
