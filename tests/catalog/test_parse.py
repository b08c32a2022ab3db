import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.errors import CatalogFormatError, CatalogRoomError
from catalog.model import Catalog
from catalog.parse import MAX_DEPTH, parse_catalog, parse_dataset
from policies.vocabulary import MMD
from tests.support.shared import SHARED, needs_shared

OFFER = {"@id": "urn:o", "@type": "Offer", "permission": [{"action": "use"}]}
SERVICE = {"@id": "urn:s", "@type": "DataService", "endpointURL": "https://a.example/dsp"}
DATASET: dict[str, Any] = {
    "@id": "urn:d",
    "@type": "Dataset",
    "dct:title": [{"@language": "ko", "@value": "건조"}, {"@language": "en", "@value": "Drying"}],
    "dcat:keyword": ["a"],
    "dct:issued": "2026-11-22T00:00:00.000Z",
    "dct:publisher": {"@id": "did:web:a"},
    "dcat:byteSize": "12",
    "dcat:mediaType": "text/csv",
    MMD + "kind": "fixed",
    MMD + "process": ["drying"],
    "x:unknown": {"kept": True},
    "hasPolicy": [OFFER],
    "distribution": [{"@type": "Distribution", "format": "HttpData-PULL", "accessService": SERVICE}],
}
CATALOG: dict[str, Any] = {
    "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
    "@id": "urn:c",
    "@type": "Catalog",
    "participantId": "did:web:a",
    "dataset": [DATASET],
    "service": [SERVICE],
}


def facts(catalog: Catalog) -> list[Any]:
    """What a catalog says, whatever the shape it came in."""
    return [
        catalog.id,
        catalog.participant_id,
        [(service.id, service.endpoint_url) for service in catalog.service],
        [
            (
                dataset.id, dict(dataset.title), dataset.keywords, dataset.issued, dataset.publisher, dataset.byte_size,
                dataset.media_type, dataset.kind, dataset.process, list(dataset.has_policy),
                [(way.format, way.access_service and (way.access_service.id, way.access_service.endpoint_url)) for way in dataset.distribution],
            )
            for dataset in catalog.dataset
        ],
    ]  # fmt: skip


def test_everything_is_read() -> None:
    dataset = parse_catalog(CATALOG).dataset[0]
    assert dataset.title == {"ko": "건조", "en": "Drying"}
    assert (dataset.keywords, dataset.publisher, dataset.byte_size, dataset.kind) == (("a",), "did:web:a", 12, "fixed")
    assert dataset.has_policy == (OFFER,)
    service = dataset.distribution[0].access_service
    assert service is not None
    assert service.endpoint_url == "https://a.example/dsp"


def test_what_is_unknown_is_kept() -> None:
    assert parse_dataset(DATASET).wire["x:unknown"] == {"kept": True}
    assert parse_catalog(CATALOG).wire == CATALOG


_PREFIXES = {"dct:": "http://purl.org/dc/terms/", "dcat:": "http://www.w3.org/ns/dcat#"}


def _reshaped(value: Any, draw: st.DataObject, key: str = "") -> Any:
    """The same JSON as a peer with a JSON-LD processor might write it."""
    if isinstance(value, dict):
        if set(value) & {"@value", "@language"} or key == "permission":
            return value
        renamed: dict[str, Any] = {}
        for name, item in value.items():
            prefix = next((prefix for prefix in _PREFIXES if name.startswith(prefix)), None)
            new = name
            if prefix is not None:
                new = draw.draw(st.sampled_from([name, _PREFIXES[prefix] + name[len(prefix) :], name[len(prefix) :]]))
            elif name in ("dataset", "distribution", "service"):
                new = draw.draw(st.sampled_from([name, "dcat:" + name]))
            elif name == "hasPolicy":
                new = draw.draw(st.sampled_from([name, "odrl:hasPolicy"]))
            kept = item if name in ("hasPolicy", "@context") else _reshaped(item, draw, name)
            renamed[new] = kept[0] if name == "hasPolicy" and draw.draw(st.booleans()) else kept
        return renamed
    if isinstance(value, list):
        items = [_reshaped(item, draw, key) for item in value]
        return items[0] if len(items) == 1 and draw.draw(st.booleans()) else items
    if isinstance(value, str) and not key.startswith("@"):
        return draw.draw(st.sampled_from([value, {"@value": value}]))
    if key == "@type":
        return draw.draw(st.sampled_from([value, [value], "dcat:" + value, "http://www.w3.org/ns/dcat#" + value]))
    return value


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_all_shapes_mean_the_same(data: st.DataObject) -> None:
    assert facts(parse_catalog(_reshaped(CATALOG, data))) == facts(parse_catalog(CATALOG))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*CATALOG, *DATASET, "catalog", "@value"]), inner, max_size=4)
    ),
    max_leaves=15,
)


