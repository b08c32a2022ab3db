"""The messages of DCP's issuance protocol: a holder asks, an issuer answers later, or offers by itself.

What others write is read with patience, within bounds: expanded JSON-LD with or without `@context` (as Eclipse EDC
sends), `credentialType` where `type` is meant (as the published schema of CredentialMessage has it), and several names
of one format. What we write keeps to the published schemas.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from connector.canonical import CanonicalError, canonical_bytes, parse_json
from connector.trust.credentials import MMD
from connector.trust.dcp import DCP_CONTEXT
from connector.trust.encoding import from_base64url, to_base64url
from connector.trust.errors import MessageInvalid, TrustError, shown
from connector.trust.vc import PROFILES, Profile

ISSUER_SERVICE: Final = "IssuerService"
"""The type of the DID service that takes requests for credentials."""
MEMBERSHIP_REQUEST: Final = MMD + "membershipRequest"
"""Our own property of a CredentialRequestMessage: proof that the asker holds the keys (`membership_requests`)."""
DCP: Final = "https://w3id.org/dspace-dcp/v1.0/"
MAX_CREDENTIALS: Final = 32
MAX_TEXT: Final = 2_048
MAX_CREDENTIAL: Final = 65_536
MAX_PROOF: Final = 32_768

_FORMATS: Final[dict[str, Profile]] = {
    PROFILES[0]: PROFILES[0],
    PROFILES[1]: PROFILES[1],
    "VC1_0_JWT": PROFILES[0],
    "VC2_0_JOSE": PROFILES[1],
}
"""By which names others call the format of a credential."""


class RequestStatus(StrEnum):
    """Where a request for credentials stands at its issuer."""

    RECEIVED = "RECEIVED"
    ISSUED = "ISSUED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class CredentialObject:
    """What an issuer can issue. Only `id` is there when it is sparse: the issuer's metadata has the rest."""

    id: str
    credential_type: str | None = None
    profile: str | None = None
    credential_schema: str | None = None
    offer_reason: str | None = None
    binding_methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CredentialContainer:
    """One issued credential; `format` as the issuer calls it."""

    credential_type: str
    format: str
    payload: str

    @property
    def profile(self) -> Profile | None:
        """The profile that its format names, if we know the name."""
        return _FORMATS.get(self.format)


@dataclass(frozen=True, slots=True)
class CredentialRequestMessage:
    """A holder asks for credentials; `proof` is the membership request that came with it, if one did."""

    holder_pid: str
    credentials: tuple[str, ...]
    proof: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CredentialMessage:
    """The issuer's answer to a request; `status` is ISSUED or REJECTED and speaks of all of it."""

    issuer_pid: str
    holder_pid: str
    status: RequestStatus
    credentials: tuple[CredentialContainer, ...] = ()
    rejection_reason: str | None = None


@dataclass(frozen=True, slots=True)
class CredentialOfferMessage:
    """An issuer invites a holder to ask."""

    issuer: str
    credentials: tuple[CredentialObject, ...]


@dataclass(frozen=True, slots=True)
class CredentialStatus:
    """Where a request stands."""

    issuer_pid: str
    holder_pid: str
    status: RequestStatus


@dataclass(frozen=True, slots=True)
class IssuerMetadata:
    """What an issuer issues."""

    issuer: str
    credentials_supported: tuple[CredentialObject, ...]


# --- writing -----------------------------------------------------------------------------------------------------------


def write_request(message: CredentialRequestMessage) -> dict[str, Any]:
    """A CredentialRequestMessage; the proof rides as one text under a full IRI, which every reader may pass over."""
    written = {"holderPid": message.holder_pid, "credentials": [{"id": wanted} for wanted in message.credentials]}
    if message.proof is not None:
        written[MEMBERSHIP_REQUEST] = to_base64url(canonical_bytes(message.proof))
    return _written("CredentialRequestMessage", written)


def write_credentials(message: CredentialMessage) -> dict[str, Any]:
    """A CredentialMessage."""
    written: dict[str, Any] = {
        "issuerPid": message.issuer_pid,
        "holderPid": message.holder_pid,
        "status": message.status.value,
    }
    if message.status is RequestStatus.ISSUED:
        written["credentials"] = [
            {"credentialType": one.credential_type, "format": one.format, "payload": one.payload}
            for one in message.credentials
        ]
    if message.rejection_reason is not None:
        written["rejectionReason"] = message.rejection_reason
    return _written("CredentialMessage", written)


