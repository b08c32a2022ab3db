"""Transfers of an agreement that is suspended pause, and those that we paused go on with it."""

from dataclasses import replace
from typing import Final

from connector.ports.records import ContractRecord
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.messages import TransferStartMessage, TransferSuspensionMessage
from connector.protocol.transfer import TransferProcess, TransferState
from connector.protocol.versions import Ability
from connector.services.transfers.steps import Steps
from connector.services.wording import problem_of

CODE: Final = "agreement-suspended"
"""With which a transfer is suspended for its agreement: by it we know what to take up again."""


class Pausing:
    """Pauses the transfers of an agreement."""

    def __init__(self, steps: Steps, me: str) -> None:
        self._steps = steps
        self._me = me

    def pause_all(self, unit: UnitOfWork, contract: ContractRecord, reason: str) -> None:
        """Running bytes are cut at once. Whoever suspended tells the other side; in a version that knows no pause, it ends."""
        if self._me in contract.suspensions:
            for transfer in unit.transfers.find(agreement=contract.id):
                if transfer.settled is TransferState.STARTED:
                    self._pause(unit, transfer, f"the agreement is suspended: {reason}")
        unit.after_commit(lambda: self._steps.stopped(contract.id))

    def continue_all(self, unit: UnitOfWork, contract: ContractRecord) -> None:
        """What we paused for the agreement goes on, as provider with new tokens."""
        for transfer in unit.transfers.find(agreement=contract.id):
            ours = transfer.suspended_by is transfer.role and (transfer.problem or {}).get("code") == CODE
            if ours and transfer.settled is TransferState.SUSPENDED:
                self._go_on(unit, transfer)

    def _pause(self, unit: UnitOfWork, transfer: TransferProcess, reason: str) -> None:
        if not self._steps.version_of(transfer).can(Ability.SUSPENSION):
            self._steps.end(unit, transfer, code=CODE, reason=reason)
            return
        message = TransferSuspensionMessage(
            provider_pid=transfer.provider_pid or "",
            consumer_pid=transfer.consumer_pid or "",
            code=CODE,
            reason=[reason],
        )
        problem = problem_of(CODE, [reason], by=self._me, title="suspended")
        self._steps.send(unit, replace(transfer, problem=problem), message)

    def _go_on(self, unit: UnitOfWork, transfer: TransferProcess) -> None:
        if transfer.role is Role.PROVIDER:
            self._steps.start(unit, transfer)
            return
        message = TransferStartMessage(provider_pid=transfer.provider_pid or "", consumer_pid=transfer.id)
        self._steps.send(unit, replace(transfer, problem=None), message)
