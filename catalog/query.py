"""The filter of a CatalogRequestMessage. What is not understood is refused (400), never ignored.

Understood is a list of objects, all of which must hold:

    {"q": "drying 온도"}                        words, as in `search`
    {"keyword": "dryer"}                        a property has this value (one of its values, when it has several)
    {"dct:publisher": "did:web:example.com"}    prefixed names and whole IRIs name the same properties
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.errors import FilterError
from catalog.model import Dataset
from catalog.parse import parse_dataset
from catalog.reading import kind
from catalog.search import Entry, search
from catalog.shapes import own_name

MAX_CONDITIONS: Final = 20
MAX_TEXT: Final = 500

_PROPERTIES: Final[Mapping[str, Callable[[Dataset], tuple[str | None, ...]]]] = {
    "@id": lambda dataset: (dataset.id,),
    "title": lambda dataset: tuple(dataset.title.values()),
    "description": lambda dataset: tuple(dataset.description.values()),
    "keyword": lambda dataset: dataset.keywords,
    "publisher": lambda dataset: (dataset.publisher,),
    "issued": lambda dataset: (dataset.issued,),
    "mediaType": lambda dataset: (dataset.media_type,),
    "byteSize": lambda dataset: (None if dataset.byte_size is None else str(dataset.byte_size),),
    "format": lambda dataset: tuple(way.format for way in dataset.distribution),
    "mmd:contentDigest": lambda dataset: (dataset.content_digest,),
    "mmd:kind": lambda dataset: (dataset.kind,),
    "mmd:process": lambda dataset: dataset.process,
    "mmd:producer": lambda dataset: (dataset.producer,),
}


@dataclass(frozen=True, slots=True)
class Predicate:
    """Says whether a Dataset is asked for. Without conditions each one is.

    Attributes:
        conditions: bare property name (or `q`) and the value, all of which must hold.
    """

    conditions: tuple[tuple[str, str], ...] = ()

    def __call__(self, dataset: Dataset | Mapping[str, Any]) -> bool:
        """Whether all conditions hold for this Dataset (of the model, or as JSON)."""
        if not self.conditions:
            return True
        known = dataset if isinstance(dataset, Dataset) else parse_dataset(dataset)
        return all(_holds(known, name, value) for name, value in self.conditions)


def parse_filter(filter_: Any) -> Predicate:
    """Read `CatalogRequestMessage.filter`.

    Raises:
        FilterError: it is no list of objects, or holds a property or a value that we do not understand.
    """
    if filter_ is None:
        return Predicate()
    items = [filter_] if isinstance(filter_, dict) else filter_
    if not isinstance(items, list):
        raise FilterError("$.filter", f"a list is expected here, not {kind(filter_)}")
    conditions: list[tuple[str, str]] = []
    for index, item in enumerate(items):
        where = f"$.filter[{index}]"
        if not isinstance(item, dict) or not item:
            raise FilterError(where, 'an object such as {"q": "word"} or {"keyword": "word"} is expected here')
        conditions += [_condition(key, value, where) for key, value in item.items()]
    if len(conditions) > MAX_CONDITIONS:
        raise FilterError("$.filter", f"more than {MAX_CONDITIONS} conditions; ask for less at once")
    return Predicate(tuple(conditions))


def _condition(key: str, value: Any, where: str) -> tuple[str, str]:
    name = own_name(key)
    if name not in _PROPERTIES and name != "q":
        known = ", ".join(("q", *_PROPERTIES))
        raise FilterError(f"{where}.{key[:80]}", f"this property cannot be filtered by; known are {known}")
    if isinstance(value, dict) and isinstance(value.get("@value", value.get("@id")), str):
        value = value.get("@value", value.get("@id"))
    if not isinstance(value, str):
        raise FilterError(f"{where}.{key}", f"a text is expected here, not {kind(value)}")
    if len(value) > MAX_TEXT:
        raise FilterError(f"{where}.{key}", f"longer than {MAX_TEXT} characters; ask for less at once")
    return name, value


def _holds(dataset: Dataset, name: str, value: str) -> bool:
    if name == "q":
        return bool(search([Entry(dataset)], value))
    return value in _PROPERTIES[name](dataset)
