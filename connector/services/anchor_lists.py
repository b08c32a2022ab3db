"""The lists of trust anchors of our authorities: fetched, checked, kept with a bound, never replaced by older ones.

An authority that the settings name is believed for memberships. Once it has shown a list, the list says who is believed,
for which types of credentials: it is asked for anew in time, goes on for the time that it states while its authority
cannot be reached, and after that nobody is believed by it (503) until a newer one is had. Each authority speaks for
itself: what one says of another that the settings name too, counts for nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time, parse_time
from connector.ports.network import Network, PeerUnreachable
from connector.ports.records import AnchorListRecord, LostKeyRecord
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.services.documents import Documents
from connector.trace import begin_trace
from connector.trust.anchor_lists import (
    AnchorList,
    check_newer,
    claimed_kid,
    kept_anchor_list,
    trust_file_of,
    verify_anchor_list,
)
from connector.trust.anchors import TrustAnchors, TrustFile
from connector.trust.credentials import MEMBERSHIP, read_membership
from connector.trust.did import did_web_document_url
from connector.trust.errors import AnchorsInvalid, AnchorsLapsed, DidError, TrustError, shown
from connector.trust.keys import PublicKey

PATH: Final = "/trust-anchors"
"""Below the address of the authority's DID document."""
ACCEPT: Final = "application/jwt"
FRESH: Final = timedelta(hours=1)
"""How long a list is used without asking whether there is a newer one."""
_AGAIN: Final = timedelta(seconds=30)
"""A lapsed list is not asked for again for so long, whoever calls."""
_SKEW: Final = timedelta(seconds=30)
_LOOK_EVERY: Final = 60.0
_OK, _UNCHANGED, _NONE = 200, 304, (404, 405)
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A list that was verified, and when its authority last said that it is the newest."""

    list: AnchorList
    document: str
    checked_at: datetime
    etag: str | None

    @property
    def until(self) -> datetime:
        """Until when it counts, if its authority is not reached again."""
        return self.list.usable_until(self.checked_at)


class AnchorLists(TrustAnchors):
    """Who is believed here: by the settings, and by the lists of the authorities that they name."""

    def __init__(
        self,
        authorities: Iterable[str],
        *,
        network: Network,
        documents: Documents,
        store: Store,
        clock: Clock,
        laboratory: bool,
        own: Callable[[str], Awaitable[str | None]],
    ) -> None:
        """Args tell where it gets things from.

        Args:
            authorities: the DIDs that the settings name.
            network: the way to them.
            documents: their DID documents.
            store: keeps what was seen.
            clock: the time.
            laboratory: whether loopback addresses are asked over http.
            own: our own list, if we are the authority of this DID.
        """
        self._authorities = tuple(dict.fromkeys(authorities))
        super().__init__({MEMBERSHIP: self._authorities})
        self._network = network
        self._documents = documents
        self._store = store
        self._clock = clock
        self._laboratory = laboratory
        self._own = own
        self._held: dict[str, Held] = {}
        self._problems: dict[str, str] = {}
        self._asked_at: dict[str, datetime] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._task: asyncio.Task[None] | None = None

    # --- who is believed -------------------------------------------------------------------------------------------------

    def believes(self, credential_type: str, issuer: str) -> bool:
        """Whether this issuer is believed for this type, now."""
        now = self._clock.now()
        if issuer in self._authorities and issuer not in self._held:
            return super().believes(credential_type, issuer)
        return any(now < held.until and held.list.believes(credential_type, issuer) for held in self._about(issuer))

    def issuers(self, credential_type: str) -> frozenset[str]:
        """All issuers that are believed for this type, now."""
        named = {one.did for held in self._held.values() for one in held.list.issuers} | {*self._authorities}
        return frozenset(did for did in named if self.believes(credential_type, did))

    def check(self, credential_type: str, issuer: str) -> None:
        """Refuse an issuer who is not believed for this type.

        Raises:
            AnchorsLapsed: he was believed by a list that counts no more.
            CredentialInvalid: nobody names him.
        """
        if self.believes(credential_type, issuer):
            return
        for held in self._about(issuer):
            if held.list.believes(credential_type, issuer):
                raise AnchorsLapsed(
                    f"the list of trust anchors of {held.list.authority} counted until {format_time(held.until)},"
                    " and no newer one can be had"
                )
        super().check(credential_type, issuer)

    def _about(self, issuer: str) -> list[Held]:
        """The lists that may speak of an issuer: of a configured authority its own alone, of others all."""
        if issuer in self._authorities:
            return [self._held[issuer]] if issuer in self._held else []
        return [self._held[authority] for authority in self._authorities if authority in self._held]

    def described(self) -> list[JsonObject]:
        """How things stand with each authority, for people."""
        now = self._clock.now()
        return [self._described(authority, now) for authority in self._authorities]

    def trust_file(self, authority: str | None = None) -> TrustFile:
        """What an auditor needs, from the list of an authority, or of all; those that have lapsed are left out."""
        now = self._clock.now()
        wanted = [held for name, held in self._held.items() if authority in (None, name)]
        return trust_file_of(held.list for held in wanted if now < held.until)

    def _described(self, authority: str, now: datetime) -> JsonObject:
        held, problem = self._held.get(authority), self._problems.get(authority)
        if held is None:
            return {"authority": authority, "state": "none", "problem": problem}
        return {
            "authority": authority,
            "state": "usable" if now < held.until else "lapsed",
            "version": held.list.version,
            "madeAt": format_time(held.list.made_at),
            "endsAt": format_time(held.list.ends_at),
            "checkedAt": format_time(held.checked_at),
            "usableUntil": format_time(held.until),
            "issuers": [{"did": one.did, "types": list(one.types)} for one in held.list.issuers],
            "lostKeys": len(held.list.lost_keys),
            "problem": problem,
        }

    # --- in time ---------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take up what was held, and look from now on once a minute."""
        for record in await self._store.read(lambda unit: unit.anchor_lists.find(own=False)):
            if record.authority not in self._authorities:
                continue
            try:
                found = kept_anchor_list(record.document)
            except AnchorsInvalid as error:
                _log.warning("%s", error)
                continue
            self._held[record.authority] = Held(found, record.document, parse_time(record.checked_at), record.etag)
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Ask every authority whose list is due whether there is a newer one."""
        now = self._clock.now()
        for authority in self._authorities:
            held = self._held.get(authority)
            last = held.checked_at if held is not None else self._asked_at.get(authority)
            if last is None or now - last >= FRESH:
                await self.refresh(authority)

    async def keep_up(self) -> None:
        """Before somebody is judged: a list that has lapsed is asked for now. Costs nothing while all count."""
        now = self._clock.now()
        for authority, held in [*self._held.items()]:
            if now >= held.until and now - self._asked_at.get(authority, now - _AGAIN) >= _AGAIN:
                await self.refresh(authority)

    async def refresh(self, authority: str) -> bool:
        """Ask an authority for its list; whether what is held now is what it says. What is wrong is kept for people."""
        if authority not in self._authorities:
            return False
        async with self._locks.setdefault(authority, asyncio.Lock()):
            self._asked_at[authority] = self._clock.now()
            try:
                await self._ask(authority, self._held.get(authority))
            except (PeerUnreachable, TrustError, StoreError) as error:
                self._problems[authority] = str(error)
                _log.warning("the list of trust anchors of %s: %s", authority, error)
                return False
            self._problems.pop(authority, None)
            return True

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            begin_trace()
            await self.look()

    # --- one list --------------------------------------------------------------------------------------------------------

    async def _ask(self, authority: str, held: Held | None) -> None:
        now = self._clock.now()
        document, etag = await self._own(authority), None
        if document is None:
            url = anchors_url(authority, laboratory=self._laboratory)
            answer = await self._network.get(url, accept=ACCEPT, etag=held.etag if held is not None else None)
            if answer.status == _UNCHANGED and held is not None:
                await self._keep(replace(held, checked_at=now), new=False)
                return
            if answer.status in _NONE and held is None:
                return  # an authority of another make: the settings alone say what it is believed for
            if answer.status != _OK:
                raise PeerUnreachable(f"{url} answers {answer.status}")
            document, etag = answer.body.decode("utf-8", "replace").strip(), answer.etag
        key = await self._key(authority, claimed_kid(document))
        found = verify_anchor_list(document, key, authority=authority, now=now, skew=_SKEW)
        if held is not None:
            check_newer(found, held.list)
        await self._keep(Held(found, document, now, etag), new=True)

    async def _key(self, authority: str, kid: str) -> PublicKey:
        for fresh in (False, True):
            document = await self._documents.resolve(authority, fresh=fresh)
            try:
                return document.key(kid, "assertionMethod")
            except DidError as error:
                problem = error
        raise AnchorsInvalid(f"the list of trust anchors of {shown(authority)} does not hold: {problem}")

    async def _keep(self, held: Held, *, new: bool) -> None:
        record = AnchorListRecord(
            key=held.list.authority,
            authority=held.list.authority,
            version=held.list.version,
            document=held.document,
            checked_at=format_time(held.checked_at),
            own=False,
            etag=held.etag,
        )

        def work(unit: UnitOfWork) -> None:
            unit.anchor_lists.put(record)
            if new:
                note_lost_keys(unit, held.list, format_time(held.checked_at))

        # Before it counts it is kept: a restart must not forget it.
        await self._store.write(work)
        self._held[held.list.authority] = held


def anchors_url(authority: str, *, laboratory: bool) -> str:
    """Where an authority publishes its list: below its own address, and nowhere else.

    Raises:
        DidError: its DID has no address.
    """
    document = did_web_document_url(authority, insecure_hosts=laboratory)
    return document.removesuffix("/did.json").removesuffix("/.well-known") + PATH


def note_lost_keys(unit: UnitOfWork, found: AnchorList, now: str) -> None:
    """Nothing more is concluded under keys that this authority says its members have lost."""
    believed = {one.did for one in found.issuers}
    for lost in found.lost_keys:
        record = LostKeyRecord(
            key=f"{found.authority} {lost.key.multikey()}",
            authority=found.authority,
            did=lost.did,
            public_key=lost.key.multikey(),
            since=format_time(lost.since),
            at=now,
        )
        if unit.lost_keys.get(record.key) is None:
            unit.lost_keys.put(record)
        for held in unit.memberships.find(did=lost.did, own=False, revoked_at=None):
            membership = read_membership(held.jwt)
            if held.issuer in believed and lost.key in (membership.contract_key, membership.log_key):
                unit.memberships.put(replace(held, revoked_at=now))
