"""The status lists that contracts name: looked up when we sign, taken and judged when the other side's come, kept for ever.

A list is kept by its digest only once its authority's signature holds. So what a contract names can be shown to anybody
later, when the authority has long published others.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from connector.canonical import JsonObject, digest_bytes
from connector.clock import Clock, format_time
from connector.contracts.errors import ContractError
from connector.contracts.membership_status import (
    MAX_AGE,
    MAX_LIST,
    NamedList,
    StatusUse,
    check_carriable,
    check_status_use,
    gating_entries,
)
from connector.contracts.signatures import Signatures, signatures_of
from connector.ports.network import PeerUnreachable
from connector.ports.records import NamedListRecord
from connector.ports.store import Store, UnitOfWork
from connector.protocol.messages import Message
from connector.services.errors import Busy
from connector.services.held_lists import row_key
from connector.services.status_lists import StatusLists
from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import MEMBERSHIP, Membership
from connector.trust.errors import StatusInvalid, TrustError
from connector.trust.status import StatusList, claimed_list, kept_status_list

_log: Final = logging.getLogger(__name__)


class NamedLists:
    """Takes the lists that a message brings, before it is judged."""

    def __init__(self, *, store: Store, status_lists: StatusLists, anchors: TrustAnchors, clock: Clock) -> None:
        self._store = store
        self._status_lists = status_lists
        self._anchors = anchors
        self._clock = clock

    async def take(self, message: Message) -> None:
        """Keep the lists that come with P or C and are named in it, if they are signed by authorities whom we believe.

        What does not hold is left; the signed document that names it is then refused for it.

        Raises:
            Busy: an authority's keys cannot be had at the moment.
        """
        try:
            found = signatures_of(message.extra)
        except ContractError:
            return  # whoever judges the message says so
        brought = _named_in(found)
        if not brought:
            return
        known = await self._store.read(lambda unit: {digest for digest in brought if unit.named_lists.get(digest)})
        records = [await self._judged(document) for digest, document in brought.items() if digest not in known]
        kept = [record for record in records if record is not None]
        if kept:
            await self._store.write(lambda unit: _keep(unit, kept))

    async def _judged(self, document: str) -> NamedListRecord | None:
        now = self._clock.now()
        try:
            claimed = claimed_list(document)
            if claimed.id is None or not self._anchors.believes(MEMBERSHIP, claimed.issuer):
                return None  # nobody's document is fetched for it
            found = await self._status_lists.read(document, url=claimed.id, issuer=claimed.issuer, now=now)
        except TrustError as error:
            _log.info("a status list that came with a signature does not hold: %s", error)
            return None
        except PeerUnreachable as error:
            _log.info("a status list that came with a signature cannot be judged now: %s", error)
            raise Busy("the authority's keys cannot be had at the moment; send it again") from None
        return _record(found, document, now)


def look_into(
    unit: UnitOfWork, membership: Membership | None, *, max_age: timedelta, now: datetime
) -> StatusUse | None:
    """Look whether a membership holds before something is signed with its holder, and keep the lists that say so.

    Returns:
        What the signed document says of it; None for a membership that names no list, or none.

    Raises:
        ContractError: it was taken back.
        Busy: a list is not at hand, or older than we allow: its authority cannot be reached.
    """
    entries = gating_entries(membership) if membership is not None else ()
    if membership is None or not entries:
        return None
    age = min(max_age, MAX_AGE)
    found: dict[str, StatusList] = {}
    for url in dict.fromkeys(entry.list_url for entry in entries):
        record = unit.status_lists.get(row_key((membership.issuer, url)))
        if record is None:
            raise Busy(f"the status list {url} is not at hand; nothing is signed without it")
        check_carriable(record.document, url)
        found[url] = _read(record.document, url, membership.issuer)
        if now - found[url].valid_from > age:
            made = format_time(found[url].valid_from)
            raise Busy(f"the status list {url} is of {made}, too old to sign by; its authority has to be reached first")
        _keep(unit, [_record(found[url], record.document, now)])
    use = StatusUse(age, tuple(NamedList(url, one.digest) for url, one in found.items()))
    by_digest = {one.digest: one for one in found.values()}
    check_status_use(use, membership, document="", signed_at=now, find=by_digest.get)
    return use


def kept(unit: UnitOfWork, digest: str) -> StatusList | None:
    """The list with this digest, if it was looked into or taken."""
    record = unit.named_lists.get(digest)
    if record is None:
        return None
    try:
        return _read(record.document, record.url, record.issuer)
    except StatusInvalid:  # pragma: no cover - it was read before it was kept
        return None


def documents_named(unit: UnitOfWork, *signed: JsonObject | None) -> tuple[str, ...]:
    """The lists that these signed documents name, as they were found."""
    digests = [digest for document in signed for digest in _digests(document)]
    found = [unit.named_lists.get(digest) for digest in dict.fromkeys(digests)]
    return tuple(record.document for record in found if record is not None)


def _named_in(found: Signatures) -> dict[str, str]:
    """What comes along and is named by P or C: digest to document."""
    named = {*_digests(found.credential), *_digests(found.countersignature)}
    brought = {
        digest_bytes(document.encode()): document for document in found.status_lists if len(document) <= MAX_LIST
    }
    return {digest: document for digest, document in brought.items() if digest in named}


def _digests(document: JsonObject | None) -> Iterable[str]:
    subject = document.get("credentialSubject") if document else None
    use = subject.get("statusLists") if isinstance(subject, dict) else None
    lists = use.get("lists") if isinstance(use, dict) else None
    for one in lists if isinstance(lists, list) else ():
        if isinstance(one, dict) and isinstance(one.get("digest"), str):
            yield one["digest"]


def _keep(unit: UnitOfWork, records: Iterable[NamedListRecord]) -> None:
    for record in records:
        if unit.named_lists.get(record.digest) is None:
            unit.named_lists.add(record)


def _record(found: StatusList, document: str, now: datetime) -> NamedListRecord:
    return NamedListRecord(
        digest=found.digest, issuer=found.issuer, url=found.url, document=document, at=format_time(now)
    )


@lru_cache(maxsize=32)
def _read(document: str, url: str, issuer: str) -> StatusList:
    return kept_status_list(document, url=url, issuer=issuer)
