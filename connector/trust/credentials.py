"""The MembershipCredential: by it the authority binds a participant's DID to his contract key and his log.

DID documents are unsigned and can be made up; a contract is attributed to a company only because the authority, whose
key an auditor has from elsewhere, vouches for the keys (architecture, section 5, 9). Its terms are full IRIs of our
vocabulary, so that no context has to be loaded to keep them.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from connector.canonical import digest_bytes
from connector.clock import format_time
from connector.trust import vc11, vc20
from connector.trust.errors import CredentialInvalid, KeyInvalid
from connector.trust.keys import PublicKey, SigningKey, public_key_from_multikey
from connector.trust.membership_claims import Says, written_claims
from connector.trust.membership_requests import (
    MembershipRequest,
    check_log_origin,
    check_membership_request,
    make_membership_request,
)
from connector.trust.status_entries import StatusEntry, write_status_entry
from connector.trust.vc import Credential, Profile
from connector.trust.vc11 import VC11
from connector.trust.vc_jwt import read_credential, sign_credential, verify_credential

__all__ = [
    "MEMBERSHIP",
    "Credential",
    "Membership",
    "MembershipRequest",
    "binds_keys",
    "check_membership_request",
    "issue_membership",
    "make_membership_request",
    "membership_from",
    "read_credential",
    "read_membership",
    "verify_credential",
]

MEMBERSHIP: Final = "MembershipCredential"
"""The credential's type."""

MAX_TERM: Final = 1000
"""The longest name, key or origin, in characters."""

MMD: Final = "https://w3id.org/my-manufacturing-data/v1/"


@dataclass(frozen=True, slots=True)
class Membership:
    """A MembershipCredential as its reader needs it.

    Attributes:
        did: the member.
        issuer: the authority.
        name: the member's name, as the authority knows it.
        contract_key: the Ed25519 key that the member signs contracts with.
        log_key: the Ed25519 key that the member signs checkpoints with.
        log_origin: the name of the member's log.
        valid_from: the beginning of its validity.
        valid_until: the end of its validity.
        digest: of the credential as issued; contracts name it by this.
        jwt: the credential as issued.
        profile: the data model in which it was issued.
        status: where to look up whether it was revoked.
    """

    did: str
    issuer: str
    name: str
    contract_key: PublicKey
    log_key: PublicKey
    log_origin: str
    valid_from: datetime
    valid_until: datetime
    digest: str
    jwt: str
    profile: Profile = VC11
    status: tuple[StatusEntry, ...] = ()


def issue_membership(
    *,
    issuer_key: SigningKey,
    issuer: str,
    subject: str,
    name: str,
    contract_key: PublicKey,
    log_key: PublicKey,
    log_origin: str,
    valid_from: datetime,
    valid_until: datetime,
    credential_id: str,
    profile: Profile = VC11,
    status: StatusEntry | tuple[StatusEntry, ...] | None = None,
    says: Says | None = None,
) -> str:
    """Issue a membership. That the subject holds the keys is checked before, by `check_membership_request`.

    Args:
        issuer_key: the authority's key.
        issuer: the authority's DID.
        subject: the member's DID.
        name: the member's name.
        contract_key: the key that it signs contracts with.
        log_key: the key that it signs checkpoints with.
        log_origin: the name of its log.
        valid_from: the beginning.
        valid_until: the end.
        credential_id: the credential's own id.
        profile: the data model.
        status: where a revocation, or a suspension, will show; None for a credential that cannot be taken back.
        says: what the authority says of the member beyond its keys (`membership_claims`).

    Raises:
        CredentialInvalid: keys that are not two different Ed25519 keys, an impossible origin, period or claim.
    """
    _check_keys(contract_key, log_key)
    check_log_origin(log_origin)
    if not int(valid_from.timestamp()) < int(valid_until.timestamp()):
        raise CredentialInvalid("a membership must end after it begins")
    claims = {
        "memberOf": issuer,
        "name": name,
        "contractKey": contract_key.multikey(),
        "logKey": log_key.multikey(),
        "logOrigin": log_origin,
    }
    older = profile == VC11
    begin, end = ("issuanceDate", "expirationDate") if older else ("validFrom", "validUntil")
    vc: dict[str, Any] = {
        "@context": [vc11.CREDENTIALS_CONTEXT if older else vc20.CREDENTIALS_CONTEXT],
        "id": credential_id,
        "type": ["VerifiableCredential", MEMBERSHIP],
        "issuer": issuer,
        begin: format_time(valid_from.replace(microsecond=0)),
        end: format_time(valid_until.replace(microsecond=0)),
        "credentialSubject": {
            "id": subject,
            **written_claims(says or {}),
            **{MMD + term: value for term, value in claims.items()},
        },
    }
    if status is not None:
        type_ = "StatusList2021Entry" if older else "BitstringStatusListEntry"
        entries = [status] if isinstance(status, StatusEntry) else list(status)
        written = [write_status_entry(entry, type_=type_) for entry in entries]
        vc["credentialStatus"] = written[0] if len(written) == 1 else written
    return sign_credential(vc, issuer_key, profile)


