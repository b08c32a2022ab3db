"""Self-Issued ID tokens (DCP 1.0, "Self-Issued ID Tokens") and the proof that goes with a data request (RFC 9449)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from connector.ids import new_iri
from connector.trust.claims import (
    check_audience,
    check_expiry,
    check_issued,
    check_not_before,
    optional_text,
    text_claim,
)
from connector.trust.did import DidDocument
from connector.trust.encoding import to_base64url
from connector.trust.errors import TokenInvalid, shown
from connector.trust.jws import Jws, decode_jws, sign_jws
from connector.trust.keys import PublicKey, SigningKey

LIFETIME: Final = timedelta(minutes=5)
MAX_AGE: Final = timedelta(hours=1)
"""An older token is refused whatever its `exp` says: this bounds how long a `jti` must be remembered."""
PROOF_MAX_AGE: Final = timedelta(minutes=2)
PROOF_TYPE: Final = "dpop+jwt"
MAX_JTI: Final = 256


@dataclass(frozen=True, slots=True)
class IdToken:
    """A Self-Issued ID token that has passed every step but the last (was its `jti` used before?).

    Attributes:
        issuer: the DID of who sent it.
        jti: the token's own id.
        issued_at: when, by the sender's clock.
        expires_at: until when, by the sender's clock.
        forget_at: from then on the token is refused anyway, so its `jti` need not be remembered.
        access_token: what opens the sender's Credential Service, if anything (`token`).
    """

    issuer: str
    jti: str
    issued_at: datetime
    expires_at: datetime
    forget_at: datetime
    access_token: str | None


def mint_id_token(
    key: SigningKey,
    *,
    did: str,
    audience: str,
    now: datetime,
    lifetime: timedelta = LIFETIME,
    access_token: str | None = None,
) -> str:
    """A fresh Self-Issued ID token; each is used once."""
    claims: dict[str, Any] = {
        "iss": did,
        "sub": did,
        "aud": audience,
        "jti": new_iri(),
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    if access_token is not None:
        claims["token"] = access_token
    return sign_jws(claims, key)


def claimed_issuer(token: str) -> tuple[Jws, str]:
    """The token taken apart, and the DID that it claims to be from: whose document is needed for `validate_id_token`.

    Raises:
        TokenInvalid: malformed, or `iss` is missing or differs from `sub` (step 1).
    """
    jws = decode_jws(token)
    return jws, _same_issuer_and_subject(jws.payload)


def validate_id_token(
    token: str | Jws, document: DidDocument, *, audience: str, now: datetime, skew: timedelta
) -> IdToken:
    """Validate a Self-Issued ID token, as DCP 1.0 numbers it ("Validating Self-Issued ID Tokens").

    1. `iss` and `sub` are the same DID.
    2. `aud` is the verifier's DID.
    3. The signature is by a key of the resolved `sub` document that has `capabilityInvocation`: the one that `kid`
       names, or, without `kid`, the only one in the document.
    4. `sub` is the `id` of the document.
    5. `nbf`, if present, is not in the future; `exp` is; `iat` is neither in the future nor long ago.
    6. `jti` was not used before: this cannot be seen from the token, and the caller must ask a store.

    Args:
        token: the token, or what `claimed_issuer` made of it.
        document: the sender's resolved DID document.
        audience: our own DID.
        now: the present moment.
        skew: by how much the two clocks may differ.

    Raises:
        TokenInvalid: a step does not hold; `step` names the claim, or `signature`, or `form`.
        DidError: the key cannot be found or lacks the relationship.
        KeyInvalid: the document's key cannot be used.
    """
    jws = decode_jws(token) if isinstance(token, str) else token
    claims = jws.payload
    # Other signed things of the same sender have issuer, audience and expiry as well; they are no tokens.
    if str(jws.header.get("typ", "JWT")).lower().removeprefix("application/") != "jwt":
        raise TokenInvalid(f"the token's typ is {shown(jws.header['typ'])}, not JWT")
    if "vc" in claims or "vp" in claims:
        raise TokenInvalid("this is a credential or a presentation, not a Self-Issued ID token")
    # 1. iss and sub
    issuer = _same_issuer_and_subject(claims)
    # 2. aud
    check_audience(claims, audience)
    # 4. the document's id; before 3, because a key of a foreign document proves nothing
    if document.did != issuer:
        raise TokenInvalid(f"the token is by {shown(issuer)}, the document is of {shown(document.did)}", step="sub")
    # 3. the signature
    kid = jws.kid
    jws.verify(document.sole_key() if kid is None else document.key(kid, "capabilityInvocation"))
    # 5. the times
    check_not_before(claims, now=now, skew=skew)
    expires_at = check_expiry(claims, now=now, skew=skew)
    issued_at = check_issued(claims, now=now, skew=skew, max_age=MAX_AGE)
    # 6. the jti is for the caller to use up
    forget_at = min(expires_at, issued_at + MAX_AGE) + skew
    return IdToken(issuer, _jti(claims), issued_at, expires_at, forget_at, optional_text(claims, "token"))


def make_request_proof(key: SigningKey, *, method: str, url: str, access_token: str, now: datetime) -> str:
    """A proof that whoever asks for data holds the key that the data token is bound to (RFC 9449, with `kid`)."""
    claims = {
        "jti": new_iri(),
        "htm": method.upper(),
        "htu": _bare_url(url),
        "ath": _token_hash(access_token),
        "iat": int(now.timestamp()),
    }
    return sign_jws(claims, key, typ=PROOF_TYPE)


def verify_request_proof(
    proof: str, key: PublicKey, *, method: str, url: str, access_token: str, now: datetime, skew: timedelta
) -> str:
    """Check a request proof (RFC 9449, 4.3) against the key that the data token is bound to; give its `jti`.

    Raises:
        TokenInvalid: malformed, by another key, for another request or token, or not fresh.
    """
    jws = decode_jws(proof)
    if jws.header.get("typ") != PROOF_TYPE:
        raise TokenInvalid(f"the proof's typ is {shown(jws.header.get('typ'))}, not {PROOF_TYPE}")
    jws.verify(key)
    expected = {"htm": method.upper(), "htu": _bare_url(url), "ath": _token_hash(access_token)}
    meant = {"htm": "HTTP method", "htu": "URL", "ath": "access token"}
    for name, value in expected.items():
        if jws.payload.get(name) != value:
            raise TokenInvalid(f"the proof is for another {meant[name]} ({name})", step=name)
    check_issued(jws.payload, now=now, skew=skew, max_age=PROOF_MAX_AGE)
    return _jti(jws.payload)


def _same_issuer_and_subject(claims: dict[str, Any]) -> str:
    issuer, subject = text_claim(claims, "iss"), text_claim(claims, "sub")
    if issuer != subject:
        raise TokenInvalid(f"iss {shown(issuer)} and sub {shown(subject)} differ", step="iss")
    return issuer


def _jti(claims: dict[str, Any]) -> str:
    jti = text_claim(claims, "jti")
    if len(jti) > MAX_JTI:
        raise TokenInvalid(f"the claim jti is longer than {MAX_JTI} characters", step="jti")
    return jti


def _bare_url(url: str) -> str:
    # RFC 9449, 4.2: without query and fragment.
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path or '/'}"


def _token_hash(access_token: str) -> str:
    return to_base64url(hashlib.sha256(access_token.encode("utf-8")).digest())
