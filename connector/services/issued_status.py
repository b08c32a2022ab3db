"""As an authority: which of our memberships still hold, said to everybody in signed lists (StatusList2021, Bitstring).

One place in the lists for each membership, in both profiles the same, drawn by lot: its number tells nothing of when
it was issued. A list is signed anew when something changes, and otherwise when half of its time has gone.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from connector.canonical import JsonObject, digest_bytes
from connector.clock import Clock, format_time, parse_time
from connector.ports.records import StatusListRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.trust.jws import peek
from connector.trust.status import BITS, make_bits, write_status_list
from connector.trust.status_entries import REVOCATION, StatusEntry
from connector.trust.vc import PROFILES, Profile
from connector.trust.vc_jwt import sign_credential

PATH: Final = "/status-lists/"
NAMES: Final[dict[str, Profile]] = {"statuslist2021": PROFILES[0], "bitstring": PROFILES[1]}
VALID: Final = timedelta(hours=48)
"""How long a list may be used: so long can an authority be away, if its members allow it."""
_RENEW: Final = VALID / 4
_FULL: Final = BITS // 2
_TICK: Final = timedelta(milliseconds=1)
_CLAIMS: Final = ("iss", "sub", "jti", "iat", "nbf", "exp")


class IssuedStatus:
    """The lists of an authority."""

    def __init__(self, identity: Identity, *, store: Store, clock: Clock) -> None:
        self._me = identity
        self._store = store
        self._clock = clock
        self._current: dict[Profile, StatusListRecord] = {}

    def url(self, profile: Profile) -> str:
        """Where the list for credentials of this profile is."""
        name = next(name for name, of in NAMES.items() if of == profile)
        return self._me.public_url + PATH + name

    def entry(self, profile: Profile, index: int) -> StatusEntry:
        """What a credential of this profile at this place says of its status."""
        return StatusEntry(REVOCATION, index, self.url(profile))

    def free_index(self, unit: UnitOfWork) -> int:
        """A place that no membership has.

        Raises:
            Conflict: half of the list is taken.
        """
        if unit.issued.count() >= _FULL:
            raise Conflict(f"the status list is full: {_FULL:,} memberships were issued")
        while True:
            index = secrets.randbelow(BITS)
            if unit.issued.get(index) is None:
                return index

    def publish(self, unit: UnitOfWork, now: datetime) -> str:
        """Sign both lists as they are in this unit of work; the digest of the first."""
        made = [self._sign(unit, profile, now) for profile in PROFILES]
        unit.after_commit(lambda: self._current.update(zip(PROFILES, made, strict=True)))
        return digest_bytes(made[0].document.encode("ascii"))

    async def own(self, url: str) -> str | None:
        """Our own list at this address; None when it is not ours."""
        profile = next((profile for profile in PROFILES if self.url(profile) == url), None)
        return None if profile is None else (await self.list(profile)).document

    async def named(self, name: str) -> StatusListRecord:
        """The list of this name.

        Raises:
            NotFound: there is none.
        """
        if name not in NAMES:
            raise NotFound("there is no such status list")
        return await self.list(NAMES[name])

    async def list(self, profile: Profile) -> StatusListRecord:
        """The newest list, signed anew if half of its time has gone.

        Raises:
            NotFound: we have issued nothing that could be revoked.
        """
        now = self._clock.now()
        held = self._current.get(profile)
        if held is None:
            held = await self._store.read(lambda unit: unit.status_lists.get(self._key(profile)))
            if held is None:
                raise NotFound("there is no such status list")
            self._current[profile] = held
        if now - parse_time(held.valid_from) >= _RENEW:
            await self._store.write(lambda unit: self.publish(unit, now))
        return self._current[profile]

    def _sign(self, unit: UnitOfWork, profile: Profile, now: datetime) -> StatusListRecord:
        key, url = self._key(profile), self.url(profile)
        before = unit.status_lists.get(key)
        # Strictly later than the one before: who has seen this one must not take that one any more.
        at = now if before is None else max(now, parse_time(before.valid_from) + _TICK)
        revoked = [record.status_index for record in unit.issued.find() if record.revoked_at is not None]
        vc = write_status_list(
            profile,
            url=url,
            issuer=self._me.did,
            bits=make_bits(revoked),
            valid_from=at,
            valid_until=at + VALID,
        )
        document = sign_credential(vc, self._me.token_key, profile)
        record = StatusListRecord(
            key=key,
            issuer=self._me.did,
            url=url,
            document=document,
            valid_from=format_time(at),
            checked_at=format_time(now),
            own=True,
            etag=f'"{digest_bytes(document.encode("ascii"))}"',
        )
        unit.status_lists.put(record)
        return record

    def _key(self, profile: Profile) -> str:
        return f"own {self.url(profile)}"


def plain(record: StatusListRecord) -> JsonObject:
    """The list without its signature, as some peers want it: they believe the address."""
    payload = peek(record.document, max_bytes=len(record.document))[1]
    inside: JsonObject = payload.get("vc", payload)
    return {name: value for name, value in inside.items() if name not in _CLAIMS}
