"""Our self-description: a data card as DCAT in the compact form of the Dataspace Protocol, and the names of offers.

An offer's id is the digest of its terms, its target and the description of the data set (architecture decision 18), as an
RFC 6920 name. Whoever is shown an offer can compute it again: terms that were changed on the way have another name.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from catalog.card import DataCard, missing_answers
from catalog.errors import CardError, CatalogFormatError
from catalog.model import NOT_DESCRIBING
from catalog.profile.result import ColumnProfile
from catalog.profile.units import ucum_code
from catalog.vocabulary import (
    CLASSIFICATION,
    CONTENT_DIGEST,
    EXPORT_CONTROL,
    KIND,
    KINDS,
    PROCESS,
    PRODUCER,
    PROFILE,
    PSEUDONYM_LEVEL,
)

SUMMARY_FORMAT: Final = "mmd-profile-summary/1"
MAX_COLUMNS: Final = 500
"""So many columns are described in the catalog; the profile says how many there are."""
_NAMING: Final = frozenset({"@id", "@type", "@context", "target"})


def describe_dataset(
    dataset_id: str,
    card: DataCard,
    *,
    digest: str,
    kind: str = "fixed",
    issued: datetime | str,
    publisher: str,
) -> dict[str, Any]:
    """The description of a data set, without offers and distributions.

    Args:
        dataset_id: its IRI.
        card: a card with all answers.
        digest: `sha256:…` of the content (`fixed`) or of the definition (`living`).
        kind: `fixed` or `living`.
        issued: the moment of publication, aware, or already an xsd:dateTime.
        publisher: the DID of the participant.

    Raises:
        CardError: an answer is due, or `kind` is none of the two.
        ValueError: `issued` has no time zone.
    """
    due = missing_answers(card)
    if due:
        raise CardError(f"$.{due[0].id}", f"cannot be published yet. {due[0].en}")
    if kind not in KINDS:
        raise CardError("$.kind", f"{kind[:80]!r} is none of: {', '.join(KINDS)}")
    answers, found = card.answers, card.found
    description: dict[str, Any] = {
        "@id": dataset_id,
        "@type": "Dataset",
        "dct:title": _in_languages(answers.title),
        "dct:description": _in_languages(answers.description),
        "dcat:keyword": list(answers.keywords),
        "dct:issued": _moment(issued) if isinstance(issued, datetime) else issued,
        "dct:publisher": {"@id": publisher},
        "dcat:byteSize": str(found.byte_size),
        "dcat:mediaType": found.media_type,
        CONTENT_DIGEST: digest,
        KIND: kind,
        PRODUCER: answers.producer,
        PROCESS: list(answers.process),
        CLASSIFICATION: list(answers.classification),
        EXPORT_CONTROL: answers.export_control,
        PSEUDONYM_LEVEL: answers.pseudonym_level,
        PROFILE: canonical_text(profile_summary(card)),
    }
    return {key: value for key, value in description.items() if value not in (None, [], "")}


def profile_summary(card: DataCard) -> dict[str, Any]:
    """What others may know of the table's structure: no values, and figures only if the owner shares them."""
    found, profile, answers = card.found, card.found.profile, card.answers
    summary: dict[str, Any] = {
        "format": SUMMARY_FORMAT,
        "encoding": found.encoding,
        "delimiter": found.delimiter,
        "sheet": found.sheet,
        "rows": profile.rows,
        "columnCount": len(profile.columns),
        "cells": profile.cells,
        "duplicateRows": profile.duplicate_rows,
        "time": None if profile.time is None else profile.time.to_json(),
        "steps": None if profile.steps is None else profile.steps.to_json(),
        "keys": [list(key) for key in profile.keys],
        "columns": [
            _column(column, answers.units, answers.share_statistics) for column in profile.columns[:MAX_COLUMNS]
        ],
    }
    return {key: value for key, value in summary.items() if value not in (None, [])}


def offer_id(terms: Mapping[str, Any], target: str, description: Mapping[str, Any]) -> str:
    """The name of an offer: `ni:///sha-256;` and the base64url digest over terms, target and description (RFC 6920).

    Args:
        terms: the rules of the offer; its `@id`, `@type` and `target` are left out here if they are there.
        target: the IRI of the data set.
        description: the data set's description; `hasPolicy`, `distribution` and `@context` are left out likewise.

    Raises:
        CatalogFormatError: a value has no canonical form.
    """
    named = {
        "description": {key: value for key, value in description.items() if key not in NOT_DESCRIBING},
        "target": target,
        "terms": {key: value for key, value in terms.items() if key not in _NAMING},
    }
    try:
        data = canonical_text(named).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise CatalogFormatError("$", f"the offer has no canonical form and so no name: {error}") from None
    return "ni:///sha-256;" + urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")


def with_offers(
    description: Mapping[str, Any], offers: Sequence[Mapping[str, Any]], distributions: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The Dataset as it stands in a catalog.

    Raises:
        CatalogFormatError: no offer or no distribution; the standard wants at least one of each.
    """
    if not offers or not distributions:
        raise CatalogFormatError(
            "$", "a Dataset needs an offer and a distribution; leave it out of the catalog instead"
        )
    return {
        **description,
        "hasPolicy": [{"@type": "Offer", **offer} for offer in offers],
        "distribution": [{"@type": "Distribution", **distribution} for distribution in distributions],
    }


def data_service(service_id: str, endpoint_url: str) -> dict[str, Any]:
    """A DataService; `endpoint_url` is the base of the protocol version under which the catalog is served."""
    return {"@id": service_id, "@type": "DataService", "endpointURL": endpoint_url}


def distribution(form: str, service: Mapping[str, Any]) -> dict[str, Any]:
    """A Distribution in the transfer format `form`, the service inside: as a bare text, JSON-LD readers lose it."""
    return {"@type": "Distribution", "format": form, "accessService": dict(service)}


def catalog_document(
    *,
    catalog_id: str,
    participant_id: str,
    title: str | Mapping[str, str],
    datasets: Sequence[Mapping[str, Any]],
    service: Mapping[str, Any] | Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """A Catalog, without `@context` (the wire adds it) and without empty lists (the schema refuses them)."""
    services = [service] if isinstance(service, Mapping) else list(service)
    document: dict[str, Any] = {
        "@id": catalog_id,
        "@type": "Catalog",
        "participantId": participant_id,
        "dct:title": title if isinstance(title, str) else _in_languages(title),
        "dataset": [dict(dataset) for dataset in datasets],
        "service": [dict(item) for item in services],
    }
    return {key: value for key, value in document.items() if value not in ([], "")}


def canonical_text(value: Any) -> str:
    """JSON with sorted keys and nothing between them."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _column(column: ColumnProfile, units: Mapping[str, str], figures: bool) -> dict[str, Any]:
    unit = units.get(column.name, column.unit)
    shown: dict[str, Any] = {
        "name": column.name,
        "datatype": column.datatype,
        "missing": column.missing,
        "unit": unit,
        "ucum": None if unit is None else ucum_code(unit),
        "constant": column.constant or None,
    }
    if figures:
        shown |= {"minimum": column.minimum, "maximum": column.maximum, "mean": column.mean}
    return {key: value for key, value in shown.items() if value is not None}


def _in_languages(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@language": lang, "@value": texts[lang]} for lang in sorted(texts)]


def _moment(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be written")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
