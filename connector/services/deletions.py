"""What was received is deleted, and the receiver certifies it: which deliveries, by their digests, signed and logged.

First the bytes go, then the word is given. The provider countersigns the certificate as received and says what it misses in
it: a delivery that both receipts name and no certificate does. What was copied elsewhere only people know: they say so in
the statement.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from connector.clock import Clock, format_time, parse_time
from connector.ports.records import Act, ContractRecord, DeliveryRecord
from connector.ports.store import Store, UnitOfWork
from connector.protocol.notices import (
    DELETION_ACKNOWLEDGED,
    DELETION_CERTIFICATE,
    deletion_acknowledged,
    deletion_certificate,
)
from connector.services.acts import recorded
from connector.services.changes import Changes
from connector.services.errors import BadRequest, Conflict, NotFound
from connector.services.notices import Notices, Taken

_AT_MOST: Final = 200
"""Deliveries in one certificate."""
_OPEN: Final = ("requested", "running")


@dataclass(frozen=True, slots=True)
class Deletion:
    """How far the deletion under a contract is, as this side sees it.

    Attributes:
        deleted: the deliveries that a certificate names.
        missing: those that both receipts name and no certificate does.
        acknowledged: whether the provider has countersigned every certificate.
    """

    deleted: tuple[str, ...]
    missing: tuple[str, ...]
    acknowledged: bool

    @property
    def complete(self) -> bool:
        """Whether there is a certificate and it leaves nothing out."""
        return bool(self.deleted) and not self.missing


class Deletions:
    """Deletes and certifies, as consumer; countersigns, as provider.

    Attributes:
        certified: told, in its unit of work, of each contract under which something was certified.
    """

    def __init__(self, *, store: Store, clock: Clock, changes: Changes, notices: Notices, folder: Path) -> None:
        self._store = store
        self._clock = clock
        self._changes = changes
        self._notices = notices
        self._folder = folder
        self.certified: list[Callable[[UnitOfWork, ContractRecord], None]] = []
        notices.taking |= {DELETION_CERTIFICATE: self._take, DELETION_ACKNOWLEDGED: self._acknowledged}

    async def delete(self, contract_id: str, statement: str, *, by: Act | None = None) -> ContractRecord:
        """Delete every file that we received under a contract, and certify it.

        Raises:
            NotFound: there is no such contract of ours as consumer.
            Conflict: a delivery is still running, or nothing is left to delete.
        """
        held = await self._store.write(lambda unit: self._closed(unit, contract_id))
        await asyncio.to_thread(self._unlink, [delivery.id for delivery in held])
        return await self._store.write(recorded(lambda unit: self._certify(unit, contract_id, held, statement), by))

    def _closed(self, unit: UnitOfWork, contract_id: str) -> Sequence[DeliveryRecord]:
        """What is to be deleted; from now on nobody is given it any more."""
        contract = unit.contracts.get(contract_id)
        if contract is None or contract.role != "consumer":
            raise NotFound(f"there is no contract {contract_id} under which we receive data")
        if any(unit.deliveries.find(contract=contract_id, state=state, limit=1) for state in _OPEN):
            raise Conflict.told("delivery_runs")
        found = unit.deliveries.find(contract=contract_id, state="complete", deleted_at=None)
        if not found:
            raise Conflict.told("nothing_to_delete")
        for delivery in found:
            unit.deliveries.put(replace(delivery, file=None))
        return found

    def _unlink(self, deliveries: Sequence[str]) -> None:
        for delivery in deliveries:
            for suffix in (".data", ".part"):
                (self._folder / (delivery.rsplit(":", 1)[-1] + suffix)).unlink(missing_ok=True)

    def _certify(
        self, unit: UnitOfWork, contract_id: str, deleted: Sequence[DeliveryRecord], statement: str
    ) -> ContractRecord:
        contract = unit.contracts.get(contract_id)
        assert contract is not None, "no contract is removed while something that was received under it is here"
        now = self._clock.now()
        for delivery in deleted:
            unit.deliveries.put(replace(delivery, file=None, deleted_at=format_time(now)))
            unit.after_commit(partial(self._changes.tell, delivery.id))
        if contract.countersignature_digest is not None:
            for begin in range(0, len(deleted), _AT_MOST):
                some = [(d.id, d.digest) for d in deleted[begin : begin + _AT_MOST]]
                content = deletion_certificate(some, statement, now)
                self._notices.write(unit, contract, DELETION_CERTIFICATE, content)
        self._tell(unit, contract)
        return contract

    def _take(self, unit: UnitOfWork, contract: ContractRecord, taken: Taken) -> None:
        """As provider: note what was deleted, and countersign the certificate as received."""
        at = format_time(parse_time(taken.content["at"]))
        for item in taken.content["deleted"]:
            delivery = unit.deliveries.get(item["delivery"])
            if delivery is None or delivery.contract != contract.id:
                continue  # we may have come back from a backup
            if delivery.digest != item["digest"]:
                raise BadRequest(f"the delivery {delivery.id} had the digest {delivery.digest}")
            unit.deliveries.put(replace(delivery, deleted_at=at))
        missing = _missing(unit, contract)
        content = deletion_acknowledged(taken.digest, missing[:_AT_MOST])
        self._notices.write(unit, contract, DELETION_ACKNOWLEDGED, content)
        self._tell(unit, contract)

    def _acknowledged(self, unit: UnitOfWork, contract: ContractRecord, _: Taken) -> None:
        unit.after_commit(lambda: self._changes.tell(contract.id))

    def _tell(self, unit: UnitOfWork, contract: ContractRecord) -> None:
        for told in self.certified:
            told(unit, contract)
        unit.after_commit(lambda: self._changes.tell(contract.id))


def deletion_of(unit: UnitOfWork, contract: ContractRecord) -> Deletion:
    """How far the deletion under a contract is."""
    deliveries = unit.deliveries.find(contract=contract.id)
    kinds = [notice.kind for notice in unit.notices.find(contract=contract.id)]
    return Deletion(
        tuple(d.id for d in deliveries if d.deleted_at is not None),
        tuple(_missing(unit, contract)),
        kinds.count(DELETION_CERTIFICATE) == kinds.count(DELETION_ACKNOWLEDGED),
    )


def _missing(unit: UnitOfWork, contract: ContractRecord) -> list[str]:
    found = unit.deliveries.find(contract=contract.id, deleted_at=None)
    return [delivery.id for delivery in found if delivery.own_receipt and delivery.other_receipt]
