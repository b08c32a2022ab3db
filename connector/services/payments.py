"""The mark that a payment in advance was received: set and cleared by the provider's people, logged with who did it.

Agreements with the term `prepaid` carry data only while it is set; what is running stops within a second after it is cleared.
"""

from dataclasses import replace

from connector.clock import Clock, format_time
from connector.ports.records import Act, ContractRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.acts import log_act
from connector.services.changes import Changes
from connector.services.errors import Conflict, NotFound


class Payments:
    """Marks contracts as paid."""

    def __init__(self, *, store: Store, clock: Clock, changes: Changes) -> None:
        self._store = store
        self._clock = clock
        self._changes = changes

    async def mark(self, contract_id: str, *, received: bool, by: Act) -> ContractRecord:
        """Note that the payment was received, or that this was a mistake.

        Raises:
            NotFound: there is no such contract of ours as provider.
            Conflict: it is marked so already.
        """
        now = self._clock.now()

        def work(unit: UnitOfWork) -> ContractRecord:
            contract = unit.contracts.get(contract_id)
            if contract is None or contract.role != "provider":
                raise NotFound(f"there is no contract {contract_id} under which we provide data")
            if received is (contract.paid_at is not None):
                raise Conflict.told("marked_paid" if received else "not_marked_paid")
            marked = replace(contract, paid_at=format_time(now) if received else None)
            unit.contracts.put(marked)
            log_act(unit, by)
            unit.after_commit(lambda: self._changes.tell(contract_id))
            return marked

        return await self._store.write(work)
