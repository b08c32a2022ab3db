"""The transfer process: its states, its table, and what a message does to it (DSP 2025-1, transfer process)."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from connector.canonical import JsonObject
from connector.protocol.errors import IllegalTransition, WrongProcess
from connector.protocol.formats import Way, way_of
from connector.protocol.machine import Event, Role, Table, advance, merged, take
from connector.protocol.messages import (
    TransferCompletionMessage,
    TransferMessage,
    TransferRequestMessage,
    TransferStartMessage,
    TransferSuspensionMessage,
    TransferTerminationMessage,
)
from connector.protocol.versions import PREFERRED


class TransferState(StrEnum):
    """The states of the standard, and no others."""

    REQUESTED = "REQUESTED"
    STARTED = "STARTED"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


S = TransferState
C, P = Role.CONSUMER, Role.PROVIDER
REQUEST: Final[Event] = TransferRequestMessage.TYPE
START: Final[Event] = TransferStartMessage.TYPE
SUSPENSION: Final[Event] = TransferSuspensionMessage.TYPE
COMPLETION: Final[Event] = TransferCompletionMessage.TYPE
TERMINATION: Final[Event] = TransferTerminationMessage.TYPE
TERMINAL: Final = frozenset({S.COMPLETED, S.TERMINATED})

TRANSFER: Final[Table[TransferState]] = {
    None: {(C, REQUEST): S.REQUESTED},
    S.REQUESTED: {(P, START): S.STARTED, (C, TERMINATION): S.TERMINATED, (P, TERMINATION): S.TERMINATED},
    S.STARTED: {
        (C, COMPLETION): S.COMPLETED,
        (P, COMPLETION): S.COMPLETED,
        (C, SUSPENSION): S.SUSPENDED,
        (P, SUSPENSION): S.SUSPENDED,
        (C, TERMINATION): S.TERMINATED,
        (P, TERMINATION): S.TERMINATED,
    },
    S.SUSPENDED: {
        (C, START): S.STARTED,
        (P, START): S.STARTED,
        (C, TERMINATION): S.TERMINATED,
        (P, TERMINATION): S.TERMINATED,
    },
    S.COMPLETED: {},
    S.TERMINATED: {},
}
"""The transitions of the standard's diagram."""

WIDENED: Final[Table[TransferState]] = {}
"""What we accept beyond the diagram: nothing."""

ACCEPTING: Final = merged(TRANSFER, WIDENED)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferProcess:
    """One transfer as one side sees it; attributes as in `ContractNegotiation`.

    Attributes:
        agreement: the `@id` of the agreement that it stands on.
        suspended_by: who suspended it last; only that side may resume it.
        data_address: where the data can be had (pull), as the provider said; where it is to be sent (push), as the
            consumer said.
    """

    id: str
    role: Role
    counterparty: str
    their_pid: str | None
    callback_address: str
    state: TransferState | None
    agreement: str
    format: str
    created_at: str
    updated_at: str
    pending: tuple[Event, ...] = ()
    suspended_by: Role | None = None
    data_address: JsonObject | None = None
    problem: JsonObject | None = None
    version: str = PREFERRED.version

    @property
    def is_push(self) -> bool:
        """Whether the provider sends the data, instead of the consumer fetching it."""
        return way_of(self.format) is Way.PUSH

    @property
    def consumer_pid(self) -> str | None:
        """The consumer's pid."""
        return self.id if self.role is Role.CONSUMER else self.their_pid

    @property
    def provider_pid(self) -> str | None:
        """The provider's pid."""
        return self.id if self.role is Role.PROVIDER else self.their_pid

    @property
    def settled(self) -> TransferState | None:
        """The state when all that is pending will have been acknowledged."""
        state = self.state
        for event in self.pending:
            state = advance(ACCEPTING, state, self.role, event)
        return state


