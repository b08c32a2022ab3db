"""A stored conversation: its file format, and judging it again (`protocol.replay`). No network, no database.

The file holds one side's steps in the order in which they took effect there: `received` (with what it was answered),
`sent`, and `answered` for what was sent before. Bodies stand as text, or in base64 where they are no UTF-8; secrets
are taken out of data addresses, and such a step says `masked`.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from connector.canonical import CanonicalError, JsonObject, JsonValue, parse_json
from connector.protocol.machine import Role
from connector.protocol.messages import (
    MESSAGES,
    CatalogRequestMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    Message,
    TransferRequestMessage,
)
from connector.protocol.replay import Answer, Doubt, Judgement, Replay, Verdict
from connector.wire.codec import as_text, decode, fingerprint, read_answer
from connector.wire.errors import DecodeError

FORMAT: Final = "mmd-transcript/1"
MAX_FILE: Final = 64_000_000
"""The largest transcript that is read, in bytes."""
MAX_STEPS: Final = 20_000
RECEIVED, SENT, ANSWERED = "received", "sent", "answered"


class TranscriptUnreadable(DecodeError):
    """The file is no transcript that can be judged; the sentence says why."""


@dataclass(frozen=True, slots=True)
class JudgedStep:
    """One step of the file, and what the tables make of it."""

    number: int
    process: str | None
    step: JsonObject
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Judged:
    """A whole conversation: each step, and where each process is in the end."""

    transcript: JsonObject
    steps: tuple[JudgedStep, ...]
    states: dict[str, str | None]

    @property
    def agrees(self) -> bool:
        """Whether nothing in it disagrees with the tables."""
        return all(step.judgement.agrees is not False for step in self.steps)


def write_bytes(name: str, data: bytes) -> JsonObject:
    """A body under this name: as text, or in base64 where it is none."""
    try:
        return {name: data.decode("utf-8")}
    except UnicodeDecodeError:
        return {f"{name}Base64": base64.b64encode(data).decode("ascii")}


def read_bytes(step: JsonObject, name: str) -> bytes:
    """The body that `write_bytes` wrote.

    Raises:
        TranscriptUnreadable: it is neither a text nor base64.
    """
    text, packed = step.get(name, ""), step.get(f"{name}Base64")
    try:
        if isinstance(packed, str):
            return base64.b64decode(packed, validate=True)
        if isinstance(text, str):
            return text.encode("utf-8")
    except (binascii.Error, ValueError):
        pass
    raise TranscriptUnreadable(f"a step's {name} is neither a text nor base64")


def read_transcript(data: bytes) -> JsonObject:
    """Read a transcript, its shape only.

    Raises:
        TranscriptUnreadable: it is none.
    """
    try:
        found = parse_json(data, max_bytes=MAX_FILE, floats=True)
    except CanonicalError as error:
        raise TranscriptUnreadable(f"it cannot be read: {error}") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise TranscriptUnreadable(f"it is no transcript of the format {FORMAT}")
    for name in ("processes", "steps"):
        listed = found.get(name)
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise TranscriptUnreadable(f"its {name} are not a list of objects")
        if len(listed) > MAX_STEPS:
            raise TranscriptUnreadable(f"it has more than {MAX_STEPS:,} {name}")
    return found


def judge(transcript: JsonObject) -> Judged:
    """Judge each step again.

    Raises:
        TranscriptUnreadable: a step lacks what every step has.
    """
    judge_ = _Judge(transcript)
    steps = tuple(judge_.steps())
    return Judged(transcript, steps, {pid: replay.state for pid, replay in judge_.replays.items()})


class _Judge:
    def __init__(self, transcript: JsonObject) -> None:
        self._transcript = transcript
        self._roles = {str(p.get("id")): _role(p.get("role")) for p in transcript["processes"]}
        self._sent: set[int] = set()
        self._fingerprints: dict[int, tuple[str, str]] = {}
        self.replays: dict[str, Replay] = {}

    def steps(self) -> Iterator[JudgedStep]:
        for number, step in enumerate(self._transcript["steps"], 1):
            process = step.get("process")
            pid = process if isinstance(process, str) else None
            yield JudgedStep(number, pid, step, self._judge(step, pid))

    def _judge(self, step: JsonObject, pid: str | None) -> Judgement:
        kind, exchange = step.get("step"), step.get("exchange")
        if kind not in (RECEIVED, SENT, ANSWERED) or type(exchange) is not int:
            raise TranscriptUnreadable("a step says neither what it is nor to which exchange it belongs")
        if kind == ANSWERED:
            return self._answered(step, exchange)
        if kind == SENT:
            self._sent.add(exchange)
        body = read_bytes(step, "body")
        message_type = MESSAGES.get(str(step.get("type")))
        if pid is None or message_type in (None, CatalogRequestMessage):
            return _not_judged(Doubt.NO_TABLE)
        assert message_type is not None
        if step.get("cut"):
            return _not_judged(Doubt.CUT)
        digest = hashlib.sha256(body).hexdigest()
        if not step.get("masked") and step.get("digest") != f"sha256:{digest}":
            return _not_judged(Doubt.ALTERED, agrees=False)
        answer = _answer(step)
        try:
            message = decode(body, message_type)
        except DecodeError as error:
            doubt = Doubt.UNREADABLE if answer.taken else None
            return Judgement(Verdict.REFUSED, self._state(pid), agrees=not answer.taken, doubt=doubt, reason=str(error))
        return self._replayed(step, pid, message, answer, digest)

    def _replayed(self, step: JsonObject, pid: str, message: Message, answer: Answer, digest: str) -> Judgement:
        received = step["step"] == RECEIVED
        replay = self.replays.get(pid)
        if replay is None:
            sender = _sender(message)
            ours = (sender.other if received else sender) if sender is not None else None
            role = self._roles.get(pid) or ours
            if role is None:
                return _not_judged(Doubt.BEGINNING)
            replay = self.replays[pid] = Replay(pid, role)
        mark = fingerprint(message)
        if received:
            return replay.received(message, mark, digest, answer)
        self._fingerprints[step["exchange"]] = (pid, mark)
        return replay.sent(message, mark)

    def _answered(self, step: JsonObject, exchange: int) -> Judgement:
        if exchange not in self._sent:
            return _not_judged(Doubt.NEVER_SENT, agrees=False)
        sent = self._fingerprints.get(exchange)
        if sent is None:
            return _not_judged(Doubt.NO_TABLE)
        pid, mark = sent
        data = read_answer(read_bytes(step, "answer"))
        replay = self.replays[pid]
        theirs = as_text(data.get("providerPid" if replay.role is Role.CONSUMER else "consumerPid"))
        return replay.answered(mark, _answer(step), theirs)

    def _state(self, pid: str) -> str | None:
        replay = self.replays.get(pid)
        return None if replay is None else replay.state


def _answer(step: JsonObject) -> Answer:
    status = step.get("status")
    raw = read_bytes(step, "answer")
    data = read_answer(raw)
    return Answer(
        status if type(status) is int else None,
        state=as_text(data.get("state")),
        code=as_text(data.get("code")),
        digest=hashlib.sha256(raw).hexdigest(),
    )


def _sender(message: Message) -> Role | None:
    if isinstance(message, ContractRequestMessage | TransferRequestMessage):
        return Role.CONSUMER
    return Role.PROVIDER if isinstance(message, ContractOfferMessage) else None


def _role(value: JsonValue) -> Role | None:
    return Role(value) if value in (Role.CONSUMER, Role.PROVIDER) else None


def _not_judged(doubt: Doubt, *, agrees: bool | None = None) -> Judgement:
    return Judgement(Verdict.NOT_JUDGED, None, agrees=agrees, doubt=doubt)
