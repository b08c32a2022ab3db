"""Who asks, as policies see it: what the credentials say that were presented, verified, and hold now.

A membership is kept when it was verified (`services.authenticate`) and marked when its issuer takes it back
(`services.revocations`): from then on, and from its end on, nothing that it says counts any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from connector.clock import parse_time
from connector.ports.records import MembershipRecord, PresentedRecord
from connector.ports.store import UnitOfWork
from connector.trust.credentials import read_credential
from connector.trust.membership_claims import AFFILIATE_OF, COUNTRY
from policies.context import Claim, Party
from policies.vocabulary import MMD

_BASE: Final = "VerifiableCredential"
_MOST: Final = 64
"""Values of one claim that are looked at."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one credential says: its types, and its claims by their full names."""

    types: frozenset[str]
    claims: Mapping[str, Claim]


def party_of(unit: UnitOfWork, did: str, now: datetime) -> Party:
    """The participant with this DID, as its credentials show it now; only its DID when it has presented none."""
    # What an issuer said before counts no more, even while it is valid: he may have left something out on purpose.
    newest = {record.issuer: record for record in unit.memberships.find(did=did) if _holds(record, now)}
    other = {(record.issuer, record.types): record for record in unit.presented.find(did=did) if _stands(record, now)}
    said = [_said(jwt) for jwt in (*(o.jwt for o in other.values()), *(m.jwt for m in newest.values()))]
    return Party(did) if not said else _party(did, tuple(said))


@lru_cache(maxsize=4096)
def _party(did: str, said: tuple[_Said, ...]) -> Party:
    full: dict[str, Claim] = {}
    for one in said:  # what was presented last counts
        full |= one.claims
    country = full.get(MMD + COUNTRY)
    groups = full.get(MMD + AFFILIATE_OF)
    return Party(
        did,
        claims=MappingProxyType(_by_local_name(full)),
        credential_types=frozenset().union(*(one.types for one in said)),
        country=country if isinstance(country, str) else None,
        affiliate_of=_texts(groups) if isinstance(groups, str | tuple) else None,
    )


def _holds(record: MembershipRecord, now: datetime) -> bool:
    return record.revoked_at is None and parse_time(record.valid_until) > now


def _stands(record: PresentedRecord, now: datetime) -> bool:
    return record.revoked_at is None and (record.valid_until is None or parse_time(record.valid_until) > now)


@lru_cache(maxsize=4096)
def _said(jwt: str) -> _Said:
    credential = read_credential(jwt)
    types = frozenset(credential.types) - {_BASE}
    claims = ((name, _claim(value)) for name, value in credential.claims.items() if name != "id")
    return _Said(types, _Claims({name: value for name, value in claims if value is not None}))


class _Claims(dict[str, Claim]):
    """Claims that are never changed: two are the same when they are the same object."""

    __slots__ = ()
    __hash__ = object.__hash__  # type: ignore[assignment]


def _claim(value: Any) -> Claim | None:
    """A claim that constraints can be about: a text, a whole number, true or false, or a list of texts."""
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping) and isinstance(value.get("@id", value.get("@value")), str):
        return str(value.get("@id", value.get("@value")))
    if isinstance(value, list) and len(value) <= _MOST and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None


def _by_local_name(full: Mapping[str, Claim]) -> dict[str, Claim]:
    """Claims by the last part of their names; one of ours before all others, and none where others say different things."""
    found: dict[str, Claim] = {}
    torn: set[str] = set()
    for name, value in full.items():
        local = name.removeprefix(MMD) if name.startswith(MMD) else name.rpartition("#" if "#" in name else "/")[2]
        if not name.startswith(MMD) and found.setdefault(local, value) != value:
            torn.add(local)
    ours = {name.removeprefix(MMD): value for name, value in full.items() if name.startswith(MMD)}
    return {**{name: value for name, value in found.items() if name not in torn}, **ours}


def _texts(value: str | Iterable[str]) -> frozenset[str]:
    return frozenset((value,)) if isinstance(value, str) else frozenset(value)
