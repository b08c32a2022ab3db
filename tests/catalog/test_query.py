from typing import Any

import pytest

from catalog.errors import FilterError
from catalog.parse import parse_dataset
from catalog.query import parse_filter
from tests.catalog.test_describe import description

DATASET = description()


@pytest.mark.parametrize(
    ("filter_", "wanted"),
    [
        (None, True),
        ([], True),
        ([{"q": "건조"}], True),
        ([{"q": "welding"}], False),
        ([{"keyword": "dryer"}], True),
        ([{"keyword": "dry"}], False),
        ([{"dcat:keyword": "dryer"}, {"q": "dryer"}], True),
        ([{"keyword": "dryer", "q": "welding"}], False),
        ([{"http://purl.org/dc/terms/publisher": {"@id": "did:web:a"}}], True),
        ([{"https://w3id.org/my-manufacturing-data/v1/process": "drying"}], True),
        ([{"dct:title": {"@value": "Dryer batches"}}], True),
        ([{"dct:description": "another"}], False),
        ([{"byteSize": "667696"}], True),
        ([{"@id": "urn:d", "mediaType": "text/csv", "issued": "2026-11-22T09:30:00.000Z"}], True),
        ({"format": "HttpData-PULL"}, False),
    ],
)
def test_filters(filter_: Any, wanted: bool) -> None:
    predicate = parse_filter(filter_)
    assert predicate(DATASET) is wanted
    assert predicate(parse_dataset(DATASET)) is wanted


@pytest.mark.parametrize(
    ("filter_", "where", "sentence"),
    [
        ("x", "$.filter", "a list is expected here, not a text"),
        (["x"], "$.filter[0]", 'an object such as {"q": "word"}'),
        ([{}], "$.filter[0]", 'an object such as {"q": "word"}'),
        ([{"colour": "red"}], "$.filter[0].colour", "this property cannot be filtered by; known are q, @id, title"),
        ([{"@type": "QuerySpec", "filterExpression": []}], "$.filter[0].@type", "this property cannot be filtered by"),
        ([{"keyword": 3}], "$.filter[0].keyword", "a text is expected here, not a number"),
        ([{"q": "x" * 501}], "$.filter[0].q", "longer than 500 characters"),
        ([{"q": "x"}] * 21, "$.filter", "more than 20 conditions"),
    ],
)
def test_defects(filter_: Any, where: str, sentence: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(filter_)
    assert caught.value.where == where
    assert sentence in caught.value.sentence
