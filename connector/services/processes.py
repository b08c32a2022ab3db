"""What negotiations and transfers have in common: how their messages become due, and what the answers to these mean.

Our message is pending until the peer has acknowledged it, has refused it, or has sent one that implies it. All of this
runs in the transaction that records the answer (`services.outbox`).
"""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, ClassVar, Final, Generic, TypeVar

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ports.network import PeerAnswer
from connector.ports.records import MessageRecord, OutboxKind, OutboxRow, Timer, TimerKind
from connector.ports.store import Records, UnitOfWork
from connector.protocol.bindings import path_for
from connector.protocol.machine import Event, Role
from connector.protocol.messages import Message
from connector.protocol.negotiation import ContractNegotiation
from connector.protocol.transfer import TransferProcess
from connector.protocol.versions import Ability, ProtocolVersion, version_named
from connector.services.changes import Changes
from connector.services.errors import Conflict
from connector.services.outbox import Outbox
from connector.services.wording import not_confirmed, without_note
from connector.wire.codec import as_text, encode, read_answer

P = TypeVar("P", ContractNegotiation, TransferProcess)
_WITH_REASON: Final = ("SuspensionMessage", "TerminationMessage")
"""Messages that say why: what they say stays to be seen."""
_ENDING: Final = (*_WITH_REASON, "CompletionMessage")


