"""Cosignatures: a witness says at what moment it had seen a checkpoint, and that it continues what it saw before.

C2SP `tlog-cosignature`, the Ed25519 form: signature type 0x04, eight bytes of time before the signature, and a header
line in what is signed, so that no cosignature can be taken for a log's own signature, even under the same key. For that
reason no log may be called `cosignature/v1` (`check_origin` of a checkpoint sees to it).
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from connector.audit.checkpoint import (
    Sign,
    Verify,
    check_origin,
    note_text,
    signature_line,
    signature_lines,
)
from connector.audit.errors import CheckpointError

_TYPE: Final = b"\x04"
_KEY_ID: Final = 4
_TIME: Final = 8
_LENGTH: Final = _KEY_ID + _TIME + 64
_LATEST: Final = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness whose cosignatures are looked for: the name in its lines, its Ed25519 key, how to verify with it."""

    name: str
    public_raw: bytes
    verify: Verify


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A cosignature that holds: whose, by which key, and when the witness says it was made (whole seconds)."""

    name: str
    public_raw: bytes
    time: datetime
    line: str


def cosigner_key_id(name: str, public_raw: bytes) -> bytes:
    """The four bytes that name a witness's key in its line."""
    return hashlib.sha256(name.encode("utf-8") + b"\n" + _TYPE + public_raw).digest()[:_KEY_ID]


def cosigner_vkey(name: str, public_raw: bytes) -> str:
    """The witness's verifier key, for policy files and other programs."""
    check_origin(name)
    material = base64.b64encode(_TYPE + public_raw).decode("ascii")
    return f"{name}+{cosigner_key_id(name, public_raw).hex()}+{material}"


def cosign(note: str, name: str, sign: Sign, public_raw: bytes, now: datetime) -> str:
    """Our line for a checkpoint. That it continues the largest one we cosigned is the caller's to ensure, durably, first.

    Raises:
        CheckpointError: the note is malformed, or the name cannot stand in a line.
    """
    check_origin(name)
    seconds = int(now.timestamp())
    signature = sign(_signed(seconds, note_text(note)))
    return signature_line(name, cosigner_key_id(name, public_raw) + seconds.to_bytes(_TIME, "big") + signature)


def cosignatures(note: str, witnesses: Sequence[Witness]) -> tuple[Cosignature, ...]:
    """The cosignatures of known witnesses that a note holds, each checked; lines of anybody else are passed over.

    Raises:
        CheckpointError: the note is malformed, or a known witness's line does not hold.
    """
    known = {(w.name, cosigner_key_id(w.name, w.public_raw)): w for w in witnesses}
    text = note_text(note)
    found: dict[tuple[str, bytes], Cosignature] = {}
    for line, name, data in signature_lines(note):
        witness = known.get((name, data[:_KEY_ID]))
        if witness is None:
            continue
        if len(data) != _LENGTH:
            raise CheckpointError(f"the cosignature of {name!r} does not have {_LENGTH - _KEY_ID} bytes")
        found[name, witness.public_raw] = _checked(line, witness, data[_KEY_ID:], text)
    return tuple(found.values())


def with_cosignatures(note: str, lines: Sequence[str]) -> str:
    """The note with these lines behind its own, each once."""
    held = {line for line, _, _ in signature_lines(note)}
    return note + "".join(f"{line}\n" for line in dict.fromkeys(lines) if line not in held)


def own_lines_only(note: str) -> str:
    """The note with the lines of its own log alone."""
    text = note_text(note)
    origin = text.split("\n", 1)[0]
    return f"{text}\n" + "".join(f"{line}\n" for line, name, _ in signature_lines(note) if name == origin)


def _checked(line: str, witness: Witness, data: bytes, text: str) -> Cosignature:
    seconds = int.from_bytes(data[:_TIME], "big")
    if not 0 < seconds < _LATEST:
        raise CheckpointError(f"the cosignature of {witness.name!r} names no possible time")
    try:
        witness.verify(data[_TIME:], _signed(seconds, text))
    except Exception as error:  # noqa: BLE001 - whatever the function that was handed in raises, it does not hold
        raise CheckpointError(f"the cosignature of {witness.name!r} does not hold: {error}") from None
    return Cosignature(witness.name, witness.public_raw, datetime.fromtimestamp(seconds, UTC), line)


def _signed(seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
