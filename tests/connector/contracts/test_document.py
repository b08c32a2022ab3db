"""The contract as people read it: everything that was signed, nothing else, the same each time."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.canonical import parse_json
from connector.contracts.case import Case
from connector.contracts.description import described
from connector.contracts.document import ClauseBlock, contract_document, text_digest
from connector.contracts.document_html import as_html
from connector.contracts.document_text import WIDTH, as_text, width, wrap
from connector.contracts.documents import SignerException
from connector.contracts.evidence import open_evidence, verify_evidence
from connector.contracts.shown import Lang
from connector.texts import say
from policies.explain import explain_policy
from policies.parse import parse_policy
from tests.support.contracts import VERIFIED_AT, Contract, build_contract
from tests.support.members import make_members

LANGS: tuple[Lang, ...] = ("ko", "en")


def opened(contract: Contract) -> Case:
    return open_evidence(contract.evidence(), now=VERIFIED_AT)


def text_of(contract: Contract, lang: Lang = "en") -> str:
    return as_text(contract_document(opened(contract), lang))


@pytest.mark.parametrize("lang", LANGS)
def test_it_says_who_what_on_which_terms_and_who_signed(lang: Lang) -> None:
    contract = build_contract()
    case = opened(contract)
    text = re.sub(r"\s+", "", as_text(contract_document(case, lang)))
    provider, consumer = contract.members.provider, contract.members.consumer
    said = [provider.name, consumer.name, provider.did, consumer.did, contract.members.authority, "건조 공정"]
    said += [document.digest for _, document in case.signed()]
    said += [document.document["proof"]["proofValue"] for _, document in case.signed()]
    said += [clause.text for clause in explain_policy(parse_policy(contract.agreement), lang)]
    said += [contract.agreement["@id"], contract.agreement["timestamp"], say("document.laboratory", lang)]
    for expected in said:
        assert re.sub(r"\s+", "", expected) in text


def test_each_clause_has_a_number_and_a_class() -> None:
    blocks = contract_document(opened(build_contract()), "en").blocks
    clauses = [block for block in blocks if isinstance(block, ClauseBlock)]
    assert [(clause.number, clause.enforcer) for clause in clauses] == [(1, "E"), (2, "E"), (3, "P")]
    assert all(clause.kept for clause in clauses)


def test_the_same_bytes_give_the_same_document_and_other_bytes_another() -> None:
    contract = build_contract()
    data = contract.evidence()
    documents = [
        contract_document(open_evidence(data, now=moment), lang)
        for moment in (VERIFIED_AT, datetime(2031, 1, 1, tzinfo=UTC))
        for lang in LANGS
    ]
    assert documents[:2] == documents[2:]
    assert text_of(build_contract()) != as_text(documents[1])  # other keys, other signatures


def test_who_exports_and_what_was_said_later_change_nothing() -> None:
    contract = build_contract(deliveries=2)
    by_the_other = replace(contract, plan=replace(contract.plan, exporter="provider"))
    earlier = replace(contract, provider_notices=[], consumer_notices=contract.consumer_notices[:1], messages=[])
    assert text_of(contract) == text_of(by_the_other) == text_of(earlier)


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_not_complete_says_so(lang: Lang) -> None:
    whole = build_contract(confirmed=False)
    assert say("document.unconfirmed", lang) in text_of(whole, lang)
    half = replace(whole, signatures=replace(whole.signatures, receipt=None))
    assert say("document.unsigned", lang, missing="R") in text_of(half, lang)
    excepted = build_contract(exception=SignerException("did:web:peer.example", "no signatures"))
    assert "did:web:peer.example" in text_of(excepted, lang)


def test_a_name_that_hides_something_is_shown_for_what_it_is() -> None:
    members = make_members(name="Drying\u202eskroW <b>")
    contract = build_contract(members)
    document = contract_document(opened(contract), "en")
    assert "Drying[U+202E]skroW <b>" in as_text(document)
    page = as_html(document, text_digest(as_text(document)))
    assert "Drying[U+202E]skroW &lt;b&gt;" in page
    assert "<b>" not in page


def test_the_page_loads_and_runs_nothing() -> None:
    document = contract_document(opened(build_contract()), "ko")
    digest = text_digest(as_text(document))
    page = as_html(document, digest)
    assert digest in page
    assert '<html lang="ko">' in page
    assert not re.search(r"<(script|img|link|iframe|object)|url\(|@import|\bon\w+=", page)
    assert html.unescape(page).count(say("document.title", "ko")) == 2


def test_terms_that_no_sentence_says_are_shown_as_they_stand() -> None:
    contract = build_contract(offer={"@id": "x", "@type": "Offer", "permission": "nonsense"})
    text = text_of(contract)
    assert "cannot be put into sentences" in text
    assert '"nonsense"' in text


def test_lines_are_no_wider_than_the_paper() -> None:
    for lang in LANGS:
        assert max(map(width, text_of(build_contract(), lang).splitlines())) <= WIDTH
    assert wrap("가나다 라", 4) == ("가나", "다", "라")
    assert wrap("abcdef gh", 4) == ("abcd", "ef", "gh")


@pytest.mark.parametrize(
    ("member", "value", "shown"),
    [
        (
            "dct:title",
            [{"@language": "en", "@value": "Dryer"}, {"@language": "ko", "@value": "건조기"}],
            "건조기 / Dryer",
        ),
        ("dct:publisher", {"@id": "did:web:a"}, "did:web:a"),
        ("dcat:keyword", ["a", "b"], "a, b"),
        ("urn:x", {"b": 1, "a": None}, '{"a":null,"b":1}'),
        ("urn:x", "y" * 5000, "y" * 2000 + " …"),
        ("https://w3id.org/my-manufacturing-data/v1/profile", "no json", "no json"),
        (
            "https://w3id.org/my-manufacturing-data/v1/profile",
            '{"columns":[{"name":"Temp","datatype":"decimal","unit":"°C"}]}',
            "Temp (decimal) [°C]",
        ),
    ],
)
def test_a_description_in_words(member: str, value: Any, shown: str) -> None:
    assert shown in [found for _, found in described({member: value}, "ko")]


def test_the_evidence_names_the_document_and_the_verifier_makes_it_again() -> None:
    contract = build_contract()
    stated = parse_json(contract.files()["document.json"])
    for lang in LANGS:
        assert stated["texts"][lang] == text_digest(text_of(contract, lang))
    verdict = verify_evidence(contract.evidence(), trust=contract.members.trust(), now=VERIFIED_AT)
    assert verdict.check("document").facts["ko"] == stated["texts"]["ko"]


def test_without_a_document_or_with_other_words_the_contract_is_verified_all_the_same() -> None:
    contract = build_contract()
    files = contract.files()
    trust = contract.members.trust()
    without = {path: data for path, data in files.items() if path != "document.json"}
    verdict = verify_evidence(contract.repack(without), trust=trust, now=VERIFIED_AT)
    assert (verdict.exit_code, verdict.check("document").reason) == (0, "no-document")
    other = {**files, "document.json": files["document.json"].replace(b'"words":"sha256:', b'"words":"sha256:0')[:0]}
    other["document.json"] = re.sub(
        rb'"words":"sha256:\w+"', b'"words":"sha256:' + b"0" * 64 + b'"', files["document.json"]
    )
    verdict = verify_evidence(contract.repack(other), trust=trust, now=VERIFIED_AT)
    assert (verdict.exit_code, verdict.check("document").reason) == (0, "document-other-words")


def test_a_long_text_is_broken_into_lines_and_not_remembered() -> None:
    for text, remembered in (("한빛 도금 " * 20, True), ("한빛 도금 " * 1000, False)):
        assert " ".join(wrap(text, 40)).split() == text.split()
        assert (wrap(text, 40) is wrap(text, 40)) is remembered
