from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.trust.did import (
    MAX_METHODS,
    MAX_SERVICES,
    DidDocument,
    Relationship,
    Service,
    did_web_document_url,
    did_web_from_url,
    is_did,
    is_loopback,
)
from connector.trust.errors import DidError, KeyInvalid, TrustError
from tests.connector.trust.parties import party

A = party("a")
TOKEN, CONTRACT, LOG = (f"{A.did}#{name}" for name in ("token-1", "contract-1", "log-1"))


@pytest.mark.parametrize(
    ("url", "did", "document"),
    [
        ("https://a.example", "did:web:a.example", "https://a.example/.well-known/did.json"),
        ("https://A.example/", "did:web:a.example", "https://a.example/.well-known/did.json"),
        ("https://a.example:443", "did:web:a.example", "https://a.example/.well-known/did.json"),
        ("https://a.example:8443", "did:web:a.example%3A8443", "https://a.example:8443/.well-known/did.json"),
        ("https://a.example:8443/x/y/", "did:web:a.example%3A8443:x:y", "https://a.example:8443/x/y/did.json"),
        ("http://localhost:8080", "did:web:localhost%3A8080", "http://localhost:8080/.well-known/did.json"),
        ("http://127.0.0.1:80/p", "did:web:127.0.0.1%3A80:p", "http://127.0.0.1:80/p/did.json"),
        ("http://p.localhost:1", "did:web:p.localhost%3A1", "http://p.localhost:1/.well-known/did.json"),
    ],
)
def test_from_url_to_did_to_document(url: str, did: str, document: str) -> None:
    assert did_web_from_url(url) == did
    assert did_web_document_url(did, insecure_hosts=True) == document
    assert is_did(did)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.example",
        "ftp://a.example",
        "https://",
        "https://user@a.example",
        "https://a.example?x=1",
        "https://a.example#x",
        "https://a.example:99999",
        "https://a.example:0",
        "https://[::1]:80",
        "https://a_b.example",
        "https://-a.example",
        "https://a.example/x y",
        "https://a.example/x:y",
        "https://a.example/../x",
        "https://" + "a" * 300,
        "https://a.example/" + "a" * 600,
    ],
)
def test_urls_that_no_did_web_can_hold(url: str) -> None:
    with pytest.raises(DidError):
        did_web_from_url(url)


@pytest.mark.parametrize(
    "did",
    [
        "did:key:z6Mk",
        "did:web:",
        "did:web:A.example",
        "did:web:a.example:",
        "did:web:a.example::x",
        "did:web:a.example:..",
        "did:web:a.example:.",
        "did:web:a.example:%2E%2E",
        "did:web:a.example:x%2Fy",
        "did:web:a.example:x%5Cy",
        "did:web:a.example:x%00",
        "did:web:a.example:x%",
        "did:web:a.example:x?y",
        "did:web:a.example:x#y",
        "did:web:a.example/x",
        "did:web:a.example%3A",
        "did:web:a.example%3A0",
        "did:web:a.example%3A080",
        "did:web:a.example%3A65536",
        "did:web:a.example%3A٨٠",
        "did:web:a.example%3A80%3A81",
        "did:web:user%40a.example",
        "did:web:%5B::1%5D",
        "did:web:" + "a" * 600,
        "did:web:10.0.0.1",
        "did:web:2130706433",
        "did:web:0x7f.1",
        "did:web:127.1",
        "did:web:a.example.1",
        3,
        None,
    ],
)
def test_dids_without_a_document(did: Any) -> None:
    with pytest.raises(DidError):
        did_web_document_url(did, insecure_hosts=True)


@pytest.mark.parametrize("did", ["did:web:localhost%3A80", "did:web:127.0.0.1", "did:web:x.localhost"])
def test_loopback_is_for_the_laboratory(did: str) -> None:
    with pytest.raises(DidError, match="laboratory"):
        did_web_document_url(did, insecure_hosts=False)
    assert did_web_document_url(did, insecure_hosts=True).startswith("http://")
    assert did_web_document_url("did:web:a.example", insecure_hosts=True).startswith("https://")
    assert not is_loopback("localhost.evil.example")


