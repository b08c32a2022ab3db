"""Notices: what two parties still have to tell each other when the protocol has ended (architecture 5, 5).

A notice is a small signed document. Each author keeps one chain for each agreement: numbers from 1 without a gap, each
notice naming the digest of the one before it. So nobody can later drop or exchange one of their own words unseen. Each
notice also says the highest one that its author had seen of the other's chain.

Here are the kinds, their contents and the rules of a chain. There is no cryptography: whoever calls has checked the
signature, or does so afterwards. The errors, all of them `NoticeError`::

    NoticeError            code, sentence
    ├── NoticeMalformed    it is no notice of format "mmd-notice/1"; nothing of it may be kept
    ├── NoticeMismatch     it belongs to another agreement, author or countersignature, or has seen what never was
    ├── NoticeGap          earlier ones are missing: fetch `missing`, then offer it again
    ├── NoticeEquivocation two different notices of one author with one number: keep both, they are proof
    └── AlreadyHeld        this very notice is in the chain: answer as the first time

A withdrawal binds its receiver on arrival, whatever is missing (architecture 5, 5): a service that meets `NoticeGap` with
a withdrawal whose signature is good stops the data first and fetches the gap afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector.protocol import notice_members as members
from connector.protocol.notice_errors import (
    AlreadyHeld,
    NoticeEquivocation,
    NoticeError,
    NoticeGap,
    NoticeMalformed,
    NoticeMismatch,
    malformed,
)
from connector.protocol.notice_kinds import (
    DELETION_ACKNOWLEDGED,
    DELETION_CERTIFICATE,
    DELIVERY_RECEIVED,
    DELIVERY_SENT,
    DUTY_FULFILLED,
    END,
    HOLDS_RECEIPT,
    KINDS,
    MAX_LINES,
    METERING,
    PEOPLE_CHANGE,
    PEOPLE_CHANGE_ACCEPTED,
    PEOPLE_CHANGE_REFUSED,
    RESUMPTION,
    SUSPENSION,
    WITHDRAWAL,
    Kind,
    deletion_acknowledged,
    deletion_certificate,
    delivery,
    duty_fulfilled,
    end,
    holds_receipt,
    metering,
    people_change,
    people_change_accepted,
    people_change_refused,
    resumption,
    suspension,
    withdrawal,
)

__all__ = [
    "DELETION_ACKNOWLEDGED",
    "DELETION_CERTIFICATE",
    "DELIVERY_RECEIVED",
    "DELIVERY_SENT",
    "DUTY_FULFILLED",
    "END",
    "HOLDS_RECEIPT",
    "KINDS",
    "MAX_LINES",
    "METERING",
    "NOTICE_FORMAT",
    "PEOPLE_CHANGE",
    "PEOPLE_CHANGE_ACCEPTED",
    "PEOPLE_CHANGE_REFUSED",
    "RESUMPTION",
    "SUSPENSION",
    "WITHDRAWAL",
    "AlreadyHeld",
    "Chain",
    "Kind",
    "Notice",
    "NoticeEquivocation",
    "NoticeError",
    "NoticeGap",
    "NoticeMalformed",
    "NoticeMismatch",
    "Seen",
    "deletion_acknowledged",
    "deletion_certificate",
    "delivery",
    "duty_fulfilled",
    "end",
    "holds_receipt",
    "metering",
    "people_change",
    "people_change_accepted",
    "people_change_refused",
    "read_notice",
    "resumption",
    "suspension",
    "withdrawal",
]

NOTICE_FORMAT: Final = "mmd-notice/1"


@dataclass(frozen=True)
class Seen:
    """The highest notice known of a chain: its number (from 1) and its digest."""

    number: int
    digest: str

    def to_json(self) -> dict[str, Any]:
        """As it stands in documents: `{"number", "digest"}`."""
        return {"number": self.number, "digest": self.digest}


@dataclass(frozen=True)
class Notice:
    """What a notice says. `countersignature` is the digest of the consumer's countersignature C."""

    agreement: str
    author: str
    kind: str
    countersignature: str
    number: int
    previous: str | None
    seen: Seen | None
    content: Mapping[str, Any]

    def subject(self) -> dict[str, Any]:
        """The `credentialSubject` of the signed document."""
        return {
            "id": self.agreement,
            "format": NOTICE_FORMAT,
            "kind": self.kind,
            "countersignature": self.countersignature,
            "number": self.number,
            "previous": self.previous,
            "seen": self.seen.to_json() if self.seen else None,
            "content": dict(self.content),
        }


