"""Each way in which a peer may write a message, against the same message in the standard's compact form."""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from connector.protocol.messages import (
    MESSAGES,
    CatalogRequestMessage,
    ContractAgreementMessage,
    ContractNegotiationTerminationMessage,
    ContractRequestMessage,
    Message,
    TransferRequestMessage,
    TransferStartMessage,
)
from connector.protocol.versions import V2025_1
from connector.wire.codec import decode, encode, fingerprint
from connector.wire.contexts import EDC
from tests.connector.wire.samples import ADDRESS, AGREEMENT, CONTEXT, OFFER, Json, body_of, sample

DSPACE: Final = "https://w3id.org/dspace/2025/1/"
ODRL: Final = "http://www.w3.org/ns/odrl/2/"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SIGNATURES: Final = "https://w3id.org/my-manufacturing-data/v1/signatures"
PREFIXES: Final = {"dspace": DSPACE, "odrl": ODRL, "xsd": XSD, "dct": "http://purl.org/dc/terms/"}
CONSTRAINT: Final[Json] = {"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": "3"}
SET: Final[Json] = {"leftOperand": "odrl:recipient", "operator": "isAnyOf", "rightOperand": ["did:web:a.example"]}
RULE: Final[Json] = {"action": "use", "constraint": [CONSTRAINT, SET]}
POLICY: Final[Json] = {**OFFER, "permission": [RULE], "prohibition": [{"action": "odrl:distribute"}]}
REQUEST: Final = body_of(ContractRequestMessage, {"offer": POLICY})
START: Final = body_of(
    TransferStartMessage,
    {
        "dataAddress": {
            **ADDRESS,
            "endpoint": "https://provider.example/data/1",
            "endpointProperties": [{"@type": "EndpointProperty", "name": "authorization", "value": "secret"}],
        }
    },
)
TERMINATION: Final = body_of(ContractNegotiationTerminationMessage)
AGREED: Final = body_of(ContractAgreementMessage, {"agreement": {**AGREEMENT, "permission": [RULE]}, SIGNATURES: "e30"})

EXPANDED: Final[Json] = {
    "@id": "urn:uuid:message",
    "@type": [DSPACE + "ContractRequestMessage"],
    DSPACE + "consumerPid": [{"@id": "urn:uuid:consumer"}],
    DSPACE + "providerPid": [{"@id": "urn:uuid:provider"}],
    DSPACE + "callbackAddress": [{"@value": "https://consumer.example/dsp"}],
    DSPACE + "offer": [
        {
            "@id": "urn:uuid:offer",
            "@type": [ODRL + "Offer"],
            ODRL + "target": [{"@id": "urn:uuid:data"}],
            ODRL + "permission": [
                {
                    ODRL + "action": [{"@id": ODRL + "use"}],
                    ODRL + "constraint": [
                        {
                            ODRL + "leftOperand": [{"@id": ODRL + "count"}],
                            ODRL + "operator": [{"@id": ODRL + "lteq"}],
                            ODRL + "rightOperand": [{"@value": "3"}],
                        },
                        {
                            ODRL + "leftOperand": [{"@id": ODRL + "recipient"}],
                            ODRL + "operator": [{"@id": ODRL + "isAnyOf"}],
                            ODRL + "rightOperand": [{"@value": "did:web:a.example"}],
                        },
                    ],
                }
            ],
            ODRL + "prohibition": [{ODRL + "action": [{"@id": ODRL + "distribute"}]}],
        }
    ],
}


def constraint(**changed: Any) -> Json:
    rule = {**RULE, "constraint": [{**CONSTRAINT, **changed}, SET]}
    return {**REQUEST, "offer": {**POLICY, "permission": [rule]}}


def in_offer(how: Callable[[Json], Json]) -> Json:
    return {**REQUEST, "offer": how(dict(POLICY))}


def without(data: Json, name: str) -> Json:
    return {key: value for key, value in data.items() if key != name}


