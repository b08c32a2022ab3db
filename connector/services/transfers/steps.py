"""The steps that we take in a transfer, each within the unit of work that decides it."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.records import ContractRecord, DeliveryRecord, OutboxKind, TimerKind
from connector.ports.store import Records, UnitOfWork
from connector.protocol import transfer as machine
from connector.protocol.formats import PULL, PUSH
from connector.protocol.machine import Event, Role
from connector.protocol.messages import (
    TransferCompletionMessage,
    TransferMessage,
    TransferRequestMessage,
    TransferStartMessage,
    TransferTerminationMessage,
)
from connector.protocol.transfer import TransferProcess, TransferState
from connector.protocol.versions import PREFERRED, ProtocolVersion, version_named
from connector.services.addresses import data_address, inbox_address
from connector.services.changes import Changes
from connector.services.decisions import Start, TransferDecider, Wait
from connector.services.identity import Identity
from connector.services.outbox import Outbox
from connector.services.processes import Processes
from connector.services.refusals import keep_refusal
from connector.services.wording import problem_of


class Steps(Processes[TransferProcess]):
    """Moves transfers on by our own deeds; the owner of the outbox's transfer rows.

    Attributes:
        stopped: told whose bytes must stop: a transfer's or a contract's id.
        flowing: told of a transfer in which it is on us to send the bytes now (push).
    """

    kind = OutboxKind.TRANSFER
    ended = TimerKind.TRANSFER_ENDED
    terminal = machine.TERMINAL
    terminated = TransferState.TERMINATED
    termination: ClassVar = TransferTerminationMessage

    def __init__(
        self,
        identity: Identity,
        *,
        outbox: Outbox,
        versions: tuple[ProtocolVersion, ...],
        clock: Clock,
        changes: Changes,
        decider: TransferDecider,
    ) -> None:
        super().__init__(outbox=outbox, versions=versions, clock=clock, changes=changes)
        self._me = identity
        self._decider = decider
        self.stopped: Callable[[str], None] = lambda _ended: None
        self.flowing: Callable[[str], None] = lambda _transfer: None

    def begin(
        self, unit: UnitOfWork, contract: ContractRecord, provider_root: str, *, push: DeliveryRecord | None = None
    ) -> TransferProcess:
        """As consumer: ask for a transfer under a contract, in the version of the protocol that it was made in.

        With `push` it is for this delivery, which the provider is to send into our inbox.
        """
        negotiation = unit.negotiations.get(contract.negotiation)
        version = PREFERRED if negotiation is None else version_named(self._versions, negotiation.version)
        now = format_time(self._clock.now())
        asked = PUSH if push is not None else PULL
        transfer = TransferProcess(
            id=new_iri(),
            role=Role.CONSUMER,
            counterparty=contract.counterparty,
            their_pid=None,
            callback_address=provider_root,
            state=None,
            agreement=contract.id,
            format=asked,
            created_at=now,
            updated_at=now,
            version=version.version,
        )
        message = TransferRequestMessage(
            consumer_pid=transfer.id,
            agreement_id=contract.id,
            format=asked,
            callback_address=self._me.root(version),
            data_address=None if push is None else self._inbox(transfer.id, contract, push),
        )
        return self.send(unit, transfer, message, new=True)

    def _inbox(self, transfer_id: str, contract: ContractRecord, delivery: DeliveryRecord) -> JsonObject:
        return inbox_address(
            self._me.public_url,
            transfer_id,
            bound=contract.one_sided is None,
            delivery=delivery.id,
            purpose=delivery.purpose,
            person=delivery.person,
        )

    def finish(self, unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
        """Say that we are done, if the table still lets us."""
        if transfer.settled is TransferState.SUSPENDED:
            # Suspended at the last moment: from there the table knows no completion, and nobody would ever finish it.
            reason = "everything had arrived when it was suspended"
            return self.end(unit, transfer, code="arrived-before-suspension", reason=reason)
        if transfer.settled is not TransferState.STARTED:
            return transfer
        message = TransferCompletionMessage(
            provider_pid=transfer.provider_pid or "", consumer_pid=transfer.consumer_pid or ""
        )
        return self.send(unit, transfer, message)

    def end(self, unit: UnitOfWork, transfer: TransferProcess, *, code: str, reason: str) -> TransferProcess:
        """End a transfer that is not over, with a reason; running bytes are cut at once."""
        if transfer.settled in machine.TERMINAL or transfer.settled is None:
            return transfer
        problem = problem_of(code, [reason], by=self._me.did)
        if transfer.their_pid is None:
            return self.cancel(unit, transfer, problem)
        message = self.termination_of(transfer, code, reason)
        unit.after_commit(lambda: self.stopped(transfer.id))
        return self.send(unit, replace(transfer, problem=problem), message)

    def expire(self, unit: UnitOfWork, transfer: TransferProcess, reason: str) -> TransferProcess:
        """End a transfer whose agreement does not allow what is running any more."""
        return self.end(unit, transfer, code="not-permitted", reason=reason)

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
            if step.judged is not None:
                keep_refusal(unit, step.judged, about=transfer.id, now=self._clock.now())
            self.end(unit, transfer, code=step.code, reason=step.reason)

    def start(self, unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
        """As provider: start or resume, with a fresh token."""
        contract = unit.contracts.get(transfer.agreement)
        message = TransferStartMessage(
            provider_pid=transfer.id,
            consumer_pid=transfer.their_pid or "",
            # Bound to the consumer's key where both have signed with keys that we know (decision 5, 14).
            data_address=None
            if transfer.is_push
            else data_address(
                self._me.public_url, transfer.id, bound=contract is not None and contract.one_sided is None
            ),
        )
        return self.send(unit, replace(transfer, problem=None), message)

    def advanced(self, unit: UnitOfWork, process: TransferProcess) -> None:
        super().advanced(unit, process)
        self.flow(unit, process)

    def flow(self, unit: UnitOfWork, transfer: TransferProcess) -> None:
        """Have the bytes of a push begin, once it is started for both sides."""
        if transfer.is_push and transfer.role is Role.PROVIDER and transfer.settled is TransferState.STARTED:
            unit.after_commit(lambda: self.flowing(transfer.id))

    def send(
        self, unit: UnitOfWork, transfer: TransferProcess, message: TransferMessage, *, new: bool = False
    ) -> TransferProcess:
        now = format_time(self._clock.now())
        sent = replace(machine.send(transfer, message), updated_at=now)
        unit.transfers.add(sent) if new else unit.transfers.put(sent)
        self.post(unit, sent, message, binding=False, now=now)
        return sent

    # --- what our own messages were answered (the outbox asks) -----------------------------------------------------------

    def records(self, unit: UnitOfWork) -> Records[TransferProcess]:
        return unit.transfers

    def after_acknowledgement(self, process: TransferProcess, event: Event, theirs: str | None) -> TransferProcess:
        return machine.acknowledged(process, event, theirs)

    def after_refusal(self, process: TransferProcess, event: Event) -> TransferProcess:
        return machine.refused(process, event)

    def ends_when_refused(self, process: TransferProcess, event: Event) -> bool:
        """What cannot begin is over, too; what cannot be resumed stays suspended."""
        begins = event == machine.START and process.state is not TransferState.SUSPENDED
        return begins or super().ends_when_refused(process, event)
