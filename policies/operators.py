"""OPERATORS: ODRL's twelve comparisons, for one value on the left (`OPERATORS`) and for a set of values (`SET_OPERATORS`).

Which of them make sense with a left operand stands in `policies.operands`; one that does not is refused there by its name.
A set on the left is what a party presents or belongs to: `eq` then asks whether the value is among them.
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
        holds: left value and right values → whether the comparison holds; None when that cannot be known. Values are of
            one type by then.
        takes_many: whether the right side may be a list; otherwise it is exactly one value.
        bounds_above: whether it sets an upper bound: broken once by a value that only grows, it never holds again.
        excludes: whether it names what is *not* wanted.
    """

    name: str
    holds: Callable[[Any, tuple[Any, ...]], bool | None]
    takes_many: bool = False
    bounds_above: bool = False
    excludes: bool = False


def by_name(*operators: Operator) -> Mapping[str, Operator]:
    """The operators by their names."""
    return MappingProxyType({operator.name: operator for operator in operators})


OPERATORS: Final = by_name(
    Operator("eq", lambda left, right: bool(left == right[0])),
    Operator("neq", lambda left, right: bool(left != right[0]), excludes=True),
    Operator("lt", lambda left, right: bool(left < right[0]), bounds_above=True),
    Operator("lteq", lambda left, right: bool(left <= right[0]), bounds_above=True),
    Operator("gt", lambda left, right: bool(left > right[0])),
    Operator("gteq", lambda left, right: bool(left >= right[0])),
    Operator("isAnyOf", lambda left, right: left in right, takes_many=True),
    Operator("isNoneOf", lambda left, right: left not in right, takes_many=True, excludes=True),
    Operator("isAllOf", lambda left, right: bool(right) and all(left == value for value in right), takes_many=True),
    Operator("isA", lambda left, right: bool(left == right[0])),
    Operator("hasPart", lambda left, right: bool(right) and all(left == value for value in right), takes_many=True),
    Operator("isPartOf", lambda left, right: left in right, takes_many=True),
)

SET_OPERATORS: Final = by_name(
    Operator("eq", lambda left, right: right[0] in left),
    Operator("neq", lambda left, right: right[0] not in left, excludes=True),
    Operator("isA", lambda left, right: right[0] in left),
    Operator("isAnyOf", lambda left, right: not left.isdisjoint(right), takes_many=True),
    Operator("isNoneOf", lambda left, right: left.isdisjoint(right), takes_many=True, excludes=True),
    Operator("isAllOf", lambda left, right: bool(right) and left.issuperset(right), takes_many=True),
    Operator("hasPart", lambda left, right: bool(right) and left.issuperset(right), takes_many=True),
    Operator("isPartOf", lambda left, right: bool(left) and left.issubset(right), takes_many=True),
)


def some(*names: str) -> Mapping[str, Operator]:
    """These of `OPERATORS`."""
    return by_name(*(OPERATORS[name] for name in names))


def some_of_sets(*names: str) -> Mapping[str, Operator]:
    """These of `SET_OPERATORS`."""
    return by_name(*(SET_OPERATORS[name] for name in names))
