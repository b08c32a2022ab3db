"""One clause changes, all others stay."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.amend import amend, clauses_in
from policies.clauses import build_terms
from policies.compare import differences
from policies.errors import PolicyError, UnknownTerm
from policies.model import Policy
from policies.parse import parse_policy, write_policy

UNTIL = datetime(2027, 6, 30, tzinfo=UTC)


def offer(**terms: object) -> Policy:
    return parse_policy({"@type": "Offer", "@id": "urn:offer", **build_terms(**terms)})  # type: ignore[arg-type]


WHOLE = offer(purposes=["research"], until=UNTIL, count=3, prohibitions=["no-passing-on"])


def changed(before: Policy, after: Policy) -> list[tuple[str, str, str]]:
    return [(change.clause_id, change.change, change.direction) for change in differences(before, after)]


def test_one_clause_is_replaced() -> None:
    amended = amend(WHOLE, put=offer(count=10))
    assert changed(WHOLE, amended) == [("count", "changed", "looser")]
    assert amended.id == WHOLE.id


def test_one_clause_is_dropped() -> None:
    assert changed(WHOLE, amend(WHOLE, put=offer(), drop=["until"])) == [("until", "removed", "looser")]
    assert changed(WHOLE, amend(WHOLE, put=offer(), drop=["no-passing-on"])) == [("no-passing-on", "removed", "looser")]


def test_one_clause_is_added() -> None:
    assert changed(WHOLE, amend(WHOLE, put=offer(prohibitions=["no-resale"]))) == [("no-resale", "added", "stricter")]


def test_the_same_clause_again_changes_nothing() -> None:
    assert changed(WHOLE, amend(WHOLE, put=offer(count=3, prohibitions=["no-passing-on"]))) == []


def test_what_is_not_there_is_not_dropped() -> None:
    with pytest.raises(PolicyError, match="does not stand"):
        amend(WHOLE, put=offer(), drop=["recipient"])
    with pytest.raises(UnknownTerm, match="moonphase"):
        amend(WHOLE, put=offer(), drop=["moonphase"])


@pytest.mark.parametrize("permissions", [[], [{"action": "use"}, {"action": "use"}]])
def test_clauses_that_cannot_be_told_apart(permissions: list[dict[str, str]]) -> None:
    policy = parse_policy(
        {"@type": "Offer", "@id": "urn:o", "permission": permissions, "prohibition": [{"action": "sell"}]}
    )
    with pytest.raises(PolicyError, match="permissions to use"):
        amend(policy, put=offer(count=1))


def test_what_is_no_clause_stays() -> None:
    strange = {
        "@type": "Offer",
        "@id": "urn:o",
        "permission": [
            {
                "action": "use",
                "constraint": [
                    {"leftOperand": "odrl:device", "operator": "eq", "rightOperand": "x"},
                    {"or": [{"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": "1"}]},
                    {"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": "2"},
                ],
            }
        ],
        "https://example.org/other": "kept",
    }
    amended = write_policy(amend(parse_policy(strange), put=offer(count=9)))
    constraints = amended["permission"][0]["constraint"]
    assert [c.get("rightOperand") for c in constraints] == ["x", None, "9"]
    assert amended["https://example.org/other"] == "kept"


_TERMS = st.fixed_dictionaries(
    {},
    optional={
        "purposes": st.lists(st.sampled_from(["research", "safety", "quality-prediction"]), min_size=1, unique=True),
        "until": st.sampled_from([UNTIL, datetime(2028, 1, 1, tzinfo=UTC)]),
        "count": st.integers(1, 100),
        "recipients": st.just(["did:web:a.example"]),
        "prohibitions": st.lists(st.sampled_from(["no-passing-on", "no-resale"]), min_size=1, unique=True),
    },
)


@given(before=_TERMS, put=_TERMS)
def test_only_what_was_put_changes(before: dict[str, object], put: dict[str, object]) -> None:
    old, wanted = offer(**before), offer(**put)
    amended = amend(old, put=wanted)
    assert {clause for clause, _, _ in changed(old, amended)} <= set(clauses_in(wanted))
    assert not {clause for clause, _, _ in changed(wanted, amended)} & set(clauses_in(wanted))
    assert changed(amended, amend(amended, put=wanted)) == []
