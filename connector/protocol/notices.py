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

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connector.clock import format_time, parse_time

NOTICE_FORMAT: Final = "mmd-notice/1"
HOLDS_RECEIPT: Final = "holds-receipt"
DELIVERY_SENT: Final = "delivery-sent"
DELIVERY_RECEIVED: Final = "delivery-received"
WITHDRAWAL: Final = "withdrawal"
KINDS: Final = (HOLDS_RECEIPT, DELIVERY_SENT, DELIVERY_RECEIVED, WITHDRAWAL)
RESULTS: Final = ("complete", "broken")

MAX_TEXT: Final = 4096
"""The longest text in a notice, in characters."""
MAX_RANGES: Final = 64
"""The most byte ranges that one receipt lists; whoever had more, joins neighbours."""

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_LARGEST: Final = 2**53 - 1


class NoticeError(Exception):
    """A notice cannot be taken into a chain. `code` is for programs, the message is a sentence for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class NoticeMalformed(NoticeError):
    """The document is no notice of a format that we know; the sentence names the member."""


class NoticeMismatch(NoticeError):
    """The notice belongs elsewhere, or says that it has seen a notice which does not exist."""


class NoticeGap(NoticeError):
    """Earlier notices of the same chain have not arrived: `missing` are their numbers."""

    def __init__(self, number: int, missing: tuple[int, ...]) -> None:
        named = f"{missing[0]}" if len(missing) == 1 else f"{missing[0]} to {missing[-1]}"
        super().__init__("gap", f"notice {number} came before notice {named} of the same author; fetch what is missing")
        self.missing = missing


class NoticeEquivocation(NoticeError):
    """One author, one number, two digests: `held` is in the chain, `other` is what now came. Keep both."""

    def __init__(self, number: int, held: str, other: str) -> None:
        super().__init__(
            "equivocation",
            f"the author gave number {number} to two different notices, {held} and {other}; both are kept as proof",
        )
        self.number = number
        self.held = held
        self.other = other


class AlreadyHeld(NoticeError):
    """This very notice is in the chain already, as number `number`."""

    def __init__(self, number: int) -> None:
        super().__init__("already-held", f"notice {number} is held already")
        self.number = number


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
    digests: tuple[str, ...] = ()

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
        _check_kind(kind)
        _check_content(kind, content)
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
        return Chain(self.agreement, self.author, self.countersignature, (*self.digests, digest))

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
        raise _malformed("credentialSubject", "an object")
    if subject.get("format") != NOTICE_FORMAT:
        raise NoticeMalformed("format", f"the notice is of format {subject.get('format')!r}, we read {NOTICE_FORMAT!r}")
    kind, number, content = _text(subject, "kind"), _whole(subject, "number", least=1), subject.get("content")
    _check_kind(kind)
    if not isinstance(content, Mapping):
        raise _malformed("content", "an object")
    _check_content(kind, content)
    previous = subject.get("previous")
    if (previous is None) != (number == 1) or (previous is not None and not _is_digest(previous)):
        raise _malformed("previous", "null in notice 1 and a digest in every later one")
    return Notice(
        agreement=_text(subject, "id"),
        author=_text(document, "issuer"),
        kind=kind,
        countersignature=_digest(subject, "countersignature"),
        number=number,
        previous=previous,
        seen=_read_seen(subject.get("seen")),
        content=content,
    )


def holds_receipt(receipt: str) -> dict[str, Any]:
    """The content of H: the consumer holds the receipt with this digest; with it the contract is complete."""
    return {"receipt": receipt}


def withdrawal(reason: str, effective: datetime) -> dict[str, Any]:
    """The content of a withdrawal: why, and from when on nothing more is delivered."""
    return {"reason": reason, "effective": format_time(effective)}


def delivery(
    *,
    delivery: str,
    transfer: str,
    transferred: int,
    ranges: Sequence[tuple[int, int]],
    digest: str | None,
    purpose: str | None,
    person: str | None,
    started_at: datetime,
    finished_at: datetime,
    result: str,
) -> dict[str, Any]:
    """The content of either side's receipt of one delivery.

    Args:
        delivery: the delivery id that the consumer minted.
        transfer: the provider's pid of the transfer process.
        transferred: bytes that went over the wire, repeated ranges counted again.
        ranges: the byte positions (first, last; both included) that were sent or received.
        digest: of the whole file, where the author has it; None when it has not.
        purpose: the stated purpose, an IRI.
        person: salted digest of the person for whom it was fetched; never a name.
        started_at: when the first byte was asked for.
        finished_at: when the last byte went, or the try ended.
        result: "complete" or "broken".
    """
    return {
        "delivery": delivery,
        "transfer": transfer,
        "bytes": transferred,
        "ranges": [[first, last] for first, last in ranges],
        "digest": digest,
        "purpose": purpose,
        "person": person,
        "startedAt": format_time(started_at),
        "finishedAt": format_time(finished_at),
        "result": result,
    }


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


def _check_kind(kind: object) -> None:
    if kind not in KINDS:
        raise _malformed("kind", "one of " + ", ".join(KINDS))


_MEMBERS: Final = {
    HOLDS_RECEIPT: frozenset({"receipt"}),
    WITHDRAWAL: frozenset({"reason", "effective"}),
}
_DELIVERY_MEMBERS: Final = frozenset(
    {"delivery", "transfer", "bytes", "ranges", "digest", "purpose", "person", "startedAt", "finishedAt", "result"}
)


def _check_content(kind: str, content: Mapping[str, Any]) -> None:
    if kind == HOLDS_RECEIPT:
        _digest(content, "receipt")
    elif kind == WITHDRAWAL:
        _text(content, "reason", empty=True)
        _time(content, "effective")
    else:
        _check_delivery(content)
    unknown = set(content) - _MEMBERS.get(kind, _DELIVERY_MEMBERS)
    if unknown:
        # What nobody knows is not signed for: and filler would make evidence files heavy.
        raise _malformed("content", f"without {min(map(str, unknown))[:80]!r}, which is no member of {kind!r}")


def _check_delivery(content: Mapping[str, Any]) -> None:
    for name in ("delivery", "transfer"):
        _text(content, name)
    _whole(content, "bytes", least=0)
    for name in ("digest", "person"):
        if content.get(name) is not None:
            _digest(content, name)
    if content.get("purpose") is not None:
        _text(content, "purpose")
    for name in ("startedAt", "finishedAt"):
        _time(content, name)
    if content.get("result") not in RESULTS:
        raise _malformed("result", "one of " + ", ".join(RESULTS))
    ranges = content.get("ranges")
    if not isinstance(ranges, Sequence) or len(ranges) > MAX_RANGES or not all(map(_is_range, ranges)):
        raise _malformed("ranges", f"at most {MAX_RANGES} pairs of byte positions, first and last")


def _is_range(value: object) -> bool:
    if not isinstance(value, Sequence) or len(value) != 2 or not all(type(item) is int for item in value):  # noqa: PLR2004
        return False
    return bool(0 <= value[0] <= value[1])


def _read_seen(value: object) -> Seen | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise _malformed("seen", "null or an object")
    return Seen(_whole(value, "number", least=1), _digest(value, "digest"))


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _digest(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    if not _is_digest(value):
        raise _malformed(name, "a digest, sha256: and 64 hexadecimal digits")
    return str(value)


def _text(holder: Mapping[str, Any], name: str, *, empty: bool = False) -> str:
    value = holder.get(name)
    if not isinstance(value, str) or len(value) > MAX_TEXT or not (value or empty):
        raise _malformed(name, f"a text of at most {MAX_TEXT} characters")
    return value


def _whole(holder: Mapping[str, Any], name: str, *, least: int) -> int:
    value = holder.get(name)
    if type(value) is not int or not least <= value <= _LARGEST:
        raise _malformed(name, f"a whole number from {least}")
    return value


def _time(holder: Mapping[str, Any], name: str) -> datetime:
    try:
        return parse_time(_text(holder, name))
    except (ValueError, OverflowError):
        raise _malformed(name, "a date and time with a zone") from None


def _malformed(name: str, expected: str) -> NoticeMalformed:
    return NoticeMalformed(f"malformed:{name}", f"the notice's member {name!r} must be {expected}")
