"""An agreement is suspended by either side, with a reason, and goes on when whoever suspended it says so.

The word is a signed notice. The transfers that run are suspended with it, as the standard has it: so a side that takes no
notices hears of it as well, and deliveries go on where they were cut.
"""

from collections.abc import Callable
from dataclasses import replace

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ports.records import Act, ContractRecord
from connector.ports.store import Store, UnitOfWork
from connector.protocol.notices import RESUMPTION, SUSPENSION, resumption, suspension
from connector.services.acts import recorded
from connector.services.changes import Changes
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.services.notices import Notices, Taken
from connector.services.standing import ended


class Suspensions:
    """Suspends agreements, and lifts what was suspended.

    Attributes:
        pause: told, in the unit of work that suspends a contract, with the reason: its transfers pause, bytes are cut.
        go_on: told when nobody suspends it any more: what we paused goes on.
    """

    def __init__(self, identity: Identity, *, store: Store, clock: Clock, changes: Changes, notices: Notices) -> None:
        self._me = identity
        self._store = store
        self._clock = clock
        self._changes = changes
        self._notices = notices
        self.pause: Callable[[UnitOfWork, ContractRecord, str], None] = lambda _unit, _contract, _reason: None
        self.go_on: Callable[[UnitOfWork, ContractRecord], None] = lambda _unit, _contract: None
        notices.taking |= {SUSPENSION: self._take_suspension, RESUMPTION: self._take_resumption}
        # The other side starts nothing before it has heard that it may.
        notices.told[RESUMPTION] = self._continued

    async def suspend(self, contract_id: str, reason: str, *, by: Act | None = None) -> ContractRecord:
        """Suspend an agreement: nothing is delivered until we lift it.

        Raises:
            NotFound: there is no such contract.
            Conflict: it is not concluded, is over, or we have suspended it already.
        """

        def work(unit: UnitOfWork) -> ContractRecord:
            contract = _standing(unit, contract_id)
            mine = contract.suspensions.get(self._me.did)
            if mine is not None:
                raise Conflict.told("suspended_already", at=mine["at"], reason=mine["reason"])
            notice = None
            if contract.countersignature_digest is not None:
                notice = self._notices.write(unit, contract, SUSPENSION, suspension(reason)).digest
            return self._suspended(unit, contract, self._me.did, reason, notice)

        return await self._store.write(recorded(work, by))

    async def resume(self, contract_id: str, *, by: Act | None = None) -> ContractRecord:
        """Lift our suspension.

        Raises:
            NotFound: there is no such contract.
            Conflict: it is over, or not suspended by us.
        """

        def work(unit: UnitOfWork) -> ContractRecord:
            contract = _standing(unit, contract_id)
            mine = contract.suspensions.get(self._me.did)
            if mine is None:
                theirs = contract.suspensions.get(contract.counterparty)
                key = "not_suspended" if theirs is None else "suspended_by_them"
                raise Conflict.told(key, **(theirs or {}), by=contract.counterparty)
            lifted = self._lifted(unit, contract, self._me.did)
            if mine["notice"] is not None:
                self._notices.write(unit, lifted, RESUMPTION, resumption(mine["notice"]))
            else:
                self._continued(unit, lifted)
            return lifted

        return await self._store.write(recorded(work, by))

    def _take_suspension(self, unit: UnitOfWork, contract: ContractRecord, taken: Taken) -> None:
        if not contract.over:
            self._suspended(unit, contract, taken.author, str(taken.content["reason"]), taken.digest)

    def _take_resumption(self, unit: UnitOfWork, contract: ContractRecord, taken: Taken) -> None:
        standing = contract.suspensions.get(taken.author)
        # One that came early may be newer than what this lifts.
        if standing is not None and standing["notice"] == taken.content["suspension"]:
            self._continued(unit, self._lifted(unit, contract, taken.author))

    def _suspended(
        self, unit: UnitOfWork, contract: ContractRecord, author: str, reason: str, notice: str | None
    ) -> ContractRecord:
        said: JsonObject = {"at": format_time(self._clock.now()), "reason": reason, "notice": notice}
        changed = replace(contract, suspensions={**contract.suspensions, author: said})
        unit.contracts.put(changed)
        self.pause(unit, changed, reason)
        unit.after_commit(lambda: self._changes.tell(changed.id))
        return changed

    def _lifted(self, unit: UnitOfWork, contract: ContractRecord, author: str) -> ContractRecord:
        left = {did: said for did, said in contract.suspensions.items() if did != author}
        changed = replace(contract, suspensions=left)
        unit.contracts.put(changed)
        unit.after_commit(lambda: self._changes.tell(changed.id))
        return changed

    def _continued(self, unit: UnitOfWork, contract: ContractRecord) -> None:
        if contract.live:
            self.go_on(unit, contract)


def _standing(unit: UnitOfWork, contract_id: str) -> ContractRecord:
    contract = unit.contracts.get(contract_id)
    if contract is None:
        raise NotFound(f"there is no contract {contract_id}")
    if contract.signed_at is None:
        raise Conflict.told("not_concluded")
    if contract.over:
        raise ended(contract)
    return contract
