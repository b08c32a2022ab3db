from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from policies import (
    build_terms,
    differences,
    evaluate,
    explain_conflict,
    explain_decision,
    explain_difference,
    explain_policy,
    explain_reason,
    find_conflicts,
    parse_policy,
)
from policies.decision import Decision, Outcome, Reason
from policies.model import Policy
from policies.vocabulary import Lang
from tests.policies.samples import CONSUMER, DAY, NOW, OUTSIDER, agreement, moving, negotiating, offer, one, permitting
from tests.policies.strategies import policies

LANGS: tuple[Lang, Lang] = ("en", "ko")
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def test_a_contract_in_english() -> None:
    found = explain_policy(parse_policy(offer()), "en")
    assert [(item.clause_id, item.enforcer) for item in found] == [
        ("purpose", "E"),
        ("not-before", "E"),
        ("until", "E"),
        ("count", "E"),
        ("recipient", "E"),
        ("no-passing-on", "P"),
        ("no-resale", "P"),
        ("no-reidentification", "P"),
    ]
    assert [item.text for item in found][:5] == [
        "The data may be used only for: quality prediction, predictive maintenance.",
        "The data may be fetched from 2026-11-22 03:00 UTC (2026-11-22 12:00 in Korea) on.",
        "The data may be fetched and used until 2026-12-23 03:00 UTC (2026-12-23 12:00 in Korea).",
        "The data may be fetched at most 3 times in all.",
        "Only these companies may receive the data: did:web:consumer.example.",
    ]
    assert "promise" in found[5].enforcer_text


def test_a_contract_in_korean() -> None:
    found = explain_policy(parse_policy(agreement()), "ko")
    assert [item.text for item in found] == [
        "데이터는 다음 목적으로만 쓸 수 있습니다: 품질예측, 예지보전.",
        "데이터는 한국 시각 2026년 11월 22일 12:00(UTC 2026-11-22 03:00)부터 받을 수 있습니다.",
        "데이터는 한국 시각 2026년 12월 23일 12:00(UTC 2026-12-23 03:00)까지만 받고 쓸 수 있습니다.",
        "데이터는 모두 합해 최대 3번까지 받을 수 있습니다.",
        "다음 회사만 데이터를 받을 수 있습니다: did:web:consumer.example.",
        "데이터를 다른 누구에게도 넘겨서는 안 됩니다.",
        "데이터를 팔아서는 안 됩니다.",
        "데이터가 어느 사람이나 회사의 것인지 알아내려고 해서는 안 됩니다.",
    ]
    assert "약속" in found[5].enforcer_text


@pytest.mark.parametrize(
    ("context", "english", "korean"),
    [
        (
            moving(purpose="research"),
            (
                "Purpose: 'research' is not among the agreed purposes (quality prediction, predictive maintenance); ask for one "
                "of these, or make a new contract that allows 'research'."
            ),
            (
                "이용 목적: '연구' 목적은 합의한 목적(품질예측, 예지보전)에 들어 있지 않습니다. "
                "합의한 목적으로 요청하거나, '연구' 목적을 넣어 새로 계약해야 합니다."
            ),
        ),
        (
            moving(uses=3),
            "Number of fetches: 3 agreed, 3 used; a new contract that allows more is needed.",
            "받는 횟수: 합의한 횟수는 3번이고 이미 3번을 썼습니다. 횟수를 늘린 계약을 새로 맺어야 합니다.",
        ),
        (
            negotiating(),
            "Permitted so far: still to be checked when data is fetched: Purpose, Start, End, Number of fetches.",
            "현재까지 허용: 데이터를 받을 때 더 확인할 조항이 있습니다(이용 목적, 시작, 종료, 받는 횟수).",
        ),
        (moving(), "Permitted: every condition of the terms is met.", "허용: 계약의 조건을 모두 충족합니다."),
    ],
)
def test_decisions_in_both_languages(context: Any, english: str, korean: str) -> None:
    decision = evaluate(parse_policy(offer()), context)
    assert explain_decision(decision, "en") == english
    assert explain_decision(decision, "ko") == korean


@pytest.mark.parametrize(
    ("policy", "context", "name", "contains"),
    [
        (parse_policy(offer()), moving(purpose=None), "Purpose", "no purpose was stated"),
        (parse_policy(offer()), moving(now=NOW - 2 * DAY), "Start", "2026-11-22 03:00 UTC"),
        (parse_policy(offer()), moving(now=NOW + 31 * DAY), "End", "2026-12-24 03:00 UTC"),
        (parse_policy(offer()), moving(party=OUTSIDER), "Recipient", "did:web:outsider.example"),
        (parse_policy(agreement()), moving(party=OUTSIDER), "Contract party", "contract of its own"),
        (parse_policy({}), moving(), "Use", "'use'"),
        (
            permitting(one("industry", "eq", "KR")),
            moving(),
            "Unknown term",
            "'industry' ($.permission[0].constraint[0])",
        ),
        (permitting(one("count", "lteq", "many")), moving(), "Number of fetches", "'many'"),
        (permitting({"andSequence": [one("count", "lteq", "3")]}), moving(), "Rule", "order in time"),
        (permitting({"or": [one("count", "lteq", "3")]}), moving(uses=3), "Number of fetches", "3 agreed, 3 used"),
    ],
)
def test_each_refusal_names_its_clause(policy: Policy, context: Any, name: str, contains: str) -> None:
    decision = evaluate(policy, context)
    sentence = explain_decision(decision, "en")
    assert sentence.startswith(f"{name}: ")
    assert contains in sentence
    assert explain_decision(decision, "ko")[-1] == "."