def prefixed(data: Any, prefix: str) -> Any:
    """Every name with a prefix, those of policies with that of ODRL."""
    if isinstance(data, list):
        return [prefixed(item, prefix) for item in data]
    if not isinstance(data, dict):
        return data
    found = {}
    for name, value in data.items():
        inner = "odrl:" if name in ("offer", "agreement") or prefix == "odrl:" else prefix
        own = "dspace:" if name == "timestamp" else prefix
        found[name if name.startswith("@") or ":" in name else own + name] = prefixed(value, inner)
    return found


QUIRKS: Final[dict[str, tuple[Any, Json]]] = {
    "string context": ({**REQUEST, "@context": CONTEXT}, REQUEST),
    "array context": ({**REQUEST, "@context": [CONTEXT]}, REQUEST),
    "extra context that we know": ({**REQUEST, "@context": [CONTEXT, EDC]}, REQUEST),
    "extra context that nobody knows": ({**REQUEST, "@context": [CONTEXT, "https://x.example/c.jsonld"]}, REQUEST),
    "the standard's context after others": ({**REQUEST, "@context": [EDC, "https://x.example/c", CONTEXT]}, REQUEST),
    "inline context that defines a prefix": (
        {**REQUEST, "@context": [CONTEXT, {"fx": "https://fx.example/"}]},
        REQUEST,
    ),
    "inline context before the standard's": (
        {**REQUEST, "@context": [{"fx": "https://fx.example/"}, CONTEXT]},
        REQUEST,
    ),
    "inline vocab": (
        {**REQUEST, "@context": {"@vocab": DSPACE, "odrl": ODRL}, "offer": prefixed(POLICY, "odrl:")},
        REQUEST,
    ),
    "inline terms of their own": (
        {
            "@context": [{"who": {"@id": DSPACE + "consumerPid", "@type": "@id"}, "kind": "@type"}, CONTEXT],
            "kind": "ContractRequestMessage",
            "who": "urn:uuid:consumer",
            **{name: value for name, value in REQUEST.items() if name not in ("@context", "@type", "consumerPid")},
        },
        REQUEST,
    ),
    "expanded form": (EXPANDED, REQUEST),
    "expanded form in a list": ([EXPANDED], REQUEST),
    "a graph of one": ({"@context": [CONTEXT], "@graph": [without(REQUEST, "@context")]}, REQUEST),
    "prefixed terms with their context": (
        {**prefixed(REQUEST, "dspace:"), "@context": PREFIXES, "@type": "dspace:ContractRequestMessage"},
        REQUEST,
    ),
    "prefixed terms without their context": (
        {
            **prefixed(REQUEST, "dspace:"),
            "@context": ["https://x.example/old"],
            "@type": "dspace:ContractRequestMessage",
        },
        REQUEST,
    ),
    "terms prefixed here and there": (
        in_offer(lambda o: {**without(o, "target"), "odrl:target": o["target"]}),
        REQUEST,
    ),
    "terms as whole IRIs here and there": (
        in_offer(lambda o: {**without(o, "target"), ODRL + "target": {"@id": o["target"]}}),
        REQUEST,
    ),
    "single values for arrays": (in_offer(lambda o: {**o, "prohibition": o["prohibition"][0]}), REQUEST),
    "a single reason": ({**TERMINATION, "reason": "in a word: no"}, TERMINATION),
    "arrays for single values": (
        {**REQUEST, "consumerPid": ["urn:uuid:consumer"], "offer": [{**POLICY, "target": ["urn:uuid:data"]}]},
        REQUEST,
    ),
    "id objects": (
        {
            **in_offer(lambda o: {**o, "target": {"@id": o["target"]}}),
            "consumerPid": {"@id": "urn:uuid:consumer"},
        },
        REQUEST,
    ),
    "id object for an action": (
        in_offer(lambda o: {**o, "prohibition": [{"action": {"@id": "odrl:distribute"}}]}),
        REQUEST,
    ),
    "value objects": ({**REQUEST, "callbackAddress": {"@value": "https://consumer.example/dsp"}}, REQUEST),
    "value object with a language": (
        {**TERMINATION, "reason": [{"@value": "in a word: no", "@language": "en"}]},
        TERMINATION,
    ),
    "value object for a right operand": (constraint(rightOperand={"@value": "3"}), REQUEST),
    "number for a right operand": (constraint(rightOperand=3), REQUEST),
    "number with a point for a right operand": (constraint(rightOperand=3.0), REQUEST),
    "boolean for a right operand": (constraint(rightOperand=True), constraint(rightOperand="true")),
    "typed number for a right operand": (
        constraint(rightOperand={"@value": 3, "@type": XSD + "integer"}),
        constraint(rightOperand={"@value": "3", "@type": "xsd:integer"}),
    ),
    "one value of a set": (
        in_offer(
            lambda o: {
                **o,
                "permission": {
                    "action": "use",
                    "constraint": [CONSTRAINT, {**SET, "rightOperand": "did:web:a.example"}],
                },
            }
        ),
        REQUEST,
    ),
    "operands and operators as whole IRIs": (constraint(leftOperand=ODRL + "count", operator=ODRL + "lteq"), REQUEST),
    "missing type of an offer": (in_offer(lambda o: without(o, "@type")), REQUEST),
    "missing types in a data address": (
        {
            **START,
            "dataAddress": {
                **without(START["dataAddress"], "@type"),
                "endpointProperties": [{"name": "authorization", "value": "secret"}],
            },
        },
        START,
    ),
    "the context of ODRL inside of a policy": (
        in_offer(lambda o: {**o, "@context": "http://www.w3.org/ns/odrl.jsonld"}),
        REQUEST,
    ),
    "nulls": ({**REQUEST, "offer": {**POLICY, "assigner": None}, "@context": [CONTEXT, {}]}, REQUEST),
    "several types": ({**REQUEST, "@type": ["ContractRequestMessage", "https://x.example/Urgent"]}, REQUEST),
}


