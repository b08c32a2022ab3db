"""DIDs: `did:web` and the way to its document, and DID documents (DID Core 1.0) with their verification relationships.

Nothing is fetched here: `did_web_document_url` says where the document lies, `DidDocument.parse` judges what was found.
"""

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from connector.trust.errors import DidError, KeyInvalid, shown
from connector.trust.keys import PublicKey, public_key_from_jwk, public_key_from_multikey

Relationship: TypeAlias = Literal[
    "authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation", "keyAgreement"
]
RELATIONSHIPS: Final[tuple[Relationship, ...]] = (
    "authentication",
    "assertionMethod",
    "capabilityInvocation",
    "capabilityDelegation",
    "keyAgreement",
)

TOKEN_KEY: Final = "token-1"  # noqa: S105 - the name of a key
CONTRACT_KEY: Final = "contract-1"
LOG_KEY: Final = "log-1"
_LOG_KEYS: Final = "log-"
"""Fragments of the verification methods in our own documents."""

DID_CONTEXTS: Final = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/suites/jws-2020/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/dspace-dcp/v1.0/dcp.jsonld",
)

MAX_DID: Final = 512
MAX_METHODS: Final = 64
MAX_SERVICES: Final = 64

_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_SEGMENT: Final = re.compile(r"(?:[A-Za-z0-9._-]|%[0-9A-F]{2})+")
_NUMBER_LIKE: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_LOOPBACK: Final = re.compile(r"127(?:\.(?:0|[1-9][0-9]{0,2})){3}")
_HIDDEN: Final = re.compile(r"%(?:2F|5C|2E|0[0-9A-F]|1[0-9A-F]|7F)", re.IGNORECASE)


