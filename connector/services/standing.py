"""How a contract stands: whether data may flow under it, and why not."""

from datetime import datetime

from connector.clock import parse_time
from connector.ports.records import ContractRecord
from connector.services.errors import Conflict


def live_or_conflict(contract: ContractRecord) -> ContractRecord:
    """The contract, if data may flow under it.

    Raises:
        Conflict: it may not; the sentence says why.
    """
    if contract.over:
        raise ended(contract)
    if contract.confirmed_at is None:
        raise Conflict.told("not_complete")
    for by, said in contract.suspensions.items():
        key = "suspended_by_them" if by == contract.counterparty else "suspended_by_us"
        raise Conflict.told(key, at=said["at"], by=by, reason=said["reason"])
    if contract.held is not None:
        raise held(contract)
    return contract


def held(contract: ContractRecord) -> Conflict:
    """That nothing is said and delivered under a contract since we came back from a backup, or without one."""
    since = contract.held["since"] if contract.held is not None else ""
    if contract.held is not None and contract.held["why"] == "keys":
        return Conflict.told("held_keys")
    return Conflict.told("held_unasked", since=since, other=contract.counterparty)


def ended(contract: ContractRecord) -> Conflict:
    """That a contract has ended: how, when, by whom and why."""
    if contract.withdrawn_at is not None:
        key = "withdrawn_by_them" if contract.withdrawn_by == contract.counterparty else "withdrawn_by_us"
        return Conflict.told(
            key, at=contract.withdrawn_at, by=contract.withdrawn_by, reason=contract.withdrawn_reason or "-"
        )
    if contract.ended_at is not None:
        return Conflict.told("ran_out", at=contract.ended_at)
    return Conflict.told("terminated", at=contract.terminated_at)


def why_nothing_flows(contract: ContractRecord, now: datetime) -> str | None:
    """Why no data may flow under a contract now, as the other side reads it; None when it may."""
    if contract.withdrawn_at is not None:
        return f"the agreement was withdrawn on {contract.withdrawn_at}: {contract.withdrawn_reason}"
    if contract.ending is not None and parse_time(contract.ending["at"]) <= now:
        return f"the agreement was withdrawn on {contract.ending['at']}: {contract.ending['reason']}"
    if contract.ended_at is not None:
        return f"the agreement has ended: it ran until {contract.ended_at}"
    if contract.terminated_at is not None or contract.confirmed_at is None:
        return "the contract is not complete, or was terminated"
    if contract.held is not None:
        return (
            "we came back from a backup and have not been told yet what we have forgotten of this agreement; try later"
        )
    for by, said in contract.suspensions.items():
        return f"the agreement is suspended by {by} since {said['at']}: {said['reason']}"
    return None
