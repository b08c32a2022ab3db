"""Contracts, deliveries, evidence."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from connector.canonical import JsonObject, JsonValue
from connector.contracts.annexes import MAX_ATTACHED
from connector.contracts.bundle import Scope
from connector.ports.store import UnitOfWork
from connector.protocol.formats import Way
from connector.protocol.machine import Role
from connector.services.errors import BadRequest, NotFound
from connector.web.deps import Connector, read_body
from connector.web.management.guard import After, Beginning, Clerk, Limit, Owner, Reader, This, Wait, act, record
from connector.web.management.models import DeletionBody, DeliveryBody, ReasonBody, ReleaseBody, WithdrawalBody
from connector.web.management.paging import link_next, page
from connector.web.management.views import contract_view, delivery_view, hit_view

router = APIRouter(tags=["contracts"])
WithoutPersonal = Annotated[
    bool,
    Query(
        alias="withoutPersonal",
        description="leave out messages, lists of people and consents; their digests stay in the manifest",
    ),
]
_DELIVERY_ENDS = ("complete", "refused", "failed")


@router.get("/contracts")
async def contracts(
    connector: This,
    _: Reader,
    request: Request,
    response: Response,
    *,
    after: After = None,
    limit: Limit = 100,
    beginning: Beginning = None,
    dataset: Annotated[str | None, Query(max_length=2048, description="only on data sets whose id begins so")] = None,
) -> list[JsonObject]:
    """The contracts, newest first, in pages; by the beginning of their ids or of their data sets' ids."""
    if beginning is not None and dataset is not None:
        raise BadRequest("name the beginning of a contract, or of a data set; not both")
    wanted = ("dataset", dataset) if dataset is not None else ("id", beginning)

    def find(unit: UnitOfWork) -> list[JsonObject]:
        found = page(unit.contracts, after=after, limit=limit, beginning=wanted)
        return [contract_view(unit, contract) for contract in found]

    shown = await connector.store.read(find)
    link_next(request, response, shown[-1]["id"] if shown else None, full=len(shown) == limit)
    return shown


@router.get("/evidence", response_class=StreamingResponse)
async def bundle(
    connector: This,
    caller: Reader,
    *,
    partner: Annotated[str | None, Query(max_length=2048, description="the DID of the other party")] = None,
    since: Annotated[datetime | None, Query(description="agreed at this moment or later")] = None,
    until: Annotated[datetime | None, Query(description="agreed before this moment")] = None,
    contract: Annotated[list[str] | None, Query(max_length=1000, description="these contracts only")] = None,
    without_personal: WithoutPersonal = False,
) -> StreamingResponse:
    """Many evidence files in one ZIP, signed as a whole: of a partner, a period, a dispute. Streamed as it is made."""
    if any(moment is not None and moment.tzinfo is None for moment in (since, until)):
        raise BadRequest("since and until need a time zone: 2026-12-31T18:00:00+09:00")
    scope = Scope(partner, since, until, tuple(sorted(contract)) if contract else None)
    await connector.cosigning.bring()
    made = await connector.evidence.bundle(scope, without_personal=without_personal)
    await record(connector, act(connector, caller, "export-evidence", partner or "", scope.to_json()))
    headers = {"Content-Disposition": 'attachment; filename="evidence-bundle.zip"', "Contract-Count": f"{made.count}"}
    return StreamingResponse(made.pieces, media_type="application/zip", headers=headers)


@router.get("/contracts/{contract_id:path}/evidence", response_class=Response)
async def evidence(
    contract_id: str, connector: This, caller: Reader, *, without_personal: WithoutPersonal = False
) -> Response:
    """The evidence file: a ZIP that proves this contract to anyone, offline."""
    await connector.cosigning.bring(contract_id)
    data = await connector.evidence.export(contract_id, without_personal=without_personal)
    await record(connector, act(connector, caller, "export-evidence", contract_id))
    headers = {"Content-Disposition": f'attachment; filename="evidence-{contract_id.rsplit(":", 1)[-1]}.zip"'}
    return Response(data, media_type="application/zip", headers=headers)


@router.put("/contracts/{contract_id:path}/annexes", status_code=201)
async def attach(contract_id: str, request: Request, connector: This, caller: Clerk) -> JsonObject:
    """Attach a file that the contract names by its SHA-256 (the body as it is): it goes into the evidence from now on."""
    data = await read_body(request, MAX_ATTACHED)
    digest = await connector.attaching.attach(contract_id, data, by=act(connector, caller, "attach-file", contract_id))
    return {"contract": contract_id, "digest": digest, "bytes": len(data)}


@router.get("/contracts/{contract_id:path}/withdrawal")
async def preview(contract_id: str, connector: This, _: Reader) -> JsonObject:
    """Whom and what a withdrawal would hit, and from when on; nothing is done."""
    return hit_view(await connector.endings.preview(contract_id))


