from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies import Asset, Outcome, Party, check_terms, evaluate
from policies.clauses import CLAUSES
from policies.context import CatalogContext, Context, NegotiationContext, Scope
from policies.errors import PolicyError, UnknownTerm
from policies.operands import CLAIM, LEFT_OPERANDS, find_operand
from policies.operators import OPERATORS
from policies.vocabulary import LEFT_OPERAND_NAMES, MMD, OPERATOR_NAMES
from tests.policies.samples import DIGEST, NOW, knowing, moving, negotiating, one, permitting

OTHER_DIGEST = "sha-256:2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7"


HOLDING: list[tuple[str, str, Any]] = [
    ("dateTime", "eq", "2026-11-23T03:00:00Z"),
    ("dateTime", "neq", "2026-11-23T03:00:01Z"),
    ("elapsedTime", "lteq", "P30D"),
    ("elapsedTime", "lt", "P1M"),
    ("elapsedTime", "gteq", "P28D"),
    ("elapsedTime", "gt", "PT1S"),
    (MMD + "timeOfDay", "eq", "08:00/18:00 Asia/Seoul"),
    (MMD + "timeOfDay", "isAnyOf", ["00:00/01:00 UTC", "22:00/04:00 +00:00"]),
    ("count", "lteq", "3"),
    ("count", "lt", "4"),
    (MMD + "frequency", "lteq", "2/P1D"),
    (MMD + "frequency", "lteq", "3/P1M"),
    (MMD + "maxRows", "lteq", "300"),
    (MMD + "maxBytes", "lteq", "5000"),
    ("purpose", "eq", "research"),
    (MMD + "environment", "eq", "fileDelivery"),
    ("recipient", "eq", "did:web:consumer.example"),
    ("recipient", "neq", "did:web:other.example"),
    ("recipient", "isNoneOf", ["did:web:other.example"]),
    ("recipient", "isPartOf", "urn:group:suppliers"),
    ("spatial", "eq", "kr"),
    ("spatial", "isAnyOf", ["JP", "KR"]),
    ("spatial", "isNoneOf", ["JP"]),
    ("spatial", "isPartOf", "KR"),
    (MMD + "affiliateOf", "isAnyOf", ["did:web:head.example"]),
    (MMD + "affiliateOf", "eq", "did:web:consumer.example"),
    (MMD + "namedRecipients", "eq", DIGEST),
    (MMD + "credentialType", "eq", "MembershipCredential"),
    (MMD + "credentialType", "isAllOf", ["MembershipCredential", "SecurityCredential"]),
    (CLAIM + "level", "eq", "2"),
    (CLAIM + "roles", "isAnyOf", ["lab", "office"]),
    (CLAIM + "roles", "isNoneOf", ["office"]),
    (CLAIM + "audited", "eq", "true"),
    (MMD + "exportControl", "isAnyOf", ["none", "approved"]),
    (MMD + "pseudonymLevel", "gteq", "2"),
    (MMD + "consent", "eq", DIGEST),
    (MMD + "exclusive", "eq", "true"),
    (MMD + "prepaid", "eq", "true"),
]

BROKEN: list[tuple[str, str, Any, dict[str, Any], str]] = [
    ("dateTime", "neq", "2026-11-23T03:00:00Z", {}, "excluded"),
    ("elapsedTime", "lteq", "P29D", {}, "too-late"),
    (MMD + "provisionEnd", "lteq", "2026-11-23T02:59:59Z", {}, "too-late"),
    ("elapsedTime", "gteq", "P1Y", {}, "too-early"),
    (MMD + "timeOfDay", "eq", "13:00/18:00 Asia/Seoul", {}, "outside-hours"),
    (MMD + "timeOfDay", "eq", "08:00/12:00 Asia/Seoul", {}, "outside-hours"),
    ("count", "lteq", "2", {}, "used-up"),
    (MMD + "frequency", "lteq", "1/P1D", {}, "too-often"),
    (MMD + "maxRows", "lteq", "299", {}, "too-many-rows"),
    (MMD + "maxBytes", "lteq", "4999", {}, "too-many-bytes"),
    ("purpose", "eq", "safety", {}, "purpose-not-agreed"),
    ("purpose", "eq", "research", {"purpose": None}, "purpose-missing"),
    (MMD + "environment", "eq", "cleanRoom", {}, "wrong-environment"),
    ("recipient", "isNoneOf", ["did:web:consumer.example"], {}, "excluded"),
    ("recipient", "isPartOf", "urn:group:others", {}, "not-a-recipient"),
    ("spatial", "isPartOf", "KR-26", {}, "wrong-place"),
    ("spatial", "neq", "KR", {}, "excluded"),
    (MMD + "affiliateOf", "eq", "did:web:x.example", {}, "not-affiliated"),
    (MMD + "namedRecipients", "eq", DIGEST, {"person": "lee@consumer.example"}, "person-not-named"),
    (MMD + "namedRecipients", "eq", DIGEST, {"person": None}, "person-missing"),
    (MMD + "credentialType", "isAllOf", ["MembershipCredential", "Other"], {}, "credential-missing"),
    (CLAIM + "level", "eq", "3", {}, "claim-not-met"),
    (CLAIM + "roles", "neq", "lab", {}, "excluded"),
    (MMD + "exportControl", "eq", "approved", {}, "export-control"),
    (MMD + "pseudonymLevel", "gteq", "3", {}, "pseudonym-level"),
    (MMD + "consent", "eq", OTHER_DIGEST, {}, "consent-withdrawn"),
    (MMD + "exclusive", "eq", "true", {"exclusive": False}, "not-exclusive"),
    (MMD + "prepaid", "eq", "true", {"prepaid": False}, "not-prepaid"),
]

