"""Quantities that rules bound: how each is read from terms, and what it means that terms do not name it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from policies.clauses import filled
from policies.literals import read_count, read_time
from policies.model import AnyConstraint, Constraint, Policy
from policies.vocabulary import MMD

_UPPER: Final = frozenset({"lt", "lteq"})
_LOWER: Final = frozenset({"gt", "gteq"})
_PAYING: Final = "compensate"
_LUMP_SUM: Final = "lump-sum"
"""The only way to pay of which the whole amount is known beforehand."""

Held: TypeAlias = bool | None
"""True, False, or None: it cannot be told."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency (ISO 4217)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that terms bound.

    Attributes:
        form: how a bound is written, for people.
        read: a bound from its text, None if the text is none.
        at_most, at_least: whether terms keep within this bound.
    """

    form: str
    read: Callable[[str], Any]
    at_most: Callable[[Policy, Any], Held]
    at_least: Callable[[Policy, Any], Held]


def read_money(text: str) -> Money | None:
    """An amount and its currency: `10000000 KRW`; None when the text is none."""
    amount, _, currency = text.partition(" ")
    if not (amount.isascii() and amount.replace(".", "", 1).isdigit() and len(amount) <= 24):  # noqa: PLR2004
        return None
    return Money(Decimal(amount), currency) if _is_currency(currency) else None


def _is_currency(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isupper()  # noqa: PLR2004 - ISO 4217


def _limited(operand: str, operators: frozenset[str], read: Callable[[str], Any], form: str) -> Quantity:
    """A quantity that a constraint bounds on one side; terms without one leave it open on that side."""
    upper = operators is _UPPER

    def at_most(policy: Policy, bound: Any) -> Held:
        values = _values(policy, operand, operators, read)
        if values is None:
            return None
        # Of several bounds the strictest holds. Without an upper one it is endless, without a lower one it begins at once.
        return (min(values) <= bound if upper else max(values) <= bound) if values else not upper

    def at_least(policy: Policy, bound: Any) -> Held:
        values = _values(policy, operand, operators, read)
        if values is None:
            return None
        return (min(values) >= bound if upper else max(values) >= bound) if values else upper

    return Quantity(form, read, at_most, at_least)


def _values(policy: Policy, operand: str, operators: frozenset[str], read: Callable[[str], Any]) -> list[Any] | None:
    """The bounds of the only permission to use; None when alternatives, or several permissions, hide what holds."""
    uses = [rule for rule in policy.permission if rule.action == "use"]
    if len(uses) != 1 or len(policy.permission) != 1 or not all(isinstance(c, Constraint) for c in uses[0].constraint):
        return None
    found = [
        read(text)
        for part in _plain(uses[0].constraint)
        if part.left_operand == operand and part.operator in operators
        for text in part.values
    ]
    return None if None in found else found


def _plain(parts: tuple[AnyConstraint, ...]) -> Iterator[Constraint]:
    return (part for part in parts if isinstance(part, Constraint))


def _amount(policy: Policy) -> list[Money] | None:
    """What has to be paid; None when it is known only afterwards, or cannot be read."""
    duties = [*policy.obligation, *(duty for rule in policy.permission for duty in rule.duty)]
    paid = [duty for duty in duties if duty.action == _PAYING]
    sums = filled(policy, _LUMP_SUM)
    if len(paid) != len(sums):  # a fee for each period, a price for each use, a share, or somebody else's words
        return None
    return [Money(Decimal(one.values["amount"][0]), one.values["currency"][0]) for one in sums]


def _sum_in(policy: Policy, currency: str) -> Decimal | None:
    owed = _amount(policy)
    if owed is None or any(money.currency != currency for money in owed):
        return None
    return sum((money.amount for money in owed), Decimal(0))


def _at_most_money(policy: Policy, bound: Money) -> Held:
    owed = _sum_in(policy, bound.currency)
    return None if owed is None else owed <= bound.amount


def _at_least_money(policy: Policy, bound: Money) -> Held:
    owed = _sum_in(policy, bound.currency)
    return None if owed is None else owed >= bound.amount


def _time(text: str) -> datetime | None:
    return read_time(text)


QUANTITIES: Final[Mapping[str, Quantity]] = {
    "count": _limited("count", _UPPER, read_count, "a whole number"),
    "until": _limited("dateTime", _UPPER, _time, "a time with a zone (2027-06-30T15:00:00Z)"),
    "not-before": _limited("dateTime", _LOWER, _time, "a time with a zone (2027-06-30T15:00:00Z)"),
    "max-rows": _limited(MMD + "maxRows", _UPPER, read_count, "a whole number"),
    "max-bytes": _limited(MMD + "maxBytes", _UPPER, read_count, "a whole number"),
    "amount": Quantity("an amount and its currency (10000000 KRW)", read_money, _at_most_money, _at_least_money),
}
"""By the name that rules use."""
