"""Checkpoints: a log's signed size and root, as a C2SP signed note (`tlog-checkpoint`).

The log signs with Ed25519, signature type 0x01, under its origin as key name. Signing and verifying are functions that
are handed in: this room knows no cryptography but hashing.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from connector.audit.errors import CheckpointError
from connector.audit.merkle import HASH_LENGTH, MAX_SIZE

MAX_NOTE: Final = 64 * 1024
"""The largest note that is read, in bytes."""
MAX_SIGNATURES: Final = 32
"""Log, witnesses and strangers together (the standard demands at least 16)."""
MAX_ORIGIN: Final = 512

_ED25519_TYPE: Final = b"\x01"
_KEY_ID_LENGTH: Final = 4
_SIGNATURE_LENGTH: Final = 64
_COSIGNED: Final = "cosignature/v1"
_PREFIX: Final = "\u2014 "
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")

Sign = Callable[[bytes], bytes]
"""Content to signature."""
Verify = Callable[[bytes, bytes], None]
"""(signature, content); raises when the signature is wrong."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's state: who, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


def key_id(origin: str, public_raw: bytes) -> bytes:
    """The four bytes that name the log's key in its signature line."""
    return hashlib.sha256(origin.encode("utf-8") + b"\n" + _ED25519_TYPE + public_raw).digest()[:_KEY_ID_LENGTH]


def vkey(origin: str, public_raw: bytes) -> str:
    """The verifier key: what other tools need to check the log's checkpoints."""
    check_origin(origin)
    material = base64.b64encode(_ED25519_TYPE + public_raw).decode("ascii")
    return f"{origin}+{key_id(origin, public_raw).hex()}+{material}"


def sign_checkpoint(
    checkpoint: Checkpoint, sign: Sign, public_raw: bytes, more: Sequence[tuple[Sign, bytes]] = ()
) -> str:
    """The signed note of a checkpoint.

    Args:
        checkpoint: what to sign. That it is consistent with everything signed before is the caller's to ensure.
        sign: signs with the log's Ed25519 key.
        public_raw: the 32 bytes of its public key.
        more: further keys of this log with their public bytes: those before, and the next. Each signs a line.

    Raises:
        CheckpointError: an origin, size or root that cannot stand in a checkpoint.
    """
    check_origin(checkpoint.origin)
    if not 0 <= checkpoint.size <= MAX_SIZE or len(checkpoint.root) != HASH_LENGTH:
        raise CheckpointError("a checkpoint needs a size that is not negative and a root of 32 bytes")
    text = checkpoint.text()
    lines = [
        signature_line(checkpoint.origin, key_id(checkpoint.origin, raw) + by(text.encode("utf-8")))
        for by, raw in ((sign, public_raw), *more)
    ]
    return f"{text}\n" + "".join(f"{line}\n" for line in lines)


def signature_line(name: str, data: bytes) -> str:
    """A line of a note, without its end: who, and key id and signature."""
    return f"{_PREFIX}{name} {base64.b64encode(data).decode('ascii')}"


def signature_lines(note: str) -> list[tuple[str, str, bytes]]:
    """Each line as it stands, who signed it, and its bytes from the key id on. Nothing is verified.

    Raises:
        CheckpointError: malformed.
    """
    return [(line, *_signature(line)) for line in _split(note)[1]]


def note_text(note: str) -> str:
    """What is signed. Nothing is verified.

    Raises:
        CheckpointError: malformed.
    """
    return _split(note)[0]


def open_checkpoint(note: str, *, origin: str, verify: Verify, public_raw: bytes) -> Checkpoint:
    """Check a checkpoint's form, origin and the log's signature. Lines of unknown signers are passed over.

    Raises:
        CheckpointError: malformed, of another log, not signed by this key, or with a signature of it that is wrong.
    """
    checkpoint = parse_checkpoint(open_note(note, name=origin, verify=verify, public_raw=public_raw))
    if checkpoint.origin != origin:
        raise CheckpointError(f"the checkpoint is of the log {checkpoint.origin[:80]!r}, not of {origin!r}")
    return checkpoint


