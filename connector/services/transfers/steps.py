"""The steps that we take in a transfer, each within the unit of work that decides it."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from connector.audit.entries import EntryKind
from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.records import ContractRecord, DeliveryRecord, OutboxKind, Timer, TimerKind
from connector.ports.store import Records, SigningSuspended, UnitOfWork
from connector.protocol import transfer as machine
from connector.protocol.formats import PULL, PUSH
from connector.protocol.machine import Event, Role
from connector.protocol.messages import (
    TransferCompletionMessage,
    TransferMessage,
    TransferRequestMessage,
    TransferStartMessage,
    TransferSuspensionMessage,
    TransferTerminationMessage,
)
from connector.protocol.transfer import TransferProcess, TransferState
from connector.protocol.versions import PREFERRED, Ability, ProtocolVersion, version_named
from connector.services.addresses import data_address, ends_of, inbox_address
from connector.services.changes import Changes
from connector.services.decisions import Start, TransferDecider, Wait, hindrance
from connector.services.identity import Identity
from connector.services.outbox import Outbox
from connector.services.processes import Processes
from connector.services.refusals import keep_refusal
from connector.services.wording import problem_of

_AGAIN: Final = timedelta(minutes=1)
"""After which a renewal that had to wait is tried again."""


class Steps(Processes[TransferProcess]):
    """Moves transfers on by our own deeds; the owner of the outbox's transfer rows.

    Attributes:
        stopped: told whose bytes must stop: a transfer's or a contract's id.
        flowing: told of a transfer in which it is on us to send the bytes now (push).
        unwitnessed: says who has not cosigned our log yet and must have, before data flows under a contract.
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
        token_life: timedelta,
    ) -> None:
        super().__init__(outbox=outbox, versions=versions, clock=clock, changes=changes)
        self._me = identity
        self._decider = decider
        self._token_life = token_life
        self.stopped: Callable[[str], None] = lambda _ended: None
        self.flowing: Callable[[str], None] = lambda _transfer: None
        self.unwitnessed: Callable[[UnitOfWork, ContractRecord], list[str]] = lambda _unit, _contract: []

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
            self._start_when_witnessed(unit, transfer)
        elif not isinstance(step, Wait):
            if step.judged is not None:
                keep_refusal(unit, step.judged, about=transfer.id, now=self._clock.now())
            self.end(unit, transfer, code=step.code, reason=step.reason)

    def note_end(self, unit: UnitOfWork, process: TransferProcess) -> None:
        super().note_end(unit, process)
        if process.state in machine.TERMINAL:
            self._log(unit, process)

    def _log(self, unit: UnitOfWork, transfer: TransferProcess) -> None:
        """That a transfer began or ended, in our log; both sides log what they see."""
        content = {
            "transfer": transfer.id,
            "agreement": transfer.agreement,
            "role": transfer.role.value,
            "state": (transfer.settled or TransferState.REQUESTED).value,
            "problem": transfer.problem,
        }
        with contextlib.suppress(SigningSuspended):
            unit.log.append_salted(EntryKind.TRANSFER, content, self._clock.now())

    def _start_when_witnessed(self, unit: UnitOfWork, transfer: TransferProcess) -> None:
        """Start it, or leave it until the witnesses have been asked: `witnessed` takes it up again."""
        contract = unit.contracts.get(transfer.agreement)
        missing = self.unwitnessed(unit, contract) if contract is not None else []
        if not missing:
            self.start(unit, transfer)
            return
        reason = f"our log has not been cosigned yet by {', '.join(missing)}"
        problem = problem_of("not-witnessed", [reason], by=self._me.did, title="waits for a witness")
        unit.transfers.put(replace(transfer, problem=problem))

    def witnessed(self, unit: UnitOfWork, _witness: str) -> None:
        """A witness has cosigned our log: what waits for that starts."""
        for transfer in unit.transfers.find(role=Role.PROVIDER.value, state=TransferState.REQUESTED.value):
            if not transfer.pending:
                self.act(unit, transfer)

    def start(self, unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
        """As provider: start or resume, with a fresh token."""
        message = TransferStartMessage(
            provider_pid=transfer.id,
            consumer_pid=transfer.their_pid or "",
            data_address=None if transfer.is_push else self._address(unit, transfer),
        )
        started = self.send(unit, replace(transfer, problem=None), message)
        self._watch_token(unit, started)
        self._log(unit, started)
        return started

    def _address(self, unit: UnitOfWork, transfer: TransferProcess) -> JsonObject:
        contract = unit.contracts.get(transfer.agreement)
        # Bound to the consumer's key where both have signed with keys that we know (decision 5, 14).
        bound = contract is not None and contract.one_sided is None
        renewed = not bound and self.version_of(transfer).can(Ability.SUSPENSION)
        life = self._token_life if renewed else None
        return data_address(self._me.public_url, transfer.id, bound=bound, now=self._clock.now(), life=life)

    def renew(self, unit: UnitOfWork, transfer: TransferProcess) -> bool:
        """Give the consumer a new bearer token before the one that it has ends; whether that was done.

        By suspension and start, as the standard has it (decision 5, 14). Bytes that run are not stopped for it: it waits.
        """
        due = self._renewed_at(transfer)
        if due is None or due > self._clock.now() or transfer.settled is not TransferState.STARTED:
            return False
        if transfer.pending or self._flows(unit, transfer):
            again = format_time(self._clock.now() + _AGAIN)
            unit.timers.put(Timer.at(again, TimerKind.RENEWAL, transfer.id))
            return False
        problem = hindrance(unit, unit.contracts.get(transfer.agreement), self._clock.now())
        if problem is not None:
            if problem.judged is not None:
                keep_refusal(unit, problem.judged, about=transfer.id, now=self._clock.now())
            self.expire(unit, transfer, problem.sentence)
            return False
        message = TransferSuspensionMessage(
            provider_pid=transfer.id,
            consumer_pid=transfer.their_pid or "",
            code="token-renewal",
            reason=["the token is renewed; the next TransferStartMessage, which follows at once, brings a new one"],
        )
        self.start(unit, self.send(unit, transfer, message))
        return True

    def _watch_token(self, unit: UnitOfWork, transfer: TransferProcess) -> None:
        due = self._renewed_at(transfer)
        if due is not None:
            unit.timers.put(Timer.at(format_time(due), TimerKind.RENEWAL, transfer.id))

    def _renewed_at(self, transfer: TransferProcess) -> datetime | None:
        """When our token of a transfer is renewed: some time before it ends, for the messages need time; None for never."""
        ends = ends_of(transfer.data_address) if transfer.role is Role.PROVIDER and not transfer.is_push else None
        return None if ends is None else ends - self._token_life / 3

    def _flows(self, unit: UnitOfWork, transfer: TransferProcess) -> bool:
        running = unit.deliveries.find(contract=transfer.agreement, state="running")
        return any(delivery.transfer == transfer.id for delivery in running)

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
