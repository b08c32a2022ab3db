"""Duties that come due: a calendar of both sides, reminders, fulfilment by a signed word, and what is overdue.

The calendar follows from the signed agreement (`policies.duties`). It is written down when a contract is concluded, when a
turn has come round, and when the contract ends. Whoever owes says, signed, that it is done; deleting is shown by
certificates that leave nothing out. What the consumer owes and has not done may block its use: where our settings say so.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time, parse_time
from connector.ports.records import Act, ContractRecord, DutyRecord, Timer, TimerKind
from connector.ports.store import Store, UnitOfWork
from connector.protocol.notices import DUTY_FULFILLED, duty_fulfilled
from connector.services.acts import note, recorded
from connector.services.changes import Changes
from connector.services.deletions import Deletions, deletion_of
from connector.services.endings import Endings
from connector.services.errors import BadRequest, Conflict, NotFound
from connector.services.facts.duties import FULFILLED, OPEN, STANDING, is_overdue
from connector.services.notices import Notices, Taken
from connector.services.timers import run_due
from policies.duties import DELETE, Owed, duty_named, owed
from policies.errors import PolicyError
from policies.model import Policy
from policies.parse import parse_policy

REMIND: Final = "remind"
"""The act of a reminder; its detail says which duty, and whether its day is to come, is there, or is past."""
BEFORE, DUE, OVERDUE = "before", "due", "overdue"
_ITSELF: Final = "connector"
_AHEAD: Final = timedelta(days=1)


class Obligations:
    """Keeps the calendar."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        changes: Changes,
        notices: Notices,
        endings: Endings,
        deletions: Deletions,
        remind_before: timedelta,
        overdue_blocks: bool,
    ) -> None:
        """Take what it needs.

        Args:
            store: where everything is kept.
            clock: the time.
            changes: whom to tell.
            notices: what writes and takes notices.
            endings: tells of contracts that have ended.
            deletions: tells of certificates of deletion.
            remind_before: how long before its day a duty is first reminded of.
            overdue_blocks: whether, as provider, we deliver nothing while the consumer owes us what is overdue.
        """
        self._store = store
        self._clock = clock
        self._changes = changes
        self._notices = notices
        self._remind_before = remind_before
        self._overdue_blocks = overdue_blocks
        notices.taking[DUTY_FULFILLED] = self._take
        notices.begun.append(self.plan)
        endings.over.append(self.plan)
        deletions.certified.append(self._deleted)

    def plan(self, unit: UnitOfWork, contract: ContractRecord) -> None:
        """Write down what is owed under a contract by now, and when to look again."""
        now = self._clock.now()
        for one in _owed(contract, until=now + _AHEAD):
            self._note(unit, contract, one)
        self._deleted(unit, contract)
        for duty in unit.duties.find(contract=contract.id, state=OPEN):
            for _, moment in self._stages(duty):
                if moment > now:  # one that is set already is the same timer
                    unit.timers.put(Timer.at(format_time(moment), TimerKind.DUTIES, contract.id))

    async def calendar(self, contract_id: str | None = None) -> list[DutyRecord]:
        """What is owed and not done, by anybody, the earliest first. Of one contract: all its duties."""

        def work(unit: UnitOfWork) -> list[DutyRecord]:
            found = unit.duties.find(state=OPEN) if contract_id is None else unit.duties.find(contract=contract_id)
            return sorted(found, key=lambda duty: (duty.due or "~", duty.key))

        return await self._store.read(work)

    async def fulfil(self, key: str, statement: str, *, by: Act | None = None) -> DutyRecord:
        """Say, signed, that we have done what we owed.

        Raises:
            NotFound: there is no such duty.
            Conflict: it is not ours, is done, or is to be shown by a deletion certificate.
        """

        def work(unit: UnitOfWork) -> DutyRecord:
            duty = unit.duties.get(key)
            contract = unit.contracts.get(duty.contract) if duty is not None else None
            if duty is None or contract is None:
                raise NotFound(f"there is no duty {key}")
            _check_ours(duty, contract)
            now = self._clock.now()
            notice = None
            if contract.countersignature_digest is not None:
                content = duty_fulfilled(duty.duty, statement, now)
                notice = self._notices.write(unit, contract, DUTY_FULFILLED, content).digest
            return self._done(unit, duty, format_time(now), statement, notice)

        return await self._store.write(recorded(work, by))

    async def look(self) -> int:
        """Remind of what is due, and write down what has come round; of how many contracts."""
        return await run_due(self._store, TimerKind.DUTIES, self._clock.now, self._fall_due)

    def hindrance(self, unit: UnitOfWork, contract: ContractRecord, now: datetime) -> str | None:
        """Why we deliver nothing: something is overdue that the consumer owes us. None: nothing is, or it blocks nothing."""
        if not self._overdue_blocks or contract.role != "provider":
            return None
        for duty in unit.duties.find(contract=contract.id, state=OPEN):
            if duty.owed_by != "provider" and is_overdue(duty, now):
                return f"a duty of this agreement is overdue since {duty.due}: {duty.action} ({duty.duty})"
        return None

    # --- what time and the other side bring ------------------------------------------------------------------------------

    def _fall_due(self, unit: UnitOfWork, timer: Timer) -> bool:
        contract = unit.contracts.get(timer.about)
        if contract is None:
            return False
        at = timer.key.split(" ")[1]
        found = [
            (duty, stage)
            for duty in unit.duties.find(contract=contract.id, state=OPEN)
            for stage, moment in self._stages(duty)
            if format_time(moment) == at
        ]
        for duty, stage in found:
            self._remind(unit, duty, stage)
        self.plan(unit, contract)
        return bool(found)

    def _stages(self, duty: DutyRecord) -> Sequence[tuple[str, datetime]]:
        if duty.due is None:
            return ()
        due = parse_time(duty.due)
        return ((BEFORE, due - self._remind_before), (DUE, due), (OVERDUE, due + timedelta(days=1)))

    def _remind(self, unit: UnitOfWork, duty: DutyRecord, stage: str) -> None:
        detail: JsonObject = {
            "duty": duty.key,
            "action": duty.action,
            "owedBy": duty.owed_by,
            "due": duty.due,
            "stage": stage,
        }
        now = format_time(self._clock.now())
        note(unit, Act(at=now, name=_ITSELF, role=_ITSELF, act=REMIND, object=duty.contract, detail=detail))
        unit.after_commit(lambda: self._changes.tell(duty.contract))

    def _note(self, unit: UnitOfWork, contract: ContractRecord, one: Owed) -> DutyRecord:
        key, due = key_of(contract.id, one.id), format_time(one.due) if one.due else None
        held = unit.duties.get(key)
        if held is None:
            return unit.duties.add(_record(contract, one, key, due))
        if held.due != due and held.state == OPEN:  # it ended, and with it the last turn
            held = replace(held, due=due)
            unit.duties.put(held)
        return held

    def _take(self, unit: UnitOfWork, contract: ContractRecord, taken: Taken) -> None:
        named = str(taken.content["duty"])
        policy = policy_of(contract)
        one = duty_named(policy, named) if policy is not None else None
        if one is None:  # whose it is the door has asked
            raise BadRequest(f"the agreement has no duty {named}")
        held = unit.duties.get(key_of(contract.id, named))
        if held is None:  # it is done before its turn was written down here
            held = unit.duties.add(_record(contract, one, key_of(contract.id, named), None))
        if held.state != FULFILLED:
            at = format_time(parse_time(taken.content["at"]))
            self._done(unit, held, at, str(taken.content["statement"]), taken.digest)

    def _done(self, unit: UnitOfWork, duty: DutyRecord, at: str, statement: str, notice: str | None) -> DutyRecord:
        # What has no date (telling of a leak) is said each time, and stands.
        state = STANDING if duty.state == STANDING else FULFILLED
        done = replace(duty, state=state, fulfilled_at=at, statement=statement, notice=notice)
        unit.duties.put(done)
        unit.after_commit(lambda: self._changes.tell(duty.contract))
        return done

    def _deleted(self, unit: UnitOfWork, contract: ContractRecord) -> None:
        """Certificates that leave nothing out fulfil the duty to delete, once nothing more can come."""
        if not contract.over:
            return
        waiting = [duty for duty in unit.duties.find(contract=contract.id, state=OPEN) if duty.action == DELETE]
        if not waiting:
            return
        nothing_came = not unit.deliveries.find(contract=contract.id, state="complete", limit=1)
        if deletion_of(unit, contract).complete or nothing_came:
            said = "nothing was delivered" if nothing_came else "certified"
            for duty in waiting:
                self._done(unit, duty, format_time(self._clock.now()), said, None)


