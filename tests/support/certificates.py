"""An authority for certificates of one's own, as a company has one: for real TLS on loopback."""

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connector.clock import SystemClock

_DAY = timedelta(days=1)


class CertificateAuthority:
    """Makes certificates in a folder; `bundle` is what others have to trust."""

    def __init__(self, folder: Path, name: str = "Test CA") -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        self._now = SystemClock().now()
        usage = x509.BasicConstraints(ca=True, path_length=0)
        made = self._builder(self._name, self._key.public_key()).add_extension(usage, critical=True)
        self._certificate = made.sign(self._key, hashes.SHA256())
        self.bundle = self._write("ca.pem", self._certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, host: str, *, expired: bool = False) -> tuple[Path, Path]:
        """A certificate for a host, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        made = self._builder(_named(host), key.public_key(), expired=expired).add_extension(names, critical=False)
        signed = made.sign(self._key, hashes.SHA256())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        stem = f"{host}-expired" if expired else host
        return (
            self._write(f"{stem}.pem", signed.public_bytes(serialization.Encoding.PEM)),
            self._write(f"{stem}.key", pem),
        )

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, expired: bool = False
    ) -> x509.CertificateBuilder:
        end = self._now - _DAY if expired else self._now + _DAY
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - 2 * _DAY)
            .not_valid_after(end)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )

    def _write(self, name: str, content: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(content)
        return path


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
