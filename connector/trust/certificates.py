"""X.509 chains and the keys in them: what Gaia-X signs with (RFC 5280, RFC 7518: PS256 and ES256).

A chain is believed when it ends in an anchor that the operator configured, is valid at the time in question, and names the
host of the DID that used it. Nothing is fetched: chains and anchors are handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from connector.trust.encoding import to_base64url
from connector.trust.errors import CertificateInvalid, KeyInvalid, SignatureInvalid

CertifiedAlgorithm = Literal["PS256", "ES256"]
Certificate = x509.Certificate
"""An X.509 certificate, for rooms that only hand it on."""
MAX_PEM: Final = 200_000
MAX_CHAIN: Final = 10
_MIN_RSA: Final = 2048
_MAX_RSA: Final = 8192
_SHA256: Final = hashes.SHA256()
_PSS: Final = padding.PSS(mgf=padding.MGF1(_SHA256), salt_length=_SHA256.digest_size)
_ECDSA: Final = ec.ECDSA(_SHA256)
_HALF: Final = 32


@dataclass(frozen=True, slots=True)
class Chain:
    """A certificate chain, the leaf first."""

    certificates: tuple[x509.Certificate, ...]

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate whose key signs."""
        return self.certificates[0]

    @property
    def algorithm(self) -> CertifiedAlgorithm:
        """What its key signs with."""
        return "PS256" if isinstance(self.leaf.public_key(), rsa.RSAPublicKey) else "ES256"

    def jwk(self) -> dict[str, str]:
        """The leaf's public key as a JWK (RFC 7518)."""
        key = self.leaf.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            numbers = key.public_numbers()
            return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e), "alg": "PS256"}
        assert isinstance(key, ec.EllipticCurvePublicKey)  # `read_chain` let nothing else in
        point = key.public_numbers()
        x, y = (to_base64url(part.to_bytes(_HALF, "big")) for part in (point.x, point.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256"}

    def has_key(self, jwk: dict[str, Any]) -> bool:
        """Whether a JWK from a DID document is this leaf's key."""
        own = self.jwk()
        return all(jwk.get(name) == own[name] for name in own if name != "alg")

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check a signature of the leaf's key.

        Raises:
            SignatureInvalid: it was not made by this key over these bytes.
        """
        key = self.leaf.public_key()
        try:
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, data, _PSS, _SHA256)
                return
            assert isinstance(key, ec.EllipticCurvePublicKey)
            if len(signature) != 2 * _HALF:
                raise SignatureInvalid(f"an ES256 signature has 64 bytes, this one has {len(signature)}")
            r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
            key.verify(encode_dss_signature(r, s), data, _ECDSA)
        except InvalidSignature:
            raise SignatureInvalid("the signature was not made by this key over this content") from None

    def check(self, anchors: Sequence[x509.Certificate], *, host: str, now: datetime) -> None:
        """Check the chain up to an anchor, its validity at a time, and that it names the host of the DID.

        Raises:
            CertificateInvalid: any of these does not hold.
        """
        if not anchors:
            raise CertificateInvalid("no anchors are configured: nothing says which authorities are believed")
        try:
            verifier = PolicyBuilder().store(Store(list(anchors))).time(now)
            verifier.build_server_verifier(x509.DNSName(host)).verify(self.leaf, list(self.certificates[1:]))
        except (VerificationError, ValueError) as error:
            reason = str(error).split("\n", 1)[0][:300]
            raise CertificateInvalid(
                f"the certificate is not one for {host} that an anchor stands for: {reason}"
            ) from None

    def pem(self) -> bytes:
        """As PEM, the leaf first: what `x5u` points to."""
        return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in self.certificates)


class CertifiedKey:
    """A private key whose certificate chain stands behind it. It never shows itself."""

    __slots__ = ("_key", "chain")

    def __init__(self, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, chain: Chain) -> None:
        self._key = key
        self.chain = chain

    @property
    def algorithm(self) -> CertifiedAlgorithm:
        """What it signs with."""
        return self.chain.algorithm

    def sign(self, data: bytes) -> bytes:
        """Sign, in the form of JOSE."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, _PSS, _SHA256)
        r, s = decode_dss_signature(self._key.sign(data, _ECDSA))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")

    def __repr__(self) -> str:
        return f"<CertifiedKey {self.algorithm} of {self.chain.leaf.subject.rfc4514_string()}>"


def read_chain(pem: bytes) -> Chain:
    """Read a chain, the leaf first.

    Raises:
        CertificateInvalid: too large, not PEM, none or too many certificates, or a leaf whose key is neither RSA of 2048 to
            8192 bits nor P-256.
    """
    certificates = read_certificates(pem)
    if len(certificates) > MAX_CHAIN:
        raise CertificateInvalid(f"a chain of {len(certificates)} certificates; {MAX_CHAIN} at most are read")
    try:
        key = certificates[0].public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateInvalid("the certificate's key cannot be read") from None
    if isinstance(key, rsa.RSAPublicKey) and _MIN_RSA <= key.key_size <= _MAX_RSA:
        return Chain(certificates)
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return Chain(certificates)
    raise CertificateInvalid("the certificate's key is neither RSA of 2048 to 8192 bits nor P-256")


def read_certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """All certificates of a PEM text, for example a file of anchors.

    Raises:
        CertificateInvalid: too large, or no certificates in PEM form.
    """
    if len(pem) > MAX_PEM:
        raise CertificateInvalid(f"the certificates are larger than {MAX_PEM:,} bytes")
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError:
        raise CertificateInvalid("there are no certificates in PEM form here") from None


def certified_key(key_pem: bytes, chain_pem: bytes) -> CertifiedKey:
    """A private key with its chain.

    Raises:
        CertificateInvalid: the chain cannot be used, or is of another key.
        KeyInvalid: the key cannot be read.
    """
    chain = read_chain(chain_pem)
    try:
        key = load_pem_private_key(key_pem, password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise KeyInvalid("not an open private key in PEM form") from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyInvalid("the key is neither RSA nor P-256")
    if key.public_key() != chain.leaf.public_key():
        raise CertificateInvalid("the certificate is of another key than the private key beside it")
    return CertifiedKey(key, chain)


def _number(value: int) -> str:
    return to_base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))
