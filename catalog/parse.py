"""A peer's Catalog or Dataset, as JSON, into the model.

Peers that go through a JSON-LD processor send other shapes than the schema shows, all meaning the same: one object where
a list is due, `{"@value": …}` or `{"@id": …}` where a text is due, prefixed names or whole IRIs as keys, the context as
one text. All are read. What is refused: no `@id`, another `@type`, something that is no object, or more than the bounds.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from catalog.errors import CatalogFormatError
from catalog.model import Catalog, DataService, Dataset, Distribution
from catalog.shapes import bare_type, first_text, language_texts, many, number, objects, own_names, texts

MAX_DATASETS: Final = 10_000
"""In one document, inner catalogs included."""
MAX_DEPTH: Final = 8
"""Of catalogs within catalogs."""


def parse_catalog(data: Any) -> Catalog:
    """Read a Catalog.

    Raises:
        CatalogFormatError: it cannot be read; the path says where.
    """
    catalog = _catalog(data, "$", 0, [MAX_DATASETS])
    return _resolved(catalog, {})


def parse_dataset(data: Any) -> Dataset:
    """Read a Dataset, as a DatasetRequestMessage is answered.

    Raises:
        CatalogFormatError: it cannot be read; the path says where.
    """
    return _dataset(data, "$")


def _catalog(data: Any, where: str, depth: int, left: list[int]) -> Catalog:
    if depth >= MAX_DEPTH:
        raise CatalogFormatError(where, f"catalogs are nested deeper than {MAX_DEPTH}; ask the inner ones themselves")
    named = _named(data, where, ("Catalog", "RootCatalog"))
    datasets: list[Dataset] = []
    catalogs: list[Catalog] = []
    for item, at in objects(named.get("dataset"), f"{where}.dataset"):
        left[0] -= 1
        if left[0] < 0:
            raise CatalogFormatError(
                at, f"more than {MAX_DATASETS:,} data sets in one answer; ask with a filter or by page"
            )
        # Older connectors put the catalogs of others among the data sets.
        if bare_type(item) == "Catalog":
            catalogs.append(_catalog(item, at, depth + 1, left))
        else:
            datasets.append(_dataset(item, at))
    catalogs += [_catalog(item, at, depth + 1, left) for item, at in objects(named.get("catalog"), f"{where}.catalog")]
    return Catalog(
        id=_identity(named, where),
        participant_id=first_text(named.get("participantId")),
        title=language_texts(named.get("title")),
        dataset=tuple(datasets),
        catalog=tuple(catalogs),
        service=tuple(_service(item, at) for item, at in objects(named.get("service"), f"{where}.service")),
        wire=data,
    )


def _dataset(data: Any, where: str) -> Dataset:
    named = _named(data, where, ("Dataset", "Resource"))
    return Dataset(
        id=_identity(named, where),
        title=language_texts(named.get("title") or named.get("name")),
        description=language_texts(named.get("description")),
        keywords=texts(named.get("keyword")),
        issued=first_text(named.get("issued")),
        publisher=first_text(named.get("publisher")),
        producer=first_text(named.get("mmd:producer")),
        byte_size=number(named.get("byteSize")),
        media_type=first_text(named.get("mediaType")),
        content_digest=first_text(named.get("mmd:contentDigest")),
        kind=first_text(named.get("mmd:kind")),
        process=texts(named.get("mmd:process")),
        profile=first_text(named.get("mmd:profile")),
        has_policy=tuple(item for item, _ in objects(named.get("hasPolicy"), f"{where}.hasPolicy")),
        distribution=tuple(
            _distribution(item, at) for item, at in objects(named.get("distribution"), f"{where}.distribution")
        ),
        wire=data,
    )


def _distribution(data: Any, where: str) -> Distribution:
    named = _named(data, where, ("Distribution",))
    service: DataService | None = None
    for item in many(named.get("accessService"))[:1]:
        # An object with nothing but an @id, or a bare text, only names a service of the catalog.
        name = item if isinstance(item, str) else None
        service = DataService(name) if name is not None else _service(item, f"{where}.accessService")
    return Distribution(
        format=first_text(named.get("format")),
        access_service=service,
        has_policy=tuple(item for item, _ in objects(named.get("hasPolicy"), f"{where}.hasPolicy")),
        wire=data,
    )


def _service(data: Any, where: str) -> DataService:
    named = _named(data, where, ("DataService",))
    return DataService(_identity(named, where), first_text(named.get("endpointURL")), data)


def _named(data: Any, where: str, types: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise CatalogFormatError(where, f"a {types[0]} is expected here, and that is an object")
    found = bare_type(data)
    if found is not None and found not in types:
        raise CatalogFormatError(f"{where}.@type", f"a {types[0]} is expected here, not {found[:80]!r}")
    return own_names(data)


def _identity(named: Mapping[str, Any], where: str) -> str:
    value = named.get("@id")
    if not isinstance(value, str) or not value:
        raise CatalogFormatError(f"{where}.@id", "an @id is missing; without it nothing can be asked for")
    return value


def _resolved(catalog: Catalog, known: Mapping[str, DataService]) -> Catalog:
    """The same, with the services that distributions only name taken from the catalog's own list."""
    services = {**known, **{service.id: service for service in catalog.service}}
    return replace(
        catalog,
        dataset=tuple(
            replace(dataset, distribution=tuple(_with_service(way, services) for way in dataset.distribution))
            for dataset in catalog.dataset
        ),
        catalog=tuple(_resolved(inner, services) for inner in catalog.catalog),
    )


def _with_service(way: Distribution, services: Mapping[str, DataService]) -> Distribution:
    service = way.access_service
    if service is None or service.endpoint_url is not None or service.id not in services:
        return way
    return replace(way, access_service=services[service.id])
