"""What our own transfer messages were answered: the outbox asks, in the transaction that removes the row."""

from dataclasses import replace

from connector.clock import Clock, format_time
from connector.ports.network import PeerAnswer
from connector.ports.records import OutboxRow
from connector.ports.store import UnitOfWork
from connector.protocol import transfer as machine
from connector.protocol.messages import TransferTerminationMessage
from connector.protocol.transfer import TransferState
from connector.services.changes import Changes
from connector.services.outbox import Outbox
from connector.services.transfers.steps import Steps
from connector.wire.codec import as_text, read_answer


class Answers:
    """The owner of the outbox's transfer rows."""

    def __init__(self, steps: Steps, *, outbox: Outbox, clock: Clock, changes: Changes) -> None:
        self._steps = steps
        self._outbox = outbox
        self._clock = clock
        self._changes = changes

    def acknowledged(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        transfer = unit.transfers.get(row.process)
        if transfer is None:
            return
        theirs = None
        if transfer.their_pid is None:
            theirs = as_text(read_answer(answer.body).get("providerPid"))
        changed = machine.acknowledged(transfer, row.event, theirs)
        if changed is not transfer:
            unit.transfers.put(replace(changed, updated_at=format_time(self._clock.now())))
        unit.after_commit(lambda: self._changes.tell(row.process))

    def refused(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        transfer = unit.transfers.get(row.process)
        if transfer is None or row.event not in transfer.pending:
            return
        data = read_answer(answer.body)
        said = " ".join(as_text(part) or "" for part in data.get("reason") or []) or answer.text
        problem = {"title": f"{row.event} was refused", "status": answer.status, "detail": said[:1000]}
        changed = replace(machine.refused(transfer, row.event), problem=problem)
        resumed = row.event == machine.START and transfer.state is TransferState.SUSPENDED
        if changed.state is None or (row.event in (machine.START, machine.TERMINATION) and not resumed):
            # What never began, or cannot begin, or was to end: for us it is over.
            changed = replace(changed, state=TransferState.TERMINATED)
        # What was to follow it is not sent either.
        self._outbox.settle(unit, changed.id, changed.pending)
        unit.transfers.put(changed)
        unit.after_commit(lambda: self._changes.tell(row.process))

    def late(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """Our request arrived after we had ended the matter on our own: now there is somebody to tell."""
        transfer = unit.transfers.get(row.process)
        if transfer is None or transfer.their_pid is not None or transfer.state is not TransferState.TERMINATED:
            return
        theirs = as_text(read_answer(answer.body).get("providerPid"))
        if theirs is None:
            return
        known = replace(transfer, their_pid=theirs)
        unit.transfers.put(known)
        problem = known.problem or {}
        message = TransferTerminationMessage(
            provider_pid=theirs,
            consumer_pid=known.id,
            code=str(problem.get("code") or "ended"),
            reason=[str(problem.get("detail") or "ended before it began")],
        )
        self._steps.post(unit, known, message, now=format_time(self._clock.now()))

    def missing(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> list[bytes]:
        """Nothing goes before a message of a transfer but the ones before it in its queue."""
        del unit, row, answer
        return []

    def delayed(self, unit: UnitOfWork, row: OutboxRow, problem: str) -> None:
        del unit, problem
        self._changes.tell(row.process)
