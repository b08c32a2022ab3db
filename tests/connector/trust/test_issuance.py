"""Messages of issuance: written as the published schemas ask, read in the forms that peers write, within bounds."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft201909Validator
from referencing import Registry
from referencing.jsonschema import DRAFT201909

from connector.trust import issuance
from connector.trust.dcp import DCP_CONTEXT
from connector.trust.errors import MessageInvalid
from connector.trust.issuance import (
    DCP,
    CredentialContainer,
    CredentialMessage,
    CredentialObject,
    CredentialOfferMessage,
    CredentialRequestMessage,
    CredentialStatus,
    IssuerMetadata,
    RequestStatus,
)
from tests.support.shared import SHARED, needs_shared

ROOT = (SHARED or Path()) / "spec/dcp/resources"
CONTEXTS = "https://w3id.org/dspace-dcp/v1.0/common/context-schema.json"
DEFINITIONS = "https://identity.foundation/presentation-exchange/schemas/presentation-definition.json"
OBJECT = CredentialObject(
    "urn:a", "MembershipCredential", "vc11-sl2021/jwt", "https://a.example/schema.json", "membership", ("did:web",)
)
CONTAINER = CredentialContainer("MembershipCredential", "vc11-sl2021/jwt", "ey.J.x")
MESSAGES: list[tuple[Callable[[Any], dict[str, Any]], Callable[[object], Any], Any, str]] = [
    (
        issuance.write_request,
        issuance.read_request,
        CredentialRequestMessage("urn:h", ("urn:a", "urn:b"), {"format": "x"}),
        "credential-request-message",
    ),
    (
        issuance.write_request,
        issuance.read_request,
        CredentialRequestMessage("h", ("a",)),
        "credential-request-message",
    ),
    (
        issuance.write_credentials,
        issuance.read_credentials,
        CredentialMessage("urn:i", "urn:h", RequestStatus.ISSUED, (CONTAINER,)),
        "credential-message",
    ),
    (
        issuance.write_credentials,
        issuance.read_credentials,
        CredentialMessage("i", "h", RequestStatus.REJECTED, rejection_reason="no"),
        "credential-message",
    ),
    (
        issuance.write_offer,
        issuance.read_offer,
        CredentialOfferMessage("did:web:a", (OBJECT, CredentialObject("urn:b"))),
        "credential-offer-message",
    ),
    (
        issuance.write_request_status,
        issuance.read_request_status,
        CredentialStatus("urn:i", "urn:h", RequestStatus.RECEIVED),
        "credential-status",
    ),
    (issuance.write_metadata, issuance.read_metadata, IssuerMetadata("did:web:a", (OBJECT,)), "issuer-metadata"),
]
READERS = [read for _, read, _, _ in MESSAGES]


def expanded(value: Any) -> Any:
    """The same as a JSON-LD processor would write it in full."""
    if isinstance(value, list):
        return [expanded(item) for item in value]
    if not isinstance(value, dict):
        return {"@value": value}
    found: dict[str, Any] = {}
    for name, item in value.items():
        if name == "@context":
            continue
        if name in ("id", "type"):
            found["@" + name] = [f"{DCP}{item}"] if name == "type" else item
        elif ":" in name or name.startswith("@"):
            found[name] = [{"@value": item}]
        else:
            found[DCP + name] = expanded(item if isinstance(item, list) else [item])
    return found


@pytest.mark.parametrize(("write", "read", "message", "_"), MESSAGES)
def test_what_is_written_is_read_in_every_form(write: Any, read: Any, message: Any, _: str) -> None:
    written = json.loads(json.dumps(write(message)))
    in_full = expanded(written)
    for form in (written, {**written, "@context": DCP_CONTEXT}, in_full, [in_full]):
        assert read(form) == message
    with pytest.raises(MessageInvalid, match="@context"):
        read({**written, "@context": []})


@needs_shared
@pytest.mark.parametrize(("write", "_", "message", "schema"), MESSAGES)
def test_what_is_written_keeps_to_the_published_schemas(write: Any, _: Any, message: Any, schema: str) -> None:
    documents = [json.loads(path.read_text("utf-8")) for path in sorted(ROOT.rglob("*-schema.json"))]
    found = {one["$id"]: one for one in documents}
    # Two references lead elsewhere: to a document that calls itself another version's, and to another standard.
    found[CONTEXTS] = json.loads((ROOT / "common/context-schema.json").read_text("utf-8"))
    found[DEFINITIONS] = {}
    registry: Any = Registry().with_resources((name, DRAFT201909.create_resource(one)) for name, one in found.items())
    wanted = json.loads((ROOT / "issuance" / f"{schema}-schema.json").read_text("utf-8"))
    assert list(Draft201909Validator(wanted, registry=registry).iter_errors(write(message))) == []


@needs_shared
def test_the_standards_examples_are_read() -> None:
    readers = {
        "credential-request-message": issuance.read_request,
        "credential-message": issuance.read_credentials,
        "credential-message-rejected": issuance.read_credentials,
        "credential-offer-message": issuance.read_offer,
        "credential-status": issuance.read_request_status,
        "issuer-metadata": issuance.read_metadata,
    }
    for name, read in readers.items():
        assert read(json.loads((ROOT / "issuance/example" / f"{name}.json").read_text("utf-8")))


def test_the_type_where_the_published_schema_puts_it() -> None:
    written = issuance.write_credentials(CredentialMessage("i", "h", RequestStatus.ISSUED, (CONTAINER,)))
    written["credentialType"] = written.pop("type")
    assert issuance.read_credentials(written).credentials == (CONTAINER,)


@pytest.mark.parametrize(
    ("named", "profile"),
    [
        ("VC1_0_JWT", "vc11-sl2021/jwt"),
        ("VC2_0_JOSE", "vc20-bssl/jwt"),
        ("vc20-bssl/jwt", "vc20-bssl/jwt"),
        ("jwt", None),
    ],
)
def test_names_of_formats(named: str, profile: str | None) -> None:
    assert CredentialContainer("A", named, "ey").profile == profile


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["ISSUED", DCP, DCP_CONTEXT]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@context", "type", "@type", "@id", "@value", "@list", "id", "credentials", "holderPid"])
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(json_values, st.sampled_from(range(len(READERS))), json_values, json_values)
def test_nonsense_is_refused_and_breaks_nothing(value: Any, reader: int, pid: Any, credentials: Any) -> None:
    write, read, message, _ = MESSAGES[reader]
    bent = {**write(message), "holderPid": pid, "credentials": credentials, "status": pid, "issuer": pid}
    for given_ in (value, bent, expanded(value), [bent]):
        with suppress(MessageInvalid):
            read(given_)
