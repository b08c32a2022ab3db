"""Asking an authority for a membership, with proof that one holds the three keys that it will bind.

The request names each key and is signed by each (over its canonical form without the signatures). The authority
compares them with the DID document that it resolves itself: so it sees that whoever asks controls both.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.canonical import CanonicalError, canonical_bytes
from connector.clock import format_time, parse_time
from connector.ids import new_iri
from connector.trust.did import DidDocument, Relationship, is_did
from connector.trust.encoding import from_base64url, to_base64url
from connector.trust.errors import CredentialInvalid, TrustError, shown
from connector.trust.keys import PublicKey, SigningKey

REQUEST_FORMAT: Final = "mmd-membership-request/1"
MAX_AGE: Final = timedelta(hours=24)
MAX_AHEAD: Final = timedelta(minutes=5)
"""How far the clock of who asks may be ahead."""
MAX_NAME: Final = 200

_KEYS: Final[dict[str, tuple[Relationship, str]]] = {
    "token": ("capabilityInvocation", "ES256"),
    "contract": ("assertionMethod", "EdDSA"),
    "log": ("assertionMethod", "EdDSA"),
}
_ORIGIN: Final = re.compile(r"[^\s+\x00-\x1f]{1,256}")
_MEMBERS: Final = frozenset({"format", "id", "did", "authority", "name", "logOrigin", "created", "keys", "signatures"})


@dataclass(frozen=True, slots=True)
class MembershipRequest:
    """A request that was checked: what the authority may put into the credential."""

    id: str
    did: str
    name: str
    token_key: PublicKey
    contract_key: PublicKey
    log_key: PublicKey
    log_origin: str
    created: datetime


def make_membership_request(
    did: str,
    *,
    authority: str,
    name: str,
    contract_key: SigningKey,
    log_key: SigningKey,
    token_key: SigningKey,
    log_origin: str,
    now: datetime,
) -> dict[str, Any]:
    """A request for membership, signed by all three keys.

    Raises:
        CredentialInvalid: an origin that cannot name a log.
    """
    check_log_origin(log_origin)
    keys = {"token": token_key, "contract": contract_key, "log": log_key}
    request: dict[str, Any] = {
        "format": REQUEST_FORMAT,
        "id": new_iri(),
        "did": did,
        "authority": authority,
        "name": name,
        "logOrigin": log_origin,
        "created": format_time(now),
        "keys": {use: {"id": key.kid, "publicKeyMultibase": key.key.public.multikey()} for use, key in keys.items()},
    }
    data = canonical_bytes(request)
    return {**request, "signatures": {use: to_base64url(key.key.sign(data)) for use, key in keys.items()}}


def check_membership_request(
    request: dict[str, Any], did_document: DidDocument, *, authority: str, now: datetime
) -> MembershipRequest:
    """Check a request before a credential is issued.

    1. It has the known format and nothing that we would have to ignore.
    2. It is addressed to this authority.
    3. It was made within the last 24 hours.
    4. It is from the DID whose document was resolved.
    5. Each of its keys is in that document, under the relationship that its use needs, and is the same key.
    6. Each key has signed the request; contract key and log key are different.

    Raises:
        CredentialInvalid: a step does not hold.
    """
    # 1. form
    _check_form(request)
    # 2. addressee
    if request["authority"] != authority:
        raise CredentialInvalid(f"the request is addressed to {shown(request['authority'])}, not to {authority}")
    # 3. age
    created = _created(request["created"])
    if created > now + MAX_AHEAD or created < now - MAX_AGE:
        raise CredentialInvalid("the request is older than 24 hours, or from the future; make a new one")
    # 4. sender
    if request["did"] != did_document.did:
        raise CredentialInvalid(f"the request is by {shown(request['did'])}, the document of {did_document.did}")
    # 5. and 6. keys and signatures
    data = canonical_bytes({name: value for name, value in request.items() if name != "signatures"})
    keys = {use: _checked_key(request, use, did_document, data) for use in _KEYS}
    if keys["contract"] == keys["log"]:
        raise CredentialInvalid("the request names one key for contracts and for the log; two are needed")
    return MembershipRequest(
        request["id"],
        request["did"],
        request["name"],
        keys["token"],
        keys["contract"],
        keys["log"],
        request["logOrigin"],
        created,
    )


def check_log_origin(log_origin: str) -> None:
    """Refuse an origin that cannot be the key name in a checkpoint (C2SP signed-note).

    Raises:
        CredentialInvalid: empty, longer than 256 characters, or with a space, a plus or a control character.
    """
    if _ORIGIN.fullmatch(log_origin) is None:
        raise CredentialInvalid(
            f"the log origin {shown(log_origin)} must be 1 to 256 characters without spaces and plus signs"
        )


def _check_form(request: dict[str, Any]) -> None:
    if not isinstance(request, dict):
        raise CredentialInvalid("a membership request is a JSON object")
    if request.get("format") != REQUEST_FORMAT:
        raise CredentialInvalid(f"the request's format is {shown(request.get('format'))}, not {REQUEST_FORMAT}")
    if set(request) != _MEMBERS:
        raise CredentialInvalid(f"a membership request has exactly {', '.join(sorted(_MEMBERS))}")
    for name in ("id", "did", "authority", "name", "logOrigin"):
        if not isinstance(request[name], str) or not request[name]:
            raise CredentialInvalid(f"the request's {name} is no text")
    if len(request["name"]) > MAX_NAME or not request["name"].isprintable():
        raise CredentialInvalid(f"the name must be printable, and no longer than {MAX_NAME} characters")
    if not is_did(request["did"]):
        raise CredentialInvalid("the request's did is no DID")
    check_log_origin(request["logOrigin"])
    for name in ("keys", "signatures"):
        if not isinstance(request[name], dict) or set(request[name]) != set(_KEYS):
            raise CredentialInvalid(f"the request's {name} are not exactly {', '.join(_KEYS)}")
    try:
        canonical_bytes(request)
    except CanonicalError as error:
        raise CredentialInvalid(f"the request has no canonical form: {error}") from None


def _created(value: object) -> datetime:
    try:
        if isinstance(value, str):
            return parse_time(value)
    except (ValueError, OverflowError):
        pass
    raise CredentialInvalid("the request's created is no date and time with a zone")


def _checked_key(request: dict[str, Any], use: str, document: DidDocument, data: bytes) -> PublicKey:
    named, signature = request["keys"][use], request["signatures"][use]
    if not isinstance(named, dict) or set(named) != {"id", "publicKeyMultibase"} or not isinstance(named["id"], str):
        raise CredentialInvalid(f"the request's {use} key is not exactly id and publicKeyMultibase")
    relationship, algorithm = _KEYS[use]
    try:
        key = document.key(named["id"], relationship)
    except TrustError as error:
        raise CredentialInvalid(f"the request's {use} key: {error}") from None
    if key.multikey() != named["publicKeyMultibase"]:
        raise CredentialInvalid(f"the request's {use} key is not the one in the DID document")
    if key.algorithm != algorithm:
        raise CredentialInvalid(f"the {use} key signs with {key.algorithm}; {algorithm} is needed")
    try:
        key.verify(from_base64url(signature if isinstance(signature, str) else ""), data)
    except TrustError as error:
        raise CredentialInvalid(f"possession of the {use} key is not shown: {error}") from None
    return key
