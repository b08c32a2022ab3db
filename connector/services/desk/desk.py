"""The desk: what waits for our people, put there and taken away in the transaction that brings it about or settles it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from unicodedata import normalize

from connector.canonical import JsonObject
from connector.clock import Clock, format_time, parse_time
from connector.ports.desk import ApprovalRecord, WaitingRecord
from connector.ports.records import Act, Timer, TimerKind
from connector.ports.store import UnitOfWork
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.services.acts import note
from connector.services.agreeing.rule import Outcome
from connector.services.agreeing.second import rules_in, second_person
from connector.services.decisions import Accept, Agree, Go, Step, Wait
from connector.services.errors import Conflict
from connector.services.said import on_the_table

ANSWER_WITHIN: Final = timedelta(days=14)


class Desk:
    """Where decisions wait. No I/O of its own: the unit of work is handed in."""

    def __init__(self, clock: Clock, *, answer_within: timedelta = ANSWER_WITHIN) -> None:
        """`answer_within`: how long anything waits before it is ended."""
        self._clock = clock
        self._answer_within = answer_within

    # --- what waits ------------------------------------------------------------------------------------------------------

    def holds(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty) -> bool:
        """Whether exactly this waits for people already: rules that came later do not take it from them."""
        held = unit.waiting.get(negotiation.id)
        return held is not None and (held.duty, held.terms) == (duty.name, on_the_table(negotiation))

    def put(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, step: Wait, now: datetime) -> None:
        """Have people look at it; it is told as an event."""
        until = format_time(now + self._answer_within)
        because = step.because or second_person(unit, negotiation, self._clock.now())
        waiting = WaitingRecord(
            negotiation=negotiation.id,
            role=negotiation.role.value,
            counterparty=negotiation.counterparty,
            dataset=negotiation.dataset,
            duty=duty.name,
            terms=on_the_table(negotiation),
            created_at=format_time(now),
            expires_at=until,
            rule=step.rule,
            persons=1 + bool(because),
            because=list(because) or None,
        )
        unit.waiting.put(waiting)
        unit.timers.put(Timer.at(until, TimerKind.INBOX, negotiation.id))
        detail: JsonObject = {"counterparty": waiting.counterparty, "dataset": waiting.dataset, "until": until}
        note(unit, _by_rule(step.rule, "waits-for-people", negotiation, now, detail))

    def settle(self, unit: UnitOfWork, negotiation: str) -> None:
        """It does not wait any more: it was decided, or there is nothing left to decide."""
        if unit.waiting.get(negotiation) is not None:
            unit.waiting.delete(negotiation)

    def expired(self, unit: UnitOfWork, negotiation: str, now: datetime) -> WaitingRecord | None:
        """What waits in a negotiation, if its time has passed."""
        held = unit.waiting.get(negotiation)
        return held if held is not None and parse_time(held.expires_at) <= now else None

    def note_rule(self, unit: UnitOfWork, negotiation: ContractNegotiation, step: Step, now: datetime) -> None:
        """Record that a rule of ours decided, and which."""
        rule = getattr(step, "rule", None)
        if rule is not None:
            note(unit, _by_rule(rule, _WORDS[type(step).__name__], negotiation, now, None))

    # --- who has said yes ------------------------------------------------------------------------------------------------

    def hindrance(self, unit: UnitOfWork, negotiation: ContractNegotiation, step: Step, duty: Duty) -> Wait | None:
        """What a step that binds us still waits for: the yes of a second person (None: nothing)."""
        if not _binds(step, duty):
            return None
        asking = second_person(unit, negotiation, self._clock.now())
        if not asking or len(self.approvals(unit, negotiation)) > 1:
            return None
        return Wait(rule=getattr(step, "rule", None), because=asking)

    def asks_for_two(self, unit: UnitOfWork) -> bool:
        """Whether there is any rule that asks for a second person."""
        return any(rule.outcome is Outcome.TWO_PEOPLE for rule in rules_in(unit))

    def approvals(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> list[ApprovalRecord]:
        """Who has said yes to what lies on the table: each person once, in the order of their words."""
        return approvals_in(unit, negotiation.id, on_the_table(negotiation))

    def approve(self, unit: UnitOfWork, negotiation: ContractNegotiation, by: Act) -> list[ApprovalRecord]:
        """Take a person's yes to what lies on the table; returns all who have said it.

        Raises:
            Conflict: this person has said it already, and another one has to.
        """
        before = self.approvals(unit, negotiation)
        person = _person(by)
        if any(_same(one.person, person) for one in before):
            if not second_person(unit, negotiation, self._clock.now()):
                return before
            raise Conflict.told("same_person", person=person, at=before[0].at)
        return [*before, self.vouch(unit, negotiation, by)]

    def vouch(self, unit: UnitOfWork, negotiation: ContractNegotiation, by: Act) -> ApprovalRecord:
        """Note that a person stands behind what lies on the table: approved it, offered it, or asked for it."""
        terms, person = on_the_table(negotiation), _person(by)
        record = ApprovalRecord(
            key=f"{negotiation.id} {terms} {person.casefold()}",
            negotiation=negotiation.id,
            terms=terms,
            person=person,
            name=by.name,
            role=by.role,
            act=by.act,
            at=by.at,
        )
        unit.approvals.put(record)
        return record


_WORDS: Final = {"Agree": "agree", "Accept": "accept", "Terminate": "refuse", "Offer": "make-offer"}


def approvals_in(unit: UnitOfWork, negotiation: str, terms: str) -> list[ApprovalRecord]:
    """Who has said yes to these terms of a negotiation, in the order of their words."""
    return sorted(unit.approvals.find(negotiation=negotiation, terms=terms), key=lambda one: one.at)


def _binds(step: Step, duty: Duty) -> bool:
    """Whether a step leads to our signature without anybody being asked again."""
    return isinstance(step, Agree | Accept) or (isinstance(step, Go) and duty is Duty.VERIFY)


def _person(by: Act) -> str:
    return " ".join(normalize("NFKC", by.person or by.name).split())


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _by_rule(rule: str | None, act: str, about: ContractNegotiation, now: datetime, detail: JsonObject | None) -> Act:
    name, role = ("connector", "connector") if rule is None else (rule, "rule")
    return Act(at=format_time(now), name=name, role=role, act=act, object=about.id, detail=detail)


def with_approvals(by: Act, approvals: list[ApprovalRecord], terms: str) -> Act:
    """The record of an act with who stands behind it."""
    said: list[JsonObject] = [{"person": one.person, "name": one.name, "at": one.at} for one in approvals]
    return replace(by, detail={"terms": terms, "approvals": said})
