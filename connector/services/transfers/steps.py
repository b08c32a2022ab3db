"""The steps that we take in a transfer, each within the unit of work that decides it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.records import ContractRecord, MessageRecord, OutboxKind, OutboxRow
from connector.ports.store import UnitOfWork
from connector.protocol import transfer as machine
from connector.protocol.bindings import path_for
from connector.protocol.machine import Role
from connector.protocol.messages import (
    TransferCompletionMessage,
    TransferMessage,
    TransferRequestMessage,
    TransferStartMessage,
    TransferTerminationMessage,
)
from connector.protocol.transfer import TransferProcess, TransferState
from connector.protocol.versions import ProtocolVersion
from connector.services.addresses import data_address
from connector.services.changes import Changes
from connector.services.decisions import Start, TransferDecider, Wait
from connector.services.identity import Identity
from connector.services.outbox import Outbox
from connector.services.wording import problem_of
from connector.wire.codec import encode

PULL: Final = "HttpData-PULL"
"""The only transfer format that we offer so far."""


class Steps:
    """Moves transfers on by our own deeds. `stopped` is told whose bytes must stop: a transfer's or a contract's id."""

    def __init__(
        self,
        identity: Identity,
        *,
        outbox: Outbox,
        version: ProtocolVersion,
        clock: Clock,
        changes: Changes,
        decider: TransferDecider,
    ) -> None:
        self._me = identity
        self._outbox = outbox
        self._version = version
        self._clock = clock
        self._changes = changes
        self._decider = decider
        self.stopped: Callable[[str], None] = lambda _ended: None

    def begin(self, unit: UnitOfWork, contract: ContractRecord, provider_root: str) -> TransferProcess:
        """As consumer: ask for a transfer under a contract."""
        now = format_time(self._clock.now())
        transfer = TransferProcess(
            id=new_iri(),
            role=Role.CONSUMER,
            counterparty=contract.counterparty,
            their_pid=None,
            callback_address=provider_root,
            state=None,
            agreement=contract.id,
            format=PULL,
            created_at=now,
            updated_at=now,
        )
        message = TransferRequestMessage(
            consumer_pid=transfer.id,
            agreement_id=contract.id,
            format=PULL,
            callback_address=self._me.protocol_url,
        )
        return self.send(unit, transfer, message, new=True)

    def finish(self, unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
        """Say that we are done, if the table still lets us."""
        if transfer.settled is not TransferState.STARTED:
            return transfer
        message = TransferCompletionMessage(
            provider_pid=transfer.provider_pid or "", consumer_pid=transfer.consumer_pid or ""
        )
        return self.send(unit, transfer, message)

    def _cancel(self, unit: UnitOfWork, transfer: TransferProcess, problem: JsonObject) -> TransferProcess:
        """End what the provider has not acknowledged yet: our request is no longer due."""
        self._outbox.settle(unit, transfer.id, ())
        ended = replace(transfer, state=TransferState.TERMINATED, pending=(), problem=problem)
        ended = replace(ended, updated_at=format_time(self._clock.now()))
        unit.transfers.put(ended)
        unit.after_commit(lambda: self._changes.tell(transfer.id))
        return ended

    def end(self, unit: UnitOfWork, transfer: TransferProcess, *, code: str, reason: str) -> TransferProcess:
        """End a transfer that is not over, with a reason; running bytes are cut at once."""
        if transfer.settled in machine.TERMINAL or transfer.settled is None:
            return transfer
        if transfer.their_pid is None:
            return self._cancel(unit, transfer, problem_of(code, [reason], by=self._me.did))
        message = TransferTerminationMessage(
            provider_pid=transfer.provider_pid or "",
            consumer_pid=transfer.consumer_pid or "",
            code=code,
            reason=[reason],
        )
        problem = problem_of(code, [reason], by=self._me.did)
        unit.after_commit(lambda: self.stopped(transfer.id))
        return self.send(unit, replace(transfer, problem=problem), message)

    def stop_all(self, unit: UnitOfWork, contract: ContractRecord, reason: str) -> None:
        """The contract has ended: every transfer under it ends, running bytes are cut at once."""
        for transfer in unit.transfers.find(agreement=contract.id):
            if transfer.settled not in machine.TERMINAL:
                self.end(unit, transfer, code="agreement-ended", reason=f"the agreement was ended: {reason}")
        unit.after_commit(lambda: self.stopped(contract.id))

    def act(self, unit: UnitOfWork, transfer: TransferProcess) -> None:
        if not machine.owed(transfer):
            return
        step = self._decider.next_step(unit, transfer, self._clock.now())
        if isinstance(step, Start):
            self.start(unit, transfer)
        elif not isinstance(step, Wait):
            self.end(unit, transfer, code=step.code, reason=step.reason)

    def start(self, unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
        """As provider: start or resume, with a fresh token."""
        contract = unit.contracts.get(transfer.agreement)
        message = TransferStartMessage(
            provider_pid=transfer.id,
            consumer_pid=transfer.their_pid or "",
            # Bound to the consumer's key where both have signed with keys that we know (decision 5, 14).
            data_address=data_address(
                self._me.public_url, transfer.id, bound=contract is not None and contract.one_sided is None
            ),
        )
        return self.send(unit, replace(transfer, problem=None), message)

    def send(
        self, unit: UnitOfWork, transfer: TransferProcess, message: TransferMessage, *, new: bool = False
    ) -> TransferProcess:
        now = format_time(self._clock.now())
        sent = replace(machine.send(transfer, message), updated_at=now)
        unit.transfers.add(sent) if new else unit.transfers.put(sent)
        self.post(unit, sent, message, now=now)
        return sent

    def post(self, unit: UnitOfWork, sent: TransferProcess, message: TransferMessage, *, now: str) -> None:
        body = encode(message, self._version)
        unit.messages.add(MessageRecord(process=sent.id, direction="out", type=message.TYPE, body=body, at=now))
        row = OutboxRow(
            process=sent.id,
            kind=OutboxKind.TRANSFER,
            peer=sent.counterparty,
            url=sent.callback_address + path_for(message, sent.their_pid),
            event=message.event,
            body=body,
            binding=False,
            created_at=now,
        )
        self._outbox.add(unit, row)
        unit.after_commit(lambda: self._changes.tell(sent.id))
