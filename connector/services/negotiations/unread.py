"""Offers that nobody asked for, and that a rule of ours would agree to: what they are about is found out first.

Such an offer names a data set of which we know nothing. It waits on the desk like all others; here the provider's catalog is
asked, once a minute, and what the rules say to the whole is done. What cannot be found out stays for people to look at.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock
from connector.ports.network import PeerUnreachable
from connector.ports.store import Store, UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.services.answers import Choice
from connector.services.decisions import Accept, Step
from connector.services.errors import Conflict, ServiceError
from connector.services.federation import Federation
from connector.services.negotiations.service import Negotiations
from connector.services.said import on_the_table

AT_ONCE: Final = 20
"""How many offers one look reads."""
_log: Final = logging.getLogger(__name__)


class Unread:
    """Called by the monitor."""

    def __init__(self, negotiations: Negotiations, *, federation: Federation, store: Store, clock: Clock) -> None:
        self._negotiations = negotiations
        self._federation = federation
        self._store = store
        self._clock = clock

    async def look(self) -> int:
        """Read what waits unread although a rule would agree to it; returns how many were agreed to."""
        return sum([await self._read(offer) for offer in await self._store.read(self._unread)])

    def _unread(self, unit: UnitOfWork) -> Sequence[ContractNegotiation]:
        waiting = [one for one in unit.waiting.find(role=Role.CONSUMER.value) if one.rule is not None]
        found = [unit.negotiations.get(one.negotiation) for one in waiting]
        return [one for one in found if one is not None and one.described is None][:AT_ONCE]

    async def _read(self, offer: ContractNegotiation) -> bool:
        try:
            described = await self._federation.offered(offer.counterparty, offer.dataset, offer.offer)
            await self._negotiations.answer(offer.id, self._deciding(described), on=on_the_table(offer))
        except (ServiceError, PeerUnreachable) as error:
            _log.info("an offer of %s stays for people: %s", offer.counterparty, error)
            return False
        return True

    def _deciding(self, described: JsonObject) -> Choice:
        """What the rules say once the data set is known; nothing but an agreement is taken from them here."""

        def choose(unit: UnitOfWork, negotiation: ContractNegotiation) -> Step:
            known = replace(negotiation, described=described)
            step = self._negotiations.steps.decider.next_step(unit, known, Duty.DECIDE, self._clock.now())
            if not isinstance(step, Accept):
                raise Conflict.told("no_rule_agrees")
            return replace(step, described=described)

        return choose
