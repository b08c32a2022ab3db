"""The policy of a contract, read once: what both sides signed does not change."""

from typing import Final

from connector.canonical import JsonObject
from connector.ports.records import ContractRecord
from policies.model import Policy
from policies.parse import parse_policy

MOST_KEPT: Final = 4_096
"""Agreements whose policies are remembered; others are read again."""
_KEPT: Final[dict[str, tuple[JsonObject, Policy]]] = {}


def agreed_policy(contract: ContractRecord) -> Policy:
    """The agreement as the engine reads it; the same object again for the same content, so that it stays ready there.

    Raises:
        PolicyError: it is no policy. What was signed here was read before.
    """
    kept = _KEPT.get(contract.id)
    # Several connectors in one process may each hold something under the same id: only the same content counts.
    if kept is None or kept[0] != contract.agreement:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        kept = _KEPT[contract.id] = (contract.agreement, parse_policy(contract.agreement))
    return kept[1]
