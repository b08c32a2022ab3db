"""Verifiable Presentations of the data model 1.1 as JWT (DCP profile `vc11-sl2021/jwt`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.ids import new_iri
from connector.trust.claims import check_audience, check_expiry, check_issued, check_not_before, text_claim
from connector.trust.did import DidDocument
from connector.trust.errors import PresentationInvalid, TrustError, shown
from connector.trust.jws import decode_jws, sign_jws
from connector.trust.keys import SigningKey
from connector.trust.vc11 import CREDENTIALS_CONTEXT

LIFETIME: Final = timedelta(minutes=5)
MAX_AGE: Final = timedelta(hours=1)
MAX_PRESENTATION: Final = 256 * 1024
"""The largest presentation that is read, in bytes: it holds credentials."""
MAX_CREDENTIALS: Final = 16
MAX_JTI: Final = 256
_NO_SKEW: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Presentation:
    """A presentation whose holder is verified; its credentials are not yet.

    Attributes:
        holder: the DID of who presents.
        jti: the presentation's own id, to be used once.
        forget_at: from then on the presentation is refused anyway, so its `jti` need not be remembered.
        credentials: the credentials, as JWT.
    """

    holder: str
    jti: str
    forget_at: datetime
    credentials: tuple[str, ...]


def make_presentation(
    credentials: Sequence[str],
    *,
    key: SigningKey,
    holder: str,
    audience: str,
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> str:
    """A fresh presentation of credentials of this one profile for one verifier."""
    issued, jti = int(now.timestamp()), new_iri()
    claims: dict[str, Any] = {
        "iss": holder,
        "sub": holder,
        "aud": audience,
        "jti": jti,
        "iat": issued,
        "nbf": issued,
        "exp": int((now + lifetime).timestamp()),
        "vp": {
            "@context": [CREDENTIALS_CONTEXT],
            "id": jti,
            "type": ["VerifiablePresentation"],
            "holder": holder,
            "verifiableCredential": list(credentials),
        },
    }
    return sign_jws(claims, key)


def verify_presentation(
    jwt: str, holder_document: DidDocument, *, audience: str, now: datetime, skew: timedelta = _NO_SKEW
) -> Presentation:
    """Check a presentation (DCP "Presentation Validation", steps 2, 3 and 7; and against replay).

    1. It is a presentation of the data model 1.1 that holds credentials as JWT.
    2. It is by the holder whose document was resolved (`iss`, and `sub` and `holder` if present).
    3. The signature is by a key of that document that has `authentication`.
    4. `aud` is us alone, `exp` and `nbf` hold, `iat` (if present) is recent, and there is a `jti` to be used up.

    What the credentials say is not judged here; see `verify_credential`.

    Raises:
        PresentationInvalid: a step does not hold.
    """
    try:
        return _verify(jwt, holder_document, audience, now, skew)
    except PresentationInvalid:
        raise
    except TrustError as error:
        raise PresentationInvalid(f"the presentation does not hold: {error}") from None


def _verify(jwt: str, document: DidDocument, audience: str, now: datetime, skew: timedelta) -> Presentation:
    jws = decode_jws(jwt, max_bytes=MAX_PRESENTATION)
    claims = jws.payload
    # 1. form
    vp = claims.get("vp")
    if not isinstance(vp, dict):
        raise PresentationInvalid("the JWT holds no presentation of the data model 1.1 (claim vp)")
    types = vp.get("type")
    if "VerifiablePresentation" not in (types if isinstance(types, list) else [types]):
        raise PresentationInvalid("the presentation's type is not VerifiablePresentation")
    credentials = _credentials(vp)
    # 2. holder
    for name, value in (("iss", claims.get("iss")), ("sub", claims.get("sub")), ("holder", vp.get("holder"))):
        if value != document.did and (value is not None or name == "iss"):
            raise PresentationInvalid(f"the presentation's {name} is {shown(value)}, not {shown(document.did)}")
    # 3. signature
    kid = jws.kid
    jws.verify(document.sole_key("authentication") if kid is None else document.key(kid, "authentication"))
    # 4. audience and times
    check_audience(claims, audience)
    check_not_before(claims, now=now, skew=skew)
    forget_at = check_expiry(claims, now=now, skew=skew)
    if "iat" in claims:
        forget_at = min(forget_at, check_issued(claims, now=now, skew=skew, max_age=MAX_AGE) + MAX_AGE)
    elif forget_at > now + MAX_AGE:
        raise PresentationInvalid("the presentation has no iat and is valid for too long")
    jti = text_claim(claims, "jti")
    if len(jti) > MAX_JTI:
        raise PresentationInvalid(f"the presentation's jti is longer than {MAX_JTI} characters")
    return Presentation(document.did, jti, forget_at + skew, credentials)


def _credentials(vp: dict[str, Any]) -> tuple[str, ...]:
    value = vp.get("verifiableCredential", [])
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_CREDENTIALS:
        raise PresentationInvalid(f"the presentation holds more than {MAX_CREDENTIALS} credentials")
    if not all(isinstance(item, str) for item in items):
        raise PresentationInvalid("the presentation holds a credential that is no JWT")
    return tuple(items)
