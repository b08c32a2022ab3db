"""Which of two conditions allows less, and which side that favours."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import TransferContext, differences, evaluate, is_inside, parse_policy
from policies.clauses import build_terms
from policies.explain import explain_side
from policies.vocabulary import MMD
from tests.policies.samples import one, permitting
from tests.policies.worlds import CONTEXTS, OPERAND_ATOMS

MANY = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))

PAIRS: list[tuple[str, tuple[str, Any], tuple[str, Any], str]] = [
    ("count", ("lteq", "3"), ("lt", "3"), "stricter"),
    ("elapsedTime", ("lteq", "P1M"), ("lteq", "P3M"), "looser"),
    ("elapsedTime", ("lteq", "P1M"), ("lteq", "P20D"), "stricter"),
    ("elapsedTime", ("lteq", "P1M"), ("lteq", "P30D"), "other"),
    ("elapsedTime", ("gteq", "P1M"), ("gteq", "P20D"), "looser"),
    (MMD + "timeOfDay", ("eq", "08:00/18:00 Asia/Seoul"), ("eq", "09:00/12:00 Asia/Seoul"), "stricter"),
    (MMD + "timeOfDay", ("eq", "08:00/18:00 Asia/Seoul"), ("eq", "22:00/02:00 Asia/Seoul"), "other"),
    (MMD + "timeOfDay", ("eq", "22:00/02:00 UTC"), ("isAnyOf", ["20:00/06:00 UTC"]), "looser"),
    (MMD + "frequency", ("lteq", "10/P1D"), ("lteq", "20/P1D"), "looser"),
    (MMD + "frequency", ("lteq", "10/P1D"), ("lteq", "10/P2D"), "stricter"),
    (MMD + "frequency", ("lteq", "10/P1D"), ("lteq", "20/P2D"), "other"),
    (MMD + "maxRows", ("lteq", "10"), ("lteq", "20"), "looser"),
    (MMD + "maxBytes", ("lteq", "10"), ("lteq", "5"), "stricter"),
    (MMD + "pseudonymLevel", ("gteq", "1"), ("gteq", "2"), "stricter"),
    (MMD + "provisionEnd", ("lteq", "2027-01-01T00:00:00Z"), ("lteq", "2028-01-01T00:00:00Z"), "looser"),
    ("spatial", ("eq", "KR"), ("isPartOf", "kr-26"), "stricter"),
    ("spatial", ("isAnyOf", ["KR"]), ("isAnyOf", ["KR", "JP"]), "looser"),
    ("spatial", ("isNoneOf", ["KR"]), ("isNoneOf", ["KR", "JP"]), "stricter"),
    ("recipient", ("isNoneOf", ["did:a"]), ("neq", "did:b"), "other"),
    ("recipient", ("isAnyOf", ["did:a"]), ("isPartOf", "urn:group"), "other"),
    (MMD + "credentialType", ("isAllOf", ["A"]), ("isAllOf", ["A", "B"]), "stricter"),
    (MMD + "credentialType", ("isAllOf", ["A"]), ("isAnyOf", ["A", "B"]), "looser"),
    (MMD + "affiliateOf", ("eq", "did:a"), ("eq", "did:b"), "other"),
    (MMD + "claim/level", ("neq", "1"), ("isNoneOf", ["1", "2"]), "stricter"),
    (MMD + "exportControl", ("isAnyOf", ["none", "reported"]), ("eq", "none"), "stricter"),
    ("dateTime", ("lteq", "2027-01-01T00:00:00Z"), ("lt", "2027-01-01T09:00:00+09:00"), "stricter"),
]


@pytest.mark.parametrize(("operand", "old", "new", "direction"), PAIRS)
def test_every_operand_is_compared(operand: str, old: Any, new: Any, direction: str) -> None:
    before, after = permitting(one(operand, *old)), permitting(one(operand, *new))
    found = differences(before, after)
    directions = {item.direction for item in found}
    assert direction in directions or (direction != "other" and len(found) == 2)
    if len(found) == 1:
        assert found[0].direction == direction
        back = {"stricter": "looser", "looser": "stricter", "other": "other"}
        assert differences(after, before)[0].direction == back[direction]
        sides = {"stricter": "provider", "looser": "consumer", "other": "neither"}
        assert found[0].favours == sides[direction]


@MANY
@given(OPERAND_ATOMS, OPERAND_ATOMS, CONTEXTS)
def test_what_is_inside_never_allows_more(old: dict[str, Any], new: dict[str, Any], context: TransferContext) -> None:
    offered, asked = permitting(old), permitting({**new, "leftOperand": old["leftOperand"]})
    if is_inside(offered, asked) and evaluate(asked, context).permitted:
        assert evaluate(offered, context).permitted


@MANY
@given(st.data(), OPERAND_ATOMS, CONTEXTS)
def test_the_same_operand_more_often(data: st.DataObject, old: dict[str, Any], context: TransferContext) -> None:
    alike = OPERAND_ATOMS.filter(lambda atom: atom["leftOperand"] == old["leftOperand"])
    offered, asked = permitting(old), permitting(old, data.draw(alike))
    assert is_inside(offered, asked)
    if evaluate(asked, context).permitted:
        assert evaluate(offered, context).permitted


def favours(before: dict[str, Any], after: dict[str, Any]) -> str:
    (found,) = differences(parse_policy(build_terms(clauses=before)), parse_policy(build_terms(clauses=after)))
    assert explain_side(found, "ko") != explain_side(found, "en")
    return found.favours


def test_whom_a_difference_favours() -> None:
    exclusive: dict[str, Any] = {"exclusive": {}}
    assert favours({}, exclusive) == "consumer", "the provider may sell to nobody else"
    assert favours(exclusive, {}) == "provider"
    delete: dict[str, Any] = {"delete": {"within": "P7D"}}
    assert favours({}, delete) == "provider"
    assert favours(delete, {}) == "consumer"
    assert favours(delete, {"delete": {"within": "P30D"}}) == "consumer"
    assert favours({"delete": {"within": "P30D"}}, delete) == "provider"
    paid: dict[str, Any] = {"lump-sum": {"amount": "1000000", "currency": "KRW", "due": "P30D"}}
    dearer: dict[str, Any] = {"lump-sum": {"amount": "2000000", "currency": "KRW", "due": "P30D"}}
    assert favours(paid, dearer) == "provider"
    assert favours(dearer, paid) == "consumer"
    both: dict[str, Any] = {"lump-sum": {"amount": "2000000", "currency": "KRW", "due": "P60D"}}
    assert favours(paid, both) == "neither", "more money, but later"
