"""The texts in which keys and signatures travel: base64url (RFC 7515) and multibase base58btc.

Both readers are strict: one value has exactly one text. A lenient reader would let a signed thing be rewritten without
breaking its signature.
"""

import base64
import binascii
import re
from typing import Final

from connector.trust.errors import EncodingInvalid

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")
_TO_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_NOT_IN_IT: Final = "not base64url: only A-Z a-z 0-9 - _ without padding"
_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS: Final = {character: value for value, character in enumerate(_ALPHABET)}
MAX_BASE58: Final = 256
"""The longest base58 text that is read: its cost grows with the square of the length."""


def to_base64url(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Read base64url without padding.

    Raises:
        EncodingInvalid: another character, padding, an impossible length, or left-over bits that are not zero.
    """
    try:
        if "+" in text or "/" in text or "=" in text:
            raise EncodingInvalid(_NOT_IN_IT)
        standard = text.encode("ascii").translate(_TO_STANDARD) + b"=" * (-len(text) % 4)
        data = binascii.a2b_base64(standard, strict_mode=True)
    except ValueError:  # also binascii's own, which does not tell the one from the other
        wrong = _BASE64URL.fullmatch(text) is None
        raise EncodingInvalid(_NOT_IN_IT if wrong else "not base64url: the length is impossible") from None
    # The last character may carry bits that no byte uses: they must be zero, or one value would have several texts.
    if len(text) % 4 and to_base64url(data[-2:] if len(text) % 4 == 3 else data[-1:])[-1] != text[-1]:  # noqa: PLR2004
        raise EncodingInvalid("not base64url: the last character carries stray bits")
    return data


def to_multibase(data: bytes) -> str:
    """Multibase `z`: base58btc, each leading zero byte written as `1`."""
    number = int.from_bytes(data, "big")
    characters: list[str] = []
    while number:
        number, digit = divmod(number, 58)
        characters.append(_ALPHABET[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + "".join(reversed(characters))


def from_multibase(text: str) -> bytes:
    """Read multibase `z` (base58btc).

    Raises:
        EncodingInvalid: another base, a character outside the alphabet, or longer than `MAX_BASE58`.
    """
    if not text.startswith("z"):
        raise EncodingInvalid("not multibase base58btc: the text must begin with 'z'")
    if len(text) > MAX_BASE58:
        raise EncodingInvalid(f"not multibase base58btc: longer than {MAX_BASE58} characters")
    body = text[1:]
    number = 0
    for character in body:
        digit = _DIGITS.get(character)
        if digit is None:
            raise EncodingInvalid(f"not multibase base58btc: the character {character!r} is not in the alphabet")
        number = number * 58 + digit
    zeros = len(body) - len(body.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
