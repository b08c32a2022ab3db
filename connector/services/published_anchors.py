"""As an authority: who is believed in our data space for which credentials, signed and published (`trust.anchor_lists`).

The newest list is what we know; a change is a new list with the next version. It is signed anew when something in it has
changed, our own keys too, and otherwise when a quarter of its time has gone.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connector.audit.entries import EntryKind
from connector.canonical import digest_bytes
from connector.clock import Clock, format_time, parse_time
from connector.ports.network import PeerUnreachable
from connector.ports.records import Act, AnchorListRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.acts import note
from connector.services.documents import Documents
from connector.services.errors import BadRequest, Conflict, Forbidden, NotFound, Unprocessable
from connector.services.identity import Identity
from connector.trust.anchor_lists import MAX_ISSUERS, AnchorList, Issuer, kept_anchor_list, sign_anchor_list
from connector.trust.anchors import AuthorityKey, LostKey, WitnessKey
from connector.trust.credentials import MEMBERSHIP
from connector.trust.did import is_did
from connector.trust.keys import public_key_from_multikey

VALID: Final = timedelta(days=30)
OFFLINE: Final = timedelta(days=7)


class PublishedAnchors:
    """The list of an authority."""

    def __init__(
        self,
        identity: Identity,
        *,
        documents: Documents,
        store: Store,
        clock: Clock,
        authority: bool,
        valid: timedelta = VALID,
        offline: timedelta = OFFLINE,
    ) -> None:
        """Take what it needs.

        Args:
            identity: who we are.
            documents: the documents of the issuers that we name.
            store: keeps the list.
            clock: the time.
            authority: whether we are an authority.
            valid: how long a list counts at most.
            offline: how long a list counts since we were last reached.
        """
        self._me = identity
        self._documents = documents
        self._store = store
        self._clock = clock
        self._authority = authority
        self._valid = valid
        self._offline = offline
        self.changed: Callable[[], None] = lambda: None
        self._current: AnchorListRecord | None = None

    async def own(self, authority: str) -> str | None:
        """Our own list, if we are the authority of this DID."""
        return (await self.current()).document if self._authority and authority == self._me.did else None

    async def current(self) -> AnchorListRecord:
        """The newest list; signed anew if something has changed, or much of its time has gone.

        Raises:
            NotFound: this connector is no authority.
        """
        if not self._authority:
            raise NotFound("this connector is no authority; it publishes no list of trust anchors")
        now = self._clock.now()
        if self._current is None:
            self._current = await self._store.read(lambda unit: unit.anchor_lists.get(self._key))
        held = self._current
        if held is None or self._is_due(held, now):
            return await self._store.write(lambda unit: self.publish(unit, now))
        return held

    async def list(self) -> AnchorList:
        """The newest list, read. Raises as `current`."""
        return kept_anchor_list((await self.current()).document)

    async def add(self, did: str, types: tuple[str, ...], *, by: Act) -> AnchorList:
        """Believe an issuer for these types, beside those that it is believed for; logged, and told to the members.

        Raises:
            Forbidden: this connector is no authority.
            BadRequest: not a DID, or no types.
            Unprocessable: its DID document cannot be had, or it names no key that may make assertions.
        """
        if not is_did(did) or not types:
            raise BadRequest("the DID of an issuer and at least one type of credential are needed")
        keys = self._own_keys() if did == self._me.did else await self._keys_of(did)

        def change(issuers: dict[str, Issuer]) -> None:
            known = issuers.get(did, Issuer(did, ()))
            issuers[did] = Issuer(did, tuple(dict.fromkeys((*known.types, *types))), keys)
            if len(issuers) > MAX_ISSUERS:
                raise Conflict(f"there is room for {MAX_ISSUERS} issuers")

        return await self._change(change, replace(by, object=did, detail=list(types)))

    async def remove(self, did: str, type_: str | None, *, by: Act) -> AnchorList:
        """Believe an issuer no more: for one type, or for all; logged, and told to the members.

        Raises:
            Forbidden: this connector is no authority.
            NotFound: it is not believed for that.
            Conflict: it is ourselves, for memberships: members would be members no more.
        """

        def change(issuers: dict[str, Issuer]) -> None:
            known = issuers.get(did)
            if known is None or (type_ is not None and type_ not in known.types):
                raise NotFound("this issuer is not believed for that")
            left = () if type_ is None else tuple(one for one in known.types if one != type_)
            if did == self._me.did and MEMBERSHIP not in left:
                raise Conflict("an authority that believes its own memberships no more has no members")
            if left:
                issuers[did] = replace(known, types=left)
            else:
                del issuers[did]

        return await self._change(change, replace(by, object=did, detail=type_))

    def publish(
        self, unit: UnitOfWork, now: datetime, change: Callable[[dict[str, Issuer]], None] | None = None
    ) -> AnchorListRecord:
        """Sign the next list, with a change of its issuers if there is one; logged."""
        before = unit.anchor_lists.get(self._key)
        known = kept_anchor_list(before.document) if before is not None else None
        first = (Issuer(self._me.did, (MEMBERSHIP,)),)
        issuers = {one.did: one for one in (known.issuers if known is not None else first)}
        if change is not None:
            change(issuers)
        issuers[self._me.did] = replace(issuers[self._me.did], keys=self._own_keys())
        at = now.replace(microsecond=0)
        found = AnchorList(
            authority=self._me.did,
            version=known.version + 1 if known is not None else 1,
            made_at=at,
            ends_at=at + self._valid,
            offline=min(self._offline, self._valid),
            issuers=tuple(issuers.values()),
            lost_keys=self._lost(unit),
            witnesses=self._witnesses(),
        )
        document = sign_anchor_list(found, self._me.token_key)
        record = AnchorListRecord(
            key=self._key,
            authority=self._me.did,
            version=found.version,
            document=document,
            checked_at=format_time(at),
            own=True,
            etag=f'"{digest_bytes(document.encode("ascii"))}"',
        )
        unit.anchor_lists.put(record)
        unit.log.append(EntryKind.TRUST_ANCHORS, digest_bytes(document.encode("ascii")), now)
        unit.after_commit(lambda: self._published(record))
        return record

    async def _change(self, change: Callable[[dict[str, Issuer]], None], by: Act) -> AnchorList:
        if not self._authority:
            raise Forbidden("this connector is not an authority")
        now = self._clock.now()

        def work(unit: UnitOfWork) -> AnchorList:
            note(unit, by)
            record = self.publish(unit, now, change)
            unit.after_commit(self.changed)
            return kept_anchor_list(record.document)

        return await self._store.write(work)

    def _published(self, record: AnchorListRecord) -> None:
        self._current = record

    def _is_due(self, held: AnchorListRecord, now: datetime) -> bool:
        found = kept_anchor_list(held.document)
        mine = next((one.keys for one in found.issuers if one.did == self._me.did), ())
        changed = mine != self._own_keys() or found.witnesses != self._witnesses()
        return changed or now - parse_time(held.checked_at) >= self._valid / 4

    @property
    def _key(self) -> str:
        return f"own {self._me.did}"

    def _witnesses(self) -> tuple[WitnessKey, ...]:
        """With which keys we cosign logs, and under which names: those of all our logs.

        A lost one is not among them, and nothing that it says counts.
        """
        names = [self._me.origin_of(epoch) for epoch in range(self._me.log_epoch, 0, -1)]
        return tuple(WitnessKey(name, signer.key.public) for name in names for signer in self._me.log_signers())

    def _own_keys(self) -> tuple[AuthorityKey, ...]:
        """All keys that we ever had: a retired one still vouches for what it signed, a compromised one until its date."""
        until = {entry.fragment: entry.doubted for entry in self._me.ring.of("token")}
        return tuple(
            AuthorityKey(f"{self._me.did}#{fragment}", key, valid_until=until[fragment])
            for fragment, key in self._me.token_keys.items()
        )

    async def _keys_of(self, did: str) -> tuple[AuthorityKey, ...]:
        try:
            document = await self._documents.resolve(did, fresh=True)
        except PeerUnreachable as error:
            raise Unprocessable(f"the DID document of {did} cannot be had: {error}") from None
        keys = tuple(AuthorityKey(kid, key) for kid, key in document.keys("assertionMethod"))
        if not keys:
            raise Unprocessable(f"the DID document of {did} names no key that may sign credentials (assertionMethod)")
        return keys

    def _lost(self, unit: UnitOfWork) -> tuple[LostKey, ...]:
        found = unit.lost_keys.find(authority=self._me.did)
        return tuple(LostKey(one.did, public_key_from_multikey(one.public_key), parse_time(one.since)) for one in found)
