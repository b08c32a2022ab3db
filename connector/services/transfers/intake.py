"""Transfer messages that arrive: known or new, applied or refused, answered once and the same for every repeat."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector.canonical import JsonObject
from connector.ids import new_iri
from connector.ports.records import ContractRecord, MessageRecord
from connector.ports.store import UnitOfWork
from connector.protocol import negotiation as negotiating
from connector.protocol import transfer as machine
from connector.protocol.errors import IllegalTransition, MessageInvalid, ProtocolError
from connector.protocol.formats import OFFERED, Way, way_of
from connector.protocol.machine import Role
from connector.protocol.messages import (
    TransferMessage,
    TransferRequestMessage,
    TransferStartMessage,
    TransferSuspensionMessage,
    TransferTerminationMessage,
)
from connector.protocol.transfer import TransferProcess, TransferState
from connector.services.addresses import read_address
from connector.services.changes import Changes
from connector.services.errors import NotFound
from connector.services.outbox import Outbox
from connector.services.processes import is_theirs
from connector.services.repeats import Incoming, Reply, beginning, earlier_reply, remember
from connector.services.transfers.objects import acknowledgement, refusal
from connector.services.transfers.steps import Steps
from connector.services.wording import problem_of, without_note

_log: Final = logging.getLogger(__name__)


class Intake:
    """Takes the other side's messages, each in one unit of work."""

    def __init__(
        self,
        steps: Steps,
        *,
        outbox: Outbox,
        changes: Changes,
        check_callback: Callable[[str], None],
        check_endpoint: Callable[[str], None],
        may_begin: Callable[[], None],
    ) -> None:
        self._may_begin = may_begin
        self._check_endpoint = check_endpoint
        self._steps = steps
        self._outbox = outbox
        self._changes = changes
        self._check_callback = check_callback

    def receive(self, unit: UnitOfWork, incoming: Incoming, pid: str | None) -> Reply:
        """Take a message; `pid` is our process, None when it begins one.

        Raises:
            NotFound: no such process or agreement for this sender.
            Busy: too much is due to it to begin anything more.
            NoRoom: it begins a transfer, and the disk has no room for anything new.
        """
        message = incoming.message
        if pid is None:
            assert isinstance(message, TransferRequestMessage)
            return self._begin_with(unit, incoming, message)
        transfer = unit.transfers.get(pid)
        if transfer is None or not is_theirs(transfer, incoming.sender.did, incoming.version):
            raise NotFound("there is no such transfer")
        assert isinstance(message, TransferMessage)
        return self._apply(unit, incoming, transfer, message, status=200)

    def _begin_with(self, unit: UnitOfWork, incoming: Incoming, message: TransferRequestMessage) -> Reply:
        sender = incoming.sender.did
        known = unit.transfers.find(counterparty=sender, role="provider", their_pid=message.consumer_pid)
        if known:
            earlier = earlier_reply(unit, beginning(incoming, message.consumer_pid), incoming)
            if earlier is None:
                raise MessageInvalid("there is a transfer with this consumerPid already, with other content")
            return earlier
        self._may_begin()
        self._outbox.check_room(sender)
        contract = unit.contracts.get(message.agreement_id)
        if contract is None or contract.counterparty != sender or contract.role != "provider":
            raise NotFound("there is no such agreement")
        self._check_callback(message.callback_address)
        self._check_way(message)
        self._acknowledge_finalized(unit, contract)
        transfer = TransferProcess(
            id=new_iri(),
            role=Role.PROVIDER,
            counterparty=sender,
            their_pid=message.consumer_pid,
            callback_address=message.callback_address.rstrip("/"),
            state=None,
            agreement=contract.id,
            format=message.format,
            created_at=incoming.at,
            updated_at=incoming.at,
            version=incoming.version.version,
        )
        return self._apply(unit, incoming, transfer, message, status=201)

    def _check_way(self, message: TransferRequestMessage) -> None:
        way = way_of(message.format)
        if way is None:
            raise MessageInvalid(f"the format {message.format} is not offered; {' and '.join(OFFERED)} are")
        if way is Way.PULL:
            if message.data_address is not None:
                raise MessageInvalid("a dataAddress is for push only; this format is pulled")
            return
        if message.data_address is None:
            raise MessageInvalid("a push needs a dataAddress: where the data is to be sent")
        self._check_endpoint(read_address(message.data_address).url)

    def _apply(
        self,
        unit: UnitOfWork,
        incoming: Incoming,
        transfer: TransferProcess,
        message: TransferMessage,
        *,
        status: int,
    ) -> Reply:
        begins = status == 201  # noqa: PLR2004
        process = beginning(incoming, transfer.their_pid) if begins else transfer.id
        try:
            earlier = earlier_reply(unit, process, incoming)
            if earlier is not None:
                return earlier
            changed = replace(machine.receive(transfer, message), updated_at=incoming.at)
        except ProtocolError as error:
            _log.info("%s refused: %s", message.event, error)
            reply = Reply(400, refusal(transfer, error))
            if not begins and transfer.state not in machine.TERMINAL:
                # A process that is over answers 400 by its table, for ever: no need to keep that.
                remember(unit, process, incoming, reply)
            if isinstance(error, IllegalTransition) and not isinstance(message, TransferRequestMessage):
                self._steps.tell_that_it_ended(unit, transfer, message.provider_pid)
            return reply
        changed = replace(changed, problem=_problem_with(changed, message, incoming.sender.did))
        if changed.pending != transfer.pending:
            self._outbox.settle(unit, changed.id, changed.pending)
            changed = replace(changed, problem=without_note(changed.problem))
        unit.transfers.add(changed) if begins else unit.transfers.put(changed)
        self._steps.note_end(unit, changed)
        record = MessageRecord(
            process=changed.id, direction="in", type=message.TYPE, body=incoming.body, at=incoming.at
        )
        unit.messages.add(record)
        reply = Reply(status, acknowledgement(changed))
        remember(unit, process, incoming, reply)
        self._steps.act(unit, changed)
        if isinstance(message, TransferStartMessage):
            # Suspended and resumed by the consumer: meanwhile our token may have come to its end.
            self._steps.renew(unit, changed)
        self._steps.flow(unit, changed)
        if changed.state is not TransferState.STARTED:
            unit.after_commit(lambda: self._steps.stopped(changed.id))
        unit.after_commit(lambda: self._changes.tell(changed.id))
        return reply

    def _acknowledge_finalized(self, unit: UnitOfWork, contract: ContractRecord) -> None:
        """A transfer request that names the agreement acknowledges our FINALIZED (decision 5, 4)."""
        negotiation = unit.negotiations.get(contract.negotiation)
        if negotiation is not None and negotiation.pending == (negotiating.FINALIZED,):
            changed = negotiating.acknowledged(negotiation, negotiating.FINALIZED)
            unit.negotiations.put(replace(changed, problem=without_note(changed.problem)))
            self._outbox.settle(unit, changed.id, changed.pending)


def _problem_with(transfer: TransferProcess, message: TransferMessage, sender: str) -> JsonObject | None:
    """What a message says about why data does not flow; a start says that it flows again."""
    if isinstance(message, TransferTerminationMessage):
        return problem_of(message.code, message.reason, by=sender)
    if isinstance(message, TransferSuspensionMessage):
        return problem_of(message.code, message.reason, by=sender, title="suspended")
    return None if isinstance(message, TransferStartMessage) else transfer.problem
