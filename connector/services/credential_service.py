"""The Credential Service (DCP 1.0): keeps what issuers issue to us, and shows it to those to whom we gave a token."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from connector.canonical import CanonicalError, JsonObject, digest_bytes, parse_json
from connector.clock import Clock, format_time, parse_time
from connector.ids import new_iri
from connector.ports.network import PeerUnreachable
from connector.ports.records import Act, AskedRecord, AskedStatus, HeldCredential, MembershipRecord
from connector.ports.store import Doubt, Store, UnitOfWork
from connector.services.acts import note
from connector.services.authenticate import SKEW, Authenticator
from connector.services.changes import Changes
from connector.services.errors import BadRequest, Conflict, Forbidden, NotFound, Unprocessable
from connector.services.holding import own_membership
from connector.services.identity import Identity
from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import MEMBERSHIP, MMD, Membership, membership_from
from connector.trust.dcp import ID_ALIAS, TYPE_ALIAS, parse_scope, read_query, write_response
from connector.trust.errors import CredentialInvalid, NotSupported, TrustError
from connector.trust.issuance import (
    CredentialContainer,
    CredentialMessage,
    CredentialOfferMessage,
    RequestStatus,
    read_credentials,
    read_offer,
)
from connector.trust.presentations import make_presentation
from connector.trust.vc import Credential, Profile
from connector.trust.vc_jwt import issuer_key, read_credential, verify_credential

MAX_MESSAGE: Final = 1_000_000
_OPEN: Final = frozenset({AskedStatus.ASKED, AskedStatus.RECEIVED})
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A credential that was verified, and the membership in it, if it binds our keys."""

    credential: HeldCredential
    membership: Membership | None = None


