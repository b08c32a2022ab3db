"""Who is believed: issuers per credential type for a connector, authorities with their keys for an auditor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connector.clock import format_time, parse_time
from connector.trust.did import is_did
from connector.trust.errors import CredentialInvalid, KeyInvalid, TrustFileInvalid, shown
from connector.trust.keys import PublicKey, public_key_from_multikey

TRUST_FORMAT: Final = "mmd-trust/1"
ANY: Final = "*"
"""Stands for every DID and key id where a bare key is trusted."""
MAX_AUTHORITIES: Final = 100
MAX_KEYS: Final = 100
MAX_LOST: Final = 1_000


class TrustAnchors:
    """Which issuers are believed for which types of credentials. Whoever is not named is not believed."""

    def __init__(self, issuers: Mapping[str, Iterable[str]]) -> None:
        self._issuers = {credential_type: frozenset(dids) for credential_type, dids in issuers.items()}

    def believes(self, credential_type: str, issuer: str) -> bool:
        """Whether this issuer is believed for this type."""
        return issuer in self._issuers.get(credential_type, frozenset())

    def check(self, credential_type: str, issuer: str) -> None:
        """Refuse an issuer who is not believed for this type.

        Raises:
            CredentialInvalid: he is not.
        """
        if not self.believes(credential_type, issuer):
            raise CredentialInvalid(f"the {credential_type} is issued by {shown(issuer)}, who is not believed here")

    async def keep_up(self) -> None:
        """Before somebody is judged: bring what is believed up to date. What is written once needs nothing."""

    async def refresh(self, authority: str) -> bool:
        """Ask an authority whom it believes; whether it has told. Nobody is asked for what is written once."""
        return authority in self.issuers("")

    def issuers(self, credential_type: str) -> frozenset[str]:
        """All issuers that are believed for this type."""
        return self._issuers.get(credential_type, frozenset())


@dataclass(frozen=True, slots=True)
class AuthorityKey:
    """A key of an authority and the period in which it signed; None is open."""

    kid: str
    key: PublicKey
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LostKey:
    """A contract or log key of a member that others may have got hold of.

    Attributes:
        did: the member.
        key: the key.
        since: nothing that it signed from then on is believed; what claims to be older only if somebody who is no party
            says so.
    """

    did: str
    key: PublicKey
    since: datetime


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A key with which an authority cosigns the logs of its members, and the name in its lines.

    Attributes:
        name: the name.
        key: an Ed25519 key.
        valid_until: what it says of later moments is not believed; None is open.
    """

    name: str
    key: PublicKey
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority that the auditor trusts, all keys that it ever used, and which keys its members have lost."""

    did: str
    keys: tuple[AuthorityKey, ...]
    lost_keys: tuple[LostKey, ...] = ()
    witnesses: tuple[WitnessKey, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustFile:
    """What an auditor is given from outside: whom to believe. It never comes out of an evidence file."""

    authorities: tuple[Authority, ...]

    def key_for(self, issuer: str, kid: str) -> AuthorityKey | None:
        """The key of an issuer that has this id; a bare trusted key stands for all."""
        for authority in self.authorities:
            if authority.did in (issuer, ANY):
                for key in authority.keys:
                    if key.kid in (kid, ANY):
                        return key
        return None

    def lost_since(self, issuer: str, did: str, key: PublicKey) -> datetime | None:
        """From when on this key of this member is not believed, by the word of the issuer of its membership."""
        for authority in self.authorities:
            if authority.did == issuer:
                return min(
                    (lost.since for lost in authority.lost_keys if (lost.did, lost.key) == (did, key)), default=None
                )
        return None

    def witnesses_of(self, did: str) -> tuple[WitnessKey, ...]:
        """The keys with which an authority cosigns logs; a bare trusted key is none."""
        return next((authority.witnesses for authority in self.authorities if authority.did == did), ())

    def knows(self, issuer: str) -> bool:
        """Whether the issuer is one of these authorities, whatever its keys."""
        return any(authority.did in (issuer, ANY) for authority in self.authorities)


def trust_in_key(key: PublicKey) -> TrustFile:
    """Trust in a bare key, whoever's it is: for an auditor who was told a key over the telephone."""
    return TrustFile((Authority(ANY, (AuthorityKey(ANY, key),)),))


def write_trust_file(trust: TrustFile) -> dict[str, Any]:
    """The trust file as JSON."""
    return {
        "format": TRUST_FORMAT,
        "authorities": [_write_authority(authority) for authority in trust.authorities],
    }


def parse_trust_file(data: object) -> TrustFile:
    """Read a trust file.

    Raises:
        TrustFileInvalid: another format, or anything in it that is missing, double or cannot be read.
    """
    if not isinstance(data, dict) or data.get("format") != TRUST_FORMAT:
        raise TrustFileInvalid(f"not a trust file: a JSON object with the format {TRUST_FORMAT!r} is needed")
    authorities = tuple(
        _authority(item, f"authorities[{number}]")
        for number, item in enumerate(_list(data, "authorities", "$", MAX_AUTHORITIES))
    )
    if len({authority.did for authority in authorities}) != len(authorities):
        raise TrustFileInvalid("the trust file names an authority twice; put its keys under one entry")
    return TrustFile(authorities)