def write_offer(message: CredentialOfferMessage) -> dict[str, Any]:
    """A CredentialOfferMessage."""
    objects = [_object_written(one) for one in message.credentials]
    return _written("CredentialOfferMessage", {"issuer": message.issuer, "credentials": objects})


def write_request_status(status: CredentialStatus) -> dict[str, Any]:
    """A CredentialStatus."""
    members = {"issuerPid": status.issuer_pid, "holderPid": status.holder_pid, "status": status.status.value}
    return _written("CredentialStatus", members)


def write_metadata(metadata: IssuerMetadata) -> dict[str, Any]:
    """An IssuerMetadata document."""
    objects = [_object_written(one) for one in metadata.credentials_supported]
    return _written("IssuerMetadata", {"issuer": metadata.issuer, "credentialsSupported": objects})


def _written(type_: str, members: dict[str, Any]) -> dict[str, Any]:
    return {"@context": [DCP_CONTEXT], "type": type_, **members}


def _object_written(one: CredentialObject) -> dict[str, Any]:
    members = {
        "credentialType": one.credential_type,
        "profile": one.profile,
        "credentialSchema": one.credential_schema,
        "offerReason": one.offer_reason,
        "bindingMethods": list(one.binding_methods) or None,
    }
    found = {name: value for name, value in members.items() if value is not None}
    return {"id": one.id, "type": "CredentialObject", **found}


# --- reading -----------------------------------------------------------------------------------------------------------


def read_request(data: object) -> CredentialRequestMessage:
    """Read a CredentialRequestMessage.

    Raises:
        MessageInvalid: another message, no `holderPid`, no credentials or too many, or a proof that is none.
    """
    message = _message(data, "CredentialRequestMessage")
    wanted = tuple(_text(one, "id") for one in _objects(message, "credentials"))
    if not wanted or len(set(wanted)) != len(wanted):
        raise MessageInvalid("the message's credentials are none, or one is named twice")
    return CredentialRequestMessage(_text(message, "holderPid"), wanted, _proof(message.get(MEMBERSHIP_REQUEST)))


def read_credentials(data: object) -> CredentialMessage:
    """Read a CredentialMessage.

    Raises:
        MessageInvalid: another message, without its pids, with another status, or ISSUED without credentials.
    """
    message = _message(data, "CredentialMessage")
    status = _text(message, "status")
    if status not in (RequestStatus.ISSUED, RequestStatus.REJECTED):
        raise MessageInvalid(f"the message's status is {shown(status)}, not ISSUED or REJECTED")
    containers = tuple(
        CredentialContainer(_text(one, "credentialType"), _text(one, "format"), _text(one, "payload", MAX_CREDENTIAL))
        for one in _objects(message, "credentials", needed=False)
    )
    if status == RequestStatus.ISSUED and not containers:
        raise MessageInvalid("the message's status is ISSUED, and it holds no credentials")
    reason = message.get("rejectionReason")
    return CredentialMessage(
        issuer_pid=_text(message, "issuerPid"),
        holder_pid=_text(message, "holderPid"),
        status=RequestStatus(status),
        credentials=containers,
        rejection_reason=reason[:MAX_TEXT] if isinstance(reason, str) else None,
    )


def read_offer(data: object) -> CredentialOfferMessage:
    """Read a CredentialOfferMessage; its objects may be sparse.

    Raises:
        MessageInvalid: another message, no `issuer`, or no credentials.
    """
    message = _message(data, "CredentialOfferMessage")
    offered = tuple(_read_object(one) for one in _objects(message, "credentials"))
    if not offered:
        raise MessageInvalid("the message offers no credentials")
    return CredentialOfferMessage(_text(message, "issuer"), offered)


def read_request_status(data: object) -> CredentialStatus:
    """Read a CredentialStatus.

    Raises:
        MessageInvalid: another message, without its pids, or with another status.
    """
    message = _message(data, "CredentialStatus")
    status = _text(message, "status")
    if status not in list(RequestStatus):
        raise MessageInvalid(f"the status is {shown(status)}, not one of {', '.join(RequestStatus)}")
    return CredentialStatus(_text(message, "issuerPid"), _text(message, "holderPid"), RequestStatus(status))


