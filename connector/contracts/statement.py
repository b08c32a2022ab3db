"""The exporter's statement: up to which word an evidence file is complete (architecture 5, 12).

An inclusion proof shows that something is there, never that nothing came later. So the exporter signs what it knows:
the highest notice of each author, a termination if there is one, and where its own log stood. The statement also
names the digest of the manifest, and the manifest those of all other files.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.clock import format_time
from connector.contracts.documents import SignedDocument, SignerException, read_exception, read_frame
from connector.contracts.shape import Members
from connector.contracts.signing import sign_subject
from connector.contracts.vocabulary import CONSUMER, EVIDENCE_FORMAT, PROVIDER, ROLES
from connector.contracts.vocabulary import STATEMENT as STATEMENT_TYPE
from connector.protocol.notices import Seen
from connector.trust.keys import SigningKey


@dataclass(frozen=True, slots=True)
class TakenUp:
    """That the exporter had forgotten the contract, and took it up out of another evidence file.

    Attributes:
        by: whose file it was: the other party.
        evidence: the digest of that file.
    """

    by: str
    evidence: str

    def to_json(self) -> dict[str, Any]:
        """As it stands in the statement."""
        return {"by": self.by, "evidence": self.evidence}


@dataclass(frozen=True)
class Statement(SignedDocument):
    """What the exporter states.

    Attributes:
        manifest: digest of the bytes of manifest.json.
        highest: by role, the author's highest notice known; None when it has written none.
        termination: digest of T, or None when there is none.
        checkpoint: the exporter's own log as it stood, a signed note; None when the exporter has no log.
        exception: the peer that the exporter has excepted from signing, where P cannot say so.
        taken_up: out of what the exporter knows of the contract; None where it has known it all along.
    """

    manifest: str
    highest: Mapping[str, Seen | None]
    termination: str | None
    checkpoint: str | None
    exception: SignerException | None
    taken_up: TakenUp | None


def make_statement(
    *,
    issuer: str,
    key: SigningKey,
    agreement_id: str,
    manifest: str,
    highest: Mapping[str, Seen | None],
    termination: str | None,
    checkpoint: str | None,
    exception: SignerException | None,
    now: datetime,
    taken_up: TakenUp | None = None,
) -> dict[str, Any]:
    """Sign a statement with the exporter's contract key; the attributes are those of `Statement`.

    The same evidence at the same moment has the same statement: its id is made from both.
    """
    subject = {
        "id": agreement_id,
        "format": EVIDENCE_FORMAT,
        "manifest": manifest,
        "highestNotices": {role: _seen_json(highest[role]) for role in ROLES},
        "termination": termination,
        "checkpoint": checkpoint,
        "exception": exception.to_json() if exception else None,
        "takenUp": taken_up.to_json() if taken_up else None,
    }
    own_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{manifest} {format_time(now)}").urn
    return sign_subject(STATEMENT_TYPE, subject, issuer=issuer, key=key, now=now, document_id=own_id)


def read_statement(document: object) -> Statement:
    """Read a statement, its signature unchecked.

    Raises:
        UnknownFormat: a format version that we do not know.
        ContractError: a member is missing or of the wrong kind.
    """
    frame, subject = read_frame(document, "statement", STATEMENT_TYPE, EVIDENCE_FORMAT)
    highest = subject.object("highestNotices")
    return Statement(
        **frame,
        manifest=subject.digest("manifest"),
        highest={
            PROVIDER: _read_seen(highest.optional_object(PROVIDER)),
            CONSUMER: _read_seen(highest.optional_object(CONSUMER)),
        },
        termination=subject.optional_digest("termination"),
        checkpoint=subject.optional_text("checkpoint"),
        exception=read_exception(subject.optional_object("exception")),
        taken_up=_read_taken_up(subject.optional_object("takenUp")),
    )


def _read_taken_up(members: Members | None) -> TakenUp | None:
    return TakenUp(members.text("by"), members.digest("evidence")) if members else None


def _seen_json(seen: Seen | None) -> dict[str, Any] | None:
    return seen.to_json() if seen else None


def _read_seen(members: Members | None) -> Seen | None:
    return Seen(members.whole("number"), members.digest("digest")) if members else None
