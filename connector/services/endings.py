"""How agreements end: withdrawn by either side, at once or after the notice period, or run out by their own terms.

A withdrawal binds its author at its commit and the other side on arrival, whatever is missing (decision 5, 5). It is told
by notice; a side that takes no notices hears of it when its transfers end. What was lawfully used before stays lawful.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time, parse_time
from connector.contracts.rules import CLOCK_TOLERANCE
from connector.ports.records import Act, ContractRecord, Timer, TimerKind
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.protocol import transfer as machine
from connector.protocol.notices import END, WITHDRAWAL, end, withdrawal
from connector.services.acts import recorded
from connector.services.agreed import agreed_policy
from connector.services.changes import Changes
from connector.services.errors import BadRequest, Conflict, NotFound
from connector.services.identity import Identity
from connector.services.notices import Notices, Taken
from connector.services.standing import ended
from connector.services.timers import first_of, run_due
from connector.trace import begin_trace
from policies.duties import Owed, owed
from policies.ends import end_of, notice_period
from policies.errors import PolicyError
from policies.model import Policy

_EVERY: Final = 0.5
"""Seconds between two looks at the clock, while anything is to end."""
_log: Final = logging.getLogger(__name__)
_FAR: Final = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a withdrawal would hit.

    Attributes:
        contract: the contract.
        effective: from when on nothing more would be delivered.
        by_notice: whether the other side is told by notice; else it hears of it when its transfers end.
        transfers: our pids of those that are not over.
        deliveries: those that run now.
        duties: what would be owed until then, and because of the end.
    """

    contract: ContractRecord
    effective: datetime
    by_notice: bool
    transfers: tuple[str, ...]
    deliveries: tuple[str, ...]
    duties: tuple[Owed, ...] = ()


