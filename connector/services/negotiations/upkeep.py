"""What negotiations need without being asked: deadlines that pass, and what was owed when we last stopped."""

from connector.ports.store import Store, UnitOfWork
from connector.protocol import negotiation as machine
from connector.protocol.negotiation import NegotiationState
from connector.services.negotiations.steps import Steps


class Upkeep:
    """Looks through what is not over; the monitor and the start call it."""

    def __init__(self, steps: Steps, store: Store) -> None:
        self._steps = steps
        self._store = store

    async def expire(self) -> int:
        """End what waits for a signature beyond its deadline; returns how many."""

        def work(unit: UnitOfWork) -> int:
            found = 0
            for state in (NegotiationState.REQUESTED, NegotiationState.AGREED, NegotiationState.VERIFIED):
                for negotiation in unit.negotiations.find(state=state.value):
                    found += self._steps.expire(unit, negotiation)
            return found

        return await self._store.write(work)

    async def resume(self) -> None:
        """Do whatever is owed and not yet in the outbox."""

        def work(unit: UnitOfWork) -> None:
            for state in NegotiationState:
                if state in machine.TERMINAL:
                    continue
                for negotiation in unit.negotiations.find(state=state.value):
                    if machine.owed(negotiation) is not None:
                        self._steps.act(unit, negotiation, self._steps.stored_party(unit, negotiation))

        await self._store.write(work)
