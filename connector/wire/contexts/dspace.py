"""The contexts of the Dataspace Protocol 2025-1: its own and that of its ODRL profile, from their term tables.

Types have contexts of their own: a property has its meaning only inside an object of the right `@type`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from policies.vocabulary import DSP_TERMS

_PREFIXES: Final = MappingProxyType(
    {
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "dct": "http://purl.org/dc/terms/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "odrl": "http://www.w3.org/ns/odrl/2/",
        "dspace": "https://w3id.org/dspace/2025/1/",
    }
)
_PROFILE: Final = "https://w3id.org/dspace/2025/1/odrl-profile.jsonld"
_STATES: Final = ("REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "TERMINATED", "STARTED",
                  "SUSPENDED", "COMPLETED")  # fmt: skip


def _is(name: str) -> dict[str, str]:
    return {"@type": "@id", "@id": name}


def _term(name: str) -> dict[str, str]:
    return {"@type": "@vocab", "@id": name}


def _set(name: str) -> dict[str, str]:
    return {"@id": name, "@container": "@set"}


_CONSUMER: Final = {"consumerPid": _is("dspace:consumerPid")}
_PIDS: Final = {"providerPid": _is("dspace:providerPid"), **_CONSUMER}
_WHY: Final = {"code": "dspace:code", "reason": _set("dspace:reason")}
_CALLBACK: Final = {"callbackAddress": "dspace:callbackAddress"}
_STATE: Final = {"state": _term("dspace:state")}
_FORMAT: Final = {"format": _term("dct:format")}
_ADDRESS: Final = {"dataAddress": "dspace:dataAddress"}

_TYPES: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "DatasetRequestMessage": {"dataset": "dspace:dataset"},
        "CatalogRequestMessage": {"filter": _set("dspace:filter")},
        "CatalogError": _WHY,
        "VersionsError": _WHY,
        "ContractRequestMessage": {**_CALLBACK, **_PIDS, "offer": _is("dspace:offer")},
        "ContractOfferMessage": {**_CALLBACK, **_PIDS, "offer": _is("dspace:offer")},
        "ContractAgreementMessage": {
            **_PIDS,
            "agreement": _is("dspace:agreement"),
            "timestamp": "dspace:timestamp",
        },
        "ContractAgreementVerificationMessage": _PIDS,
        "ContractNegotiationEventMessage": {**_PIDS, "eventType": _term("dspace:eventType")},
        "ContractNegotiationTerminationMessage": {**_WHY, **_PIDS},
        "ContractNegotiation": {**_PIDS, **_STATE},
        "ContractNegotiationError": {**_PIDS, **_WHY},
        "TransferRequestMessage": {
            **_CALLBACK,
            **_ADDRESS,
            **_CONSUMER,
            **_FORMAT,
            "agreementId": _is("dspace:agreementId"),
        },
        "TransferStartMessage": {**_PIDS, **_ADDRESS},
        "TransferCompletionMessage": _PIDS,
        "TransferTerminationMessage": {**_WHY, **_PIDS},
        "TransferSuspensionMessage": {**_WHY, **_PIDS},
        # The only place where the pids are texts, not IRIs.
        "TransferError": {**_WHY, "consumerPid": "dspace:consumerPid", "providerPid": "dspace:providerPid"},
        "TransferProcess": {**_PIDS, **_STATE},
        "DataAddress": {
            "endpointType": _term("dspace:endpointType"),
            "endpointProperties": _set("dspace:endpointProperties"),
            "endpoint": "dspace:endpoint",
        },
        "EndpointProperty": {"name": "dspace:name", "value": "dspace:value"},
        "Catalog": {
            "service": _set("dcat:service"),
            "participantId": _is("dspace:participantId"),
            "catalog": _set("dcat:catalog"),
            "dataset": _set("dcat:dataset"),
            "distribution": _set("dcat:distribution"),
        },
        "Dataset": {"distribution": _set("dcat:distribution"), "hasPolicy": _set("odrl:hasPolicy")},
        "DataService": {"endpointDescription": "dcat:endpointDescription", "endpointURL": "dcat:endpointURL"},
        "Distribution": {**_FORMAT, "accessService": {"@id": "dcat:accessService"}},
    }
)
_OF_DCAT: Final = frozenset({"Catalog", "Dataset", "DataService", "Distribution"})
_WITH_POLICIES: Final = frozenset(
    {"ContractRequestMessage", "ContractOfferMessage", "ContractAgreementMessage", "Dataset"}
)
_DID_SERVICE: Final = {
    "id": "@id",
    "type": "@type",
    "serviceEndpoint": {"@id": "https://www.w3.org/ns/did#serviceEndpoint", "@type": "@id"},
}
_SETS: Final = frozenset({"permission", "prohibition", "obligation", "duty", "constraint"})
_IDS: Final = frozenset({"profile", "hasPolicy", "target", "assignee", "assigner"})
_VOCABULARY: Final = frozenset({"action", "operator", "leftOperand"})


def dspace_context() -> dict[str, Any]:
    """`https://w3id.org/dspace/2025/1/context.jsonld`."""
    found: dict[str, Any] = {"@version": 1.1, "@protected": True, **_PREFIXES}
    for name, terms in _TYPES.items():
        inner: dict[str, Any] = {"@version": 1.1, "@protected": True}
        if name in _WITH_POLICIES:
            inner |= {"@import": _PROFILE, "@propagate": True}
        prefix = "dcat" if name in _OF_DCAT else "dspace"
        found[name] = {"@id": f"{prefix}:{name}", "@context": {**inner, **terms}}
    found["CatalogService"] = {"@id": "dspace:CatalogService", "@context": dict(_DID_SERVICE)}
    return found | {state: f"dspace:{state}" for state in _STATES}


def profile_context() -> dict[str, Any]:
    """`https://w3id.org/dspace/2025/1/odrl-profile.jsonld`."""
    found: dict[str, Any] = {"odrl": _PREFIXES["odrl"]}
    for name in sorted(DSP_TERMS):
        if name in _SETS:
            found[name] = {"@type": "@id", "@id": f"odrl:{name}", "@container": "@set"}
        elif name in _IDS:
            found[name] = _is(f"odrl:{name}")
        else:
            found[name] = _term(f"odrl:{name}") if name in _VOCABULARY else f"odrl:{name}"
    return found
