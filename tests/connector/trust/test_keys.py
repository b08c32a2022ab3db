from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc.jwk import ECKey, OKPKey

from connector.trust.encoding import to_base64url, to_multibase
from connector.trust.errors import KeyInvalid, SignatureInvalid
from connector.trust.keys import (
    PrivateKey,
    PublicKey,
    generate_ed25519,
    generate_p256,
    private_key_from_pem,
    public_key_from_jwk,
    public_key_from_multikey,
    thumbprint,
)
from tests.connector.trust.parties import brief
from tests.support.shared import SHARED, needs_shared

P256 = generate_p256()
ED25519 = generate_ed25519()
BOTH = pytest.mark.parametrize("key", [P256, ED25519], ids=["P-256", "Ed25519"])


@BOTH
def test_a_signature_fits_its_key_and_content_only(key: PrivateKey) -> None:
    signature = key.sign(b"content")

    assert len(signature) == 64
    key.public.verify(signature, b"content")
    for other, wrong, content in (
        (key.public, signature, b"kontent"),
        (key.public, bytes(64), b"content"),
        (key.public, signature[::-1], b"content"),
        (key.public, signature[:-1], b"content"),
        (key.public, b"", b"content"),
        (generate_p256().public, signature, b"content"),
        (generate_ed25519().public, signature, b"content"),
    ):
        with pytest.raises(SignatureInvalid):
            other.verify(wrong, content)


@BOTH
def test_every_form_gives_the_same_key(key: PrivateKey) -> None:
    public = key.public

    assert public_key_from_jwk(public.jwk()) == public
    assert public_key_from_multikey(public.multikey()) == public
    assert private_key_from_pem(key.to_pem()).public == public
    assert {public: 1}[public_key_from_jwk(public.jwk())] == 1
    assert public != generate_p256().public
    assert public.algorithm == key.algorithm


def test_parsed_keys_are_kept() -> None:
    assert public_key_from_jwk(P256.public.jwk()) is public_key_from_jwk(P256.public.jwk())
    assert public_key_from_multikey(P256.public.multikey()) is public_key_from_multikey(P256.public.multikey())


def test_multikeys_begin_as_the_standard_says() -> None:
    assert ED25519.public.multikey().startswith("z6Mk")
    assert P256.public.multikey().startswith("zDn")
    assert (len(ED25519.public.raw()), len(P256.public.raw())) == (32, 33)


@BOTH
def test_thumbprints_are_those_of_an_independent_library(key: PrivateKey) -> None:
    jwk: Any = {**key.public.jwk(), "kid": "k", "use": "sig"}
    other = ECKey.import_key(jwk) if key is P256 else OKPKey.import_key(jwk)

    assert thumbprint(jwk) == other.thumbprint()


def test_a_private_key_does_not_show_itself() -> None:
    secret = ED25519.to_pem().decode().splitlines()[1]

    assert secret not in repr(ED25519) + str(ED25519.__class__.__slots__)
    assert repr(ED25519).startswith("<PrivateKey EdDSA of z6Mk")
    assert "_key" not in repr(ED25519.public)


@needs_shared
def test_the_multikey_of_the_vectors() -> None:
    assert SHARED
    text = (SHARED / "spec/vectors/vc-di-eddsa/keyPair.json").read_text()
    multikey = text.split('"publicKeyMultibase": "')[1].split('"')[0]

    assert public_key_from_multikey(multikey).multikey() == multikey


EC = P256.public.jwk()
OKP = ED25519.public.jwk()


@pytest.mark.parametrize(
    ("jwk", "sentence"),
    [
        ({}, "'kty' is missing"),
        ({**EC, "kty": "RSA"}, "only EC P-256 and OKP Ed25519"),
        ({**EC, "crv": "P-384"}, "only EC P-256"),
        ({**EC, "crv": "secp256k1"}, "only EC P-256"),
        ({**OKP, "crv": "X25519"}, "only EC P-256"),
        ({**OKP, "y": OKP["x"]}, "only EC P-256"),
        ({"kty": "EC", "crv": "P-256", "x": EC["x"]}, "only EC P-256"),
        ({"kty": "oct", "k": "AAAA"}, "secret"),
        ({**EC, "d": "AAAA"}, "secret"),
        ({**EC, "use": "enc"}, "not for signatures"),
        ({**EC, "alg": "ES384"}, "alg"),
        ({**EC, "alg": "EdDSA"}, "alg"),
        ({**EC, "x": 3}, "'x' is missing"),
        ({**EC, "x": EC["x"] + "="}, "base64url"),
        ({**EC, "x": to_base64url(b"short")}, "5 bytes"),
        ({**EC, "x": "A" * 65}, "no short text"),
        ({**EC, "x": EC["y"], "y": EC["x"]}, "no point"),
        ({**EC, "x": "A" * 43, "y": "A" * 43}, "no point"),
        ({**OKP, "x": to_base64url(bytes(31))}, "31 bytes"),
        ([], "JSON object"),
        (None, "JSON object"),
    ],
)
def test_other_jwks(jwk: Any, sentence: str) -> None:
    with pytest.raises(KeyInvalid, match=sentence):
        public_key_from_jwk(jwk)


