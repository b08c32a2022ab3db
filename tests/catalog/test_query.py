from typing import Any

import pytest

from catalog.errors import FilterError
from catalog.facts import facts_of
from catalog.parse import parse_dataset
from catalog.query import parse_filter
from tests.catalog.test_describe import description

FACTS = facts_of(parse_dataset(description()))


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
    assert parse_filter(filter_).holds(FACTS) is wanted


EDC = "https://w3id.org/edc/v0.0.1/ns/"


def edc(left: Any, operator: Any, right: Any) -> dict[str, Any]:
    return {"@type": "Criterion", "operandLeft": left, "operator": operator, "operandRight": right}


@pytest.mark.parametrize(
    ("criterion", "wanted"),
    [
        (edc(EDC + "id", "=", "urn:d"), True),
        (edc("id", "in", ["urn:c", "urn:d"]), True),
        (edc("edc:id", "IN", {"@list": [{"@value": "urn:c"}]}), False),
        (edc("id", "in", []), False),
        (edc("'http://purl.org/dc/terms/title'", "like", "Dryer%"), True),
        (edc("'http://purl.org/dc/terms/publisher'.'@id'", "=", {"@id": "did:web:a"}), True),
        (edc(EDC + "name", "ilike", "%DRYER B_TCH%"), True),
        (edc(EDC + "contenttype", "!=", "text/csv"), False),
        (edc("https://w3id.org/my-manufacturing-data/v1/process", "!=", "drying"), False),
        (edc("dcat:keyword", "contains", "dryer"), True),
        (edc("dcat:keyword", "contains", "dry"), False),
        (edc("dct:title", "contains", "batch"), True),
        (edc("byteSize", ">=", 667696), True),
        (edc("byteSize", "<", {"@value": "667696", "@type": "xsd:long"}), False),
        (edc("issued", "<", "2026-11-22T18:30:00.001+09:00"), True),
        (edc("dct:issued", "=", "2026-11-22T18:30:00+09:00"), True),
        (edc("format", ">", "HttpData"), False),
    ],
)
@pytest.mark.parametrize("prefix", ["", "edc:", EDC])
def test_what_edc_asks(criterion: dict[str, Any], wanted: bool, prefix: str) -> None:
    """A QuerySpec in the three writings in which it arrives, and the Criterion alone."""
    spelled = {key if key == "@type" else prefix + key: value for key, value in criterion.items()}
    asked = {"@type": prefix + "QuerySpec", prefix + "filterExpression": spelled, prefix + "sortOrder": "ASC"}
    for filter_ in (asked, [asked], [spelled], [{**asked, prefix + "filterExpression": [spelled]}]):
        assert parse_filter(filter_).holds(FACTS) is wanted


def test_a_query_spec_says_how_much_and_in_which_order() -> None:
    query = parse_filter(
        [
            {"q": "dryer"},
            {EDC + "offset": [{"@value": 10}], EDC + "limit": "50", "sortField": "createdAt", "sortOrder": "desc"},
        ]
    )
    assert (query.offset, query.limit, query.newest_first, len(query.conditions)) == (10, 50, True, 1)
    assert parse_filter([{"limit": 5.0, "sortField": None}]) == parse_filter([{"@type": "QuerySpec", "limit": 5}])
    assert parse_filter([{"keyword": "a"}]).text != parse_filter([{"keyword": "b"}]).text
    assert parse_filter([{"limit": 1}]).text == parse_filter(None).text


def test_what_an_index_can_answer() -> None:
    query = parse_filter([{"byteSize": 7}, {"keyword": "a"}, edc("id", "in", ["urn:1", "urn:2"])])
    assert query.ids == ("urn:1", "urn:2")
    assert query.indexed is not None
    assert (query.indexed.name, query.indexed.values) == ("keyword", ("a",))
    for nothing in ([edc("keyword", "like", "a")], [{"q": "a"}], [{"title": "x" * 301}], [edc("id", "!=", "urn:1")]):
        assert (parse_filter(nothing).ids, parse_filter(nothing).indexed) == (None, None)


@pytest.mark.parametrize(
    ("filter_", "where", "sentence"),
    [
        ("x", "$.filter", "a list is expected here, not a text"),
        (["x"], "$.filter[0]", 'an object such as {"q": "word"}'),
        ([{}], "$.filter[0]", 'an object such as {"q": "word"}'),
        ([{"colour": "red"}], "$.filter[0].colour", "this property cannot be filtered by; known are q, @id, title"),
        ([{"@type": "QuerySpec", "colour": 1}], "$.filter[0].colour", "this is not understood here; known are filter"),
        ([{"limit": 0}], "$.filter[0].limit", "a whole number from 1"),
        ([{"limit": True}], "$.filter[0].limit", "a whole number from 1"),
        ([{"offset": -1}], "$.filter[0].offset", "a whole number from 0"),
        ([{"offset": "9" * 99}], "$.filter[0].offset", "a whole number from 0"),
        ([{"sortField": "dct:title"}], "$.filter[0].sortField", "sorted by issued"),
        ([{"sortField": 7}], "$.filter[0].sortField", "sorted by issued"),
        ([{"sortOrder": "UP"}], "$.filter[0].sortOrder", "ASC or DESC"),
        ([{"limit": 1}, {"limit": 2}], "$.filter[1]", "a second QuerySpec"),
        ([{"filterExpression": ["x"]}], "$.filter[0].filterExpression[0]", "a Criterion is expected here, not a text"),
        ([{"filterExpression": [{"q": "x"}]}], "$.filter[0].filterExpression[0].q", "this is not understood here"),
        ([{"operandLeft": "id", "operator": "="}], "$.filter[0].operandRight", "this is missing"),
        ([edc("id", "resembles", "x")], "$.filter[0].operator", "'resembles' is not understood; known are =, !="),
        ([edc("id", 7, "x")], "$.filter[0].operator", "a text is expected"),
        ([edc(["a", "b"], "=", "x")], "$.filter[0].operandLeft", "a text is expected"),
        ([edc("'id'.'x'", "=", "x")], "$.filter[0].operandLeft", "this property cannot be filtered by"),
        ([edc("id", "=", ["a", "b"])], "$.filter[0].operandRight", "one value is expected behind =, not 2"),
        ([edc("id", "in", ["a"] * 201)], "$.filter[0].operandRight", "more than 200 values"),
        ([edc("byteSize", "<", "many")], "$.filter[0].operandRight", "a whole number is expected here, not 'many'"),
        ([edc("issued", "<", "today")], "$.filter[0].operandRight", "a date and time with a zone is expected"),
        ([edc("title", "like", "%_" * 11)], "$.filter[0].operandRight", "more than 20 wildcards"),
        ([{"filterExpression": [edc("id", "=", "x")] * 21}], "$.filter", "more than 20 conditions"),
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