class Endings:
    """Ends agreements.

    Attributes:
        stop: told, in the unit of work that ends a contract, with the reason: its transfers end, running bytes are cut.
        over: told after that, in the same unit of work.
    """

    def __init__(self, identity: Identity, *, store: Store, clock: Clock, changes: Changes, notices: Notices) -> None:
        self._me = identity
        self._store = store
        self._clock = clock
        self._changes = changes
        self._notices = notices
        self._next: str | None = None
        self._task: asyncio.Task[None] | None = None
        self.stop: Callable[[UnitOfWork, ContractRecord, str], None] = lambda _unit, _contract, _reason: None
        self.over: list[Callable[[UnitOfWork, ContractRecord], None]] = []
        notices.taking |= {WITHDRAWAL: self._take_withdrawal, END: self._take_end}
        notices.begun.append(self.plan)

    async def withdraw(
        self, contract_id: str, reason: str, *, effective: datetime | None = None, by: Act | None = None
    ) -> ContractRecord:
        """End an agreement by our own word: signed, logged, told; it binds us from this commit on.

        Args:
            contract_id: which.
            reason: why; the other side reads it.
            effective: from when on nothing more is delivered, if later than the agreement demands.
            by: who asked for it.

        Raises:
            NotFound: there is no such contract.
            Conflict: it was never concluded, has ended, or is withdrawn already.
            BadRequest: `effective` does not keep the notice period.
        """
        return await self._store.write(
            recorded(lambda unit: self.withdraw_within(unit, contract_id, reason, effective=effective), by)
        )

    def withdraw_within(
        self, unit: UnitOfWork, contract_id: str, reason: str, *, effective: datetime | None = None
    ) -> ContractRecord:
        """The same in a unit of work of somebody else; raises as `withdraw`."""
        contract = self._standing(unit, contract_id)
        now = self._clock.now()
        earliest = effective_from(contract, now)
        if effective is not None and effective < earliest:
            raise BadRequest.told("notice_period", earliest=format_time(earliest))
        at = max(earliest, effective or earliest)
        if contract.countersignature_digest is not None:
            self._notices.write(unit, contract, WITHDRAWAL, withdrawal(reason, at))
        return self._withdrawn(unit, contract, at, by=self._me.did, reason=reason)

    def withdraw_all(self, unit: UnitOfWork, contracts: Sequence[str], reason: str) -> list[ContractRecord]:
        """Withdraw several with one reason, as when what they all stand on has fallen; those that are over stay as they are."""
        done = []
        for contract_id in contracts:
            with contextlib.suppress(Conflict):
                done.append(self.withdraw_within(unit, contract_id, reason))
        return done

    def hits(self, unit: UnitOfWork, contracts: Sequence[str]) -> list[Hit]:
        """Beforehand: whom and what a withdrawal of these would hit. Those that could not be withdrawn are left out."""
        found = []
        for contract_id in contracts:
            with contextlib.suppress(Conflict):
                found.append(self._hit(unit, self._standing(unit, contract_id)))
        return found

    async def preview(self, contract_id: str) -> Hit:
        """Whom and what a withdrawal would hit; raises as `withdraw`."""
        return await self._store.read(lambda unit: self._hit(unit, self._standing(unit, contract_id)))

    # --- what time brings ------------------------------------------------------------------------------------------------

    def plan(self, unit: UnitOfWork, contract: ContractRecord) -> None:
        """Note when a contract ends, by a withdrawal that was given or by its own terms."""
        moments = [contract.ending["at"]] if contract.ending else []
        moments += [format_time(at) for at in (regular_end(contract),) if at is not None]
        for moment in moments:
            unit.timers.put(Timer.at(moment, TimerKind.CONTRACT_ENDS, contract.id))
            unit.after_commit(partial(self._expect, moment))

    async def start(self) -> None:
        """End what had to end while we were away; from now on look at the clock."""
        await self.look()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop_looking(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> int:
        """End what has to have ended by now; how many that were."""
        begin_trace()
        done = await run_due(self._store, TimerKind.CONTRACT_ENDS, self._clock.now, self._fall_due)
        self._next = await self._store.read(lambda unit: first_of(unit, TimerKind.CONTRACT_ENDS))
        return done

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            if self._next is None or self._next >= format_time(self._clock.now()):
                continue
            try:
                await self.look()
            except StoreError as error:
                _log.warning("what has ended cannot be written down now: %s", error)

    def _expect(self, moment: str) -> None:
        self._next = moment if self._next is None else min(self._next, moment)

    def _fall_due(self, unit: UnitOfWork, timer: Timer) -> bool:
        contract = unit.contracts.get(timer.about)
        if contract is None or contract.over or contract.signed_at is None:
            return False
        now = self._clock.now()
        if contract.ending is not None and parse_time(contract.ending["at"]) <= now:
            self._end(unit, contract)
            return True
        at = regular_end(contract)
        if at is None or at > now:
            return False
        # What is held says nothing: that it has run out follows from its terms for both.
        if contract.role == "provider" and contract.countersignature_digest is not None and contract.held is None:
            self._notices.write(unit, contract, END, end(at))
        self._run_out(unit, contract, at)
        return True

    # --- what ends -------------------------------------------------------------------------------------------------------

    def _standing(self, unit: UnitOfWork, contract_id: str) -> ContractRecord:
        contract = unit.contracts.get(contract_id)
        if contract is None:
            raise NotFound(f"there is no contract {contract_id}")
        if contract.signed_at is None:
            raise Conflict.told("not_concluded")
        if contract.over:
            raise ended(contract)
        if contract.ending is not None:
            key = "ending_by_us" if contract.ending["by"] == self._me.did else "ending_by_them"
            raise Conflict.told(key, **{name: contract.ending[name] for name in ("at", "by", "reason")})
        return contract

    def _hit(self, unit: UnitOfWork, contract: ContractRecord) -> Hit:
        transfers = unit.transfers.find(agreement=contract.id)
        running = unit.deliveries.find(contract=contract.id, state="running")
        effective = effective_from(contract, self._clock.now())
        return Hit(
            contract,
            effective,
            contract.countersignature_digest is not None,
            tuple(t.id for t in transfers if t.settled not in machine.TERMINAL),
            tuple(delivery.id for delivery in running),
            tuple(_owed_until(unit, contract, effective)),
        )

    def _take_withdrawal(self, unit: UnitOfWork, contract: ContractRecord, taken: Taken) -> None:
        at, reason = parse_time(taken.content["effective"]), str(taken.content["reason"])
        if contract.over or (contract.ending is not None and parse_time(contract.ending["at"]) <= at):
            return
        if at < effective_from(contract, taken.dated) - CLOCK_TOLERANCE:
            contract = replace(contract, problem="the other side has withdrawn without keeping the notice period")
        self._withdrawn(unit, contract, at, by=taken.author, reason=reason)

    def _take_end(self, unit: UnitOfWork, contract: ContractRecord, _: Taken) -> None:
        at = regular_end(contract)  # the same as the notice says: the door has compared them
        if at is not None and not contract.over:
            self._run_out(unit, contract, at)

    def _withdrawn(
        self, unit: UnitOfWork, contract: ContractRecord, at: datetime, *, by: str, reason: str
    ) -> ContractRecord:
        now = self._clock.now()
        given: JsonObject = {"at": format_time(at), "by": by, "reason": reason, "given": format_time(now)}
        contract = replace(contract, ending=given)
        if at <= now:
            return self._end(unit, contract)
        unit.contracts.put(contract)
        self.plan(unit, contract)
        unit.after_commit(lambda: self._changes.tell(contract.id))
        return contract

    def _end(self, unit: UnitOfWork, contract: ContractRecord) -> ContractRecord:
        given = contract.ending or {}
        reason = str(given["reason"])
        done = replace(contract, withdrawn_at=given["at"], withdrawn_by=given["by"], withdrawn_reason=reason)
        return self._finish(unit, done, reason)

    def _run_out(self, unit: UnitOfWork, contract: ContractRecord, at: datetime) -> ContractRecord:
        done = replace(contract, ended_at=format_time(at))
        return self._finish(unit, done, f"it ran until {format_time(at)}")

    def _finish(self, unit: UnitOfWork, contract: ContractRecord, reason: str) -> ContractRecord:
        unit.contracts.put(contract)
        self.stop(unit, contract, reason)
        for told in self.over:
            told(unit, contract)
        unit.after_commit(lambda: self._changes.tell(contract.id))
        return contract


def _owed_until(unit: UnitOfWork, contract: ContractRecord, end: datetime) -> Iterator[Owed]:
    """What is open if a contract ends then."""
    policy = _policy_of(contract)
    if policy is None or not policy.obligation:
        return
    done = {duty.duty for duty in unit.duties.find(contract=contract.id, state="fulfilled")}
    for one in owed(policy, parse_time(contract.agreement["timestamp"]), until=end, ended_at=end):
        if one.due is not None and one.id not in done:
            yield one


def effective_from(contract: ContractRecord, given: datetime) -> datetime:
    """From when on a withdrawal that is given at this moment takes effect, by the agreement's notice period."""
    policy = _policy_of(contract)
    period = notice_period(policy) if policy is not None else None
    try:
        return given if period is None else period.after(given)
    except OverflowError:
        return _FAR


def regular_end(contract: ContractRecord) -> datetime | None:
    """When a contract ends by its own terms; None when it does not, or cannot be read."""
    policy = _policy_of(contract)
    if policy is None or policy.timestamp is None:
        return None
    try:
        return end_of(policy, parse_time(policy.timestamp))
    except ValueError:
        return None


def _policy_of(contract: ContractRecord) -> Policy | None:
    try:
        return agreed_policy(contract)
    except PolicyError:
        return None