def open_note(note: str, *, name: str, verify: Verify, public_raw: bytes) -> str:
    """Check a signed note (C2SP `signed-note`) and give its text.

    Raises:
        CheckpointError: malformed, or not (or wrongly) signed by this key under this name.
    """
    text, lines = _split(note)
    known = key_id(name, public_raw)
    signed = False
    for line in lines:
        signer, data = _signature(line)
        if signer != name or data[:_KEY_ID_LENGTH] != known:
            continue
        if len(data) != _KEY_ID_LENGTH + _SIGNATURE_LENGTH:
            raise CheckpointError(f"the signature of {name!r} does not have 64 bytes")
        try:
            verify(data[_KEY_ID_LENGTH:], text.encode("utf-8"))
        except Exception as error:  # noqa: BLE001 - whatever the function that was handed in raises, the note is not signed
            raise CheckpointError(f"the signature of {name!r} does not hold: {error}") from None
        signed = True
    if not signed:
        raise CheckpointError(f"the note is not signed by the known key of {name!r}")
    return text


def peek_checkpoint(note: str) -> Checkpoint:
    """Read a checkpoint without believing it: only to find out whose key to look for.

    Raises:
        CheckpointError: malformed.
    """
    return parse_checkpoint(_split(note)[0])


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a note text as a checkpoint; extension lines are passed over.

    Raises:
        CheckpointError: not origin, size and root, each on its line and in its one form.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):  # noqa: PLR2004 - three lines and what follows the last
        raise CheckpointError("a checkpoint has three lines or more: origin, size, root; none of them empty")
    origin, size, root = lines[:3]
    check_origin(origin)
    if _DECIMAL.fullmatch(size) is None or int(size) > MAX_SIZE:
        raise CheckpointError(f"the checkpoint's size {size[:40]!r} is no plain decimal number")
    value = decode_base64(root)
    if len(value) != HASH_LENGTH:
        raise CheckpointError(f"the checkpoint's root has {len(value)} bytes instead of 32")
    return Checkpoint(origin, int(size), value)


def check_origin(origin: str) -> None:
    """Refuse an origin that cannot be a key name.

    Raises:
        CheckpointError: empty, too long, with a space, a plus or a control character, or what cosignatures begin with.
    """
    if origin == _COSIGNED:
        raise CheckpointError(f"a log cannot be called {_COSIGNED}: its checkpoints would read like cosignatures")
    if not origin or len(origin) > MAX_ORIGIN or "+" in origin or any(c.isspace() or c < " " for c in origin):
        raise CheckpointError(
            f"the log origin {origin[:80]!r} must be 1 to {MAX_ORIGIN} characters without spaces and plus signs"
        )


def decode_base64(text: str) -> bytes:
    """Read standard base64 in its one form.

    Raises:
        CheckpointError: anything else.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise CheckpointError(f"not base64: {text[:40]!r}") from None
    if base64.b64encode(data).decode("ascii") != text:
        raise CheckpointError(f"not base64 in its one form: {text[:40]!r}")
    return data


def _split(note: str) -> tuple[str, list[str]]:
    if len(note) > MAX_NOTE:
        raise CheckpointError(f"the note is larger than {MAX_NOTE:,} bytes")
    if _CONTROL.search(note):
        raise CheckpointError("the note holds a control character")
    try:
        note.encode("utf-8")
    except UnicodeEncodeError:
        raise CheckpointError("the note is not UTF-8") from None
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise CheckpointError("a note is a text, an empty line and signature lines, each ending in a newline")
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise CheckpointError(f"the note has more than {MAX_SIGNATURES} signatures")
    return text + "\n", lines


def _signature(line: str) -> tuple[str, bytes]:
    name, space, signature = line.removeprefix(_PREFIX).partition(" ")
    if not line.startswith(_PREFIX) or not space or not name or "+" in name:
        raise CheckpointError(f"not a signature line: {line[:80]!r}")
    data = decode_base64(signature)
    if len(data) <= _KEY_ID_LENGTH:
        raise CheckpointError(f"the signature of {name[:80]!r} is too short")
    return name, data
