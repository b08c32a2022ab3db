"""One sweep for each kind: what there is, whether it may go, and how it goes, with all that belongs to it."""

import dataclasses
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, TypeVar

from connector.contracts.annexes import annexes_named
from connector.ports.records import (
    Act,
    ContractRecord,
    DecisionRecord,
    DeliveryRecord,
    OfferRecord,
    PeopleRecord,
    UploadRecord,
)
from connector.ports.store import Records, UnitOfWork
from connector.protocol.negotiation import ContractNegotiation, NegotiationState
from connector.protocol.transfer import TransferProcess
from connector.services.retention.needed import (
    Differs,
    awaited,
    contract_is_needed,
    decision_is_needed,
    delivery_is_needed,
    ended_at,
    negotiation_is_needed,
    transfer_is_needed,
)

R = TypeVar("R")
_LAST: Final = "\U0010ffff"
_MOST: Final = 2**62
_SINCE: Final = 200
"""Newest contracts that are looked at again before a list of people goes: no more are made between two steps."""
_OF_DISK: Final = "disk:"
_OF_LOGS: Final = ("log-epoch", "log-inconsistent")
"""Acts that hold what the owner of a log has signed about it: nothing else here proves it."""


class Sweep(ABC, Generic[R]):
    """Goes through all records of a kind in the order of their keys, some at a time."""

    kind: ClassVar[str]
    key: ClassVar[str] = "id"
    counted: ClassVar[bool] = False
    """Whether its keys are numbers."""
    in_order: ClassVar[bool] = False
    """Whether the order of keys is that of time: then a sweep ends with the first that is too young."""

    @abstractmethod
    def records(self, unit: UnitOfWork) -> Records[R]:
        """Where they are."""

    @abstractmethod
    def since(self, record: R) -> str | None:
        """From when on its time is counted; None while it is not."""

    @abstractmethod
    def is_needed(self, unit: UnitOfWork, record: R) -> bool:
        """Whether something that is kept needs it, whatever its age."""

    def remove(self, unit: UnitOfWork, record: R) -> None:
        """Remove it, with all that belongs to it alone."""
        self.records(unit).delete(getattr(record, self.key))

    def parts(self, unit: UnitOfWork, record: R) -> Sequence[object]:
        """The records that go with it."""
        del unit
        return [record]

    def size(self, unit: UnitOfWork, record: R) -> int:
        """How many bytes go with it, about."""
        return sum(weight(part) for part in self.parts(unit, record))

    def page(self, unit: UnitOfWork, after: Any, limit: int) -> Sequence[R]:
        """The next ones."""
        if self.counted:
            least: Any = 0 if after is None else after + 1
            return self.records(unit).between(least, _MOST, limit=limit)  # type: ignore[arg-type]
        return self.records(unit).between("" if after is None else f"{after} ", _LAST, limit=limit)

    def look_around(self, unit: UnitOfWork) -> None:
        """What has to be known before any of them is judged, in the same unit of work."""
        del unit


class NegotiationSweep(Sweep[ContractNegotiation]):
    """Negotiations that came to nothing, with their messages and who said yes in them."""

    kind = "negotiations"

    def records(self, unit: UnitOfWork) -> Records[ContractNegotiation]:
        return unit.negotiations

    def since(self, record: ContractNegotiation) -> str | None:
        return record.updated_at if record.state is NegotiationState.TERMINATED else None

    def is_needed(self, unit: UnitOfWork, record: ContractNegotiation) -> bool:
        return negotiation_is_needed(unit, record)

    def parts(self, unit: UnitOfWork, record: ContractNegotiation) -> Sequence[object]:
        return [record, *unit.messages.find(process=record.id)]

    def remove(self, unit: UnitOfWork, record: ContractNegotiation) -> None:
        remove_negotiation(unit, record.id)


