"""When an agreement ends by its own terms, and how long before its end a withdrawal has to be told.

Pure reading of a policy: nothing here decides about a use. Whatever is not plainly an end (an `or` of two, an operand that is
not known) names none: such an agreement is judged at each use, and ends when a party says so.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from policies.clauses.registry import clause_of_permission
from policies.durations import Duration, read_duration
from policies.literals import read_time
from policies.model import AnyConstraint, Constraint, Permission, Policy
from policies.vocabulary import MMD
from policies.written import text_in

NOTICE_PERIOD: Final = MMD + "noticePeriod"
_UPPER: Final = ("lteq", "lt", "eq")


def end_of(policy: Policy, agreed_at: datetime) -> datetime | None:
    """The moment after which no permission of the policy can hold any more; None when there is no such moment.

    Args:
        policy: the agreement.
        agreed_at: its timestamp, from which `elapsedTime` counts.
    """
    # A permission without conditions beside `use` (to train a model) lets nothing be fetched, and ends with the rest.
    uses = [permission for permission in policy.permission if clause_of_permission(permission) is None]
    ends = [_end_of_permission(permission, agreed_at) for permission in uses]
    found = [end for end in ends if end is not None]
    return max(found) if found and len(found) == len(ends) else None


def notice_period(policy: Policy) -> Duration | None:
    """How long before it takes effect a withdrawal has to be told; None where the agreement names nothing."""
    text = text_in(policy.extra, NOTICE_PERIOD)
    if text is None:
        named = [
            part
            for duty in policy.obligation
            for part in _atoms(duty.constraint)
            if part.left_operand == NOTICE_PERIOD and len(part.values) == 1
        ]
        text = named[0].values[0] if named else None
    return read_duration(text) if text is not None else None


def _end_of_permission(permission: Permission, agreed_at: datetime) -> datetime | None:
    ends = [_end_of_constraint(part, agreed_at) for part in _atoms(permission.constraint)]
    return min((end for end in ends if end is not None), default=None)


def _end_of_constraint(constraint: Constraint, agreed_at: datetime) -> datetime | None:
    if constraint.operator not in _UPPER or len(constraint.values) != 1:
        return None
    if constraint.left_operand == "dateTime":
        return read_time(constraint.values[0])
    if constraint.left_operand == "elapsedTime":
        length = read_duration(constraint.values[0])
        try:
            return length.after(agreed_at) if length is not None else None
        except OverflowError:
            return None
    return None


def _atoms(constraints: tuple[AnyConstraint, ...]) -> Iterator[Constraint]:
    """The comparisons that must all hold."""
    for constraint in constraints:
        if isinstance(constraint, Constraint):
            yield constraint
        elif constraint.operator == "and":
            yield from _atoms(constraint.constraints)
