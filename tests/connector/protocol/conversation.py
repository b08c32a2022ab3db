"""Two sides of one process and the wire between them, as values: every step gives a new conversation.

The wire does what HTTP does: it delivers in order within a process, one request at a time, loses answers so that the
same bytes are sent again, and lets both directions overlap as they like. Each side behaves as the services do: what it
sends stands in its outbox until it is answered; a message that came before gets the answer of that time; a row whose
message is no longer pending is taken out of the outbox, but a request that is already on its way still arrives.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from connector.protocol import negotiation, transfer
from connector.protocol.errors import IllegalTransition, ProtocolError
from connector.protocol.machine import Event, Role
from connector.protocol.messages import (
    MESSAGES,
    ContractNegotiationEventMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    Message,
    TransferRequestMessage,
)
from connector.protocol.negotiation import ContractNegotiation
from connector.protocol.transfer import TransferProcess

Process: TypeAlias = Any
"""A ContractNegotiation or a TransferProcess."""
PIDS: Final = {Role.CONSUMER: "urn:uuid:consumer", Role.PROVIDER: "urn:uuid:provider"}
OFFER: Final = {"@id": "urn:uuid:offer", "@type": "Offer", "target": "urn:uuid:data", "permission": [{"action": "use"}]}
WHEN: Final = "2026-11-23T09:00:00.000Z"


@dataclass(frozen=True)
class Protocol:
    """One of the two protocols with state machines.

    Attributes:
        table: the standard's diagram, by which we send; `accepting` is what we take.
        binding: events that carry a signature: a refusal of these is held, it does not undo them.
        begins: who may send what as the first message.
    """

    receive: Callable[[Process, Any], Process]
    send: Callable[[Process, Any], Process]
    acknowledged: Callable[[Process, Event, str | None], Process]
    refused: Callable[[Process, Event], Process]
    table: Any
    accepting: Any
    begins: dict[Role, Event]
    new: Callable[[Role], Process]
    binding: frozenset[Event] = frozenset()

    def widened(self, role: Role) -> set[tuple[Any, Event]]:
        """What this side may send to us beyond the diagram: in which state, which event."""
        return {
            (state, event)
            for state, row in self.accepting.items()
            for sender, event in row
            if sender is role and (sender, event) not in self.table[state]
        }


def new_negotiation(role: Role, **replaced: Any) -> ContractNegotiation:
    """A negotiation before its first message."""
    values: dict[str, Any] = {
        "id": PIDS[role],
        "role": role,
        "counterparty": "did:web:other.example",
        "their_pid": None,
        "callback_address": "https://other.example/dsp",
        "state": None,
        "dataset": "urn:uuid:data",
        "offer": OFFER,
        "offered_by": Role.PROVIDER,
        "created_at": WHEN,
        "updated_at": WHEN,
    }
    return ContractNegotiation(**{**values, **replaced})


def new_transfer(role: Role, **replaced: Any) -> TransferProcess:
    """A transfer before its first message."""
    values: dict[str, Any] = {
        "id": PIDS[role],
        "role": role,
        "counterparty": "did:web:other.example",
        "their_pid": PIDS[Role.CONSUMER] if role is Role.PROVIDER else None,
        "callback_address": "https://other.example/dsp",
        "state": None,
        "agreement": "urn:uuid:agreement",
        "format": "HttpData-PULL",
        "created_at": WHEN,
        "updated_at": WHEN,
    }
    return TransferProcess(**{**values, **replaced})


NEGOTIATION: Final = Protocol(
    negotiation.receive,
    negotiation.send,
    negotiation.acknowledged,
    negotiation.refused,
    negotiation.NEGOTIATION,
    negotiation.ACCEPTING,
    {Role.CONSUMER: negotiation.REQUEST, Role.PROVIDER: negotiation.OFFER},
    new_negotiation,
    frozenset({negotiation.AGREEMENT, negotiation.VERIFICATION, negotiation.FINALIZED}),
)
TRANSFER: Final = Protocol(
    transfer.receive,
    transfer.send,
    transfer.acknowledged,
    transfer.refused,
    transfer.TRANSFER,
    transfer.ACCEPTING,
    {Role.CONSUMER: transfer.REQUEST},
    new_transfer,
)


def message_for(event: Event, sender: Role, *, their_pid: str | None = PIDS[Role.PROVIDER], **more: Any) -> Any:
    """A message of this event, with the pids that its sender knows."""
    name, _, what = event.partition(":")
    kind = MESSAGES[name]
    pids = {PIDS_ATTRIBUTE[sender]: PIDS[sender], PIDS_ATTRIBUTE[sender.other]: their_pid}
    values: dict[str, Any] = {name: pid for name, pid in pids.items() if pid is not None}
    if kind is ContractNegotiationEventMessage:
        values["event_type"] = what.upper()
    if kind in (ContractRequestMessage, ContractOfferMessage):
        values["offer"] = OFFER
    if name == "ContractAgreementMessage":
        values["agreement"] = {"@id": "urn:uuid:agreement", "@type": "Agreement"}
    if kind is TransferRequestMessage:
        values.pop("provider_pid", None)
        values |= {
            "agreement_id": "urn:uuid:agreement",
            "format": "HttpData-PULL",
            "callback_address": "https://consumer.example/dsp",
        }
    return kind(**values, **more)


PIDS_ATTRIBUTE: Final = {Role.CONSUMER: "consumer_pid", Role.PROVIDER: "provider_pid"}


@dataclass(frozen=True, slots=True)
class Row:
    """A message that is due, with its number among those of its side."""

    number: int
    message: Message

    @property
    def event(self) -> Event:
        return self.message.event


@dataclass(frozen=True, slots=True)
class Side:
    """One side.

    Attributes:
        on_its_way: the request that is on the wire.
        answer: what the request on the wire was answered, while that travels back.
        given: the answers that this side gave, by the other's row number.
        held: a refusal of a message that stands nevertheless, for it is signed.
    """

    process: Process
    outbox: tuple[Row, ...] = ()
    on_its_way: Row | None = None
    answer: int | None = None
    given: tuple[tuple[int, int], ...] = ()
    sent: int = 0
    lost: int = 0
    held: bool = False

    def key(self) -> tuple[Any, ...]:
        process = self.process
        return (
            process.state,
            process.pending,
            process.their_pid,
            getattr(process, "suspended_by", None),
            getattr(process, "offered_by", None),
            tuple((row.number, row.event) for row in self.outbox),
            self.on_its_way and self.on_its_way.number,
            self.answer,
            self.given,
            self.sent,
            self.lost,
            self.held,
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """Both sides, and the steps that are possible now.

    Attributes:
        first: who begins.
        most_sent: how many messages each side sends.
        most_lost: how many answers to each side are lost.
        foreign: a side that is another program: it sends all that we accept, not only what the diagram shows.
        told: what has happened, for a person.
    """

    protocol: Protocol
    sides: dict[Role, Side]
    first: Role
    most_sent: int = 3
    most_lost: int = 1
    foreign: Role | None = None
    told: tuple[str, ...] = field(default=(), compare=False)

    def key(self) -> tuple[Any, ...]:
        """What makes two conversations the same, however they came about."""
        return tuple(side.key() for side in self.sides.values())

    @property
    def over(self) -> bool:
        """Whether nothing is due and nothing on the wire."""
        return all(not side.outbox and side.on_its_way is None for side in self.sides.values())

    @property
    def refusal_held(self) -> bool:
        """Whether nothing moves any more because a side holds the other's refusal of something that it has signed."""
        sides = self.sides.values()
        resting = all(side.on_its_way is None and (side.held or not side.outbox) for side in sides)
        return resting and any(side.held for side in sides)

    def steps(self) -> "Iterator[Conversation]":
        """All that can happen next."""
        for role, side in self.sides.items():
            for event in self.sendable(role):
                yield self.say(role, event)
            if side.on_its_way is None:
                if side.outbox and not side.held:
                    yield self.put_on_wire(role)
            elif side.answer is None:
                yield self.deliver(role)
            else:
                yield self.bring_answer(role)
                if side.lost < self.most_lost:
                    yield self.lose_answer(role)

    def sendable(self, role: Role) -> list[Event]:
        """What this side may send by the standard's diagram, given what it knows."""
        side = self.sides[role]
        process = side.process
        if side.sent >= self.most_sent:
            return []
        if process.settled is None:
            event = self.protocol.begins.get(role)
            return [event] if event is not None and role is self.first and not side.sent else []
        if process.their_pid is None:  # it has no address to send to yet
            return []
        table = self.protocol.accepting if role is self.foreign else self.protocol.table
        mine = [event for sender, event in table[process.settled] if sender is role]
        return [event for event in mine if self._sent(role, self._message(role, event)) is not None]

    def say(self, role: Role, event: Event) -> "Conversation":
        """A side decides to send something: it becomes due."""
        side = self.sides[role]
        message = self._message(role, event)
        row = Row(side.sent, message)
        changed = replace(side, process=self._sent(role, message), outbox=(*side.outbox, row), sent=side.sent + 1)
        return self._with(role, changed, f"{role} decides {event}")

    def put_on_wire(self, role: Role) -> "Conversation":
        """The oldest message that is due leaves."""
        side = self.sides[role]
        return self._with(role, replace(side, on_its_way=side.outbox[0]), f"{role} sends {side.outbox[0].event}")

    def deliver(self, role: Role) -> "Conversation":
        """The request of this side arrives at the other."""
        row = self.sides[role].on_its_way
        assert row is not None
        receiver = self.sides[role.other]
        status = dict(receiver.given).get(row.number)
        if status is None:
            try:
                process = self.protocol.receive(receiver.process, row.message)
                status = 200
            except ProtocolError:
                process, status = receiver.process, 400
            due = tuple(r for r in receiver.outbox if r.event in process.pending)
            given = (*receiver.given, (row.number, status))
            receiver = replace(receiver, process=process, outbox=due, given=given)
        told = f"{role}'s {row.event} arrives: {status}"
        changed = self._with(role.other, receiver, told)
        return changed._with(role, replace(changed.sides[role], answer=status), "")

    def bring_answer(self, role: Role) -> "Conversation":
        """The answer arrives; a late one, whose message something newer settled, changes nothing."""
        side = self.sides[role]
        row, status = side.on_its_way, side.answer
        assert row is not None
        changed = replace(side, on_its_way=None, answer=None)
        if row in side.outbox:
            if status == 200:
                process = self.protocol.acknowledged(side.process, row.event, PIDS[role.other])
                changed = replace(changed, process=process, outbox=side.outbox[1:])
            elif row.event in self.protocol.binding:
                changed = replace(changed, held=True)
            else:
                process = self.protocol.refused(side.process, row.event)
                changed = replace(changed, process=process, outbox=())
        return self._with(role, changed, f"the answer {status} reaches {role}")

    def lose_answer(self, role: Role) -> "Conversation":
        """The answer is lost: the same message will be sent again, if it is still due."""
        side = self.sides[role]
        return self._with(
            role, replace(side, on_its_way=None, answer=None, lost=side.lost + 1), f"{role}'s answer lost"
        )

    def _sent(self, role: Role, message: Any) -> Process | None:
        process = self.sides[role].process
        try:
            return self.protocol.send(process, message)
        except IllegalTransition:
            if role is not self.foreign or (process.settled, message.event) not in self.protocol.widened(role):
                return None
            return replace(process, pending=(*process.pending, message.event))

    def _message(self, role: Role, event: Event) -> Any:
        first = self.sides[role].process.settled is None
        return message_for(event, role, their_pid=None if first else self.sides[role].process.their_pid)

    def _with(self, role: Role, side: Side, told: str) -> "Conversation":
        # A refusal that was held is over once the other side's word has settled the message.
        if side.held and not side.outbox:
            side = replace(side, held=False)
        return replace(self, sides={**self.sides, role: side}, told=(*self.told, told) if told else self.told)


def begin(
    protocol: Protocol,
    first: Role = Role.CONSUMER,
    *,
    most_sent: int = 3,
    most_lost: int = 1,
    foreign: Role | None = None,
) -> Conversation:
    """A conversation before its first message."""
    sides = {role: Side(protocol.new(role)) for role in Role}
    return Conversation(protocol, sides, first, most_sent, most_lost, foreign)