NOT_KNOWN: list[tuple[str, str, Any, dict[str, Any]]] = [
    (MMD + "frequency", "lteq", "1/P1D", {"used_at": None}),
    (MMD + "maxRows", "lteq", "300", {"rows": None}),
    (MMD + "maxBytes", "lteq", "300", {"size": None}),
    (MMD + "environment", "eq", "cleanRoom", {"environment": None}),
    ("recipient", "isPartOf", "urn:group:suppliers", {"party": Party("did:web:a.example")}),
    ("spatial", "isNoneOf", ["JP"], {"party": Party("did:web:a.example")}),
    (MMD + "affiliateOf", "eq", "did:web:head.example", {"party": Party("did:web:a.example")}),
    (MMD + "namedRecipients", "eq", DIGEST, {"named": None}),
    (MMD + "namedRecipients", "eq", OTHER_DIGEST, {}),
    (MMD + "credentialType", "eq", "MembershipCredential", {"party": Party("did:web:a.example")}),
    (CLAIM + "absent", "isNoneOf", ["x"], {}),
    (MMD + "exportControl", "eq", "none", {"asset": Asset()}),
    (MMD + "pseudonymLevel", "gteq", "0", {"asset": Asset()}),
    (MMD + "consent", "eq", DIGEST, {"asset": Asset()}),
    (MMD + "exclusive", "eq", "true", {"exclusive": None}),
    (MMD + "prepaid", "eq", "true", {"prepaid": None}),
]


@pytest.mark.parametrize(("operand", "operator", "right"), HOLDING)
def test_what_holds(operand: str, operator: str, right: Any) -> None:
    policy = permitting(one(operand, operator, right))
    check_terms(policy)
    assert evaluate(policy, knowing()).outcome is Outcome.PERMITTED


@pytest.mark.parametrize(("operand", "operator", "right", "changes", "code"), BROKEN)
def test_what_does_not_hold(operand: str, operator: str, right: Any, changes: dict[str, Any], code: str) -> None:
    policy = permitting(one(operand, operator, right))
    check_terms(policy)
    decision = evaluate(policy, knowing(**changes))
    assert (decision.outcome, decision.reasons[0].code) == (Outcome.DENIED, code)


@pytest.mark.parametrize(("operand", "operator", "right", "changes"), NOT_KNOWN)
def test_what_is_not_known_is_not_allowed(operand: str, operator: str, right: Any, changes: dict[str, Any]) -> None:
    policy = permitting(one(operand, operator, right))
    check_terms(policy)
    decision = evaluate(policy, knowing(**changes))
    assert (decision.outcome, decision.reasons[0].code) == (Outcome.UNDETERMINED, "fact-unknown")


def test_every_operand_and_every_operator_of_it_has_examples() -> None:
    shown = {(item[0], item[1]) for item in HOLDING} | {(item[0], item[1]) for item in BROKEN}
    assert {name for name, _ in shown if not name.startswith(CLAIM)} == set(LEFT_OPERANDS)
    for name, operand in LEFT_OPERANDS.items():
        if operand.read_right is not LEFT_OPERANDS["dateTime"].read_right:
            assert {operator for left, operator in shown if left == name}, name


@pytest.mark.parametrize("context", [negotiating(), CatalogContext(Party("did:web:a.example"), NOW)])
def test_what_a_scope_does_not_have_is_deferred(context: Context) -> None:
    for name, operand in LEFT_OPERANDS.items():
        if context.scope not in operand.scopes:
            later = "2099-01-01T00:00:00Z"
            right = {
                "dateTime": later,
                MMD + "provisionEnd": later,
                "elapsedTime": "P1D",
                MMD + "timeOfDay": "08:00/18:00 UTC",
            }
            values = [right.get(name, text) for text in ("1", "1/P1D", "fileDelivery", "true", DIGEST, "urn:x")]
            readable = next(value for value in values if operand.read_right(value) is not None)
            decision = evaluate(permitting(one(name, list(operand.operators)[-1], readable)), context)
            assert decision.permitted, name
            assert decision.deferred, name


def test_exclusivity_is_looked_at_when_it_is_negotiated() -> None:
    policy = permitting(one(MMD + "exclusive", "eq", "true"))
    party = Party("did:web:a.example")
    assert evaluate(policy, NegotiationContext(party, NOW, exclusive=True)).permitted
    assert not evaluate(policy, NegotiationContext(party, NOW, exclusive=False)).permitted
    assert not evaluate(policy, NegotiationContext(party, NOW)).permitted


