"""What stands before the auditor: the parts of an evidence file, read, and what a check may say about them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from connector.audit.policy import WitnessPolicy
from connector.contracts import layout
from connector.contracts.documents import (
    AgreementCredential,
    Countersignature,
    Receipt,
    SignedDocument,
    Termination,
)
from connector.contracts.errors import ContractError
from connector.contracts.notices import NoticeDocument
from connector.contracts.shape import Members
from connector.contracts.statement import Statement
from connector.contracts.vocabulary import PROVIDER, ROLES
from connector.trust.anchors import TrustFile
from connector.trust.credentials import Membership
from connector.trust.did import DidDocument

T = TypeVar("T")


class NotApplicable(Exception):
    """A check has nothing to look at, or what it stands on is missing or unreadable."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = {name: str(value) for name, value in facts.items()}


class Undecided(NotApplicable):
    """A check can say neither yes nor no."""


@dataclass(frozen=True)
class StoredMessage:
    """A message of the conversation, the exporter's copy."""

    direction: str
    time: datetime
    type: str
    body: bytes
    digest: str | None


@dataclass(frozen=True)
class StoredLogProof:
    """That a log holds R: the bytes of the entry, the proof's text, a consistency proof where there is one."""

    entry: bytes
    proof: str
    consistency: Members | None


@dataclass(frozen=True)
class Seen:
    """A cosignature that holds: over whose log, by whom, by which key, when."""

    log: str
    witness: str
    public_raw: bytes
    time: datetime
    outside: bool
    """By the authority: it is no party."""


@dataclass
class Case:
    """What stands before the auditor.

    Attributes:
        files: path to bytes, manifest and statement included.
        manifest: the manifest, read.
        trust: the authorities and keys that the auditor believes, from outside the file; None when there are none.
        now: the moment of the verification.
        problems: files that could not be read, and why.
        unknown: signed documents of a format that is not known, as far as they can be read.
        seen: what witnesses have signed, or why it does not hold; None until a check has looked.
        sentences: whether the verifier makes texts with its own sentences (check 29).
        annexes: path to kind (`people`, `consent`), as far as they can be read.
    """

    files: Mapping[str, bytes]
    manifest: Members
    trust: TrustFile | None
    now: datetime
    problems: dict[str, ContractError] = field(default_factory=dict)
    unknown: dict[str, SignedDocument] = field(default_factory=dict)
    agreement: dict[str, Any] | None = None
    dataset: dict[str, Any] | None = None
    rendering: Members | None = None
    credential: AgreementCredential | None = None
    countersignature: Countersignature | None = None
    receipt: Receipt | None = None
    termination: Termination | None = None
    statement: Statement | None = None
    memberships: dict[str, Membership] = field(default_factory=dict)
    did_documents: dict[str, DidDocument] = field(default_factory=dict)
    notices: dict[str, dict[str, NoticeDocument]] = field(default_factory=dict)
    logs: dict[str, StoredLogProof] = field(default_factory=dict)
    witnessed: dict[str, dict[str, str]] = field(default_factory=dict)
    policies: dict[str, WitnessPolicy] = field(default_factory=dict)
    messages: dict[str, StoredMessage] = field(default_factory=dict)
    conflicting: dict[str, SignedDocument] = field(default_factory=dict)
    seen: "Sequence[Seen] | ContractError | NotApplicable | None" = None
    annexes: dict[str, str] = field(default_factory=dict)
    sentences: bool = True

    def party(self, role: str) -> str:
        """A party's DID, as the agreement names it."""
        agreement = need(self.agreement, layout.AGREEMENT)
        did = agreement.get("assigner" if role == PROVIDER else "assignee")
        if not isinstance(did, str):
            raise NotApplicable("needs", file=layout.AGREEMENT)
        return did

    def role_of(self, did: str) -> str | None:
        """Which party this DID is; None for a stranger."""
        return next((role for role in ROLES if self.party(role) == did), None)

    def signed(self) -> Iterator[tuple[str, SignedDocument]]:
        """P, C, R, T as far as they are there and can be read, with their paths."""
        found = (self.credential, self.countersignature, self.receipt, self.termination)
        for name, document in zip(layout.SIGNATURE_NAMES, found, strict=True):
            if document is not None:
                yield layout.signature_file(name), document

    def all_notices(self) -> Iterator[tuple[str, str, NoticeDocument]]:
        """Every notice: role, path, document."""
        for role in ROLES:
            for path, notice in self.notices.get(role, {}).items():
                yield role, path, notice

    def erased(self, paths: Iterable[str]) -> dict[str, str]:
        """How many of these files were erased, by whom and when last, as the exporter says; empty when none was."""
        listed = self.manifest.object("files").data
        moments = [at for at in (layout.erased_at(listed.get(path)) for path in paths) if at is not None]
        if not moments:
            return {}
        by = self.statement.issuer if self.statement is not None else "?"
        return {"erased": str(len(moments)), "by": by, "at": max(moments)}


def need(value: T | None, path: str) -> T:
    """The value, or the check that asks for it is skipped because this file is missing or cannot be read."""
    if value is None:
        raise NotApplicable("needs", file=path)
    return value
