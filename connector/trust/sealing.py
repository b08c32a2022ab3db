"""Secrets at rest: sealed with a passphrase or with the content of a key file.

The key is derived with scrypt (RFC 7914), which makes each guess cost memory and time; the content is encrypted and
authenticated with AES-256-GCM, bound to its name, so that one sealed secret cannot be put in the place of another.
"""

import os
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from connector.canonical import CanonicalError, canonical_bytes, parse_json
from connector.trust.encoding import from_base64url, to_base64url
from connector.trust.errors import EncodingInvalid, SealBroken

FORMAT: Final = "mmd-sealed/1"
MIN_PASSPHRASE: Final = 12
"""The shortest passphrase that is taken, in bytes."""
_MAX_SEALED: Final = 100_000
_COST: Final = 2**15
"""scrypt's N: with r = 8 a guess takes 32 MB and some 60 ms on a plain machine."""
_BLOCK: Final = 8
_PARALLEL: Final = 1
_KEY_LENGTH: Final = 32
_SALT_LENGTH: Final = 16
_NONCE_LENGTH: Final = 12


def seal(secret: bytes, passphrase: bytes, *, name: str) -> bytes:
    """Encrypt a small secret under a name; gives the bytes of a JSON document.

    Raises:
        SealBroken: the passphrase is shorter than `MIN_PASSPHRASE`.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise SealBroken(f"the passphrase is too short: {MIN_PASSPHRASE} bytes or more are needed")
    salt, nonce = os.urandom(_SALT_LENGTH), os.urandom(_NONCE_LENGTH)
    sealed = AESGCM(_derive(passphrase, salt)).encrypt(nonce, secret, _bound_to(name))
    document = {
        "format": FORMAT,
        "name": name,
        "kdf": {"name": "scrypt", "n": _COST, "r": _BLOCK, "p": _PARALLEL, "salt": to_base64url(salt)},
        "cipher": {"name": "AES-256-GCM", "nonce": to_base64url(nonce)},
        "sealed": to_base64url(sealed),
    }
    return canonical_bytes(document) + b"\n"


def unseal(document: bytes, passphrase: bytes, *, name: str) -> bytes:
    """Give the secret back.

    Raises:
        SealBroken: not such a document, another name, another passphrase, or a changed byte.
    """
    try:
        data = parse_json(document, max_bytes=_MAX_SEALED)
        salt, nonce, sealed = (from_base64url(text) for text in _parts(data))
    except (CanonicalError, EncodingInvalid) as error:
        raise SealBroken(f"this is no sealed secret: {error}") from None
    if len(salt) != _SALT_LENGTH or len(nonce) != _NONCE_LENGTH:
        raise SealBroken("this is no sealed secret: its salt or nonce has another length")
    try:
        return AESGCM(_derive(passphrase, salt)).decrypt(nonce, sealed, _bound_to(name))
    except InvalidTag:
        raise SealBroken("the passphrase is not the one that this was sealed with, or the file was changed") from None


def is_sealed(document: bytes) -> bool:
    """Whether this looks like what `seal` writes."""
    return document.lstrip().startswith(b"{")


def _parts(data: Any) -> tuple[str, str, str]:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise SealBroken(f"this is no sealed secret of the format {FORMAT}")
    kdf, cipher = data.get("kdf"), data.get("cipher")
    known = {"name": "scrypt", "n": _COST, "r": _BLOCK, "p": _PARALLEL}
    if not isinstance(kdf, dict) or {k: v for k, v in kdf.items() if k != "salt"} != known:
        # Taken from the file, these would let whoever writes it choose how much memory we spend.
        raise SealBroken("the sealed secret names another key derivation than the one of this format")
    if not isinstance(cipher, dict) or cipher.get("name") != "AES-256-GCM":
        raise SealBroken("the sealed secret names another cipher than AES-256-GCM")
    found = (kdf.get("salt"), cipher.get("nonce"), data.get("sealed"))
    if not all(isinstance(text, str) for text in found):
        raise SealBroken("the sealed secret is not whole: salt, nonce or content is missing")
    return str(found[0]), str(found[1]), str(found[2])


def _derive(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=_KEY_LENGTH, n=_COST, r=_BLOCK, p=_PARALLEL).derive(passphrase)


def _bound_to(name: str) -> bytes:
    return f"{FORMAT} {name}".encode()
