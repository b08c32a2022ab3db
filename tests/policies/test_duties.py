from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.clauses import build_clauses
from policies.duties import MOST, duty_named, owed
from policies.model import Policy
from policies.parse import parse_policy

AGREED = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
FAR = AGREED + timedelta(days=400)


def agreement(*obligations: Any, clauses: Any = None) -> Policy:
    terms = build_clauses({"count": {"times": "3"}, **(clauses or {})})
    return parse_policy({**terms, "obligation": [*terms.get("obligation", []), *obligations]})


def constraint(operand: str, value: str, operator: str = "lteq") -> dict[str, str]:
    return {"leftOperand": operand, "operator": operator, "rightOperand": value}


def days(policy: Policy, **more: Any) -> list[tuple[str, str | None]]:
    found = owed(policy, AGREED, until=more.pop("until", FAR), **more)
    return [(one.id, one.due.date().isoformat() if one.due else None) for one in found]


def test_a_lump_sum_is_due_so_long_after_the_agreement() -> None:
    policy = agreement(clauses={"lump-sum": {"amount": "1500000", "currency": "KRW", "due": "P30D"}})
    (one,) = owed(policy, AGREED, until=FAR)
    assert (one.id, one.clause_id, one.owed_by, one.due) == (
        "obligation-1", "lump-sum", "consumer", AGREED + timedelta(days=30),
    )  # fmt: skip
    assert (one.facts["payAmount"], one.facts["currency"], one.where) == ("1500000", "KRW", "$.obligation[0]")


def test_a_fee_comes_round_at_the_ends_of_months_that_stay_ends_of_months() -> None:
    policy = agreement(clauses={"flat-fee": {"amount": "300000", "currency": "KRW", "period": "P1M", "due": "P10D"}})
    assert days(policy, until=AGREED + timedelta(days=100)) == [
        ("obligation-1.1", "2026-03-10"),
        ("obligation-1.2", "2026-04-10"),
        ("obligation-1.3", "2026-05-10"),
        ("obligation-1.4", "2026-06-10"),
    ]  # the last one is the next after what was asked for


def test_the_last_turn_ends_with_the_agreement() -> None:
    policy = agreement(clauses={"report-revenue": {"period": "P3M"}})
    assert days(policy, ended_at=AGREED + timedelta(days=130)) == [
        ("obligation-1.1", "2026-04-30"), ("obligation-1.2", "2026-06-10"),
    ]  # fmt: skip


def test_deleting_gets_its_day_with_the_end() -> None:
    policy = agreement(clauses={"delete": {"within": "P7D"}})
    (before,) = owed(policy, AGREED, until=FAR)
    assert (before.due, before.has_date) == (None, True)
    assert days(policy, ended_at=AGREED + timedelta(days=10)) == [("obligation-1", "2026-02-17")]


@pytest.mark.parametrize(
    "clauses",
    [
        {"inform": {"events": ["leak"], "within": "P1D"}},
        {"attribution": {"citation": "Hanbit 2026"}},
        {"tracking": {}},
    ],
)
def test_what_has_no_date_stands(clauses: Any) -> None:
    (one,) = owed(agreement(clauses=clauses), AGREED, until=FAR, ended_at=AGREED)
    assert (one.due, one.has_date) == (None, False)


def test_whose_duty_it_is_stands_in_the_catalogue() -> None:
    found = owed(
        agreement(clauses={"obtain-consent": {"producers": ["did:web:a.example"]}, "delete": {"within": "P7D"}}),
        AGREED,
        until=FAR,
    )
    assert {one.clause_id: one.owed_by for one in found} == {"obtain-consent": "provider", "delete": "consumer"}


def test_plain_odrl_without_a_clause_has_a_date_as_well() -> None:
    policy = agreement(
        {"action": "odrl:reviewPolicy", "constraint": [constraint("odrl:dateTime", "2026-06-30T15:00:00Z")]},
        {"action": "odrl:inform", "constraint": [constraint("odrl:delayPeriod", "P2D")]},
        {"action": "odrl:compensate", "constraint": [constraint("odrl:timeInterval", "P6M", "eq")]},
    )
    assert days(policy, until=AGREED)[:3] == [
        ("obligation-1", "2026-06-30"), ("obligation-2", "2026-02-02"), ("obligation-3.1", "2026-07-31"),
    ]  # fmt: skip


def test_a_duty_is_found_by_its_name() -> None:
    policy = agreement(clauses={"report-revenue": {"period": "P3M"}, "delete": {"within": "P7D"}})
    names = {one.id: one.action for one in owed(policy, AGREED, until=FAR)}
    for name, action in names.items():
        found = duty_named(policy, name)
        assert found is not None
        assert found.action == action
    for wrong in (
        "obligation-3",
        "obligation-0",
        "obligation-1",
        "obligation-2.1",
        "obligation-1.0",
        "",
        "x",
        "obligation-١",
    ):
        assert duty_named(policy, wrong) is None or wrong in names


@pytest.mark.parametrize("period", ["PT1S", "PT1H", "P0D"])
def test_what_comes_round_too_often_is_no_calendar(period: str) -> None:
    policy = agreement({"action": "odrl:inform", "constraint": [constraint("odrl:timeInterval", period, "eq")]})
    assert days(policy) == [("obligation-1", None)]


def test_a_hostile_calendar_is_bounded() -> None:
    policy = agreement({"action": "odrl:inform", "constraint": [constraint("odrl:timeInterval", "P1D", "eq")]})
    assert len(owed(policy, AGREED, until=AGREED + timedelta(days=36_500))) == MOST
    late = agreement({"action": "odrl:inform", "constraint": [constraint("odrl:delayPeriod", "P99Y", "lteq")]})
    assert owed(late, datetime(9990, 1, 1, tzinfo=UTC), until=FAR)[0].due is None


@given(st.integers(1, 40), st.integers(1, 400), st.integers(0, 60))
@settings(max_examples=60)
def test_turns_follow_each_other_and_none_is_left_out(period: int, asked: int, within: int) -> None:
    policy = agreement(
        clauses={"flat-fee": {"amount": "1", "currency": "KRW", "period": f"P{period}D", "due": f"P{within + 1}D"}}
    )
    until = AGREED + timedelta(days=asked)
    found = [one.due for one in owed(policy, AGREED, until=until)]
    expected = [AGREED + timedelta(days=period * n + within + 1) for n in range(1, len(found) + 1)]
    assert found == expected
    assert all(due is not None and due <= until for due in found[:-1])
    assert found[-1] is not None
    assert found[-1] > until
