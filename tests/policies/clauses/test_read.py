"""What was built is read back: the same clauses, the same blanks; what is no clause is refused by name."""

from typing import Any

import pytest
from hypothesis import given, settings

from policies import PolicyError, UnknownTerm, check_terms, explain_policy, parse_policy, same_terms, write_policy
from policies.clauses import CLAUSES, build_clauses, filled, read_clauses
from policies.clauses.choice import read_choices
from policies.vocabulary import MMD, Lang
from tests.policies.clauses.choosing import choices


@settings(max_examples=120, deadline=None)
@given(choices())
def test_what_is_built_is_known_read_back_and_explained(chosen: dict[str, Any]) -> None:
    terms = build_clauses(chosen)
    policy = parse_policy(terms)
    check_terms(policy)
    assert write_policy(policy) == terms
    assert same_terms(terms, write_policy(policy))
    wanted = {(item.clause.id, tuple(sorted(item.values.items()))) for item in read_choices(chosen)}
    found = read_clauses(policy)
    assert {(item.clause.id, tuple(sorted(item.values.items()))) for item in found} == wanted
    assert all(filled(policy, item.clause.id) == (item,) for item in found)
    langs: tuple[Lang, ...] = ("ko", "en")
    for lang in langs:
        said = explain_policy(policy, lang)
        assert {text.clause_id for text in said} == ({item.clause.id for item in found} or {"use"}) | (
            set() if policy.permission[0].constraint else {"use"}
        )
        assert all("{" not in text.text or "{" in str(chosen) for text in said)
        assert "unknown" not in {text.clause_id for text in said}


def test_the_sentence_of_a_clause_with_blanks_that_may_stay_empty() -> None:
    policy = parse_policy(build_clauses({"warranty": {"kind": "asIs"}}))
    (_, said) = explain_policy(policy, "en")
    assert said.text == "Quality of the data: as it is, without warranty."
    policy = parse_policy(build_clauses({"liability": {"for": "negligence", "cap": "5,000,000", "currency": "krw"}}))
    (_, said) = explain_policy(policy, "en")
    assert said.text == "Either company pays damages only for: intent or negligence. At most 5,000,000 KRW in all."
    assert said.enforcer == "P"


def test_countries_are_called_by_their_names() -> None:
    policy = parse_policy(build_clauses({"place": {"countries": ["KR-26", "de", "ZZ"]}}))
    assert "대한민국 (KR-26), 독일 (DE), ZZ." in explain_policy(policy, "ko")[0].text


def test_money_keeps_its_currency() -> None:
    terms = build_clauses({"lump-sum": {"amount": "1500000", "currency": "KRW", "due": "30일"}})
    assert terms["obligation"] == [
        {
            "action": "odrl:compensate",
            "constraint": [
                {"leftOperand": MMD + "paymentModel", "operator": "eq", "rightOperand": "lumpSum"},
                {"leftOperand": "odrl:payAmount", "operator": "eq", "rightOperand": "1500000"},
                {"leftOperand": MMD + "currency", "operator": "eq", "rightOperand": "KRW"},
                {"leftOperand": MMD + "dueWithin", "operator": "lteq", "rightOperand": "P30D"},
            ],
        }
    ]
    (_, said) = explain_policy(parse_policy(terms), "ko")
    assert said.text == "받는 쪽은 데이터의 대가로 1,500,000 KRW 금액을 계약한 때부터 30일 안에 한 번에 냅니다."


def obligation(action: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"permission": [{"action": "use"}], "obligation": [{"action": action, "constraint": list(parts), **more}]}


WITHIN = {"leftOperand": "odrl:delayPeriod", "operator": "lteq", "rightOperand": "P7D"}


