"""The description of a data set, as rows for people: what is known by name first, everything else as it stands."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from catalog.model import NOT_DESCRIBING
from catalog.vocabulary import CLASSIFICATION, CONTENT_DIGEST, KIND, PROCESS, PRODUCER, PROFILE
from connector.canonical import CanonicalError, canonical_bytes, parse_json
from connector.contracts import layout
from connector.contracts.agreement import digest_of
from connector.contracts.visible import visible
from connector.texts import say

_NAMED: Final[Mapping[str, str]] = {
    "dct:title": "data_title",
    "dct:description": "data_description",
    "dcat:keyword": "data_keywords",
    "dct:issued": "data_issued",
    "dct:publisher": "data_publisher",
    "dcat:mediaType": "data_type",
    PRODUCER: "data_producer",
    PROCESS: "data_process",
    CLASSIFICATION: "data_classification",
}
"""Members with a name of their own in the document, in its order."""
_SAID: Final = frozenset({"@id", "@type", "dcat:byteSize", CONTENT_DIGEST, KIND, PROFILE, *_NAMED, *NOT_DESCRIBING})
"""What the named rows, the signed reference to the data set and the columns say already."""
_KEPT_UP_TO: Final = 64 * 1024
"""The largest description whose rows are remembered, in bytes."""
_MAX_VALUE: Final = 2_000
"""So many characters of one value are shown; the digest of the description stands for the rest."""


def described(description: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    """The rows: label and value.

    Raises:
        ContractError: it has no canonical form.
    """
    try:
        data = canonical_bytes(description)
    except CanonicalError:
        data = b""
    if 0 < len(data) <= _KEPT_UP_TO:
        return iter(_kept(data, lang))
    return _rows(description, lang)


@lru_cache(maxsize=64)
def _kept(data: bytes, lang: str) -> tuple[tuple[str, str], ...]:
    # Many contracts are made on one data set.
    return tuple(_rows(parse_json(data), lang))


def _rows(description: Mapping[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    for member, key in _NAMED.items():
        value = _words(description.get(member), lang)
        if value:
            yield say(f"document.{key}", lang), _bounded(value)
    columns = _columns(description.get(PROFILE))
    if columns:
        yield say("document.data_columns", lang), columns
    for member in sorted(description):
        if member not in _SAID:
            yield visible(member), _bounded(_words(description[member], lang))
    yield say("document.data_digest", lang), digest_of(description, layout.DATASET)


def _words(value: object, lang: str) -> str:
    """A value in words: of texts in several languages the wanted one first."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        spoken = [item for item in value if isinstance(item, dict) and "@value" in item]
        if spoken and len(spoken) == len(value):
            ordered = sorted(spoken, key=lambda item: item.get("@language") != lang)
            return " / ".join(str(item["@value"]) for item in ordered)
        return ", ".join(_words(item, lang) for item in value)
    if isinstance(value, dict):
        for member in ("@value", "@id"):
            if isinstance(value.get(member), str):
                return str(value[member])
    return "" if value is None else _canonical(value)


def _columns(profile: object) -> str:
    """Names, types and units of the columns, from the summary of the table that stands in the description as text."""
    try:
        summary = parse_json(profile) if isinstance(profile, str) else None
    except CanonicalError:
        return _bounded(str(profile))
    found = summary.get("columns") if isinstance(summary, dict) else None
    if not isinstance(found, list):
        return "" if summary is None else _bounded(_canonical(summary))
    return _bounded(", ".join(_column(item) for item in found if isinstance(item, dict)))


def _column(column: Mapping[str, Any]) -> str:
    unit = f" [{column['unit']}]" if column.get("unit") else ""
    return f"{column.get('name', '?')} ({column.get('datatype', '?')}){unit}"


def _bounded(text: str) -> str:
    return visible(text if len(text) <= _MAX_VALUE else text[:_MAX_VALUE] + " …")


def _canonical(value: object) -> str:
    try:
        return canonical_bytes(value).decode("utf-8")
    except CanonicalError:
        return "?"
