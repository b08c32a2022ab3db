"""What terms bound, and what it means that they do not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.services.agreeing.quantities import QUANTITIES, read_money
from policies.clauses.build import build_clauses
from policies.model import Policy
from policies.parse import parse_policy


def terms(**clauses: Any) -> Policy:
    named = {name.replace("_", "-"): blanks for name, blanks in clauses.items()}
    return parse_policy({"@type": "Offer", "@id": "urn:offer", **build_clauses(named)})


def held(policy: Policy, quantity: str, bound: str) -> tuple[bool | None, bool | None]:
    """Whether terms are at most, and at least, a bound."""
    known = QUANTITIES[quantity]
    read = known.read(bound)
    assert read is not None
    return known.at_most(policy, read), known.at_least(policy, read)


@given(limit=st.integers(1, 1000), bound=st.integers(0, 1000))
def test_a_count_is_compared(limit: int, bound: int) -> None:
    assert held(terms(count={"times": str(limit)}), "count", str(bound)) == (limit <= bound, limit >= bound)


@pytest.mark.parametrize(
    ("quantity", "bound"),
    [("count", "100"), ("until", "2030-01-01T00:00:00Z"), ("max-rows", "9"), ("max-bytes", "9")],
)
def test_without_an_upper_bound_it_is_endless(quantity: str, bound: str) -> None:
    assert held(terms(), quantity, bound) == (False, True)


def test_without_a_lower_bound_it_begins_at_once() -> None:
    assert held(terms(), "not-before", "2030-01-01T00:00:00Z") == (True, False)
    later = terms(not_before={"time": "2031-01-01T00:00:00Z"})
    assert held(later, "not-before", "2030-01-01T00:00:00Z") == (False, True)


def test_other_quantities() -> None:
    assert held(terms(until={"time": "2027-06-30T15:00:00Z"}), "until", "2027-06-30T15:00:00Z") == (True, True)
    assert held(terms(max_rows={"rows": "500"}), "max-rows", "499") == (False, True)
    assert held(terms(max_bytes={"bytes": "500"}), "max-bytes", "501") == (True, False)


def test_amounts_are_exact_and_of_one_currency() -> None:
    price = {"amount": "1500000", "currency": "KRW", "due": "P30D"}
    assert held(terms(lump_sum=price), "amount", "1500000 KRW") == (True, True)
    assert held(terms(lump_sum=price), "amount", "1499999.99 KRW") == (False, True)
    assert held(terms(lump_sum=price), "amount", "9999999 EUR") == (None, None)
    assert held(terms(), "amount", "0 KRW") == (True, True)
    assert held(terms(), "amount", "1 KRW") == (True, False)


def test_what_is_paid_later_is_not_known() -> None:
    metered = {"price": "0.5", "currency": "KRW", "meter": "row", "period": "P1M", "due": "P10D"}
    assert held(terms(metered=metered), "amount", "1 KRW") == (None, None)


@pytest.mark.parametrize(
    "permission",
    [
        [{"action": "use"}, {"action": "use"}],
        [
            {
                "action": "use",
                "constraint": [{"or": [{"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": "1"}]}],
            }
        ],
        [{"action": "use", "constraint": [{"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": "many"}]}],
        [],
    ],
)
def test_what_hides_a_bound_cannot_be_told(permission: list[Any]) -> None:
    policy = parse_policy(
        {"@type": "Offer", "@id": "urn:o", "permission": permission, "prohibition": [{"action": "odrl:sell"}]}
    )
    assert held(policy, "count", "5") == (None, None)


def test_of_two_bounds_the_strictest_holds() -> None:
    count = [{"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": n} for n in ("3", "7")]
    policy = parse_policy({"@type": "Offer", "@id": "urn:o", "permission": [{"action": "use", "constraint": count}]})
    assert held(policy, "count", "3") == (True, True)


@pytest.mark.parametrize(
    "text", ["", "5", "KRW", "-5 KRW", "5 won", "5 krw", "1e9 KRW", "5.5.5 KRW", "٥ KRW", "9" * 30 + " KRW"]
)
def test_what_is_no_amount(text: str) -> None:
    assert read_money(text) is None
