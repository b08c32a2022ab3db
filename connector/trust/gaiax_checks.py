"""Judging a Gaia-X bundle, by numbered checks, from a snapshot alone.

1. form: the bundle and every credential have the headers and the shape of VC-JOSE-COSE.
2. issuer: the issuer is a did:web, `iss` and `kid` are the issuer's, and the id of credential, subject and bundle differ.
3. key: the kid is a method of the issuer's DID document with assertionMethod, and its JWK has `alg` and `x5u`.
4. certificate: the chain at `x5u` has that very key as its leaf.
5. chain: it ends in a configured anchor, is valid now, and names the host of the DID.
6. signature: made by that key, with PS256 or ES256 as the key says.
7. validity: `validFrom` and `validUntil` hold now.
8. shapes: all subjects together conform to the shapes of their classes.
9. digests: documents and credentials that are named by digest have it.

What a check lacks (no anchors, no copy of a document) makes it undetermined, never passed.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from cryptography import x509

from connector.canonical import digest
from connector.clock import parse_time
from connector.trust.certificates import Chain, read_chain
from connector.trust.did import DidDocument, did_web_document_url
from connector.trust.errors import CertificateInvalid, CredentialInvalid, SignatureInvalid, TrustError
from connector.trust.gaiax import Enveloped, read_bundle
from connector.trust.jws import Jws

Outcome = Literal["ok", "failed", "unknown"]
ShapeJudge = Callable[[list[dict[str, Any]]], list[str]]
"""Says in sentences what does not conform among subjects."""
CHECKS: Final = (
    "form", "issuer", "key", "certificate", "chain", "signature", "validity", "shapes", "digests",
)  # fmt: skip
_ALGORITHMS: Final = frozenset({"PS256", "ES256"})


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: the first reason that was found against it, and about which credential."""

    number: int
    id: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks, in their order."""

    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Literal["verified", "false", "undetermined"]:
        """Verified when all are ok, false when one failed, else undetermined."""
        outcomes = {finding.outcome for finding in self.findings}
        if "failed" in outcomes:
            return "false"
        return "undetermined" if "unknown" in outcomes else "verified"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a bundle refers to, as it was found: enough to judge without a network.

    Attributes:
        did_documents: by DID.
        chains: PEM by the URL that `x5u` names.
        documents: the bytes of linked documents by URL.
        anchors: the certificates that are believed, configured by whoever judges.
    """

    did_documents: Mapping[str, Any] = field(default_factory=dict)
    chains: Mapping[str, bytes] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    anchors: Sequence[x509.Certificate] = ()


