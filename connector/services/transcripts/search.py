"""What a person means by an id: a negotiation, a transfer, an agreement with all that went on under it, a delivery."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from connector.canonical import JsonObject
from connector.ports.store import UnitOfWork
from connector.services.errors import Conflict, NotFound

_URN: Final = "urn:uuid:"
_SHORTEST: Final = 3
"""Characters that the beginning of an id has at least."""
_SHOWN: Final = 4
_MOST_TRANSFERS: Final = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What a transcript is about.

    Attributes:
        id: what was asked for, in full.
        processes: our pids, each with `kind`, our `role` and the `counterparty`.
        naming: only the notices that name this (a delivery); None for all.
    """

    id: str
    processes: tuple[JsonObject, ...]
    naming: str | None = None


def find(unit: UnitOfWork, wanted: str) -> Found:
    """What is meant by an id or a unique beginning of it, `urn:uuid:` being optional.

    Raises:
        NotFound: nothing begins so.
        Conflict: several do.
    """
    whole = _whole(unit, wanted)
    if whole is not None:
        return whole
    beginnings = [wanted, _URN + wanted] if len(wanted) >= _SHORTEST else []
    names = sorted({name for beginning in beginnings for name in _beginning_with(unit, beginning)})
    if len(names) > 1:
        shown = ", ".join(names[:_SHOWN])
        raise Conflict(
            f"several begin with {wanted!r} ({shown}{' …' if len(names) > _SHOWN else ''}); write more of it"
        )
    found = _whole(unit, names[0]) if names else None
    if found is None:
        raise NotFound(f"no negotiation, transfer, agreement or delivery begins with {wanted!r}")
    return found


def _beginning_with(unit: UnitOfWork, beginning: str) -> list[str]:
    readers: tuple[Callable[[str, int], Sequence[str]], ...] = (
        unit.negotiations.keys,
        unit.transfers.keys,
        unit.contracts.keys,
        unit.deliveries.keys,
        unit.exchanges.processes,
    )
    return [name for read in readers for name in read(beginning, _SHOWN + 1)]


def _whole(unit: UnitOfWork, name: str) -> Found | None:
    negotiation = unit.negotiations.get(name)
    if negotiation is not None:
        return Found(name, (_process(name, "negotiation", negotiation.role, negotiation.counterparty),))
    transfer = unit.transfers.get(name)
    if transfer is not None:
        return Found(name, (_process(name, "transfer", transfer.role, transfer.counterparty),))
    if unit.contracts.get(name) is not None:
        return _under_contract(unit, name)
    delivery = unit.deliveries.get(name)
    if delivery is not None:
        return _of_delivery(unit, name, delivery.transfer, delivery.contract)
    # Something that was refused and has begun nothing here.
    kept = name in unit.exchanges.processes(name, 1)
    return Found(name, (_process(name, "unknown", None, None),)) if kept else None


def _under_contract(unit: UnitOfWork, name: str) -> Found:
    contract = unit.contracts.get(name)
    assert contract is not None
    transfers = unit.transfers.find(agreement=name, newest_first=True, limit=_MOST_TRANSFERS)
    processes = [
        _process(contract.negotiation, "negotiation", contract.role, contract.counterparty),
        _process(name, "notices", contract.role, contract.counterparty),
        *(_process(transfer.id, "transfer", transfer.role, transfer.counterparty) for transfer in transfers[::-1]),
    ]
    return Found(name, tuple(processes))


def _of_delivery(unit: UnitOfWork, name: str, transfer: str, contract: str) -> Found:
    held = unit.transfers.get(transfer)
    role, counterparty = (held.role, held.counterparty) if held is not None else (None, None)
    processes = (
        _process(transfer, "transfer", role, counterparty),
        _process(contract, "notices", role, counterparty),
    )
    return Found(name, processes, naming=name)


def _process(pid: str, kind: str, role: str | None, counterparty: str | None) -> JsonObject:
    return {"id": pid, "kind": kind, "role": None if role is None else str(role), "counterparty": counterparty}
