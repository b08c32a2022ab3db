"""Chains: the key in them signs, and they are believed for a host, a time and an anchor, or not."""

from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connector.trust.certificates import (
    MAX_CHAIN,
    MAX_PEM,
    CertifiedKey,
    certified_key,
    read_certificates,
    read_chain,
)
from connector.trust.errors import CertificateInvalid, KeyInvalid, SignatureInvalid
from tests.support.pki import FROM, UNTIL, Key, Office, ec_key, key_pem, rsa_key

HOST = "plating.example.kr"
NOW = FROM + timedelta(days=100)


@cache
def office() -> Office:
    return Office("Test")


def certified(key: Key) -> CertifiedKey:
    return certified_key(key_pem(key), office().issue(HOST, key))


BOTH = pytest.mark.parametrize("make", [rsa_key, ec_key], ids=["PS256", "ES256"])


@BOTH
def test_what_it_signs_is_verified_by_its_chain(make: "type[Key]") -> None:
    key = certified(make())
    signature = key.sign(b"data")
    key.chain.verify(signature, b"data")
    with pytest.raises(SignatureInvalid):
        key.chain.verify(signature, b"other data")
    with pytest.raises(SignatureInvalid):
        key.chain.verify(signature[:-1], b"data")
    assert key.chain.has_key(key.chain.jwk())
    assert key.chain.jwk()["alg"] == key.algorithm
    assert repr(key).count("PRIVATE") == 0


@BOTH
def test_it_survives_being_written(make: "type[Key]") -> None:
    chain = certified(make()).chain
    assert read_chain(chain.pem()) == chain


def test_one_key_is_not_the_other() -> None:
    assert not certified(rsa_key()).chain.has_key(certified(ec_key()).chain.jwk())


def test_it_is_believed_for_its_host_while_valid() -> None:
    chain = certified(ec_key()).chain
    anchors = read_certificates(office().anchors)
    chain.check(anchors, host=HOST, now=NOW)
    for host, now in ((HOST, UNTIL + timedelta(days=1)), (HOST, FROM - timedelta(days=1)), ("other.example", NOW)):
        with pytest.raises(CertificateInvalid, match="that an anchor stands for"):
            chain.check(anchors, host=host, now=now)


def test_it_is_not_believed_for_the_sake_of_a_stranger() -> None:
    chain = certified(ec_key()).chain
    with pytest.raises(CertificateInvalid, match="that an anchor stands for"):
        chain.check(read_certificates(Office("Test").anchors), host=HOST, now=NOW)
    with pytest.raises(CertificateInvalid, match="no anchors are configured"):
        chain.check((), host=HOST, now=NOW)


def test_without_the_one_between_it_is_not_believed() -> None:
    leaf = read_chain(office().issue(HOST, ec_key())).leaf.public_bytes(Encoding.PEM)
    with pytest.raises(CertificateInvalid, match="that an anchor stands for"):
        read_chain(leaf).check(read_certificates(office().anchors), host=HOST, now=NOW)


def test_a_chain_of_another_key_is_refused() -> None:
    with pytest.raises(CertificateInvalid, match="another key"):
        certified_key(key_pem(rsa_key()), office().issue(HOST, ec_key()))


@pytest.mark.parametrize(
    ("pem", "reason"),
    [
        (b"", "no certificates"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificates"),
        (b"x" * (MAX_PEM + 1), "larger than"),
    ],
)
def test_what_is_no_chain_is_refused(pem: bytes, reason: str) -> None:
    with pytest.raises(CertificateInvalid, match=reason):
        read_chain(pem)


def test_an_endless_chain_is_refused() -> None:
    with pytest.raises(CertificateInvalid, match="at most"):
        read_chain(office().issue(HOST, ec_key()) * MAX_CHAIN)


def test_weak_and_foreign_keys_are_refused() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    for key in (weak, ec.generate_private_key(ec.SECP384R1())):
        with pytest.raises(CertificateInvalid, match="neither RSA of 2048"):
            read_chain(office().issue(HOST, key))


def test_a_key_that_cannot_be_opened_is_refused() -> None:
    with pytest.raises(KeyInvalid, match="not an open private key"):
        certified_key(b"nonsense", office().issue(HOST, ec_key()))
    from cryptography.hazmat.primitives.asymmetric import ed25519

    other = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(KeyInvalid, match="neither RSA nor P-256"):
        certified_key(other, office().issue(HOST, ec_key()))
