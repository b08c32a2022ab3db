"""Which side is better off with a difference between two offers? Said only where it is plain; otherwise neither."""

from decimal import Decimal, InvalidOperation
from typing import Final, Literal, TypeAlias

from policies.clauses.obligations import clause_of_obligation
from policies.clauses.registry import CLAUSES
from policies.durations import read_duration
from policies.literals import read_time
from policies.model import AnyConstraint, Constraint, Duty, Rule
from policies.vocabulary import MMD

Part: TypeAlias = Constraint | AnyConstraint | Rule | str
Direction: TypeAlias = Literal["stricter", "looser", "other"]
Side: TypeAlias = Literal["provider", "consumer", "neither"]

_OTHER: Final[dict[Side, Side]] = {"provider": "consumer", "consumer": "provider", "neither": "neither"}
_BINDS_PROVIDER: Final = frozenset({"exclusive"})
"""Conditions that limit what the provider may do beside this contract."""
_AMOUNTS: Final = frozenset({"payAmount", MMD + "unitPrice", MMD + "royaltyRate", MMD + "liabilityCap"})
"""Operands of duties: more of it is harder on whoever owes the duty."""
_TIME_LEFT: Final = frozenset({"delayPeriod", "dateTime", MMD + "dueWithin"})
"""Operands of duties: less of it is harder on whoever owes the duty."""
_HOW_LONG: Final = frozenset({MMD + "confidentialAfterEnd", MMD + "warrantyPeriod"})


def favoured(clause_id: str, direction: Direction, offered: tuple[Part, ...], asked: tuple[Part, ...]) -> Side:
    """The side that is better off with what is asked than with what was offered.

    Whoever gives the data is better off when less may be done with it, whoever uses it when more may be; of a duty the side
    that owes it is better off when it is lighter or gone.
    """
    duties = [part for part in (*offered, *asked) if isinstance(part, Duty)]
    if duties:
        return _of_duty(duties[0], offered, asked)
    if direction == "other":
        return "neither"
    if clause_id in _BINDS_PROVIDER:
        return "consumer" if direction == "stricter" else "provider"
    return "provider" if direction == "stricter" else "consumer"


def owed_by(duty: Duty) -> Side:
    """Who has to do it; neither, where both have to, or no clause says."""
    clause = clause_of_obligation(duty)
    found = CLAUSES[clause.id].owed_by if clause else "both"
    return "provider" if found == "provider" else "consumer" if found == "consumer" else "neither"


def _of_duty(duty: Duty, offered: tuple[Part, ...], asked: tuple[Part, ...]) -> Side:
    ower = owed_by(duty)
    if not offered:
        return _OTHER[ower]
    if not asked:
        return ower
    harder = _harder(offered, asked)
    if harder is None:
        return "neither"
    return _OTHER[ower] if harder else ower


def _harder(offered: tuple[Part, ...], asked: tuple[Part, ...]) -> bool | None:
    """Whether one duty became harder in every value that changed; None where that cannot be said."""
    if len(offered) != 1 or len(asked) != 1:
        return None
    old, new = offered[0], asked[0]
    if not isinstance(old, Duty) or not isinstance(new, Duty):
        return None
    before, after = _values(old), _values(new)
    if before is None or after is None or before.keys() != after.keys():
        return None
    steps = {_step(name, before[name], after[name]) for name in before if before[name] != after[name]}
    return steps.pop() if len(steps) == 1 else None


def _values(duty: Duty) -> dict[str, tuple[tuple[str, ...], str | None]] | None:
    found: dict[str, tuple[tuple[str, ...], str | None]] = {}
    for part in duty.constraint:
        if not isinstance(part, Constraint) or part.left_operand in found:
            return None
        found[part.left_operand] = (part.values, part.unit)
    return found


def _step(name: str, old: tuple[tuple[str, ...], str | None], new: tuple[tuple[str, ...], str | None]) -> bool | None:
    (before, unit), (after, other_unit) = old, new
    if unit != other_unit or len(before) != 1 or len(after) != 1:
        return None
    was, wanted = _number(name, before[0]), _number(name, after[0])
    if was is None or wanted is None or was == wanted:
        return None
    return (wanted > was) is (name not in _TIME_LEFT)


def _number(name: str, text: str) -> Decimal | None:
    """A value on one scale: an amount, or seconds; months are taken at their longest."""
    if name in _AMOUNTS:
        return _decimal(text)
    if name not in _TIME_LEFT | _HOW_LONG:
        return None
    length = read_duration(text)
    if length is not None:
        return Decimal(length.at_most.total_seconds())
    moment = read_time(text)
    return Decimal(moment.timestamp()) if moment is not None else None


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