def read(data: Any, kind: type[Message]) -> Message:
    return decode(json.dumps(data).encode(), kind)


@pytest.mark.parametrize(("written", "meant"), QUIRKS.values(), ids=list(QUIRKS))
def test_a_quirk_is_read_as_it_was_meant(written: Any, meant: Json) -> None:
    kind = MESSAGES[meant["@type"]]
    found, plain = read(written, kind), read(meant, kind)
    assert found == plain
    assert fingerprint(found) == fingerprint(plain)


@pytest.mark.parametrize("kind", MESSAGES.values(), ids=list(MESSAGES))
def test_the_order_of_messages_does_not_matter(kind: type[Message]) -> None:
    """The processor once kept what one type had imported, and another type lost its properties."""
    inline = {**body_of(kind), "@context": [CONTEXT, {"fx": "https://fx.example/"}]}
    for other in MESSAGES.values():
        read({**body_of(other), "@context": [CONTEXT, {"fx": "https://fx.example/"}]}, other)
    assert read(inline, kind) == sample(kind)


def test_signatures_survive_any_form() -> None:
    """A whole IRI with a text behind it is the one thing that no processor changes (decision 5, 7)."""
    plain = read(AGREED, ContractAgreementMessage)
    agreement = {
        ODRL + "target": [{"@id": "urn:uuid:data"}],
        **prefixed(without(AGREED["agreement"], "target"), "odrl:"),
    }
    expanded = {**prefixed(AGREED, "dspace:"), "@context": PREFIXES, "@type": "dspace:ContractAgreementMessage"}
    found = read({**expanded, "dspace:agreement": agreement}, ContractAgreementMessage)
    assert found == plain
    assert found.extra == {SIGNATURES: "e30"}
    as_value = {**without(AGREED, SIGNATURES), SIGNATURES: [{"@value": "e30"}], "@context": [CONTEXT, {}]}
    assert read(as_value, ContractAgreementMessage) == plain


UNKNOWN: Final[Json] = {
    "https://x.example/note": "kept",
    "x:note": {"@id": "urn:x"},
    "note": "kept too",
    "https://x.example/list": ["a", "b"],
}


