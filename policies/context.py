"""What a decision may look at: one frozen type for each scope in which a decision is made.

A context holds everything that is known at that moment and nothing that is not: a use count exists only when data is about
to move. A constraint about something else is deferred to the scope that knows it (`policies.evaluate`). A fact that a scope
could have and that is None is *not known*: a constraint about it is undetermined, and undetermined carries no data.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final, TypeAlias

Claim: TypeAlias = str | bool | int | tuple[str, ...]
"""What a credential says under one name."""


class Scope(StrEnum):
    """The three occasions on which a policy is asked."""

    CATALOG = "catalog"
    NEGOTIATION = "negotiation"
    TRANSFER = "transfer"


class DutyState(StrEnum):
    """How far a duty is.

    OPEN: not done, and its time has not passed. OVERDUE: not done in time, so that its consequences are owed as well.
    LATE: done after its time; it counts when its consequences are done too.
    """

    OPEN = "open"
    FULFILLED = "fulfilled"
    OVERDUE = "overdue"
    LATE = "late"


_NO_CLAIMS: Final[Mapping[str, Claim]] = MappingProxyType({})
_NO_DUTIES: Final[Mapping[str, DutyState]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever asks for the data.

    Attributes:
        id: its DID.
        claims: what its verified credentials say, by the name of the claim; a name that is missing is not known.
        credential_types: the types of the verified credentials that it presented.
        country: ISO 3166-1 alpha-2 code of its seat, or an ISO 3166-2 code (`KR-26`), from its credential.
        affiliate_of: the DIDs of the heads of the groups that it belongs to, from its credential.
        collections: the IRIs of the party collections that it is a member of (ODRL 2.3.2).
    """

    id: str
    claims: Mapping[str, Claim] = field(default_factory=lambda: _NO_CLAIMS)
    credential_types: frozenset[str] | None = None
    country: str | None = None
    affiliate_of: frozenset[str] | None = None
    collections: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """What the policy is about: a data set.

    Attributes:
        id: its IRI.
        collections: the IRIs of the asset collections that it is a member of (ODRL 2.2.2).
        export_control: `none`, `reported` or `approved`, of its data card; None where the card says `unknown`.
        pseudonym_level: of its data card, from 0 upwards.
        consents: the digests of the producers' consent receipts that stand now, the withdrawn ones left out.
    """

    id: str | None = None
    collections: frozenset[str] | None = None
    export_control: str | None = None
    pseudonym_level: int | None = None
    consents: frozenset[str] | None = None


NOTHING_KNOWN: Final = Asset()


@dataclass(frozen=True, slots=True)
class CatalogContext:
    """May this party see the offer?  `now` is aware, UTC."""

    scope: ClassVar[Scope] = Scope.CATALOG
    party: Party
    now: datetime
    asset: Asset = NOTHING_KNOWN
    duties: Mapping[str, DutyState] = field(default_factory=lambda: _NO_DUTIES)


@dataclass(frozen=True, slots=True)
class NegotiationContext:
    """May this party have a contract on these terms?  `now` is aware, UTC.

    Attributes:
        exclusive: whether no other agreement on the data set lives.
        duties: as in `TransferContext`.
    """

    scope: ClassVar[Scope] = Scope.NEGOTIATION
    party: Party
    now: datetime
    asset: Asset = NOTHING_KNOWN
    exclusive: bool | None = None
    duties: Mapping[str, DutyState] = field(default_factory=lambda: _NO_DUTIES)


@dataclass(frozen=True, slots=True)
class TransferContext:
    """May this delivery begin?

    Attributes:
        party: the consumer.
        now: aware, UTC.
        agreed_at: when the agreement was made, aware, UTC.
        uses: deliveries already reserved under the agreement, not counting this one.
        purpose: what the consumer says it needs this delivery for, an IRI of `vocabulary.PURPOSE_NAMES` or its last
            part; None if it says nothing.
        person: who at the consumer asked for it, if it says so, as the list of named people writes it.
        asset: the data set.
        used_at: when the deliveries under the agreement began, aware, not counting this one; at least all those in the
            longest window of the policy (`needs`), in any order.
        rows, size: rows and bytes that will have gone out under the agreement when this delivery is done, it included.
        named: digest of a list of people in the contract → the people on the list *now*, after all countersigned changes.
        environment: `fileDelivery` or `cleanRoom`: how this delivery reaches the consumer.
        exclusive: whether no other agreement on the data set lives.
        prepaid: whether the provider has marked the payment as received.
        duties: how far the duties of the policy are, by their `@id`, or by their JSON path in the policy when they have
            none (`$.permission[0].duty[1]`); one that is missing is not known.
    """

    scope: ClassVar[Scope] = Scope.TRANSFER
    party: Party
    now: datetime
    agreed_at: datetime
    uses: int
    purpose: str | None
    person: str | None = None
    asset: Asset = NOTHING_KNOWN
    used_at: tuple[datetime, ...] | None = None
    rows: int | None = None
    size: int | None = None
    named: Mapping[str, frozenset[str]] | None = None
    environment: str | None = None
    exclusive: bool | None = None
    prepaid: bool | None = None
    duties: Mapping[str, DutyState] = field(default_factory=lambda: _NO_DUTIES)


Context: TypeAlias = CatalogContext | NegotiationContext | TransferContext
