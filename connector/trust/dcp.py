"""The messages of DCP's presentation protocol: PresentationQueryMessage and PresentationResponseMessage, and scopes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector.trust.errors import MessageInvalid, NotSupported, PresentationInvalid, shown
from connector.trust.presentation_forms import ENVELOPED_PRESENTATION, presentation_inside
from connector.trust.vc import texts

DCP_CONTEXT: Final = "https://w3id.org/dspace-dcp/v1.0/dcp.jsonld"
TYPE_ALIAS: Final = "org.eclipse.dspace.dcp.vc.type"
EDC_TYPE_ALIAS: Final = "org.eclipse.edc.vc.type"
"""What EDC before 0.17 writes for `TYPE_ALIAS`, unless it is told otherwise; read as the same."""
ID_ALIAS: Final = "org.eclipse.dspace.dcp.vc.id"
MEMBERSHIP_SCOPE: Final = f"{TYPE_ALIAS}:MembershipCredential:read"
CREDENTIAL_SERVICE: Final = "CredentialService"
"""The type of the DID service that answers presentation queries."""
QUERY_PATH: Final = "/presentations/query"

MAX_SCOPES: Final = 64
MAX_SCOPE: Final = 512
MAX_PRESENTATIONS: Final = 16
_ACTIONS: Final = ("read", "write", "all", "*")


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope: which credentials are meant.

    Attributes:
        alias: how they are named: `TYPE_ALIAS`, `ID_ALIAS`, or a word of the other side.
        discriminator: the type, or the id.
        action: `read` unless a third part says otherwise; peers write one, the standard has none.
    """

    alias: str
    discriminator: str
    action: str = "read"


def parse_scope(text: str) -> Scope:
    """Read a scope of two or three parts; an id may hold colons itself.

    Raises:
        MessageInvalid: it has fewer parts.
    """
    alias, colon, rest = text.partition(":")
    if not (alias and colon and rest):
        raise MessageInvalid(f"the scope {shown(text)} is not alias:discriminator or alias:discriminator:action")
    alias = TYPE_ALIAS if alias == EDC_TYPE_ALIAS else alias
    discriminator, colon, action = rest.rpartition(":")
    if colon and discriminator and action in _ACTIONS:
        return Scope(alias, discriminator, action)
    return Scope(alias, rest)


@dataclass(frozen=True, slots=True)
class PresentationQueryMessage:
    """A verifier asks for presentations of the credentials that these scopes mean."""

    scope: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PresentationResponseMessage:
    """The presentations, as JWT."""

    presentation: tuple[str, ...]


def type_scope(credential_type: str) -> str:
    """The scope that asks for credentials of a type."""
    return f"{TYPE_ALIAS}:{credential_type}:read"


def write_query(scopes: Sequence[str]) -> dict[str, Any]:
    """A PresentationQueryMessage."""
    return {"@context": [DCP_CONTEXT], "type": "PresentationQueryMessage", "scope": list(scopes)}


def read_query(data: object) -> PresentationQueryMessage:
    """Read a PresentationQueryMessage.

    Raises:
        NotSupported: it asks by presentationDefinition (501).
        MessageInvalid: another message, both or neither of scope and presentationDefinition, an
            empty definition, or scopes that are none.
    """
    message = _message(data, "PresentationQueryMessage")
    if "scope" in message and "presentationDefinition" in message:
        raise MessageInvalid("a query holds scope or presentationDefinition, not both")
    if "presentationDefinition" in message:
        if not message["presentationDefinition"]:
            raise MessageInvalid("the presentationDefinition is empty")
        raise NotSupported("presentationDefinition is not supported; ask by scope")
    scopes = _texts(message, "scope", MAX_SCOPES)
    if not scopes:
        raise MessageInvalid("a query needs at least one scope")
    for scope in scopes:
        if len(scope) > MAX_SCOPE:
            raise MessageInvalid(f"a scope is longer than {MAX_SCOPE} characters")
    return PresentationQueryMessage(scopes)


def write_response(presentations: Sequence[str]) -> dict[str, Any]:
    """A PresentationResponseMessage."""
    return {"@context": [DCP_CONTEXT], "type": "PresentationResponseMessage", "presentation": list(presentations)}


def read_response(data: object) -> list[str]:
    """Read a PresentationResponseMessage: its presentations that are JWTs, bare or enveloped.

    Other JSON objects are no profile of ours, and are passed over.

    Raises:
        MessageInvalid: another message, or presentations that are neither texts nor objects, or too many.
    """
    message = _message(data, "PresentationResponseMessage")
    value = message.get("presentation")
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_PRESENTATIONS:
        raise MessageInvalid(f"the response holds more than {MAX_PRESENTATIONS} presentations")
    if not all(isinstance(item, str | dict) for item in items):
        raise MessageInvalid("the response's presentation is no list of JWTs")
    found = [_jwt(item) for item in items]
    return [item for item in found if item is not None]


def _jwt(item: object) -> str | None:
    if isinstance(item, dict) and ENVELOPED_PRESENTATION in texts(item.get("type")):
        try:
            return presentation_inside(item)
        except PresentationInvalid as error:
            raise MessageInvalid(f"a presentation in the response is none: {error}") from None
    return item if isinstance(item, str) else None


def _message(data: object, type_: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise MessageInvalid(f"a {type_} is a JSON object")
    found = data.get("type", data.get("@type"))
    if found not in (type_, [type_]):
        raise MessageInvalid(f"the message is {shown(found)}, not {type_}")
    contexts = data.get("@context")
    # Peers add contexts of their own; ours must be among them.
    if DCP_CONTEXT not in (contexts if isinstance(contexts, list) else [contexts]):
        raise MessageInvalid(f"the message's @context does not hold {DCP_CONTEXT}")
    return data


def _texts(message: dict[str, Any], name: str, limit: int) -> tuple[str, ...]:
    if name not in message:
        raise MessageInvalid(f"the message has no {name}")
    value = message[name]
    items = value if isinstance(value, list) else [value]
    if len(items) > limit or not all(isinstance(item, str) and item for item in items):
        raise MessageInvalid(f"the message's {name} is not a list of up to {limit} texts")
    return tuple(items)
