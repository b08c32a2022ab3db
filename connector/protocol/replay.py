"""A conversation that was written down, judged again by the tables; blind to which side we were, and without I/O.

`Replay` is one process. It is told what happened in the order in which it took effect here, each step with what was
answered then, and says for each what the tables make of it today and whether that agrees with the record.

What the tables do not know is not judged: whether an offer may be taken, a signature holds, a sender is who he says.
A message that was refused for such a reason is left out, as it was then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import ModuleType
from typing import Any, Final

from connector.protocol import negotiation, transfer
from connector.protocol.errors import IllegalTransition, ProtocolError, WrongProcess
from connector.protocol.machine import Event, Role
from connector.protocol.messages import (
    ContractOfferMessage,
    ContractRequestMessage,
    Message,
    NegotiationMessage,
    TransferMessage,
    TransferRequestMessage,
)


class Verdict(StrEnum):
    """What the tables say of one step today."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPEAT = "repeat"
    ACKNOWLEDGED = "acknowledged"
    UNANSWERED = "unanswered"
    NOT_JUDGED = "not judged"


class Doubt(StrEnum):
    """Where the record and the tables differ, or why they cannot be compared."""

    TAKEN = "it was taken, the table refuses it"
    NOT_TAKEN = "it was refused, the table accepts it"
    OTHER_STATE = "the answer names another state"
    OTHER_ANSWER = "the same message was answered otherwise before"
    NOT_OURS_TO_SEND = "the table does not let our side send it"
    NEVER_SENT = "it was answered and never sent"
    CONTENT = "it was refused for what it says, which the tables do not judge"
    BEFORE = "it was turned away before its process was looked at"
    BEGINNING = "how the process began is not in this file"
    THEIR_REFUSAL = "the other side refused what the table allows"
    BUSY = "the other side did not take it then"
    ALTERED = "the body is not the one that was written down"
    UNREADABLE = "the body is no such message, and it was taken"
    CUT = "the body is not there as a whole"
    NO_TABLE = "it belongs to no process that has a table"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the status, the state that it names, the code of an error, a digest of its bytes."""

    status: int | None
    state: str | None = None
    code: str | None = None
    digest: str = ""

    @property
    def taken(self) -> bool:
        """A 2xx."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004

    @property
    def final(self) -> bool:
        """A refusal that ends the try; the others say "later"."""
        return self.status is not None and 400 <= self.status < 500 and self.status not in _LATER  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Judgement:
    """One step today.

    Attributes:
        verdict: what the tables say.
        state: the state of the process after it, by acknowledged messages; None before the first.
        agrees: whether the record says the same; None where the tables cannot tell.
        doubt: what differs, or why nothing is said.
        reason: the sentence of the table's refusal.
    """

    verdict: Verdict
    state: str | None
    agrees: bool | None = True
    doubt: Doubt | None = None
    reason: str | None = None


_LATER: Final = frozenset({408, 409, 425, 429})
_TURNED_AWAY: Final = frozenset({401, 403, 404, 408, 413, 429})
_BY_THE_TABLE: Final = frozenset({IllegalTransition.__name__, WrongProcess.__name__})
_NOBODY: Final = ""