def did_web_from_url(url: str) -> str:
    """The did:web of a base URL: `https://host:8443/a/b` is `did:web:host%3A8443:a:b`.

    Raises:
        DidError: no http(s) URL, user information, query or fragment in it, or a host or path that did:web cannot hold.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise DidError(f"not a URL: {shown(url)}") from None
    if parts.scheme not in ("http", "https") or parts.username is not None or parts.query or parts.fragment:
        raise DidError(f"a participant's URL is http(s)://host[:port][/path] and nothing more: {shown(url)}")
    standard = 443 if parts.scheme == "https" else None
    location = host if port in (None, standard) else f"{host}%3A{port}"
    if ":" in parts.path:
        raise DidError(f"a colon in the path of {shown(url)} would read as a slash in did:web")
    path = [segment for segment in parts.path.split("/") if segment]
    did = ":".join(["did:web", location, *path])
    _take_apart(did)
    return did


def did_web_document_url(did: str, *, insecure_hosts: bool) -> str:
    """Where the document of a did:web lies.

    Args:
        did: the DID.
        insecure_hosts: the profile `laboratory`: loopback hosts are allowed, and asked over plain http. Other hosts
            are asked over https always.

    Raises:
        DidError: not a did:web, a bare IP address, or a loopback host outside the laboratory.
    """
    host, port, path = _take_apart(did)
    loopback = is_loopback(host)
    if loopback and not insecure_hosts:
        raise DidError(f"{shown(did)} lies on this machine; loopback hosts are for the profile laboratory")
    if not loopback and _NUMBER_LIKE.fullmatch(host):
        raise DidError(f"{shown(did)} names an IP address; did:web needs a host name")
    location = host if port is None else f"{host}:{port}"
    place = "/".join(path) if path else ".well-known"
    return f"{'http' if loopback else 'https'}://{location}/{place}/did.json"


def is_loopback(host: str) -> bool:
    """Whether a host name always means this machine."""
    return host == "localhost" or host.endswith(".localhost") or _LOOPBACK.fullmatch(host) is not None


@dataclass(frozen=True, slots=True)
class Service:
    """A service in a DID document. `id` may be a fragment (`#cs`) when it is written."""

    id: str
    type: str
    endpoint: str


def build_did_document(
    did: str, *, token_key: PublicKey, contract_key: PublicKey, log_key: PublicKey, services: Sequence[Service]
) -> dict[str, Any]:
    """Our own DID document: three keys, their relationships and our services.

    The token key may authenticate, assert (credentials) and invoke (Self-Issued ID tokens); the contract key and the
    log key may only assert.
    """
    return write_did_document(did, {TOKEN_KEY: token_key, CONTRACT_KEY: contract_key, LOG_KEY: log_key}, services)


def write_did_document(did: str, keys: Mapping[str, PublicKey], services: Sequence[Service]) -> dict[str, Any]:
    """The same with any number of keys by their fragments (`token-2`), the one in use before the others.

    P-256 keys are token keys; some peers read the first method and no other, and only as JsonWebKey2020.
    """
    methods = [_method(did, fragment, key) for fragment, key in keys.items()]
    tokens = [f"{did}#{fragment}" for fragment, key in keys.items() if key.algorithm == "ES256"]
    return {
        "@context": list(DID_CONTEXTS),
        "id": did,
        "verificationMethod": methods,
        "authentication": tokens,
        "assertionMethod": [method["id"] for method in methods],
        "capabilityInvocation": list(tokens),
        "service": [
            {"id": _absolute(service.id, did), "type": service.type, "serviceEndpoint": service.endpoint}
            for service in services
        ],
    }


def _method(did: str, fragment: str, key: PublicKey) -> dict[str, Any]:
    named = {"id": f"{did}#{fragment}", "controller": did}
    if key.algorithm == "ES256":
        return {**named, "type": "JsonWebKey2020", "publicKeyJwk": key.jwk()}
    return {**named, "type": "Multikey", "publicKeyMultibase": key.multikey()}


@dataclass(frozen=True, slots=True)
class DidDocument:
    """A DID document that was resolved. Documents are unsigned: they are as good as the way they came.

    Attributes:
        did: whose it is.
        data: the document as it was found, for snapshots.
    """

    did: str
    data: dict[str, Any]
    _methods: dict[str, dict[str, Any]]
    _listed: tuple[str, ...]
    _relationships: dict[str, frozenset[str]]

    @classmethod
    def parse(cls, data: object, expected_did: str) -> "DidDocument":
        """Read a document. Keys of kinds that we do not know are kept, and refused only when they are asked for.

        Raises:
            DidError: not a DID document, of another DID, too many entries, or one id for two methods.
        """
        if not isinstance(data, dict):
            raise DidError("a DID document is a JSON object")
        if data.get("id") != expected_did:
            raise DidError(f"the DID document is of {shown(data.get('id'))}, not of {shown(expected_did)}")
        methods: dict[str, dict[str, Any]] = {}
        listed = tuple(_add_method(methods, item, expected_did) for item in _entries(data, "verificationMethod"))
        relationships: dict[str, frozenset[str]] = {}
        for name in RELATIONSHIPS:
            relationships[name] = frozenset(
                _absolute(item, expected_did) if isinstance(item, str) else _add_method(methods, item, expected_did)
                for item in _entries(data, name)
            )
        return cls(expected_did, data, methods, listed, relationships)

    @property
    def names_relationships(self) -> bool:
        """Whether the document says of any key what it is for."""
        return any(self._relationships.values())

    def with_all_relationships(self) -> "DidDocument":
        """The document as if it said of each key under `verificationMethod` that it is for everything."""
        return replace(self, _relationships=dict.fromkeys(RELATIONSHIPS, frozenset(self._listed)))

    def key(self, kid: str, relationship: Relationship) -> PublicKey:
        """The key of a verification method that has this relationship.

        Args:
            kid: the method's id, absolute or `#fragment`.
            relationship: what the key must be allowed to do.

        Raises:
            DidError: no such method, of another DID, without the relationship, or controlled by someone else.
            KeyInvalid: it is there, but its key cannot be used.
        """
        return _method_key(self.method(kid, relationship), kid)

    def method(self, kid: str, relationship: Relationship) -> dict[str, Any]:
        """The verification method itself, as the document has it; arguments and errors as for `key`.

        Raises:
            DidError: no such method, of another DID, without the relationship, or controlled by someone else.
        """
        method_id = _absolute(kid, self.did)
        if method_id.partition("#")[0] != self.did:
            raise DidError(f"the key {shown(kid)} belongs to another DID than {shown(self.did)}")
        method = self._methods.get(method_id)
        if method is None:
            raise DidError(f"the DID document of {shown(self.did)} has no key {shown(kid)}")
        if method_id not in self._relationships[relationship]:
            raise DidError(f"the key {shown(kid)} has no {relationship} relationship in its DID document")
        if method.get("controller", self.did) != self.did:
            raise DidError(f"the key {shown(kid)} is controlled by someone other than {shown(self.did)}")
        return method

    def shows(self, key: PublicKey, relationship: Relationship) -> bool:
        """Whether this key is in the document, under whatever id, and has this relationship."""
        for method_id in self._relationships[relationship]:
            try:
                if self.key(method_id, relationship) == key:
                    return True
            except (DidError, KeyInvalid):
                continue
        return False

    def log_keys(self) -> list[PublicKey]:
        """The Ed25519 keys that may make assertions under the name of a log key (`log-…`), as our connectors name them."""
        found: list[PublicKey] = []
        for method_id in self._relationships["assertionMethod"]:
            if method_id.partition("#")[2].startswith(_LOG_KEYS):
                with contextlib.suppress(DidError, KeyInvalid):  # of a kind that signs no log
                    found.append(self.key(method_id, "assertionMethod"))
        return [key for key in found if key.algorithm == "EdDSA"]

    def keys(self, relationship: Relationship) -> list[tuple[str, PublicKey]]:
        """All keys with this relationship that can be used, by their ids."""
        found = []
        for method_id in sorted(self._relationships[relationship]):
            try:
                found.append((method_id, self.key(method_id, relationship)))
            except (DidError, KeyInvalid):
                continue
        return found

    def sole_key(self, relationship: Relationship = "capabilityInvocation") -> PublicKey:
        """The key that is meant when a token names none: the document's only verification method.

        Raises:
            DidError: there is none, or several, or it has not the relationship.
            KeyInvalid: its key cannot be used.
        """
        if len(self._listed) != 1:
            raise DidError(
                f"no kid is given, and the DID document of {shown(self.did)} has {len(self._listed)} keys instead of one"
            )
        return self.key(self._listed[0], relationship)

    def services(self, type_: str) -> list[Service]:
        """The services of a type whose endpoint is a plain URL, in the document's order.

        Raises:
            DidError: the document's services are malformed.
        """
        found: list[Service] = []
        for item in _entries(self.data, "service", MAX_SERVICES):
            if not isinstance(item, dict):
                raise DidError("a service in the DID document is no JSON object")
            types = item.get("type")
            if type_ not in (types if isinstance(types, list) else [types]):
                continue
            endpoints = item.get("serviceEndpoint")
            for endpoint in endpoints if isinstance(endpoints, list) else [endpoints]:
                if isinstance(endpoint, str):
                    found.append(Service(_absolute(str(item.get("id", "")), self.did), type_, endpoint))
                    break
        return found


def is_did(value: object) -> bool:
    """Whether the value has the form of a DID (DID Core 3.1), without path, query or fragment."""
    return isinstance(value, str) and len(value) <= MAX_DID and _DID.fullmatch(value) is not None


_DID: Final = re.compile(r"did:[a-z0-9]+:(?:(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*:)*(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+")


def _take_apart(did: str) -> tuple[str, int | None, list[str]]:
    if not isinstance(did, str):
        raise DidError("a DID is a text")
    if len(did) > MAX_DID or not did.startswith("did:web:"):
        raise DidError(f"not a did:web of up to {MAX_DID} characters: {shown(did)}")
    location, *path = did.removeprefix("did:web:").split(":")
    host, colon, port = location.replace("%3a", "%3A").partition("%3A")
    if _HOST.fullmatch(host) is None:
        raise DidError(f"{shown(did)} has no usable host name (lower case, no IPv6 address)")
    if colon and not (port.isascii() and port.isdigit() and str(int(port[:6])) == port and 0 < int(port) < 2**16):
        raise DidError(f"{shown(did)} has an impossible port")
    for segment in path:
        if _SEGMENT.fullmatch(segment) is None or set(segment) == {"."} or _HIDDEN.search(segment):
            raise DidError(f"{shown(did)} has the path segment {shown(segment)}, which did:web cannot hold")
    return host, int(port) if colon else None, path


def _entries(data: dict[str, Any], name: str, limit: int = MAX_METHODS) -> list[Any]:
    value = data.get(name, [])
    entries = value if isinstance(value, list) else [value]
    if len(entries) > limit:
        raise DidError(f"the DID document has more than {limit} entries in {name}")
    return entries


def _absolute(text: str, did: str) -> str:
    # `#key-1` is relative to the document; a bare `key-1` is written by some peers and meant alike.
    if text.startswith("#"):
        return did + text
    return text if ":" in text else f"{did}#{text}"


def _add_method(methods: dict[str, dict[str, Any]], item: object, did: str) -> str:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        raise DidError("a verification method in the DID document is no JSON object with an id")
    method_id = _absolute(item["id"], did)
    if methods.setdefault(method_id, item) != item:
        raise DidError(f"the DID document has two different keys with the id {shown(method_id)}")
    return method_id


def _method_key(method: dict[str, Any], kid: str) -> PublicKey:
    jwk: Any = method.get("publicKeyJwk")
    multibase: Any = method.get("publicKeyMultibase")
    if (jwk is None) == (multibase is None):
        raise DidError(f"the key {shown(kid)} needs exactly one of publicKeyJwk and publicKeyMultibase")
    return public_key_from_jwk(jwk) if multibase is None else public_key_from_multikey(multibase)
