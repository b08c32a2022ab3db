"""Memberships that follow a change of keys: asked for by the member, issued by the authority while both are running.

A membership binds contract key and log key (decision 5, 9). When one of them is changed, each authority whose
membership we hold is asked for another that binds the new one. Old and new count side by side, each for the contracts
that name it; only when a key was compromised is the old one revoked.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from connector.audit.entries import EntryKind
from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.clock import Clock, format_time, parse_time
from connector.ports.network import Network, PeerUnreachable
from connector.ports.records import Act, IssuedRecord, LostKeyRecord, MembershipRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.authenticate import Authenticator
from connector.services.errors import Forbidden, Unprocessable
from connector.services.hints import SERVICE
from connector.services.identity import Identity
from connector.services.issued_status import IssuedStatus
from connector.services.memberships import Memberships
from connector.services.published_anchors import PublishedAnchors
from connector.trust.credentials import Membership, make_membership_request, read_credential, read_membership
from connector.trust.errors import TrustError
from connector.trust.keyring import Use
from connector.trust.keys import PublicKey, SigningKey
from connector.trust.membership_claims import Says, vouched
from connector.trust.renewals import check_renewal, make_renewal
from connector.wire.codec import dump

PATH: Final = "/memberships"
"""Below the address of the notices."""
REASON: Final = "its keys were compromised"
_BOUND: Final[tuple[Use, ...]] = ("contract", "log")


class Renewals:
    """Asks for renewals, and as an authority grants them."""

    def __init__(
        self,
        identity: Identity,
        *,
        memberships: Memberships,
        status: IssuedStatus,
        anchors: PublishedAnchors,
        store: Store,
        network: Network,
        authenticator: Authenticator,
        clock: Clock,
    ) -> None:
        self._me = identity
        self._memberships = memberships
        self._status = status
        self._anchors = anchors
        self._store = store
        self._network = network
        self._authenticator = authenticator
        self._clock = clock
        self.revoked: Callable[[], None] = lambda: None

    # --- as a member -------------------------------------------------------------------------------------------------

    async def rebind(self) -> bool:
        """Have every membership that we hold bind our newest keys; whether each does now.

        Raises:
            PeerUnreachable: an authority cannot be asked now.
            ServiceError: it refuses.
        """
        for present in await self._store.read(self._outdated):
            await self._renew(present)
        return True

    def _outdated(self, unit: UnitOfWork) -> list[Membership]:
        """The newest membership of each authority, if it binds other keys than our newest ones, or another log of ours."""
        now = self._clock.now()
        newest: dict[str, MembershipRecord] = {}
        for record in unit.memberships.find(own=True, newest_first=True):
            if record.revoked_at is None and parse_time(record.valid_until) > now:
                newest.setdefault(record.issuer, record)
        found = (read_membership(record.jwt) for record in newest.values())
        keys = tuple(self._newest(use).key.public for use in _BOUND)
        wanted = (*keys, self._me.log_origin)
        return [m for m in found if (m.contract_key, m.log_key, m.log_origin) != wanted]

    def _newest(self, use: Use) -> SigningKey:
        entry = self._me.ring.announced(use) or self._me.ring.current(use)
        return self._me.signing[entry.fragment]

    async def _renew(self, present: Membership) -> None:
        now = self._clock.now()
        request = make_membership_request(
            self._me.did,
            authority=present.issuer,
            name=present.name,
            contract_key=self._newest("contract"),
            log_key=self._newest("log"),
            token_key=self._me.token_key,
            log_origin=self._me.log_origin,
            now=now,
        )
        signers: dict[str, SigningKey] = {}
        lost: dict[str, datetime] = {}
        bound: tuple[tuple[Use, PublicKey], ...] = (("contract", present.contract_key), ("log", present.log_key))
        for use, key in bound:
            held = self._me.signer(use, key)
            if held is not None:
                signers[use] = held
            else:
                doubted = [entry.doubted for entry in self._me.ring.of(use) if entry.doubted is not None]
                lost[use] = max(doubted, default=now)
        renewal = make_renewal(request, present, signers=signers, compromised=lost)
        by = Act(at=format_time(now), name="connector", role="connector", act="renew-membership", object=present.issuer)
        for jwt in await self._ask(present.issuer, renewal):
            await self._memberships.keep(jwt, by=by)

    async def _ask(self, authority: str, renewal: JsonObject) -> list[str]:
        document = await self._authenticator.resolve(authority)
        services = document.services(SERVICE)
        if not services:
            raise Unprocessable(f"{authority} takes no renewals; ask it for a membership that binds the new keys")
        answer = await self._network.post(
            services[0].endpoint.rstrip("/") + PATH, dump(renewal), self._authenticator.bearer(authority)
        )
        if answer.status != 200:  # noqa: PLR2004
            raise PeerUnreachable(f"{authority} does not renew our membership: {answer.status} {answer.text}")
        try:
            credentials = parse_json(answer.body)["credentials"]
            return [str(jwt) for jwt in credentials.values()]
        except (CanonicalError, KeyError, TypeError, AttributeError):
            raise PeerUnreachable(f"{authority} answers a renewal with nonsense") from None

    # --- as an authority ---------------------------------------------------------------------------------------------

    async def take(self, header: str | None, renewal: JsonObject) -> JsonObject:
        """Issue a membership that binds a member's new keys; logged as every other.

        Raises:
            Unauthenticated: no valid token.
            Forbidden: the caller is no member of ours.
            Unprocessable: the renewal does not hold.
        """
        if not isinstance(renewal, dict):
            raise Unprocessable("a renewal is a JSON object")
        sender = await self._authenticator.authenticate(header, demand_membership=False)
        newest = await self._store.read(lambda unit: self._newest_issued(unit, sender.did))
        now = self._clock.now()
        if newest is None:
            raise Forbidden("only a member's membership is renewed, and only by the authority that issued it")
        issued = {read_membership(jwt).digest: read_membership(jwt) for jwt in newest.credentials.values()}
        present = issued.get(str(renewal.get("replaces")))
        if present is None and _asks_for(renewal, next(iter(issued.values()))):
            return {"credentials": newest.credentials}  # our answer was lost
        if present is None:
            raise Unprocessable("the renewal does not hold: it replaces another membership than the newest")
        try:
            checked = check_renewal(renewal, present, now=now)
        except TrustError as error:
            raise Unprocessable(f"the renewal does not hold: {error}") from None
        lost = [key.multikey() for key, _ in checked.compromised]
        by = Act(at=format_time(now), name=sender.did, role="member", act="renew-membership", object="", detail=lost)
        made = await self._memberships.issue(checked.request, by=by, until=present.valid_until, says=_says(present))
        if checked.compromised:
            await self._store.write(
                lambda unit: self._withdraw(unit, sender.did, checked.compromised, made.status_index)
            )
        return {"credentials": made.credentials}

    def _newest_issued(self, unit: UnitOfWork, did: str) -> IssuedRecord | None:
        """What we issued to a member last, if it still holds."""
        now = format_time(self._clock.now())
        held = [issued for issued in unit.issued.find(did=did, revoked_at=None) if issued.valid_until > now]
        return max(held, key=lambda issued: issued.issued_at, default=None)

    def _withdraw(self, unit: UnitOfWork, did: str, lost: tuple[tuple[PublicKey, datetime], ...], kept: int) -> None:
        """Revoke what binds the lost keys, and remember from when on they are not believed."""
        now = self._clock.now()
        for key, since in lost:
            unit.lost_keys.put(
                LostKeyRecord(
                    key=f"{self._me.did} {key.multikey()}",
                    authority=self._me.did,
                    did=did,
                    public_key=key.multikey(),
                    since=format_time(since),
                    at=format_time(now),
                )
            )
        for issued in unit.issued.find(did=did, revoked_at=None):
            if issued.status_index != kept:
                unit.issued.put(replace(issued, revoked_at=format_time(now), reason=REASON))
        unit.log.append(EntryKind.STATUS_LIST, self._status.publish(unit, now), now)
        self._anchors.publish(unit, now)
        unit.after_commit(self.revoked)
        unit.after_commit(self._anchors.changed)


def _says(present: Membership) -> Says:
    return vouched(read_credential(present.jwt).claims)


def _asks_for(renewal: JsonObject, membership: Membership) -> bool:
    """Whether a renewal asks for just what this membership binds: keys and log."""
    request = renewal.get("request")
    keys = request.get("keys") if isinstance(request, dict) else None
    if not isinstance(keys, dict):
        return False
    asked = [named.get("publicKeyMultibase") if isinstance(named := keys.get(use), dict) else None for use in _BOUND]
    bound = [membership.contract_key.multikey(), membership.log_key.multikey()]
    return asked == bound and isinstance(request, dict) and request.get("logOrigin") == membership.log_origin
