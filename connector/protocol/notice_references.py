"""Notices that answer another one: which one, and whether it can be answered so, by the two chains alone.

A notice may name one of its author's own chain that came before it, or one of the other chain that its author says to
have seen. The receiver asks this on arrival and the auditor, years later, of a file: both come to the same answer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from connector.protocol.notice_errors import NoticeMismatch
from connector.protocol.notice_kinds import (
    DELETION_ACKNOWLEDGED,
    DELETION_CERTIFICATE,
    PEOPLE_CHANGE,
    PEOPLE_CHANGE_ACCEPTED,
    PEOPLE_CHANGE_REFUSED,
    RESUMPTION,
    SUSPENSION,
)
from connector.protocol.notices import Notice


@dataclass(frozen=True, slots=True)
class Held:
    """A notice of a chain, and the digest of its signed document."""

    notice: Notice
    digest: str


Told: TypeAlias = Sequence[Held]
"""What one author has told so far, number 1 first."""


def open_suspension(told: Told) -> Held | None:
    """The suspension of this author that it has not lifted; None when there is none."""
    standing: Held | None = None
    for held in told:
        if held.notice.kind == SUSPENSION:
            standing = held
        elif held.notice.kind == RESUMPTION:
            standing = None
    return standing


def open_proposals(proposer: Told, other: Told) -> Iterator[Held]:
    """The lists of people that one side has proposed and the other has not answered."""
    answered = {held.notice.content["proposal"] for held in other if held.notice.kind in _ANSWERS}
    for held in proposer:
        if held.notice.kind == PEOPLE_CHANGE and held.digest not in answered:
            yield held


def people_now(agreed: str | None, *, provider: Told, consumer: Told) -> str | None:
    """The digest of the list of named people that counts, by all that both have told.

    Each accepted change replaces the list that it names. When two that replace the same list were accepted crosswise, the
    consumer's counts: it is its people who hold the data. The other one is void for both sides alike.

    Args:
        agreed: the digest that stands in the contract; None without one.
        provider: what the provider has told.
        consumer: what the consumer has told.
    """
    changes = [*_accepted(consumer, provider), *_accepted(provider, consumer)]
    now = agreed
    while True:
        change = next((held for held in changes if held.notice.content["before"] == now), None)
        if change is None:
            return now
        changes.remove(change)
        now = str(change.notice.content["people"])


def check_references(notice: Notice, *, own: Told, other: Told) -> None:
    """Whether what a notice answers is there, and can be answered so.

    Args:
        notice: the notice.
        own: what its author had told before it.
        other: what the other side has told; what the author has not seen of it is passed over.

    Raises:
        NoticeMismatch: it names a notice that is not there, is of another kind, or was answered before.
    """
    check = _CHECKS.get(notice.kind)
    if check is not None:
        seen = notice.seen.number if notice.seen else 0
        check(notice, own, [held for held in other if held.notice.number <= seen])


def refers(kind: str) -> bool:
    """Whether notices of this kind answer others, so that the chains have to be read."""
    return kind in _CHECKS


def _accepted(proposer: Told, other: Told) -> Iterator[Held]:
    accepted = {held.notice.content["proposal"] for held in other if held.notice.kind == PEOPLE_CHANGE_ACCEPTED}
    return (held for held in proposer if held.notice.kind == PEOPLE_CHANGE and held.digest in accepted)


def _check_suspension(notice: Notice, own: Told, _: Told) -> None:
    standing = open_suspension(own)
    if standing is not None:
        raise _mismatch(notice, f"its author has suspended already, with notice {standing.notice.number}")


def _check_resumption(notice: Notice, own: Told, _: Told) -> None:
    standing = open_suspension(own)
    if standing is None or standing.digest != notice.content["suspension"]:
        raise _mismatch(notice, "it lifts no suspension of its author that stands")


def _check_acknowledged(notice: Notice, own: Told, seen: Told) -> None:
    named = notice.content["certificate"]
    _check_names(notice, seen, named, DELETION_CERTIFICATE)
    if any(held.notice.kind == DELETION_ACKNOWLEDGED and held.notice.content["certificate"] == named for held in own):
        raise _mismatch(notice, f"the certificate {named} was acknowledged before")


def _check_people_change(notice: Notice, own: Told, seen: Told) -> None:
    lists = [held.notice.content["people"] for held in (*own, *seen) if held.notice.kind == PEOPLE_CHANGE]
    if notice.content["people"] in (notice.content["before"], *lists):
        raise _mismatch(notice, "the list is not new; each proposal has a list with a fresh salt")


def _check_answer(notice: Notice, own: Told, seen: Told) -> None:
    named = notice.content["proposal"]
    _check_names(notice, seen, named, PEOPLE_CHANGE)
    if any(held.notice.kind in _ANSWERS and held.notice.content["proposal"] == named for held in own):
        raise _mismatch(notice, f"the proposal {named} was answered before")


def _check_names(notice: Notice, seen: Told, named: str, kind: str) -> None:
    if not any(held.digest == named and held.notice.kind == kind for held in seen):
        raise _mismatch(notice, f"it names {named}, which is no {kind} of the other side that its author has seen")


def _mismatch(notice: Notice, problem: str) -> NoticeMismatch:
    return NoticeMismatch("reference", f"notice {notice.number} of kind {notice.kind!r} does not fit: {problem}")


_ANSWERS: Final = (PEOPLE_CHANGE_ACCEPTED, PEOPLE_CHANGE_REFUSED)
_CHECKS: Final[Mapping[str, Callable[[Notice, Told, Told], None]]] = MappingProxyType(
    {
        SUSPENSION: _check_suspension,
        RESUMPTION: _check_resumption,
        DELETION_ACKNOWLEDGED: _check_acknowledged,
        PEOPLE_CHANGE: _check_people_change,
        PEOPLE_CHANGE_ACCEPTED: _check_answer,
        PEOPLE_CHANGE_REFUSED: _check_answer,
    }
)
