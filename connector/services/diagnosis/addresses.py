"""What a peer says of itself: its DID document with its services, its version document."""

from dataclasses import dataclass
from typing import Any, Final

from connector.protocol.versions import WELL_KNOWN, ProtocolVersion
from connector.services.diagnosis.asking import Asking
from connector.services.errors import BadRequest
from connector.trust.did import DidDocument, did_web_document_url, did_web_from_url, is_did
from connector.trust.errors import TrustError
from connector.wire.codec import as_list

_PROTECTED: Final = frozenset({401, 403})
_MAX_PEER: Final = 2_000
_LISTED: Final = 20


@dataclass(slots=True)
class Peer:
    """What is known of the peer so far: its DID, where its version document is, the version we share and its root."""

    did: str | None = None
    versions: str | None = None
    root: str | None = None
    version: ProtocolVersion | None = None


def read_peer(text: str) -> Peer:
    """A DID, or the address of a connector: its root, its version document or its DID document.

    Raises:
        BadRequest: neither.
    """
    text = text.strip()
    if len(text) > _MAX_PEER:
        raise BadRequest(f"a DID or an address has at most {_MAX_PEER:,} characters")
    if text.startswith("did:"):
        if not is_did(text):
            raise BadRequest(f"{text[:200]!r} is no DID; one looks like did:web:data.example.com")
        return Peer(did=text)
    if not text.startswith(("https://", "http://")):
        raise BadRequest(f"{text[:200]!r} is neither a DID (did:web:…) nor an address (https://…)")
    if text.endswith("/did.json"):
        root = text.removesuffix("/did.json").removesuffix("/.well-known")
        return Peer(did=_did_of(root))
    root = text.removesuffix(WELL_KNOWN).rstrip("/")
    return Peer(versions=root + WELL_KNOWN)


def _did_of(root: str) -> str:
    try:
        return did_web_from_url(root)
    except TrustError as error:
        raise BadRequest(f"this address cannot be that of a participant: {error}") from None


async def look_at_document(asking: Asking, peer: Peer, *, laboratory: bool) -> DidDocument | None:
    """The DID document, and what its services lack."""
    findings, did = asking.findings, peer.did or ""
    if not did.startswith("did:web:"):
        findings.wrong("did_method", did=did)
        return None
    try:
        url = did_web_document_url(did, insecure_hosts=laboratory)
    except TrustError as error:
        findings.wrong("did_address", did=did, reason=str(error))
        return None
    data = await asking.read(url)
    if data is None:
        return None
    try:
        document = DidDocument.parse(data, did)
        _look_at_services(asking, document)
    except TrustError as error:
        findings.wrong("did_unusable", did=did, reason=str(error))
        return None
    findings.good("did_document", did=did)
    if not data.get("capabilityInvocation"):
        findings.wrong("did_no_keys")
    return document


def _look_at_services(asking: Asking, document: DidDocument) -> None:
    findings = asking.findings
    if not document.services("DataService"):
        if document.services("CatalogService"):
            findings.odd("only_catalog_service")
        else:
            findings.wrong("no_data_service")
    if not document.services("CredentialService"):
        findings.wrong("no_credential_service")
    if not document.services("NoticeService"):
        findings.odd("no_notices")


async def look_at_versions(asking: Asking, peer: Peer, versions: tuple[ProtocolVersion, ...]) -> None:
    """The version document: whether it is open to everybody, and where the version that we like best is."""
    findings, url = asking.findings, peer.versions or ""
    answer = await asking.get(url)
    if answer is None:
        return
    if answer.status in _PROTECTED:
        findings.wrong("versions_protected", url=url, status=answer.status)
        return
    data = asking.json(url, answer)
    if data is None:
        return
    entries = as_list(data.get("protocolVersions")) if isinstance(data, dict) else []
    named = [entry for entry in entries[:_LISTED] if isinstance(entry, dict)]
    if not named:
        findings.wrong("versions_shape", url=url)
        return
    offered = [str(entry.get("version")) for entry in named]
    version = next((ours for ours in versions if ours.version in offered), None)
    if version is None:
        ours = ", ".join(ours.version for ours in versions)
        findings.wrong("versions_none", ours=ours, offered=", ".join(offered))
        return
    times = offered.count(version.version)
    if times > 1:
        findings.odd("versions_several", count=times, version=version.version)
    peer.version = version
    _take_version(asking, peer, named[offered.index(version.version)], version)


def _take_version(asking: Asking, peer: Peer, entry: dict[str, Any], version: ProtocolVersion) -> None:
    findings = asking.findings
    path = str(entry.get("path", ""))
    base = (peer.versions or "").removesuffix(WELL_KNOWN).rstrip("/")
    peer.root = (base + "/" + path.strip("/")).rstrip("/")
    findings.good("versions", version=version.version, root=peer.root)
    if path != "/" and (not path.startswith("/") or path.endswith("/")):
        findings.odd("versions_path", path=path, root=peer.root)
    if entry.get("binding") != version.binding:
        findings.odd("versions_binding", binding=str(entry.get("binding")))
    auth = entry.get("auth")
    if isinstance(auth, dict) and auth.get("protocol") != "DCP":
        findings.odd("versions_auth", protocol=str(auth.get("protocol")))
    said = str(entry.get("serviceId", "")).partition("#")[0]
    if peer.did is None:
        peer.did = said if is_did(said) else _guessed(asking, base)


def _guessed(asking: Asking, base: str) -> str | None:
    try:
        did = did_web_from_url(base)
    except TrustError as error:
        asking.findings.wrong("did_unknown", reason=str(error))
        return None
    asking.findings.odd("did_guessed", did=did)
    return did
