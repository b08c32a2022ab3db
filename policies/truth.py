"""Three-valued logic, with a fourth value for what a later occasion will know.

Ordered by hope: FALSE never holds, UNKNOWN cannot be judged by us, DEFERRED will be judged later, TRUE holds. `and` is then the
smallest and `or` the largest, and nothing but TRUE and DEFERRED ever leads to a permission.
"""

from collections.abc import Sequence
from enum import IntEnum


class Truth(IntEnum):
    """The four values, in their order."""

    FALSE = 0
    UNKNOWN = 1
    DEFERRED = 2
    TRUE = 3


def negation(value: Truth) -> Truth:
    """Not: what is unknown or deferred stays so."""
    if value is Truth.TRUE:
        return Truth.FALSE
    return Truth.TRUE if value is Truth.FALSE else value


def join(operator: str, values: Sequence[Truth]) -> Truth:
    """The value of a logical constraint over the values of its parts."""
    if operator == "and":
        return min(values, default=Truth.UNKNOWN)
    if operator == "or":
        return max(values, default=Truth.UNKNOWN)
    if operator == "xone":
        return _exactly_one(values)
    # andSequence asks for an order in time, of which no context here knows anything; an unknown operator likewise.
    if operator == "andSequence" and Truth.FALSE in values:
        return Truth.FALSE
    return Truth.UNKNOWN


def _exactly_one(values: Sequence[Truth]) -> Truth:
    holding = sum(value is Truth.TRUE for value in values)
    if holding > 1:
        return Truth.FALSE
    for open_value in (Truth.UNKNOWN, Truth.DEFERRED):
        if open_value in values:
            return open_value
    return Truth.TRUE if holding == 1 else Truth.FALSE
