"""Which of two conditions about the same thing allows less? Answered only where it is certain for every context.

A condition becomes a *limit*: a kind, and what it bounds. Two limits of one kind can be compared; anything else cannot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, TypeAlias

from policies.durations import Duration
from policies.judge import right_values
from policies.model import Constraint
from policies.operands import CLAIM, LeftOperand, find_operand, unknown_in
from policies.vocabulary import MMD
from policies.windows import DayWindow, Rate

Less: TypeAlias = Literal["stricter", "looser", "same", "other"]

_ANY: Final = frozenset({"eq", "isA", "isAnyOf", "isPartOf"})
_NONE: Final = frozenset({"neq", "isNoneOf"})
_ALL: Final = frozenset({"isAllOf", "hasPart"})
_UPPER: Final = frozenset({"lt", "lteq"})
_SETS: Final = frozenset(
    {
        "purpose", "recipient", "spatial", MMD + "affiliateOf", MMD + "credentialType", MMD + "exportControl",
        MMD + "environment", MMD + "consent", MMD + "timeOfDay", MMD + "namedRecipients",
    }
)  # fmt: skip
_SHORTEST_MONTH: Final = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class _Limit:
    kind: str
    value: Any
    open: bool = False


def compared(old: Constraint, new: Constraint) -> Less:
    """Whether the new condition allows less than the old one, more, the same, or something else. Both about one operand."""
    before, after = _limit(old), _limit(new)
    if before is None or after is None:
        return "other"
    kind = _common({before.kind, after.kind})
    if kind is None:
        return "other"
    covers = _COVERS[kind]
    wider, narrower = covers(after, before), covers(before, after)
    if wider and narrower:
        return "same"
    return "stricter" if narrower else "looser" if wider else "other"


def _common(kinds: set[str]) -> str | None:
    """The kind under which both can be compared: of one value it is the same to have any or all of it."""
    others = kinds - {"one"}
    if not others:
        return "any"
    if len(others) > 1 or ("one" in kinds and not others <= {"any", "all"}):
        return None
    return others.pop()


def _limit(constraint: Constraint) -> _Limit | None:
    operand = find_operand(constraint.left_operand)
    if operand is None or unknown_in(constraint) is not None:
        return None
    operator = constraint.operator
    values = right_values(constraint, operand, operand.operators[operator])
    if values is None:
        return None
    if operand.name in _SETS or operand.name.startswith(CLAIM):
        return _set_limit(operand, operator, values)
    if operand.name == MMD + "frequency":
        return _Limit("rate", values[0])
    if operator not in {"lt", "lteq", "gt", "gteq"}:
        return None
    side = "upper" if operator in _UPPER else "lower"
    kind = f"{side}-length" if isinstance(values[0], Duration) else side
    return _Limit(kind, values[0], open=operator in {"lt", "gt"})


def _set_limit(operand: LeftOperand, operator: str, values: tuple[Any, ...]) -> _Limit | None:
    if operand.name == "recipient" and operator == "isPartOf":
        return _Limit("member", values)
    kind = "any" if operator in _ANY else "none" if operator in _NONE else "all" if operator in _ALL else None
    plain = operand.name not in {"spatial", MMD + "timeOfDay"}
    if plain and kind in {"any", "all"} and len(set(values)) == 1:
        kind = "one"
    if kind is None:
        return None
    if operand.name == "spatial":
        return _Limit(f"{kind}-place", values)
    return _Limit(f"{kind}-hours" if operand.name == MMD + "timeOfDay" else kind, values)


def _any(wide: _Limit, narrow: _Limit) -> bool:
    return set(narrow.value) <= set(wide.value)


def _all(wide: _Limit, narrow: _Limit) -> bool:
    return set(narrow.value) >= set(wide.value)


def _any_place(wide: _Limit, narrow: _Limit) -> bool:
    return all(any(place == here or place.startswith(here + "-") for here in wide.value) for place in narrow.value)


def _no_place(wide: _Limit, narrow: _Limit) -> bool:
    # Who excludes more allows less.
    return _any_place(narrow, wide)


def _any_hours(wide: _Limit, narrow: _Limit) -> bool:
    return all(any(_window_covers(here, window) for here in wide.value) for window in narrow.value)


def _window_covers(wide: DayWindow, narrow: DayWindow) -> bool:
    if wide.zone != narrow.zone:
        return wide == narrow
    return _minutes(narrow) <= _minutes(wide)


def _minutes(window: DayWindow) -> frozenset[int]:
    day = range(24 * 60)
    if window.start < window.end:
        return frozenset(day[window.start : window.end])
    return frozenset(day[window.start :]) | frozenset(day[: window.end])


def _upper(wide: _Limit, narrow: _Limit) -> bool:
    if narrow.value == wide.value:
        return narrow.open or not wide.open
    return bool(narrow.value < wide.value)


def _lower(wide: _Limit, narrow: _Limit) -> bool:
    if narrow.value == wide.value:
        return narrow.open or not wide.open
    return bool(narrow.value > wide.value)


def _upper_length(wide: _Limit, narrow: _Limit) -> bool:
    if narrow.value == wide.value:
        return narrow.open or not wide.open
    return _is_shorter(narrow.value, wide.value)


def _lower_length(wide: _Limit, narrow: _Limit) -> bool:
    if narrow.value == wide.value:
        return narrow.open or not wide.open
    return _is_shorter(wide.value, narrow.value)


def _is_shorter(length: Duration, other: Duration) -> bool:
    """Whether it ends before the other from whatever day on both begin."""
    if length.months <= other.months and length.rest <= other.rest:
        return length != other
    return length.at_most < other.months * _SHORTEST_MONTH + other.rest


def _rate(wide: _Limit, narrow: _Limit) -> bool:
    few: Rate = narrow.value
    many: Rate = wide.value
    window = few.window == many.window or _is_shorter(many.window, few.window)
    return few.most <= many.most and window


_COVERS: Final[Mapping[str, Callable[[_Limit, _Limit], bool]]] = {
    "any": _any,
    "member": _any,
    "all": _all,
    "none": _all,
    "any-place": _any_place,
    "none-place": _no_place,
    "any-hours": _any_hours,
    "upper": _upper,
    "lower": _lower,
    "upper-length": _upper_length,
    "lower-length": _lower_length,
    "rate": _rate,
}