class CredentialService:
    """What others ask of it."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        authenticator: Authenticator,
        clock: Clock,
        changes: Changes,
        anchors: TrustAnchors,
    ) -> None:
        self._me = identity
        self._store = store
        self._authenticator = authenticator
        self._clock = clock
        self._changes = changes
        self._anchors = anchors

    # --- presentations -------------------------------------------------------------------------------------------------

    async def present(self, header: str | None, body: bytes) -> JsonObject:
        """Answer a PresentationQueryMessage of a verifier to whom we gave an access token.

        Who asks for more than his token is for gets what it is for (DCP 1.0.1, "Presentation Query").

        Raises:
            Unauthenticated: no valid token.
            BadRequest: not a query that can be answered.
        """
        # His own token is checked, but no presentation is asked back, or two would ask each other for ever.
        caller = await self._authenticator.authenticate(header, demand_membership=False)
        access = caller.token.access_token if caller.token else None
        granted = self._authenticator.check_access_token(access, caller.did)
        try:
            query = read_query(_read(body))
        except NotSupported as error:
            raise BadRequest(str(error), status=501) from None
        except TrustError as error:
            raise BadRequest(str(error)) from None
        wanted = _meant(query.scope) & _meant(granted)
        now = self._clock.now()
        shown = await self._store.read(lambda unit: _shown(unit, wanted, now))
        by_profile: dict[Profile, list[str]] = {}
        for profile, jwt in shown:
            by_profile.setdefault(profile, []).append(jwt)
        return write_response(
            [
                make_presentation(
                    credentials,
                    key=self._me.token_key,
                    holder=self._me.did,
                    audience=caller.did,
                    now=now,
                    profile=profile,
                )
                for profile, credentials in by_profile.items()
            ]
        )

    # --- storage ---------------------------------------------------------------------------------------------------------

    async def take(self, header: str | None, body: bytes) -> None:
        """Take a CredentialMessage: the answer of an issuer to a request of ours. All of it is kept, or nothing.

        1. The sender's token holds; an access token in it is one that we gave to this sender.
        2. There is a request of ours with this `holderPid`, to this sender, that is still open.
        3. Each credential is about us and by the sender, verified with its key, and of the type that it is said to be.
        4. A membership that binds keys binds ours.

        Raises:
            Unauthenticated: 1 does not hold.
            BadRequest: not a CredentialMessage.
            NotFound: nothing was asked of this sender under this id.
            Conflict: it was answered before.
            Unprocessable: 3 or 4 does not hold.
        """
        # 1. who
        caller = await self._authenticator.authenticate(header, demand_membership=False)
        if caller.token is not None and caller.token.access_token is not None:
            self._authenticator.check_access_token(caller.token.access_token, caller.did, late=True)
        try:
            message = read_credentials(_read(body))
        except TrustError as error:
            raise BadRequest(str(error)) from None
        # 2. asked for
        await self._store.read(lambda unit: self.asked(unit, message.holder_pid, caller.did))
        # 3. and 4. what came
        arrived = [await self.verified(container, caller.did) for container in _issued(message)]
        now = format_time(self._clock.now())

        def work(unit: UnitOfWork) -> AskedRecord:
            asked = self.asked(unit, message.holder_pid, caller.did)  # once more: another may have been quicker
            ended = replace(
                asked, status=AskedStatus(message.status.value), reason=message.rejection_reason, ended_at=now
            )
            unit.asked.put(ended)
            for one in arrived:
                keep_credential(unit, one, now)
            word = f"credentials-{message.status.value.lower()}"
            note(unit, Act(at=now, name=caller.did, role="issuer", act=word, object=asked.id))
            unit.after_commit(lambda: self._changes.tell(asked.id))
            return ended

        await self._store.write(work)
        if any(one.membership is not None for one in arrived):
            await self._anchors.refresh(caller.did)

    def asked(self, unit: UnitOfWork, holder_pid: str, issuer: str) -> AskedRecord:
        """The open request of ours that an issuer may answer.

        Raises:
            NotFound: there is none with this id, or it was made to somebody else.
            Conflict: it was answered before.
        """
        found = unit.asked.get(holder_pid)
        if found is None or found.issuer != issuer or found.status is AskedStatus.OFFERED:
            raise NotFound("nothing was asked of you under this holderPid")
        if found.status not in _OPEN:
            raise Conflict(f"the request was answered before: {found.status}")
        return found

    async def verified(self, container: CredentialContainer, issuer: str) -> Arrived:
        """A credential that may be kept.

        Raises:
            Unprocessable: it is not about us, not by this issuer, does not hold, or binds other keys than ours.
        """
        try:
            credential = await self._verified(container.payload)
            if (credential.issuer, credential.subject) != (issuer, self._me.did):
                raise CredentialInvalid("it is by somebody else than the sender, or about somebody else than us")
            if container.credential_type not in credential.types:
                raise CredentialInvalid(f"it is no {container.credential_type}")
            if container.profile is not None and container.profile != credential.profile:
                raise CredentialInvalid(f"it is in the profile {credential.profile}, not {container.profile}")
            return Arrived(held_credential(credential, self._clock.now()), self.bound(credential))
        except (TrustError, PeerUnreachable) as error:
            raise Unprocessable(f"the credential cannot be taken: {error}") from None

    async def recall(self, jwt: str, issuer: str) -> None:
        """Keep a membership that was issued to us and that we have forgotten; it may bind an earlier log of ours.

        Raises:
            Unprocessable: it is not about us, not by this issuer, does not hold, or binds other keys than ours.
        """
        try:
            credential = await self._verified(jwt)
            if (credential.issuer, credential.subject) != (issuer, self._me.did):
                raise CredentialInvalid("it is by somebody else than the sender, or about somebody else than us")
            membership = self.bound(credential, any_log=True)
        except (TrustError, PeerUnreachable) as error:
            raise Unprocessable(f"the credential cannot be taken: {error}") from None
        now = self._clock.now()

        def work(unit: UnitOfWork) -> None:
            if membership is not None and unit.memberships.get(membership.digest) is None:
                unit.credentials.put(held_credential(credential, now))
                unit.memberships.put(_own(membership, format_time(now)))

        await self._store.write(work)

    def bound(self, credential: Credential, *, any_log: bool = False) -> Membership | None:
        """The membership, if the credential is one that binds keys: those must be ours, and the log the one in use.

        Args:
            credential: the credential.
            any_log: whether it may also be an earlier log of ours.

        Raises:
            CredentialInvalid: it binds other keys.
        """
        if MEMBERSHIP not in credential.types or MMD + "contractKey" not in credential.claims:
            return None
        membership = membership_from(credential)
        held = (self._me.signer("contract", membership.contract_key), self._me.signer("log", membership.log_key))
        of_ours = self._me.epoch_of(membership.log_origin) is not None
        right_log = of_ours if any_log else membership.log_origin == self._me.log_origin
        if membership.did != self._me.did or not right_log or None in held:
            raise CredentialInvalid("it is for another company, or binds other keys than ours")
        return membership

    async def _verified(self, jwt: str) -> Credential:
        claimed = read_credential(jwt)
        document = await self._authenticator.resolve(claimed.issuer, fresh=True)
        return verify_credential(jwt, issuer_key(claimed, document), now=self._clock.now(), skew=SKEW)

    # --- offers ----------------------------------------------------------------------------------------------------------

    async def offered(self, header: str | None, body: bytes) -> str:
        """Note a CredentialOfferMessage of an authority whom we believe; its DID. A newer offer stands for an older one.

        Raises:
            Unauthenticated: no valid token.
            BadRequest: not a CredentialOfferMessage, or in another's name.
            Forbidden: by nobody whom we believe as an authority.
        """
        caller = await self._authenticator.authenticate(header, demand_membership=False)
        try:
            message: CredentialOfferMessage = read_offer(_read(body))
        except TrustError as error:
            raise BadRequest(str(error)) from None
        if message.issuer != caller.did:
            raise BadRequest("the offer's issuer is not its sender")
        if not self._anchors.believes(MEMBERSHIP, caller.did):
            raise Forbidden("only an authority that is believed here can offer credentials")
        now = format_time(self._clock.now())
        objects = tuple(dict.fromkeys(one.id for one in message.credentials))

        def work(unit: UnitOfWork) -> None:
            for older in unit.asked.find(issuer=caller.did, status=AskedStatus.OFFERED):
                unit.asked.delete(older.id)
            offer = AskedRecord(
                id=new_iri(), issuer=caller.did, status=AskedStatus.OFFERED, objects=objects, created_at=now
            )
            unit.asked.add(offer)
            note(unit, Act(at=now, name=caller.did, role="issuer", act="credential-offer", object=offer.id))

        await self._store.write(work)
        return caller.did


def held_credential(credential: Credential, now: datetime) -> HeldCredential:
    """The record of a credential about us."""
    until = credential.valid_until
    return HeldCredential(
        digest=digest_bytes(credential.jwt.encode("ascii")),
        types=credential.types,
        id=credential.id,
        issuer=credential.issuer,
        profile=credential.profile,
        jwt=credential.jwt,
        valid_until=None if until is None else format_time(until),
        at=format_time(now),
    )


def keep_credential(unit: UnitOfWork, arrived: Arrived, now: str) -> None:
    """Keep a credential that was verified; a membership that binds our keys is also what we sign contracts with."""
    unit.credentials.put(arrived.credential)
    membership = arrived.membership
    if membership is not None:
        unit.memberships.put(_own(membership, now))
        # It binds the log in use: else it would not have been taken.
        unit.log.release(Doubt.UNBOUND)


def _own(membership: Membership, now: str) -> MembershipRecord:
    return MembershipRecord(
        digest=membership.digest,
        did=membership.did,
        issuer=membership.issuer,
        jwt=membership.jwt,
        valid_until=format_time(membership.valid_until),
        own=True,
        at=now,
        profile=membership.profile,
        log_origin=membership.log_origin,
    )


def _issued(message: CredentialMessage) -> tuple[CredentialContainer, ...]:
    return message.credentials if message.status is RequestStatus.ISSUED else ()


def _shown(unit: UnitOfWork, wanted: frozenset[tuple[str, str]], now: datetime) -> list[tuple[Profile, str]]:
    """Of each type that is wanted the newest credential that is valid; of memberships the one that stands in contracts."""
    shown: dict[str, Profile] = {}
    own = own_membership(unit) if (TYPE_ALIAS, MEMBERSHIP) in wanted else None
    if own is not None:
        shown[own.jwt] = own.profile
        wanted -= {(TYPE_ALIAS, MEMBERSHIP)}
    for held in unit.credentials.find(newest_first=True) if wanted else ():
        named = {(TYPE_ALIAS, type_) for type_ in held.types} | {(ID_ALIAS, held.id or "")}
        valid = held.valid_until is None or parse_time(held.valid_until) > now
        if valid and named & wanted:
            shown[held.jwt] = "vc20-bssl/jwt" if held.profile == "vc20-bssl/jwt" else "vc11-sl2021/jwt"
            wanted -= named
    return [(profile, jwt) for jwt, profile in shown.items()]


def _meant(scopes: frozenset[str] | tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Which types and ids are meant by scopes; those that are none, or of aliases that we do not know, mean nothing."""
    found = set()
    for text in scopes:
        try:
            scope = parse_scope(text)
        except TrustError:
            continue
        if scope.alias in (TYPE_ALIAS, ID_ALIAS):
            found.add((scope.alias, scope.discriminator))
    return frozenset(found)


def _read(body: bytes) -> object:
    try:
        return parse_json(body, max_bytes=MAX_MESSAGE)
    except CanonicalError as error:
        raise BadRequest(f"the body cannot be read: {error}") from None
