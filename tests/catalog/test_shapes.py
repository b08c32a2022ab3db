from typing import Any

import pytest

from catalog.shapes import bare_type, first_text, language_texts, many, number, own_name, text_of
from policies.vocabulary import MMD


@pytest.mark.parametrize(
    ("key", "name"),
    [("dct:title", "title"), ("http://purl.org/dc/terms/title", "title"), ("title", "title"), (MMD + "kind", "mmd:kind"),
     ("odrl:hasPolicy", "hasPolicy"), ("id", "@id"), ("x:title", "x:title")],
)  # fmt: skip
def test_own_name(key: str, name: str) -> None:
    assert own_name(key) == name


@pytest.mark.parametrize(
    ("value", "items"), [(None, []), (1, [1]), ([1, 2], [1, 2]), ({"@list": [1]}, [1]), ({"@set": 1}, [1])]
)
def test_many(value: Any, items: list[Any]) -> None:
    assert many(value) == items


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        ({"@value": "a"}, "a"),
        ({"@id": "a"}, "a"),
        (3, "3"),
        (True, "true"),
        ({"@value": False}, "false"),
        ([], None),
        ({}, None),
    ],
)
def test_text_of(value: Any, text: str | None) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "size"),
    [("12", 12), (12, 12), (12.0, 12), ("x", None), ("-1", None), (None, None), ("9" * 30, None), ("１", None)],
)
def test_number(value: Any, size: int | None) -> None:
    assert number(value) == size


def test_the_first_of_each_language_stands() -> None:
    value = [
        {"@language": "EN", "@value": "a"},
        {"@language": "en", "@value": "b"},
        "c",
        {"@language": 3, "@value": "d"},
        None,
    ]
    assert language_texts(value) == {"en": "a", "": "c"}
    assert first_text([None, "x"]) == "x"


def test_bare_type() -> None:
    assert bare_type({"@type": ["dcat:Dataset", "x"]}) == "Dataset"
    assert bare_type({"@type": 3}) is None
    assert bare_type("x") is None
