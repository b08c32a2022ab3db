"""Conditions against a plain reference that reads the data set each time and knows no shortcuts."""

from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.criteria import OPERATORS, criterion, words
from catalog.facts import PROPERTIES, facts_of, indexed_values
from catalog.model import Dataset
from catalog.parse import parse_dataset
from catalog.search import Entry, search
from tests.catalog.test_describe import description
from tests.catalog.test_likeness import slowly

WORDS = st.text("abAB %_가é", max_size=6)
TIMES = st.sampled_from(["2026-11-22T09:30:00Z", "2026-11-22T18:30:00+09:00", "2026-11-22T09:30:00.001Z"])
DATASETS = st.builds(
    Dataset,
    id=st.sampled_from(["urn:a", "urn:b"]),
    title=st.dictionaries(st.sampled_from(["en", "ko"]), WORDS, max_size=2),
    description=st.dictionaries(st.sampled_from(["en", "ko"]), WORDS, max_size=2),
    keywords=st.lists(WORDS, max_size=3).map(tuple),
    issued=st.none() | TIMES | WORDS,
    byte_size=st.none() | st.integers(0, 20),
    process=st.lists(st.sampled_from(["drying", "mixing"]), max_size=2).map(tuple),
    producer=st.none() | WORDS,
)
NAMES = ("@id", "title", "description", "keyword", "issued", "byteSize", "mmd:process", "mmd:producer", "publisher")


def values_of(dataset: Dataset, name: str) -> list[str]:
    held: dict[str, Any] = {
        "@id": [dataset.id],
        "title": list(dataset.title.values()),
        "description": list(dataset.description.values()),
        "keyword": list(dataset.keywords),
        "issued": [dataset.issued],
        "byteSize": [None if dataset.byte_size is None else str(dataset.byte_size)],
        "mmd:process": list(dataset.process),
        "mmd:producer": [dataset.producer],
        "publisher": [dataset.publisher],
    }
    return [value for value in held[name] if value is not None]


def typed(name: str, text: str) -> Any:
    try:
        if name == "byteSize":
            return int(text)
        if name == "issued":
            found = datetime.fromisoformat(text)
            return found if found.tzinfo is not None else None
    except ValueError:
        return None
    return text


def plainly(dataset: Dataset, name: str, operator: str, operands: list[str]) -> bool:
    values = values_of(dataset, name)
    first = operands[0] if operands else ""
    if operator == "!=":
        return not plainly(dataset, name, "=", operands)
    for value in values:
        if operator in ("=", "in") and any(
            typed(name, value) == typed(name, o) and typed(name, value) is not None for o in operands
        ):
            return True
        if operator == "like" and slowly(first, value):
            return True
        if operator == "ilike" and slowly(first.casefold(), value.casefold()):
            return True
        if operator == "contains":
            member = name in ("keyword", "mmd:process")
            same = typed(name, value) == typed(name, first) if member else first in value
            if same:
                return True
        if operator in ("<", "<=", ">", ">="):
            left, right = typed(name, value), typed(name, first)
            compared = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}[operator]
            if left is not None and getattr(left, compared)(right):
                return True
    return False


@given(st.data(), DATASETS, st.sampled_from(NAMES), st.sampled_from(OPERATORS))
def test_conditions_are_what_the_plain_reading_says(
    data: st.DataObject, dataset: Dataset, name: str, operator: str
) -> None:
    kinds = {"byteSize": st.integers(0, 20).map(str), "issued": TIMES, "@id": st.sampled_from(["urn:a", "urn:c"])}
    one = kinds.get(name, WORDS | st.sampled_from(["drying", *values_of(dataset, name)]))
    operands = data.draw(st.lists(one, max_size=3) if operator == "in" else st.lists(one, min_size=1, max_size=1))
    condition = criterion(name, operator, tuple(operands), "$")
    assert condition.holds(facts_of(dataset)) is plainly(dataset, name, operator, operands)


@given(DATASETS, WORDS)
def test_words_are_found_where_a_search_finds_them(dataset: Dataset, asked: str) -> None:
    assert words(asked, "$").holds(facts_of(dataset)) is bool(search([Entry(dataset)], asked))


def test_facts_are_few_and_plain() -> None:
    facts = facts_of(parse_dataset(description()))
    assert set(facts) <= {*PROPERTIES, "q"}
    assert all(isinstance(text, str) for values in facts.values() for text in values)
    assert ("keyword", "dryer") in indexed_values(facts)
    assert indexed_values({"keyword": ["a", "a", "x" * 301], "byteSize": ["1"]}) == [("keyword", "a")]
