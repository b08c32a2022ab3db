"""The list of trust anchors: an authority says, signed, which issuers are believed in its data space for which credentials.

DCP leaves its form open (1.0, "Trust Anchors"). Ours is a JWT of a type of its own (`mmd-anchors+jwt`), so that nothing
else that an authority signs can pass for one:

====================  =================================================================================================
`format`              `mmd-anchors/1`
`iss`                 the authority; a list speaks for its own authority alone
`version`             a whole number that only grows: an older list is refused, also after a restart
`iat`, `exp`          when it was made, when it ends (NumericDate)
`offlineSeconds`      how long it goes on since its authority was last reached
`issuers`             `[{did, types, keys: [{kid, publicKeyMultibase, validFrom?, validUntil?}]}]`; the keys are for auditors
`witnesses`           `[{name, publicKeyMultibase, validUntil?}]`: with which keys the authority cosigns logs
`lostKeys`            `[{did, publicKeyMultibase, notBelievedFrom}]`: keys of members that others may have
====================  =================================================================================================
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connector.canonical import digest_bytes
from connector.clock import format_time
from connector.trust.anchors import (
    MAX_KEYS,
    MAX_LOST,
    Authority,
    AuthorityKey,
    LostKey,
    TrustFile,
    WitnessKey,
    read_authority_key,
    read_lost_key,
    read_witness_keys,
    write_authority_key,
    write_lost_key,
    write_witness_key,
)
from connector.trust.did import is_did
from connector.trust.errors import AnchorsInvalid, TokenInvalid, TrustFileInvalid, shown
from connector.trust.jws import decode_jws, sign_jws
from connector.trust.keys import PublicKey, SigningKey

ANCHORS_FORMAT: Final = "mmd-anchors/1"
TYPE: Final = "mmd-anchors+jwt"
"""The `typ` of the JWT."""
MAX_DOCUMENT: Final = 256_000
"""The largest list that is read, in characters."""
MAX_ISSUERS: Final = 100
MAX_TYPES: Final = 20
MAX_VERSION: Final = 2**53 - 1
MAX_OFFLINE: Final = timedelta(days=90)
_MAX_TYPE: Final = 200


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who is believed, for which types of credentials, and the keys that it signed with."""

    did: str
    types: tuple[str, ...]
    keys: tuple[AuthorityKey, ...] = ()


@dataclass(frozen=True, slots=True)
class AnchorList:
    """An authority's list.

    Attributes:
        authority: whose list it is.
        version: only grows.
        made_at: when it was signed.
        ends_at: from when on it counts no more, whatever happens.
        offline: how long it goes on since the authority was last reached.
        issuers: who is believed.
        lost_keys: keys of members that are not believed from a moment on.
        witnesses: with which keys the authority cosigns the logs of its members.
        digest: of the document.
    """

    authority: str
    version: int
    made_at: datetime
    ends_at: datetime
    offline: timedelta
    issuers: tuple[Issuer, ...]
    lost_keys: tuple[LostKey, ...] = ()
    witnesses: tuple[WitnessKey, ...] = ()
    digest: str = ""

    def believes(self, credential_type: str, issuer: str) -> bool:
        """Whether the list names this issuer for this type."""
        return any(one.did == issuer and credential_type in one.types for one in self.issuers)

    def usable_until(self, checked_at: datetime) -> datetime:
        """Until when it counts, if its authority was last reached at `checked_at`."""
        return min(self.ends_at, checked_at + self.offline)


def sign_anchor_list(found: AnchorList, key: SigningKey) -> str:
    """The list as its authority publishes it."""
    payload: dict[str, Any] = {
        "format": ANCHORS_FORMAT,
        "iss": found.authority,
        "version": found.version,
        "iat": int(found.made_at.timestamp()),
        "exp": int(found.ends_at.timestamp()),
        "offlineSeconds": int(found.offline.total_seconds()),
        "issuers": [
            {"did": one.did, "types": list(one.types), "keys": [write_authority_key(key) for key in one.keys]}
            for one in found.issuers
        ],
        "lostKeys": [write_lost_key(lost) for lost in found.lost_keys],
        "witnesses": [write_witness_key(key) for key in found.witnesses],
    }
    return sign_jws(payload, key, typ=TYPE)


def claimed_kid(document: str) -> str:
    """By which key a list says that it was signed, without belief.

    Raises:
        AnchorsInvalid: it is no such document.
    """
    try:
        return decode_jws(document, max_bytes=MAX_DOCUMENT).kid or ""
    except TokenInvalid as error:
        raise AnchorsInvalid(f"what lies there is no list of trust anchors: {error}") from None


def verify_anchor_list(
    document: str, key: PublicKey, *, authority: str, now: datetime, skew: timedelta = timedelta(0)
) -> AnchorList:
    """Check a list as it was found at an authority.

    1. It is signed with the authority's `key`, and is a list of trust anchors and nothing else (`typ`, format).
    2. It is of this authority.
    3. It was not made in the future, and has not ended.
    4. Everything in it can be read.

    Raises:
        AnchorsInvalid: a step does not hold.
    """
    # 1.
    try:
        jws = decode_jws(document, max_bytes=MAX_DOCUMENT)
        jws.verify(key)
    except TokenInvalid as error:
        raise AnchorsInvalid(f"the list of trust anchors of {shown(authority)} does not hold: {error}") from None
    if jws.header.get("typ") != TYPE:
        raise AnchorsInvalid(f"what lies there is no list of trust anchors but of the type {shown(jws.header['typ'])}")
    found = _read(jws.payload, document)
    # 2.
    if found.authority != authority:
        raise AnchorsInvalid(f"the list of trust anchors is of {shown(found.authority)}, not of {shown(authority)}")
    # 3.
    if found.made_at > now + skew:
        raise AnchorsInvalid(f"the list of trust anchors says that it is made at {format_time(found.made_at)}")
    if found.ends_at <= now:
        raise AnchorsInvalid(f"the list of trust anchors of {shown(authority)} ended at {format_time(found.ends_at)}")
    return found


