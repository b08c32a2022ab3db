"""As an authority: which of our memberships still hold, said to everybody in signed lists (StatusList2021, Bitstring).

One place in the lists for each membership, in both profiles the same, drawn by lot: its number tells nothing of when
it was issued. A list is signed anew when something changes, and otherwise when half of its time has gone.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from connector.canonical import JsonObject, digest_bytes
from connector.clock import Clock, format_time, parse_time
from connector.ports.records import IssuedRecord, StatusListRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.trust.jws import peek
from connector.trust.status import BITS, make_bits, write_status_list
from connector.trust.status_entries import REVOCATION, SUSPENSION, StatusEntry
from connector.trust.vc import PROFILES, Profile
from connector.trust.vc_jwt import sign_credential

PATH: Final = "/status-lists/"
NAMES: Final[dict[str, tuple[Profile, str]]] = {
    "statuslist2021": (PROFILES[0], REVOCATION),
    "bitstring": (PROFILES[1], REVOCATION),
    "statuslist2021-suspension": (PROFILES[0], SUSPENSION),
    "bitstring-suspension": (PROFILES[1], SUSPENSION),
}
"""Our lists: for each data model one of what was taken back for good, and one of what is suspended."""
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
        self._current: dict[tuple[Profile, str], StatusListRecord] = {}

    def url(self, profile: Profile, purpose: str = REVOCATION) -> str:
        """Where the list for credentials of this profile is."""
        name = next(name for name, of in NAMES.items() if of == (profile, purpose))
        return self._me.public_url + PATH + name

    def entries(self, profile: Profile, index: int) -> tuple[StatusEntry, ...]:
        """What a credential of this profile at this place says of its status."""
        return tuple(StatusEntry(purpose, index, self.url(profile, purpose)) for purpose in (REVOCATION, SUSPENSION))

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

    def publish(self, unit: UnitOfWork, now: datetime, purpose: str = REVOCATION) -> str:
        """Sign both lists of a purpose as they are in this unit of work; the digest of the first."""
        made = {(profile, purpose): self._sign(unit, profile, purpose, now) for profile in PROFILES}
        unit.after_commit(lambda: self._current.update(made))
        return digest_bytes(made[PROFILES[0], purpose].document.encode("ascii"))

    async def own(self, url: str) -> str | None:
        """Our own list at this address; None when it is not ours."""
        found = next((of for of in NAMES.values() if self.url(*of) == url), None)
        return None if found is None else (await self.list(*found)).document

    async def named(self, name: str) -> StatusListRecord:
        """The list of this name.

        Raises:
            NotFound: there is none.
        """
        if name not in NAMES:
            raise NotFound("there is no such status list")
        return await self.list(*NAMES[name])

    async def list(self, profile: Profile, purpose: str = REVOCATION) -> StatusListRecord:
        """The newest list, signed anew if half of its time has gone.

        Raises:
            NotFound: we have issued nothing that could be revoked.
        """
        now = self._clock.now()
        held = self._current.get((profile, purpose))
        if held is None:
            held = await self._store.read(lambda unit: unit.status_lists.get(self._key(profile, purpose)))
            if held is None:
                raise NotFound("there is no such status list")
            self._current[profile, purpose] = held
        if now - parse_time(held.valid_from) >= _RENEW:
            await self._store.write(lambda unit: self.publish(unit, now, purpose))
        return self._current[profile, purpose]

    def _sign(self, unit: UnitOfWork, profile: Profile, purpose: str, now: datetime) -> StatusListRecord:
        key, url = self._key(profile, purpose), self.url(profile, purpose)
        before = unit.status_lists.get(key)
        # Strictly later than the one before: who has seen this one must not take that one any more.
        at = now if before is None else max(now, parse_time(before.valid_from) + _TICK)
        taken = [record.status_index for record in unit.issued.find() if _is_taken(record, purpose)]
        vc = write_status_list(
            profile,
            url=url,
            issuer=self._me.did,
            bits=make_bits(taken),
            valid_from=at,
            valid_until=at + VALID,
            purpose=purpose,
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

    def _key(self, profile: Profile, purpose: str) -> str:
        return f"own {self.url(profile, purpose)}"


def _is_taken(record: IssuedRecord, purpose: str) -> bool:
    return (record.revoked_at if purpose == REVOCATION else record.suspended_at) is not None


def plain(record: StatusListRecord) -> JsonObject:
    """The list without its signature, as some peers want it: they believe the address."""
    payload = peek(record.document, max_bytes=len(record.document))[1]
    inside: JsonObject = payload.get("vc", payload)
    return {name: value for name, value in inside.items() if name not in _CLAIMS}