@settings(max_examples=100)
@given(st.from_regex(r"did:web:[a-z0-9.%:A-F\-]{1,40}", fullmatch=True))
def test_a_document_url_stays_on_its_host(did: str) -> None:
    try:
        url = did_web_document_url(did, insecure_hosts=True)
    except DidError:
        return
    host = did.removeprefix("did:web:").split(":")[0].replace("%3a", "%3A").split("%3A")[0]
    assert url.split("/")[2].split(":")[0] == host
    assert url.endswith("/did.json")


@pytest.mark.parametrize("value", ["did:web:a", "did:key:z6Mk", "did:example:a:b%20c"])
def test_dids(value: str) -> None:
    assert is_did(value)


@pytest.mark.parametrize(
    "value", ["", "did:web:", "did:web:a#b", "did:web:a/b", "DID:web:a", "did:web:a b", 3, "did:web:a\n"]
)
def test_other_values(value: object) -> None:
    assert not is_did(value)


def test_our_own_document() -> None:
    document = A.document()
    relations: list[tuple[str, list[Relationship]]] = [
        (TOKEN, ["authentication", "assertionMethod", "capabilityInvocation"]),
        (CONTRACT, ["assertionMethod"]),
        (LOG, ["assertionMethod"]),
    ]
    keys = {TOKEN: A.token_key, CONTRACT: A.contract_key, LOG: A.log_key}
    names: list[Relationship] = ["authentication", "assertionMethod", "capabilityInvocation", "keyAgreement"]
    for kid, allowed in relations:
        for name in names:
            if name in allowed:
                assert document.key(kid, name) == keys[kid].key.public
            else:
                with pytest.raises(DidError, match=f"no {name}"):
                    document.key(kid, name)
    assert document.services("CredentialService") == [
        Service(f"{A.did}#cs", "CredentialService", "https://a.example/dcp")
    ]
    assert document.services("DataService") == []
    types = {method["id"]: method["type"] for method in document.data["verificationMethod"]}
    assert types == {TOKEN: "JsonWebKey2020", CONTRACT: "Multikey", LOG: "Multikey"}


def test_relative_ids_mean_the_same() -> None:
    document = A.document()
    assert document.key("#contract-1", "assertionMethod") == document.key(CONTRACT, "assertionMethod")
    assert document.key("contract-1", "assertionMethod") == document.key(CONTRACT, "assertionMethod")
    data = A.data()
    data["verificationMethod"][1]["id"] = "#contract-1"
    data["assertionMethod"] = ["#contract-1"]
    assert DidDocument.parse(data, A.did).key(CONTRACT, "assertionMethod") == A.contract_key.key.public


def test_methods_embedded_in_a_relationship() -> None:
    data = A.data()
    method = data["verificationMethod"].pop(0)
    data["capabilityInvocation"] = method  # a single value instead of a list
    document = DidDocument.parse(data, A.did)

    assert document.key(TOKEN, "capabilityInvocation") == A.token_key.key.public
    data["authentication"] = [method]
    assert DidDocument.parse(data, A.did).key(TOKEN, "authentication") == A.token_key.key.public


def test_the_sole_key() -> None:
    data = A.data()
    with pytest.raises(DidError, match="3 keys"):
        A.document().sole_key()
    del data["verificationMethod"][1:]
    document = DidDocument.parse(data, A.did)
    assert document.sole_key() == A.token_key.key.public
    assert document.sole_key("authentication") == A.token_key.key.public
    with pytest.raises(DidError, match="no keyAgreement"):
        document.sole_key("keyAgreement")
    with pytest.raises(DidError, match="0 keys"):
        DidDocument.parse({"id": A.did}, A.did).sole_key()