@pytest.mark.parametrize(
    ("operand", "operator", "right"),
    [
        (MMD + "timeOfDay", "eq", "8:00/18:00 UTC"), (MMD + "timeOfDay", "eq", "08:00/08:00 UTC"),
        (MMD + "timeOfDay", "eq", "08:00/18:00"), (MMD + "timeOfDay", "eq", "08:00/18:00 Mars/Olympus"),
        (MMD + "timeOfDay", "eq", "08:00/25:00 UTC"), (MMD + "timeOfDay", "eq", "08:00/18:00 ../../etc/passwd"),
        (MMD + "frequency", "lteq", "0/P1D"), (MMD + "frequency", "lteq", "3/P0D"), (MMD + "frequency", "lteq", "3"),
        ("elapsedTime", "lteq", "-P1D"), ("elapsedTime", "lteq", "P"), ("elapsedTime", "lteq", "P101Y"),
        ("elapsedTime", "lteq", "PT"), ("elapsedTime", "lteq", "365"),
        (MMD + "maxRows", "lteq", "many"), (MMD + "environment", "eq", "mars"), (MMD + "exclusive", "eq", "false"),
        ("spatial", "eq", "Korea"), (MMD + "exportControl", "eq", "unknown"), (MMD + "consent", "eq", "short"),
        (MMD + "namedRecipients", "eq", "a list of people"), (CLAIM + "level", "eq", " 2"),
    ],
)  # fmt: skip
def test_values_that_cannot_be(operand: str, operator: str, right: str) -> None:
    policy = permitting(one(operand, operator, right))
    with pytest.raises(PolicyError) as caught:
        check_terms(policy)
    assert not isinstance(caught.value, UnknownTerm)
    assert evaluate(policy, knowing()).reasons[0].code == "unreadable-value"


@pytest.mark.parametrize(
    "name", [MMD + "claim/", MMD + "claim/ä", MMD + "claim/a b", MMD + "maxRow", "odrl:timeOfDay", "timeOfDay"]
)
def test_what_is_no_operand(name: str) -> None:
    assert find_operand(name) is None
    with pytest.raises(UnknownTerm) as caught:
        check_terms(permitting(one(name, "eq", "1")))
    assert caught.value.term == name


def test_a_window_over_midnight() -> None:
    policy = permitting(one(MMD + "timeOfDay", "eq", "22:00/06:00 Asia/Seoul"))
    moments = {13: True, 20: True, 21: False, 12: False}
    for hour, inside in moments.items():
        assert evaluate(policy, knowing(now=datetime(2026, 11, 23, hour, tzinfo=UTC))).permitted is inside, hour


def test_months_are_those_of_the_calendar() -> None:
    policy = permitting(one("elapsedTime", "lteq", "P1M"))
    agreed = datetime(2027, 1, 31, 12, tzinfo=UTC)
    last = datetime(2027, 2, 28, 12, tzinfo=UTC)
    assert evaluate(policy, knowing(agreed_at=agreed, now=last)).permitted
    assert not evaluate(policy, knowing(agreed_at=agreed, now=last + timedelta(microseconds=1))).permitted


def test_a_rate_looks_back_from_every_moment() -> None:
    policy = permitting(one(MMD + "frequency", "lteq", "2/PT1H"))
    used = (NOW - timedelta(hours=1), NOW - timedelta(minutes=59))
    assert evaluate(policy, knowing(used_at=used)).permitted, "what is an hour old lies outside"
    assert not evaluate(policy, knowing(used_at=(*used, NOW))).permitted


def test_the_registries_use_the_words_of_the_standard() -> None:
    assert {name for name in LEFT_OPERANDS if not name.startswith(MMD)} <= LEFT_OPERAND_NAMES
    assert OPERATORS.keys() == OPERATOR_NAMES
    assert all(set(operand.operators) <= OPERATOR_NAMES for operand in LEFT_OPERANDS.values())


def test_each_condition_of_a_clause_can_be_judged() -> None:
    for clause in CLAUSES.values():
        if clause.left_operand is not None:
            # Of claims there is one for every name.
            operand = find_operand(clause.left_operand + ("level" if clause.slots[0].named else ""))
            assert operand is not None, clause.id
            assert set(clause.operators) <= set(operand.operators), clause.id


def test_only_what_the_providers_connector_enforces_may_gate() -> None:
    assert {operand.enforcer for operand in LEFT_OPERANDS.values()} == {"E"}
    assert {clause.enforcer for clause in CLAUSES.values() if clause.left_operand} == {"E"}


def test_a_transfer_knows_everything() -> None:
    context = moving(uses=2)
    assert all(Scope.TRANSFER in operand.scopes for operand in LEFT_OPERANDS.values())
    assert LEFT_OPERANDS["count"].read_left(context) == 3
    assert LEFT_OPERANDS["count"].read_left(negotiating()) is None
    assert LEFT_OPERANDS["purpose"].read_left(negotiating()) is None
