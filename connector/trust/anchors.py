"""Who is believed: issuers per credential type for a connector, authorities with their keys for an auditor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connector.clock import format_time, parse_time
from connector.trust.did import is_did
from connector.trust.errors import KeyInvalid, TrustFileInvalid, shown
from connector.trust.keys import PublicKey, public_key_from_multikey

TRUST_FORMAT: Final = "mmd-trust/1"
ANY: Final = "*"
"""Stands for every DID and key id where a bare key is trusted."""
MAX_AUTHORITIES: Final = 100
MAX_KEYS: Final = 100


class TrustAnchors:
    """Which issuers are believed for which types of credentials. Whoever is not named is not believed."""

    def __init__(self, issuers: Mapping[str, Iterable[str]]) -> None:
        self._issuers = {credential_type: frozenset(dids) for credential_type, dids in issuers.items()}

    def believes(self, credential_type: str, issuer: str) -> bool:
        """Whether this issuer is believed for this type."""
        return issuer in self._issuers.get(credential_type, frozenset())

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
class Authority:
    """An authority that the auditor trusts, and all keys that it ever used."""

    did: str
    keys: tuple[AuthorityKey, ...]


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
        "authorities": [
            {"did": authority.did, "keys": [_write_key(key) for key in authority.keys]}
            for authority in trust.authorities
        ],
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


def _write_key(key: AuthorityKey) -> dict[str, str]:
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
        _read_key(entry, f"{where}.keys[{number}]") for number, entry in enumerate(_list(item, "keys", where, MAX_KEYS))
    )
    if len({key.kid for key in keys}) != len(keys):
        raise TrustFileInvalid(f"{where}.keys: one kid stands for two keys")
    return Authority(did, keys)


def _read_key(item: object, where: str) -> AuthorityKey:
    if not isinstance(item, dict) or not isinstance(item.get("kid"), str) or not item["kid"]:
        raise TrustFileInvalid(f"{where}: not a JSON object with a kid")
    try:
        key = public_key_from_multikey(item.get("publicKeyMultibase", ""))
    except KeyInvalid as error:
        raise TrustFileInvalid(f"{where}.publicKeyMultibase: {error}") from None
    begin, end = _time(item, "validFrom", where), _time(item, "validUntil", where)
    if begin is not None and end is not None and end <= begin:
        raise TrustFileInvalid(f"{where}: validUntil is not after validFrom")
    return AuthorityKey(item["kid"], key, begin, end)


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
