"""What arrives in a negotiation: one message, one transaction (DSP 2025-1, contract negotiation).

The new state, the message's key, the next message in the outbox, the signatures and the log entry are committed
together, or nothing is.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector.clock import Clock
from connector.contracts.errors import ContractError
from connector.ids import new_iri
from connector.ports.records import MessageRecord
from connector.ports.store import UnitOfWork
from connector.protocol import negotiation as machine
from connector.protocol.errors import IllegalTransition, MessageInvalid, ProtocolError
from connector.protocol.machine import Role
from connector.protocol.messages import (
    ContractAgreementMessage,
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    NegotiationMessage,
)
from connector.protocol.negotiation import ContractNegotiation, NegotiationState
from connector.services.agreements import Agreements
from connector.services.changes import Changes
from connector.services.contracting import Party
from connector.services.errors import Busy, NotFound
from connector.services.negotiations.objects import acknowledgement, refusal
from connector.services.negotiations.steps import Steps
from connector.services.outbox import Outbox
from connector.services.processes import is_theirs
from connector.services.repeats import Incoming, Reply, beginning, earlier_reply, forgotten, remember
from connector.services.wording import problem_of, without_note
from connector.wire.codec import as_text

MAX_WAITING: Final = 200
"""How many offers, or requests, of one participant may wait for our people at once."""
_log: Final = logging.getLogger(__name__)


class Intake:
    """Takes the other side's messages, each in one unit of work."""

    def __init__(
        self,
        steps: Steps,
        *,
        outbox: Outbox,
        agreements: Agreements,
        clock: Clock,
        changes: Changes,
        check_callback: Callable[[str], None],
        may_begin: Callable[[], None],
    ) -> None:
        self._may_begin = may_begin
        self._steps = steps
        self._outbox = outbox
        self._agreements = agreements
        self._clock = clock
        self._changes = changes
        self._check_callback = check_callback

    def receive(self, unit: UnitOfWork, incoming: Incoming, pid: str | None) -> Reply:
        """Take a message; `pid` is our process, None when it begins one. A 400 changes nothing.

        Raises:
            NotFound: no such process for this sender.
            MessageInvalid: it cannot begin a negotiation.
            Busy: not now.
            NoRoom: it begins a negotiation, and the disk has no room for anything new.
        """
        message = incoming.message
        assert isinstance(message, NegotiationMessage)
        if pid is None:
            return self._begin_with(unit, incoming, message)
        negotiation = unit.negotiations.get(pid)
        if negotiation is None or not is_theirs(negotiation, incoming.sender.did, incoming.version):
            raise NotFound("there is no such negotiation")
        return self._apply(unit, incoming, negotiation, message, begins=False)

    def _begin_with(self, unit: UnitOfWork, incoming: Incoming, message: NegotiationMessage) -> Reply:
        sender = incoming.sender.did
        if not isinstance(message, ContractRequestMessage | ContractOfferMessage):
            raise MessageInvalid("only a request or an offer begins a negotiation")
        if message.callback_address is None:
            raise MessageInvalid(f"an initial {message.TYPE} has a callbackAddress")
        theirs, other = _begun_by(message)
        if other is not None:
            raise MessageInvalid(f"an initial {message.TYPE} names only the pid of its sender")
        self._check_callback(message.callback_address)
        role = Role.PROVIDER if isinstance(message, ContractRequestMessage) else Role.CONSUMER
        known = unit.negotiations.find(counterparty=sender, role=role.value, their_pid=theirs)
        if known:
            earlier = earlier_reply(unit, beginning(incoming, theirs), incoming)
            if earlier is None:
                raise MessageInvalid("there is a negotiation with this pid already, with other content")
            return earlier
        self._may_begin()
        self._outbox.check_room(sender)
        if role is Role.CONSUMER and unit.negotiations.count(counterparty=sender, state="OFFERED") >= MAX_WAITING:
            raise Busy("too many of your offers wait for an answer here already")
        if role is Role.PROVIDER and unit.waiting.count(counterparty=sender, role=role.value) >= MAX_WAITING:
            raise Busy("too many of your requests wait for an answer here already")
        negotiation = ContractNegotiation(
            id=new_iri(),
            role=role,
            counterparty=sender,
            their_pid=theirs,
            callback_address=message.callback_address.rstrip("/"),
            state=None,
            dataset=as_text(message.offer.get("target")) or "",
            offer=message.offer,
            offered_by=role.other,
            created_at=incoming.at,
            updated_at=incoming.at,
            version=incoming.version.version,
        )
        return self._apply(unit, incoming, negotiation, message, begins=True)

    def _apply(
        self,
        unit: UnitOfWork,
        incoming: Incoming,
        negotiation: ContractNegotiation,
        message: NegotiationMessage,
        *,
        begins: bool,
    ) -> Reply:
        process = beginning(incoming, negotiation.their_pid) if begins else negotiation.id
        party = Party(incoming.sender.did, incoming.sender.document, incoming.sender.membership)
        try:
            earlier = earlier_reply(unit, process, incoming)
            if earlier is not None:
                return earlier
            if self._was_said(unit, negotiation, message):
                return Reply(200, acknowledgement(negotiation))
            changed = replace(machine.receive(negotiation, message), updated_at=incoming.at)
            changed = self._judge(unit, negotiation, changed, party, incoming, message)
        except (ProtocolError, ContractError) as error:
            _log.info("%s refused: %s", message.event, error)
            reply = Reply(400, refusal(negotiation, error))
            if not begins and negotiation.state not in machine.TERMINAL:
                # A process that is over answers 400 by its table, for ever: no need to keep that.
                remember(unit, process, incoming, reply)
            self._on_refusal(unit, negotiation, message, error)
            return reply
        if changed.pending != negotiation.pending:
            self._outbox.settle(unit, changed.id, changed.pending)
            changed = replace(changed, problem=without_note(changed.problem))
        unit.negotiations.add(changed) if begins else unit.negotiations.put(changed)
        self._steps.note_end(unit, changed)
        unit.messages.add(
            MessageRecord(process=changed.id, direction="in", type=message.TYPE, body=incoming.body, at=incoming.at)
        )
        reply = Reply(201 if begins else 200, acknowledgement(changed))
        remember(unit, process, incoming, reply)
        self._steps.act(unit, changed, party)
        unit.after_commit(lambda: self._changes.tell(changed.id))
        return reply

    def _was_said(self, unit: UnitOfWork, negotiation: ContractNegotiation, message: NegotiationMessage) -> bool:
        """Whether it is the receipt that we have had for so long that our answer to it has been dropped."""
        return (
            negotiation.state is NegotiationState.FINALIZED
            and forgotten(unit, negotiation.id)
            and self._agreements.holds_receipt_of(unit, negotiation, message)
        )

    def _judge(
        self,
        unit: UnitOfWork,
        before: ContractNegotiation,
        changed: ContractNegotiation,
        party: Party,
        incoming: Incoming,
        message: NegotiationMessage,
    ) -> ContractNegotiation:
        """What the content of a message means beyond its place in the table; raises and nothing has changed."""
        self._agreements.take(unit, changed, party, message, self._clock.now())
        if isinstance(message, ContractNegotiationTerminationMessage):
            return replace(changed, problem=problem_of(message.code, message.reason, by=incoming.sender.did))
        if (
            isinstance(message, ContractRequestMessage | ContractOfferMessage)
            and before.state is not None
            and as_text(message.offer.get("target")) not in (None, before.dataset)
        ):
            raise MessageInvalid("the offer's target is another data set than this negotiation began with")
        return changed

    def _on_refusal(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, message: NegotiationMessage, error: Exception
    ) -> None:
        """We refused what came: an agreement that is not what was offered, or a late signature, ends the negotiation.

        What had ended before the other side answered is told to it now.
        """
        if isinstance(error, IllegalTransition):
            theirs = message.provider_pid if negotiation.role is Role.CONSUMER else message.consumer_pid
            self._steps.tell_that_it_ended(unit, negotiation, theirs)
        if not isinstance(error, ContractError | MessageInvalid):
            return
        if not isinstance(message, ContractAgreementMessage):
            self._steps.expire(unit, negotiation)
            return
        # That they answered our request shows that they have it.
        known = replace(negotiation, their_pid=negotiation.their_pid or message.provider_pid)
        known = machine.acknowledged(known, machine.REQUEST)
        if known.settled is NegotiationState.REQUESTED:
            self._outbox.settle(unit, known.id, known.pending)
            reason = f"the agreement is not what was offered, or not properly signed: {error}"
            self._steps.terminate(unit, known, code="agreement-refused", reason=reason)


def _begun_by(message: ContractRequestMessage | ContractOfferMessage) -> tuple[str, str | None]:
    """The pid of the side that begins, and the one that must not be there yet."""
    if isinstance(message, ContractRequestMessage):
        return message.consumer_pid, message.provider_pid
    return message.provider_pid, message.consumer_pid
