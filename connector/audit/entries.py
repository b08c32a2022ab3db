"""What is logged, as canonical bytes in the format `mmd-entry/1`.

An entry never holds what it is about, only a digest of it. It always holds 16 fresh random bytes: an inclusion proof
shows the hashes of neighbouring entries, and an entry that can be guessed could be confirmed by them.
"""

import base64
import re
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from connector.audit.errors import EntryError
from connector.canonical import CanonicalError, canonical_bytes, digest, parse_json
from connector.clock import format_time, parse_time

FORMAT: Final = "mmd-entry/1"
SALT_LENGTH: Final = 16
MAX_ENTRY: Final = 16 * 1024
"""The largest entry, in bytes."""

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_SALT: Final = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")  # 16 bytes: the last character carries two bits
_REQUIRED: Final = frozenset({"format", "kind", "commitsTo", "salt", "time"})


class EntryKind(StrEnum):
    """What an entry is about."""

    CONTRACT = "contract"
    TRANSFER = "transfer"
    RECEIPT_OF_DELIVERY = "receipt-of-delivery"
    WITHDRAWAL = "withdrawal"
    TERMINATION = "termination"
    NOTICE = "notice"
    MEMBERSHIP = "membership"
    STATUS_LIST = "status-list"
    DECISION = "decision"
    ACT = "act"
    DID_DOCUMENT = "did-document"
    TRUST_ANCHORS = "trust-anchors"
    LOG_EPOCH = "log-epoch"


def make_entry(
    kind: EntryKind | str, commits_to: str, *, salt: bytes, time: datetime, extra: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An entry, ready for `entry_bytes`.

    Args:
        kind: one of `EntryKind`.
        commits_to: the digest (`sha256:` and 64 hexadecimal digits) of what is logged.
        salt: 16 fresh random bytes.
        time: when, as the log's owner says.
        extra: more facts; no floats, and nothing that must stay secret from an auditor.

    Raises:
        EntryError: an unknown kind, no digest, a salt of another length, or `extra` without a canonical form.
    """
    if len(salt) != SALT_LENGTH:
        raise EntryError(f"the salt has {len(salt)} bytes instead of {SALT_LENGTH}")
    entry: dict[str, Any] = {
        "format": FORMAT,
        "kind": str(kind),
        "commitsTo": commits_to,
        "salt": _text_of(salt),
        "time": format_time(time),
    }
    if extra:
        entry["extra"] = extra
    _check(entry)
    return entry


def salted_digest(content: Any, salt: bytes) -> str:
    """The digest of content that stays outside the log, together with the entry's salt: who may not see it cannot guess it.

    Raises:
        EntryError: the content has no canonical form.
    """
    try:
        return digest({"content": content, "salt": _text_of(salt)})
    except CanonicalError as error:
        raise EntryError(f"what is logged has no canonical form: {error}") from None


def _text_of(salt: bytes) -> str:
    return base64.urlsafe_b64encode(salt).rstrip(b"=").decode("ascii")


def entry_bytes(entry: dict[str, Any]) -> bytes:
    """The canonical bytes of an entry: what the leaf hash is made from.

    Raises:
        EntryError: it is malformed or too large.
    """
    _check(entry)
    try:
        data = canonical_bytes(entry)
    except CanonicalError as error:
        raise EntryError(f"the entry has no canonical form: {error}") from None
    if len(data) > MAX_ENTRY:
        raise EntryError(f"the entry is larger than {MAX_ENTRY:,} bytes")
    return data


def read_entry(data: bytes) -> dict[str, Any]:
    """Read an entry back from its canonical bytes.

    Raises:
        EntryError: not canonical JSON, another format, or malformed.
    """
    try:
        entry = parse_json(data, max_bytes=MAX_ENTRY)
    except CanonicalError as error:
        raise EntryError(f"the entry is no readable JSON: {error}") from None
    if not isinstance(entry, dict):
        raise EntryError("the entry is no JSON object")
    if entry_bytes(entry) != data:
        raise EntryError("the entry is not in canonical form")
    return entry


def _check(entry: dict[str, Any]) -> None:
    if entry.get("format") != FORMAT:
        raise EntryError(f"the entry's format is not {FORMAT}")
    if set(entry) - {"extra"} != _REQUIRED:
        raise EntryError(f"an entry has exactly {', '.join(sorted(_REQUIRED))}, and may have extra")
    if entry["kind"] not in tuple(EntryKind):
        raise EntryError("the entry is of an unknown kind")
    if not isinstance(entry["commitsTo"], str) or _DIGEST.fullmatch(entry["commitsTo"]) is None:
        raise EntryError("the entry's commitsTo is no digest (sha256: and 64 hexadecimal digits)")
    if not isinstance(entry["salt"], str) or _SALT.fullmatch(entry["salt"]) is None:
        raise EntryError("the entry's salt is not 16 bytes of base64url")
    if not isinstance(entry.get("extra", {}), dict):
        raise EntryError("the entry's extra is no JSON object")
    try:
        plausible = isinstance(entry["time"], str) and bool(parse_time(entry["time"]))
    except (ValueError, OverflowError):
        plausible = False
    if not plausible:
        raise EntryError("the entry's time is no date and time with a zone")