def test_jwks_that_say_more() -> None:
    assert public_key_from_jwk({**EC, "alg": "ES256", "use": "sig", "kid": "k"}) == P256.public
    assert public_key_from_jwk({**OKP, "alg": "Ed25519"}) == ED25519.public


FIELD = 2**255 - 19
CURVE_D = -121665 * pow(121666, -1, FIELD) % FIELD


def edwards_add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    product = CURVE_D * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + product, -1, FIELD) % FIELD
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, FIELD) % FIELD
    return x, y


def small_order_points() -> list[tuple[int, int]]:
    # A generator of the torsion group, found from its published y coordinate; the rest are its multiples.
    y = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, FIELD) % FIELD
    x = pow(square, (FIELD + 3) // 8, FIELD)
    if x * x % FIELD != square:
        x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    assert x * x % FIELD == square
    points = [(0, 1)]
    for _ in range(7):
        points.append(edwards_add(points[-1], (x, y)))
    assert edwards_add(points[-1], (x, y)) == (0, 1)
    return points


def test_keys_of_small_order_bind_nobody_and_are_refused() -> None:
    points = small_order_points()
    assert len(set(points)) == 8
    for x, y in points:
        for value in {y, y + FIELD} if y + FIELD < 2**255 else {y}:
            for sign in {x & 1, 1 - (x & 1)}:
                raw = (value | sign << 255).to_bytes(32, "little")
                with pytest.raises(KeyInvalid, match="small order"):
                    public_key_from_multikey(to_multibase(b"\xed\x01" + raw))
                with pytest.raises(KeyInvalid, match="small order"):
                    public_key_from_jwk({"kty": "OKP", "crv": "Ed25519", "x": to_base64url(raw)})


def test_why_they_are_refused() -> None:
    # Under the neutral element one signature fits every content: S = 0, R = the neutral element.
    weak = object.__new__(PublicKey)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    neutral = (1).to_bytes(32, "little")
    for name, value in (
        ("algorithm", "EdDSA"),
        ("_raw", neutral),
        ("_key", Ed25519PublicKey.from_public_bytes(neutral)),
    ):
        object.__setattr__(weak, name, value)
    try:
        weak.verify(neutral + bytes(32), b"I owe you one")
        weak.verify(neutral + bytes(32), b"I owe you a thousand")
    except SignatureInvalid:
        pytest.skip("this build of the library refuses such keys itself")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "multibase"),
        ("not a key", "multibase"),
        (3, "is a text"),
        (None, "is a text"),
        (to_multibase(b"\xec\x01" + bytes(32)), "0xec01"),
        (to_multibase(b"\xed"), "0xed"),
        (to_multibase(b"\xed\x01" + bytes(31)), "31"),
        (to_multibase(b"\x80\x24" + bytes(32)), "32"),
        (to_multibase(b"\x80\x24\x02" + b"\xff" * 32), "no point"),
        (to_multibase(b"\x80\x24\x07" + P256.public.raw()[1:]), "no point"),
    ],
    ids=brief,
)
def test_other_multikeys(text: Any, sentence: str) -> None:
    with pytest.raises(KeyInvalid, match=sentence):
        public_key_from_multikey(text)


def pem(key: Any, protection: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "PEM"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "PEM"),
        (P256.to_pem()[:-40], "PEM"),
        (pem(ec.generate_private_key(ec.SECP384R1()), NoEncryption()), "neither"),
        (pem(rsa.generate_private_key(65537, 2048), NoEncryption()), "neither"),
        (pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"word")), "password"),
    ],
    ids=brief,
)
def test_other_key_files(data: bytes, sentence: str) -> None:
    with pytest.raises(KeyInvalid, match=sentence):
        private_key_from_pem(data)
