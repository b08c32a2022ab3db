"""What a card and its description say about the data, for the terms to fit."""

from typing import Any

import pytest

from catalog.card import missing_answers, parse_answers
from catalog.data_facts import facts_of, facts_of_description
from catalog.describe import describe_dataset
from catalog.errors import CardError
from catalog.vocabulary import CLASSIFICATION, EXPORT_CONTROL, PSEUDONYM_LEVEL
from policies.data import DataFacts
from tests.catalog.cards import ANSWERS, DIGEST, card


@pytest.mark.parametrize(
    ("answers", "facts"),
    [
        ({"classification": ["none"]}, DataFacts()),
        (
            {"classification": ["personal"], "pseudonymLevel": "2"},
            DataFacts(frozenset({"personal"}), pseudonym_level=2),
        ),
        (
            {"classification": ["core-technology", "trade-secret"], "exportControl": "reported"},
            DataFacts(frozenset({"core-technology", "trade-secret"}), "reported"),
        ),
        ({"classification": ["none"], "exportControl": "unknown"}, DataFacts(export_control="unknown")),
    ],
)
def test_the_description_says_what_the_card_says(answers: dict[str, Any], facts: DataFacts) -> None:
    found = card(**answers)
    description = describe_dataset("urn:x", found, digest=DIGEST, issued="2026-11-29T00:00:00Z", publisher="did:web:x")
    assert facts_of(found.answers) == facts_of_description(description) == facts


def test_what_is_not_answered_is_not_known() -> None:
    assert facts_of(parse_answers({})).export_control == "unknown"
    assert facts_of_description({"dct:title": "x"}) is None


@pytest.mark.parametrize(
    ("description", "facts"),
    [
        ({CLASSIFICATION: "none"}, DataFacts()),
        ({CLASSIFICATION: ["none"], EXPORT_CONTROL: "secret"}, DataFacts(export_control="unknown")),
        ({CLASSIFICATION: ["none"], EXPORT_CONTROL: 3, PSEUDONYM_LEVEL: ["2"]}, DataFacts(export_control="unknown")),
        ({CLASSIFICATION: [{"@id": "x"}, "gossip"]}, DataFacts(export_control="unknown")),
    ],
)
def test_what_others_write_is_read_with_care(description: dict[str, Any], facts: DataFacts) -> None:
    assert facts_of_description(description) == facts


@pytest.mark.parametrize(
    ("classification", "question"), [("core-technology", "exportControl"), ("personal", "pseudonymLevel")]
)
def test_what_is_asked_only_where_it_matters(classification: str, question: str) -> None:
    (due,) = missing_answers(card(classification=[classification]))
    assert due.id == question
    assert due.en.isascii()
    answer = {"exportControl": "unknown", "pseudonymLevel": "0"}[question]
    assert missing_answers(card(classification=[classification], **{question: answer})) == ()


def test_one_answer_each() -> None:
    with pytest.raises(CardError, match="a text is expected"):
        parse_answers({**ANSWERS, "exportControl": ["none", "reported"]})
    with pytest.raises(CardError, match="'9' is none of"):
        parse_answers({**ANSWERS, "pseudonymLevel": "9"})