def receive(transfer: TransferProcess, message: TransferMessage) -> TransferProcess:
    """Apply an authenticated message of the other side.

    While something of ours is pending, their message implies its acknowledgement, as in `negotiation.receive`. A
    termination takes effect in every state that is not terminal; two completions that cross both take effect.

    Raises:
        WrongProcess: its pids are not those of this transfer.
        IllegalTransition: not now, or not from this side; nothing has changed.
    """
    sender = transfer.role.other
    _check_pids(transfer, message)
    _check_resume(transfer, sender, message)
    crosses = message.event == TERMINATION or (message.event, *transfer.pending[:1]) == (COMPLETION, COMPLETION)
    state, pending = take(ACCEPTING, transfer.state, transfer.pending, transfer.role, message.event, crosses=crosses)
    return _with_content(replace(transfer, state=state, pending=pending), sender, message)


def send(transfer: TransferProcess, message: TransferMessage) -> TransferProcess:
    """Note that we are about to send `message`.

    Raises:
        IllegalTransition: the diagram does not let our side send it after what is pending.
    """
    _check_resume(transfer, transfer.role, message)
    advance(TRANSFER, transfer.settled, transfer.role, message.event)
    changed = replace(transfer, pending=(*transfer.pending, message.event))
    return _with_content(changed, transfer.role, message)


def acknowledged(transfer: TransferProcess, event: Event, their_pid: str | None = None) -> TransferProcess:
    """Apply the acknowledgement of our oldest pending message; a late one changes nothing."""
    if transfer.their_pid is None and their_pid is not None:
        transfer = replace(transfer, their_pid=their_pid)
    if not transfer.pending or transfer.pending[0] != event:
        return transfer
    reached = advance(ACCEPTING, transfer.state, transfer.role, event)
    return replace(transfer, state=reached, pending=() if reached in TERMINAL else transfer.pending[1:])


def refused(transfer: TransferProcess, event: Event) -> TransferProcess:
    """Our oldest pending message was refused for good: it never happened."""
    if not transfer.pending or transfer.pending[0] != event:
        return transfer
    # Whose suspension it is was noted when the message was sent: undo that too.
    suspended_by = transfer.role if event == START and transfer.state is S.SUSPENDED else transfer.suspended_by
    return replace(transfer, pending=(), suspended_by=None if event == SUSPENSION else suspended_by)


def owed(transfer: TransferProcess) -> bool:
    """Whether the consumer waits for us: to start it, or to end it. Level-triggered: a restart asks it again."""
    return transfer.role is P and transfer.state is S.REQUESTED and not transfer.pending


def _check_resume(transfer: TransferProcess, sender: Role, message: TransferMessage) -> None:
    if not isinstance(message, TransferStartMessage) or transfer.suspended_by in (None, sender):
        return
    # A suspension of ours counts although it is not acknowledged: a start now answers it.
    if transfer.state is S.SUSPENDED or transfer.pending[:1] == (SUSPENSION,):
        raise IllegalTransition(f"the {transfer.suspended_by} suspended this transfer; only that side may resume it")


def _check_pids(transfer: TransferProcess, message: TransferMessage) -> None:
    provider_pid = None if isinstance(message, TransferRequestMessage) else message.provider_pid
    pids = {Role.CONSUMER: message.consumer_pid, Role.PROVIDER: provider_pid}
    ours, theirs = transfer.role, transfer.role.other
    if pids[ours] is not None and pids[ours] != transfer.id:
        raise WrongProcess(f"{ours}Pid is not the process that this was sent to")
    if transfer.their_pid is not None and pids[theirs] is not None and pids[theirs] != transfer.their_pid:
        raise WrongProcess(f"{theirs}Pid is not the one this process began with")


def _with_content(transfer: TransferProcess, sender: Role, message: TransferMessage) -> TransferProcess:
    if isinstance(message, TransferStartMessage):
        their_pid = transfer.their_pid or (message.provider_pid if transfer.role is C else message.consumer_pid)
        # Where the data is had is the provider's word: a consumer that resumes cannot change it, nor the token's binding.
        # Where it is sent is the consumer's, and was said with the request.
        named = message.data_address if sender is P and not transfer.is_push else None
        address = named if named is not None else transfer.data_address
        return replace(transfer, their_pid=their_pid, data_address=address, suspended_by=None)
    if isinstance(message, TransferRequestMessage):
        return replace(transfer, data_address=message.data_address)
    if isinstance(message, TransferSuspensionMessage):
        return replace(transfer, suspended_by=sender)
    return transfer