@settings(max_examples=150, deadline=None)
@given(
    _JSON, st.sampled_from(["dataset", "service", "catalog", "distribution", "hasPolicy", "dct:title", "dcat:byteSize"])
)
def test_anything_else_is_one_typed_error(junk: Any, key: str) -> None:
    for data, parse in (
        (junk, parse_catalog),
        ({**CATALOG, key: junk}, parse_catalog),
        ({**DATASET, key: junk}, parse_dataset),
    ):
        with contextlib.suppress(CatalogRoomError):  # any other error fails the test
            assert parse(data).id


def test_a_service_that_is_only_named_is_found() -> None:
    way = {"@type": "Distribution", "format": "HttpData-PULL", "accessService": "urn:s"}
    for reference in ("urn:s", {"@id": "urn:s"}, {"@id": "urn:s", "@type": "DataService"}):
        catalog = parse_catalog(
            {**CATALOG, "dataset": [{**DATASET, "distribution": {**way, "accessService": reference}}]}
        )
        service = catalog.dataset[0].distribution[0].access_service
        assert service is not None
        assert service.endpoint_url == "https://a.example/dsp"
    lost = parse_catalog({**CATALOG, "service": [], "dataset": [{**DATASET, "distribution": way}]})
    service = lost.dataset[0].distribution[0].access_service
    assert service is not None
    assert (service.id, service.endpoint_url) == ("urn:s", None)


def test_catalogs_within_catalogs() -> None:
    inner = {"@id": "urn:i", "@type": "dcat:Catalog", "dataset": DATASET}
    catalog = parse_catalog({**CATALOG, "catalog": inner})
    assert len(catalog.all_datasets()) == 2
    among = parse_catalog({**CATALOG, "dataset": [DATASET, inner]})
    assert (len(among.dataset), among.catalog[0].id) == (1, "urn:i")


@pytest.mark.parametrize(
    ("data", "where", "sentence"),
    [
        ([], "$", "a Catalog is expected here, and that is an object"),
        ({"@type": "Catalog"}, "$.@id", "an @id is missing; without it nothing can be asked for"),
        ({**CATALOG, "@type": "Dataset"}, "$.@type", "a Catalog is expected here, not 'Dataset'"),
        ({**CATALOG, "dataset": ["x"]}, "$.dataset[0]", "an object is expected here, not a text"),
        ({**CATALOG, "dataset": [{**DATASET, "hasPolicy": ["x"]}]}, "$.dataset[0].hasPolicy[0]", "an object is expected"),
        ({**CATALOG, "dataset": [{**DATASET, "@type": "Offer"}]}, "$.dataset[0].@type", "a Dataset is expected here, not 'Offer'"),
        ({**CATALOG, "dataset": [{**DATASET, "distribution": {"accessService": {"@type": "DataService"}}}]},
         "$.dataset[0].distribution[0].accessService.@id", "an @id is missing"),
    ],
)  # fmt: skip
def test_defects(data: Any, where: str, sentence: str) -> None:
    with pytest.raises(CatalogFormatError) as caught:
        parse_catalog(data)
    assert caught.value.where == where
    assert sentence in caught.value.sentence


def test_too_deep() -> None:
    data = {"@id": "urn:c", "@type": "Catalog"}
    for _ in range(MAX_DEPTH):
        data = {"@id": "urn:c", "@type": "Catalog", "catalog": data}  # type: ignore[dict-item]
    with pytest.raises(CatalogFormatError, match="nested deeper than 8"):
        parse_catalog(data)


def test_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.parse.MAX_DATASETS", 3)
    with pytest.raises(CatalogFormatError, match=r"\$.dataset\[3\]: more than 3 data sets"):
        parse_catalog({**CATALOG, "dataset": [DATASET] * 4})


@needs_shared
@pytest.mark.parametrize("name", ["catalog", "nested-catalog", "dataset"])
def test_the_standards_own_examples(name: str) -> None:
    assert SHARED is not None
    (path,) = SHARED.glob(f"spec/dsp/*/artifacts/src/main/resources/catalog/example/{name}.json")
    data = json.loads(path.read_text())
    read = parse_dataset(data) if name == "dataset" else parse_catalog(data)
    assert read.id == data["@id"]
