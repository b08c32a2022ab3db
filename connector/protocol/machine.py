"""State machines as tables, blind to which side we are.

A table maps a state to what may be sent in it: (sender, event) to the next state. `None` is the state before the first
message. An event is the message type; for ContractNegotiationEventMessage its `eventType` follows after a colon.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias, TypeVar

from connector.protocol.errors import IllegalTransition


class Role(StrEnum):
    """Who sent a message, or which side of a process we are; never client or server."""

    CONSUMER = "consumer"
    PROVIDER = "provider"

    @property
    def other(self) -> "Role":
        """The opposite side."""
        return Role.PROVIDER if self is Role.CONSUMER else Role.CONSUMER


Event: TypeAlias = str
State = TypeVar("State", bound=StrEnum)
Table: TypeAlias = Mapping[State | None, Mapping[tuple[Role, Event], State]]


def merged(standard: Table[State], widened: Table[State]) -> Table[State]:
    """The table that is used for receiving: the standard's transitions and the named ones that we accept beyond."""
    return {state: {**standard[state], **widened.get(state, {})} for state in standard}


def advance(table: Table[State], state: State | None, sender: Role, event: Event) -> State:
    """The state that `event` from `sender` leads to.

    Raises:
        IllegalTransition: the table has no such transition.
    """
    try:
        return table[state][sender, event]
    except KeyError:
        where = f"in state {state}" if state else "as the first message"
        raise IllegalTransition(f"the {sender} may not send {event} {where}") from None


def take(
    table: Table[State], state: State | None, pending: tuple[Event, ...], receiver: Role, event: Event, *, crosses: bool
) -> tuple[State, tuple[Event, ...]]:
    """What a message of the other side does: the state reached, and what of ours is still pending.

    Ours leave one at a time, so only the oldest pending one can have reached the other side. Whoever could have had it
    is taken to have had it: its acknowledgement and the message apply together, or neither does. (Applying the message
    to the state before ours would let the two sides go through the same messages in different orders, and end apart.)

    Args:
        table: the transitions that are accepted.
        state: the state by acknowledged messages.
        pending: our own messages that are not acknowledged, the oldest first.
        receiver: which side we are.
        event: what the other side sent.
        crosses: whether it takes effect although it was sent before ours arrived (decision 5, 3).

    Raises:
        IllegalTransition: not now, or not from that side.
    """
    before = state if not pending else advance(table, state, receiver, pending[0])
    try:
        reached = advance(table, before, receiver.other, event)
    except IllegalTransition:
        if not (crosses and pending):
            raise
        return advance(table, state, receiver.other, event), ()
    return reached, _still_possible(table, reached, receiver, pending[1:])


def _still_possible(table: Table[State], state: State, role: Role, pending: tuple[Event, ...]) -> tuple[Event, ...]:
    """What was to be sent from another state than this one, and cannot be from here, is not sent."""
    at: State | None = state
    for number, event in enumerate(pending):
        try:
            at = advance(table, at, role, event)
        except IllegalTransition:
            return pending[:number]
    return pending