class _Ledger:
    """Collects the first reason against each check."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Outcome, str]] = {}

    def against(self, check: str, reason: str, *, outcome: Outcome = "failed") -> None:
        if check not in self._found or (self._found[check][0] == "unknown" and outcome == "failed"):
            self._found[check] = (outcome, reason)

    def verdict(self) -> Verdict:
        held: tuple[Outcome, str] = ("ok", "")
        return Verdict(
            tuple(Finding(n, check, *self._found.get(check, held)) for n, check in enumerate(CHECKS, start=1))
        )

    def rest_unknown(self, reason: str) -> Verdict:
        for check in CHECKS:
            if check not in self._found:
                self.against(check, reason, outcome="unknown")
        return self.verdict()


def judge_bundle(
    bundle: str, snapshot: Snapshot, *, now: datetime, shapes: ShapeJudge, laboratory: bool = False
) -> Verdict:
    """Judge a bundle by the nine checks.

    Args:
        bundle: the presentation as a compact JWS.
        snapshot: what it refers to.
        now: the time for which it is judged.
        shapes: says in sentences what does not conform among subjects (`catalog.exports.gaiax_shapes`).
        laboratory: whether DIDs over plain http are let through.
    """
    ledger = _Ledger()
    try:
        outer, credentials = read_bundle(bundle)
    except CredentialInvalid as error:
        ledger.against("form", str(error))
        return ledger.rest_unknown("the bundle could not be read")
    if not credentials:
        ledger.against("form", "the bundle is empty")
        return ledger.rest_unknown("the bundle is empty")
    _judge_signed(ledger, outer, outer.payload.get("holder"), "the bundle", snapshot, now, laboratory=laboratory)
    for each in credentials:
        issuer = each.credential.get("issuer")
        issuer = issuer.get("id") if isinstance(issuer, dict) else issuer
        _judge_signed(ledger, each.jws, issuer, each.name, snapshot, now, laboratory=laboratory)
        _judge_validity(ledger, each, now)
    _judge_ids(ledger, outer, credentials)
    for problem in shapes([subject for each in credentials for subject in _subjects(each)]):
        ledger.against("shapes", problem)
    _judge_digests(ledger, credentials, snapshot)
    return ledger.verdict()


def _judge_signed(
    ledger: _Ledger, jws: Jws, issuer: object, name: str, snapshot: Snapshot, now: datetime, *, laboratory: bool
) -> None:
    kid = jws.header.get("kid")
    if not isinstance(issuer, str) or not issuer.startswith("did:web:"):
        ledger.against("issuer", f"{name}: the issuer is no did:web")
        return
    if not isinstance(kid, str) or kid.partition("#")[0] != issuer or jws.header.get("iss", issuer) != issuer:
        ledger.against("issuer", f"{name}: kid or iss in the header is not the issuer's")
        return
    method = _method(ledger, issuer, kid, name, snapshot)
    if method is None:
        return
    chain = _chain(ledger, method, name, snapshot)
    if chain is None:
        return
    try:
        host = urlsplit(did_web_document_url(issuer, insecure_hosts=laboratory)).hostname or ""
        chain.check(snapshot.anchors, host=host, now=now)
    except CertificateInvalid as error:
        ledger.against("chain", f"{name}: {error}", outcome="failed" if snapshot.anchors else "unknown")
    except TrustError as error:
        ledger.against("chain", f"{name}: {error}")
    alg = jws.header.get("alg")
    if alg not in _ALGORITHMS or alg != chain.algorithm:
        ledger.against("signature", f"{name}: alg is {str(alg)[:40]!r}, but its key signs with {chain.algorithm}")
        return
    try:
        chain.verify(jws.signature, jws.signing_input)
    except SignatureInvalid as error:
        ledger.against("signature", f"{name}: {error}")


def _method(ledger: _Ledger, issuer: str, kid: str, name: str, snapshot: Snapshot) -> dict[str, Any] | None:
    if issuer not in snapshot.did_documents:
        ledger.against("key", f"{name}: the DID document of {issuer} is not at hand", outcome="unknown")
        for check in ("certificate", "chain", "signature"):
            ledger.against(check, f"{name}: its key is not known", outcome="unknown")
        return None
    try:
        method = DidDocument.parse(snapshot.did_documents[issuer], issuer).method(kid, "assertionMethod")
    except TrustError as error:
        ledger.against("key", f"{name}: {error}")
        return None
    jwk = method.get("publicKeyJwk")
    if not isinstance(jwk, dict) or not isinstance(jwk.get("x5u"), str) or not isinstance(jwk.get("alg"), str):
        ledger.against("key", f"{name}: the key {kid} is no JWK with alg and x5u")
        return None
    return method


def _chain(ledger: _Ledger, method: dict[str, Any], name: str, snapshot: Snapshot) -> Chain | None:
    jwk = method["publicKeyJwk"]
    pem = snapshot.chains.get(jwk["x5u"])
    if pem is None:
        for check in ("certificate", "chain", "signature"):
            ledger.against(check, f"{name}: the chain {jwk['x5u'][:200]} is not at hand", outcome="unknown")
        return None
    try:
        chain = read_chain(pem)
    except CertificateInvalid as error:
        ledger.against("certificate", f"{name}: {error}")
        return None
    if not chain.has_key(jwk):
        ledger.against("certificate", f"{name}: the certificate at x5u is of another key than the DID document's")
        return None
    return chain


def _judge_validity(ledger: _Ledger, each: Enveloped, now: datetime) -> None:
    bounds = (("validFrom", "is not valid yet"), ("validUntil", "has ended"))
    for term, sentence in bounds:
        text = each.credential.get(term)
        if text is None and term == "validUntil":
            continue
        try:
            moment = parse_time(text) if isinstance(text, str) else None
        except ValueError:
            moment = None
        if moment is None:
            ledger.against("validity", f"{each.name}: {term} is no date and time with a zone")
        elif (now < moment) if term == "validFrom" else (now > moment):
            ledger.against("validity", f"{each.name}: it {sentence} ({text})")


def _judge_ids(ledger: _Ledger, outer: Jws, credentials: tuple[Enveloped, ...]) -> None:
    ids = [outer.payload.get("id"), *(each.credential.get("id") for each in credentials)]
    ids += [subject.get("@id", subject.get("id")) for each in credentials for subject in _subjects(each)]
    named = [id_ for id_ in ids if id_ is not None]
    if len(set(map(str, named))) != len(named):
        ledger.against("issuer", "bundle, credentials and subjects need an id of their own each; one is used twice")


def _judge_digests(ledger: _Ledger, credentials: tuple[Enveloped, ...], snapshot: Snapshot) -> None:
    for each in credentials:
        for node in _nodes(each.credential.get("credentialSubject")):
            _judge_credential_digest(ledger, each, node, credentials)
            url, named = node.get("gx:url"), node.get("gx:hash")
            url = url.get("@id", url.get("id")) if isinstance(url, dict) else url
            if not isinstance(url, str) or not isinstance(named, str):
                continue
            if url not in snapshot.documents:
                ledger.against("digests", f"{each.name}: the document {url[:200]} is not at hand", outcome="unknown")
            elif hashlib.sha256(snapshot.documents[url]).hexdigest() != named.lower():
                ledger.against("digests", f"{each.name}: the document {url[:200]} has another digest than it says")


def _judge_credential_digest(
    ledger: _Ledger, each: Enveloped, node: dict[str, Any], credentials: tuple[Enveloped, ...]
) -> None:
    """A label names the credentials that it was given for, by the digest of their canonical form."""
    named = node.get("cred:digestSRI", node.get("digestSRI"))
    if not isinstance(named, str):
        return
    about = node.get("@id", node.get("id"))
    held = [other.credential for other in credentials if other.credential.get("id") == about]
    if not held:
        ledger.against(
            "digests", f"{each.name}: the credential {str(about)[:200]} is not in the bundle", outcome="unknown"
        )
    elif named != "sha256-" + digest(held[0]).removeprefix("sha256:"):
        ledger.against("digests", f"{each.name}: the credential {str(about)[:200]} has another digest than it says")


def _subjects(each: Enveloped) -> list[dict[str, Any]]:
    found = each.credential.get("credentialSubject")
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]


def _nodes(value: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            found.append(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return found
