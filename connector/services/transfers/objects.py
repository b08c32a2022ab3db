"""What a transfer is shown as to the other side."""

from connector.canonical import JsonObject
from connector.protocol.transfer import TransferProcess, TransferState
from connector.services.wording import NOT_KNOWN_YET


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
