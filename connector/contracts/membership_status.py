"""Which status lists a party looked into before it signed: named in P and C by their digests (architecture 5, 11).

Whoever signs has looked whether the other's membership still holds. It names the digest of each list that it looked
into, and how old such a list may be at most, so that a third can look into the very same lists, years later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.clock import format_time
from connector.contracts.errors import ContractError
from connector.contracts.shape import Members
from connector.trust.credentials import Membership
from connector.trust.errors import CredentialRevoked, StatusInvalid
from connector.trust.status import StatusList, check_status
from connector.trust.status_entries import HARMLESS, StatusEntry

MAX_AGE: Final = timedelta(days=7)
"""No party may allow itself an older list than this."""
MAX_LISTS: Final = 8
MAX_LIST: Final = 100_000
"""The longest list that travels with a signature, in characters."""
SKEW: Final = timedelta(minutes=5)
"""How far the clock of an authority may be ahead of that of who signs."""

Find = Callable[[str], StatusList | None]
"""The list with this digest; None when it is not at hand."""


@dataclass(frozen=True)
class NamedList:
    """A status list: its address and the digest of the document that lay there."""

    id: str
    digest: str


@dataclass(frozen=True)
class StatusUse:
    """The lists that the author looked into, and how old each may be at the moment of signing."""

    max_age: timedelta
    lists: tuple[NamedList, ...]

    def to_json(self) -> dict[str, Any]:
        """As it stands in P and C."""
        return {
            "maxAgeSeconds": int(self.max_age.total_seconds()),
            "lists": [{"id": named.id, "digest": named.digest} for named in self.lists],
        }


def read_status_use(members: Members | None) -> StatusUse | None:
    """Read what a signed document says of status lists; None where it names none.

    Raises:
        ContractError: a member is missing or of the wrong kind, too many lists, or a longer age than `MAX_AGE`.
    """
    if members is None:
        return None
    seconds, lists = members.whole("maxAgeSeconds"), members.data.get("lists")
    if seconds > MAX_AGE.total_seconds():
        raise members.wrong("maxAgeSeconds", f"at most {int(MAX_AGE.total_seconds())}")
    if not isinstance(lists, list) or not 0 < len(lists) <= MAX_LISTS:
        raise members.wrong("lists", f"a list of 1 to {MAX_LISTS} status lists")
    named = tuple(_named(members.item("lists", number)) for number in range(len(lists)))
    if len({one.id for one in named}) != len(named):
        raise members.wrong("lists", "a list that names each address once")
    return StatusUse(timedelta(seconds=seconds), named)


def gating_entries(membership: Membership) -> tuple[StatusEntry, ...]:
    """Where a membership says that its end would show."""
    return tuple(entry for entry in membership.status if entry.purpose not in HARMLESS)


def check_carriable(document: str, url: str) -> None:
    """A list that is named goes along with the signature.

    Raises:
        ContractError: it is too long for that.
    """
    if len(document) > MAX_LIST:
        raise ContractError("status-large", list=url, limit=MAX_LIST)


def check_status_use(
    use: StatusUse | None, membership: Membership | None, *, document: str, signed_at: datetime, find: Find
) -> None:
    """The author looked into all lists that this membership names, they were young enough, and none spoke against it.

    Args:
        use: what P says of the consumer's membership, C of the provider's.
        membership: that membership; None when its holder has none.
        document: how sentences call the signed document.
        signed_at: the moment of signing, as its author claims it.
        find: the lists at hand, by digest.

    Raises:
        ContractError: `status-not-named`, `status-missing`, `status-other`, `status-old` or `status-taken-back`.
    """
    entries = gating_entries(membership) if membership is not None else ()
    named = {one.id: one.digest for one in use.lists} if use is not None else {}
    if membership is None or set(named) != {entry.list_url for entry in entries}:
        if membership is None and not named:
            return
        raise ContractError("status-not-named", document=document)
    for entry in entries:
        found = find(named[entry.list_url])
        if found is None:
            raise ContractError("status-missing", document=document, digest=named[entry.list_url])
        assert use is not None
        _check_age(found, use.max_age, document, signed_at)
        try:
            check_status(entry, found, issuer=membership.issuer, now=signed_at, skew=SKEW)
        except CredentialRevoked as error:
            raise ContractError("status-taken-back", document=document, problem=error) from None
        except StatusInvalid as error:
            raise ContractError("status-other", document=document, problem=error) from None


def _check_age(found: StatusList, max_age: timedelta, document: str, signed_at: datetime) -> None:
    if not found.valid_from - SKEW <= signed_at <= found.valid_from + max_age + SKEW:
        raise ContractError("status-old", document=document, made=format_time(found.valid_from))


def _named(members: Members) -> NamedList:
    return NamedList(members.text("id"), members.digest("digest"))
