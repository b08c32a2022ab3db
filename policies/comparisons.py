"""Comparisons that belong to one operand: lengths on the calendar, windows of the day, rates, places, lists of people."""

from typing import Final

from policies.context import Party, TransferContext
from policies.durations import Duration
from policies.operators import Operator, by_name
from policies.windows import Rate


def _elapsed_order(context: TransferContext, length: Duration) -> int:
    """Whether less (-1), exactly (0) or more (1) than this length has gone by since the agreement."""
    try:
        end = length.after(context.agreed_at)
    except OverflowError:
        return -1
    now = context.now
    return (now > end) - (now < end)


ELAPSED: Final = by_name(
    Operator("lt", lambda left, right: _elapsed_order(left, right[0]) < 0, bounds_above=True),
    Operator("lteq", lambda left, right: _elapsed_order(left, right[0]) <= 0, bounds_above=True),
    Operator("gt", lambda left, right: _elapsed_order(left, right[0]) > 0),
    Operator("gteq", lambda left, right: _elapsed_order(left, right[0]) >= 0),
)

TIME_OF_DAY: Final = by_name(
    Operator("eq", lambda left, right: right[0].holds(left)),
    Operator("isAnyOf", lambda left, right: any(window.holds(left) for window in right), takes_many=True),
)


def _within_rate(context: TransferContext, rates: tuple[Rate, ...]) -> bool:
    return rates[0].allows(context.used_at or (), context.now)


FREQUENCY: Final = by_name(Operator("lteq", _within_rate))


def _is_in_place(place: str, wanted: tuple[str, ...]) -> bool:
    here = place.upper()
    return any(here == other or here.startswith(other + "-") for other in wanted)


PLACE: Final = by_name(
    # A country is meant with all its parts.
    Operator("eq", _is_in_place),
    Operator("neq", lambda left, right: not _is_in_place(left, right), excludes=True),
    Operator("isAnyOf", _is_in_place, takes_many=True),
    Operator("isPartOf", _is_in_place, takes_many=True),
    Operator("isNoneOf", lambda left, right: not _is_in_place(left, right), takes_many=True, excludes=True),
)


def _is_member(party: Party, collections: tuple[str, ...]) -> bool | None:
    return None if party.collections is None else not party.collections.isdisjoint(collections)


RECIPIENT: Final = by_name(
    Operator("eq", lambda left, right: bool(left.id == right[0])),
    Operator("neq", lambda left, right: bool(left.id != right[0]), excludes=True),
    Operator("isAnyOf", lambda left, right: left.id in right, takes_many=True),
    Operator("isNoneOf", lambda left, right: left.id not in right, takes_many=True, excludes=True),
    # Of a party collection (ODRL 2.3.2).
    Operator("isPartOf", _is_member, takes_many=True),
)


def _is_named(context: TransferContext, digests: tuple[str, ...]) -> bool | None:
    people = None if context.named is None else context.named.get(digests[0])
    return None if people is None else context.person in people


NAMED: Final = by_name(Operator("eq", _is_named))
