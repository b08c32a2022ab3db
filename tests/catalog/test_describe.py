import base64
import copy
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.describe import (
    catalog_document,
    data_service,
    describe_dataset,
    distribution,
    offer_id,
    profile_summary,
    with_offers,
)
from catalog.errors import CardError, CatalogFormatError
from catalog.parse import parse_catalog
from policies.vocabulary import MMD
from tests.catalog.cards import DIGEST, card
from tests.support.shared import SHARED, needs_shared

ISSUED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TERMS: dict[str, Any] = {
    "permission": [
        {
            "action": "use",
            "constraint": [
                {"leftOperand": "odrl:purpose", "operator": "isAnyOf", "rightOperand": [MMD + "purpose/research"]},
                {"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": "3"},
            ],
        }
    ],
    "prohibition": [{"action": "odrl:distribute"}],
}


def description(**changes: Any) -> dict[str, Any]:
    return describe_dataset("urn:d", card(**changes), digest=DIGEST, issued=ISSUED, publisher="did:web:a")


def document() -> dict[str, Any]:
    service = data_service("urn:s", "https://a.example/dsp")
    offer = {"@id": offer_id(TERMS, "urn:d", description()), **TERMS}
    dataset = with_offers(description(), [offer], [distribution("HttpData-PULL", service)])
    return catalog_document(
        catalog_id="urn:c", participant_id="did:web:a", title="A", datasets=[dataset], service=service
    )


def test_description() -> None:
    found = description()
    assert found["@type"] == "Dataset"
    assert found["dct:title"] == [
        {"@language": "en", "@value": "Dryer batches"},
        {"@language": "ko", "@value": "건조기 배치 자료"},
    ]
    assert found["dct:issued"] == "2026-11-22T09:30:00.000Z"
    assert (found["dcat:byteSize"], found[MMD + "contentDigest"], found[MMD + "kind"]) == ("667696", DIGEST, "fixed")
    assert found[MMD + "process"] == ["drying"]
    assert not {"hasPolicy", "distribution", "@context"} & set(found)
    json.dumps(found, allow_nan=False)


def test_the_summary_shows_structure_and_no_values() -> None:
    summary = json.loads(description()[MMD + "profile"])
    assert (summary["rows"], summary["columnCount"], summary["encoding"]) == (4, 3, "utf-8")
    assert summary["columns"][2] == {"name": "Temp [K]", "datatype": "decimal", "missing": 0, "unit": "K", "ucum": "K"}
    shared = profile_summary(card(shareStatistics=True, units={"Temp [K]": "°C"}))["columns"][2]
    assert (shared["minimum"], shared["maximum"], shared["mean"]) == ("0.5", "3.5", "2")
    assert (shared["unit"], shared["ucum"]) == ("°C", "Cel")


def test_issued_may_be_a_text() -> None:
    given_text = describe_dataset(
        "urn:d", card(), digest=DIGEST, issued="2026-11-22T09:30:00.000Z", publisher="did:web:a"
    )
    assert given_text == description()
    with pytest.raises(ValueError, match="time zone"):
        describe_dataset("urn:d", card(), digest=DIGEST, issued=ISSUED.replace(tzinfo=None), publisher="x")


def test_what_cannot_be_published() -> None:
    with pytest.raises(CardError, match=r"\$.classification: cannot be published yet. 'Not known' cannot"):
        description(classification=["unknown"])
    with pytest.raises(CardError, match=r"\$.kind: 'frozen' is none of: fixed, living"):
        describe_dataset("urn:d", card(), digest=DIGEST, kind="frozen", issued=ISSUED, publisher="x")


def test_offer_id_is_the_named_digest() -> None:
    text = json.dumps(
        {"description": description(), "target": "urn:d", "terms": TERMS},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    assert offer_id(TERMS, "urn:d", description()) == f"ni:///sha-256;{digest}"


def test_offer_id_looks_past_names_and_ways() -> None:
    own = offer_id(TERMS, "urn:d", description())
    offer = {"@id": own, "@type": "Offer", "target": "urn:d", **TERMS}
    dataset = {"@context": ["x"], **with_offers(description(), [offer], [{"format": "f"}])}
    assert offer_id(offer, "urn:d", dataset) == own


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [place for key, item in value.items() for place in _places(item, (*path, key))]
    if isinstance(value, list):
        return [place for index, item in enumerate(value) for place in _places(item, (*path, index))]
    return [path]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_offer_id_changes_with_every_change(data: st.DataObject) -> None:
    whole = {"terms": TERMS, "target": "urn:d", "description": description()}
    changed: Any = copy.deepcopy(whole)
    path = data.draw(st.sampled_from(_places(whole)))
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    old = inner[path[-1]]
    how = data.draw(st.sampled_from(["replace", "append", "drop"]))
    if how == "drop" and isinstance(inner, (dict, list)) and inner is not changed:
        del inner[path[-1]]
    else:
        inner[path[-1]] = (
            f"{old}x" if how == "append" else data.draw(st.text(max_size=5).filter(lambda text: text != old))
        )
    assert offer_id(changed["terms"], changed["target"], changed["description"]) != offer_id(
        TERMS, "urn:d", description()
    )


def test_the_order_of_keys_means_nothing() -> None:
    turned = dict(reversed(description().items()))
    assert offer_id(dict(reversed(TERMS.items())), "urn:d", turned) == offer_id(TERMS, "urn:d", description())


def test_what_has_no_canonical_form() -> None:
    for value in (float("nan"), {1, 2}, "\ud800"):
        with pytest.raises(CatalogFormatError, match="no canonical form"):
            offer_id({"permission": value}, "urn:d", {})


def test_a_dataset_without_terms_or_ways_is_not_for_a_catalog() -> None:
    for offers, ways in (([], [{}]), ([{}], [])):
        with pytest.raises(CatalogFormatError, match="needs an offer and a distribution"):
            with_offers(description(), offers, ways)


def test_no_empty_lists() -> None:
    found = catalog_document(
        catalog_id="urn:c", participant_id="did:web:a", title={"ko": "가"}, datasets=[], service=[]
    )
    assert found == {
        "@id": "urn:c",
        "@type": "Catalog",
        "participantId": "did:web:a",
        "dct:title": [{"@language": "ko", "@value": "가"}],
    }


def test_a_peer_reads_what_we_describe() -> None:
    dataset = parse_catalog(document()).dataset[0]
    assert dataset.title["ko"] == "건조기 배치 자료"
    assert (dataset.byte_size, dataset.content_digest, dataset.publisher) == (667_696, DIGEST, "did:web:a")
    assert offer_id(dataset.has_policy[0], dataset.id, dataset.described) == dataset.has_policy[0]["@id"]


@needs_shared
def test_the_standards_schema_accepts_it() -> None:
    import jsonschema
    import referencing
    from referencing.jsonschema import DRAFT201909

    assert SHARED is not None
    (root,) = SHARED.glob("spec/dsp/*/artifacts/src/main/resources")
    schemas = [json.loads(path.read_text()) for path in root.rglob("*-schema.json")]
    registry: Any = referencing.Registry().with_resources(
        (schema["$id"], DRAFT201909.create_resource(schema)) for schema in schemas if "$id" in schema
    )
    schema = next(schema for schema in schemas if schema.get("$id", "").endswith("/catalog-schema.json"))
    sent = {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], **document()}
    jsonschema.Draft201909Validator(schema, registry=registry).validate(sent)
