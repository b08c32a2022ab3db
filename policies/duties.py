"""What an agreement obliges to, and when: a pure calendar, the same at both sides, whoever computes it.

A duty has a date when its obligation names one: a period after the agreement, after the end of a billing period, or after
the end of the agreement (deleting, giving back). What has none (naming the source, keeping secret) stands, and is never
overdue. Ids are made of the place of the obligation in the signed agreement, so that a notice can name a duty.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from policies.clauses.model import Side
from policies.clauses.obligations import clause_of_obligation
from policies.durations import Duration, read_duration
from policies.literals import read_time
from policies.model import Constraint, Duty, Policy
from policies.vocabulary import MMD

DELETE: Final = "delete"
_AFTER_THE_END: Final = frozenset({DELETE, MMD + "returnData"})
_WITHIN: Final = frozenset({"delayPeriod", MMD + "dueWithin"})
_EVERY: Final = frozenset({"timeInterval", MMD + "billingPeriod", MMD + "reportPeriod"})
_ON_EVENTS: Final = MMD + "informOn"
_UPPER: Final = frozenset({"lteq", "lt", "eq"})
_SHORTEST: Final = timedelta(days=1)
"""A duty that comes round more often than once a day is none that people keep a calendar of."""
MOST: Final = 2_000
"""How often one obligation comes round within what is looked at."""
_ID: Final = re.compile(r"obligation-([1-9]\d{0,4})(?:\.([1-9]\d{0,4}))?")


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty, or one turn of one that comes round.

    Attributes:
        id: `obligation-N` by its place in the agreement, from 1; with `.K` for its K-th turn.
        where: the JSON path of the obligation in the policy.
        action: what has to be done.
        clause_id: the clause that it is; "" where it is none.
        owed_by: whose duty it is.
        due: until when, aware; None when it has no date (yet).
        has_date: whether it has a date, or gets one with the end of the agreement; else it stands for as long as that.
        facts: its other values (amount, currency, rate), by the last part of their names.
    """

    id: str
    where: str
    action: str
    clause_id: str
    owed_by: Side
    due: datetime | None
    has_date: bool = True
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def owed(policy: Policy, agreed_at: datetime, *, until: datetime, ended_at: datetime | None = None) -> tuple[Owed, ...]:
    """Every duty of an agreement, in the order of its obligations and of time.

    Args:
        policy: the agreement.
        agreed_at: its timestamp.
        until: of what comes round, everything is given that falls due by then, and the next after it.
        ended_at: when the agreement ended, if it has.
    """
    return tuple(
        one
        for index, duty in enumerate(policy.obligation)
        for one in _of(duty, index, agreed_at, until=until, ended_at=ended_at)
    )


def duty_named(policy: Policy, duty_id: str) -> Owed | None:
    """The obligation that an id names, without a date; None when the agreement has no such duty."""
    match = _ID.fullmatch(duty_id)
    index = int(match[1]) - 1 if match else -1
    if match is None or not 0 <= index < len(policy.obligation):
        return None
    duty = policy.obligation[index]
    if (match[2] is not None) is not (_period(duty) is not None):
        return None
    return _made(duty, index, match[2])


def _of(duty: Duty, index: int, agreed_at: datetime, *, until: datetime, ended_at: datetime | None) -> Iterator[Owed]:
    every, within = _period(duty), _length(duty, _WITHIN)
    try:
        if every is not None:
            yield from _turns(duty, index, every, within, agreed_at, until=until, ended_at=ended_at)
            return
        yield _made(duty, index, None, _once(duty, within, agreed_at, ended_at))
    except OverflowError:  # beyond the last year that a date can name
        yield _made(duty, index, None if every is None else "1")


def _once(duty: Duty, within: Duration | None, agreed_at: datetime, ended_at: datetime | None) -> datetime | None:
    if duty.action in _AFTER_THE_END:
        return within.after(ended_at) if within is not None and ended_at is not None else None
    if _says(duty, _ON_EVENTS):
        return None  # it is due when something happens, and only people know that it has
    if within is not None:
        return within.after(agreed_at)
    dates = [read_time(part.values[0]) for part in _parts(duty) if part.left_operand == "dateTime"]
    return min((date for date in dates if date is not None), default=None)


def _turns(
    duty: Duty,
    index: int,
    every: Duration,
    within: Duration | None,
    agreed_at: datetime,
    *,
    until: datetime,
    ended_at: datetime | None,
) -> Iterator[Owed]:
    """Each period that ends; the last one with the agreement."""
    for turn in range(1, MOST + 1):
        # Counted from the beginning, so that 31 January, 28 February, 31 March stay ends of months.
        closes = Duration(every.months * turn, every.rest * turn).after(agreed_at)
        last = ended_at is not None and closes >= ended_at
        closes = ended_at if last and ended_at is not None else closes
        due = within.after(closes) if within is not None else closes
        yield _made(duty, index, str(turn), due)
        if last or due > until:
            return


def _made(duty: Duty, index: int, turn: str | None, due: datetime | None = None) -> Owed:
    clause = clause_of_obligation(duty)
    return Owed(
        id=f"obligation-{index + 1}" + (f".{turn}" if turn else ""),
        where=f"$.obligation[{index}]",
        action=duty.action,
        clause_id=clause.id if clause else "",
        owed_by=clause.owed_by if clause else "consumer",
        due=due,
        has_date=due is not None or turn is not None or duty.action in _AFTER_THE_END,
        facts=_facts(duty),
    )


def _period(duty: Duty) -> Duration | None:
    every = _length(duty, _EVERY)
    return every if every is not None and every.at_most >= _SHORTEST else None


def _length(duty: Duty, operands: frozenset[str]) -> Duration | None:
    for part in _parts(duty):
        if part.left_operand in operands and part.operator in _UPPER:
            return read_duration(part.values[0])
    return None


def _says(duty: Duty, operand: str) -> bool:
    return any(isinstance(part, Constraint) and part.left_operand == operand for part in duty.constraint)


def _parts(duty: Duty) -> Iterator[Constraint]:
    return (part for part in duty.constraint if isinstance(part, Constraint) and len(part.values) == 1)


def _facts(duty: Duty) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in duty.constraint:
        if isinstance(part, Constraint) and part.left_operand not in _WITHIN:
            found[part.left_operand.rpartition("/")[2]] = ", ".join(part.values)
            if part.unit:
                found["currency"] = part.unit.rpartition(":")[2]
    return MappingProxyType(found)
