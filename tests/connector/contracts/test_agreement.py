import copy
from typing import Any

import pytest

from connector.canonical import digest
from connector.contracts.agreement import agreement_digest, make_agreement, same_agreement, terms_of
from connector.contracts.errors import ContractError
from tests.support.contracts import OFFER
from tests.support.members import NOW


def an_agreement(offer: dict[str, Any] = OFFER) -> dict[str, Any]:
    return make_agreement(
        offer, agreement_id="urn:uuid:a", target="urn:uuid:d", assigner="did:web:p", assignee="did:web:c", timestamp=NOW
    )


def test_the_terms_of_the_offer_are_copied_unchanged() -> None:
    agreement = an_agreement()
    assert terms_of(agreement) == terms_of(OFFER) == {k: OFFER[k] for k in ("permission", "prohibition")}
    assert agreement["@type"] == "Agreement"
    assert agreement["timestamp"] == "2026-11-23T09:00:00.000Z"
    assert (agreement["assigner"], agreement["assignee"]) == ("did:web:p", "did:web:c")


def test_terms_that_we_do_not_know_are_copied_too() -> None:
    offer = {**OFFER, "profile": "https://example.org/profile", "https://example.org/x": {"y": [1]}}
    assert terms_of(an_agreement(offer)) == terms_of(offer)


def test_what_frames_the_offer_is_not_taken_over() -> None:
    offer = {**OFFER, "@context": "x", "target": "other", "assigner": "did:web:evil", "assignee": "y", "timestamp": "z"}
    assert an_agreement(offer) == an_agreement()


def test_an_agreement_does_not_change_with_the_offer() -> None:
    offer = copy.deepcopy(OFFER)
    agreement = an_agreement(offer)
    offer["permission"][0]["action"] = "odrl:sell"
    assert agreement == an_agreement()


def test_the_digest_is_that_of_the_canonical_form() -> None:
    agreement = an_agreement()
    shuffled = dict(reversed(agreement.items()))
    assert agreement_digest(shuffled) == agreement_digest(agreement) == digest(agreement)
    assert same_agreement(shuffled, agreement)


@pytest.mark.parametrize("changed", [{"target": "urn:uuid:e"}, {"extra": None}, {"timestamp": "2026-11-23T09:00:00Z"}])
def test_any_difference_is_another_agreement(changed: dict[str, Any]) -> None:
    assert not same_agreement({**an_agreement(), **changed}, an_agreement())


def test_what_has_no_canonical_form_is_refused_and_equals_nothing() -> None:
    broken = {**an_agreement(), "extra": 1.5}
    assert not same_agreement(broken, broken)
    with pytest.raises(ContractError) as caught:
        agreement_digest(broken)
    assert caught.value.code == "not-canonical"
    assert "fraction" in caught.value.sentence
