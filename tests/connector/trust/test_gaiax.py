"""Gaia-X bundles: made, read, judged by nine checks; each attack meets the check that is there for it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from catalog.exports.gaiax import NAMESPACE, credential_id, data_product, participant
from catalog.exports.gaiax import address as address_of
from catalog.exports.gaiax import registration as registration_of
from catalog.exports.gaiax_shapes import shape_problems
from connector.canonical import canonical_bytes, digest
from connector.trust.certificates import CertifiedKey, certified_key, read_certificates
from connector.trust.encoding import from_base64url, to_base64url
from connector.trust.errors import CredentialInvalid
from connector.trust.gaiax import (
    KEY_FRAGMENT,
    MAX_BUNDLE,
    certified_method,
    make_bundle,
    make_credential,
    read_bundle,
    read_credential,
)
from connector.trust.gaiax_checks import CHECKS, Snapshot, Verdict, judge_bundle
from tests.catalog.exports.test_gaiax import COMPANY, PRODUCT
from tests.support.pki import FROM, Key, Office, ec_key, key_pem, rsa_key

HOST = "plating.example.kr"
DID = f"did:web:{HOST}"
BASE = f"https://{HOST}"
CHAIN = f"{BASE}/gaiax/chain.pem"
NOW = FROM + timedelta(days=100)
TERMS = b"terms"


@cache
def office() -> Office:
    return Office("Test")


@cache
def key(kind: Callable[[], Key] = ec_key) -> CertifiedKey:
    return certified_key(key_pem(kind()), office().issue(HOST, kind()))


def subjects() -> dict[str, dict[str, Any]]:
    import hashlib

    link = replace(PRODUCT.terms, url=f"{BASE}/gaiax/documents/x", sha256=hashlib.sha256(TERMS).hexdigest())
    product = replace(PRODUCT, terms=link, policy=link)
    return {
        "participant": participant(COMPANY, BASE),
        "address": address_of(COMPANY, BASE),
        "registration": registration_of(COMPANY, BASE),
        "product": data_product(product, BASE),
    }


def credentials(signer: CertifiedKey | None = None, **changes: Any) -> list[str]:
    facts = {
        "issuer": DID,
        "valid_from": NOW,
        "valid_until": NOW + timedelta(days=1),
        "namespace": NAMESPACE,
        **changes,
    }
    return [
        make_credential(subject, signer or key(), credential_id=credential_id(BASE, name), **facts)
        for name, subject in subjects().items()
    ]


def bundle(jwts: list[str] | None = None, signer: CertifiedKey | None = None) -> str:
    return make_bundle(jwts or credentials(signer), signer or key(), holder=DID, bundle_id=f"{BASE}/gaiax/vp")


def snapshot(signer: CertifiedKey | None = None, **changes: Any) -> Snapshot:
    chain = (signer or key()).chain
    method = certified_method(DID, chain, CHAIN)
    document = {"id": DID, "verificationMethod": [method], "assertionMethod": [method["id"]]}
    whole = Snapshot(
        did_documents={DID: document},
        chains={CHAIN: chain.pem()},
        documents={f"{BASE}/gaiax/documents/x": TERMS},
        anchors=read_certificates(office().anchors),
    )
    return replace(whole, **changes)


def judge(text: str, held: Snapshot | None = None, **more: Any) -> Verdict:
    return judge_bundle(text, held or snapshot(), now=more.get("now", NOW), shapes=shape_problems)


def failed(verdict: Verdict) -> set[str]:
    return {finding.id for finding in verdict.findings if finding.outcome == "failed"}


def unknown(verdict: Verdict) -> set[str]:
    return {finding.id for finding in verdict.findings if finding.outcome == "unknown"}


def resigned(jwt: str, *, header: dict[str, Any] | None = None, payload: dict[str, Any] | None = None) -> str:
    old_header, old_payload = (json.loads(from_base64url(part)) for part in jwt.split(".")[:2])
    parts = [
        to_base64url(canonical_bytes({**old, **(new or {})}))
        for old, new in ((old_header, header), (old_payload, payload))
    ]
    signing_input = ".".join(parts)
    return f"{signing_input}.{to_base64url(key().sign(signing_input.encode()))}"


@pytest.mark.parametrize("kind", [rsa_key, ec_key], ids=["PS256", "ES256"])
def test_ours_is_verified(kind: Callable[[], Key]) -> None:
    signer = key(kind)
    verdict = judge(bundle(signer=signer), snapshot(signer))
    assert verdict.outcome == "verified", verdict
    assert [finding.id for finding in verdict.findings] == list(CHECKS)


def test_the_payload_is_the_credential_and_the_header_says_so() -> None:
    each = read_credential(credentials()[0])
    assert each.jws.header == {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "iss": DID, "kid": f"{DID}#{KEY_FRAGMENT}"}
    assert each.credential["type"] == ["VerifiableCredential", "gx:LegalPerson"]
    outer, held = read_bundle(bundle())
    assert outer.header["typ"] == "vp+jwt"
    assert len(held) == 4


@pytest.mark.parametrize(
    ("header", "payload", "reason"),
    [
        ({"typ": "JWT"}, {}, "typ is"),
        ({"cty": "json"}, {}, "cty is"),
        ({}, {"vc": {}}, "wrapped in"),
    ],
)
def test_another_form_is_refused(header: dict[str, Any], payload: dict[str, Any], reason: str) -> None:
    with pytest.raises(CredentialInvalid, match=reason):
        read_credential(resigned(credentials()[0], header=header, payload=payload))


@pytest.mark.parametrize("older", ["vc+ld+jwt", "vc+ld+json+jwt"])
def test_older_names_of_the_form_are_read(older: str) -> None:
    assert (
        read_credential(resigned(credentials()[0], header={"typ": older, "cty": "vc+ld+json"})).credential["issuer"]
        == DID
    )


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "x" * (MAX_BUNDLE + 1), bundle().rsplit(".", 1)[0], credentials()[0]], ids=range(5)
)
def test_what_is_no_bundle_fails_its_form_and_leaves_the_rest_open(text: str) -> None:
    verdict = judge(text)
    assert failed(verdict) == {"form"}
    assert verdict.outcome == "false"
    assert unknown(verdict) == set(CHECKS) - {"form"}


def test_an_empty_bundle_proves_nothing() -> None:
    assert failed(judge(make_bundle([], key(), holder=DID, bundle_id="urn:x"))) == {"form"}


def test_an_entry_that_is_no_credential() -> None:
    for entry in ({"id": "https://x.example"}, "eyJ", None):
        assert failed(judge(resigned(bundle(), payload={"verifiableCredential": [entry]}))) == {"form"}


# --- attacks ---------------------------------------------------------------------------------------------------------


def test_a_changed_word_breaks_the_signature() -> None:
    jwts = credentials()
    head, body, signature = jwts[0].split(".")
    changed = canonical_bytes({**json.loads(from_base64url(body)), "name": "someone else"})
    jwts[0] = f"{head}.{to_base64url(changed)}.{signature}"
    assert failed(judge(bundle(jwts))) == {"signature"}


def test_a_changed_bundle_breaks_its_signature() -> None:
    head, body, signature = bundle().split(".")
    changed = canonical_bytes({**json.loads(from_base64url(body)), "name": "someone else"})
    assert failed(judge(f"{head}.{to_base64url(changed)}.{signature}")) == {"signature"}


def test_a_key_of_another_company() -> None:
    stranger = certified_key(key_pem(rsa_key()), office().issue("other.example", rsa_key()))
    assert "chain" in failed(judge(bundle(signer=stranger), snapshot(stranger)))


def test_a_signature_by_another_key_than_the_one_named() -> None:
    assert failed(judge(bundle(signer=key(rsa_key)))) == {"signature"}


def test_the_algorithm_cannot_be_chosen_by_the_token() -> None:
    for alg in ("none", "HS256", "PS256", None):
        jwts = [resigned(credentials()[0], header={"alg": alg}), *credentials()[1:]]
        assert failed(judge(bundle(jwts))) == {"signature"}


def test_a_kid_of_somebody_else() -> None:
    jwts = [resigned(credentials()[0], header={"kid": f"did:web:other.example#{KEY_FRAGMENT}"}), *credentials()[1:]]
    assert failed(judge(bundle(jwts))) == {"issuer"}


def test_an_issuer_in_the_header_who_is_not_the_issuer() -> None:
    jwts = [resigned(credentials()[0], header={"iss": "did:web:other.example"}), *credentials()[1:]]
    assert failed(judge(bundle(jwts))) == {"issuer"}


def test_an_issuer_without_a_did() -> None:
    jwts = [resigned(credentials()[0], payload={"issuer": "https://plating.example.kr"}), *credentials()[1:]]
    assert failed(judge(bundle(jwts))) == {"issuer"}


def test_a_key_that_may_not_assert() -> None:
    held = snapshot()
    document = {**held.did_documents[DID], "assertionMethod": []}
    assert failed(judge(bundle(), replace(held, did_documents={DID: document}))) == {"key"}


def test_a_key_without_a_chain_behind_it() -> None:
    held = snapshot()
    method = held.did_documents[DID]["verificationMethod"][0]
    bare = {name: value for name, value in method["publicKeyJwk"].items() if name != "x5u"}
    document = {**held.did_documents[DID], "verificationMethod": [{**method, "publicKeyJwk": bare}]}
    assert failed(judge(bundle(), replace(held, did_documents={DID: document}))) == {"key"}


def test_a_chain_of_another_key() -> None:
    assert failed(judge(bundle(), snapshot(chains={CHAIN: key(rsa_key).chain.pem()}))) == {"certificate"}
    assert failed(judge(bundle(), snapshot(chains={CHAIN: b"nonsense"}))) == {"certificate"}


def test_an_anchor_of_nobody_we_believe() -> None:
    assert failed(judge(bundle(), snapshot(anchors=read_certificates(Office("Other").anchors)))) == {"chain"}


def test_an_expired_certificate() -> None:
    later = FROM + timedelta(days=1_000)
    jwts = credentials(valid_from=later, valid_until=later + timedelta(days=1))
    assert failed(judge(bundle(jwts), now=later)) == {"chain"}


def test_before_and_after_its_time() -> None:
    assert failed(judge(bundle(), now=NOW - timedelta(days=1))) == {"validity"}
    assert failed(judge(bundle(), now=NOW + timedelta(days=2))) == {"validity"}


def test_a_time_that_is_none() -> None:
    for text in ("yesterday", None, 5):
        jwts = [resigned(credentials()[0], payload={"validFrom": text}), *credentials()[1:]]
        assert failed(judge(bundle(jwts))) == {"validity"}


def test_one_id_for_two_things() -> None:
    jwts = credentials()
    jwts[0] = resigned(jwts[0], payload={"id": credential_id(BASE, "address")})
    assert failed(judge(bundle(jwts))) == {"issuer"}


def test_a_subject_that_does_not_conform() -> None:
    jwts = credentials()
    subject = {name: value for name, value in subjects()["participant"].items() if name != "gx:legalAddress"}
    jwts[0] = resigned(jwts[0], payload={"credentialSubject": subject})
    assert failed(judge(bundle(jwts))) == {"shapes"}


def test_a_document_that_was_replaced() -> None:
    assert failed(judge(bundle(), snapshot(documents={f"{BASE}/gaiax/documents/x": b"other terms"}))) == {"digests"}


def label(named: str) -> str:
    about = {"@id": credential_id(BASE, "participant"), "cred:digestSRI": named}
    subject = {"@id": f"{BASE}/label#subject", "@type": "gx:LabelCredential", "gx:compliantCredentials": [about]}
    facts = {"issuer": DID, "valid_from": NOW, "valid_until": NOW + timedelta(days=1), "namespace": NAMESPACE}
    return make_credential(subject, key(), credential_id=f"{BASE}/label", **facts)  # type: ignore[arg-type]


def test_a_label_for_other_credentials() -> None:
    jwts = credentials()
    right = "sha256-" + digest(read_credential(jwts[0]).credential).removeprefix("sha256:")
    assert "digests" not in failed(judge(bundle([*jwts, label(right)])))
    assert "digests" in failed(judge(bundle([*jwts, label("sha256-" + "0" * 64)])))
    assert "digests" in unknown(judge(bundle([*jwts[1:], label(right)])))


# --- what is missing is never passed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "open_checks"),
    [
        ("did_documents", {"key", "certificate", "chain", "signature"}),
        ("chains", {"certificate", "chain", "signature"}),
        ("documents", {"digests"}),
        ("anchors", {"chain"}),
    ],
)
def test_what_is_not_at_hand_is_not_judged(missing: str, open_checks: set[str]) -> None:
    without: dict[str, Any] = {missing: () if missing == "anchors" else {}}
    verdict = judge(bundle(), replace(snapshot(), **without))
    assert unknown(verdict) == open_checks
    assert verdict.outcome == "undetermined"
