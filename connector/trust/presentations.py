"""Verifiable Presentations as JWT in both profiles of DCP 1.0: made for one verifier, and verified by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.ids import new_iri
from connector.trust import vc20
from connector.trust.claims import check_audience, check_expiry, check_issued, check_not_before, text_claim
from connector.trust.did import DidDocument
from connector.trust.errors import PresentationInvalid, TrustError, shown
from connector.trust.jws import Jws, sign_jws
from connector.trust.keys import SigningKey
from connector.trust.lapses import PRESENTATIONS_WITHOUT_AUDIENCE, Leniency
from connector.trust.presentation_forms import (
    MAX_CREDENTIALS,
    MAX_PRESENTATION,
    TYPE,
    Form,
    enveloped,
    take_apart,
)
from connector.trust.vc import Profile
from connector.trust.vc11 import CREDENTIALS_CONTEXT, VC11

__all__ = ["MAX_CREDENTIALS", "MAX_PRESENTATION", "Presentation", "make_presentation", "verify_presentation"]

LIFETIME: Final = timedelta(minutes=5)
MAX_AGE: Final = timedelta(hours=1)
MAX_JTI: Final = 256
_BOUND: Final = ("aud", "exp", "jti")
"""What binds a presentation to one verifier, one time and one use."""
_NO_SKEW: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Presentation:
    """A presentation whose holder is verified; its credentials are not yet.

    Attributes:
        holder: the DID of who presents.
        jti: the presentation's own id, to be used once; None where its absence was put up with.
        forget_at: from then on the presentation is refused anyway, so its `jti` need not be remembered.
        credentials: the credentials, as JWT.
        profile: its data model, which must be its credentials' too.
    """

    holder: str
    jti: str | None
    forget_at: datetime
    credentials: tuple[str, ...]
    profile: Profile = VC11


def make_presentation(
    credentials: Sequence[str],
    *,
    key: SigningKey,
    holder: str,
    audience: str,
    now: datetime,
    lifetime: timedelta = LIFETIME,
    profile: Profile = VC11,
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
    }
    if profile == VC11:
        vp = {
            "@context": [CREDENTIALS_CONTEXT],
            "id": jti,
            "type": ["VerifiablePresentation"],
            "holder": holder,
            "verifiableCredential": list(credentials),
        }
        return sign_jws({**claims, "vp": vp}, key)
    presentation = {
        "@context": [vc20.CREDENTIALS_CONTEXT],
        "id": jti,
        # A text, not a list: some readers know nothing else.
        "type": TYPE,
        "holder": holder,
        "verifiableCredential": [enveloped(credential) for credential in credentials],
    }
    return sign_jws({**presentation, **claims}, key, typ="vp+jwt", header={"cty": "vp"})


def verify_presentation(
    jwt: str,
    holder_document: DidDocument,
    *,
    audience: str,
    now: datetime,
    skew: timedelta = _NO_SKEW,
    leniency: Leniency | None = None,
) -> Presentation:
    """Check a presentation (DCP "Presentation Validation", steps 2, 3 and 7; and against replay).

    1. It has one of the forms of `presentation_forms`, and holds credentials as JWT.
    2. It is by the holder whose document was resolved (`iss`, and `sub` and `holder` if present).
    3. The signature of each of its layers is by a key of that document that has `authentication`.
    4. `aud` is us alone, `exp` and `nbf` hold, `iat` (if present) is recent, and there is a `jti` to be used up: all of
       them in one layer, and nowhere in the other anything against it.

    What the credentials say is not judged here; see `verify_credential`. With `leniency`, step 4 and the holder's name
    in step 2 may be left out by a presentation of VC 2.0 that has none of `aud`, `exp` and `jti` in any layer: it must
    then be the direct answer to our own query, and is bound to nothing else.

    Raises:
        PresentationInvalid: a step does not hold.
    """
    try:
        return _verify(jwt, holder_document, audience, now, skew, leniency or Leniency())
    except PresentationInvalid:
        raise
    except TrustError as error:
        raise PresentationInvalid(f"the presentation does not hold: {error}") from None


def _verify(
    jwt: str, document: DidDocument, audience: str, now: datetime, skew: timedelta, leniency: Leniency
) -> Presentation:
    # 1. form
    form = take_apart(jwt)
    # 2. holder
    unbound = (
        form.profile != VC11
        and not any(name in layer.payload for layer in form.layers for name in _BOUND)
        and leniency.puts_up_with(PRESENTATIONS_WITHOUT_AUDIENCE)
    )
    _check_holder(form, document.did, may_be_unnamed=unbound)
    # 3. signatures
    for layer in form.layers:
        kid = layer.kid
        layer.verify(document.sole_key("authentication") if kid is None else document.key(kid, "authentication"))
    # 4. audience and times
    if unbound:
        for layer in form.layers:
            _check_no_contradiction(layer.payload, audience, now, skew)
        return Presentation(document.did, None, now, form.credentials, form.profile)
    bound = _bound_layer(form)
    for layer in form.layers:
        if layer is not bound:
            _check_no_contradiction(layer.payload, audience, now, skew)
    jti, forget_at = _check_bound(bound.payload, audience, now, skew)
    return Presentation(document.did, jti, forget_at + skew, form.credentials, form.profile)


def _check_holder(form: Form, did: str, *, may_be_unnamed: bool) -> None:
    named = [(name, layer.payload.get(name)) for layer in form.layers for name in ("iss", "sub")]
    named.append(("holder", form.members.get("holder")))
    for name, value in named:
        if value is not None and value != did:
            raise PresentationInvalid(f"the presentation's {name} is {shown(value)}, not {shown(did)}")
    says = [name for name, value in named if value is not None]
    if may_be_unnamed:
        return
    if "iss" not in says and (form.profile == VC11 or "holder" not in says):
        raise PresentationInvalid(f"the presentation's iss is {shown(None)}, not {shown(did)}")


def _bound_layer(form: Form) -> Jws:
    """The layer that says for whom, until when and under which id; the outer one, which is what was sent, if it can."""
    return next((layer for layer in form.layers if all(name in layer.payload for name in _BOUND)), form.layers[0])


def _check_bound(claims: dict[str, Any], audience: str, now: datetime, skew: timedelta) -> tuple[str, datetime]:
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
    return jti, forget_at


def _check_no_contradiction(claims: dict[str, Any], audience: str, now: datetime, skew: timedelta) -> None:
    if "aud" in claims:
        check_audience(claims, audience)
    check_not_before(claims, now=now, skew=skew)
    if "exp" in claims:
        check_expiry(claims, now=now, skew=skew)
