"""What a negotiation is shown as to the other side."""

from connector.canonical import JsonObject
from connector.protocol.negotiation import ContractNegotiation
from connector.services.wording import NOT_KNOWN_YET


def acknowledgement(negotiation: ContractNegotiation) -> JsonObject:
    """The ContractNegotiation object: both pids and the state."""
    return {
        "@type": "ContractNegotiation",
        "providerPid": negotiation.provider_pid or NOT_KNOWN_YET,
        "consumerPid": negotiation.consumer_pid or NOT_KNOWN_YET,
        "state": negotiation.shown.value,
    }


def refusal(negotiation: ContractNegotiation, error: Exception) -> JsonObject:
    """The ContractNegotiationError object."""
    return {
        "@type": "ContractNegotiationError",
        "providerPid": negotiation.provider_pid or NOT_KNOWN_YET,
        "consumerPid": negotiation.consumer_pid or NOT_KNOWN_YET,
        "code": type(error).__name__,
        "reason": [str(error)],
    }
