"""Verifiable Credentials of the data model 2.0 as JWT (DCP profile `vc20-bssl/jwt`): the payload is the credential.

There is no claim `vc` (VC-JOSE-COSE, section 3.1.1).
"""

from typing import Any, Final

from connector.trust.errors import CredentialInvalid, shown
from connector.trust.jws import Jws, sign_jws
from connector.trust.keys import SigningKey
from connector.trust.vc import Credential, Model, Profile, sole_subject, take_apart, time_of

VC20: Final[Profile] = "vc20-bssl/jwt"
CREDENTIALS_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
TYP: Final = "vc+jwt"
_TYPS: Final = frozenset({None, "JWT", TYP, "vc+ld+jwt", "vc+ld+json+jwt"})
"""What peers write; a type that is something else's is refused."""
_MODEL: Final = Model(VC20, CREDENTIALS_CONTEXT, "validFrom", "validUntil", named_by_claims=False, begin_needed=False)


def read_vc20(jwt: str, jws: Jws) -> Credential:
    """Take a credential of this data model apart (VC-JOSE-COSE, section 3.1.1; VC 2.0, section 4).

    Raises:
        CredentialInvalid: malformed, or contradicting itself.
        TokenInvalid: a registered claim of the JWT is malformed.
    """
    typ = jws.header.get("typ")
    if typ not in _TYPS:
        raise CredentialInvalid(f"the JWT is of the type {shown(typ)}, not {TYP}")
    for claim in ("vc", "vp"):
        if claim in jws.payload:
            raise CredentialInvalid(f"a credential of the data model 2.0 has no claim {claim}")
    if not sole_subject(jws.payload):
        raise CredentialInvalid("the credential says nothing of its subject")
    return take_apart(jwt, jws, jws.payload, _MODEL)


def sign_vc20(vc: dict[str, Any], key: SigningKey) -> str:
    """Sign a credential; the registered claims are taken from it, and stand beside its members.

    Raises:
        CredentialInvalid: it has not exactly one subject.
    """
    begin, end = time_of(vc, _MODEL.begin), time_of(vc, _MODEL.end)
    claims: dict[str, Any] = {"iss": vc["issuer"], "sub": sole_subject(vc)["id"], "jti": vc["id"]}
    if begin is not None:
        claims["iat"] = claims["nbf"] = int(begin.timestamp())
    if end is not None:
        claims["exp"] = int(end.timestamp())
    return sign_jws({**vc, **claims}, key, typ=TYP, header={"cty": "vc"})
