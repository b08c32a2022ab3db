"""What a delivery waits for: the contract's confirmation, the start of its transfer, the word after a refusal."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector.clock import Clock
from connector.ports.network import FlowRefused
from connector.ports.records import ContractRecord, DeliveryRecord
from connector.ports.store import Store, UnitOfWork
from connector.protocol.formats import Way
from connector.protocol.transfer import TERMINAL, TransferProcess, TransferState
from connector.services.addresses import ends_of
from connector.services.changes import Changes
from connector.services.deliveries.outcomes import Outcomes, both
from connector.services.standing import live_or_conflict
from connector.services.transfers.steps import Steps

OPEN: Final = ("requested", "running")
"""The states of a delivery that is not over."""
_WAIT: Final = 60.0
_UNAUTHORIZED: Final = 401
_WORD: Final = 5.0
"""Seconds in which the message that explains a refusal may still arrive."""


class Waiting:
    """Looks at the store, and again after each change: nothing is asked of the other side for it."""

    def __init__(
        self,
        *,
        store: Store,
        steps: Steps,
        outcomes: Outcomes,
        changes: Changes,
        clock: Clock,
        protocol_root: Callable[[UnitOfWork, ContractRecord], str],
    ) -> None:
        self._store = store
        self._steps = steps
        self._outcomes = outcomes
        self._changes = changes
        self._clock = clock
        self._root = protocol_root

    async def started(self, delivery_id: str) -> tuple[DeliveryRecord, TransferProcess | None]:
        """Wait until the contract is confirmed and the provider has started the transfer, or has refused it."""
        await self._confirmed(delivery_id)
        while True:
            record, transfer = await self._store.read(lambda unit: both(unit, delivery_id))
            started = transfer.state is TransferState.STARTED and not transfer.pending
            if started and transfer.data_address is not None:
                return record, transfer
            if transfer.state in TERMINAL:
                await self._refused(record, transfer)
                return record, None
            await self._changes.wait(transfer.id, _WAIT)

    async def pushed(self, delivery_id: str, *, arrives: Callable[[str], bool]) -> None:
        """Wait until the provider has sent everything into our inbox, or has ended the transfer.

        `arrives` says whether bytes of a transfer arrive just now: their end is waited for, whatever is said meanwhile.
        """
        await self._confirmed(delivery_id)
        while True:
            record, transfer = await self._store.read(lambda unit: both(unit, delivery_id))
            if record.state not in OPEN:
                return
            suspended = transfer.settled is TransferState.SUSPENDED
            if transfer.state in TERMINAL and not arrives(transfer.id):
                await self._refused(record, transfer)
                return
            if suspended and record.problem is None:
                await self._outcomes.note_suspended(delivery_id)
            elif record.problem is not None and not suspended:
                await self._outcomes.note_resumed(delivery_id)
            await self._changes.wait(transfer.id, _WAIT)

    async def _refused(self, record: DeliveryRecord, transfer: TransferProcess) -> None:
        said = transfer.problem or {}
        default = "the provider says that it has sent everything" if record.way == Way.PUSH else "the provider ended it"
        problem = {"title": "the provider refused the transfer", "detail": str(said.get("detail") or default)}
        await self._outcomes.fail(record.id, "refused", problem)

    async def _confirmed(self, delivery_id: str) -> None:
        """Begin the transfer as soon as the provider has taken our confirmation (H)."""
        while True:
            # Looked at and waited for without anything in between: a change cannot slip through.
            contract_id = await self._store.read(lambda unit: self._unconfirmed(unit, delivery_id))
            if contract_id is None:
                break
            await self._changes.wait(contract_id, _WAIT)
        await self._store.write(lambda unit: self._begin_transfer(unit, delivery_id))

    def _unconfirmed(self, unit: UnitOfWork, delivery_id: str) -> str | None:
        """The contract that has to be confirmed, or reconciled, first; None when there is nothing to wait for."""
        record = unit.deliveries.get(delivery_id)
        contract = unit.contracts.get(record.contract) if record is not None and not record.transfer else None
        waits = contract is not None and contract.held is not None and contract.held["why"] == "unasked"
        if contract is None or (contract.confirmed_at and not waits) or contract.over:
            return None
        return contract.id

    def _begin_transfer(self, unit: UnitOfWork, delivery_id: str) -> None:
        record = unit.deliveries.get(delivery_id)
        contract = unit.contracts.get(record.contract) if record is not None else None
        if record is None or contract is None or record.transfer:
            return
        live_or_conflict(contract)
        push = record if record.way == Way.PUSH else None
        transfer = self._steps.begin(unit, contract, self._root(unit, contract), push=push)
        unit.deliveries.put(replace(record, transfer=transfer.id))

    async def until_stopped(self, transfer_id: str) -> TransferProcess:
        """Wait until the transfer is suspended or terminated, by either side."""
        while True:
            transfer = await self._store.read(lambda unit: unit.transfers.get(transfer_id))
            if transfer is not None and transfer.settled in (TransferState.SUSPENDED, TransferState.TERMINATED):
                return transfer
            await self._changes.wait(transfer_id, _WAIT)

    async def was_suspended(self, refused: FlowRefused, tried: TransferProcess) -> bool:
        """A provider that has suspended refuses more bytes; its message about it may arrive a moment later.

        So does one that renews its token (suspension and start): the one that was `tried` is then not the one of now.
        """
        while True:
            transfer = await self._store.read(lambda unit: unit.transfers.get(tried.id))
            state = transfer.settled if transfer is not None else None
            renewed = transfer is not None and transfer.data_address != tried.data_address
            if state is TransferState.SUSPENDED or state in TERMINAL or renewed:
                return state in (TransferState.SUSPENDED, TransferState.STARTED)
            word = refused.more.get("clause") == "transfer" or self._ended(refused, tried)
            if not word or not await self._changes.wait(tried.id, _WORD):
                return False

    def _ended(self, refused: FlowRefused, tried: TransferProcess) -> bool:
        ends = ends_of(tried.data_address)
        return refused.status == _UNAUTHORIZED and ends is not None and ends <= self._clock.now()
