"""As a member: what our authority has issued in our name, by its own log (decision 5, 9).

The authority logs each membership that it issues. A member may ask for those about its own DID, with the proofs that they
are in that log. One that binds keys which are not ours was asked for by somebody else, and whoever holds those keys can
sign in our name: an alarm, and proof against the authority. (What an authority keeps back it does not show here either;
its log's witnesses see that it cannot take back what it once showed.)
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.audit.checkpoint import peek_checkpoint
from connector.audit.entries import EntryKind, entry_bytes
from connector.audit.errors import AuditError
from connector.audit.merkle import leaf_hash
from connector.audit.proof import read_tlog_proof, verify_tlog_proof
from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.clock import Clock, format_time
from connector.ports.network import Network, PeerUnreachable
from connector.ports.records import Act
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.services.acts import note
from connector.services.authenticate import Authenticator
from connector.services.errors import Forbidden
from connector.services.hints import SERVICE
from connector.services.identity import Identity
from connector.trace import begin_trace
from connector.trust.credentials import Membership, read_membership
from connector.trust.did import DidDocument
from connector.trust.errors import TrustError

PATH: Final = "/memberships"
"""Below the address of the notices: what was issued about the asker, newest last."""
EVERY: Final = timedelta(days=1)
MOST: Final = 200
ALARM: Final = "membership-in-our-name"
_MAX_ANSWER: Final = 4_000_000
_LOOK_EVERY: Final = 60.0
_OK: Final = 200
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """What one authority said.

    Attributes:
        at: when it was asked.
        shown: how many memberships about us it showed.
        foreign: the digests of those that bind keys which are not ours.
        problem: why nothing can be said, or what is missing.
    """

    authority: str
    at: datetime
    shown: int = 0
    foreign: tuple[str, ...] = ()
    problem: str | None = None

    def to_json(self) -> JsonObject:
        """For people and programs."""
        return {
            "authority": self.authority,
            "checkedAt": format_time(self.at),
            "shown": self.shown,
            "foreign": list(self.foreign),
            "problem": self.problem,
        }


class Watching:
    """Asks authorities what they issued in our name; as an authority, answers."""

    def __init__(
        self, identity: Identity, *, store: Store, network: Network, authenticator: Authenticator, clock: Clock
    ) -> None:
        self._me = identity
        self._store = store
        self._network = network
        self._authenticator = authenticator
        self._clock = clock
        self._seen: dict[str, Watched] = {}
        self._task: asyncio.Task[None] | None = None

    # --- as an authority ---------------------------------------------------------------------------------------------

    async def shown(self, header: str | None) -> JsonObject:
        """What we issued about the caller, with the proofs that it stands in our log.

        Raises:
            Unauthenticated: no valid token.
            Forbidden: we have never issued anything about the caller.
        """
        sender = await self._authenticator.authenticate(header, demand_membership=False)
        issued = await self._store.read(lambda unit: unit.issued.find(did=sender.did))
        if not issued:
            raise Forbidden("nothing was issued about you here")
        newest = sorted(issued, key=lambda record: record.issued_at)[-MOST:]
        return {
            "memberships": [
                {"credential": jwt, "issuedAt": record.issued_at, **record.logged.get(profile, {})}
                for record in newest
                for profile, jwt in record.credentials.items()
            ]
        }

    # --- as a member -------------------------------------------------------------------------------------------------

    def described(self) -> list[JsonObject]:
        """What came of the last looks."""
        return [watched.to_json() for watched in self._seen.values()]

    async def look(self) -> list[Watched]:
        """Ask every authority whose membership we hold, now."""
        begin_trace()
        held = await self._store.read(_own)
        found = [
            await self._ask(issuer, [one for one in held if one.issuer == issuer])
            for issuer in dict.fromkeys(one.issuer for one in held)
            if issuer != self._me.did
        ]
        self._seen = {watched.authority: watched for watched in found}
        return found

    async def start(self) -> None:
        """Look from now on once a day."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        last: datetime | None = None
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            now = self._clock.now()
            if last is None or now - last >= EVERY:
                last = now
                try:
                    await self.look()
                except StoreError as error:
                    _log.warning("what authorities issued in our name could not be looked at: %s", error)

    async def _ask(self, authority: str, held: list[Membership]) -> Watched:
        now = self._clock.now()
        try:
            document = await self._authenticator.resolve(authority)
            shown = await self._fetch(authority, document)
            issued = [_judged(item, document, authority, self._me.did) for item in shown]
        except (PeerUnreachable, TrustError, AuditError, CanonicalError) as error:
            _log.warning("what %s issued in our name cannot be said: %s", authority, error)
            return Watched(authority, now, problem=str(error))
        foreign = tuple(one.digest for one in issued if not self._is_ours(one, held))
        missing = {one.digest for one in held} - {one.digest for one in issued}
        problem = f"it does not show {len(missing)} of the memberships that we hold" if missing else None
        for digest in foreign:
            await self._store.write(lambda unit, digest=digest: self._alarm(unit, authority, digest))  # type: ignore[misc]
        return Watched(authority, now, len(issued), foreign, problem)

    async def _fetch(self, authority: str, document: DidDocument) -> list[Any]:
        services = document.services(SERVICE)
        if not services:
            raise PeerUnreachable(f"{authority} names no address at which to ask what it issued")
        url = services[0].endpoint.rstrip("/") + PATH
        answer = await self._network.get(url, self._authenticator.bearer(authority))
        if answer.status != _OK:
            raise PeerUnreachable(f"{authority} answers {answer.status}: {answer.text}")
        data = parse_json(answer.body, max_bytes=_MAX_ANSWER)
        found = data.get("memberships") if isinstance(data, dict) else None
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise PeerUnreachable(f"{authority} answers with no list of memberships")
        return found

    def _is_ours(self, found: Membership, held: list[Membership]) -> bool:
        """Whether it binds keys that are ours, or that an older membership which we hold binds."""
        mine = {(one.contract_key, one.log_key) for one in held}
        known = {(found.contract_key, found.log_key)} <= mine
        current = (self._me.signer("contract", found.contract_key), self._me.signer("log", found.log_key))
        return known or None not in current

    def _alarm(self, unit: UnitOfWork, authority: str, digest: str) -> None:
        if unit.acts.find(act=ALARM, object=digest, limit=1):
            return
        _log.error("%s has issued a membership in our name that binds keys of somebody else: %s", authority, digest)
        now = format_time(self._clock.now())
        note(unit, Act(at=now, name="connector", role="connector", act=ALARM, object=digest, detail=authority))


