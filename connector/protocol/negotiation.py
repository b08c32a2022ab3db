"""The contract negotiation: its states, its table, and what a message does to it (DSP 2025-1, contract negotiation).

`NEGOTIATION` is the standard's own diagram; `WIDENED` beside it holds what we accept beyond. We send only what the
diagram allows. A message that we send takes effect when it is acknowledged; until then it stands in `pending`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from connector.canonical import JsonObject
from connector.protocol.errors import IllegalTransition, WrongProcess
from connector.protocol.machine import Event, Role, Table, advance, merged, take
from connector.protocol.messages import (
    ContractAgreementMessage,
    ContractAgreementVerificationMessage,
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    NegotiationMessage,
)
from connector.protocol.versions import PREFERRED


class NegotiationState(StrEnum):
    """The states of the standard, and no others."""

    REQUESTED = "REQUESTED"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    AGREED = "AGREED"
    VERIFIED = "VERIFIED"
    FINALIZED = "FINALIZED"
    TERMINATED = "TERMINATED"


S = NegotiationState
C, P = Role.CONSUMER, Role.PROVIDER
REQUEST: Final[Event] = ContractRequestMessage.TYPE
OFFER: Final[Event] = ContractOfferMessage.TYPE
AGREEMENT: Final[Event] = ContractAgreementMessage.TYPE
VERIFICATION: Final[Event] = ContractAgreementVerificationMessage.TYPE
ACCEPTED: Final[Event] = "ContractNegotiationEventMessage:accepted"
FINALIZED: Final[Event] = "ContractNegotiationEventMessage:finalized"
TERMINATION: Final[Event] = ContractNegotiationTerminationMessage.TYPE
TERMINAL: Final = frozenset({S.FINALIZED, S.TERMINATED})

NEGOTIATION: Final[Table[NegotiationState]] = {
    None: {(C, REQUEST): S.REQUESTED, (P, OFFER): S.OFFERED},
    S.REQUESTED: {
        (P, OFFER): S.OFFERED,
        (P, AGREEMENT): S.AGREED,
        (C, TERMINATION): S.TERMINATED,
        (P, TERMINATION): S.TERMINATED,
    },
    S.OFFERED: {
        (C, REQUEST): S.REQUESTED,
        (C, ACCEPTED): S.ACCEPTED,
        (C, TERMINATION): S.TERMINATED,
        (P, TERMINATION): S.TERMINATED,
    },
    S.ACCEPTED: {(P, AGREEMENT): S.AGREED, (P, TERMINATION): S.TERMINATED},
    S.AGREED: {(C, VERIFICATION): S.VERIFIED, (C, TERMINATION): S.TERMINATED},
    S.VERIFIED: {(P, FINALIZED): S.FINALIZED, (P, TERMINATION): S.TERMINATED},
    S.FINALIZED: {},
    S.TERMINATED: {},
}
"""The transitions of the standard's diagram."""

WIDENED: Final[Table[NegotiationState]] = {
    # The prose lets a termination come "at any state"; the diagram names one side in these three.
    S.ACCEPTED: {(C, TERMINATION): S.TERMINATED},
    S.AGREED: {(P, TERMINATION): S.TERMINATED},
    S.VERIFIED: {(C, TERMINATION): S.TERMINATED},
}
"""What we accept beyond the diagram."""

