"""The kinds of notices: who may write each, what stands in it, and how its content is made.

A new kind is one entry of `KINDS` and, where it answers or names another notice, one rule in `notice_references`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from connector.clock import format_time
from connector.protocol import notice_members as members
from connector.protocol.notice_errors import malformed

HOLDS_RECEIPT: Final = "holds-receipt"
DELIVERY_SENT: Final = "delivery-sent"
DELIVERY_RECEIVED: Final = "delivery-received"
WITHDRAWAL: Final = "withdrawal"
SUSPENSION: Final = "suspension"
RESUMPTION: Final = "resumption"
END: Final = "end"
DUTY_FULFILLED: Final = "duty-fulfilled"
DELETION_CERTIFICATE: Final = "deletion-certificate"
DELETION_ACKNOWLEDGED: Final = "deletion-acknowledged"
PEOPLE_CHANGE: Final = "people-change"
PEOPLE_CHANGE_ACCEPTED: Final = "people-change-accepted"
PEOPLE_CHANGE_REFUSED: Final = "people-change-refused"
METERING: Final = "metering"

RESULTS: Final = ("complete", "broken")
MAX_RANGES: Final = 64
"""The most byte ranges that one receipt lists; whoever had more, joins neighbours."""
MAX_DELETED: Final = 256
"""The most deliveries that one deletion certificate lists; whoever has more, writes several."""
MAX_LINES: Final = 256
"""The most deliveries that one statement of counts lists; whoever has more, writes several."""

_CONSUMER: Final = ("consumer",)
_PROVIDER: Final = ("provider",)
_EITHER: Final = ("provider", "consumer")
Content: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice.

    Attributes:
        name: its stable name on the wire.
        authors: the roles whose side writes it, "provider" or "consumer".
        members: what its content holds, each with the reading that refuses what it cannot be.
    """

    name: str
    authors: tuple[str, ...]
    members: Mapping[str, Callable[[Content, str], object]]

    def check(self, content: Content) -> None:
        """Whether a content is of this kind.

        Raises:
            NoticeMalformed: a member is missing, is not what it must be, or is none of this kind.
        """
        for name, read in self.members.items():
            read(content, name)
        unknown = set(content) - set(self.members)
        if unknown:
            # What nobody knows is not signed for: and filler would make evidence files heavy.
            raise malformed("content", f"without {min(map(str, unknown))[:80]!r}, which is no member of {self.name!r}")


def holds_receipt(receipt: str) -> dict[str, Any]:
    """The content of H: the consumer holds the receipt with this digest; with it the contract is complete."""
    return {"receipt": receipt}


def withdrawal(reason: str, effective: datetime) -> dict[str, Any]:
    """The content of a withdrawal: why, and from when on nothing more is delivered."""
    return {"reason": reason, "effective": format_time(effective)}


def suspension(reason: str) -> dict[str, Any]:
    """The content of a suspension: why nothing is delivered until its author lifts it."""
    return {"reason": reason}


def resumption(suspended_by: str) -> dict[str, Any]:
    """The content of a resumption: the digest of the author's own suspension that it lifts."""
    return {"suspension": suspended_by}


def end(at: datetime) -> dict[str, Any]:
    """The content of a regular end: the moment up to which the agreement itself lets data flow."""
    return {"at": format_time(at)}


def duty_fulfilled(duty: str, statement: str, at: datetime) -> dict[str, Any]:
    """The content of a debtor's word that it has done what it owed.

    Args:
        duty: its id, as `policies.duties` derives it from the agreement.
        statement: what was done, in the debtor's words: an invoice number, an amount, a reference.
        at: when it was done.
    """
    return {"duty": duty, "statement": statement, "at": format_time(at)}


def deletion_certificate(deleted: Sequence[tuple[str, str]], statement: str, at: datetime) -> dict[str, Any]:
    """The content of a deletion certificate: each delivery that was deleted, with the digest of its file."""
    listed = [{"delivery": delivery_id, "digest": digest} for delivery_id, digest in deleted]
    return {"deleted": listed, "statement": statement, "at": format_time(at)}


def deletion_acknowledged(certificate: str, missing: Sequence[str]) -> dict[str, Any]:
    """The content of the provider's countersignature on a certificate, and what it still misses in it."""
    return {"certificate": certificate, "missing": list(missing)}


def people_change(people: str, before: str | None, reason: str) -> dict[str, Any]:
    """The content of a proposal for another list of named people.

    Args:
        people: the salted digest of the new list; the list itself is never in a notice.
        before: the digest of the list that it replaces; None when there was none.
        reason: why, for the other side's people. No names.
    """
    return {"people": people, "before": before, "reason": reason}


def people_change_accepted(proposal: str) -> dict[str, Any]:
    """The content of a countersignature on a proposed list: the digest of the notice that proposes it."""
    return {"proposal": proposal}


def people_change_refused(proposal: str, reason: str) -> dict[str, Any]:
    """The content of a refusal of a proposed list."""
    return {"proposal": proposal, "reason": reason}


