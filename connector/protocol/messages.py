"""Every message of the Dataspace Protocol 2025-1, frozen, with the specification's names.

Attributes are the JSON names in snake case. `FIELDS` says per message how its properties are written; `wire.codec`
reads and writes from it, so that a message is described once. Policies stay JSON objects here: `policies` reads them.
Unknown properties are kept in `extra`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final

from connector.canonical import JsonObject, JsonValue
from connector.ids import new_iri


class Kind(StrEnum):
    """How a property is written in JSON."""

    TEXT = "a text"
    IRI = "an IRI"
    OBJECT = "an object"
    LIST = "a list"


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a message: its JSON name, our attribute, how it is written, whether it must be there."""

    name: str
    attribute: str
    kind: Kind
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What all messages share: `@id` (ours are always fresh) and the properties that we do not know."""

    TYPE: ClassVar[str] = ""
    FIELDS: ClassVar[tuple[Field, ...]] = ()

    id: str | None = field(default_factory=new_iri)
    extra: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def event(self) -> str:
        """The name under which the state tables know this message."""
        return self.TYPE


_CONSUMER_PID: Final = Field("consumerPid", "consumer_pid", Kind.IRI)
_PROVIDER_PID: Final = Field("providerPid", "provider_pid", Kind.IRI)
_REASON: Final = (
    Field("code", "code", Kind.TEXT, required=False),
    Field("reason", "reason", Kind.LIST, required=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogRequestMessage(Message):
    TYPE: ClassVar[str] = "CatalogRequestMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (Field("filter", "filter", Kind.LIST, required=False),)

    filter: list[JsonValue] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRequestMessage(Message):
    TYPE: ClassVar[str] = "ContractRequestMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        _CONSUMER_PID,
        Field("providerPid", "provider_pid", Kind.IRI, required=False),
        Field("offer", "offer", Kind.OBJECT),
        Field("callbackAddress", "callback_address", Kind.TEXT, required=False),
    )

    consumer_pid: str
    offer: JsonObject
    provider_pid: str | None = None
    callback_address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractOfferMessage(Message):
    TYPE: ClassVar[str] = "ContractOfferMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        _PROVIDER_PID,
        Field("consumerPid", "consumer_pid", Kind.IRI, required=False),
        Field("offer", "offer", Kind.OBJECT),
        Field("callbackAddress", "callback_address", Kind.TEXT, required=False),
    )

    provider_pid: str
    offer: JsonObject
    consumer_pid: str | None = None
    callback_address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractAgreementMessage(Message):
    TYPE: ClassVar[str] = "ContractAgreementMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (_PROVIDER_PID, _CONSUMER_PID, Field("agreement", "agreement", Kind.OBJECT))

    provider_pid: str
    consumer_pid: str
    agreement: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractAgreementVerificationMessage(Message):
    TYPE: ClassVar[str] = "ContractAgreementVerificationMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (_PROVIDER_PID, _CONSUMER_PID)

    provider_pid: str
    consumer_pid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractNegotiationEventMessage(Message):
    TYPE: ClassVar[str] = "ContractNegotiationEventMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (_PROVIDER_PID, _CONSUMER_PID, Field("eventType", "event_type", Kind.TEXT))

    provider_pid: str
    consumer_pid: str
    event_type: str

    @property
    def event(self) -> str:
        """`ContractNegotiationEventMessage:accepted` or `…:finalized`."""
        return f"{self.TYPE}:{self.event_type.lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractNegotiationTerminationMessage(Message):
    TYPE: ClassVar[str] = "ContractNegotiationTerminationMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (_PROVIDER_PID, _CONSUMER_PID, *_REASON)

    provider_pid: str
    consumer_pid: str
    code: str | None = None
    reason: list[JsonValue] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequestMessage(Message):
    TYPE: ClassVar[str] = "TransferRequestMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        _CONSUMER_PID,
        Field("agreementId", "agreement_id", Kind.IRI),
        Field("format", "format", Kind.TEXT),
        Field("dataAddress", "data_address", Kind.OBJECT, required=False),
        Field("callbackAddress", "callback_address", Kind.TEXT),
    )

    consumer_pid: str
    agreement_id: str
    format: str
    callback_address: str
    data_address: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferStartMessage(Message):
    TYPE: ClassVar[str] = "TransferStartMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        _PROVIDER_PID,
        _CONSUMER_PID,
        Field("dataAddress", "data_address", Kind.OBJECT, required=False),
    )

    provider_pid: str
    consumer_pid: str
    data_address: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSuspensionMessage(Message):
    TYPE: ClassVar[str] = "TransferSuspensionMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (_PROVIDER_PID, _CONSUMER_PID, *_REASON)

    provider_pid: str
    consumer_pid: str
    code: str | None = None
    reason: list[JsonValue] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCompletionMessage(Message):
    TYPE: ClassVar[str] = "TransferCompletionMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (_PROVIDER_PID, _CONSUMER_PID)

    provider_pid: str
    consumer_pid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTerminationMessage(Message):
    TYPE: ClassVar[str] = "TransferTerminationMessage"
    FIELDS: ClassVar[tuple[Field, ...]] = (_PROVIDER_PID, _CONSUMER_PID, *_REASON)

    provider_pid: str
    consumer_pid: str
    code: str | None = None
    reason: list[JsonValue] | None = None


MESSAGES: Final[Mapping[str, type[Message]]] = {
    kind.TYPE: kind
    for kind in (
        CatalogRequestMessage,
        ContractRequestMessage,
        ContractOfferMessage,
        ContractAgreementMessage,
        ContractAgreementVerificationMessage,
        ContractNegotiationEventMessage,
        ContractNegotiationTerminationMessage,
        TransferRequestMessage,
        TransferStartMessage,
        TransferSuspensionMessage,
        TransferCompletionMessage,
        TransferTerminationMessage,
    )
}
"""Every message that has an HTTP body, by its `@type`."""

NegotiationMessage = (
    ContractRequestMessage
    | ContractOfferMessage
    | ContractAgreementMessage
    | ContractAgreementVerificationMessage
    | ContractNegotiationEventMessage
    | ContractNegotiationTerminationMessage
)
TransferMessage = (
    TransferRequestMessage
    | TransferStartMessage
    | TransferSuspensionMessage
    | TransferCompletionMessage
    | TransferTerminationMessage
)