class TransferSweep(Sweep[TransferProcess]):
    """Transfers that are over, with their messages. What was used stands in deliveries and receipts."""

    kind = "transfers"
    _awaited: frozenset[str] = frozenset()

    def records(self, unit: UnitOfWork) -> Records[TransferProcess]:
        return unit.transfers

    def since(self, record: TransferProcess) -> str | None:
        return record.updated_at

    def look_around(self, unit: UnitOfWork) -> None:
        self._awaited = awaited(unit)

    def is_needed(self, unit: UnitOfWork, record: TransferProcess) -> bool:
        return transfer_is_needed(unit, record, self._awaited)

    def parts(self, unit: UnitOfWork, record: TransferProcess) -> Sequence[object]:
        return [record, *unit.messages.find(process=record.id)]

    def remove(self, unit: UnitOfWork, record: TransferProcess) -> None:
        remove_transfer(unit, record.id)


class DeliverySweep(Sweep[DeliveryRecord]):
    """Deliveries to us that were refused or failed and brought nothing."""

    kind = "deliveries"

    def records(self, unit: UnitOfWork) -> Records[DeliveryRecord]:
        return unit.deliveries

    def since(self, record: DeliveryRecord) -> str | None:
        return record.finished_at

    def is_needed(self, unit: UnitOfWork, record: DeliveryRecord) -> bool:
        del unit
        return delivery_is_needed(record)


class OfferSweep(Sweep[OfferRecord]):
    """Offers that were replaced or withdrawn, and that nothing can have been agreed on."""

    kind = "offers"

    def records(self, unit: UnitOfWork) -> Records[OfferRecord]:
        return unit.offers

    def since(self, record: OfferRecord) -> str | None:
        return None if record.live else record.created_at

    def is_needed(self, unit: UnitOfWork, record: OfferRecord) -> bool:
        # The offer that a kept negotiation began with is shown with it; which one that was stands in messages alone.
        return any(n.updated_at >= record.created_at for n in unit.negotiations.find(dataset=record.dataset))


class DecisionSweep(Sweep[DecisionRecord]):
    """Refusals with their reasons."""

    kind = "decisions"
    key = "key"

    def records(self, unit: UnitOfWork) -> Records[DecisionRecord]:
        return unit.decisions

    def since(self, record: DecisionRecord) -> str | None:
        return record.last_at

    def is_needed(self, unit: UnitOfWork, record: DecisionRecord) -> bool:
        return decision_is_needed(unit, record)


class Acts(Sweep[Act]):
    """Who did what; not of what is kept itself."""

    kind = "acts"
    key = "number"
    counted = True
    in_order = True

    def records(self, unit: UnitOfWork) -> Records[Act]:
        return unit.acts

    def since(self, record: Act) -> str | None:
        return record.at

    def is_needed(self, unit: UnitOfWork, record: Act) -> bool:
        about = record.object
        if about.startswith(_OF_DISK):  # the last one says what was told
            last = unit.acts.find(object=about, newest_first=True, limit=1)
            return bool(last) and last[0].number == record.number
        if record.act in _OF_LOGS and unit.contracts.find(counterparty=about, limit=1):
            return True
        kept: Sequence[Callable[[Any], object]] = (unit.contracts.get, unit.negotiations.get, unit.transfers.get)
        return bool(about) and any(get(about) is not None for get in kept)


class Uploads(Sweep[UploadRecord]):
    """Files that were uploaded and never published."""

    kind = "uploads"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def records(self, unit: UnitOfWork) -> Records[UploadRecord]:
        return unit.uploads

    def since(self, record: UploadRecord) -> str | None:
        return record.at

    def is_needed(self, unit: UnitOfWork, record: UploadRecord) -> bool:
        del unit, record
        return False

    def size(self, unit: UnitOfWork, record: UploadRecord) -> int:
        del unit
        file = self._folder / record.file
        return weight(record) + (file.stat().st_size if file.is_file() else 0)

    def remove(self, unit: UnitOfWork, record: UploadRecord) -> None:
        unit.uploads.delete(record.id)
        unit.after_commit(partial((self._folder / record.file).unlink, missing_ok=True))


