"""Evidence of which parts were erased for the sake of a person in them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from connector.canonical import canonical_bytes, digest_bytes, parse_json
from connector.contracts import layout
from connector.contracts.export import build_evidence, erase_message
from tests.support.annexes import AGREED
from tests.support.contracts import VERIFIED_AT, Contract

ERASED_AT = VERIFIED_AT - timedelta(days=1)


def with_erased(contract: Contract, *, messages: tuple[int, ...] = (), annex: bool = False) -> bytes:
    """The evidence after these messages (from 0), and the agreed list of people, were erased."""
    parts = contract.parts()
    told = [
        replace(message, body=b"", erased=erase_message(message, ERASED_AT)) if number in messages else message
        for number, message in enumerate(parts.messages)
    ]
    parts = replace(parts, messages=told)
    if annex:
        named = AGREED.to_json()
        left = [one for one in parts.annexes if one != named]
        parts = replace(parts, annexes=left, erased={digest_bytes(canonical_bytes(named)): ERASED_AT})
    return build_evidence(parts)


def with_row(contract: Contract, path: str, row: dict[str, Any]) -> bytes:
    """The evidence without a file, for which the manifest has this row; signed by the exporter."""
    files = contract.files()
    manifest = parse_json(files[layout.MANIFEST])
    manifest["files"][path] = row
    left = {name: data for name, data in files.items() if name != path}
    return contract.repack({**left, layout.MANIFEST: canonical_bytes(manifest)}, repair=False)
