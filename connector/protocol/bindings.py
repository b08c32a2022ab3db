"""BINDINGS: which message goes to which path of whom (DSP 2025-1, HTTPS bindings). Read by server, client and tests.

Paths are relative to the protocol root of the receiver (its `<base>` or its `callbackAddress`); a connector that plays
both roles serves the union. `{pid}` is the receiver's own pid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from connector.protocol.machine import Role
from connector.protocol.messages import (
    CatalogRequestMessage,
    ContractAgreementMessage,
    ContractAgreementVerificationMessage,
    ContractNegotiationEventMessage,
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    Message,
    TransferCompletionMessage,
    TransferRequestMessage,
    TransferStartMessage,
    TransferSuspensionMessage,
    TransferTerminationMessage,
)
from connector.protocol.versions import Ability, ProtocolVersion


class Protocol(StrEnum):
    """The three protocols, each with its own error type."""

    CATALOG = "CatalogError"
    NEGOTIATION = "ContractNegotiationError"
    TRANSFER = "TransferError"


@dataclass(frozen=True, slots=True)
class Binding:
    """One message on one path. `receiver` None: either side serves it. `begins`: it may create the process (201).

    Versions without its `ability` do not have it.
    """

    protocol: Protocol
    message: type[Message]
    path: str
    receiver: Role | None
    begins: bool = False
    ability: Ability | None = None


_C, _P = Role.CONSUMER, Role.PROVIDER
BINDINGS: Final[tuple[Binding, ...]] = (
    Binding(Protocol.CATALOG, CatalogRequestMessage, "/catalog/request", _P),
    Binding(Protocol.NEGOTIATION, ContractRequestMessage, "/negotiations/request", _P, begins=True),
    Binding(Protocol.NEGOTIATION, ContractRequestMessage, "/negotiations/{pid}/request", _P),
    Binding(
        Protocol.NEGOTIATION,
        ContractOfferMessage,
        "/negotiations/offers",
        _C,
        begins=True,
        ability=Ability.OFFERING,
    ),
    Binding(Protocol.NEGOTIATION, ContractOfferMessage, "/negotiations/{pid}/offers", _C),
    Binding(Protocol.NEGOTIATION, ContractAgreementMessage, "/negotiations/{pid}/agreement", _C),
    Binding(
        Protocol.NEGOTIATION,
        ContractAgreementVerificationMessage,
        "/negotiations/{pid}/agreement/verification",
        _P,
    ),
    Binding(Protocol.NEGOTIATION, ContractNegotiationEventMessage, "/negotiations/{pid}/events", None),
    Binding(Protocol.NEGOTIATION, ContractNegotiationTerminationMessage, "/negotiations/{pid}/termination", None),
    Binding(Protocol.TRANSFER, TransferRequestMessage, "/transfers/request", _P, begins=True),
    Binding(Protocol.TRANSFER, TransferStartMessage, "/transfers/{pid}/start", None),
    Binding(Protocol.TRANSFER, TransferCompletionMessage, "/transfers/{pid}/completion", None),
    Binding(
        Protocol.TRANSFER,
        TransferSuspensionMessage,
        "/transfers/{pid}/suspension",
        None,
        ability=Ability.SUSPENSION,
    ),
    Binding(Protocol.TRANSFER, TransferTerminationMessage, "/transfers/{pid}/termination", None),
)
"""Every message that is posted."""

DATASET_PATH: Final = "/catalog/datasets/{id}"
NEGOTIATION_PATH: Final = "/negotiations/{pid}"
TRANSFER_PATH: Final = "/transfers/{pid}"
NOTICES_PATH: Final = "/notices"
"""Our extension (decision 5): signed notices after the protocol has ended."""
ANNEXES_PATH: Final = NOTICES_PATH + "/annexes"
"""Beside them: what contracts and notices name by digest alone, since it is personal data."""

_SENT_TO: Final[Mapping[tuple[type[Message], bool], str]] = {
    (b.message, "{pid}" not in b.path): b.path for b in BINDINGS
}


def bindings_of(version: ProtocolVersion) -> tuple[Binding, ...]:
    """The bindings that a version has."""
    return tuple(binding for binding in BINDINGS if version.can(binding.ability))


def path_for(message: Message, their_pid: str | None) -> str:
    """The path on the receiver's side; without `their_pid`, the one that begins a process.

    Raises:
        KeyError: this message cannot begin a process.
    """
    path = _SENT_TO[type(message), their_pid is None]
    return path if their_pid is None else path.replace("{pid}", quote(their_pid, safe=":"))
