"""Leaving a data space: nothing more is offered or begun, the authority takes the membership back, what was agreed stays.

Contracts, evidence and log are kept: who has left must still be able to show what was agreed, and so must the others.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ports.network import Network, PeerUnreachable
from connector.ports.records import Act
from connector.ports.store import Store, UnitOfWork
from connector.protocol import negotiation as machine
from connector.services.acts import note
from connector.services.authenticate import Authenticator
from connector.services.errors import Conflict
from connector.services.hints import SERVICE
from connector.services.memberships import Memberships
from connector.services.negotiations import Negotiations
from connector.services.publish import Publishing
from connector.trust.errors import TrustError
from connector.trust.keyring import Use
from connector.wire.codec import dump

PATH: Final = "/memberships/end"
"""Below the address of the notices."""
LEFT: Final = "left"
"""The reason with which an authority revokes the membership of who leaves."""
_TYPE: Final = "MembershipEnd"
_GONE: Final = (200, 404)
"""Taken back, or not known: either way there is no membership there any more."""


class Leaving:
    """Leaves, and as an authority lets go."""

    def __init__(
        self,
        *,
        store: Store,
        publishing: Publishing,
        negotiations: Negotiations,
        memberships: Memberships,
        network: Network,
        authenticator: Authenticator,
        clock: Clock,
    ) -> None:
        self._store = store
        self._publishing = publishing
        self._negotiations = negotiations
        self._memberships = memberships
        self._network = network
        self._authenticator = authenticator
        self._clock = clock

    async def leave(self, *, by: Act) -> JsonObject:
        """Stop offering, end what is open, give every membership back. Called again, it does what is left to do.

        Returns:
            How many data sets and negotiations were ended, which authorities know, and which could not be told and why.
        """
        withdrawn = await self._stop_offering(by)
        ended = await self.end_open("left-the-data-space", "we are leaving the data space", by=by)
        told, waiting = [], {}
        for issuer in await self._store.read(_issuers):
            problem = await self._tell(issuer)
            if problem is None:
                told.append(issuer)
                await self._store.write(self._given_back(issuer, by))
            else:
                waiting[issuer] = problem
        return {"withdrawn": withdrawn, "negotiationsEnded": ended, "left": told, "waiting": waiting}

    async def end_open(self, code: str, reason: str, *, by: Act) -> int:
        """End every negotiation that may be ended by us now; how many that were."""
        open_ones = await self._store.read(_open_negotiations)
        ended = 0
        for negotiation in open_ones:
            try:
                await self._negotiations.terminate(
                    negotiation, code=code, reason=reason, by=replace(by, object=negotiation)
                )
            except Conflict:  # our receipt is signed, or it is the other side's turn to end it
                continue
            ended += 1
        return ended

    async def key_lost(self, use: Use, by: Act) -> None:
        """Our key was compromised: what was begun under a contract key can be ended under it by nobody."""
        if use == "contract":
            await self.end_open("key-withdrawn", "the contract key was withdrawn; begin again under the new one", by=by)

    async def take(self, header: str | None) -> JsonObject:
        """As an authority: a member leaves. Only itself can say so.

        Raises:
            Unauthenticated: no valid token.
            NotFound: it is no member.
            Forbidden: this connector is no authority.
        """
        sender = await self._authenticator.authenticate(header, demand_membership=False)
        now = format_time(self._clock.now())
        by = Act(at=now, name=sender.did, role="member", act="leave", object=sender.did)
        try:
            await self._memberships.revoke(sender.did, LEFT, by=by)
        except Conflict:
            return {"status": "revoked before"}
        return {"status": LEFT}

    async def _stop_offering(self, by: Act) -> int:
        offered = await self._store.read(lambda unit: [d.id for d in unit.datasets.find(withdrawn_at=None)])
        for dataset in offered:
            await self._publishing.withdraw(dataset, by=replace(by, object=dataset))
        return len(offered)

    async def _tell(self, authority: str) -> str | None:
        """Tell an authority; why it could not be told, or None."""
        try:
            document = await self._authenticator.resolve(authority)
            services = document.services(SERVICE)
            if not services:
                return "it names no address for this; ask it to take the membership back"
            url = services[0].endpoint.rstrip("/") + PATH
            answer = await self._network.post(url, dump({"type": _TYPE}), self._authenticator.bearer(authority))
        except (PeerUnreachable, TrustError) as error:
            return str(error)
        return None if answer.status in _GONE else f"it answers {answer.status}: {answer.text}"

    def _given_back(self, issuer: str, by: Act) -> Callable[[UnitOfWork], None]:
        def work(unit: UnitOfWork) -> None:
            for record in unit.memberships.find(own=True, issuer=issuer, revoked_at=None):
                unit.memberships.put(replace(record, revoked_at=format_time(self._clock.now())))
            note(unit, replace(by, object=issuer))

        return work


def _issuers(unit: UnitOfWork) -> list[str]:
    return list(dict.fromkeys(record.issuer for record in unit.memberships.find(own=True, revoked_at=None)))


def _open_negotiations(unit: UnitOfWork) -> list[str]:
    over = {state.value for state in machine.TERMINAL}
    return [negotiation.id for negotiation in unit.negotiations.find() if negotiation.state not in over]
