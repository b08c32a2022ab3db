"""A member whose keys have changed asks that its membership binds the new ones.

The renewal holds an ordinary membership request, which every new key has signed, and is itself signed by the keys that
the present membership binds: whoever holds only the old ones, or only the new ones, changes nothing. A key that was
compromised does not sign; instead the moment is named from which nothing that it signed is believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connector.canonical import CanonicalError, canonical_bytes
from connector.clock import format_time, parse_time
from connector.trust.credentials import Membership
from connector.trust.encoding import from_base64url, to_base64url
from connector.trust.errors import CredentialInvalid, TrustError, shown
from connector.trust.keys import PublicKey, SigningKey

RENEWAL_FORMAT: Final = "mmd-membership-renewal/1"
_MEMBERS: Final = frozenset({"format", "request", "replaces", "compromised", "signatures"})
_BOUND: Final = ("contract", "log")


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewal that was checked.

    Attributes:
        request: the membership request with the new keys; it is checked as every other.
        compromised: keys of the present membership that are lost, and from when on they are not believed.
    """

    request: dict[str, Any]
    compromised: tuple[tuple[PublicKey, datetime], ...]


def make_renewal(
    request: Mapping[str, Any],
    present: Membership,
    *,
    signers: Mapping[str, SigningKey],
    compromised: Mapping[str, datetime],
) -> dict[str, Any]:
    """A renewal.

    Args:
        request: the membership request, made with the keys as they are to be bound.
        present: the membership that is to be replaced.
        signers: the keys that it binds, `contract` and `log`, but for those that are lost.
        compromised: the others, and from when on they are not believed.
    """
    renewal: dict[str, Any] = {
        "format": RENEWAL_FORMAT,
        "request": dict(request),
        "replaces": present.digest,
        "compromised": {use: format_time(since) for use, since in compromised.items()},
    }
    data = canonical_bytes(renewal)
    return {**renewal, "signatures": {use: to_base64url(key.key.sign(data)) for use, key in signers.items()}}


def check_renewal(renewal: dict[str, Any], present: Membership, *, now: datetime) -> Renewal:
    """Check a renewal against the membership that the authority issued last.

    1. It has the known format and nothing that we would have to ignore.
    2. It replaces the present membership, and is of the same member.
    3. Each key that the present membership binds has signed it, or is named as compromised, at the latest now.

    The request inside is checked by `check_membership_request`, as if a stranger made it.

    Raises:
        CredentialInvalid: a step does not hold.
    """
    # 1. form
    _check_form(renewal)
    # 2. what it replaces
    if renewal["replaces"] != present.digest or renewal["request"].get("did") != present.did:
        raise CredentialInvalid("the renewal replaces another membership than the present one of this member")
    # 3. signatures of the keys that are bound now
    data = canonical_bytes({name: value for name, value in renewal.items() if name != "signatures"})
    lost = []
    for use, key in (("contract", present.contract_key), ("log", present.log_key)):
        if use in renewal["compromised"]:
            lost.append((key, _since(renewal["compromised"][use], now)))
            continue
        signature = renewal["signatures"].get(use)
        try:
            key.verify(from_base64url(signature if isinstance(signature, str) else ""), data)
        except TrustError as error:
            raise CredentialInvalid(f"the {use} key of the present membership has not signed: {error}") from None
    return Renewal(renewal["request"], tuple(lost))


def _check_form(renewal: object) -> None:
    if not isinstance(renewal, dict) or renewal.get("format") != RENEWAL_FORMAT or set(renewal) != _MEMBERS:
        raise CredentialInvalid(f"a renewal is a JSON object in the format {RENEWAL_FORMAT} with its members only")
    for name in ("request", "compromised", "signatures"):
        if not isinstance(renewal[name], dict):
            raise CredentialInvalid(f"the renewal's {name} is no JSON object")
    if not set(renewal["compromised"]) | set(renewal["signatures"]) <= set(_BOUND):
        raise CredentialInvalid(f"only {' and '.join(_BOUND)} keys are bound by a membership")
    try:
        canonical_bytes(renewal)
    except CanonicalError as error:
        raise CredentialInvalid(f"the renewal has no canonical form: {error}") from None


def _since(value: object, now: datetime) -> datetime:
    try:
        since = parse_time(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        since = None
    if since is None:
        raise CredentialInvalid(f"{shown(value)} is no moment from which a key is not believed")
    return min(since, now)
