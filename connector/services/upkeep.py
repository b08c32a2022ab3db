"""What time alone brings about, and what was owed when we last stopped; nobody's message waits for it.

What is to be looked at is kept in the order of its time (`Timer`): a look costs as much as there is to do, however many
negotiations and contracts there are.
"""

from collections.abc import Callable
from datetime import timedelta

from connector.clock import Clock
from connector.ports.records import Timer, TimerKind
from connector.ports.store import Store, UnitOfWork
from connector.protocol import negotiation as machine
from connector.protocol.machine import Role
from connector.protocol.messages import ContractOfferMessage, ContractRequestMessage, TransferRequestMessage
from connector.protocol.negotiation import NegotiationState
from connector.services.negotiations.steps import Steps
from connector.services.repeats import begun_as, forget
from connector.services.timers import run_due
from connector.services.transfers.steps import Steps as TransferSteps


class Upkeep:
    """Called by the monitor and at the start."""

    def __init__(
        self, steps: Steps, transfers: TransferSteps, *, store: Store, clock: Clock, repeats_kept: timedelta
    ) -> None:
        """Take what it needs.

        Args:
            steps: what is done in negotiations.
            transfers: what is done in transfers.
            store: where everything is kept.
            clock: the time.
            repeats_kept: how long after the end of a process a repeat of its messages gets the answer of then. Longer
                than anybody goes on sending what was answered.
        """
        self._steps = steps
        self._transfers = transfers
        self._store = store
        self._clock = clock
        self._repeats_kept = repeats_kept

    async def expire(self) -> int:
        """End what waits for a signature beyond its deadline; returns how many."""

        def ends(unit: UnitOfWork, timer: Timer) -> bool:
            negotiation = unit.negotiations.get(timer.about)
            return negotiation is not None and self._steps.expire(unit, negotiation)

        return await self._due(TimerKind.DEADLINE, timedelta(0), ends)

    async def renew(self) -> int:
        """Give new bearer tokens to those whose old ones end soon; returns how many."""

        def renews(unit: UnitOfWork, timer: Timer) -> bool:
            transfer = unit.transfers.get(timer.about)
            return transfer is not None and self._transfers.renew(unit, transfer)

        return await self._due(TimerKind.RENEWAL, timedelta(0), renews)

    async def lapse(self) -> int:
        """End what has waited for our people for too long; returns how many."""

        def ends(unit: UnitOfWork, timer: Timer) -> bool:
            negotiation = unit.negotiations.get(timer.about)
            return negotiation is not None and self._steps.lapse(unit, negotiation)

        return await self._due(TimerKind.INBOX, timedelta(0), ends)

    async def forget(self) -> int:
        """Drop the answers to messages of processes that have long ended; returns how many processes."""
        found = 0
        for kind, drop in (
            (TimerKind.NEGOTIATION_ENDED, _forget_negotiation),
            (TimerKind.TRANSFER_ENDED, _forget_transfer),
        ):
            found += await self._due(kind, self._repeats_kept, drop)
        return found

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

    async def _due(self, kind: TimerKind, older_than: timedelta, do: Callable[[UnitOfWork, Timer], bool]) -> int:
        return await run_due(self._store, kind, lambda: self._clock.now() - older_than, do)


def _forget_negotiation(unit: UnitOfWork, timer: Timer) -> bool:
    negotiation = unit.negotiations.get(timer.about)
    if negotiation is not None:
        kind = ContractRequestMessage if negotiation.role is Role.PROVIDER else ContractOfferMessage
        forget(unit, begun_as(kind.TYPE, negotiation.counterparty, negotiation.their_pid))
    forget(unit, timer.about)
    return True


def _forget_transfer(unit: UnitOfWork, timer: Timer) -> bool:
    transfer = unit.transfers.get(timer.about)
    if transfer is not None:
        forget(unit, begun_as(TransferRequestMessage.TYPE, transfer.counterparty, transfer.their_pid))
    forget(unit, timer.about)
    return True
