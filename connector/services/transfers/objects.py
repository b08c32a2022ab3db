"""What a transfer is shown as to the other side, and when data may flow under a contract."""

from connector.canonical import JsonObject
from connector.ports.records import ContractRecord
from connector.protocol.transfer import TransferProcess, TransferState
from connector.services.errors import Conflict
from connector.services.wording import NOT_KNOWN_YET


def live_or_conflict(contract: ContractRecord) -> ContractRecord:
    """The contract, if data may flow under it.

    Raises:
        Conflict: it may not; the sentence says why.
    """
    if contract.withdrawn_at is not None:
        raise withdrawn(contract)
    if contract.terminated_at is not None:
        raise Conflict.told("terminated", at=contract.terminated_at)
    if contract.confirmed_at is None:
        raise Conflict.told("not_complete")
    return contract


def withdrawn(contract: ContractRecord) -> Conflict:
    """That a contract was withdrawn: when, by whom and why."""
    key = "withdrawn_by_them" if contract.withdrawn_by == contract.counterparty else "withdrawn_by_us"
    return Conflict.told(
        key, at=contract.withdrawn_at, by=contract.withdrawn_by, reason=contract.withdrawn_reason or "-"
    )


def acknowledgement(transfer: TransferProcess) -> JsonObject:
    """The TransferProcess object: both pids and the state."""
    return {
        "@type": "TransferProcess",
        "providerPid": transfer.provider_pid or NOT_KNOWN_YET,
        "consumerPid": transfer.consumer_pid or NOT_KNOWN_YET,
        "state": (transfer.state or TransferState.REQUESTED).value,
    }


def refusal(transfer: TransferProcess, error: Exception) -> JsonObject:
    """The TransferError object."""
    return {
        "@type": "TransferError",
        "providerPid": transfer.provider_pid or NOT_KNOWN_YET,
        "consumerPid": transfer.consumer_pid or NOT_KNOWN_YET,
        "code": type(error).__name__,
        "reason": [str(error)],
    }
