"""The forms in which presentations travel, taken apart without belief.

* data model 1.1: a JWT with the claim `vp`, its credentials as JWT;
* data model 2.0: a JWT that is the presentation, its credentials enveloped (`EnvelopedVerifiableCredential`, a `data:`
  URI) or as JWT;
* the same once more inside: a JWT, or a bare object, of the type `EnvelopedVerifiablePresentation`, whose `id` is a
  `data:` URI of the presentation.
"""

from dataclasses import dataclass
from typing import Any, Final

from connector.trust import vc11, vc20
from connector.trust.errors import PresentationInvalid, shown
from connector.trust.jws import Jws, decode_jws
from connector.trust.vc import Profile, texts

MAX_PRESENTATION: Final = 256 * 1024
"""The largest presentation that is read, in bytes: it holds credentials."""
MAX_CREDENTIALS: Final = 16
TYPE: Final = "VerifiablePresentation"
ENVELOPED_PRESENTATION: Final = "EnvelopedVerifiablePresentation"
ENVELOPED_CREDENTIAL: Final = "EnvelopedVerifiableCredential"
_VP_TYPS: Final = frozenset({None, "JWT", "vp+jwt", "vp+ld+jwt", "vp+ld+json+jwt"})
_CREDENTIAL_URI: Final = ("data:application/vc+jwt,", "data:application/vc+ld+jwt,", "data:application/jwt,")
_PRESENTATION_URI: Final = ("data:application/vp+jwt,", "data:application/vp+ld+jwt,", "data:application/jwt,")


@dataclass(frozen=True, slots=True)
class Form:
    """A presentation taken apart.

    Attributes:
        profile: its data model, which is its credentials' too (DCP "Homogeneity requirement").
        layers: its JWTs, the outer one first; each is signed by the holder.
        members: the presentation's own members.
        credentials: the credentials, as JWT.
    """

    profile: Profile
    layers: tuple[Jws, ...]
    members: dict[str, Any]
    credentials: tuple[str, ...]


def take_apart(jwt: str) -> Form:
    """Find out which form a presentation has, and what it holds.

    Raises:
        PresentationInvalid: none of these forms.
        TokenInvalid: no readable JWT.
    """
    outer = decode_jws(jwt, max_bytes=MAX_PRESENTATION)
    layers = [outer]
    if ENVELOPED_PRESENTATION in texts(outer.payload.get("type")):
        layers.append(decode_jws(presentation_inside(outer.payload), max_bytes=MAX_PRESENTATION))
    payload = layers[-1].payload
    if len(layers) == 1 and "@context" not in payload:
        return _of_11(layers, payload.get("vp"))
    return _of_20(layers, payload)


def presentation_inside(item: dict[str, Any]) -> str:
    """The JWT in an EnvelopedVerifiablePresentation.

    Raises:
        PresentationInvalid: its id is no data: URI of one.
    """
    return _from_uri(item.get("id"), _PRESENTATION_URI)


def enveloped(jwt: str) -> dict[str, Any]:
    """A credential as an EnvelopedVerifiableCredential (VC 2.0, section 4.13)."""
    return {"@context": vc20.CREDENTIALS_CONTEXT, "id": _CREDENTIAL_URI[0] + jwt, "type": ENVELOPED_CREDENTIAL}


def _of_11(layers: list[Jws], vp: object) -> Form:
    if not isinstance(vp, dict):
        raise PresentationInvalid("the JWT holds no presentation of the data model 1.1 (claim vp)")
    _check_type(vp)
    return Form(vc11.VC11, tuple(layers), vp, _credentials(vp, wrapped=False))


def _of_20(layers: list[Jws], payload: dict[str, Any]) -> Form:
    for layer in layers:
        if layer.header.get("typ") not in _VP_TYPS:
            raise PresentationInvalid(f"the JWT is of the type {shown(layer.header.get('typ'))}, not vp+jwt")
        for claim in ("vc", "vp"):
            if claim in layer.payload:
                raise PresentationInvalid(f"a presentation of the data model 2.0 has no claim {claim}")
        _check_context(layer.payload)
    _check_type(payload)
    return Form(vc20.VC20, tuple(layers), payload, _credentials(payload, wrapped=True))


def _check_context(payload: dict[str, Any]) -> None:
    contexts = payload.get("@context")
    if (contexts if isinstance(contexts, list) else [contexts])[:1] != [vc20.CREDENTIALS_CONTEXT]:
        raise PresentationInvalid(f"no presentation whose first context is {vc20.CREDENTIALS_CONTEXT}")


def _check_type(vp: dict[str, Any]) -> None:
    if TYPE not in texts(vp.get("type")):
        raise PresentationInvalid(f"the presentation's type is not {TYPE}")


def _credentials(vp: dict[str, Any], *, wrapped: bool) -> tuple[str, ...]:
    value = vp.get("verifiableCredential", [])
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_CREDENTIALS:
        raise PresentationInvalid(f"the presentation holds more than {MAX_CREDENTIALS} credentials")
    return tuple(_credential(item, wrapped=wrapped) for item in items)


def _credential(item: object, *, wrapped: bool) -> str:
    if isinstance(item, str):
        # Some write the envelope's URI alone.
        return _from_uri(item, _CREDENTIAL_URI) if wrapped and item.startswith("data:") else item
    if wrapped and isinstance(item, dict) and ENVELOPED_CREDENTIAL in texts(item.get("type")):
        return _from_uri(item.get("id"), _CREDENTIAL_URI)
    raise PresentationInvalid("the presentation holds a credential that is no JWT")


def _from_uri(uri: object, prefixes: tuple[str, ...]) -> str:
    for prefix in prefixes:
        if isinstance(uri, str) and uri.startswith(prefix):
            return uri.removeprefix(prefix)
    raise PresentationInvalid(f"the envelope's id is no {prefixes[0]}…")
