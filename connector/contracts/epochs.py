"""A log that goes on under a new name: what its owner signs about it (architecture 5, 8).

A connector that comes back from an older backup cannot continue its log: the leaves that it has forgotten held random
bytes that nobody else has, and another leaf in their place would be a second history. So it never adds to that log again.
It opens a new one, whose first entry commits to this statement: how far the old log is known to have come, by the largest
checkpoint that anybody holds, and how far the backup went.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connector.audit.checkpoint import Checkpoint, check_origin, peek_checkpoint
from connector.audit.errors import AuditError
from connector.contracts.documents import SignedDocument, read_frame
from connector.contracts.errors import ContractError
from connector.contracts.rules import CLOCK_TOLERANCE, Signer, check_signature
from connector.contracts.signing import sign_subject
from connector.trust.keys import SigningKey

EPOCH_STATEMENT: Final = "LogEpochStatement"
EPOCH_FORMAT: Final = "mmd-log-epoch/1"
_NAME: Final = "log epoch statement"


@dataclass(frozen=True)
class EpochStatement(SignedDocument):
    """What a log's owner says about its new log.

    Attributes:
        origin: the new log.
        epoch: which of the owner's logs it is, 2 for the first of these.
        previous: the log that nothing is added to any more.
        restored_size: how many of its entries the owner still has.
        restored_root: the root over these, in hexadecimal digits.
        known: the largest checkpoint of it that the owner was shown or has, a signed note; None when there is none.
        reason: why, as a word (`connector.ports.store.Doubt`).
    """

    origin: str
    epoch: int
    previous: str
    restored_size: int
    restored_root: str
    known: str | None
    reason: str


def make_epoch_statement(
    *,
    issuer: str,
    key: SigningKey,
    origin: str,
    epoch: int,
    previous: str,
    restored_size: int,
    restored_root: str,
    known: str | None,
    reason: str,
    now: datetime,
) -> dict[str, Any]:
    """Sign the statement with the owner's contract key; the attributes are those of `EpochStatement`."""
    subject = {
        "id": f"log:{origin}",
        "format": EPOCH_FORMAT,
        "origin": origin,
        "epoch": epoch,
        "previous": {
            "origin": previous,
            "restored": {"size": restored_size, "root": restored_root},
            "known": known,
        },
        "reason": reason,
    }
    return sign_subject(EPOCH_STATEMENT, subject, issuer=issuer, key=key, now=now)


def read_epoch_statement(document: object) -> EpochStatement:
    """Read a statement, its signature unchecked.

    Raises:
        UnknownFormat: a format version that we do not know.
        ContractError: a member is missing or of the wrong kind.
    """
    frame, subject = read_frame(document, _NAME, EPOCH_STATEMENT, EPOCH_FORMAT)
    previous = subject.object("previous")
    restored = previous.object("restored")
    return EpochStatement(
        **frame,
        origin=subject.text("origin"),
        epoch=subject.whole("epoch"),
        previous=previous.text("origin"),
        restored_size=restored.whole("size"),
        restored_root=restored.text("root", empty=True),
        known=previous.optional_text("known"),
        reason=subject.text("reason"),
    )


def check_epoch_statement(document: Mapping[str, Any], signer: Signer, *, now: datetime) -> EpochStatement:
    """Check a statement as it comes.

    1. It has its shape, and names two logs, the new one by a number above 1.
    2. Its owner has signed it, not in the future.
    3. The checkpoint that it names is one of the old log, and not smaller than what the owner still has.

    Raises:
        ContractError: a step does not hold.
    """
    statement = read_epoch_statement(document)
    if statement.epoch < 2 or statement.origin == statement.previous:  # noqa: PLR2004 - the first has no statement
        raise ContractError("shape", document=_NAME, where="epoch", expected="the number of a log after the first")
    check_signature(statement, signer)
    if statement.valid_from > now + CLOCK_TOLERANCE:
        raise ContractError("shape", document=_NAME, where="validFrom", expected="a moment that has come")
    known = known_checkpoint(statement)
    if known is not None and (known.origin != statement.previous or known.size < statement.restored_size):
        raise ContractError("shape", document=_NAME, where="previous.known", expected="a checkpoint of the old log")
    return statement


def known_checkpoint(statement: EpochStatement) -> Checkpoint | None:
    """The largest checkpoint that the statement names; its signatures unchecked.

    Raises:
        ContractError: it is none.
    """
    try:
        check_origin(statement.origin)
        check_origin(statement.previous)
        return peek_checkpoint(statement.known) if statement.known is not None else None
    except AuditError as error:
        raise ContractError(
            "shape", document=_NAME, where="previous.known", expected=f"a checkpoint ({error})"
        ) from None
