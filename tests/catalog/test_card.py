import json
from typing import Any

import pytest

from catalog.card import Answers, FoundFacts, missing_answers, parse_answers
from catalog.errors import CardError
from tests.catalog.cards import ANSWERS, card, empty_card, found


def test_nothing_is_missing_from_a_full_card() -> None:
    assert missing_answers(card()) == ()


def test_each_answer_is_asked_for() -> None:
    questions = missing_answers(empty_card())
    assert [question.id for question in questions] == ["title", "description", "process", "producer", "classification"]
    for question in questions:
        assert question.en.isascii()
        assert any("가" <= letter <= "힣" for letter in question.ko)
    assert "건조" in questions[2].ko
    assert "drying" in questions[2].en


@pytest.mark.parametrize("name", ["title", "description", "process", "producer", "classification"])
def test_each_answer_is_needed_alone(name: str) -> None:
    assert [question.id for question in missing_answers(card(**{name: None}))] == [name]


def test_not_known_cannot_be_published() -> None:
    (question,) = missing_answers(card(classification="unknown"))
    assert question.id == "classification"
    assert "cannot be published" in question.en
    assert "공개할 수 없습니다" in question.ko


def test_a_unit_for_a_column_that_is_not_there() -> None:
    (question,) = missing_answers(card(units={"Tmep": "K"}))
    assert (question.id, "Tmep" in question.ko) == ("units", True)
    assert missing_answers(card(units={"step": "s"})) == ()


def test_answers_round_trip() -> None:
    answers = parse_answers({**ANSWERS, "units": {"step": "s"}, "shareStatistics": True})
    assert parse_answers(json.loads(json.dumps(answers.to_json()))) == answers
    assert parse_answers({}) == Answers()


def test_a_text_alone_is_enough() -> None:
    answers = parse_answers({"title": "건조기", "description": "A dryer", "process": "drying", "keywords": " x "})
    assert answers.title == {"ko": "건조기"}
    assert answers.description == {"en": "A dryer"}
    assert (answers.process, answers.keywords) == (("drying",), ("x",))


@pytest.mark.parametrize(
    ("data", "where", "sentence"),
    [
        ([], "$", "an object is expected here, not a list"),
        ({"titel": "x"}, "$.titel", "there is no such answer; known are classification, description"),
        ({"title": 3}, "$.title", "an object is expected here, not a number"),
        ({"title": {"en": 3}}, "$.title.en", "a text is expected here, not a number"),
        ({"title": {"de": "x"}}, "$.title.de", "only the languages ko and en are kept"),
        ({"title": "x" * 301}, "$.title.en", "longer than 300 characters"),
        ({"process": ["frying"]}, "$.process", "'frying' is none of: casting"),
        ({"process": [3]}, "$.process", "a list of texts is expected here"),
        ({"classification": "secret"}, "$.classification", "'secret' is none of: none, personal"),
        ({"classification": ["none", "personal"]}, "$.classification", "'none' cannot stand beside another"),
        ({"keywords": ["x" * 101]}, "$.keywords", "at most 50 keywords"),
        ({"producer": "x" * 301}, "$.producer", "longer than 300 characters"),
        ({"units": ["K"]}, "$.units", "an object is expected here, not a list"),
        ({"shareStatistics": "yes"}, "$.shareStatistics", "true or false is expected here, not a text"),
    ],
)
def test_defects(data: Any, where: str, sentence: str) -> None:
    with pytest.raises(CardError) as caught:
        parse_answers(data)
    assert caught.value.where == where
    assert sentence in caught.value.sentence


def test_found_facts_round_trip() -> None:
    facts = found()
    assert FoundFacts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
    with pytest.raises(CardError, match=r"\$.fileName: a text is expected here, not nothing"):
        FoundFacts.from_json({})