def _write_authority(authority: Authority) -> dict[str, Any]:
    written: dict[str, Any] = {"did": authority.did, "keys": [write_authority_key(key) for key in authority.keys]}
    if authority.lost_keys:
        written["lostKeys"] = [write_lost_key(lost) for lost in authority.lost_keys]
    if authority.witnesses:
        written["witnesses"] = [write_witness_key(key) for key in authority.witnesses]
    return written


def write_witness_key(witness: WitnessKey) -> dict[str, str]:
    """A witness key as JSON."""
    written = {"name": witness.name, "publicKeyMultibase": witness.key.multikey()}
    if witness.valid_until is not None:
        written["validUntil"] = format_time(witness.valid_until)
    return written


def read_witness_keys(data: object, where: str) -> tuple[WitnessKey, ...]:
    """Read witness keys.

    Raises:
        TrustFileInvalid: they cannot be read.
    """
    if not isinstance(data, list) or len(data) > MAX_KEYS:
        raise TrustFileInvalid(f"{where}: no list of at most {MAX_KEYS} entries")
    return tuple(_witness(item, f"{where}[{n}]") for n, item in enumerate(data))


def _witness(item: object, where: str) -> WitnessKey:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or not item["name"]:
        raise TrustFileInvalid(f"{where}: not a JSON object with a name")
    key = _public(item, where)
    if key.algorithm != "EdDSA":
        raise TrustFileInvalid(f"{where}: a witness signs with Ed25519")
    return WitnessKey(item["name"], key, _time(item, "validUntil", where))


def write_lost_key(lost: LostKey) -> dict[str, str]:
    """A lost key as JSON."""
    return {
        "did": lost.did,
        "publicKeyMultibase": lost.key.multikey(),
        "notBelievedFrom": format_time(lost.since),
    }


def read_lost_key(item: object, where: str) -> LostKey:
    """Read a lost key.

    Raises:
        TrustFileInvalid: it cannot be read.
    """
    if not isinstance(item, dict) or not is_did(item.get("did")):
        raise TrustFileInvalid(f"{where}: not a JSON object with a DID")
    since = _time(item, "notBelievedFrom", where)
    if since is None:
        raise TrustFileInvalid(f"{where}.notBelievedFrom: a date and time with a zone is needed")
    return LostKey(item["did"], _public(item, where), since)


def write_authority_key(key: AuthorityKey) -> dict[str, str]:
    """A key of an authority as JSON."""
    written = {"kid": key.kid, "publicKeyMultibase": key.key.multikey()}
    if key.valid_from is not None:
        written["validFrom"] = format_time(key.valid_from)
    if key.valid_until is not None:
        written["validUntil"] = format_time(key.valid_until)
    return written


def _authority(item: object, where: str) -> Authority:
    if not isinstance(item, dict):
        raise TrustFileInvalid(f"{where}: not a JSON object")
    did = item.get("did")
    if not isinstance(did, str) or not (is_did(did) or did == ANY):
        raise TrustFileInvalid(f"{where}.did: {shown(did)} is no DID")
    keys = tuple(
        read_authority_key(entry, f"{where}.keys[{number}]")
        for number, entry in enumerate(_list(item, "keys", where, MAX_KEYS))
    )
    if len({key.kid for key in keys}) != len(keys):
        raise TrustFileInvalid(f"{where}.keys: one kid stands for two keys")
    lost = item.get("lostKeys", [])
    if not isinstance(lost, list) or len(lost) > MAX_LOST:
        raise TrustFileInvalid(f"{where}.lostKeys: no list of at most {MAX_LOST} entries")
    lost_keys = tuple(read_lost_key(one, f"{where}.lostKeys[{n}]") for n, one in enumerate(lost))
    return Authority(did, keys, lost_keys, read_witness_keys(item.get("witnesses", []), f"{where}.witnesses"))


def read_authority_key(item: object, where: str) -> AuthorityKey:
    """Read a key of an authority.

    Raises:
        TrustFileInvalid: it cannot be read.
    """
    if not isinstance(item, dict) or not isinstance(item.get("kid"), str) or not item["kid"]:
        raise TrustFileInvalid(f"{where}: not a JSON object with a kid")
    key = _public(item, where)
    begin, end = _time(item, "validFrom", where), _time(item, "validUntil", where)
    if begin is not None and end is not None and end <= begin:
        raise TrustFileInvalid(f"{where}: validUntil is not after validFrom")
    return AuthorityKey(item["kid"], key, begin, end)


def _public(item: dict[str, Any], where: str) -> PublicKey:
    try:
        return public_key_from_multikey(item.get("publicKeyMultibase", ""))
    except KeyInvalid as error:
        raise TrustFileInvalid(f"{where}.publicKeyMultibase: {error}") from None


def _list(data: dict[str, Any], name: str, where: str, limit: int) -> list[Any]:
    value = data.get(name)
    if not isinstance(value, list) or not 0 < len(value) <= limit:
        raise TrustFileInvalid(f"{where}.{name}: a list of 1 to {limit} entries is needed")
    return value


def _time(item: dict[str, Any], name: str, where: str) -> datetime | None:
    value = item.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, str):
            return parse_time(value)
    except (ValueError, OverflowError):
        pass
    raise TrustFileInvalid(f"{where}.{name}: {shown(value)} is no date and time with a zone")