@dataclass(frozen=True)
class Chain:
    """The notices held of one author on one agreement: their digests, number 1 first."""

    agreement: str
    author: str
    countersignature: str
    digests: Sequence[str] = ()

    @property
    def highest(self) -> Seen | None:
        """The last notice, or None when there is none yet."""
        return Seen(len(self.digests), self.digests[-1]) if self.digests else None

    def next(self, kind: str, content: Mapping[str, Any], *, other: "Chain") -> Notice:
        """The notice that its author writes next, having seen `other`, the other party's chain.

        Raises:
            NoticeMalformed: unknown kind, or a content that is not of its shape.
        """
        last = self.highest
        _kind(kind).check(content)
        previous = last.digest if last else None
        number = len(self.digests) + 1
        return Notice(
            self.agreement, self.author, kind, self.countersignature, number, previous, other.highest, content
        )

    def accept(self, notice: Notice, digest: str, *, other: "Chain | None" = None) -> "Chain":
        """The chain with this notice at its end.

        Args:
            notice: what was read with `read_notice`.
            digest: of the signed document, its proof included.
            other: the other party's chain, to judge `seen` by it; None when that chain is not at hand.

        Raises:
            NoticeMismatch: another agreement, author or countersignature; `seen` names what `other` does not hold.
            AlreadyHeld: it is in the chain.
            NoticeEquivocation: its number is taken by another notice, or it names another one before it.
            NoticeGap: earlier ones are missing.
        """
        self.check(notice, digest, other=other)
        return Chain(self.agreement, self.author, self.countersignature, (*self.digests, digest))

    def check(self, notice: Notice, digest: str, *, other: "Chain | None" = None) -> None:
        """Whether this notice can stand at the end of the chain; of the held ones, few are looked at.

        Raises:
            NoticeError: as `accept`.
        """
        self._check_belongs(notice)
        if notice.number <= len(self.digests):
            held = self.digests[notice.number - 1]
            raise AlreadyHeld(notice.number) if held == digest else NoticeEquivocation(notice.number, held, digest)
        if notice.number > len(self.digests) + 1:
            raise NoticeGap(notice.number, tuple(range(len(self.digests) + 1, notice.number)))
        # number and previous agree in shape (read_notice): only number 1 has no previous
        if self.digests and notice.previous is not None and notice.previous != self.digests[-1]:
            raise NoticeEquivocation(len(self.digests), self.digests[-1], notice.previous)
        if other is not None:
            _check_seen(notice, other)

    def _check_belongs(self, notice: Notice) -> None:
        for name, found, expected in (
            ("agreement", notice.agreement, self.agreement),
            ("author", notice.author, self.author),
            ("countersignature", notice.countersignature, self.countersignature),
        ):
            if found != expected:
                raise NoticeMismatch(name, f"the notice names {name} {found}, this chain is of {name} {expected}")


def read_notice(document: Mapping[str, Any]) -> Notice:
    """Read a signed notice; the author is its issuer. The signature is not looked at.

    Raises:
        NoticeMalformed: a member is missing or of the wrong kind, or the format is another; the sentence names it.
    """
    subject = document.get("credentialSubject")
    if not isinstance(subject, Mapping):
        raise malformed("credentialSubject", "an object")
    if subject.get("format") != NOTICE_FORMAT:
        raise NoticeMalformed("format", f"the notice is of format {subject.get('format')!r}, we read {NOTICE_FORMAT!r}")
    kind, number, content = (
        _kind(subject.get("kind")),
        members.whole(subject, "number", least=1),
        subject.get("content"),
    )
    if not isinstance(content, Mapping):
        raise malformed("content", "an object")
    kind.check(content)
    previous = subject.get("previous")
    if (previous is None) != (number == 1) or (previous is not None and not members.is_digest(previous)):
        raise malformed("previous", "null in notice 1 and a digest in every later one")
    return Notice(
        agreement=members.text(subject, "id"),
        author=members.text(document, "issuer"),
        kind=kind.name,
        countersignature=members.digest(subject, "countersignature"),
        number=number,
        previous=previous,
        seen=_read_seen(subject.get("seen")),
        content=content,
    )


def _check_seen(notice: Notice, other: Chain) -> None:
    seen = notice.seen
    if seen is None:
        return
    if seen.number > len(other.digests):
        raise NoticeMismatch(
            "seen", f"the notice says that it has seen notice {seen.number} of {other.author}: unknown"
        )
    if other.digests[seen.number - 1] != seen.digest:
        raise NoticeMismatch("seen", f"the notice has seen another notice {seen.number} of {other.author} than we hold")


def _kind(name: object) -> Kind:
    found = KINDS.get(name) if isinstance(name, str) else None
    if found is None:
        raise malformed("kind", "one of " + ", ".join(KINDS))
    return found


def _read_seen(value: object) -> Seen | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise malformed("seen", "null or an object")
    return Seen(members.whole(value, "number", least=1), members.digest(value, "digest"))
