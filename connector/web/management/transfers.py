"""Transfers: asked for, suspended, resumed, ended, as either side. Deliveries (`contracts`) make and end their own."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from connector.canonical import JsonObject
from connector.ports.store import UnitOfWork
from connector.protocol.transfer import TERMINAL
from connector.services.errors import NotFound
from connector.web.deps import Connector
from connector.web.management.guard import After, Beginning, Clerk, Limit, Reader, This, Wait, act
from connector.web.management.models import ReasonBody, TransferBody
from connector.web.management.paging import link_next, page
from connector.web.management.views import transfer_view

router = APIRouter(prefix="/transfers", tags=["transfers"])


@router.post("", status_code=201)
async def begin(body: TransferBody, connector: This, caller: Clerk) -> JsonObject:
    """As consumer: ask for a transfer under a contract, without fetching anything yet."""
    done = act(connector, caller, "request-transfer", detail={"contract": body.contract})
    begun = await connector.transfers.request(body.contract, by=done)
    return await _transfer(connector, begun.id)


@router.get("")
async def transfers(
    connector: This,
    _: Reader,
    request: Request,
    response: Response,
    *,
    after: After = None,
    limit: Limit = 100,
    beginning: Beginning = None,
    contract: Annotated[str | None, Query(max_length=2048, description="only those under this contract")] = None,
) -> list[JsonObject]:
    """The transfers, newest first, in pages; by the beginning of their ids, or of one contract."""
    equal = {} if contract is None else {"agreement": contract}

    def find(unit: UnitOfWork) -> list[JsonObject]:
        found = page(unit.transfers, after=after, limit=limit, beginning=("id", beginning), **equal)
        return [transfer_view(unit, transfer) for transfer in found]

    shown = await connector.store.read(find)
    link_next(request, response, shown[-1]["id"] if shown else None, full=len(shown) == limit)
    return shown


@router.get("/{transfer_id}")
async def transfer(
    transfer_id: str, connector: This, _: Reader, wait: Wait = 0, until: str = "COMPLETED"
) -> JsonObject:
    """One transfer; `wait` holds the answer until it reaches `until` or ends."""

    async def over() -> bool:
        found = await connector.store.read(lambda unit: unit.transfers.get(transfer_id))
        return found is None or (found.state or "REQUESTED") in (*TERMINAL, until)

    await connector.changes.until(transfer_id, wait, over)
    return await _transfer(connector, transfer_id)


@router.post("/{transfer_id}/suspension")
async def suspend(transfer_id: str, body: ReasonBody, connector: This, caller: Clerk) -> JsonObject:
    """Pause a transfer: running bytes stop at once; only we may resume it."""
    done = act(connector, caller, "suspend-transfer", transfer_id, body.reason)
    await connector.transfers.suspend(transfer_id, code="suspended-by-operator", reason=body.reason, by=done)
    return await _transfer(connector, transfer_id)


@router.post("/{transfer_id}/resumption")
async def resume(transfer_id: str, connector: This, caller: Clerk) -> JsonObject:
    """Go on with a transfer that we suspended."""
    done = act(connector, caller, "resume-transfer", transfer_id)
    await connector.transfers.resume(transfer_id, by=done)
    return await _transfer(connector, transfer_id)


@router.post("/{transfer_id}/termination")
async def terminate(transfer_id: str, body: ReasonBody, connector: This, caller: Clerk) -> JsonObject:
    """End a transfer that is not over."""
    done = act(connector, caller, "terminate-transfer", transfer_id, body.reason)
    await connector.transfers.terminate(transfer_id, code="ended-by-operator", reason=body.reason, by=done)
    return await _transfer(connector, transfer_id)


@router.post("/{transfer_id}/completion")
async def complete(transfer_id: str, connector: This, caller: Clerk) -> JsonObject:
    """Say that a transfer is done."""
    done = act(connector, caller, "complete-transfer", transfer_id)
    await connector.transfers.complete(transfer_id, by=done)
    return await _transfer(connector, transfer_id)


async def _transfer(connector: Connector, transfer_id: str) -> JsonObject:
    def find(unit: UnitOfWork) -> JsonObject | None:
        found = unit.transfers.get(transfer_id)
        return None if found is None else transfer_view(unit, found)

    shown = await connector.store.read(find)
    if shown is None:
        raise NotFound("there is no such transfer")
    return shown
