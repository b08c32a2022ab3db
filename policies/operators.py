"""OPERATORS: which comparisons this connector makes, and how.

Fewer than ODRL names (`vocabulary.OPERATOR_NAMES`): one that is missing here is understood by nobody here, so a constraint
that uses it cannot be judged and is refused before anything is signed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Operator:
    """One comparison.

    Attributes:
        name: ODRL's local name.
        holds: left value and right values → whether the comparison holds. Values are of one type by then.
        takes_many: whether the right side may be a list; otherwise it is exactly one value.
        bounds_above: whether it sets an upper bound: broken once by a value that only grows, it never holds again.
    """

    name: str
    holds: Callable[[Any, tuple[Any, ...]], bool]
    takes_many: bool = False
    bounds_above: bool = False


OPERATORS: Final[Mapping[str, Operator]] = MappingProxyType(
    {
        operator.name: operator
        for operator in (
            Operator("eq", lambda left, right: bool(left == right[0])),
            Operator("lt", lambda left, right: bool(left < right[0]), bounds_above=True),
            Operator("lteq", lambda left, right: bool(left <= right[0]), bounds_above=True),
            Operator("gt", lambda left, right: bool(left > right[0])),
            Operator("gteq", lambda left, right: bool(left >= right[0])),
            Operator("isAnyOf", lambda left, right: left in right, takes_many=True),
        )
    }
)