def kept_anchor_list(document: str) -> AnchorList:
    """A list that was verified before it was kept.

    Raises:
        AnchorsInvalid: it cannot be read any more.
    """
    try:
        return _read(decode_jws(document, max_bytes=MAX_DOCUMENT).payload, document)
    except TokenInvalid as error:
        raise AnchorsInvalid(f"a kept list of trust anchors cannot be read: {error}") from None


def check_newer(found: AnchorList, held: AnchorList) -> None:
    """Refuse a list that is older than one that was seen, and two that differ under one version.

    Raises:
        AnchorsInvalid: it is one of these.
    """
    if found.version < held.version:
        raise AnchorsInvalid(
            f"the list of trust anchors of {shown(found.authority)} has the version {found.version}, older than"
            f" {held.version}, which was seen"
        )
    if found.version == held.version and found.digest != held.digest:
        raise AnchorsInvalid(f"there are two lists of trust anchors with the version {found.version}; one is false")


def trust_file_of(lists: Iterable[AnchorList]) -> TrustFile:
    """What an auditor needs of these lists: the issuers that have keys, and which keys of members were lost.

    An issuer that several authorities name stands in it with the keys of the first.
    """
    authorities: dict[str, Authority] = {}
    for found in lists:
        for one in found.issuers:
            if one.keys:
                seen = found.witnesses if one.did == found.authority else ()
                authorities.setdefault(one.did, Authority(one.did, one.keys, found.lost_keys, seen))
    return TrustFile(tuple(authorities.values()))


def _read(payload: dict[str, Any], document: str) -> AnchorList:
    if payload.get("format") != ANCHORS_FORMAT:
        raise AnchorsInvalid(
            f"the list of trust anchors has the format {shown(payload.get('format'))}; this program knows {ANCHORS_FORMAT}"
        )
    authority = payload.get("iss")
    if not is_did(authority):
        raise AnchorsInvalid("the list of trust anchors names no authority (iss)")
    offline = timedelta(seconds=_whole(payload, "offlineSeconds", int(MAX_OFFLINE.total_seconds())))
    try:
        issuers = tuple(_issuer(item, n) for n, item in enumerate(_list(payload, "issuers", MAX_ISSUERS)))
        lost = tuple(
            read_lost_key(item, f"lostKeys[{n}]") for n, item in enumerate(_list(payload, "lostKeys", MAX_LOST))
        )
        witnesses = read_witness_keys(payload.get("witnesses", []), "witnesses")
    except TrustFileInvalid as error:
        raise AnchorsInvalid(f"the list of trust anchors cannot be read: {error}") from None
    if len({one.did for one in issuers}) != len(issuers):
        raise AnchorsInvalid("the list of trust anchors names an issuer twice")
    return AnchorList(
        authority=str(authority),
        version=_whole(payload, "version", MAX_VERSION),
        made_at=_moment(payload, "iat"),
        ends_at=_moment(payload, "exp"),
        offline=offline,
        issuers=issuers,
        lost_keys=lost,
        witnesses=witnesses,
        digest=digest_bytes(document.encode("utf-8", "replace")),
    )


def _issuer(item: object, number: int) -> Issuer:
    where = f"issuers[{number}]"
    if not isinstance(item, dict) or not is_did(item.get("did")):
        raise AnchorsInvalid(f"the list of trust anchors: {where} has no DID")
    types = _list(item, "types", MAX_TYPES)
    if not types or not all(isinstance(one, str) and 0 < len(one) <= _MAX_TYPE for one in types):
        raise AnchorsInvalid(f"the list of trust anchors: {where} names no types of credentials")
    keys = tuple(read_authority_key(key, f"{where}.keys[{n}]") for n, key in enumerate(_list(item, "keys", MAX_KEYS)))
    if len({key.kid for key in keys}) != len(keys):
        raise AnchorsInvalid(f"the list of trust anchors: in {where} one kid stands for two keys")
    return Issuer(item["did"], tuple(types), keys)


def _list(data: dict[str, Any], name: str, limit: int) -> list[Any]:
    value = data.get(name, [])
    if not isinstance(value, list) or len(value) > limit:
        raise AnchorsInvalid(f"the list of trust anchors: {name} is no list of at most {limit}")
    return value


def _whole(data: dict[str, Any], name: str, limit: int) -> int:
    value = data.get(name)
    if type(value) is not int or not 0 < value <= limit:
        raise AnchorsInvalid(f"the list of trust anchors: {name} is no whole number from 1 to {limit}")
    return value


def _moment(data: dict[str, Any], name: str) -> datetime:
    try:
        return datetime.fromtimestamp(_whole(data, name, 253_402_300_799), UTC)
    except (OverflowError, OSError, ValueError):
        raise AnchorsInvalid(f"the list of trust anchors: {name} is no moment") from None