def membership_from(credential: Credential) -> Membership:
    """The typed view of a credential; whether it was verified is the caller's to know.

    Raises:
        CredentialInvalid: another type, a term that is missing or wrong, keys that cannot be used, or no end.
    """
    if MEMBERSHIP not in credential.types:
        raise CredentialInvalid(f"the credential is no {MEMBERSHIP}")
    if _term(credential.claims, "memberOf") != credential.issuer:
        raise CredentialInvalid("the membership is in another organisation than its issuer's")
    contract_key, log_key = (_key(credential.claims, term) for term in ("contractKey", "logKey"))
    _check_keys(contract_key, log_key)
    log_origin = _term(credential.claims, "logOrigin")
    check_log_origin(log_origin)
    if credential.valid_from is None:
        raise CredentialInvalid("the membership has no beginning (validFrom)")
    if credential.valid_until is None:
        raise CredentialInvalid("the membership has no end (exp, expirationDate, validUntil)")
    return Membership(
        did=credential.subject,
        issuer=credential.issuer,
        name=_term(credential.claims, "name"),
        contract_key=contract_key,
        log_key=log_key,
        log_origin=log_origin,
        valid_from=credential.valid_from,
        valid_until=credential.valid_until,
        digest=digest_bytes(credential.jwt.encode("ascii")),
        jwt=credential.jwt,
        profile=credential.profile,
        status=credential.status,
    )


def membership_schema(url: str) -> dict[str, Any]:
    """The JSON Schema of a membership's subject (DCP 1.0, CredentialObject: `credentialSchema`).

    Args:
        url: where it is published.
    """
    terms = [MMD + term for term in ("memberOf", "name", "contractKey", "logKey", "logOrigin")]
    text = {"type": "string", "minLength": 1, "maxLength": MAX_TERM}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": url,
        "title": MEMBERSHIP,
        "type": "object",
        "properties": dict.fromkeys(("id", *terms), text),
        "required": ["id", *terms],
    }


@lru_cache(maxsize=128)
def read_membership(jwt: str) -> Membership:
    """Read a membership without believing it: for evidence, where the authority's key may be had or not.

    Each contract names the same two; what was read is remembered.

    Raises:
        CredentialInvalid: it is malformed or contradicts itself.
    """
    return membership_from(read_credential(jwt))


def binds_keys(credential: Credential) -> bool:
    """Whether a membership says anything of keys or a log: one of other makers says nothing."""
    return any(MMD + term in credential.claims for term in ("contractKey", "logKey", "logOrigin"))


def _check_keys(contract_key: PublicKey, log_key: PublicKey) -> None:
    if (contract_key.algorithm, log_key.algorithm) != ("EdDSA", "EdDSA") or contract_key == log_key:
        raise CredentialInvalid("a membership binds two different Ed25519 keys: one for contracts, one for the log")


def _term(claims: dict[str, Any], term: str) -> str:
    value = claims.get(MMD + term)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TERM:
        raise CredentialInvalid(f"the membership's {term} is missing or no usable text")
    return value


def _key(claims: dict[str, Any], term: str) -> PublicKey:
    try:
        return public_key_from_multikey(_term(claims, term))
    except KeyInvalid as error:
        raise CredentialInvalid(f"the membership's {term} cannot be used: {error}") from None