@router.get("/contracts/{contract_id:path}")
async def contract(contract_id: str, connector: This, _: Reader, wait: Wait = 0) -> JsonObject:
    """One contract; `wait` holds the answer until something about it changes."""
    if wait > 0:
        await connector.changes.wait(contract_id, wait)
    return await _contract(connector, contract_id)


@router.post("/contracts/{contract_id:path}/withdrawal")
async def withdraw(contract_id: str, body: WithdrawalBody, connector: This, caller: Clerk) -> JsonObject:
    """Withdraw from a contract: signed, logged, told to the other side; it ends at once, or after its notice period."""
    done = act(connector, caller, "withdraw-contract", contract_id, body.reason)
    await connector.endings.withdraw(contract_id, body.reason, effective=body.effective, by=done)
    return await _contract(connector, contract_id)


@router.post("/contracts/{contract_id:path}/suspension")
async def suspend(contract_id: str, body: ReasonBody, connector: This, caller: Clerk) -> JsonObject:
    """Suspend a contract: signed, logged, told; running bytes are cut, and nothing is delivered until we lift it."""
    done = act(connector, caller, "suspend-contract", contract_id, body.reason)
    await connector.suspensions.suspend(contract_id, body.reason, by=done)
    return await _contract(connector, contract_id)


@router.post("/contracts/{contract_id:path}/resumption")
async def resume(contract_id: str, connector: This, caller: Clerk) -> JsonObject:
    """Lift our suspension of a contract; only who suspended it can."""
    await connector.suspensions.resume(contract_id, by=act(connector, caller, "resume-contract", contract_id))
    return await _contract(connector, contract_id)


@router.post("/contracts/{contract_id:path}/release")
async def release(contract_id: str, body: ReleaseBody, connector: This, caller: Owner) -> JsonObject:
    """Let data flow again under a contract that is held since we came back from a backup, before its other side was asked."""
    done = act(connector, caller, "release-contract", contract_id, body.reason)
    await connector.reconciling.release(contract_id, body.reason, by=done)
    return await _contract(connector, contract_id)


@router.post("/contracts/{contract_id:path}/deletion")
async def delete(contract_id: str, body: DeletionBody, connector: This, caller: Clerk) -> JsonObject:
    """Delete every file received under a contract, and certify it: signed, logged, told to the provider."""
    done = act(connector, caller, "delete-received", contract_id, body.statement)
    await connector.deletions.delete(contract_id, body.statement, by=done)
    return await _contract(connector, contract_id)


@router.post("/deliveries", status_code=201)
async def deliver(body: DeliveryBody, connector: This, caller: Clerk) -> JsonObject:
    """Fetch the data of a contract once, for a purpose; or, with `push`, have the provider send it."""
    if body.delivery is not None:
        return await _delivery(connector, body.delivery)
    done = act(connector, caller, "fetch", detail={"contract": body.contract})
    way = Way.PUSH if body.push else Way.PULL
    begun = await connector.deliveries.begin(
        body.contract, purpose=body.purpose or "", person=body.person, way=way, by=done
    )
    return await _delivery(connector, begun.id)


@router.get("/deliveries/{delivery_id}")
async def delivery(delivery_id: str, connector: This, _: Reader, wait: Wait = 0) -> JsonObject:
    """One delivery; `wait` holds the answer until its state changes."""
    found = await _delivery(connector, delivery_id)
    if wait > 0 and found["state"] not in _DELIVERY_ENDS:
        await connector.changes.wait(delivery_id, wait)
        found = await _delivery(connector, delivery_id)
    return found


@router.get("/deliveries/{delivery_id}/content", response_class=FileResponse)
async def content(delivery_id: str, connector: This, _: Clerk) -> FileResponse:
    """The received file."""
    found = await connector.store.read(lambda unit: unit.deliveries.get(delivery_id))
    if found is None:
        raise NotFound("there is no such delivery")
    return FileResponse(connector.deliveries.file_of(found), media_type="application/octet-stream")


async def _contract(connector: Connector, contract_id: str) -> JsonObject:
    def find(unit: UnitOfWork) -> JsonObject | None:
        found = unit.contracts.get(contract_id)
        if found is None:
            return None
        witnesses: list[JsonValue] = [
            {"did": w.did, "role": w.role, "required": w.required, "cosignedAt": w.cosigned_at, "late": w.late}
            for w in connector.cosigning.witnesses(unit, found)
        ]
        return contract_view(unit, found) | {"witnesses": witnesses}

    shown = await connector.store.read(find)
    if shown is None:
        raise NotFound("there is no such contract")
    return shown


async def _delivery(connector: Connector, delivery_id: str) -> JsonObject:
    found = await connector.store.read(lambda unit: unit.deliveries.get(delivery_id))
    if found is None:
        raise NotFound("there is no such delivery")
    there = connector.deliveries.there(found) if found.role == Role.CONSUMER else found.bytes
    return delivery_view(found, there)