def key_of(contract: str, duty: str) -> str:
    """What a duty is called in our APIs: `urn:uuid:…#obligation-2.1`."""
    return f"{contract}#{duty}"


def _check_ours(duty: DutyRecord, contract: ContractRecord) -> None:
    if duty.owed_by not in (contract.role, "both"):
        raise Conflict.told("duty_of_others")
    if duty.state == FULFILLED:
        raise Conflict.told("duty_done", at=duty.fulfilled_at)
    if duty.action == DELETE:
        raise Conflict.told("duty_needs_certificate")


def _owed(contract: ContractRecord, *, until: datetime) -> Sequence[Owed]:
    policy = policy_of(contract)
    if policy is None or not policy.obligation:
        return ()
    ended = contract.withdrawn_at or contract.ended_at
    agreed = parse_time(contract.agreement["timestamp"])
    return owed(policy, agreed, until=until, ended_at=parse_time(ended) if ended else None)


def _record(contract: ContractRecord, one: Owed, key: str, due: str | None) -> DutyRecord:
    return DutyRecord(
        key=key,
        contract=contract.id,
        duty=one.id,
        place=one.where,
        action=one.action,
        clause=one.clause_id,
        owed_by=one.owed_by,
        due=due,
        facts=dict(one.facts),
        state=OPEN if one.has_date else STANDING,
    )


def policy_of(contract: ContractRecord) -> Policy | None:
    """The agreement, read; None when it cannot be."""
    try:
        return parse_policy(contract.agreement)
    except PolicyError:
        return None
