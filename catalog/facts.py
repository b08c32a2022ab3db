"""What a filter may ask of a Dataset: its facts, read once when it is published, so that no filter reads descriptions.

Facts are plain JSON (name → texts). Names are bare DCAT and Dublin Core names; ours begin with `mmd:`. `WORDS` holds the
folded texts that `q` looks through.
"""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Final, TypeAlias

from catalog.model import Dataset
from catalog.search import searched_texts

Facts: TypeAlias = Mapping[str, list[str]]
WORDS: Final = "q"
FORMAT: Final = "format"


class Sort(Enum):
    """What the values of a property are."""

    TEXT = auto()
    MEMBER = auto()
    """One of several short words: `contains` means that it is among them."""
    NUMBER = auto()
    TIME = auto()


PROPERTIES: Final[Mapping[str, tuple[Sort, Callable[[Dataset], tuple[str | None, ...]]]]] = {
    "@id": (Sort.TEXT, lambda dataset: (dataset.id,)),
    "title": (Sort.TEXT, lambda dataset: tuple(dataset.title.values())),
    "description": (Sort.TEXT, lambda dataset: tuple(dataset.description.values())),
    "keyword": (Sort.MEMBER, lambda dataset: dataset.keywords),
    "publisher": (Sort.TEXT, lambda dataset: (dataset.publisher,)),
    "issued": (Sort.TIME, lambda dataset: (dataset.issued,)),
    "mediaType": (Sort.TEXT, lambda dataset: (dataset.media_type,)),
    "byteSize": (Sort.NUMBER, lambda dataset: (None if dataset.byte_size is None else str(dataset.byte_size),)),
    FORMAT: (Sort.MEMBER, lambda dataset: tuple(way.format for way in dataset.distribution)),
    "mmd:contentDigest": (Sort.TEXT, lambda dataset: (dataset.content_digest,)),
    "mmd:kind": (Sort.TEXT, lambda dataset: (dataset.kind,)),
    "mmd:process": (Sort.MEMBER, lambda dataset: dataset.process),
    "mmd:producer": (Sort.TEXT, lambda dataset: (dataset.producer,)),
}
"""Every property that can be filtered by."""

INDEXED: Final = ("title", "keyword", "mmd:contentDigest", "mmd:process", "mmd:producer")
"""Those whose values a store keeps in an index of their own. `@id` it can always find."""
MAX_INDEXED: Final = 300
"""Longer values are in no index: whoever asks for one has each data set looked at."""


def facts_of(dataset: Dataset) -> dict[str, list[str]]:
    """The facts of a Dataset; properties without a value are left out."""
    found = {name: [value for value in read(dataset) if value is not None] for name, (_, read) in PROPERTIES.items()}
    found[WORDS] = searched_texts(dataset)
    return {name: values for name, values in found.items() if values}


def indexed_values(facts: Facts) -> list[tuple[str, str]]:
    """Property and value, for an index."""
    return [
        (name, value) for name in INDEXED for value in dict.fromkeys(facts.get(name, ())) if len(value) <= MAX_INDEXED
    ]
