"""Signatures on their way: one property of a DSP message (architecture 5, 7).

The property's key is a full IRI of our vocabulary and its value one text, base64url of canonical JSON. So it passes
through foreign JSON-LD processors unchanged and unread: no context to load, no bare key to lose, no object to rewrite.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from connector.canonical import CanonicalError, canonical_bytes, parse_json
from connector.contracts.errors import ContractError
from connector.contracts.membership_status import MAX_LISTS
from connector.contracts.vocabulary import SIGNATURES

MAX_SIGNATURES: Final = 256 * 1024
"""The longest text that is read, in characters."""
_KEPT_UP_TO: Final = 64 * 1024
"""The longest text that is remembered as it was read."""
_WHAT: Final = "signatures"


@dataclass(frozen=True)
class LogProof:
    """That the provider's log holds R: the entry, the proof in the C2SP text form, and a consistency proof if any."""

    entry: dict[str, Any]
    tlog_proof: str
    consistency: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """As it stands in the property."""
        return {"entry": self.entry, "tlogProof": self.tlog_proof, "consistency": self.consistency}


@dataclass(frozen=True)
class Signatures:
    """What one message carries: P with the agreement; C with the verification; P, C, R and the proof when finalized; T.

    The documents stand here as they were signed; `documents` reads them.
    """

    credential: dict[str, Any] | None = None
    countersignature: dict[str, Any] | None = None
    receipt: dict[str, Any] | None = None
    termination: dict[str, Any] | None = None
    log_proof: LogProof | None = None
    status_lists: tuple[str, ...] = ()
    """The status lists that P or C in this message names, as they were found (JWT)."""

    def to_json(self) -> dict[str, Any]:
        """The object inside the property, without what is absent."""
        parts = {
            "P": self.credential,
            "C": self.countersignature,
            "R": self.receipt,
            "T": self.termination,
            "logProof": self.log_proof.to_json() if self.log_proof else None,
            "statusLists": list(self.status_lists) or None,
        }
        return {name: part for name, part in parts.items() if part is not None}


def write_signatures(signatures: Signatures) -> str:
    """The value of the property: base64url without padding, of the canonical JSON bytes.

    Raises:
        ContractError: a document without canonical form.
    """
    try:
        data = canonical_bytes(signatures.to_json())
    except CanonicalError as error:
        raise ContractError("not-canonical", document=_WHAT, problem=error) from None
    return _encode(data)


def read_signatures(text: object) -> Signatures:
    """Read what `write_signatures` wrote. Parts that we do not know are passed over.

    Raises:
        ContractError: no text, longer than `MAX_SIGNATURES`, no base64url of canonical JSON, or a part that is no object.
    """
    if not isinstance(text, str) or len(text) > MAX_SIGNATURES:
        raise ContractError(
            "signatures-unreadable", problem=f"it must be a text of at most {MAX_SIGNATURES} characters"
        )
    return _read_kept(text) if len(text) <= _KEPT_UP_TO else _read(text)


def _read(text: str) -> Signatures:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        value = parse_json(data)
        canonical = _encode(canonical_bytes(value)) == text
    except (binascii.Error, ValueError) as error:
        raise ContractError("signatures-unreadable", problem=error) from None
    if not canonical or not isinstance(value, dict):
        raise ContractError("signatures-unreadable", problem="it must be a canonical JSON object (RFC 8785)")
    return Signatures(
        credential=_object(value, "P"),
        countersignature=_object(value, "C"),
        receipt=_object(value, "R"),
        termination=_object(value, "T"),
        log_proof=_log_proof(_object(value, "logProof")),
        status_lists=_texts(value, "statusLists"),
    )


_read_kept: Final = lru_cache(maxsize=16)(_read)
"""One message is looked at by several, one after the other. Nobody changes what was read: it is signed."""


def signatures_of(message: Mapping[str, Any]) -> Signatures:
    """The signatures that a DSP message carries; none when it has no such property.

    Raises:
        ContractError: the property is there and cannot be read.
    """
    return read_signatures(message[SIGNATURES]) if SIGNATURES in message else Signatures()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _log_proof(value: dict[str, Any] | None) -> LogProof | None:
    if value is None:
        return None
    entry, proof = _object(value, "entry"), value.get("tlogProof")
    if entry is None or not isinstance(proof, str):
        raise ContractError("signatures-unreadable", problem="logProof needs an entry and a tlogProof")
    return LogProof(entry, proof, _object(value, "consistency"))


def _texts(value: dict[str, Any], name: str) -> tuple[str, ...]:
    part = value.get(name) or []
    if not isinstance(part, list) or len(part) > MAX_LISTS or not all(isinstance(text, str) for text in part):
        raise ContractError("signatures-unreadable", problem=f"{name} must be a list of at most {MAX_LISTS} texts")
    return tuple(part)


def _object(value: dict[str, Any], name: str) -> dict[str, Any] | None:
    part = value.get(name)
    if part is not None and not isinstance(part, dict):
        raise ContractError("signatures-unreadable", problem=f"{name} must be an object")
    return part
