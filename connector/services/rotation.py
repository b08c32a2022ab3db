"""Changing our keys while we run: announced, known to others, used, retired; or, when one is lost, withdrawn at once.

Each step is one whole write of the key ring, and what is to be done next follows from the ring and from the membership
that we hold alone. So a crash between any two steps leaves an identity that can be used, and the next look goes on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connector.audit.entries import EntryKind
from connector.canonical import JsonObject, digest
from connector.clock import Clock, format_time, parse_time
from connector.ports.keys import KeyRings, KeyStore, KeyStoreError
from connector.ports.network import PeerUnreachable
from connector.ports.records import Act
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.services.acts import note
from connector.services.errors import BadRequest, Conflict, ServiceError
from connector.services.identity import Identity
from connector.trust.errors import TrustError
from connector.trust.keyring import USES, KeyEntry, KeyRing, Use

PUBLISHED_AHEAD: Final = timedelta(minutes=5)
"""So long others keep DID documents: some do not look again when a token names a key that they do not know."""
_TOKENS_LAST: Final = timedelta(hours=1)
"""Longer than anything that a token key signs, but for credentials."""
_log: Final = logging.getLogger(__name__)


class Rotation:
    """Changes keys."""

    def __init__(
        self,
        identity: Identity,
        *,
        keys: KeyStore,
        rings: KeyRings,
        reload: Callable[[], Identity],
        store: Store,
        clock: Clock,
        published_ahead: timedelta = PUBLISHED_AHEAD,
    ) -> None:
        """Take what it needs.

        Args:
            identity: who we are; it becomes what the ring says.
            keys: where the private keys are.
            rings: where it is kept which of them is which.
            reload: reads our identity from the folder, as a start does.
            store: for the log, and what still rests on a key.
            clock: the time.
            published_ahead: how long a token key is in the DID document before it signs.
        """
        self._me = identity
        self._keys = keys
        self._rings = rings
        self._reload = reload
        self._store = store
        self._clock = clock
        self._ahead = published_ahead
        self._lock = asyncio.Lock()
        self.rebind: Callable[[], Awaitable[bool]] | None = None
        """Has our membership bind the keys that are in use or announced; whether it does now."""
        self.lost: Callable[[Use, Act], Awaitable[None]] | None = None
        """Told of a key that was withdrawn: what was begun under it cannot be ended under it."""
        self.problem: str | None = None
        """Why a change does not go on, in a sentence."""

    async def rotate(self, use: Use, *, since: datetime | None = None, by: Act) -> JsonObject:
        """Begin to change a key, and go as far as it goes now.

        Args:
            use: which one.
            since: from when on the present key is not believed, because others may have it; None when it is not lost.
            by: who does it.

        Raises:
            Conflict: it is being changed already.
            BadRequest: a moment that has not come.
            KeyStoreError: the new key cannot be made; nothing has changed.
        """
        now = self._clock.now()
        if since is not None and since > now:
            raise BadRequest("the moment from which the key is not believed has not come yet")
        async with self._lock:
            ring = self._rings.load()
            coming = ring.announced(use)
            if coming is not None and since is None:
                raise Conflict(f"the {use} key is being changed already: {coming.fragment} comes into use next")
            if coming is None:
                await self._make(use, ring)
            if since is None:
                usable = now + self._ahead if use == "token" else now
                changed = ring.announce(use, now=now, usable_from=usable)
            else:
                changed = ring.replace_compromised(use, since=since, now=now)
            await self._save(changed, by=by, now=now)
            if since is not None and self.lost is not None:
                await self.lost(use, by)
        await self.look()
        return self.view()

    async def begin_log(self, epoch: int) -> None:
        """From now on the log keys sign this log of ours; kept before anything is signed in it.

        Raises:
            Conflict: it is not after the one in use, or has a number that no log can have.
            KeyStoreError: it cannot be kept; nothing has changed.
        """
        async with self._lock:
            ring = self._rings.load()
            if epoch <= ring.log_epoch:
                raise Conflict(f"log {ring.log_epoch} is in use; log {epoch} does not come after it")
            if self._me.epoch_of(self._me.origin_of(epoch)) != epoch:
                # Its name would not be known as ours any more, neither here nor when we are asked about it.
                raise Conflict(
                    f"log {epoch} has a larger number than any log can have: somebody has told of one that never was; log "
                    f"{ring.log_epoch} stays in use"
                )
            self._rings.save(replace(ring, log_epoch=epoch))
            self._me.become(await asyncio.to_thread(self._reload))

    async def look(self) -> int:
        """Go on with what is due; how many keys have changed their state."""
        async with self._lock:
            try:
                return await self._look()
            except (ServiceError, PeerUnreachable, TrustError, KeyStoreError, StoreError) as error:
                self.problem = str(error)
                _log.warning("the change of a key waits: %s", error)
                return 0

    def view(self) -> JsonObject:
        """All keys and what has become of them."""
        return {"keys": [_view(entry) for entry in self._me.ring.entries], "problem": self.problem}

    async def _look(self) -> int:
        before = self._me.ring
        bound = True if self.rebind is None else await self.rebind()
        self.problem = None
        now = self._clock.now()
        ring = before
        for use in USES:
            coming = ring.announced(use)
            if coming is None or (coming.usable_from or now) > now or not (bound or use == "token"):
                continue
            until = await self._last_use(now) if use == "token" else None
            ring = ring.bring_into_use(use, now=now, published_until=until)
        ring = ring.withdraw_expired(now)
        if ring == before:
            return 0
        by = Act(at=format_time(now), name="connector", role="connector", act="change-key", object="")
        await self._save(ring, by=by, now=now)
        return sum(entry not in before.entries for entry in ring.entries)

    async def _make(self, use: Use, ring: KeyRing) -> None:
        name = KeyEntry(use, ring.of(use)[-1].number + 1).name
        # A key that was made before a crash and never announced is ours, and nobody has seen it.
        if name not in self._keys.names():
            await asyncio.to_thread(self._keys.create, name, USES[use])

    async def _save(self, ring: KeyRing, *, by: Act, now: datetime) -> None:
        """The ring first: what a restart finds. Then the log, which says to those who may read it what we publish."""
        self._rings.save(ring)
        self._me.become(await asyncio.to_thread(self._reload))
        published = digest(self._me.did_document)
        kids = [entry.fragment for entry in ring.published()]

        def work(unit: UnitOfWork) -> None:
            unit.log.append(EntryKind.DID_DOCUMENT, published, now, {"keys": kids})
            note(unit, by)

        await self._store.write(work)

    async def _last_use(self, now: datetime) -> datetime:
        """When the last thing has ended that the token key has signed: as an authority, the last credential."""
        issued = await self._store.read(lambda unit: [record.valid_until for record in unit.issued.find()])
        ends = [end for end in map(parse_time, issued) if end > now]
        return max([now + _TOKENS_LAST, *ends])


def _view(entry: KeyEntry) -> JsonObject:
    times = {
        "announcedAt": entry.announced_at,
        "usableFrom": entry.usable_from,
        "usedFrom": entry.used_from,
        "retiredAt": entry.retired_at,
        "publishedUntil": entry.published_until,
        "withdrawnAt": entry.withdrawn_at,
        "notBelievedFrom": entry.doubted,
    }
    shown = {name: format_time(at) for name, at in times.items() if at is not None}
    return {"id": entry.fragment, "use": entry.use, "state": entry.state, **shown}
