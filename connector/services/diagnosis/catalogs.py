"""What a catalog answer shows of its sender's JSON-LD: the quirks that we read anyway, and that others may not."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connector.ports.network import PeerAnswer
from connector.services.diagnosis.findings import Findings

_TYPED: Final = {"dataset": "Dataset", "distribution": "Distribution", "service": "DataService", "hasPolicy": "Offer"}
_PLAIN: Final = frozenset({*_TYPED, "catalog", "participantId"})
"""What the standard's context names without a prefix."""
_MOST: Final = 50
"""How many of the members of a list are looked at."""
_DEEPEST: Final = 8


def look_at_catalog(data: Any, answer: PeerAnswer, did: str | None, findings: Findings) -> None:
    """Note the quirks of a catalog answer that could be read as JSON."""
    if isinstance(data, list) or _is_expanded(data):
        findings.odd("catalog_expanded")
        return
    if isinstance(data.get("@context"), str):
        findings.odd("catalog_context_string")
    names = set(data)
    if any(":" in name and _bare(name) in _PLAIN for name in names) or ":" in str(data.get("@type")):
        findings.odd("catalog_prefixed")
    members = list(_members(data, 0))
    untyped = sorted({name for name, member in members if isinstance(member, dict) and "@type" not in member})
    if untyped:
        findings.odd("catalog_untyped", names=", ".join(untyped))
    if any(data.get(name) == [] for name in ("dataset", "service", "catalog", "distribution")):
        findings.odd("catalog_empty_lists")
    if any(isinstance(data.get(name), dict) for name in ("dataset", "service")):
        findings.odd("catalog_single_values")
    participant = next((data[name] for name in names if _bare(name) == "participantId"), None)
    if isinstance(participant, Mapping):
        participant = participant.get("@id")
    if participant is None:
        findings.odd("catalog_no_participant")
    elif did is not None and participant != did:
        findings.wrong("catalog_other_participant", participant=str(participant), did=did)
    _look_at_headers(answer.headers, findings)


def _look_at_headers(headers: Mapping[str, str], findings: Findings) -> None:
    if "gzip" not in headers.get("content-encoding", "") and "accept-encoding" not in headers.get("vary", "").lower():
        findings.odd("catalog_unpacked")
    if 'rel="prev"' in headers.get("link", "") or "rel=prev" in headers.get("link", "").replace("previous", ""):
        findings.odd("catalog_prev_link")


def _is_expanded(data: Mapping[str, Any]) -> bool:
    return "@context" not in data and any(name.startswith("http") for name in data)


def _members(data: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """The objects below that have a type in the standard, by the name under which they stand."""
    if not isinstance(data, dict) or depth > _DEEPEST:
        return
    for name, value in data.items():
        kind = _bare(name)
        listed = value if isinstance(value, list) else [value]
        if kind in _TYPED:
            for member in listed[:_MOST]:
                yield kind, member
                yield from _members(member, depth + 1)


def _bare(name: str) -> str:
    return name.rpartition("/")[2].rpartition("#")[2].rpartition(":")[2]