def read_metadata(data: object) -> IssuerMetadata:
    """Read an IssuerMetadata document.

    Raises:
        MessageInvalid: something else, or no `issuer`.
    """
    message = _message(data, "IssuerMetadata")
    offered = tuple(_read_object(one) for one in _objects(message, "credentialsSupported", needed=False))
    return IssuerMetadata(_text(message, "issuer"), offered)


def _read_object(data: dict[str, Any]) -> CredentialObject:
    methods = _list(data.get("bindingMethods"))
    profile = data.get("profile", data.get("profiles"))  # some peers write `profiles`
    profile = profile[0] if isinstance(profile, list) and len(profile) == 1 else profile
    return CredentialObject(
        id=_text(data, "id"),
        credential_type=_optional(data.get("credentialType")),
        profile=_optional(profile),
        credential_schema=_optional(data.get("credentialSchema")),
        offer_reason=_optional(data.get("offerReason")),
        binding_methods=tuple(one for one in methods[:MAX_CREDENTIALS] if isinstance(one, str)),
    )


def _proof(value: object) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > MAX_PROOF:
        raise MessageInvalid("the membership request in the message is no base64url text, or too long")
    try:
        found = parse_json(from_base64url(value))
    except (TrustError, CanonicalError) as error:
        raise MessageInvalid(f"the membership request in the message cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise MessageInvalid("the membership request in the message is no JSON object")
    return found


def _message(data: object, type_: str) -> dict[str, Any]:
    message = _plain(data[0] if isinstance(data, list) and len(data) == 1 else data)
    if not isinstance(message, dict):
        raise MessageInvalid(f"a {type_} is a JSON object")
    # The published schema of CredentialMessage says `credentialType` where its text says `type`.
    found = message.get("type", message.get("credentialType"))
    if found not in (type_, [type_]):
        raise MessageInvalid(f"the message is {shown(found)}, not {type_}")
    contexts = _list(message.get("@context"))
    expanded = isinstance(data, list) or "@context" not in message
    if not expanded and DCP_CONTEXT not in contexts:
        raise MessageInvalid(f"the message's @context does not hold {DCP_CONTEXT}")
    if expanded and not _is_expanded(data):
        raise MessageInvalid(f"the message has no @context, and is not in full: it should hold {DCP_CONTEXT}")
    return message


def _is_expanded(data: object) -> bool:
    found = data[0] if isinstance(data, list) else data
    types = _list(found.get("@type")) if isinstance(found, dict) else []
    return any(isinstance(one, str) and one.startswith(DCP) for one in types)


def _plain(value: Any) -> Any:
    """The same without JSON-LD's forms: full names of DCP are short ones, `{"@value": x}` is x, a list of one is x."""
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        return items[0] if len(items) == 1 and isinstance(value[0], dict) and value[0].keys() <= _FORMS else items
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return value["@value"]
    if value.keys() == {"@list"}:
        return _plain(value["@list"])
    if value.keys() == {"@id"}:
        return {"id": value["@id"]}
    return {_name(name): _short(item) if name == "@type" else _plain(item) for name, item in value.items()}


_FORMS: Final = frozenset({"@value", "@type", "@language", "@id"})


def _name(name: str) -> str:
    return {"@id": "id", "@type": "type"}.get(name) or name.removeprefix(DCP)


def _short(types: object) -> object:
    found = [one.removeprefix(DCP) if isinstance(one, str) else one for one in _list(types)]
    return found[0] if len(found) == 1 else found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _objects(message: dict[str, Any], name: str, *, needed: bool = True) -> Sequence[dict[str, Any]]:
    if needed and message.get(name) is None:
        raise MessageInvalid(f"the message has no {name}")
    items = _list(message.get(name))
    if len(items) > MAX_CREDENTIALS or not all(isinstance(item, dict) for item in items):
        raise MessageInvalid(f"the message's {name} is not a list of up to {MAX_CREDENTIALS} JSON objects")
    return items


def _text(message: dict[str, Any], name: str, most: int = MAX_TEXT) -> str:
    value = message.get(name)
    # An identifier in full is an object of its own.
    value = value.get("id") if isinstance(value, dict) else value
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise MessageInvalid(f"the message's {name} is missing, or no text of at most {most:,} characters")
    return value


def _optional(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= MAX_TEXT else None
