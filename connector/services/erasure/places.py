"""Where a person may stand: every kind of record, and why in some of them the name has to stay.

One rule for each kind: asked for a record and one of its properties, it says why the name stays there, or None. A test
compares the kinds with those of the store, so that none is forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from connector.ports.records import ContractRecord
from connector.ports.store import UnitOfWork
from connector.protocol import negotiation as negotiating
from connector.protocol import transfer as transferring
from connector.services.facts.people import agreed_list
from connector.services.retention.needed import OPEN_DELIVERY


class Stays(StrEnum):
    """Why a name stays where it is."""

    SIGNED = "signed"
    """It stands in bytes that somebody has signed: without them the signature could not be checked."""
    OPEN = "open"
    """Something is going on that needs it; when that is over it can be erased."""
    DUE = "due"
    """It is about to be sent."""
    STANDS = "stands"
    """A contract stands, and who acts or receives under it belongs to its records."""
    COUNTS = "counts"
    """The list counts in a contract that stands: the other side has to countersign another one first."""
    PUBLISHED = "published"
    """It is published; what is in the catalog is withdrawn and published anew, without it."""
    NAMED = "named"
    """Something is called so: a rule, a participant."""
    TOKEN = "token"  # noqa: S105 - no password
    """A management token is given to that person, and opens what it opens."""


Why = Callable[[UnitOfWork, Any, str], Stays | None]


def _never(_: UnitOfWork, __: Any, ___: str) -> Stays | None:
    return None


def _always(why: Stays) -> Why:
    return lambda _, __, ___: why


def _but(why: Stays, *columns: str) -> Why:
    """It stays but in these properties."""
    return lambda _, __, column: None if column in columns else why


def contract_of_negotiation(unit: UnitOfWork, negotiation: str) -> ContractRecord | None:
    """The contract that came of a negotiation, if one did."""
    held = unit.negotiations.get(negotiation)
    agreed = (held.agreement or {}).get("@id") if held is not None else None
    return unit.contracts.get(agreed) if isinstance(agreed, str) else None


def _is_open(unit: UnitOfWork, process: str) -> bool:
    negotiation, transfer = unit.negotiations.get(process), unit.transfers.get(process)
    return (negotiation is not None and negotiation.state not in negotiating.TERMINAL) or (
        transfer is not None and transfer.state not in transferring.TERMINAL
    )


def _stands(unit: UnitOfWork, about: str) -> bool:
    """Whether a contract stands that is this one, or came of this negotiation, or that this transfer is under."""
    transfer = unit.transfers.get(about)
    contract = unit.contracts.get(transfer.agreement if transfer is not None else about)
    found = contract or contract_of_negotiation(unit, about)
    return found is not None and not found.over


def _negotiation(unit: UnitOfWork, record: Any, column: str) -> Stays | None:
    if record.state not in negotiating.TERMINAL:
        return Stays.OPEN
    signed = column != "problem" and contract_of_negotiation(unit, record.id) is not None
    return Stays.SIGNED if signed else None


def _transfer(_: UnitOfWork, record: Any, __: str) -> Stays | None:
    return None if record.state in transferring.TERMINAL else Stays.OPEN


def _message(unit: UnitOfWork, record: Any, _: str) -> Stays | None:
    return Stays.OPEN if _is_open(unit, record.process) else None


def _delivery(unit: UnitOfWork, record: Any, column: str) -> Stays | None:
    contract = unit.contracts.get(record.contract)
    # One that was broken off is gone on with under its person, and its receipt may still have to name them.
    broken = record.state == "broken" and column == "person" and contract is not None and not contract.over
    if record.state in OPEN_DELIVERY or broken:
        return Stays.OPEN
    named = column == "person" and contract is not None and not contract.over and agreed_list(contract) is not None
    return Stays.STANDS if named else None


def _consent(_: UnitOfWork, record: Any, column: str) -> Stays | None:
    if column == "receipt":
        return Stays.SIGNED
    # Whose consent it is belongs to it as long as it counts.
    return Stays.STANDS if column == "producer" and record.withdrawn_at is None else None


def _approval(unit: UnitOfWork, record: Any, _: str) -> Stays | None:
    if _is_open(unit, record.negotiation):
        return Stays.OPEN
    return Stays.STANDS if _stands(unit, record.negotiation) else None


def _act(unit: UnitOfWork, record: Any, _: str) -> Stays | None:
    return Stays.STANDS if record.object and _stands(unit, record.object) else None


def _request(_: UnitOfWork, record: Any, column: str) -> Stays | None:
    if column in ("proof", "message"):
        return Stays.SIGNED
    return Stays.OPEN if record.decided_at is None else None


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of record: its key, and why a name stays in it."""

    key: str
    why: Why = _never


PLACES: Final[Mapping[str, Place]] = {
    "negotiations": Place("id", _negotiation),
    "transfers": Place("id", _transfer),
    "answered": Place("key"),
    "timers": Place("key"),
    "last_applied": Place("process"),
    "outbox": Place("number", _always(Stays.DUE)),
    "messages": Place("number", _message),
    "contracts": Place("id", _but(Stays.SIGNED, "withdrawn_reason", "problem", "ending", "suspensions")),
    "notices": Place("key", _always(Stays.SIGNED)),
    "deliveries": Place("id", _delivery),
    "people_lists": Place("digest"),
    "duties": Place("key", _but(Stays.SIGNED, "statement")),
    "datasets": Place("id", _always(Stays.PUBLISHED)),
    "offers": Place("id", _always(Stays.PUBLISHED)),
    "consents": Place("digest", _consent),
    "decisions": Place("key"),
    "uploads": Place("id"),
    "peers": Place("did", _but(Stays.NAMED, "reason")),
    "checkpoints": Place("key", _always(Stays.SIGNED)),
    "witnessed": Place("origin", _always(Stays.SIGNED)),
    "cosigned": Place("key", _always(Stays.SIGNED)),
    "memberships": Place("digest", _always(Stays.SIGNED)),
    "presented": Place("digest", _always(Stays.SIGNED)),
    "members": Place("did", _but(Stays.NAMED, "reason")),
    "issued": Place("status_index", _but(Stays.SIGNED, "reason")),
    "asked": Place("id", _but(Stays.NAMED, "reason")),
    "credentials": Place("digest", _always(Stays.SIGNED)),
    "credential_requests": Place("id", _request),
    "status_lists": Place("key", _always(Stays.SIGNED)),
    "anchor_lists": Place("key", _always(Stays.SIGNED)),
    "named_lists": Place("digest", _always(Stays.SIGNED)),
    "epochs": Place("origin", _always(Stays.SIGNED)),
    "lost_keys": Place("key", _always(Stays.SIGNED)),
    "waiting": Place("negotiation", _always(Stays.OPEN)),
    "approvals": Place("key", _approval),
    "rules": Place("id", _but(Stays.NAMED, "added_by")),
    "acts": Place("number", _act),
    "free_space": Place("key"),
    "attached": Place("key", _always(Stays.SIGNED)),
    "shown_texts": Place("digest", _always(Stays.SIGNED)),
}
"""By the attribute of the unit of work. Lists of people have a rule of their own (`services.erasure.service`)."""
