"""Verifiable Credentials secured as JWT: what both data models share, and how either is taken apart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from connector.clock import parse_time
from connector.ids import is_iri
from connector.trust.claims import optional_text, optional_time
from connector.trust.errors import CredentialInvalid, shown
from connector.trust.jws import Jws
from connector.trust.schemas import SchemaReference, read_schemas
from connector.trust.status_entries import StatusEntry, read_status_entries

Profile: TypeAlias = Literal["vc11-sl2021/jwt", "vc20-bssl/jwt"]
"""The two profiles of DCP 1.0, by their aliases."""
PROFILES: Final[tuple[Profile, ...]] = ("vc11-sl2021/jwt", "vc20-bssl/jwt")
_TYPED: Final = ("evidence", "termsOfUse", "refreshService", "proof")
"""Members that are not judged here, but whose entries must at least say what they are."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential taken apart.

    Attributes:
        jwt: the credential as it was issued.
        profile: its data model.
        id: its own id, if it has one.
        types: all its types.
        issuer: the DID of who vouches.
        subject: the DID of whom it is about.
        claims: the `credentialSubject`.
        kid: the issuer's key, as the credential says.
        valid_from: the beginning of its validity; None when it does not say (VC 2.0 only).
        valid_until: the end of its validity; None when it has none.
        status: the entries of status lists, which must be looked up before it is believed.
        schemas: the schemas that it must keep to.
        content: the credential's members.
    """

    jwt: str
    profile: Profile
    id: str | None
    types: tuple[str, ...]
    issuer: str
    subject: str
    claims: dict[str, Any]
    kid: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    status: tuple[StatusEntry, ...]
    schemas: tuple[SchemaReference, ...]
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Model:
    """How a data model calls its members, and which claims of the JWT it demands."""

    profile: Profile
    context: str
    begin: str
    end: str
    named_by_claims: bool
    begin_needed: bool


def take_apart(jwt: str, jws: Jws, vc: dict[str, Any], model: Model) -> Credential:
    """Read a credential of this model; what is written twice, in the JWT and in the credential, must say the same.

    Raises:
        CredentialInvalid: malformed, or contradicting itself.
        TokenInvalid: a registered claim of the JWT is malformed.
    """
    claims = jws.payload
    types = _types(vc, model)
    subject = sole_subject(vc)
    begin = _narrowest(max, optional_time(claims, "nbf"), time_of(vc, model.begin))
    end = _narrowest(min, optional_time(claims, "exp"), time_of(vc, model.end))
    if begin is None and model.begin_needed:
        raise CredentialInvalid(f"the credential does not say from when it is valid (nbf, {model.begin})")
    if begin is not None and end is not None and end < begin:
        raise CredentialInvalid("the credential ends before it begins")
    for name in _TYPED:
        _check_typed(vc, name)
    return Credential(
        jwt=jwt,
        profile=model.profile,
        id=_id(_same("id", optional_text(claims, "jti"), vc.get("id")), vc, model),
        types=types,
        issuer=_named("issuer", "iss", claims, _issuer_of(vc), needed=model.named_by_claims),
        subject=_named("subject", "sub", claims, subject.get("id"), needed=model.named_by_claims),
        claims=subject,
        kid=jws.kid,
        valid_from=begin,
        valid_until=end,
        status=read_status_entries(vc["credentialStatus"]) if "credentialStatus" in vc else (),
        schemas=read_schemas(vc["credentialSchema"]) if "credentialSchema" in vc else (),
        content=vc,
    )


def sole_subject(vc: dict[str, Any]) -> dict[str, Any]:
    """The one `credentialSubject`.

    Raises:
        CredentialInvalid: there is none, or more than one, or it says nothing.
    """
    subject = vc.get("credentialSubject")
    if isinstance(subject, list) and len(subject) == 1:
        subject = subject[0]
    if not isinstance(subject, dict):
        raise CredentialInvalid("the credential does not have exactly one credentialSubject")
    return subject


def texts(value: object) -> list[str]:
    """The texts of a value that may be one or a list."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def time_of(vc: dict[str, Any], name: str) -> datetime | None:
    """A member that is a date and time, if it is there.

    Raises:
        CredentialInvalid: it is there, and is none.
    """
    if name not in vc:
        return None
    try:
        if isinstance(vc[name], str):
            return parse_time(vc[name])
    except (ValueError, OverflowError):
        pass
    raise CredentialInvalid(f"the credential's {name} is no date and time with a zone")


def _types(vc: dict[str, Any], model: Model) -> tuple[str, ...]:
    types = tuple(texts(vc.get("type")))
    contexts = vc.get("@context")
    listed = contexts if isinstance(contexts, list) else [contexts]
    if listed[:1] != [model.context] or "VerifiableCredential" not in types:
        raise CredentialInvalid(f"no VerifiableCredential whose first context is {model.context}")
    if not all(isinstance(context, dict) or is_iri(context) for context in listed):
        raise CredentialInvalid("one of the credential's contexts is no IRI and no JSON object")
    return types


def _issuer_of(vc: dict[str, Any]) -> object:
    issuer = vc.get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer


def _named(name: str, claim: str, claims: dict[str, Any], inner: object, *, needed: bool) -> str:
    outer = optional_text(claims, claim)
    if outer is None and (needed or inner is None):
        raise CredentialInvalid(f"the claim {claim} is missing: the credential does not say its {name}")
    found = _same(name, outer, inner) or ""
    if not is_iri(found):
        raise CredentialInvalid(f"the credential's {name} {shown(found)} is no IRI")
    return found


def _same(name: str, outer: str | None, inner: object) -> str | None:
    if inner is not None and outer is not None and inner != outer:
        raise CredentialInvalid(f"the JWT's {name} is {shown(outer)}, but the credential's is {shown(inner)}")
    if inner is not None and not isinstance(inner, str):
        raise CredentialInvalid(f"the credential's {name} is no text")
    return inner if outer is None else outer


def _id(value: str | None, vc: dict[str, Any], model: Model) -> str | None:
    if "id" in vc and vc["id"] is None:
        raise CredentialInvalid("the credential's id is no text")
    # In the older model it is the JWT's jti, which may be any text, and with some peers is.
    if value is not None and not model.named_by_claims and not is_iri(value):
        raise CredentialInvalid(f"the credential's id {shown(value)} is no IRI")
    return value


def _check_typed(vc: dict[str, Any], name: str) -> None:
    value = vc.get(name, [])
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict) or not texts(item.get("type")):
            raise CredentialInvalid(f"an entry of the credential's {name} does not say its type")


def _narrowest(choose: Callable[..., datetime], *times: datetime | None) -> datetime | None:
    found = [time for time in times if time is not None]
    return choose(found) if found else None
