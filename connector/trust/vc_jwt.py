"""A credential in either profile of DCP 1.0: read without belief, and verified."""

from datetime import datetime, timedelta
from typing import Any, Final

from connector.trust.did import DidDocument
from connector.trust.errors import CredentialInvalid, TokenInvalid, shown
from connector.trust.jws import MAX_TOKEN, Jws, decode_jws
from connector.trust.keys import PublicKey, SigningKey
from connector.trust.vc import Credential, Profile
from connector.trust.vc11 import VC11, read_vc11, sign_vc11
from connector.trust.vc20 import read_vc20, sign_vc20

_NO_SKEW: Final = timedelta(0)


def read_credential(jwt: str, *, max_bytes: int = MAX_TOKEN) -> Credential:
    """Take a credential apart without believing it: only to find out whose key to look for, or to show it.

    Raises:
        CredentialInvalid: malformed, or contradicting itself.
    """
    return _read(jwt, max_bytes)[0]


def verify_credential(
    jwt: str, key: PublicKey, *, now: datetime, skew: timedelta = _NO_SKEW, max_bytes: int = MAX_TOKEN
) -> Credential:
    """Check a credential (DCP "Presentation Validation", steps 4, 5 and 7).

    1. It is well-formed, and says nowhere two different things of issuer, subject or id.
    2. The key that it names belongs to the issuer.
    3. The signature is by `key`, which the caller found in the issuer's DID document under `assertionMethod`.
    4. Now lies in its validity.

    Its status (step 6) and its schemas lie elsewhere: whoever believes it has them looked up (`check_status`,
    `check_schema`).

    Args:
        jwt: the credential.
        key: the issuer's key.
        now: the moment at which it should hold.
        skew: by how much the issuer's clock may be ahead of ours.
        max_bytes: the largest credential that is read.

    Raises:
        CredentialInvalid: a step does not hold.
    """
    credential = verify_issued(jwt, key, max_bytes=max_bytes)  # 1-3
    check_period(credential, now=now, skew=skew)  # 4
    return credential


def verify_issued(jwt: str, key: PublicKey, *, max_bytes: int = MAX_TOKEN) -> Credential:
    """Steps 1 to 3 of `verify_credential`: whose word it is, whenever.

    Raises:
        CredentialInvalid: a step does not hold.
    """
    # 1. form
    credential, jws = _read(jwt, max_bytes)
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
    return credential


def check_period(credential: Credential, *, now: datetime, skew: timedelta = _NO_SKEW) -> None:
    """Step 4 of `verify_credential`: `now` lies in its validity.

    Raises:
        CredentialInvalid: it does not.
    """
    if credential.valid_from is not None and credential.valid_from > now + skew:
        raise CredentialInvalid(f"the credential is valid only from {credential.valid_from.isoformat()}")
    if credential.valid_until is not None and credential.valid_until <= now:
        raise CredentialInvalid(f"the credential expired at {credential.valid_until.isoformat()}; ask for a new one")


def issuer_key(credential: Credential, document: DidDocument) -> PublicKey:
    """The key that a credential says it is signed with, out of its issuer's DID document.

    Raises:
        DidError: there is none, or it may not make assertions.
        KeyInvalid: it cannot be used.
    """
    if credential.kid is None:
        return document.sole_key("assertionMethod")
    return document.key(credential.kid, "assertionMethod")


def sign_credential(vc: dict[str, Any], key: SigningKey, profile: Profile) -> str:
    """Sign a credential in this profile.

    Raises:
        CredentialInvalid: it lacks what the JWT must repeat.
    """
    return sign_vc11(vc, key) if profile == VC11 else sign_vc20(vc, key)


def _read(jwt: str, max_bytes: int) -> tuple[Credential, Jws]:
    try:
        jws = decode_jws(jwt, max_bytes=max_bytes)
        # What has no context of its own is meant as the older one: the credential is inside.
        read = read_vc20 if "@context" in jws.payload else read_vc11
        return read(jwt, jws), jws
    except TokenInvalid as error:
        raise CredentialInvalid(f"the credential is no readable JWT: {error}") from None