class Processes(ABC, Generic[P]):
    """Sends the messages of one kind of process, and owns them in the outbox."""

    kind: ClassVar[OutboxKind]
    ended: ClassVar[TimerKind]
    """Under which the time of its end is kept."""
    terminal: ClassVar[frozenset[Any]]
    """The states in which one is over."""
    terminated: ClassVar[Any]
    """The state of a process that was ended."""
    termination: ClassVar[Any]
    """The message type that ends one, and its event in the table."""

    def __init__(
        self, *, outbox: Outbox, versions: tuple[ProtocolVersion, ...], clock: Clock, changes: Changes
    ) -> None:
        self._outbox = outbox
        self._versions = versions
        self._clock = clock
        self._changes = changes

    # --- what differs between the two ----------------------------------------------------------------------------------

    @abstractmethod
    def records(self, unit: UnitOfWork) -> Records[P]:
        """Where these processes are kept."""

    @abstractmethod
    def after_acknowledgement(self, process: P, event: Event, theirs: str | None) -> P:
        """The process when our message was acknowledged; `theirs` is their pid if the answer told it first."""

    @abstractmethod
    def after_refusal(self, process: P, event: Event) -> P:
        """The process when our message was refused for good."""

    def ends_when_refused(self, process: P, event: Event) -> bool:
        """Whether a refusal of our message leaves nothing to go on with: it never began, or it was to end anyway."""
        return process.state is None or event == self.termination.TYPE

    def advanced(self, unit: UnitOfWork, process: P) -> None:
        """Keep a process that an acknowledgement has moved."""
        self.records(unit).put(replace(process, problem=without_note(process.problem), updated_at=self.now()))
        self.note_end(unit, process)

    def note_end(self, unit: UnitOfWork, process: P) -> None:
        """Note when a process ended: some time after that the answers to its messages are dropped (`upkeep`)."""
        if process.state in self.terminal:
            unit.timers.put(Timer.at(self.now(), self.ended, process.id))

    # --- out -----------------------------------------------------------------------------------------------------------

    def tell(self, process: str) -> None:
        """Wake those who wait for a change of a process."""
        self._changes.tell(process)

    def now(self) -> str:
        """The time as records have it."""
        return format_time(self._clock.now())

    def version_of(self, process: P) -> ProtocolVersion:
        """The version that a process began in.

        Raises:
            UnknownVersion: this program does not speak it.
        """
        return version_named(self._versions, process.version)

    def post(self, unit: UnitOfWork, process: P, message: Message, *, binding: bool, now: str) -> None:
        """Make a message of a process due, and keep its bytes."""
        body = encode(message, self.version_of(process))
        unit.messages.add(MessageRecord(process=process.id, direction="out", type=message.TYPE, body=body, at=now))
        row = OutboxRow(
            process=process.id,
            kind=self.kind,
            peer=process.counterparty,
            url=process.callback_address + path_for(message, process.their_pid),
            event=message.event,
            body=body,
            binding=binding,
            created_at=now,
        )
        self._outbox.add(unit, row, ends=message.TYPE.endswith(_ENDING))
        unit.after_commit(lambda: self._changes.tell(process.id))

    def cancel(self, unit: UnitOfWork, process: P, problem: JsonObject) -> P:
        """End what the other side has not acknowledged yet: our first message is no longer due."""
        self._outbox.settle(unit, process.id, ())
        ended: P = replace(process, state=self.terminated, pending=(), problem=problem, updated_at=self.now())
        self.records(unit).put(ended)
        self.note_end(unit, ended)
        unit.after_commit(lambda: self._changes.tell(ended.id))
        return ended

    # --- what our own messages were answered (the outbox asks) -----------------------------------------------------------

    def acknowledged(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """The peer took it: the process moves, unless something newer has moved it already."""
        process = self.records(unit).get(row.process)
        if process is None:
            return
        theirs = _pid_in(answer, process) if process.their_pid is None else None
        changed = self.after_acknowledgement(process, row.event, theirs)
        if changed is not process:
            self.advanced(unit, changed)
        unit.after_commit(lambda: self._changes.tell(row.process))

    def refused(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """The peer refused it for good: it never happened, and what was to follow it is not sent either."""
        process = self.records(unit).get(row.process)
        if process is None or row.event not in process.pending:
            return
        problem: JsonObject = {
            "title": f"{row.event} was refused",
            "status": answer.status,
            "detail": answer.text,
        }
        changed: P = replace(self.after_refusal(process, row.event), problem=problem)
        if self.ends_when_refused(process, row.event):
            changed = replace(changed, state=self.terminated)
        self._outbox.settle(unit, changed.id, changed.pending)
        self.records(unit).put(changed)
        self.note_end(unit, changed)
        unit.after_commit(lambda: self._changes.tell(row.process))

    def late(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """Our first message arrived after we had ended the matter on our own: now there is somebody to tell."""
        process = self.records(unit).get(row.process)
        if process is not None:
            self.tell_that_it_ended(unit, process, _pid_in(answer, process))

    def tell_that_it_ended(self, unit: UnitOfWork, process: P, theirs: str | None) -> None:
        """The other side has what we ended before we knew so: it hears of the end, for it would wait for ever."""
        if theirs is None or process.their_pid is not None or process.state is not self.terminated:
            return
        known: P = replace(process, their_pid=theirs)
        self.records(unit).put(known)
        problem = known.problem or {}
        code, reason = str(problem.get("code") or "ended"), str(problem.get("detail") or "ended before it began")
        self.post(unit, known, self.termination_of(known, code, reason), binding=False, now=self.now())

    def missing(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> list[bytes]:
        """Nothing goes before a message of a process but the ones before it in its queue."""
        del unit, row, answer
        return []

    def delayed(self, unit: UnitOfWork, row: OutboxRow, problem: str) -> None:
        """It is still due, and people are told why."""
        process = self.records(unit).get(row.process)
        if process is None or row.event not in process.pending:
            return
        # Why it was suspended or ended is worth more than that the other side has not heard of it yet.
        if not row.event.endswith(_WITH_REASON):
            self.records(unit).put(replace(process, problem=not_confirmed(row.event, problem)))
        unit.after_commit(lambda: self._changes.tell(row.process))

    # --- small pieces ----------------------------------------------------------------------------------------------------

    def termination_of(self, process: P, code: str, reason: str, extra: JsonObject | None = None) -> Any:
        """The message that ends a process, with its reason."""
        return self.termination(
            provider_pid=process.provider_pid or "",
            consumer_pid=process.consumer_pid or "",
            code=code,
            reason=[reason],
            extra=extra or {},
        )


def _pid_in(answer: PeerAnswer, process: ContractNegotiation | TransferProcess) -> str | None:
    """The pid of the other side, as the answer to our first message names it."""
    return as_text(read_answer(answer.body).get("providerPid" if process.role is Role.CONSUMER else "consumerPid"))


def is_theirs(process: ContractNegotiation | TransferProcess, sender: str, version: ProtocolVersion) -> bool:
    """Whether a process is this participant's with us, in this version: all others do not exist for it."""
    return process.counterparty == sender and process.version == version.version


def check_can(version: ProtocolVersion, ability: Ability) -> None:
    """Refuse what a version of the protocol does not have.

    Raises:
        Conflict: it does not have it.
    """
    if not version.can(ability):
        raise Conflict(f"in version {version.version} of the Dataspace Protocol it is not possible that {ability}")
