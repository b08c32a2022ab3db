"""What terms and notices name by digest alone."""

import copy

import pytest

from connector.canonical import canonical_bytes, digest
from connector.contracts.annexes import CONSENT, DOCUMENT, MAX_ANNEX, PEOPLE, annexes_named, read_annex
from connector.contracts.errors import ContractError, UnknownFormat
from tests.support.annexes import AGREED, ANNEXED, CHANGED, REPORT, naming
from tests.support.annexes import CONSENT as RECEIPT
from tests.support.contracts import build_contract
from tests.support.members import Json

BUILT = build_contract(**ANNEXED)
NOTICES = [(f"notices/consumer/{number:04d}.json", one) for number, one in enumerate(BUILT.consumer_notices, 1)]


def test_the_agreement_names_lists_consents_and_documents_wherever_they_stand() -> None:
    offer = naming(consent=digest(RECEIPT), report=REPORT)
    named = annexes_named({**offer, "@type": "Offer"}, ())
    assert {one.digest: one.kind for one in named.values()} == {
        AGREED.digest: PEOPLE, digest(RECEIPT): CONSENT, REPORT: DOCUMENT,
    }  # fmt: skip
    inside = copy.deepcopy(offer)
    permission = inside["permission"][0]
    permission["duty"] = [{"action": "inform", "constraint": [{"and": permission.pop("constraint")}]}]
    assert annexes_named({**inside, "@type": "Offer"}, ()) == named


def test_a_proposal_names_the_new_list_and_the_one_before() -> None:
    named = annexes_named({"@type": "Offer"}, NOTICES)
    assert set(named) == {AGREED.digest, CHANGED.digest}
    assert {one.by for one in named.values()} == {NOTICES[-1][0]}


def test_one_annex_is_of_one_kind() -> None:
    named = annexes_named(BUILT.agreement, NOTICES)
    assert named[AGREED.digest].by == "agreement.json"
    both = naming(consent=AGREED.digest, report=AGREED.digest)
    assert [one.kind for one in annexes_named({**both, "@type": "Offer"}, ()).values()] == [PEOPLE]
    receipt = naming(consent=REPORT, report=REPORT)
    assert annexes_named({**receipt, "@type": "Offer"}, ())[REPORT].kind == CONSENT


@pytest.mark.parametrize(
    ("agreement", "notice"),
    [
        ({"permission": "nonsense"}, {}),
        (naming(people="a list"), {"credentialSubject": 7}),
        (naming(people="sha256:12"), {"credentialSubject": {"kind": "people-change", "content": []}}),
        ({}, {"credentialSubject": {"kind": "people-change", "content": {"people": 1, "before": None}}}),
    ],
)
def test_what_cannot_be_read_names_nothing(agreement: Json, notice: Json) -> None:
    assert annexes_named(agreement, [("x", notice)]) == {}


def test_what_lies_in_an_annex_is_told_by_its_format() -> None:
    assert read_annex("x", b"{}", AGREED.to_json()) == PEOPLE
    assert read_annex("x", b"{}", RECEIPT) == CONSENT
    with pytest.raises(UnknownFormat):
        read_annex("x", b"{}", {"format": "mmd-people/2"})
    with pytest.raises(ContractError, match="larger"):
        read_annex("x", b" " * (MAX_ANNEX + 1), AGREED.to_json())
    with pytest.raises(ContractError, match="no list of people"):
        read_annex("x", b"{}", {**AGREED.to_json(), "people": []})
    assert len(canonical_bytes(AGREED.to_json())) < MAX_ANNEX
