"""Negotiations, contracts, deliveries, evidence."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response

from connector.canonical import JsonObject
from connector.ports.records import ContractRecord
from connector.protocol.machine import Role
from connector.services.answers import accepting, countering
from connector.services.errors import NotFound
from connector.services.publish import terms_of
from connector.web.deps import Connector
from connector.web.management.guard import Clerk, Reader, This, act, record
from connector.web.management.models import DeliveryBody, NegotiationBody, OfferBody, ReasonBody
from connector.web.management.views import contract_view, delivery_view, negotiation_view

router = APIRouter(tags=["contracts"])
Wait = Annotated[float, Query(ge=0, le=60, description="wait up to this many seconds for a change")]
_ENDS = ("FINALIZED", "TERMINATED")
_DELIVERY_ENDS = ("complete", "refused", "failed")


@router.post("/negotiations", status_code=201)
async def negotiate(body: NegotiationBody, connector: This, caller: Clerk) -> JsonObject:
    """Begin a negotiation on an offer exactly as the provider shows it to us."""
    dataset = await connector.federation.dataset(body.provider, body.dataset)
    offer = connector.federation.choose_offer(dataset, body.offer)
    begun = await connector.negotiations.begin(
        provider=body.provider,
        provider_root=await connector.federation.root(body.provider),
        dataset=dataset.id,
        offer=offer,
        described={k: v for k, v in dataset.wire.items() if k not in ("hasPolicy", "distribution", "@context")},
        by=act(connector, caller, "negotiate", detail={"dataset": dataset.id}),
    )
    return await _negotiation(connector, begun.id)


@router.get("/negotiations")
async def negotiations(connector: This, _: Reader) -> list[JsonObject]:
    """All negotiations, newest first."""
    return await connector.store.read(
        lambda unit: [negotiation_view(unit, n) for n in unit.negotiations.find(newest_first=True, limit=500)]
    )


@router.get("/negotiations/{negotiation_id}")
async def negotiation(
    negotiation_id: str, connector: This, _: Reader, wait: Wait = 0, until: str = "FINALIZED"
) -> JsonObject:
    """One negotiation; `wait` holds the answer until it reaches `until` or ends."""

    async def over() -> bool:
        found = await connector.store.read(lambda unit: unit.negotiations.get(negotiation_id))
        return found is None or (found.state or "REQUESTED") in (*_ENDS, until)

    await connector.changes.until(negotiation_id, wait, over)
    return await _negotiation(connector, negotiation_id)


@router.post("/negotiations/{negotiation_id}/acceptance")
async def accept(negotiation_id: str, connector: This, caller: Clerk) -> JsonObject:
    """Say yes to the other side's offer on the table."""
    choice = accepting(connector.identity.did, connector.clock.now())
    await connector.negotiations.answer(negotiation_id, choice)
    await record(connector, act(connector, caller, "accept-offer", negotiation_id))
    return await _negotiation(connector, negotiation_id)


@router.post("/negotiations/{negotiation_id}/offers")
async def counter(negotiation_id: str, body: OfferBody, connector: This, caller: Clerk) -> JsonObject:
    """Offer other terms on the same data set."""
    rules = terms_of(body.terms, connector.clock.now())
    await connector.negotiations.answer(negotiation_id, countering(rules))
    await record(connector, act(connector, caller, "make-offer", negotiation_id, body.terms))
    return await _negotiation(connector, negotiation_id)


@router.post("/negotiations/{negotiation_id}/termination")
async def terminate(negotiation_id: str, body: ReasonBody, connector: This, caller: Clerk) -> JsonObject:
    """End a negotiation that is not concluded."""
    await connector.negotiations.terminate(negotiation_id, code="ended-by-operator", reason=body.reason)
    await record(connector, act(connector, caller, "terminate-negotiation", negotiation_id, body.reason))
    return await _negotiation(connector, negotiation_id)


@router.get("/contracts")
async def contracts(connector: This, _: Reader) -> list[JsonObject]:
    """All contracts, newest first."""
    return await connector.store.read(
        lambda unit: [contract_view(unit, c) for c in unit.contracts.find(newest_first=True, limit=1000)]
    )


@router.get("/contracts/{contract_id:path}/evidence", response_class=Response)
async def evidence(contract_id: str, connector: This, caller: Reader) -> Response:
    """The evidence file: a ZIP that proves this contract to anyone, offline."""
    data = await connector.evidence.export(contract_id)
    await record(connector, act(connector, caller, "export-evidence", contract_id))
    headers = {"Content-Disposition": f'attachment; filename="evidence-{contract_id.rsplit(":", 1)[-1]}.zip"'}
    return Response(data, media_type="application/zip", headers=headers)


@router.get("/contracts/{contract_id:path}")
async def contract(contract_id: str, connector: This, _: Reader, wait: Wait = 0) -> JsonObject:
    """One contract; `wait` holds the answer until something about it changes."""
    if wait > 0:
        await connector.changes.wait(contract_id, wait)
    return await _contract(connector, contract_id)


@router.post("/contracts/{contract_id:path}/withdrawal")
async def withdraw(contract_id: str, body: ReasonBody, connector: This, caller: Clerk) -> JsonObject:
    """Withdraw from a contract: signed, logged, told to the other side; running bytes are cut at once."""
    await connector.notices.withdraw(contract_id, body.reason)
    await record(connector, act(connector, caller, "withdraw-contract", contract_id, body.reason))
    return await _contract(connector, contract_id)


@router.post("/deliveries", status_code=201)
async def deliver(body: DeliveryBody, connector: This, caller: Clerk) -> JsonObject:
    """Fetch the data of a contract once, for a purpose."""
    if body.delivery is not None:
        return await _delivery(connector, body.delivery)
    begun = await connector.deliveries.begin(body.contract, purpose=body.purpose or "", person=body.person)
    await record(connector, act(connector, caller, "fetch", begun.id, {"contract": body.contract}))
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


async def _negotiation(connector: Connector, negotiation_id: str) -> JsonObject:
    def find(unit: object) -> JsonObject | None:
        found = unit.negotiations.get(negotiation_id)  # type: ignore[attr-defined]
        return None if found is None else negotiation_view(unit, found)  # type: ignore[arg-type]

    shown = await connector.store.read(find)
    if shown is None:
        raise NotFound("there is no such negotiation")
    return shown


async def _contract(connector: Connector, contract_id: str) -> JsonObject:
    def find(unit: object) -> JsonObject | None:
        found: ContractRecord | None = unit.contracts.get(contract_id)  # type: ignore[attr-defined]
        return None if found is None else contract_view(unit, found)  # type: ignore[arg-type]

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