def metering(
    lines: Sequence[Mapping[str, Any]], *, uses: int, rows: int, size: int, through: datetime, asks: bool
) -> dict[str, Any]:
    """The content of a statement of counts.

    Args:
        lines: the deliveries not stated before, or otherwise: `delivery`, `rows` (or None), `bytes`, `result`.
        uses: in all under the agreement, as the author counts.
        rows: likewise.
        size: bytes, likewise.
        through: up to when.
        asks: whether the other side is to tell its own count; an answer does not.
    """
    return {
        "lines": [dict(line) for line in lines],
        "uses": uses,
        "rows": rows,
        "bytes": size,
        "through": format_time(through),
        "asks": asks,
    }


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


def _maybe(read: Callable[[Content, str], object]) -> Callable[[Content, str], object]:
    """As `read`, but nothing may stand there too."""
    return lambda content, name: None if content.get(name) is None else read(content, name)


def _any_text(content: Content, name: str) -> str:
    return members.text(content, name, empty=True)


def _size(content: Content, name: str) -> int:
    return members.whole(content, name, least=0)


def _result(content: Content, name: str) -> None:
    if content.get(name) not in RESULTS:
        raise malformed(name, "one of " + ", ".join(RESULTS))


def _ranges(content: Content, name: str) -> None:
    found = content.get(name)
    if not isinstance(found, Sequence) or len(found) > MAX_RANGES or not all(map(_is_range, found)):
        raise malformed(name, f"at most {MAX_RANGES} pairs of byte positions, first and last")


def _is_range(value: object) -> bool:
    if not isinstance(value, Sequence) or len(value) != 2 or not all(type(item) is int for item in value):  # noqa: PLR2004
        return False
    return bool(0 <= value[0] <= value[1])


def _deleted(content: Content, name: str) -> None:
    found = members.listed(content, name, most=MAX_DELETED)
    for item in found:
        if not isinstance(item, Mapping) or set(item) != {"delivery", "digest"}:
            raise malformed(name, "objects with delivery and digest, and nothing else")
        members.text(item, "delivery")
        members.digest(item, "digest")
    if not found or len({item["delivery"] for item in found}) != len(found):
        raise malformed(name, "at least one delivery, and none twice")


def _flag(content: Content, name: str) -> None:
    if not isinstance(content.get(name), bool):
        raise malformed(name, "true or false")


def _lines(content: Content, name: str) -> None:
    found = members.listed(content, name, most=MAX_LINES)
    for item in found:
        if not isinstance(item, Mapping) or set(item) != {"delivery", "rows", "bytes", "result"}:
            raise malformed(name, "objects with delivery, rows, bytes and result, and nothing else")
        members.text(item, "delivery")
        _maybe(_size)(item, "rows")
        _size(item, "bytes")
        _result(item, "result")
    if len({item["delivery"] for item in found}) != len(found):
        raise malformed(name, "lines of different deliveries")


def _names(content: Content, name: str) -> None:
    for item in members.listed(content, name, most=MAX_DELETED):
        members.text({name: item}, name)


_DELIVERY: Final[Mapping[str, Callable[[Content, str], object]]] = MappingProxyType(
    {
        "delivery": members.text,
        "transfer": members.text,
        "bytes": _size,
        "digest": _maybe(members.digest),
        "person": _maybe(members.digest),
        "purpose": _maybe(members.text),
        "startedAt": members.time,
        "finishedAt": members.time,
        "result": _result,
        "ranges": _ranges,
    }
)
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(HOLDS_RECEIPT, _CONSUMER, {"receipt": members.digest}),
            Kind(DELIVERY_SENT, _PROVIDER, _DELIVERY),
            Kind(DELIVERY_RECEIVED, _CONSUMER, _DELIVERY),
            Kind(WITHDRAWAL, _EITHER, {"reason": _any_text, "effective": members.time}),
            Kind(SUSPENSION, _EITHER, {"reason": members.text}),
            Kind(RESUMPTION, _EITHER, {"suspension": members.digest}),
            Kind(END, _EITHER, {"at": members.time}),
            Kind(
                DUTY_FULFILLED,
                _EITHER,
                {"duty": members.text, "statement": members.text, "at": members.time},
            ),
            Kind(
                DELETION_CERTIFICATE,
                _CONSUMER,
                {"deleted": _deleted, "statement": members.text, "at": members.time},
            ),
            Kind(DELETION_ACKNOWLEDGED, _PROVIDER, {"certificate": members.digest, "missing": _names}),
            Kind(
                PEOPLE_CHANGE,
                _EITHER,
                {"people": members.digest, "before": _maybe(members.digest), "reason": _any_text},
            ),
            Kind(PEOPLE_CHANGE_ACCEPTED, _EITHER, {"proposal": members.digest}),
            Kind(PEOPLE_CHANGE_REFUSED, _EITHER, {"proposal": members.digest, "reason": members.text}),
            Kind(
                METERING,
                _EITHER,
                {"lines": _lines, "uses": _size, "rows": _size, "bytes": _size, "through": members.time, "asks": _flag},
            ),
        )
    }
)
"""Every kind that is read and written."""
