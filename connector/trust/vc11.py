"""Verifiable Credentials of the data model 1.1 as JWT (DCP profile `vc11-sl2021/jwt`): the credential is the claim `vc`."""

from typing import Any, Final

from connector.trust.errors import CredentialInvalid
from connector.trust.jws import Jws, sign_jws
from connector.trust.keys import SigningKey
from connector.trust.vc import Credential, Model, Profile, sole_subject, take_apart, time_of

VC11: Final[Profile] = "vc11-sl2021/jwt"
CREDENTIALS_CONTEXT: Final = "https://www.w3.org/2018/credentials/v1"
_MODEL: Final = Model(
    VC11, CREDENTIALS_CONTEXT, "issuanceDate", "expirationDate", named_by_claims=True, begin_needed=True
)


def read_vc11(jwt: str, jws: Jws) -> Credential:
    """Take a credential of this data model apart (VC 1.1, section 6.3.1).

    Raises:
        CredentialInvalid: malformed, or contradicting itself.
        TokenInvalid: a registered claim of the JWT is malformed.
    """
    vc = jws.payload.get("vc")
    if not isinstance(vc, dict):
        raise CredentialInvalid("the JWT holds no credential of the data model 1.1 (claim vc)")
    return take_apart(jwt, jws, vc, _MODEL)


def sign_vc11(vc: dict[str, Any], key: SigningKey) -> str:
    """Sign a credential; the registered claims are taken from it.

    Raises:
        CredentialInvalid: it has not exactly one subject, or no beginning.
    """
    begin, end = time_of(vc, _MODEL.begin), time_of(vc, _MODEL.end)
    if begin is None:
        raise CredentialInvalid("a credential of the data model 1.1 needs an issuanceDate")
    begins = int(begin.timestamp())
    claims: dict[str, Any] = {
        "iss": vc["issuer"],
        "sub": sole_subject(vc)["id"],
        "jti": vc["id"],
        "iat": begins,
        "nbf": begins,
    }
    if end is not None:
        claims["exp"] = int(end.timestamp())
    return sign_jws({**claims, "vc": vc}, key)