class People(Sweep[PeopleRecord]):
    """Lists of named people that no contract, offer or negotiation needs any more. Their digests stay where they stand.

    Attributes:
        used: the lists that are needed, as the service has gone through all contracts for it.
        looked_at: when it began to.
    """

    kind = "people"
    key = "digest"

    def __init__(self) -> None:
        self.used: frozenset[str] = frozenset()
        self.looked_at = ""

    def records(self, unit: UnitOfWork) -> Records[PeopleRecord]:
        return unit.people_lists

    def since(self, record: PeopleRecord) -> str | None:
        return record.at

    def look_around(self, unit: UnitOfWork) -> None:
        # These are few, and may have come to name a list since: looked at in the same unit of work.
        open_ = [n for s in NegotiationState if s not in _CLOSED for n in unit.negotiations.find(state=s.value)]
        begun = unit.negotiations.find(state=None)
        said = [o.policy for o in unit.offers.find(live=True)] + [n.offer for n in (*open_, *begun)]
        self._said = json.dumps(said)
        self._since = set[str]()
        for contract in unit.contracts.page(limit=_SINCE):
            if contract.created_at < self.looked_at:
                break
            self._since |= named_by(unit, contract)

    def is_needed(self, unit: UnitOfWork, record: PeopleRecord) -> bool:
        del unit
        return record.digest in self.used or record.digest in self._said or record.digest in self._since


class Contracts(Sweep[ContractRecord]):
    """Contracts that are over, with everything that proves them."""

    kind = "contracts"

    def __init__(self, differs: Differs) -> None:
        self._differs = differs

    def records(self, unit: UnitOfWork) -> Records[ContractRecord]:
        return unit.contracts

    def since(self, record: ContractRecord) -> str | None:
        return ended_at(record)

    def is_needed(self, unit: UnitOfWork, record: ContractRecord) -> bool:
        return contract_is_needed(unit, record, self._differs)

    def parts(self, unit: UnitOfWork, record: ContractRecord) -> Sequence[object]:
        transfers = unit.transfers.find(agreement=record.id)
        processes = [record.negotiation, *(transfer.id for transfer in transfers)]
        return [
            record,
            *unit.notices.find(contract=record.id),
            *unit.deliveries.find(contract=record.id),
            *unit.duties.find(contract=record.id),
            *unit.attached.find(contract=record.id),
            *transfers,
            *(message for process in processes for message in unit.messages.find(process=process)),
        ]

    def remove(self, unit: UnitOfWork, record: ContractRecord) -> None:
        for notice in unit.notices.find(contract=record.id):
            unit.notices.delete(notice.key)
        for delivery in unit.deliveries.find(contract=record.id):
            unit.deliveries.delete(delivery.id)
        for duty in unit.duties.find(contract=record.id):
            unit.duties.delete(duty.key)
        for attached in unit.attached.find(contract=record.id):
            unit.attached.delete(attached.key)
        for transfer in unit.transfers.find(agreement=record.id):
            remove_transfer(unit, transfer.id)
        remove_negotiation(unit, record.negotiation)
        unit.tallies.forget(record.id)
        unit.contracts.delete(record.id)


_CLOSED: Final = (NegotiationState.FINALIZED, NegotiationState.TERMINATED)


def remove_negotiation(unit: UnitOfWork, negotiation: str) -> None:
    """Remove a negotiation with its messages."""
    _remove_messages(unit, negotiation)
    for approval in unit.approvals.find(negotiation=negotiation):
        unit.approvals.delete(approval.key)
    unit.last_applied.delete(negotiation)
    unit.negotiations.delete(negotiation)


def remove_transfer(unit: UnitOfWork, transfer: str) -> None:
    """Remove a transfer with its messages."""
    _remove_messages(unit, transfer)
    unit.last_applied.delete(transfer)
    unit.transfers.delete(transfer)


def _remove_messages(unit: UnitOfWork, process: str) -> None:
    for message in unit.messages.find(process=process):
        unit.messages.delete(message.number)


def named_by(unit: UnitOfWork, contract: ContractRecord) -> set[str]:
    """The digests of the lists, and other annexes, that a contract or its notices name."""
    notices = ((notice.author, notice.document) for notice in unit.notices.find(contract=contract.id))
    return {*annexes_named(contract.agreement, notices), *([contract.people] if contract.people else [])}


def weight(record: Any) -> int:
    """How many bytes a record takes, about."""
    fields: tuple[dataclasses.Field[Any], ...] = dataclasses.fields(record)
    return sum([_weight(getattr(record, field.name)) for field in fields])


def _weight(value: object) -> int:
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, dict | list):
        return len(json.dumps(value, ensure_ascii=False))
    return 8