def test_a_forbidden_action() -> None:
    decision = evaluate(parse_policy(offer()), moving(), "odrl:distribute")
    assert explain_decision(decision, "en").startswith("No passing on: these terms forbid the action 'pass on'")
    assert explain_decision(decision, "ko").startswith("재제공 금지: '재제공' 행위는")


def test_others_companies_are_not_told_to_an_outsider() -> None:
    decision = evaluate(parse_policy(offer()), negotiating(party=OUTSIDER))
    assert all(CONSUMER.id not in explain_decision(decision, lang) for lang in LANGS)


def test_differences_and_conflicts_are_told() -> None:
    mine = parse_policy(build_terms(count=3, prohibitions=["no-resale"]))
    theirs = parse_policy(build_terms(count=10, purposes=["safety"]))
    english = [explain_difference(item, "en") for item in differences(mine, theirs)]
    assert english == [
        (
            'Number of fetches: in the offer: "The data may be fetched at most 3 times in all.", asked for: "The data may be '
            'fetched at most 10 times in all." (goes beyond the offer; the provider would have to agree)'
        ),
        'Purpose: not in the offer, asked for: "The data may be used only for: safety." (within the offer)',
        (
            'No resale: in the offer: "The data must not be sold.", missing in what is asked (goes beyond the offer; the '
            "provider would have to agree)"
        ),
    ]
    (conflict,) = find_conflicts(permitting(one("count", "lteq", "0")))
    assert explain_conflict(conflict, "en") == "Number of fetches: not even one fetch is allowed; allow at least one."
    assert explain_conflict(conflict, "ko") == "받는 횟수: 한 번도 받을 수 없습니다. 한 번 이상으로 정하십시오."


def test_no_term_is_left_out() -> None:
    policy = parse_policy(
        {
            "permission": [
                {"action": "use"},
                {"action": "use", "constraint": [{"or": [one("count", "lteq", "1"), one("industry", "eq", "KR")]}]},
                {
                    "action": "use",
                    "constraint": [{"xone": [one("count", "lt", "2")]}, {"and": [one("count", "lteq", "5")]}],
                },
                {
                    "action": "use",
                    "constraint": [{"andSequence": [one("media", "eq", "x")]}],
                    "duty": {"action": "a:pay"},
                },
                {"action": "odrl:print"},
            ],
            "prohibition": [{"action": "use"}, {"action": "odrl:sell", "constraint": one("count", "lteq", "7")}],
            "obligation": {"action": "odrl:delete"},
            "profile": "urn:x:profile",
            "conflict": "perm",
            "urn:x:fee": "100",
        }
    )
    found = explain_policy(policy, "en")
    text = "\n".join(item.text for item in found)
    for word in (
        "industry eq KR",
        "once",
        "5 times",
        "media",
        "a:pay",
        "print",
        "7 times",
        "delete",
        "urn:x:profile",
        "perm",
        "fee",
    ):
        assert word in text
    assert text.startswith("Permission 1 of 5: The data may be used; this permission sets no limit.")
    unknown = [item for item in found if item.clause_id == "unknown"]
    assert {item.enforcer for item in unknown} == {"P"}


@FEW
@given(policies(), policies())
def test_anything_can_be_told(a: Policy, b: Policy) -> None:
    for lang in LANGS:
        for item in explain_policy(a, lang):
            assert item.text
            assert item.enforcer_text
        assert explain_decision(evaluate(a, moving()), lang)
        assert all(explain_difference(item, lang) for item in differences(a, b))
        assert all(explain_conflict(item, lang) for item in find_conflicts(a))


def test_foreign_text_is_cut_and_cleaned() -> None:
    nasty = "x\x1b[31m\n{clause}\u202e" + "y" * 4000
    decision = evaluate(permitting(one("count", "lteq", nasty)), moving())
    sentence = explain_decision(decision, "en")
    assert "{clause}" in sentence
    assert sentence.isprintable()
    assert len(sentence) < 600
    reason = Reason("$", "", "unknown-term", {"term": nasty})
    assert explain_reason(reason, "ko").isprintable()
    assert explain_decision(Decision(Outcome.UNDETERMINED, (reason,)), "en").isprintable()


def test_every_code_has_its_sentence() -> None:
    contradiction = parse_policy({"permission": [{"action": "use"}], "prohibition": [{"action": "use"}]})
    duty = parse_policy({"permission": [{"action": "use", "duty": {"action": "odrl:attribute"}}]})
    both = permitting({"xone": [one("count", "lteq", "3"), one("recipient", "eq", CONSUMER.id)]})
    for policy, words in ((contradiction, "void"), (duty, "has to be done first"), (both, "exactly one")):
        assert words in explain_decision(evaluate(policy, moving()), "en")
    (conflict,) = find_conflicts(contradiction)
    assert "permitted and forbidden at once" in explain_conflict(conflict, "en")
