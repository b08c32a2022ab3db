"""Encrypted files in the public format age (age-encryption.org/v1) with a passphrase: written and read as streams.

Whoever has the passphrase can open such a file without this program (`age -d FILE`). The passphrase goes through scrypt
(RFC 7914), which makes each guess cost memory and time; the content is cut into chunks of 64 KiB, each sealed with
ChaCha20-Poly1305 under a number and a mark for the last one, so that nothing can be cut off, put in or exchanged
unnoticed. Memory stays the same however large the file is.

The numbered rules of reading, as the format has them:

1. The first line is the version; there is one recipient, of type scrypt, with a salt of 16 bytes and a work factor
   that is not larger than `MAX_WORK`.
2. The passphrase opens the file key.
3. The header's MAC is that of this key.
4. Each chunk opens; only the last one carries the mark, and may be short; it is empty only when it is the only one.
5. Nothing follows the last chunk.
"""

import base64
import binascii
import hmac
import os
import re
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from connector.trust.errors import AgeInvalid

VERSION_LINE: Final = b"age-encryption.org/v1\n"
CHUNK: Final = 64 * 1024
WORK: Final = 17
"""log2 of scrypt's N when writing: a guess takes 128 MiB and some tenths of a second."""
MAX_WORK: Final = 20
"""The largest that is read: 1 GiB. A file must not choose how much memory is spent on it."""
_BLOCK: Final = 8
_LABEL: Final = b"age-encryption.org/v1/scrypt"
_TAG: Final = 16
_SALT: Final = 16
_FILE_KEY: Final = 16
_NONCE: Final = 16
_KEY: Final = 32
_MAX_HEADER: Final = 1024
_MAX_CHUNKS: Final = 1 << 40
_STANZA: Final = re.compile(rb"-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n")
_BODY: Final = re.compile(rb"([A-Za-z0-9+/]{43})\n")
_MAC: Final = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")
_LINE: Final = 256


class AgeWriter:
    """Writes an encrypted file behind whatever is in `out` already. Only after `finish` is it one."""

    def __init__(self, out: BinaryIO, passphrase: bytes, *, work: int = WORK) -> None:
        """Write the header.

        Args:
            out: where the bytes go; it is not closed.
            passphrase: what opens the file again.
            work: log2 of scrypt's N.
        """
        self._out = out
        file_key, salt, nonce = os.urandom(_FILE_KEY), os.urandom(_SALT), os.urandom(_NONCE)
        wrapped = ChaCha20Poly1305(_derive(passphrase, salt, work)).encrypt(bytes(12), file_key, None)
        header = VERSION_LINE + b"-> scrypt %s %d\n%s\n---" % (_b64(salt), work, _b64(wrapped))
        out.write(header + b" %s\n" % _b64(_mac(file_key, header)) + nonce)
        self._cipher = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload"))
        self._waiting = bytearray()
        self._number = 0

    def write(self, data: bytes) -> int:
        """Encrypt more; what does not fill a chunk waits."""
        self._waiting += data
        while len(self._waiting) > CHUNK:  # a full one waits too: it may be the last
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce_of(self._number, last=last), chunk, None))
        self._number += 1


class AgeReader:
    """Reads an encrypted file; gives no byte that was not authenticated."""

    def __init__(self, source: BinaryIO, passphrase: bytes, *, max_work: int = MAX_WORK) -> None:
        """Read the header (rules 1 to 3).

        Raises:
            AgeInvalid: no such file, or another passphrase.
        """
        self._source = source
        file_key = _open_header(source, passphrase, max_work)
        nonce = source.read(_NONCE)
        if len(nonce) != _NONCE:
            raise AgeInvalid("the file ends behind its header: it was cut off")
        self._cipher = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload"))
        self._number = 0
        self._ahead = source.read(CHUNK + _TAG)
        self._open = b""
        self._at = 0
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size` of them (all, when negative); none at the end.

        Raises:
            AgeInvalid: rules 4 and 5: changed, or cut off.
        """
        parts: list[bytes] = []
        wanted = size
        while wanted and not (self._at == len(self._open) and self._ended):
            if self._at == len(self._open):
                self._next()
                continue
            end = len(self._open) if wanted < 0 else min(len(self._open), self._at + wanted)
            parts.append(self._open[self._at : end])
            wanted -= end - self._at if wanted > 0 else 0
            self._at = end
        return b"".join(parts)

    def _next(self) -> None:
        sealed, self._ahead = self._ahead, self._source.read(CHUNK + _TAG)
        # The last one is where the file ends; one that ends elsewhere is not marked so, and does not open as it.
        last = not self._ahead
        if len(sealed) < _TAG:
            raise AgeInvalid("the file ends within a chunk: it was cut off")
        try:
            self._open = self._cipher.decrypt(_nonce_of(self._number, last=last), sealed, None)
        except InvalidTag:
            why = "its end is missing or it was changed" if last else "it was changed"
            raise AgeInvalid(f"chunk {self._number + 1} of the file cannot be opened: {why}") from None
        if last and self._number and not self._open:
            raise AgeInvalid("the last chunk of the file is empty: no program writes that")
        self._at, self._ended = 0, last
        self._number += 1


def _open_header(source: BinaryIO, passphrase: bytes, max_work: int) -> bytes:
    if source.readline(_LINE) != VERSION_LINE:
        raise AgeInvalid("this is no file in the format age-encryption.org/v1")
    stanza, body, end = (source.readline(_LINE) for _ in range(3))
    named, wrapped, mac = _STANZA.fullmatch(stanza), _BODY.fullmatch(body), _MAC.fullmatch(end)
    if named is None or wrapped is None or mac is None:
        raise AgeInvalid("the file is not sealed with one passphrase, or its header is cut off")
    work = int(named[2])
    if work > max_work:
        raise AgeInvalid(f"opening the file would take 2^{work} steps of scrypt; more than 2^{max_work} are not tried")
    try:
        key = _derive(passphrase, _unb64(named[1]), work)
        file_key = ChaCha20Poly1305(key).decrypt(bytes(12), _unb64(wrapped[1]), None)
    except InvalidTag:
        raise AgeInvalid(
            "the passphrase is not the one that this file was sealed with, or its header was changed"
        ) from None
    if not hmac.compare_digest(_mac(file_key, VERSION_LINE + stanza + body + b"---"), _unb64(mac[1])):
        raise AgeInvalid("the header of the file was changed")
    return file_key


def _derive(passphrase: bytes, salt: bytes, work: int) -> bytes:
    return Scrypt(salt=_LABEL + salt, length=_KEY, n=1 << work, r=_BLOCK, p=1).derive(passphrase)


def _hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=salt, info=info).derive(secret)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_hkdf(file_key, b"", b"header"), header, "sha256")


def _nonce_of(number: int, *, last: bool) -> bytes:
    if number >= _MAX_CHUNKS:
        raise AgeInvalid("the file has more chunks than any disk has room for")
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _unb64(text: bytes) -> bytes:
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise AgeInvalid("the header of the file is not base64") from None
    if _b64(data) != text:
        raise AgeInvalid("the header of the file is not base64 in its one form")
    return data
