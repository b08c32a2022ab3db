"""Compact JWS (RFC 7515) with a short list of algorithms.

The key is never taken from the token: `jwk`, `jku`, `x5c` and `x5u` in a header are not looked at. The algorithm must
fit the key that the caller found elsewhere, so a token cannot choose how it is verified.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson

from connector.canonical import CanonicalError, parse_json
from connector.trust.encoding import from_base64url, to_base64url
from connector.trust.errors import EncodingInvalid, SignatureInvalid, TokenInvalid, shown
from connector.trust.keys import Algorithm, PublicKey, SigningKey

MAX_TOKEN: Final = 32 * 1024
"""The largest token that is read, in bytes."""
_KEPT_UP_TO: Final = 8 * 1024
"""The largest token that is remembered as it was taken apart."""

ALGORITHMS: Final = frozenset({"ES256", "EdDSA", "Ed25519"})
"""What is accepted in `alg`. `Ed25519` is the newer name (RFC 9864) of what peers still call `EdDSA`."""

_KEY_ALGORITHM: Final[dict[str, Algorithm]] = {"ES256": "ES256", "EdDSA": "EdDSA", "Ed25519": "EdDSA"}


@dataclass(frozen=True, slots=True)
class Jws:
    """A token taken apart. Nothing in it is to be believed before `verify`."""

    header: dict[str, Any]
    payload: dict[str, Any]
    signing_input: bytes
    signature: bytes

    @property
    def kid(self) -> str | None:
        """The id of the key that signed, as the token says.

        Raises:
            TokenInvalid: it is there, but no text.
        """
        kid = self.header.get("kid")
        if kid is None and "kid" not in self.header:
            return None
        if not isinstance(kid, str) or not kid:
            raise TokenInvalid("the token's kid is no text")
        return kid

    def verify(self, key: PublicKey, *, algorithms: Collection[str] = ALGORITHMS) -> None:
        """Check algorithm and signature.

        Raises:
            TokenInvalid: `alg` is not allowed or does not fit the key, or the signature is not this key's.
        """
        alg = self.header.get("alg")
        if not isinstance(alg, str) or alg not in algorithms or alg not in _KEY_ALGORITHM:
            raise TokenInvalid(
                f"the token's alg is {shown(alg)}; allowed are {', '.join(sorted(algorithms))}", step="signature"
            )
        if _KEY_ALGORITHM[alg] != key.algorithm:
            raise TokenInvalid(f"the token says alg {alg}, but its key signs with {key.algorithm}", step="signature")
        try:
            key.verify(self.signature, self.signing_input)
        except SignatureInvalid as error:
            raise TokenInvalid(f"the token's signature does not hold: {error}", step="signature") from None


def sign_jws(
    payload: dict[str, Any] | bytes, key: SigningKey, *, typ: str = "JWT", header: dict[str, Any] | None = None
) -> str:
    """Sign a payload; `alg` and `kid` are set from the key.

    Args:
        payload: the claims, or bytes that hold a JSON object.
        key: the key and its verification method.
        typ: the header's `typ`.
        header: more header members; they cannot replace `alg`, `kid` and `typ`.
    """
    full = {**(header or {}), "alg": key.key.algorithm, "kid": key.kid, "typ": typ}
    body = payload if isinstance(payload, bytes) else _json(payload)
    signing_input = f"{to_base64url(_json(full))}.{to_base64url(body)}"
    return f"{signing_input}.{to_base64url(key.key.sign(signing_input.encode('ascii')))}"


def decode_jws(token: str, *, max_bytes: int = MAX_TOKEN) -> Jws:
    """Take a token apart without believing it.

    Raises:
        TokenInvalid: too large, not three parts of base64url, not JSON objects (strictly read: no duplicate keys), a
            critical header, or a detached or encrypted form.
    """
    if not isinstance(token, str):
        raise TokenInvalid("a token is a text")
    if len(token) > max_bytes:
        raise TokenInvalid(f"the token is larger than {max_bytes:,} bytes")
    if len(token) > _KEPT_UP_TO:
        return _take_apart(token)
    # What is remembered stays as it was signed, whatever a caller does to what it is given: it is read once more.
    found, header, payload = _taken_apart(token)
    return Jws(orjson.loads(header), orjson.loads(payload), found.signing_input, found.signature)


def _take_apart(token: str) -> Jws:
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        raise TokenInvalid(f"a signed token has three parts separated by dots, this one has {len(parts)}")
    header, payload = _object("header", parts[0]), _object("payload", parts[1])
    if "crit" in header:
        raise TokenInvalid("the token's header demands extensions (crit); none is understood here")
    for name in ("b64", "enc", "zip"):
        if name in header:
            raise TokenInvalid(f"the token's header has {name!r}; only plainly signed tokens are read")
    return Jws(header, payload, f"{parts[0]}.{parts[1]}".encode("ascii"), _bytes("signature", parts[2]))


@lru_cache(maxsize=128)
def _taken_apart(token: str) -> tuple[Jws, bytes, bytes]:
    """A token that was read strictly once, with its header and payload as texts for the next readers.

    The token of one request is looked at by the limits, the identity and the transcript, one after the other.
    """
    found = _take_apart(token)
    return found, orjson.dumps(found.header), orjson.dumps(found.payload)


def kid_of(token: str, *, max_bytes: int = MAX_TOKEN) -> str | None:
    """The key that a token says it is signed with, unverified; None when it names none.

    Raises:
        TokenInvalid: as `decode_jws`, or the name is no text.
    """
    if len(token) <= min(max_bytes, _KEPT_UP_TO):
        return _taken_apart(token)[0].kid
    return decode_jws(token, max_bytes=max_bytes).kid


def peek(token: str, *, max_bytes: int = MAX_TOKEN) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload, unverified: only to find out whose key to look for.

    Raises:
        TokenInvalid: as `decode_jws`.
    """
    jws = decode_jws(token, max_bytes=max_bytes)
    return jws.header, jws.payload


def verify_jws(
    token: str, key: PublicKey, *, algorithms: Collection[str] = ALGORITHMS, max_bytes: int = MAX_TOKEN
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check a token's form, algorithm and signature; give header and payload.

    Raises:
        TokenInvalid: any of these does not hold.
    """
    jws = decode_jws(token, max_bytes=max_bytes)
    jws.verify(key, algorithms=algorithms)
    return jws.header, jws.payload


def _json(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value)


def _bytes(name: str, text: str) -> bytes:
    try:
        return from_base64url(text)
    except EncodingInvalid as error:
        raise TokenInvalid(f"the token's {name} is {error}") from None


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        # Foreign tokens may write times with a fraction (RFC 7519, NumericDate).
        value = parse_json(_bytes(name, text), floats=True)
    except CanonicalError as error:
        raise TokenInvalid(f"the token's {name} is no readable JSON: {error}") from None
    if not isinstance(value, dict):
        raise TokenInvalid(f"the token's {name} is no JSON object")
    return value