def _own(unit: UnitOfWork) -> list[Membership]:
    return [read_membership(record.jwt) for record in unit.memberships.find(own=True)]


def _judged(item: JsonObject, document: DidDocument, authority: str, me: str) -> Membership:
    """One membership about us, by this authority, that its log holds.

    Raises:
        TrustError: it is no such membership.
        AuditError: its log does not hold it.
    """
    found = read_membership(str(item.get("credential")))
    if (found.issuer, found.did) != (authority, me):
        raise PeerUnreachable(f"{authority} shows a membership of somebody else")
    entry, proof = item.get("entry"), item.get("proof")
    if not isinstance(entry, dict) or not isinstance(proof, str):
        raise PeerUnreachable(f"{authority} does not show that its log holds the membership {found.digest}")
    if (entry.get("kind"), entry.get("commitsTo")) != (EntryKind.MEMBERSHIP, found.digest):
        raise PeerUnreachable(f"{authority} shows an entry of its log that is about something else")
    origin = peek_checkpoint(read_tlog_proof(proof).note).origin
    problem: AuditError = AuditError("the authority's DID document shows no log key")
    for key in document.log_keys():
        try:
            verify_tlog_proof(
                proof, leaf_hash(entry_bytes(entry)), origin=origin, verify=key.verify, public_raw=key.raw()
            )
        except AuditError as error:
            problem = error
        else:
            return found
    raise problem
