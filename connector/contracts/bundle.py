"""Many evidence files in one: those of a partner, of a period, of a dispute (format "mmd-evidence-bundle/1").

A bundle is a ZIP of complete evidence files, stored one after the other as they are made, then the list of them
(`bundle.json`) and the exporter's signature on that list (`statement.json`). Whoever writes or reads it has one contract
in memory at a time, and the list.
"""

import stat
import struct
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from connector.canonical import canonical_bytes, digest_bytes
from connector.clock import format_time
from connector.contracts.signing import sign_subject
from connector.trust.keys import SigningKey

BUNDLE_FORMAT: Final = "mmd-evidence-bundle/1"
BUNDLE_STATEMENT: Final = "BundleStatement"
INDEX: Final = "bundle.json"
STATEMENT: Final = "statement.json"
MAX_CONTRACTS: Final = 20_000
"""The most contracts in one bundle; for more, several bundles by period."""
MAX_BUNDLE: Final = 2**32 - 1
"""The largest bundle in bytes: Zip64 is not used."""

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION, _FIXED_DATE, _UNIX = 20, 33, 3 << 8
_MODE: Final = (stat.S_IFREG | 0o644) << 16


@dataclass(frozen=True)
class Scope:
    """What a bundle is about; None where nothing is narrowed.

    Attributes:
        partner: the DID of the other party.
        since, until: contracts agreed from this moment on, and before that one.
        contracts: the ids of the agreements, where these very ones were asked for.
    """

    partner: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    contracts: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """As it stands in `bundle.json`."""
        return {
            "partner": self.partner,
            "since": format_time(self.since) if self.since else None,
            "until": format_time(self.until) if self.until else None,
            "contracts": list(self.contracts) if self.contracts is not None else None,
        }


@dataclass
class BundleWriter:
    """Writes a bundle in pieces: `add` for each contract, `finish` at the end; each gives the bytes to pass on.

    Attributes:
        scope: what the bundle is about.
        issuer: the exporter's DID.
        key: its contract key.
        now: the moment of the export.
    """

    scope: Scope
    issuer: str
    key: SigningKey
    now: datetime
    _listed: list[str] = field(default_factory=list)
    _directory: bytearray = field(default_factory=bytearray)
    _entries: int = 0
    _at: int = 0

    def add(self, agreement_id: str, evidence: bytes) -> bytes:
        """The bytes of one more evidence file.

        Raises:
            OverflowError: the bundle would be larger than a ZIP may be.
        """
        name = f"contracts/{len(self._listed) + 1:06d}.zip"
        size = {"bytes": len(evidence), "digest": digest_bytes(evidence)}
        # As text, a copy: the bytes would pin the larger block that they were written into.
        self._listed.append(canonical_bytes({"file": name, "agreement": agreement_id, **size}).decode("utf-8"))
        return self._entry(name, evidence)

    def finish(self) -> Iterator[bytes]:
        """The list, the exporter's signature on it, and the directory of the ZIP."""
        index = self._index()
        yield self._entry(INDEX, index)
        yield self._entry(STATEMENT, canonical_bytes(self._statement(digest_bytes(index))))
        yield bytes(self._directory)
        yield _END.pack(b"PK\x05\x06", 0, 0, self._entries, self._entries, len(self._directory), self._at, 0)

    def _index(self) -> bytes:
        # Its lines were made canonical one by one: as objects they would take several times the memory.
        frame = canonical_bytes({"format": BUNDLE_FORMAT, "scope": self.scope.to_json(), "contracts": []})
        begin = b'{"contracts":['
        return begin + ",".join(self._listed).encode("utf-8") + frame.removeprefix(begin)

    def _statement(self, index: str) -> dict[str, Any]:
        own_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{index} {format_time(self.now)}").urn
        subject = {"id": own_id, "format": BUNDLE_FORMAT, "index": index, "contracts": len(self._listed)}
        return sign_subject(
            BUNDLE_STATEMENT, subject, issuer=self.issuer, key=self.key, now=self.now, document_id=own_id
        )

    def _entry(self, name: str, data: bytes) -> bytes:
        raw, crc, size = name.encode("ascii"), zlib.crc32(data), len(data)
        common = (0, 0, 0, _FIXED_DATE, crc, size, size, len(raw), 0)
        local = _LOCAL.pack(b"PK\x03\x04", _VERSION, *common) + raw
        if self._at + len(local) + size + len(self._directory) + (1 << 20) > MAX_BUNDLE:
            raise OverflowError("more than 4 GiB; export a shorter period")
        self._directory += _CENTRAL.pack(b"PK\x01\x02", _VERSION | _UNIX, _VERSION, *common, 0, 0, 0, _MODE, self._at)
        self._directory += raw
        self._entries += 1
        self._at += len(local) + size
        return local + data
