"""Memberships: asked for, issued by an authority, kept, and presented to those who ask (DCP 1.0, Credential Service)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connector.audit.entries import EntryKind
from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.network import PeerUnreachable
from connector.ports.records import Act, IssuedRecord, MemberRecord, MembershipRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.authenticate import Authenticator
from connector.services.errors import BadRequest, Conflict, Forbidden, NotFound, Unprocessable
from connector.services.holding import own_membership
from connector.services.identity import Identity
from connector.services.issued_status import IssuedStatus
from connector.trust.anchors import Authority, AuthorityKey, TrustFile, write_trust_file
from connector.trust.credentials import (
    MEMBERSHIP,
    Membership,
    issue_membership,
    membership_from,
    read_membership,
    verify_credential,
)
from connector.trust.dcp import TYPE_ALIAS, parse_scope, read_query, write_response
from connector.trust.errors import NotSupported, TrustError
from connector.trust.jws import peek
from connector.trust.membership_requests import (
    MembershipRequest,
    check_membership_request,
    make_membership_request,
)
from connector.trust.presentations import make_presentation
from connector.trust.vc import PROFILES, Profile
from connector.trust.vc11 import VC11

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
    ) -> None:
        self._me = identity
        self._status = status
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

    async def issue(self, request: JsonObject, *, by: Act) -> IssuedRecord:
        """As an authority: check possession of the keys and issue the MembershipCredential in both profiles; logged.

        Raises:
            Forbidden: this connector is no authority.
            Unprocessable: the request does not hold.
        """
        if not self._authority:
            raise Forbidden("this connector is not an authority")
        did = str(request.get("did"))
        now = self._clock.now()
        try:
            document = await self._authenticator.resolve(did, fresh=True)
            checked = check_membership_request(request, document, authority=self._me.did, now=now)
        except (TrustError, PeerUnreachable) as error:
            raise Unprocessable(f"the request for membership does not hold: {error}") from None
        until = now + LIFETIME

        def work(unit: UnitOfWork) -> IssuedRecord:
            index = self._status.free_index(unit)
            issued = IssuedRecord(
                status_index=index,
                did=checked.did,
                credentials={profile: self._credential(checked, profile, index, now, until) for profile in PROFILES},
                issued_at=format_time(now),
                valid_until=format_time(until),
            )
            unit.issued.add(issued)
            credential = issued.credentials[VC11]
            unit.members.put(
                MemberRecord(did=checked.did, name=checked.name, credential=credential, issued_at=issued.issued_at)
            )
            for jwt in issued.credentials.values():
                unit.log.append(EntryKind.MEMBERSHIP, read_membership(jwt).digest, now)
            if unit.issued.count() == 1:
                self._status.publish(unit, now)
            unit.acts.add(replace(by, object=checked.did))
            return issued

        return await self._store.write(work)

    def _credential(
        self, checked: MembershipRequest, profile: Profile, index: int, now: datetime, until: datetime
    ) -> str:
        return issue_membership(
            issuer_key=self._me.token_key,
            issuer=self._me.did,
            subject=checked.did,
            name=checked.name,
            contract_key=checked.contract_key,
            log_key=checked.log_key,
            log_origin=checked.log_origin,
            valid_from=now,
            valid_until=until,
            credential_id=new_iri(),
            profile=profile,
            status=self._status.entry(profile, index),
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
            unit.acts.add(replace(by, object=did))
            unit.after_commit(self.revoked)
            return revoked

        return await self._store.write(work)

    async def keep(self, jwt: str, *, by: Act) -> Membership:
        """Keep a membership that an authority issued to us, after checking it.

        Raises:
            Unprocessable: it is not for us, not by an authority that we believe, or binds other keys.
        """
        now = self._clock.now()
        try:
            issuer = str(peek(jwt)[1].get("iss"))
            document = await self._authenticator.resolve(issuer, fresh=True)
            kid = str(peek(jwt)[0].get("kid"))
            credential = verify_credential(jwt, document.key(kid, "assertionMethod"), now=now)
            membership = membership_from(credential)
        except (TrustError, PeerUnreachable) as error:
            raise Unprocessable(f"the credential cannot be verified: {error}") from None
        mine = (self._me.did, self._me.contract_key.key.public, self._me.log_key.key.public, self._me.log_origin)
        if (membership.did, membership.contract_key, membership.log_key, membership.log_origin) != mine:
            raise Unprocessable("the credential is for another company, or binds other keys than ours")
        record = MembershipRecord(
            digest=membership.digest,
            did=membership.did,
            issuer=membership.issuer,
            jwt=jwt,
            valid_until=format_time(membership.valid_until),
            own=True,
            at=format_time(now),
            profile=membership.profile,
        )

        def work(unit: UnitOfWork) -> None:
            unit.memberships.put(record)
            unit.acts.add(replace(by, object=membership.issuer))

        await self._store.write(work)
        return membership

    async def members(self) -> list[MemberRecord]:
        """As an authority: whom we have issued memberships to."""
        return list(await self._store.read(lambda unit: unit.members.find()))

    def trust_file(self) -> JsonObject:
        """As an authority: our DID and key, all that an auditor needs besides an evidence file.

        Raises:
            NotFound: this connector is no authority.
        """
        if not self._authority:
            raise NotFound("this connector is not an authority; ask the authority for its trust file")
        key = AuthorityKey(self._me.token_key.kid, self._me.token_key.key.public)
        return write_trust_file(TrustFile((Authority(self._me.did, (key,)),)))

    async def present(self, header: str | None, data: JsonObject) -> JsonObject:
        """Answer a PresentationQueryMessage of a verifier to whom we gave an access token.

        Raises:
            Unauthenticated: no valid token.
            BadRequest: not a query that can be answered.
        """
        caller = await self._verifier(header)
        try:
            query = read_query(data)
        except NotSupported as error:
            raise BadRequest(str(error), status=501) from None
        except TrustError as error:
            raise BadRequest(str(error)) from None
        wanted = {self._meant(scope) for scope in query.scope}
        membership = await self.own() if MEMBERSHIP in wanted else None
        if membership is None:
            return write_response([])
        presentation = make_presentation(
            [membership.jwt],
            key=self._me.token_key,
            holder=self._me.did,
            audience=caller,
            now=self._clock.now(),
            profile=membership.profile,
        )
        return write_response([presentation])

    def _meant(self, text: str) -> str | None:
        try:
            scope = parse_scope(text)
        except TrustError:
            return None
        return scope.discriminator if scope.alias == TYPE_ALIAS else None

    async def _verifier(self, header: str | None) -> str:
        """Who asks: its own token is checked, but no presentation is asked back, or two would ask each other for ever."""
        caller = await self._authenticator.authenticate(header, demand_membership=False)
        self._authenticator.check_access_token(caller.token.access_token if caller.token else None, caller.did)
        return caller.did