class Replay:
    """One process, from the side that wrote it down."""

    def __init__(self, pid: str, role: Role) -> None:
        self._pid = pid
        self.role = role
        self._machine: ModuleType = negotiation
        self._process: Any = None
        self._answered: dict[str, Answer] = {}
        self._last: str | None = None
        self._sent: dict[str, tuple[Event, str]] = {}

    @property
    def state(self) -> str | None:
        """Where the process is, by acknowledged messages."""
        state = None if self._process is None else self._process.state
        return None if state is None else str(state)

    def received(self, message: Message, fingerprint: str, digest: str, answer: Answer) -> Judgement:
        """The other side sent this, and was answered so.

        Args:
            message: the message.
            fingerprint: of its normalised content (decision 5, 2).
            digest: of its bytes.
            answer: what it was answered.
        """
        if answer.status is None or answer.status in _TURNED_AWAY or answer.status >= 500:  # noqa: PLR2004
            return self._unjudged(Doubt.BEFORE)
        key = fingerprint if message.id is not None else digest
        earlier = self._answered.get(key) if message.id is not None or self._last == digest else None
        if earlier is not None:
            return self._repeated(earlier, answer)
        if self._process is None and not self._begin(message):
            return self._adopted(message, answer)
        judged = self._judged(message, answer)
        if judged.agrees is not False:
            self._answered[key] = answer
        if answer.taken:
            self._last = digest
        return judged

    def sent(self, message: Message, fingerprint: str) -> Judgement:
        """We sent this, perhaps not for the first time; its answer comes as `answered`."""
        if fingerprint in self._sent:
            return Judgement(Verdict.REPEAT, self.state)
        if self._process is None and not self._begin(message):
            return self._unjudged(Doubt.BEGINNING)
        try:
            changed = self._send(message)
        except IllegalTransition as error:
            return Judgement(Verdict.REFUSED, self.state, agrees=False, doubt=Doubt.NOT_OURS_TO_SEND, reason=str(error))
        self._process = changed
        self._sent[fingerprint] = (message.event, str(changed.settled))
        return Judgement(Verdict.ACCEPTED, self.state)

    def answered(self, fingerprint: str, answer: Answer, their_pid: str | None = None) -> Judgement:
        """What a message of ours was answered, or that it was not (`status` None)."""
        if fingerprint not in self._sent:
            unknown = self._process is None
            doubt = Doubt.BEGINNING if unknown else Doubt.NEVER_SENT
            return Judgement(Verdict.NOT_JUDGED, self.state, agrees=None if unknown else False, doubt=doubt)
        if answer.status is None:
            return Judgement(Verdict.UNANSWERED, self.state, agrees=None)
        event, reached = self._sent[fingerprint]
        if answer.taken:
            self._process = self._machine.acknowledged(self._process, event, their_pid)
            if answer.state is not None and answer.state != reached:
                return Judgement(
                    Verdict.ACKNOWLEDGED, self.state, agrees=False, doubt=Doubt.OTHER_STATE, reason=reached
                )
            return Judgement(Verdict.ACKNOWLEDGED, self.state)
        if not answer.final:
            return Judgement(Verdict.UNANSWERED, self.state, agrees=None, doubt=Doubt.BUSY)
        # It never happened; if it stays due all the same, it is sent once more.
        del self._sent[fingerprint]
        self._process = self._machine.refused(self._process, event)
        return Judgement(Verdict.REFUSED, self.state, agrees=None, doubt=Doubt.THEIR_REFUSAL)

    def _judged(self, message: Message, answer: Answer) -> Judgement:
        try:
            changed = self._machine.receive(self._process, message)
        except ProtocolError as error:
            agrees = not answer.taken
            doubt = None if agrees else Doubt.TAKEN
            return Judgement(Verdict.REFUSED, self.state, agrees=agrees, doubt=doubt, reason=str(error))
        if not answer.taken:
            # Without an `@id` it may have been refused for the age of its token, which nobody keeps.
            by_the_table = answer.code in _BY_THE_TABLE and (message.id is not None or self._last is None)
            doubt = Doubt.NOT_TAKEN if by_the_table else Doubt.CONTENT
            verdict = Verdict.ACCEPTED if by_the_table else Verdict.NOT_JUDGED
            return Judgement(verdict, self.state, agrees=False if by_the_table else None, doubt=doubt)
        self._process = changed
        if answer.state is not None and answer.state != self.state:
            return Judgement(Verdict.ACCEPTED, self.state, agrees=False, doubt=Doubt.OTHER_STATE, reason=self.state)
        return Judgement(Verdict.ACCEPTED, self.state)

    def _repeated(self, earlier: Answer, answer: Answer) -> Judgement:
        same = (earlier.status, earlier.digest) == (answer.status, answer.digest)
        doubt = None if same else Doubt.OTHER_ANSWER
        return Judgement(Verdict.REPEAT, self.state, agrees=same, doubt=doubt)

    def _send(self, message: Message) -> Any:
        try:
            return self._machine.send(self._process, message)
        except IllegalTransition:
            if self._machine is not negotiation or message.event != negotiation.TERMINATION:
                raise
            # A signed termination after a deadline of the contract.
            return negotiation.send(self._process, message, widened=True)  # type: ignore[arg-type]

    def _begin(self, message: Message) -> bool:
        """Begin with this message, if it is one that begins a process."""
        if isinstance(message, TransferRequestMessage):
            self._machine, self._process = transfer, _transfer(self._pid, self.role)
            return True
        if isinstance(message, ContractRequestMessage | ContractOfferMessage) and message.callback_address is not None:
            self._process = _negotiation(self._pid, self.role, message)
            return True
        return False

    def _adopted(self, message: Message, answer: Answer) -> Judgement:
        """The process began before the record does: it is taken up where the answer says that it is."""
        if answer.taken and answer.state is not None:
            try:
                self._process = _in_state(self._pid, self.role, message, answer.state)
                self._machine = transfer if isinstance(message, TransferMessage) else negotiation
            except ValueError:
                return Judgement(Verdict.NOT_JUDGED, self.state, agrees=False, doubt=Doubt.OTHER_STATE)
        return self._unjudged(Doubt.BEGINNING)

    def _unjudged(self, doubt: Doubt) -> Judgement:
        return Judgement(Verdict.NOT_JUDGED, self.state, agrees=None, doubt=doubt)


_UNKNOWN: Final[Mapping[str, Any]] = {
    "counterparty": _NOBODY,
    "their_pid": None,
    "callback_address": _NOBODY,
    "state": None,
    "created_at": _NOBODY,
    "updated_at": _NOBODY,
}
"""What the tables do not look at."""


def _negotiation(pid: str, role: Role, message: Message) -> negotiation.ContractNegotiation:
    offer = message.offer if isinstance(message, ContractRequestMessage | ContractOfferMessage) else {}
    by = Role.CONSUMER if isinstance(message, ContractRequestMessage) else Role.PROVIDER
    return negotiation.ContractNegotiation(id=pid, role=role, dataset=_NOBODY, offer=offer, offered_by=by, **_UNKNOWN)


def _transfer(pid: str, role: Role) -> transfer.TransferProcess:
    return transfer.TransferProcess(id=pid, role=role, agreement=_NOBODY, format=_NOBODY, **_UNKNOWN)


def _in_state(pid: str, role: Role, message: Message, state: str) -> Any:
    """The process as it is after this message.

    Raises:
        ValueError: there is no such state.
    """
    if isinstance(message, NegotiationMessage):
        return replace(_negotiation(pid, role, message), state=negotiation.NegotiationState(state))
    return replace(_transfer(pid, role), state=transfer.TransferState(state))
