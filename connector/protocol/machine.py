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
