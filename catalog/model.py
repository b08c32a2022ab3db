"""Catalog, Dataset, Distribution, DataService as the Dataspace Protocol 2025-1 and DCAT 3 name them.

Each keeps the object as it was received in `wire`: what we do not know is not lost, and an offer's digest can be computed
over what the peer really wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Texts: TypeAlias = Mapping[str, str]
"""Language → text; the key is empty where no language was given."""

NOT_DESCRIBING = frozenset({"@context", "hasPolicy", "distribution"})
"""Keys of a Dataset that say on which terms and by which way, not what it is."""


@dataclass(frozen=True, slots=True)
class DataService:
    """Where a distribution is to be had; for DSP `endpoint_url` is the base of the protocol's version."""

    id: str
    endpoint_url: str | None = None
    wire: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Distribution:
    """One way of getting a Dataset.

    Attributes:
        format: the transfer format, for example `HttpData-PULL`.
        access_service: the service; with only an `id` when the catalog names it and does not describe it.
        has_policy: offers for this way only.
    """

    format: str | None
    access_service: DataService | None = None
    has_policy: tuple[Mapping[str, Any], ...] = ()
    wire: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Something that is offered.

    Attributes:
        id: its IRI.
        title: language → text.
        description: language → text.
        keywords: free words.
        issued: when it was published, as written.
        publisher: IRI or name.
        producer: who produced the data, as the publisher states it.
        byte_size: in bytes.
        media_type: for example `text/csv`.
        content_digest: `sha256:…` of the content (fixed) or the definition (living).
        kind: `fixed` or `living`, when it is one of ours.
        process: slugs of `vocabulary.PROCESSES`.
        profile: JSON text of the table's structure, when it is one of ours.
        has_policy: the offers, as received.
        distribution: the ways of getting it.
        wire: the whole object, as received.
    """

    id: str
    title: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    issued: str | None = None
    publisher: str | None = None
    producer: str | None = None
    byte_size: int | None = None
    media_type: str | None = None
    content_digest: str | None = None
    kind: str | None = None
    process: tuple[str, ...] = ()
    profile: str | None = None
    has_policy: tuple[Mapping[str, Any], ...] = ()
    distribution: tuple[Distribution, ...] = ()
    wire: Mapping[str, Any] = field(default_factory=dict)

    @property
    def described(self) -> dict[str, Any]:
        """The description alone, as received: what `offer_id` is computed over."""
        return {key: value for key, value in self.wire.items() if key not in NOT_DESCRIBING}


@dataclass(frozen=True, slots=True)
class Catalog:
    """What one participant offers, to whoever asked; `catalog` holds catalogs inside it."""

    id: str
    participant_id: str | None = None
    title: Texts = field(default_factory=dict)
    dataset: tuple[Dataset, ...] = ()
    catalog: tuple["Catalog", ...] = ()
    service: tuple[DataService, ...] = ()
    wire: Mapping[str, Any] = field(default_factory=dict)

    def all_datasets(self) -> tuple[Dataset, ...]:
        """Its data sets and those of the catalogs inside it."""
        inner = (dataset for catalog in self.catalog for dataset in catalog.all_datasets())
        return (*self.dataset, *inner)


def pick_text(texts: Texts, lang: str) -> str:
    """The text in this language, else in English, else without a language, else any; empty when there is none."""
    for wanted in (lang, "en", "", "ko"):
        if wanted in texts:
            return texts[wanted]
    return next(iter(texts.values()), "")
