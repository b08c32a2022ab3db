"""What must stay, whatever its age: what an open process, a contract that stands, or a count that is not agreed needs."""

from collections.abc import Callable

from connector.ports.records import ContractRecord, DecisionRecord, DeliveryRecord
from connector.ports.store import UnitOfWork
from connector.protocol import negotiation as negotiating
from connector.protocol import transfer as transferring
from connector.protocol.negotiation import ContractNegotiation, NegotiationState
from connector.protocol.transfer import TransferProcess
from connector.services.facts.duties import FULFILLED
from connector.services.repeats import forgotten

OPEN_DELIVERY = ("requested", "running")
Differs = Callable[[UnitOfWork, ContractRecord], bool]
"""Whether what both sides count under a contract is not the same."""


def ended_at(contract: ContractRecord) -> str | None:
    """When a contract ended for good; None while it has not."""
    return max(
        (at for at in (contract.withdrawn_at, contract.terminated_at, contract.ended_at) if at is not None),
        default=None,
    )


def is_owing(unit: UnitOfWork, process: str) -> bool:
    """Whether a message of a process or contract is still due to the other side."""
    return unit.outbox.count(process=process) > 0


def negotiation_is_needed(unit: UnitOfWork, negotiation: ContractNegotiation) -> bool:
    """Whether a negotiation is open, or part of what proves a contract."""
    if negotiation.state is not NegotiationState.TERMINATED or negotiation.pending or is_owing(unit, negotiation.id):
        return True
    if not forgotten(unit, negotiation.id):  # a repeat of its first message would begin it anew
        return True
    agreed = (negotiation.agreement or {}).get("@id")
    # What somebody has signed is kept with the contract, also when it came to nothing.
    return isinstance(agreed, str) and unit.contracts.get(agreed) is not None


def transfer_is_needed(unit: UnitOfWork, transfer: TransferProcess, awaited: frozenset[str]) -> bool:
    """Whether a transfer is open, or one of the `awaited`: those that deliveries still come by."""
    over = transfer.state in transferring.TERMINAL and not transfer.pending
    return not over or transfer.id in awaited or is_owing(unit, transfer.id) or not forgotten(unit, transfer.id)


def awaited(unit: UnitOfWork) -> frozenset[str]:
    """The transfers of deliveries that have not ended."""
    return frozenset(d.transfer for state in OPEN_DELIVERY for d in unit.deliveries.find(state=state))


def delivery_is_needed(delivery: DeliveryRecord) -> bool:
    """Whether a delivery counts as a use, has brought anything, or has not ended: then it stays with its contract."""
    brought_nothing = delivery.role == "consumer" and delivery.state in ("refused", "failed") and not delivery.bytes
    return not brought_nothing or delivery.file is not None


def decision_is_needed(unit: UnitOfWork, decision: DecisionRecord) -> bool:
    """Whether a refusal is about a contract that has not ended, or a negotiation that goes on."""
    contract = unit.contracts.get(decision.contract) if decision.contract is not None else None
    negotiation = unit.negotiations.get(decision.about)
    going_on = negotiation is not None and negotiation.state not in negotiating.TERMINAL
    return going_on or (contract is not None and not contract.over)


def contract_is_needed(unit: UnitOfWork, contract: ContractRecord, differs: Differs) -> bool:
    """Whether a contract stands, owes or is owed something, or is in dispute."""
    if ended_at(contract) is None or contract.problem is not None or is_owing(unit, contract.id):
        return True
    if contract.held is not None:  # since we came back from a backup its counts are not known to be whole
        return True
    if any(duty.state != FULFILLED for duty in unit.duties.find(contract=contract.id)):
        return True
    if any(d.state in OPEN_DELIVERY or d.file is not None for d in unit.deliveries.find(contract=contract.id)):
        return True
    transfers = unit.transfers.find(agreement=contract.id)
    if any(t.state not in transferring.TERMINAL or is_owing(unit, t.id) for t in transfers):
        return True
    return is_owing(unit, contract.negotiation) or differs(unit, contract)