ACCEPTING: Final = merged(NEGOTIATION, WIDENED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractNegotiation:
    """One negotiation as one side sees it.

    Attributes:
        id: our own pid.
        role: which side we are.
        counterparty: the participant on the other side; every later message must come from it.
        their_pid: the first pid of theirs that we saw; the process is bound to it.
        callback_address: the protocol root of the other side, without a slash at the end.
        state: where the negotiation is, by acknowledged messages only.
        pending: events that we sent and that are not yet acknowledged, in order.
        offer: the last offer on the table, and `offered_by` whose it is.
        agreement: the agreement, from AGREED (pending or not) on.
        offer_before: what was on the table before an offer of ours that is not acknowledged yet: `offer` and `by`.
        described: the data set's description, without policies and distributions, as it was when the offer was read.
        version: the name of the protocol version in which it began; all its messages are of this one.
    """

    id: str
    role: Role
    counterparty: str
    their_pid: str | None
    callback_address: str
    state: NegotiationState | None
    dataset: str
    offer: JsonObject
    offered_by: Role
    created_at: str
    updated_at: str
    pending: tuple[Event, ...] = ()
    agreement: JsonObject | None = None
    offer_before: JsonObject | None = None
    described: JsonObject | None = None
    problem: JsonObject | None = None
    version: str = PREFERRED.version

    @property
    def consumer_pid(self) -> str | None:
        """The consumer's pid."""
        return self.id if self.role is Role.CONSUMER else self.their_pid

    @property
    def provider_pid(self) -> str | None:
        """The provider's pid."""
        return self.id if self.role is Role.PROVIDER else self.their_pid

    @property
    def settled(self) -> NegotiationState | None:
        """The state when all that is pending will have been acknowledged."""
        state = self.state
        for event in self.pending:
            state = advance(ACCEPTING, state, self.role, event)
        return state

    @property
    def shown(self) -> NegotiationState:
        """The state for whoever asks: before our first message is acknowledged the one that it leads to."""
        return self.state or self.settled or NegotiationState.REQUESTED


def receive(negotiation: ContractNegotiation, message: NegotiationMessage) -> ContractNegotiation:
    """Apply an authenticated message of the other side.

    While something of ours is pending, their message implies its acknowledgement: both apply together, or neither does.
    A termination takes effect in every state that is not terminal, unless we have bound ourselves by sending FINALIZED.

    Raises:
        WrongProcess: its pids are not those of this negotiation.
        IllegalTransition: not now, or not from this side; nothing has changed.
    """
    sender = negotiation.role.other
    _check_pids(negotiation, message)
    if isinstance(message, ContractNegotiationTerminationMessage) and FINALIZED in negotiation.pending:
        raise IllegalTransition(
            "the contract is concluded: the receipt has been signed and logged; it can be withdrawn, not terminated"
        )
    if message.event == ACCEPTED and negotiation.offered_by is Role.CONSUMER:
        raise IllegalTransition("the offer on the table is the consumer's own; only the provider can agree to it")
    crosses = isinstance(message, ContractNegotiationTerminationMessage)
    state, pending = take(
        ACCEPTING, negotiation.state, negotiation.pending, negotiation.role, message.event, crosses=crosses
    )
    changed = replace(negotiation, state=state, pending=pending, their_pid=_their_pid(negotiation, message))
    return _with_content(changed, sender, message)


def send(
    negotiation: ContractNegotiation, message: NegotiationMessage, *, widened: bool = False
) -> ContractNegotiation:
    """Note that we are about to send `message`: it is pending until it is acknowledged.

    Args:
        negotiation: the negotiation as it is.
        message: what we are about to send.
        widened: send what we would accept beyond the diagram: a signed termination after a deadline of the contract
            has passed, where the diagram would leave both sides waiting for ever (docs/decisions, 7).

    Raises:
        IllegalTransition: our side may not send it after what is pending.
    """
    advance(ACCEPTING if widened else NEGOTIATION, negotiation.settled, negotiation.role, message.event)
    changed = replace(negotiation, pending=(*negotiation.pending, message.event))
    if message.event in (REQUEST, OFFER):
        before = {"offer": negotiation.offer, "by": negotiation.offered_by.value}
        changed = replace(changed, offer_before=before)
    return _with_content(changed, negotiation.role, message)


def acknowledged(negotiation: ContractNegotiation, event: Event, their_pid: str | None = None) -> ContractNegotiation:
    """Apply the acknowledgement of our oldest pending message; a late one (already implied) changes nothing."""
    if negotiation.their_pid is None and their_pid is not None:
        negotiation = replace(negotiation, their_pid=their_pid)
    if not negotiation.pending or negotiation.pending[0] != event:
        return negotiation
    reached = advance(ACCEPTING, negotiation.state, negotiation.role, event)
    return replace(negotiation, state=reached, pending=() if reached in TERMINAL else negotiation.pending[1:])


def refused(negotiation: ContractNegotiation, event: Event) -> ContractNegotiation:
    """Our oldest pending message was refused for good: it never happened, and what was to follow it neither."""
    if not negotiation.pending or negotiation.pending[0] != event:
        return negotiation
    before = negotiation.offer_before
    if event in (REQUEST, OFFER) and before is not None:
        # What was on the table before our offer is on the table again.
        negotiation = replace(negotiation, offer=before["offer"], offered_by=Role(before["by"]), offer_before=None)
    return replace(negotiation, pending=())


class Duty(StrEnum):
    """What we owe in a state, once nothing of ours is pending. Level-triggered: a restart asks it again."""

    DECIDE = "answer the request"
    AGREE = "send the agreement"
    VERIFY = "verify the agreement"
    FINALIZE = "finalize"


_DUTIES: Final[Mapping[tuple[Role, NegotiationState], Duty]] = {
    (P, S.REQUESTED): Duty.DECIDE,
    (C, S.OFFERED): Duty.DECIDE,
    (P, S.ACCEPTED): Duty.AGREE,
    (C, S.AGREED): Duty.VERIFY,
    (P, S.VERIFIED): Duty.FINALIZE,
}


def owed(negotiation: ContractNegotiation) -> Duty | None:
    """What we have to do next, if it is our turn."""
    if negotiation.pending or negotiation.state is None:
        return None
    return _DUTIES.get((negotiation.role, negotiation.state))


def _check_pids(negotiation: ContractNegotiation, message: NegotiationMessage) -> None:
    ours, theirs = negotiation.role, negotiation.role.other
    pids = {Role.CONSUMER: message.consumer_pid, Role.PROVIDER: message.provider_pid}
    if pids[ours] is not None and pids[ours] != negotiation.id:
        raise WrongProcess(f"{ours}Pid is not the process that this was sent to")
    if negotiation.their_pid is not None and pids[theirs] is not None and pids[theirs] != negotiation.their_pid:
        raise WrongProcess(f"{theirs}Pid is not the one this process began with")


def _their_pid(negotiation: ContractNegotiation, message: NegotiationMessage) -> str | None:
    seen = message.provider_pid if negotiation.role is Role.CONSUMER else message.consumer_pid
    return negotiation.their_pid or seen


def _with_content(negotiation: ContractNegotiation, sender: Role, message: NegotiationMessage) -> ContractNegotiation:
    if isinstance(message, ContractRequestMessage | ContractOfferMessage):
        return replace(negotiation, offer=message.offer, offered_by=sender)
    if isinstance(message, ContractAgreementMessage):
        return replace(negotiation, agreement=message.agreement)
    return negotiation