def method(**changes: Any) -> dict[str, Any]:
    return {**A.data()["verificationMethod"][0], **changes}


@pytest.mark.parametrize(
    ("kid", "changed", "sentence"),
    [
        ("did:web:b.example#token-1", method(), "another DID"),
        (f"{A.did}.evil#token-1", method(), "another DID"),
        (f"{A.did}#token-2", method(), "has no key"),
        (TOKEN, method(controller="did:web:b.example"), "controlled by"),
        (TOKEN, method(publicKeyJwk=None), "exactly one"),
        (TOKEN, method(publicKeyMultibase="z6Mk"), "exactly one"),
        (TOKEN, method(publicKeyJwk={"kty": "RSA", "n": "AA", "e": "AQAB"}), "JWK"),
        (TOKEN, method(publicKeyJwk="text"), "JSON object"),
        (TOKEN, method(publicKeyJwk=None, publicKeyMultibase=7), "text"),
        (TOKEN, method(publicKeyJwk=None, publicKeyMultibase="zz"), "Multikey"),
    ],
)
def test_keys_that_are_not_found(kid: str, changed: dict[str, Any], sentence: str) -> None:
    document = A.document(verificationMethod=[changed], authentication=[], assertionMethod=[])
    with pytest.raises((DidError, KeyInvalid), match=sentence):
        document.key(kid, "capabilityInvocation")


def test_a_foreign_method_in_the_document_is_no_key_of_ours() -> None:
    foreign = "did:web:b.example#k"
    document = A.document(verificationMethod=[method(id=foreign)], capabilityInvocation=[foreign])
    with pytest.raises(DidError, match="another DID"):
        document.key(foreign, "capabilityInvocation")
    with pytest.raises(DidError, match="another DID"):
        document.sole_key()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "JSON object"),
        ([], "JSON object"),
        ({}, "is of"),
        ({"id": "did:web:b.example"}, "is of 'did:web:b.example'"),
        ({"id": A.did, "verificationMethod": ["#a"]}, "no JSON object with an id"),
        ({"id": A.did, "verificationMethod": [{}]}, "no JSON object with an id"),
        ({"id": A.did, "verificationMethod": [{"id": 3}]}, "no JSON object with an id"),
        ({"id": A.did, "authentication": [3]}, "no JSON object with an id"),
        ({"id": A.did, "verificationMethod": [{"id": "#a", "x": 1}, {"id": f"{A.did}#a", "x": 2}]}, "two different"),
        (
            {"id": A.did, "verificationMethod": [{"id": "#a", "x": 1}], "authentication": [{"id": "#a"}]},
            "two different",
        ),
        ({"id": A.did, "verificationMethod": [{"id": f"#{n}"} for n in range(MAX_METHODS + 1)]}, "more than"),
        ({"id": A.did, "assertionMethod": ["#a"] * (MAX_METHODS + 1)}, "more than"),
    ],
)
def test_documents_that_cannot_be_used(data: Any, sentence: str) -> None:
    with pytest.raises(DidError, match=sentence):
        DidDocument.parse(data, A.did)


def test_services_in_other_shapes() -> None:
    document = A.document(
        service=[
            {"id": "#1", "type": ["CredentialService", "Other"], "serviceEndpoint": ["https://one", "https://two"]},
            {"id": "#2", "type": "CredentialService", "serviceEndpoint": {"uri": "https://three"}},
            {"type": "CredentialService", "serviceEndpoint": "https://four"},
        ]
    )
    assert [service.endpoint for service in document.services("CredentialService")] == ["https://one", "https://four"]
    assert document.services("Other")[0].id == f"{A.did}#1"
    wrong: list[Any] = [["text"], [{}] * (MAX_SERVICES + 1)]
    for broken in wrong:
        with pytest.raises(TrustError):
            A.document(service=broken).services("CredentialService")
