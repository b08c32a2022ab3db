"""When a rule fits. What cannot be told is never reason enough to agree, and always reason enough to wait."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.canonical import JsonObject
from connector.protocol.machine import Role
from connector.services.agreeing.facts import Facts, make_facts
from connector.services.agreeing.matching import conditions, fits
from connector.services.agreeing.rule import AgreeingRule, Changes, Outcome, Side, read_rule
from policies.clauses.build import build_clauses
from policies.context import Party

PARTNER = Party("did:web:buyer.example", country="KR")
OFFER: JsonObject = build_clauses({"purpose": {"purposes": ["research"]}, "count": {"times": "5"}, "no-resale": {}})
STRICTER: JsonObject = build_clauses({"purpose": {"purposes": ["research"]}, "count": {"times": "2"}, "no-resale": {}})
LOOSER: JsonObject = build_clauses({"purpose": {"purposes": ["research", "safety"]}, "count": {"times": "5"}})
UNREADABLE: JsonObject = {"permission": "none"}


def facts(
    terms: JsonObject = OFFER, *, role: Role = Role.PROVIDER, ours: JsonObject | None = OFFER, **party: Any
) -> Facts:
    wire = {"@type": "Offer", "@id": "urn:offer", **terms}
    before = None if ours is None else {"@type": "Offer", "@id": "urn:before", **ours}
    partner = replace(PARTNER, **party)
    return make_facts(role=role, partner=partner, dataset="urn:dataset", terms=wire, ours=before)


def rule(outcome: Outcome = Outcome.AGREE, **named: Any) -> AgreeingRule:
    return AgreeingRule(name="r", outcome=outcome, **named)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({}, True),
        ({"side": Side.CONSUMER}, False),
        ({"side": Side.EITHER}, True),
        ({"partners": ("did:web:buyer.example",)}, True),
        ({"partners": ("did:web:other.example",)}, False),
        ({"except_partners": ("did:web:buyer.example",)}, False),
        ({"except_partners": ("did:web:other.example",)}, True),
        ({"countries": ("KR",)}, True),
        ({"countries": ("DE",)}, False),
        ({"except_countries": ("KR",)}, False),
        ({"datasets": ("urn:dataset",)}, True),
        ({"datasets": ("urn:other",)}, False),
        ({"purposes": ("research", "safety")}, True),
        ({"purposes": ("safety",)}, False),
        ({"only": ("purpose", "count", "no-resale")}, True),
        ({"only": ("purpose", "count")}, False),
        ({"having": ("no-resale", "until")}, True),
        ({"having": ("until",)}, False),
        ({"classes": ("E", "P")}, True),
        ({"classes": ("E",)}, False),
        ({"at_most": {"count": "5"}}, True),
        ({"at_most": {"count": "4"}}, False),
        ({"at_least": {"count": "6"}}, False),
        ({"at_most": {"count": "9"}, "partners": ("did:web:other.example",)}, False),
    ],
)
def test_conditions(named: dict[str, Any], expected: bool) -> None:
    for outcome in Outcome:
        assert fits(rule(outcome, **named), facts()) is expected


def test_a_consumers_rule_names_its_side() -> None:
    assert not fits(rule(), facts(role=Role.CONSUMER))
    assert fits(rule(side=Side.CONSUMER), facts(role=Role.CONSUMER))


@pytest.mark.parametrize(
    ("role", "terms", "none", "ours"),
    [
        (Role.PROVIDER, OFFER, True, True),
        (Role.PROVIDER, STRICTER, False, True),
        (Role.PROVIDER, LOOSER, False, False),
        (Role.CONSUMER, OFFER, True, True),
        (Role.CONSUMER, STRICTER, False, False),
        (Role.CONSUMER, LOOSER, False, True),
    ],
)
def test_changes_are_judged_from_our_side(role: Role, terms: JsonObject, none: bool, ours: bool) -> None:
    for changes, expected in ((Changes.NONE, none), (Changes.OURS, ours), (Changes.ANY, True)):
        assert fits(rule(side=Side.EITHER, changes=changes), facts(terms, role=role)) is expected


_UNTOLD: list[tuple[dict[str, Any], Facts]] = [
    ({"changes": Changes.OURS}, facts(ours=None)),
    ({"countries": ("KR",)}, facts(country=None)),
    ({"except_countries": ("KR",)}, facts(country=None)),
    ({"at_most": {"count": "5"}}, facts(UNREADABLE)),
    ({"purposes": ("research",)}, facts(UNREADABLE)),
    ({"having": ("until",)}, facts(UNREADABLE)),
    ({"having": ("until",)}, facts({**OFFER, "obligation": [{"action": "https://example.org/dance"}]})),
]


@pytest.mark.parametrize(("named", "found"), _UNTOLD)
def test_what_cannot_be_told(named: dict[str, Any], found: Facts) -> None:
    assert [one.holds for one in conditions(rule(**named), found)][-1] is None
    assert not fits(rule(Outcome.AGREE, **named), found)
    for outcome in (Outcome.WAIT, Outcome.REFUSE, Outcome.TWO_PEOPLE):
        assert fits(rule(outcome, **named), found)


def test_nothing_is_agreed_to_that_cannot_be_read() -> None:
    assert not fits(rule(), facts(UNREADABLE))
    assert fits(rule(Outcome.TWO_PEOPLE), facts(UNREADABLE))


def test_any_purpose_is_not_one_of_these() -> None:
    assert not fits(rule(purposes=("research",)), facts(build_clauses({"count": {"times": "5"}})))


_CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "partners": st.sampled_from([["did:web:buyer.example"], ["did:web:other.example"]]),
        "countries": st.sampled_from([["KR"], ["DE"]]),
        "purposes": st.sampled_from([["research"], ["safety"]]),
        "only": st.sampled_from([["purpose", "count", "no-resale"], ["count"]]),
        "atMost": st.sampled_from([{"count": "1"}, {"count": "9"}]),
        "changes": st.sampled_from(["none", "in-our-favour", "any"]),
    },
)
_FACTS = st.sampled_from(
    [facts(), facts(STRICTER), facts(LOOSER), facts(UNREADABLE), facts(country=None), facts(ours=None)]
)


@given(named=_CONDITIONS, found=_FACTS)
def test_whatever_is_agreed_to_could_have_been_waited_with(named: dict[str, Any], found: Facts) -> None:
    """Agreeing asks for more than waiting; and a rule is what its record says."""
    agreeing, waiting = (read_rule({"name": "r", "outcome": outcome, **named}) for outcome in ("agree", "wait"))
    assert fits(waiting, found) or not fits(agreeing, found)
    assert read_rule(agreeing.to_json()) == agreeing
    more = {**named, "datasets": ["urn:other"]}
    assert not fits(read_rule({"name": "r", "outcome": "wait", **more}), found)
