"""Gaia-X credentials: VC 2.0 documents as compact JWS, bundled in a presentation (Gaia-X ICAM; VC-JOSE-COSE).

Made and read here, judged in `trust.gaiax_checks`. The payload is the credential itself, without a `vc` claim; the key is
found in the issuer's DID document by `kid`, and its JWK points with `x5u` to the certificate chain that stands behind it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connector.clock import format_time
from connector.trust.certificates import CertifiedKey, Chain
from connector.trust.encoding import to_base64url
from connector.trust.errors import CredentialInvalid, TokenInvalid
from connector.trust.jws import Jws, decode_jws

CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
VC_TYPES: Final = frozenset({"vc+jwt", "vc+ld+json+jwt", "vc+ld+jwt"})
"""What issuers write into `typ`: the registered name and two older ones that are still met."""
VC_CONTENT: Final = frozenset({"vc", "vc+ld+json", "vc+ld"})
VP_TYPES: Final = frozenset({"vp+jwt", "vp+ld+jwt", "vp+ld+json+jwt"})
VP_CONTENT: Final = frozenset({"vp", "vp+ld+json", "vp+ld"})
KEY_FRAGMENT: Final = "gx-1"
MAX_CREDENTIAL: Final = 64 * 1024
MAX_BUNDLE: Final = 4 * 1024 * 1024
MAX_CREDENTIALS: Final = 1_000
_DATA_URL: Final = "data:application/vc+jwt,"


@dataclass(frozen=True, slots=True)
class Enveloped:
    """One credential of a bundle, taken apart and not yet believed."""

    jwt: str
    jws: Jws

    @property
    def credential(self) -> dict[str, Any]:
        """The credential document."""
        return self.jws.payload

    @property
    def name(self) -> str:
        """How to speak of it: its id, shortened."""
        return str(self.credential.get("id", "?"))[:200]


def make_credential(
    subject: dict[str, Any],
    key: CertifiedKey,
    *,
    issuer: str,
    credential_id: str,
    namespace: str,
    valid_from: datetime,
    valid_until: datetime,
) -> str:
    """Sign one credential about a subject."""
    types = subject["@type"] if isinstance(subject["@type"], list) else [subject["@type"]]
    document = {
        "@context": [CREDENTIALS_V2, namespace],
        "id": credential_id,
        "type": ["VerifiableCredential", *types],
        "issuer": issuer,
        "validFrom": format_time(valid_from),
        "validUntil": format_time(valid_until),
        "credentialSubject": subject,
    }
    return _sign(document, key, issuer=issuer, typ="vc+jwt", cty="vc")


def certified_method(did: str, chain: Chain, url: str) -> dict[str, Any]:
    """The verification method for our DID document: the chain's key, and where the chain is."""
    return {
        "id": f"{did}#{KEY_FRAGMENT}",
        "type": "JsonWebKey2020",
        "controller": did,
        "publicKeyJwk": {**chain.jwk(), "x5u": url},
    }


def make_bundle(credentials: Sequence[str], key: CertifiedKey, *, holder: str, bundle_id: str) -> str:
    """Sign a presentation of credentials, each enveloped."""
    document = {
        "@context": [CREDENTIALS_V2],
        "id": bundle_id,
        "type": "VerifiablePresentation",
        "holder": holder,
        "verifiableCredential": [
            {"@context": CREDENTIALS_V2, "id": _DATA_URL + jwt, "type": "EnvelopedVerifiableCredential"}
            for jwt in credentials
        ],
    }
    return _sign(document, key, issuer=holder, typ="vp+jwt", cty="vp")


def read_bundle(bundle: str) -> tuple[Jws, tuple[Enveloped, ...]]:
    """Take a bundle apart without believing it.

    Raises:
        CredentialInvalid: not such a presentation, too large, or one of its credentials cannot be read.
    """
    try:
        outer = decode_jws(bundle.strip(), max_bytes=MAX_BUNDLE)
        check_form(outer, VP_TYPES, VP_CONTENT, wrapper="vp")
        return outer, tuple(read_credential(jwt) for jwt in _enveloped(outer.payload))
    except TokenInvalid as error:
        raise CredentialInvalid(f"the bundle cannot be read: {error}") from None


def read_credential(jwt: str) -> Enveloped:
    """Take one credential apart without believing it.

    Raises:
        CredentialInvalid: not such a credential, or too large.
    """
    try:
        jws = decode_jws(jwt.strip(), max_bytes=MAX_CREDENTIAL)
    except TokenInvalid as error:
        raise CredentialInvalid(f"a credential cannot be read: {error}") from None
    check_form(jws, VC_TYPES, VC_CONTENT, wrapper="vc")
    return Enveloped(jwt.strip(), jws)


def check_form(jws: Jws, types: frozenset[str], content: frozenset[str], *, wrapper: str) -> None:
    """Check what the header says it is.

    Raises:
        CredentialInvalid: another `typ` or `cty`, or a payload in the older wrapped form.
    """
    if jws.header.get("typ") not in types:
        raise CredentialInvalid(f"typ is {str(jws.header.get('typ'))[:60]!r}; {', '.join(sorted(types))} are read")
    if jws.header.get("cty") not in content:
        raise CredentialInvalid(f"cty is {str(jws.header.get('cty'))[:60]!r}; {', '.join(sorted(content))} are read")
    if wrapper in jws.payload:
        raise CredentialInvalid(
            f"the payload is wrapped in {wrapper!r}; in this form the payload is the document itself"
        )


def _enveloped(document: dict[str, Any]) -> list[str]:
    types = document.get("type")
    if "VerifiablePresentation" not in (types if isinstance(types, list) else [types]):
        raise CredentialInvalid("the bundle is no VerifiablePresentation")
    entries = document.get("verifiableCredential")
    listed = entries if isinstance(entries, list) else [entries]
    if len(listed) > MAX_CREDENTIALS:
        raise CredentialInvalid(f"the bundle holds {len(listed)} credentials; {MAX_CREDENTIALS} at most are read")
    found = []
    for number, entry in enumerate(listed):
        url = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(url, str) or "," not in url or not url.startswith("data:application/vc"):
            raise CredentialInvalid(f"entry {number} of the bundle is no enveloped credential")
        found.append(url.partition(",")[2])
    return found


def _sign(document: dict[str, Any], key: CertifiedKey, *, issuer: str, typ: str, cty: str) -> str:
    header = {"alg": key.algorithm, "typ": typ, "cty": cty, "iss": issuer, "kid": f"{issuer}#{KEY_FRAGMENT}"}
    signing_input = f"{to_base64url(_json(header))}.{to_base64url(_json(document))}"
    return f"{signing_input}.{to_base64url(key.sign(signing_input.encode('ascii')))}"


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