@pytest.mark.parametrize(
    ("policy", "term"),
    [
        (obligation("odrl:archive"), "archive"),
        (obligation("odrl:delete", WITHIN, {**WITHIN, "leftOperand": "odrl:event"}), "event"),
        (obligation("odrl:delete", {**WITHIN, "operator": "gteq"}), "gteq"),
        (obligation("odrl:delete", {**WITHIN, "odrl:unit": {"@id": "urn:x"}}), "unit"),
        (obligation("odrl:delete", {**WITHIN, "urn:x:note": "1"}), "urn:x:note"),
        (obligation("odrl:delete", {**WITHIN, "odrl:dataType": {"@id": "xsd:string"}}), "dataType"),
        (obligation("odrl:delete", WITHIN, **{"odrl:trackingParty": "did:web:x.example"}), "odrl:trackingParty"),
        (obligation("odrl:delete", WITHIN, **{"odrl:consequence": [{"action": "odrl:inform"}]}), "consequence"),
        (obligation("odrl:delete", {"or": [WITHIN]}), "or"),
        (
            obligation("odrl:compensate", {"leftOperand": "odrl:payAmount", "operator": "eq", "rightOperand": "1"}),
            "compensate",
        ),
        ({"permission": [{"action": "odrl:print"}]}, "print"),
        ({"permission": [{"action": "odrl:transfer", "constraint": [WITHIN]}]}, "transfer"),
        ({"permission": [{"action": "use"}], "prohibition": [{"action": "odrl:print"}]}, "print"),
        ({"permission": [{"action": "use", "constraint": [{**WITHIN, "operator": "eq"}]}]}, "delayPeriod"),
    ],
)
def test_what_is_no_clause_is_named(policy: dict[str, Any], term: str) -> None:
    parsed = parse_policy(policy)
    for refuse in (check_terms, read_clauses):
        with pytest.raises(UnknownTerm) as caught:
            refuse(parsed)
        assert caught.value.term == term


@pytest.mark.parametrize(
    ("policy", "where"),
    [
        (obligation("odrl:delete"), "$.obligation[0]"),
        (obligation("odrl:delete", WITHIN, WITHIN), "$.obligation[0].constraint[1]"),
        (obligation("odrl:delete", {**WITHIN, "rightOperand": "a week"}), "$.obligation[0].constraint[0].rightOperand"),
        (obligation("odrl:delete", {**WITHIN, "rightOperand": "30 d"}), "$.obligation[0].constraint[0].rightOperand"),
        (
            obligation("odrl:delete", {**WITHIN, "rightOperand": ["P1D", "P2D"]}),
            "$.obligation[0].constraint[0].rightOperand",
        ),
        (
            obligation(
                "odrl:compensate",
                {"leftOperand": MMD + "paymentModel", "operator": "eq", "rightOperand": "lumpSum"},
                {"leftOperand": MMD + "dueWithin", "operator": "lteq", "rightOperand": "P30D"},
                {"leftOperand": "odrl:payAmount", "operator": "eq", "rightOperand": "100"},
            ),
            "$.obligation[0]",
        ),
    ],
)
def test_blanks_that_are_badly_filled_are_pointed_at(policy: dict[str, Any], where: str) -> None:
    with pytest.raises(PolicyError) as caught:
        check_terms(parse_policy(policy))
    assert caught.value.where == where


def test_alternatives_hold_no_clause_for_sure() -> None:
    constraint = build_clauses({"count": {"times": "3"}})["permission"][0]["constraint"][0]
    both = parse_policy(
        {"permission": [{"action": "use", "constraint": [{"and": [constraint]}, {"or": [constraint]}]}]}
    )
    assert [item.where for item in filled(both, "count")] == ["$.permission[0].constraint[0].and[0]"]
    assert filled(both, "until") == ()


def test_every_clause_is_found_by_its_own_name() -> None:
    for clause in CLAUSES.values():
        policy = parse_policy(build_clauses({clause.id: clause.samples[-1]}))
        assert [item.clause.id for item in read_clauses(policy)] == [clause.id]
