"""The same message twice is the same answer (decision 5, 2).

The protocol has no message id of its own. A repeat is: the same process, sender, message type, `@id` and normalised
content. Without `@id`, only the bytes of the last applied message are a repeat, and a message whose identity token is
older than that of the last applied one is too late.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from connector.canonical import JsonObject
from connector.ports.records import Answered, LastApplied
from connector.ports.store import UnitOfWork
from connector.protocol.errors import IllegalTransition
from connector.protocol.messages import (
    ContractOfferMessage,
    ContractRequestMessage,
    Message,
    TransferStartMessage,
    TransferSuspensionMessage,
)
from connector.protocol.versions import PREFERRED, ProtocolVersion
from connector.trust.verify import Participant

MOST_KEPT: Final = 256
"""Answers that are kept of one process while it goes on."""
_DROPPED: Final = 64
"""How many are dropped at once when there are more: so it is seldom done."""
_OVER_AND_OVER: Final = frozenset(
    {ContractRequestMessage.TYPE, ContractOfferMessage.TYPE, TransferStartMessage.TYPE, TransferSuspensionMessage.TYPE}
)
"""What a process may take any number of times; all else brings it nearer to its end."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An authenticated message: who sent it, what it says, its exact bytes and its fingerprint, in which version."""

    sender: Participant
    message: Message
    body: bytes
    fingerprint: str
    token_issued: str
    at: str
    version: ProtocolVersion = PREFERRED

    @property
    def digest(self) -> str:
        """Of the exact bytes."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a message is answered: the status and the JSON body, if any."""

    status: int
    body: JsonObject


def beginning(incoming: Incoming, their_pid: str | None) -> str:
    """The process of a first message, which has no pid of ours yet: two senders may have chosen the same pid."""
    return begun_as(incoming.message.TYPE, incoming.sender.did, their_pid)


def begun_as(kind: str, sender: str, their_pid: str | None) -> str:
    """The name under which the answer to a first message is kept: its type, its sender, the sender's pid."""
    return f"begin {kind} {sender} {their_pid}"


def key_of(process: str, incoming: Incoming) -> str:
    """The key under which the answer to this message is kept; those of one process lie together."""
    parts = (process, incoming.sender.did, incoming.fingerprint)
    return prefix_of(process) + hashlib.sha256("\n".join(parts).encode()).hexdigest()


def prefix_of(process: str) -> str:
    """What the keys of all answers of a process begin with: no process is the beginning of another one's."""
    return hashlib.sha256(process.encode()).hexdigest()[:32] + " "


def forgotten(unit: UnitOfWork, process: str) -> bool:
    """Whether nothing is left of what was answered to the messages of a process."""
    return not unit.answered.keys(prefix_of(process), 1)


def forget(unit: UnitOfWork, process: str) -> None:
    """Drop what was answered to the messages of a process: from now on its state alone answers repeats."""
    unit.answered.delete_beginning(prefix_of(process))
    unit.last_applied.delete(process)


def earlier_reply(unit: UnitOfWork, process: str, incoming: Incoming) -> Reply | None:
    """The answer that this very message got before, if it is a repeat.

    Raises:
        IllegalTransition: it has no `@id` and comes later than something newer.
    """
    if incoming.message.id is None:
        last = unit.last_applied.get(process)
        if last is None:
            return None
        if last.digest != incoming.digest:
            if incoming.token_issued and last.token_issued > incoming.token_issued:
                raise IllegalTransition("this message is older than the last one that was applied; it comes too late")
            return None
    answered = unit.answered.get(key_of(process, incoming))
    return None if answered is None else Reply(answered.status, json.loads(answered.body or b"{}"))


def remember(unit: UnitOfWork, process: str, incoming: Incoming, reply: Reply) -> None:
    """Keep the answer, in the transaction of what the message did. A 503 is never kept.

    Of one process so many are kept and no more: whoever sends for ever what is refused, or goes round in circles, makes us
    forget what he sent first.
    """
    record = Answered(
        key=key_of(process, incoming),
        status=reply.status,
        body=json.dumps(reply.body, ensure_ascii=False).encode(),
        at=incoming.at,
    )
    if incoming.message.id is None:
        unit.answered.put(record)
        if reply.status < 300:  # noqa: PLR2004
            last = LastApplied(process=process, digest=incoming.digest, token_issued=incoming.token_issued)
            unit.last_applied.put(last)
    else:
        unit.answered.add(record)
    if reply.status >= 300 or incoming.message.TYPE in _OVER_AND_OVER:  # noqa: PLR2004
        _drop_oldest(unit, process)


def _drop_oldest(unit: UnitOfWork, process: str) -> None:
    prefix = prefix_of(process)
    if len(unit.answered.keys(prefix, MOST_KEPT + 1)) <= MOST_KEPT:
        return
    kept = unit.answered.between(prefix, prefix + "~", limit=2 * MOST_KEPT)
    for answered in sorted(kept, key=lambda record: record.at)[:_DROPPED]:
        unit.answered.delete(answered.key)
