"""The parts of an evidence file in a forger's hands: taken apart, changed, joined again, without anybody's key.

The layout is that of `docs/evidence.md`. Nothing of the connector is used: a forger writes tools of his own.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

Parts: TypeAlias = dict[str, bytes]
Json: TypeAlias = dict[str, Any]

MANIFEST: Final = "manifest.json"
STATEMENT: Final = "statement.json"
AGREEMENT: Final = "agreement.json"
P: Final = "signatures/P.json"
C: Final = "signatures/C.json"
R: Final = "signatures/R.json"
ENTRY: Final = "log/provider/entry.json"
PROOF: Final = "log/provider/proof.tlog"
_OF_THE_PARTIES: Final = frozenset({"@context", "@id", "@type", "target", "assigner", "assignee", "timestamp"})
"""What of an agreement is no part of the offer's terms (docs/evidence.md, section 8)."""
_DISTRIBUTED: Final = frozenset({"hasPolicy", "distribution", "@context"})


def read_parts(file: Path) -> Parts:
    """The files in an evidence file."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_parts(parts: Mapping[str, bytes], file: Path) -> None:
    """An evidence file of these files."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            archive.writestr(zipfile.ZipInfo(name), parts[name], zipfile.ZIP_DEFLATED)


def load(parts: Mapping[str, bytes], name: str) -> Json:
    """One of them as JSON."""
    value: Json = json.loads(parts[name])
    return value


def canonical(value: Any) -> bytes:
    """Canonical JSON (RFC 8785), as far as evidence files need it: texts, whole numbers, names in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Any) -> str:
    """The SHA-256 of bytes, or of the canonical form of a JSON value."""
    data = value if isinstance(value, bytes) else canonical(value)
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def refit(parts: Parts) -> None:
    """List the files anew: sizes and digests in the manifest, the manifest's digest in the exporter's statement."""
    manifest = load(parts, MANIFEST)
    listed = sorted(name for name in parts if name not in (MANIFEST, STATEMENT))
    manifest["files"] = {name: {"bytes": len(parts[name]), "digest": digest(parts[name])} for name in listed}
    parts[MANIFEST] = canonical(manifest)
    statement = load(parts, STATEMENT)
    statement["credentialSubject"]["manifest"] = digest(parts[MANIFEST])
    parts[STATEMENT] = canonical(statement)


def relink(parts: Parts) -> None:
    """Join everything again that a digest joins, in the order in which it was made; only signatures stay behind."""
    p, c, r = (load(parts, name) if name in parts else None for name in (P, C, R))
    agreement = load(parts, AGREEMENT)
    members = {role: digest(parts[f"memberships/{role}.jwt"]) for role in ("provider", "consumer")}
    for document in (p, c, r):
        if document is not None:
            document["credentialSubject"]["agreementDigest"] = digest(agreement)
    if p is not None:
        offer = _offer_id(agreement, load(parts, "dataset.json"))
        p["credentialSubject"] |= {"agreement": agreement, "offerId": offer}
        p["credentialSubject"]["authority"]["memberships"] = members
    if c is not None:
        c["credentialSubject"]["countersigns"] = digest(p)
        c["credentialSubject"]["authority"]["memberships"] = members
    if r is not None:
        r["credentialSubject"]["receiptFor"] = digest(c) if c is not None else r["credentialSubject"]["receiptFor"]
        for role in ("provider", "consumer"):
            _commit(parts, f"log/{role}/entry.json", digest(r))
    for name, document in ((P, p), (C, c), (R, r)):
        if document is not None:
            parts[name] = canonical(document)
    _relink_notices(parts, c, r)
    refit(parts)


def _commit(parts: Parts, name: str, commits_to: str) -> None:
    if name in parts:
        parts[name] = canonical({**load(parts, name), "commitsTo": commits_to})


def _offer_id(agreement: Json, description: Json) -> str:
    """The id of an offer with these terms (RFC 6920)."""
    terms = {name: value for name, value in agreement.items() if name not in _OF_THE_PARTIES}
    described = {name: value for name, value in description.items() if name not in _DISTRIBUTED}
    whole = canonical({"description": described, "target": agreement["target"], "terms": terms})
    text = base64.urlsafe_b64encode(hashlib.sha256(whole).digest()).decode("ascii").rstrip("=")
    return f"ni:///sha-256;{text}"


def _relink_notices(parts: Parts, c: Json | None, r: Json | None) -> None:
    """Both chains of notices, in the order in which they were written: each names its own last and the other's."""
    notices = {name: load(parts, name) for name in parts if name.startswith("notices/")}
    made: dict[str, dict[int, str]] = {"provider": {}, "consumer": {}}
    for name in sorted(notices, key=lambda name: (notices[name]["validFrom"], name)):
        role = name.split("/")[1]
        other = "consumer" if role == "provider" else "provider"
        subject = notices[name]["credentialSubject"]
        number = subject["number"]
        if c is not None:
            subject["countersignature"] = digest(c)
        if r is not None and subject["kind"] == "holds-receipt":
            subject["content"]["receipt"] = digest(r)
        subject["previous"] = made[role].get(number - 1)
        if subject["seen"]:
            subject["seen"]["digest"] = made[other].get(subject["seen"]["number"], subject["seen"]["digest"])
        made[role][number] = digest(notices[name])
        parts[name] = canonical(notices[name])
    statement = load(parts, STATEMENT)
    for role, found in made.items():
        highest = {"number": max(found), "digest": found[max(found)]} if found else None
        statement["credentialSubject"]["highestNotices"][role] = highest
    parts[STATEMENT] = canonical(statement)
