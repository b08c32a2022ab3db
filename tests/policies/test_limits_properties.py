"""Stricter means: whatever the new one lets pass, the old one lets pass too. Held against the evaluator."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import Party, TransferContext, evaluate
from policies.limits import compared
from policies.model import Constraint
from policies.operands import CLAIM
from policies.vocabulary import MMD
from tests.policies.samples import NOW, knowing, one, permitting

DIDS = ["did:web:a.example", "did:web:b.example", "did:web:c.example"]
PLACES = ["KR", "kr-26", "KR-11", "DE", "JP"]
VALUES: dict[str, tuple[list[str], list[str]]] = {
    "recipient": (["eq", "neq", "isAnyOf", "isNoneOf"], DIDS),
    "spatial": (["eq", "neq", "isAnyOf", "isNoneOf", "isPartOf"], PLACES),
    "purpose": (["eq", "isAnyOf"], ["research", "safety", "supply-chain"]),
    "count": (["lt", "lteq"], ["1", "2", "3", "4"]),
    "dateTime": (
        ["lt", "lteq", "gt", "gteq", "eq"],
        ["2026-11-22T00:00:00Z", "2026-11-23T03:00:00Z", "2026-11-23T12:00:00.000+09:00", "2026-12-24T00:00:00Z"],
    ),
    "elapsedTime": (["lt", "lteq", "gteq", "gt"], ["P30D", "P1M", "P1M1D", "P1Y", "P365D", "P31D"]),
    MMD + "frequency": (["lteq"], ["1/P1D", "2/P1D", "2/P1M", "1/P1M", "2/P30D"]),
    MMD + "maxRows": (["lteq"], ["10", "300", "301"]),
    MMD + "provisionEnd": (["lteq"], ["2026-11-22T00:00:00Z", "2026-11-24T00:00:00Z"]),
    MMD + "pseudonymLevel": (["gteq"], ["0", "1", "2", "3"]),
    MMD + "timeOfDay": (["eq", "isAnyOf"], ["08:00/18:00 Asia/Seoul", "22:00/06:00 UTC", "00:00/12:00 Asia/Seoul"]),
    MMD + "exportControl": (["eq", "isAnyOf"], ["none", "reported", "approved"]),
    MMD + "credentialType": (["eq", "isAnyOf", "isAllOf"], ["MembershipCredential", "SecurityCredential", "Other"]),
    CLAIM + "roles": (["eq", "neq", "isAnyOf", "isNoneOf", "isAllOf"], ["member", "lab", "office"]),
}
MANY = {"isAnyOf", "isNoneOf", "isAllOf", "isPartOf"}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    operand = draw(st.sampled_from(list(VALUES)))
    operators, values = VALUES[operand]

    def drawn() -> dict[str, Any]:
        operator = draw(st.sampled_from(operators))
        several = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
        right = draw(several if operator in MANY else st.sampled_from(values))
        return one(operand, operator, right)

    return drawn(), drawn()


@st.composite
def contexts(draw: st.DrawFn) -> TransferContext:
    roles = draw(st.lists(st.sampled_from(["member", "lab", "office"]), max_size=2, unique=True))
    types = draw(st.frozensets(st.sampled_from(["MembershipCredential", "SecurityCredential", "Other"])))
    party = Party(
        draw(st.sampled_from(DIDS)), {"roles": tuple(roles)}, credential_types=types,
        country=draw(st.sampled_from(["KR", "KR-26", "DE", "JP"])),
    )  # fmt: skip
    return knowing(
        party=party,
        now=NOW + timedelta(days=draw(st.integers(-2, 400)), hours=draw(st.integers(0, 23))),
        uses=draw(st.integers(0, 4)),
        purpose=draw(st.sampled_from(["research", "safety"])),
        rows=draw(st.sampled_from([5, 300, 301])),
    )


def constraint(data: dict[str, Any]) -> Constraint:
    (found,) = permitting(data).permission[0].constraint
    assert isinstance(found, Constraint)
    return found


@settings(max_examples=200, deadline=None)
@given(pairs(), contexts())
def test_stricter_lets_nothing_more_pass(pair: tuple[dict[str, Any], dict[str, Any]], context: TransferContext) -> None:
    old, new = pair
    found = compared(constraint(old), constraint(new))
    opposite = {"stricter": "looser", "looser": "stricter", "other": "other", "same": "same"}
    assert compared(constraint(new), constraint(old)) == opposite[found]
    permitted_old, permitted_new = (evaluate(permitting(data), context).permitted for data in (old, new))
    assert found != "stricter" or permitted_old or not permitted_new
    assert found != "looser" or permitted_new or not permitted_old