@pytest.mark.parametrize("extra", [[], [{"fx": "https://fx.example/"}]], ids=["compact", "expanded"])
def test_unknown_properties_are_kept(extra: list[Json]) -> None:
    body = {**REQUEST, **UNKNOWN, "@context": [CONTEXT, *extra], "offer": {**POLICY, **UNKNOWN}}
    found = read(body, ContractRequestMessage)
    assert isinstance(found, ContractRequestMessage)
    assert found.extra == UNKNOWN
    assert found.offer == {**POLICY, **UNKNOWN}
    assert decode(encode(found, V2025_1), ContractRequestMessage) == found


def test_an_unknown_property_under_a_prefix_of_theirs_becomes_its_iri() -> None:
    """The prefix is gone with their context: only the IRI means the same to us."""
    body = {**REQUEST, "fx:note": "kept", "@context": [CONTEXT, {"fx": "https://fx.example/"}]}
    assert read(body, ContractRequestMessage).extra == {"https://fx.example/note": "kept"}


def test_names_that_an_extra_context_defines_mean_what_it_says() -> None:
    body = {**constraint(leftOperand="inForceDate"), "@context": [CONTEXT, EDC]}
    found = read(body, ContractRequestMessage)
    assert isinstance(found, ContractRequestMessage)
    operand = found.offer["permission"][0]["constraint"][0]["leftOperand"]
    assert operand == "https://w3id.org/edc/v0.0.1/ns/inForceDate"


FILTER: Final[Json] = {
    "@type": "QuerySpec",
    "offset": 0,
    "limit": 50,
    "filterExpression": [{"@type": "Criterion", "operandLeft": "id", "operator": "=", "operandRight": "asset-1"}],
}
EDC_NS: Final = "https://w3id.org/edc/v0.0.1/ns/"
EXPANDED_FILTER: Final[Json] = {
    "@type": [EDC_NS + "QuerySpec"],
    EDC_NS + "offset": [{"@value": 0}],
    EDC_NS + "limit": [{"@value": 50}],
    EDC_NS + "filterExpression": [
        {
            "@type": [EDC_NS + "Criterion"],
            EDC_NS + "operandLeft": [{"@value": "id"}],
            EDC_NS + "operator": [{"@value": "="}],
            EDC_NS + "operandRight": [{"@value": "asset-1"}],
        }
    ],
}


@pytest.mark.parametrize(
    "body",
    [
        {"@context": [CONTEXT, EDC], "@type": "CatalogRequestMessage", "filter": [FILTER]},
        {"@context": [CONTEXT, EDC], "@type": "CatalogRequestMessage", "filter": FILTER},
        {"@context": [CONTEXT, EDC, {}], "@type": "CatalogRequestMessage", "filter": FILTER},
        {"@type": [DSPACE + "CatalogRequestMessage"], DSPACE + "filter": [EXPANDED_FILTER]},
        {"@context": [CONTEXT], "@type": "CatalogRequestMessage", "filter": {"@type": "edc:QuerySpec", **{
            f"edc:{name}": value for name, value in FILTER.items() if name[0] != "@"}}},
    ],
    ids=["list", "single", "expanded by us", "expanded", "prefixed"],
)  # fmt: skip
def test_a_query_of_edc(body: Json) -> None:
    found = read(body, CatalogRequestMessage)
    assert isinstance(found, CatalogRequestMessage)
    assert found.filter == [FILTER]


def test_relative_references_stay_what_they_were() -> None:
    pid = ["abc", "/abc", "a/b?c#d", "BPNL0001:x", "a b"]
    for text in pid:
        body = {**body_of(TransferRequestMessage), "consumerPid": text, "agreementId": text, "@context": [CONTEXT, {}]}
        found = read(body, TransferRequestMessage)
        assert isinstance(found, TransferRequestMessage)
        assert (found.consumer_pid, found.agreement_id, found.format) == (text, text, "HttpData-PULL")
