"""Memberships: asked for, issued by an authority, kept, taken back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connector.audit.entries import EntryKind
from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.network import PeerUnreachable
from connector.ports.records import Act, IssuedRecord, MemberRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.acts import note
from connector.services.anchor_lists import AnchorLists
from connector.services.authenticate import Authenticator
from connector.services.credential_service import CredentialService, keep_credential
from connector.services.errors import Conflict, Forbidden, NotFound, Unprocessable
from connector.services.holding import own_membership
from connector.services.identity import Identity
from connector.services.issued_status import IssuedStatus
from connector.trust.credentials import (
    MEMBERSHIP,
    Membership,
    issue_membership,
    read_credential,
    read_membership,
)
from connector.trust.errors import CredentialInvalid, TrustError
from connector.trust.issuance import CredentialContainer
from connector.trust.membership_claims import Says, written_claims
from connector.trust.membership_requests import (
    MembershipRequest,
    check_membership_request,
    make_membership_request,
)
from connector.trust.status_entries import SUSPENSION
from connector.trust.vc import PROFILES, Profile

LIFETIME: Final = timedelta(days=365)


class Memberships:
    """Our membership, and as an authority those of others."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        authenticator: Authenticator,
        clock: Clock,
        authority: bool,
        status: IssuedStatus,
        credentials: CredentialService,
        anchors: AnchorLists,
    ) -> None:
        self._anchors = anchors
        self._me = identity
        self._status = status
        self._credentials = credentials
        self.revoked: Callable[[], None] = lambda: None
        self._store = store
        self._authenticator = authenticator
        self._clock = clock
        self._authority = authority

    async def own(self) -> Membership | None:
        """The membership that we show."""
        return await self._store.read(own_membership)

    def request(self, authority: str) -> JsonObject:
        """A request for membership, with proof that we hold all three keys."""
        return make_membership_request(
            self._me.did,
            authority=authority,
            name=self._me.name,
            contract_key=self._me.contract_key,
            log_key=self._me.log_key,
            token_key=self._me.token_key,
            log_origin=self._me.log_origin,
            now=self._clock.now(),
        )

    async def check(self, request: JsonObject, asked_at: datetime | None = None) -> MembershipRequest:
        """As an authority: check that whoever asks holds the keys, as his DID document has them now.

        Args:
            request: what he sent.
            asked_at: when it came; now if None.

        Raises:
            Unprocessable: it does not hold.
        """
        now = self._clock.now() if asked_at is None else asked_at
        try:
            document = await self._authenticator.resolve(str(request.get("did")), fresh=True)
            checked = check_membership_request(request, document, authority=self._me.did, now=now)
        except (TrustError, PeerUnreachable) as error:
            raise Unprocessable(f"the request for membership does not hold: {error}") from None
        holders = await self._store.read(lambda unit: unit.members.find(log_origin=checked.log_origin))
        owners = {member.did for member in holders} | (
            {self._me.did} if checked.log_origin == self._me.log_origin else set()
        )
        if owners - {checked.did}:
            raise Unprocessable(f"the log {checked.log_origin} is somebody else's: each log has one owner")
        return checked

    async def issue(
        self,
        request: JsonObject,
        *,
        by: Act,
        profiles: Sequence[Profile] = PROFILES,
        asked_at: datetime | None = None,
        until: datetime | None = None,
        says: Says | None = None,
    ) -> IssuedRecord:
        """As an authority: check possession of the keys and issue the MembershipCredential; logged.

        Args:
            request: the membership request.
            by: who decides.
            profiles: in which profiles.
            asked_at: when the request came; now if None.
            until: the end of the membership; a year from now if None.
            says: what we say of the member beyond its keys: its country, its group.

        Raises:
            Forbidden: this connector is no authority.
            Unprocessable: the request does not hold, or what we are to say cannot be said.
        """
        if not self._authority:
            raise Forbidden("this connector is not an authority")
        _check_says(says)
        checked = await self.check(request, asked_at)
        now = self._clock.now()
        end = until or now + LIFETIME

        def work(unit: UnitOfWork) -> IssuedRecord:
            index = self._status.free_index(unit)
            before = unit.members.get(checked.did)
            # A new membership does not lift a suspension.
            suspended = before if before is not None and before.suspended_at and not before.revoked_at else None
            issued = IssuedRecord(
                status_index=index,
                did=checked.did,
                credentials={
                    profile: self._credential(checked, profile, index, (now, end), says) for profile in profiles
                },
                issued_at=format_time(now),
                valid_until=format_time(end),
                suspended_at=suspended.suspended_at if suspended else None,
            )
            logged: JsonObject = {}
            for profile, jwt in issued.credentials.items():
                entry = unit.log.append(EntryKind.MEMBERSHIP, read_membership(jwt).digest, now)
                logged[profile] = {"entry": entry.entry, "proof": entry.proof}
            issued = replace(issued, logged=logged)
            unit.issued.add(issued)
            credential = issued.credentials[profiles[0]]
            unit.members.put(
                MemberRecord(
                    did=checked.did,
                    name=checked.name,
                    credential=credential,
                    issued_at=issued.issued_at,
                    log_origin=checked.log_origin,
                    reason=suspended.reason if suspended else None,
                    suspended_at=issued.suspended_at,
                )
            )
            if unit.issued.count() == 1:
                self._status.publish(unit, now)
            if suspended or unit.issued.count() == 1:
                self._status.publish(unit, now, SUSPENSION)
            note(unit, replace(by, object=checked.did))
            return issued

        return await self._store.write(work)

    def _credential(
        self,
        checked: MembershipRequest,
        profile: Profile,
        index: int,
        period: tuple[datetime, datetime],
        says: Says | None,
    ) -> str:
        return issue_membership(
            issuer_key=self._me.token_key,
            issuer=self._me.did,
            subject=checked.did,
            name=checked.name,
            contract_key=checked.contract_key,
            log_key=checked.log_key,
            log_origin=checked.log_origin,
            valid_from=period[0],
            valid_until=period[1],
            credential_id=new_iri(),
            profile=profile,
            status=self._status.entries(profile, index),
            says=says,
        )

    async def revoke(self, did: str, reason: str, *, by: Act) -> MemberRecord:
        """As an authority: take back all memberships of a member, for good; logged, published, and told to the others.

        Raises:
            Forbidden: this connector is no authority.
            NotFound: it is no member.
            Conflict: it was revoked already.
        """
        if not self._authority:
            raise Forbidden("this connector is not an authority")
        now = self._clock.now()

        def work(unit: UnitOfWork) -> MemberRecord:
            member = unit.members.get(did)
            if member is None:
                raise NotFound(f"{did} is not a member")
            if member.revoked_at is not None:
                raise Conflict(f"the membership of {did} was revoked at {member.revoked_at}: {member.reason}")
            revoked = replace(member, revoked_at=format_time(now), reason=reason)
            unit.members.put(revoked)
            for issued in unit.issued.find(did=did, revoked_at=None):
                unit.issued.put(replace(issued, revoked_at=revoked.revoked_at, reason=reason))
            unit.log.append(EntryKind.STATUS_LIST, self._status.publish(unit, now), now)
            note(unit, replace(by, object=did))
            unit.after_commit(self.revoked)
            return revoked

        return await self._store.write(work)

    async def suspend(self, did: str, reason: str, *, by: Act) -> MemberRecord:
        """As an authority: let all memberships of a member rest until that is lifted; logged, published, and told.

        Raises:
            Forbidden: this connector is no authority.
            NotFound: it is no member.
            Conflict: it was revoked, or is suspended already.
        """
        now = format_time(self._clock.now())

        def change(member: MemberRecord) -> MemberRecord:
            if member.suspended_at is not None:
                raise Conflict(f"the membership of {did} is suspended since {member.suspended_at}: {member.reason}")
            return replace(member, suspended_at=now, reason=reason)

        return await self._rest(did, change, by)

    async def resume(self, did: str, *, by: Act) -> MemberRecord:
        """As an authority: lift a suspension; logged, published, and told.

        Raises:
            Forbidden: this connector is no authority.
            NotFound: it is no member.
            Conflict: it was revoked, or is not suspended.
        """

        def change(member: MemberRecord) -> MemberRecord:
            if member.suspended_at is None:
                raise Conflict(f"the membership of {did} is not suspended")
            return replace(member, suspended_at=None, reason=None)

        return await self._rest(did, change, by)

    async def _rest(self, did: str, change: Callable[[MemberRecord], MemberRecord], by: Act) -> MemberRecord:
        if not self._authority:
            raise Forbidden("this connector is not an authority")
        now = self._clock.now()

        def work(unit: UnitOfWork) -> MemberRecord:
            member = unit.members.get(did)
            if member is None:
                raise NotFound(f"{did} is not a member")
            if member.revoked_at is not None:
                raise Conflict(f"the membership of {did} was revoked at {member.revoked_at}: {member.reason}")
            changed = change(member)
            unit.members.put(changed)
            for issued in unit.issued.find(did=did, revoked_at=None):
                unit.issued.put(replace(issued, suspended_at=changed.suspended_at))
            unit.log.append(EntryKind.STATUS_LIST, self._status.publish(unit, now, SUSPENSION), now)
            note(unit, replace(by, object=did))
            unit.after_commit(self.revoked)
            return changed

        return await self._store.write(work)

    async def keep(self, jwt: str, *, by: Act) -> Membership:
        """Keep a membership that an authority issued to us, after checking it.

        Raises:
            Unprocessable: it is not for us, not by an authority that we believe, or binds other keys.
        """
        try:
            issuer = read_credential(jwt).issuer
        except TrustError as error:
            raise Unprocessable(f"the credential cannot be verified: {error}") from None
        arrived = await self._credentials.verified(CredentialContainer(MEMBERSHIP, "", jwt), issuer)
        membership = arrived.membership
        if membership is None:
            raise Unprocessable("the credential binds no keys: it is no membership that contracts can rest on")
        now = format_time(self._clock.now())

        def work(unit: UnitOfWork) -> None:
            keep_credential(unit, arrived, now)
            note(unit, replace(by, object=issuer))

        await self._store.write(work)
        await self._anchors.refresh(issuer)
        return membership

    async def members(self) -> list[MemberRecord]:
        """As an authority: whom we have issued memberships to."""
        return list(await self._store.read(lambda unit: unit.members.find()))


def _check_says(says: Says | None) -> None:
    try:
        written_claims(says or {})
    except CredentialInvalid as error:
        raise Unprocessable(str(error)) from None
