"""Key pairs: P-256 (ES256, RFC 7518) for tokens, Ed25519 (EdDSA, RFC 8032) for contracts and logs.

Public keys are read once: parsing is cached by the key's own text, because every request on the wire is verified.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal, Protocol, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from connector.canonical import canonical_bytes
from connector.trust.encoding import from_base64url, from_multibase, to_base64url, to_multibase
from connector.trust.errors import EncodingInvalid, KeyInvalid, SignatureInvalid, shown

Algorithm: TypeAlias = Literal["ES256", "EdDSA"]
"""What a key signs with, in the words of JOSE: ES256 is P-256, EdDSA is Ed25519."""

_ES256: Final = ec.ECDSA(hashes.SHA256())
_SIGNATURE_LENGTH: Final = 64
_COORDINATE_LENGTH: Final = 32
_COMPRESSED_LENGTH: Final = 33
_ED25519_CODE: Final = b"\xed\x01"
_P256_CODE: Final = b"\x80\x24"
_KEYS_CACHED: Final = 4096

_FIELD: Final = 2**255 - 19
_ORDER_8: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_SMALL_ORDER: Final = frozenset({0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8})
"""The y coordinates of the eight points of small order: under such a key one signature fits many messages."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key; equal keys are equal values."""

    algorithm: Algorithm
    _raw: bytes
    _key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey = field(repr=False, compare=False)

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check a signature: 64 bytes, for ES256 r and s side by side.

        Raises:
            SignatureInvalid: it was not made by this key over these bytes.
        """
        if len(signature) != _SIGNATURE_LENGTH:
            raise SignatureInvalid(f"a signature has 64 bytes, this one has {len(signature)}")
        try:
            if isinstance(self._key, ed25519.Ed25519PublicKey):
                self._key.verify(signature, data)
            else:
                r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
                self._key.verify(encode_dss_signature(r, s), data, _ES256)
        except InvalidSignature:
            raise SignatureInvalid("the signature was not made by this key over this content") from None

    def __reduce__(self) -> tuple[Any, ...]:
        """Into another process a key goes as the text of its bytes, and is read there like any other."""
        return public_key_from_multikey, (self.multikey(),)

    def raw(self) -> bytes:
        """The key's bytes: 32 for Ed25519, the compressed point (33) for P-256."""
        return self._raw

    def jwk(self) -> dict[str, str]:
        """As a JSON Web Key (RFC 7517, RFC 8037)."""
        if isinstance(self._key, ed25519.Ed25519PublicKey):
            return {"kty": "OKP", "crv": "Ed25519", "x": to_base64url(self._raw)}
        numbers = self._key.public_numbers()
        x, y = (to_base64url(n.to_bytes(_COORDINATE_LENGTH, "big")) for n in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def multikey(self) -> str:
        """As a Multikey text (`publicKeyMultibase`)."""
        return _multikey(self.algorithm, self._raw)


class PrivateKey:
    """A private key. It never shows itself; only `to_pem` gives it away."""

    __slots__ = ("_key", "_public")

    def __init__(self, key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> None:
        self._key = key
        if isinstance(key, ed25519.Ed25519PrivateKey):
            self._public = _ed25519(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        else:
            self._public = _p256(key.public_key())

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return self._public

    @property
    def algorithm(self) -> Algorithm:
        """What this key signs with."""
        return self.public.algorithm

    def sign(self, data: bytes) -> bytes:
        """Sign: 64 bytes, for ES256 r and s side by side."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(data)
        r, s = decode_dss_signature(self._key.sign(data, _ES256))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def to_pem(self) -> bytes:
        """As PKCS 8 PEM without a password: the caller protects the file."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def __repr__(self) -> str:
        return f"<PrivateKey {self.public.algorithm} of {self.public.multikey()}>"


class Signer(Protocol):
    """What can sign: a `PrivateKey` here, or a key that never leaves its hardware or cloud key service.

    `sign` is called on the way of every message, with the event loop waiting: it answers within milliseconds.
    """

    @property
    def public(self) -> PublicKey:
        """The public key that the signatures are checked with."""
        ...

    @property
    def algorithm(self) -> Algorithm:
        """What it signs with."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Sign: 64 bytes, for ES256 r and s side by side."""
        ...


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs, and the id of its verification method, for example `did:web:example.com#token-1`."""

    key: Signer
    kid: str


def generate_p256() -> PrivateKey:
    """A fresh P-256 key pair."""
    return PrivateKey(ec.generate_private_key(ec.SECP256R1()))


def generate_ed25519() -> PrivateKey:
    """A fresh Ed25519 key pair."""
    return PrivateKey(ed25519.Ed25519PrivateKey.generate())


def private_key_from_pem(pem: bytes) -> PrivateKey:
    """Read what `PrivateKey.to_pem` wrote.

    Raises:
        KeyInvalid: not a PEM, protected by a password, or a key of another kind.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise KeyInvalid("the key file is protected by a password; give one without") from None
    except (ValueError, UnsupportedAlgorithm):
        raise KeyInvalid("not a private key in PEM form; was the file cut short or replaced?") from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return PrivateKey(key)
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return PrivateKey(key)
    raise KeyInvalid("the key file holds neither a P-256 nor an Ed25519 key")


def public_key_from_jwk(jwk: dict[str, Any]) -> PublicKey:
    """Read a public JSON Web Key of type EC/P-256 or OKP/Ed25519.

    Raises:
        KeyInvalid: another type or curve, coordinates that are no point, a private key, or a key not for signatures.
    """
    if not isinstance(jwk, dict):
        raise KeyInvalid("a JWK is a JSON object")
    if "d" in jwk or "k" in jwk:
        raise KeyInvalid("the JWK holds a secret key; it must be treated as lost, and never be published")
    if jwk.get("use", "sig") != "sig":
        raise KeyInvalid(f"the JWK is for {shown(jwk['use'])}, not for signatures")
    key = _jwk(*(_member(jwk, name) for name in ("kty", "crv", "x")), _member(jwk, "y") if "y" in jwk else None)
    allowed = {"ES256": ("ES256",), "EdDSA": ("EdDSA", "Ed25519")}[key.algorithm]
    if jwk.get("alg", allowed[0]) not in allowed:
        raise KeyInvalid(f"the JWK says alg {shown(jwk['alg'])}, but its curve signs with {allowed[0]}")
    return key


def public_key_from_multikey(text: str) -> PublicKey:
    """Read a Multikey text: Ed25519 (0xed01) or P-256 (0x8024).

    Raises:
        KeyInvalid: not multibase, another kind of key, a wrong length, no point of the curve, or an unsafe point.
    """
    if not isinstance(text, str):
        raise KeyInvalid("a Multikey is a text")
    return _from_multikey(text)


@lru_cache(maxsize=_KEYS_CACHED)
def _from_multikey(text: str) -> PublicKey:
    try:
        data = from_multibase(text)
    except EncodingInvalid as error:
        raise KeyInvalid(f"the Multikey is {error}") from None
    code, raw = data[:2], data[2:]
    if code == _ED25519_CODE:
        return _ed25519(raw)
    if code == _P256_CODE:
        if len(raw) != _COMPRESSED_LENGTH:
            raise KeyInvalid(f"a P-256 Multikey has 33 bytes, this one has {len(raw)}")
        try:
            return _p256(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw))
        except ValueError:
            raise KeyInvalid("the Multikey is no point of the curve P-256") from None
    raise KeyInvalid(f"the Multikey begins with 0x{code.hex()}: neither Ed25519 (0xed01) nor P-256 (0x8024)")


def thumbprint(jwk: dict[str, Any]) -> str:
    """The JWK thumbprint (RFC 7638): base64url of the SHA-256 over the required members.

    Raises:
        KeyInvalid: not a public key that we can read.
    """
    return to_base64url(hashlib.sha256(canonical_bytes(public_key_from_jwk(jwk).jwk())).digest())


def _member(jwk: dict[str, Any], name: str) -> str:
    value = jwk.get(name)
    if not isinstance(value, str) or len(value) > 64:  # noqa: PLR2004 - twice what any of them needs
        raise KeyInvalid(f"the JWK's {name!r} is missing or no short text; EC P-256 or OKP Ed25519 is needed")
    return value


@lru_cache(maxsize=_KEYS_CACHED)
def _jwk(kty: str, crv: str, x: str, y: str | None) -> PublicKey:
    if (kty, crv) == ("OKP", "Ed25519") and y is None:
        return _ed25519(_coordinate("x", x))
    if (kty, crv) == ("EC", "P-256") and y is not None:
        point_x, point_y = (int.from_bytes(_coordinate(name, text), "big") for name, text in (("x", x), ("y", y)))
        try:
            return _p256(ec.EllipticCurvePublicNumbers(point_x, point_y, ec.SECP256R1()).public_key())
        except ValueError:
            raise KeyInvalid("the JWK's x and y are no point of the curve P-256") from None
    raise KeyInvalid(f"a JWK of type {shown(kty)} and curve {shown(crv)}: only EC P-256 and OKP Ed25519 are used here")


def _coordinate(name: str, text: str) -> bytes:
    try:
        data = from_base64url(text)
    except EncodingInvalid as error:
        raise KeyInvalid(f"the JWK's {name!r} is {error}") from None
    if len(data) != _COORDINATE_LENGTH:
        raise KeyInvalid(f"the JWK's {name!r} has {len(data)} bytes instead of 32")
    return data


def _ed25519(raw: bytes) -> PublicKey:
    if len(raw) != _COORDINATE_LENGTH:
        raise KeyInvalid(f"an Ed25519 key has 32 bytes, this one has {len(raw)}")
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _FIELD or y in _SMALL_ORDER:
        # A signer with such a key could later say that he signed something else.
        raise KeyInvalid(
            "the Ed25519 key is a point of small order or not in canonical form: its signatures bind nobody"
        )
    return PublicKey("EdDSA", raw, ed25519.Ed25519PublicKey.from_public_bytes(raw))


def _p256(key: ec.EllipticCurvePublicKey) -> PublicKey:
    return PublicKey("ES256", key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint), key)


@lru_cache(maxsize=_KEYS_CACHED)
def _multikey(algorithm: Algorithm, raw: bytes) -> str:
    return to_multibase((_ED25519_CODE if algorithm == "EdDSA" else _P256_CODE) + raw)
