"""Verifiable Credentials of the data model 1.1 as JWT (DCP profile `vc11-sl2021/jwt`), read and judged."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.clock import parse_time
from connector.trust.claims import optional_text, optional_time, text_claim
from connector.trust.errors import CredentialInvalid, TokenInvalid, shown
from connector.trust.jws import Jws, decode_jws
from connector.trust.keys import PublicKey

CREDENTIALS_CONTEXT: Final = "https://www.w3.org/2018/credentials/v1"
_NO_SKEW: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential taken apart.

    Attributes:
        jwt: the credential as it was issued.
        id: its own id, if it has one.
        types: all its types.
        issuer: the DID of who vouches.
        subject: the DID of whom it is about.
        claims: the `credentialSubject`.
        kid: the issuer's key, as the credential says.
        valid_from: the beginning of its validity.
        valid_until: the end of its validity; None when it has none.
        has_status: whether it names a status list, which must be looked up before it is believed.
    """

    jwt: str
    id: str | None
    types: tuple[str, ...]
    issuer: str
    subject: str
    claims: dict[str, Any]
    kid: str | None
    valid_from: datetime
    valid_until: datetime | None
    has_status: bool


def read_credential(jwt: str) -> Credential:
    """Take a credential apart without believing it: only to find out whose key to look for, or to show it.

    What is written twice, in the JWT and in the credential inside, must say the same.

    Raises:
        CredentialInvalid: malformed, or contradicting itself.
    """
    return _read(jwt)[0]


def verify_credential(jwt: str, key: PublicKey, *, now: datetime, skew: timedelta = _NO_SKEW) -> Credential:
    """Check a credential (VC 1.1, section 6.3.1; DCP "Presentation Validation", steps 4 to 7).

    1. It is well-formed; `iss` is the issuer, `sub` the subject, `jti` the id.
    2. The key that it names belongs to the issuer.
    3. The signature is by `key`, which the caller found in the issuer's DID document under `assertionMethod`.
    4. Now lies in its validity.
    5. It names no status list: those cannot be looked up yet, and a credential that may be revoked is not believed.

    Args:
        jwt: the credential.
        key: the issuer's key.
        now: the moment at which it should hold.
        skew: by how much the issuer's clock may be ahead of ours.

    Raises:
        CredentialInvalid: a step does not hold.
    """
    # 1. form
    credential, jws = _read(jwt)
    # 2. whose key
    if credential.kid is not None and "#" in credential.kid:
        controller = credential.kid.partition("#")[0] or credential.issuer
        if controller != credential.issuer:
            raise CredentialInvalid(
                f"the credential is signed with a key of {shown(controller)}, not of its issuer {shown(credential.issuer)}"
            )
    # 3. signature
    try:
        jws.verify(key)
    except TokenInvalid as error:
        raise CredentialInvalid(f"the credential's signature does not hold: {error}") from None
    # 4. validity
    if credential.valid_from > now + skew:
        raise CredentialInvalid(f"the credential is valid only from {credential.valid_from.isoformat()}")
    if credential.valid_until is not None and credential.valid_until <= now:
        raise CredentialInvalid(f"the credential expired at {credential.valid_until.isoformat()}; ask for a new one")
    # 5. status
    if credential.has_status:
        raise CredentialInvalid("the credential names a status list, which cannot be looked up here")
    return credential


def _read(jwt: str) -> tuple[Credential, Jws]:
    try:
        jws = decode_jws(jwt)
        return _from_claims(jwt, jws), jws
    except TokenInvalid as error:
        raise CredentialInvalid(f"the credential is no readable JWT: {error}") from None


def _from_claims(jwt: str, jws: Jws) -> Credential:
    claims, vc = jws.payload, jws.payload.get("vc")
    if not isinstance(vc, dict):
        raise CredentialInvalid("the JWT holds no credential of the data model 1.1 (claim vc)")
    types = tuple(_texts(vc.get("type")))
    if _texts(vc.get("@context"))[:1] != [CREDENTIALS_CONTEXT] or "VerifiableCredential" not in types:
        raise CredentialInvalid(f"no VerifiableCredential whose first context is {CREDENTIALS_CONTEXT}")
    subject = vc.get("credentialSubject")
    if isinstance(subject, list) and len(subject) == 1:
        subject = subject[0]
    if not isinstance(subject, dict):
        raise CredentialInvalid("the credential does not have exactly one credentialSubject")
    issuer = vc.get("issuer")
    inner_issuer = issuer.get("id") if isinstance(issuer, dict) else issuer
    begins = [time for time in (optional_time(claims, "nbf"), _time(vc, "issuanceDate")) if time is not None]
    ends = [time for time in (optional_time(claims, "exp"), _time(vc, "expirationDate")) if time is not None]
    if not begins:
        raise CredentialInvalid("the credential does not say from when it is valid (nbf, issuanceDate)")
    return Credential(
        jwt=jwt,
        id=_same("id", optional_text(claims, "jti"), vc.get("id")),
        types=types,
        issuer=_same("issuer", text_claim(claims, "iss"), inner_issuer) or "",
        subject=_same("subject", text_claim(claims, "sub"), subject.get("id")) or "",
        claims=subject,
        kid=jws.kid,
        valid_from=max(begins),
        valid_until=min(ends, default=None),
        has_status="credentialStatus" in vc,
    )


def _same(name: str, outer: str | None, inner: object) -> str | None:
    if inner is not None and outer is not None and inner != outer:
        raise CredentialInvalid(f"the JWT's {name} is {shown(outer)}, but the credential's is {shown(inner)}")
    if inner is not None and not isinstance(inner, str):
        raise CredentialInvalid(f"the credential's {name} is no text")
    return inner if outer is None else outer


def _texts(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def _time(vc: dict[str, Any], name: str) -> datetime | None:
    if name not in vc:
        return None
    try:
        if isinstance(vc[name], str):
            return parse_time(vc[name])
    except (ValueError, OverflowError):
        pass
    raise CredentialInvalid(f"the credential's {name} is no date and time with a zone")
