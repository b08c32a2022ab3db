"""The clauses as people were shown them: one text for one set of terms, named in both signatures."""

from dataclasses import replace
from typing import Any

import pytest

from connector.contracts import shown as module
from connector.contracts.documents import read_agreement_credential, read_countersignature
from connector.contracts.errors import ContractError
from connector.contracts.evidence import verify_evidence
from connector.contracts.shown import (
    SHOWN_IN,
    TERMS_FORMAT,
    check_shown,
    digest_of_text,
    shown_digests,
    shown_of,
    terms_texts,
    words_digest,
)
from tests.connector.contracts.test_evidence_promises import shown_nothing, shown_with_other_sentences
from tests.connector.contracts.test_terms import long_terms
from tests.support.contracts import OFFER, VERIFIED_AT, build_contract

BUILT = build_contract()
OTHER = "sha256:" + "00" * 32


def test_the_text_says_every_clause_with_who_keeps_it() -> None:
    lines = terms_texts(BUILT.agreement)["en"].splitlines()
    assert lines[0] == "1. [E] The data may be used only for: quality prediction."
    assert lines[2] == "2. [E] The data may be fetched at most 3 times in all."
    assert lines[4].startswith("3. [P] The data must not be passed on")
    assert len(lines) == 6
    assert "[E]" in terms_texts(BUILT.agreement)["ko"]


def test_offer_and_agreement_have_one_text_whoever_makes_it_and_when() -> None:
    assert terms_texts(OFFER) == terms_texts(BUILT.agreement)
    other = build_contract(agreement_id="urn:uuid:99999999-9999-4999-8999-999999999999")
    assert shown_of(other.agreement) == shown_of(BUILT.agreement)


def test_other_terms_have_another_text() -> None:
    permission = {**OFFER["permission"][0], "constraint": OFFER["permission"][0]["constraint"][:1]}
    assert shown_of({**OFFER, "permission": [permission]}).texts != shown_of(OFFER).texts


@pytest.mark.parametrize("terms", [{"permission": "nonsense"}, {}])
def test_what_is_no_clause_is_said_to_be_none(terms: dict[str, Any]) -> None:
    for lang in SHOWN_IN:
        assert terms_texts(terms)[lang].count("\n") == 1


def test_both_signatures_name_the_text_and_the_words() -> None:
    signed = BUILT.signatures.to_json()
    p, c = read_agreement_credential(signed["P"]), read_countersignature(signed["C"])
    assert p.shown == c.shown == shown_of(BUILT.agreement)
    assert p.shown is not None
    assert (p.shown.format, p.shown.words, p.shown.can_be_made) == (TERMS_FORMAT, words_digest(), True)
    texts = terms_texts(BUILT.agreement)
    assert set(shown_digests(signed["P"], signed["C"], None)) == {digest_of_text(text) for text in texts.values()}
    assert shown_digests({"credentialSubject": 7}, {"credentialSubject": {"shown": {"texts": {"ko": 7}}}}) == ()


def test_another_text_of_our_own_sentences_is_refused_and_of_others_not_judged() -> None:
    true = shown_of(BUILT.agreement)
    assert check_shown(true, BUILT.agreement, "P")
    false = replace(true, texts={**true.texts, "ko": OTHER})
    with pytest.raises(ContractError) as caught:
        check_shown(false, BUILT.agreement, "P")
    assert (caught.value.code, caught.value.facts["lang"]) == ("shown-differs", "ko")
    assert not check_shown(replace(false, words=OTHER), BUILT.agreement, "P")
    assert not check_shown(replace(false, format="mmd-terms/9"), BUILT.agreement, "P")
    assert not check_shown(None, BUILT.agreement, "P")


def test_a_side_of_another_release_signs_for_its_own_words_and_its_texts_are_said_to_be_absent() -> None:
    contract = build_contract(edits={"C": shown_with_other_sentences})
    verdict = verify_evidence(contract.evidence(), trust=contract.members.trust(), now=VERIFIED_AT)
    found = verdict.check("shown")
    assert (verdict.exit_code, found.verdict, found.reason) == (0, "skipped", "shown-left-out")
    assert (found.facts["count"], found.facts["there"]) == ("2", "2")


def test_where_nothing_was_shown_there_is_nothing_to_look_at() -> None:
    contract = build_contract(edits={"P": shown_nothing, "C": shown_nothing}, shown=())
    verdict = verify_evidence(contract.evidence(), trust=contract.members.trust(), now=VERIFIED_AT)
    assert (verdict.exit_code, verdict.check("shown").reason) == (0, "shown-nothing")


def test_after_a_change_of_our_sentences_old_evidence_holds_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    data = BUILT.evidence()
    monkeypatch.setattr(module, "words_digest", lambda: OTHER)
    verdict = verify_evidence(data, trust=BUILT.members.trust(), now=VERIFIED_AT)
    assert (verdict.exit_code, verdict.check("shown").verdict) == (0, "ok")


def test_who_has_no_sentences_looks_at_the_texts_all_the_same() -> None:
    verdict = verify_evidence(BUILT.evidence(), trust=BUILT.members.trust(), now=VERIFIED_AT, sentences=False)
    assert (verdict.exit_code, verdict.check("document").verdict, verdict.check("shown").verdict) == (
        0,
        "skipped",
        "ok",
    )


def test_few_terms_that_are_a_long_text_fill_no_memory() -> None:
    terms = long_terms("another name")
    assert terms_texts(terms) == terms_texts(terms)
    assert terms_texts(terms) is not terms_texts(terms)
    assert terms_texts(OFFER) is terms_texts(BUILT.agreement)
    large = {**OFFER, "note": ["x" * 4000] * 20}
    assert shown_of(large) == shown_of(large)
    assert shown_of(large) is not shown_of(large)
    assert shown_of(OFFER) is shown_of(BUILT.agreement)
