"""Negotiations: begun by either side, answered by our people, ended."""

from typing import Final

from fastapi import APIRouter, Request, Response

from connector.canonical import JsonObject
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.services.answers import accepting, amending, countering
from connector.services.errors import BadRequest, NotFound, Unprocessable
from connector.services.offers import conflict_in, offering
from connector.services.terms import terms_of
from connector.trust.did import is_did
from connector.web.deps import Connector
from connector.web.management.guard import After, Beginning, Clerk, Limit, Reader, This, Wait, act
from connector.web.management.models import (
    AcceptanceBody,
    CounterBody,
    NegotiationBody,
    OfferBody,
    TerminationBody,
)
from connector.web.management.paging import link_next, page
from connector.web.management.views import negotiation_view

router = APIRouter(tags=["negotiations"])
_ENDS: Final = ("FINALIZED", "TERMINATED")


@router.post("/negotiations", status_code=201)
async def negotiate(body: NegotiationBody, connector: This, caller: Clerk) -> JsonObject:
    """As consumer: begin a negotiation on an offer exactly as the provider shows it to us."""
    dataset = await connector.federation.dataset(body.provider, body.dataset)
    offer = connector.federation.choose_offer(dataset, body.offer)
    refusal = conflict_in(offer, dataset.described)
    if refusal is not None:
        # What our own connector would have to keep, and cannot: never asked for.
        raise Unprocessable(refusal.sentence, code=refusal.code)
    root = await connector.federation.root(body.provider)
    begun = await connector.negotiations.begin(
        provider=body.provider,
        provider_root=root.url,
        version=root.version,
        dataset=dataset.id,
        offer=offer,
        described=dataset.described,
        by=act(connector, caller, "negotiate", detail={"dataset": dataset.id}),
    )
    return await _negotiation(connector, begun.id)


@router.post("/offers", status_code=201)
async def offer(body: OfferBody, connector: This, caller: Clerk) -> JsonObject:
    """As provider: offer a contract to a consumer that has not asked: an offer of our catalog, or terms for it alone."""
    if not is_did(body.consumer) or body.consumer == connector.identity.did:
        raise BadRequest(f"{body.consumer!r} is not the DID of another participant")
    if body.offer is not None and body.terms is not None:
        raise BadRequest("name an offer of the catalog, or terms of its own; not both")
    now = connector.clock.now()
    rules = None if body.terms is None else terms_of(body.terms, now)
    choose = offering(body.dataset, body.consumer, offer=body.offer, rules=rules, now=now)
    # What cannot be offered is said before anybody is asked anything.
    await connector.store.read(choose)
    root = await connector.federation.root(body.consumer)
    begun = await connector.negotiations.offer(
        consumer=body.consumer,
        consumer_root=root.url,
        version=root.version,
        dataset=body.dataset,
        choose=choose,
        by=act(connector, caller, "offer", detail={"dataset": body.dataset, "consumer": body.consumer}),
    )
    return await _negotiation(connector, begun.id)


@router.get("/negotiations")
async def negotiations(
    connector: This,
    _: Reader,
    request: Request,
    response: Response,
    *,
    after: After = None,
    limit: Limit = 100,
    beginning: Beginning = None,
) -> list[JsonObject]:
    """The negotiations, newest first, in pages."""

    def find(unit: UnitOfWork) -> list[JsonObject]:
        found = page(unit.negotiations, after=after, limit=limit, beginning=("id", beginning))
        return [negotiation_view(unit, negotiation) for negotiation in found]

    shown = await connector.store.read(find)
    link_next(request, response, shown[-1]["id"] if shown else None, full=len(shown) == limit)
    return shown


@router.get("/negotiations/{negotiation_id}")
async def negotiation(
    negotiation_id: str, connector: This, _: Reader, wait: Wait = 0, until: str = "FINALIZED"
) -> JsonObject:
    """One negotiation; `wait` holds the answer until it reaches `until` or ends."""

    async def over() -> bool:
        found = await connector.store.read(lambda unit: unit.negotiations.get(negotiation_id))
        return found is None or found.shown in (*_ENDS, until)

    await connector.changes.until(negotiation_id, wait, over)
    return await _negotiation(connector, negotiation_id)


@router.post("/negotiations/{negotiation_id}/acceptance")
async def accept(negotiation_id: str, body: AcceptanceBody, connector: This, caller: Clerk) -> JsonObject:
    """Say yes to what lies on the table, as it was shown. Where two people have to, the first yes is only noted.

    409 when something else lies there by now: `terms` is its digest, `changes` what is different.
    """
    described = await _learnt(connector, negotiation_id)
    choice = accepting(connector.identity.did, connector.clock.now(), described)
    done = act(connector, caller, "accept-offer", negotiation_id)
    await connector.negotiations.answer(negotiation_id, choice, by=done, on=body.terms)
    return await _negotiation(connector, negotiation_id)


@router.post("/negotiations/{negotiation_id}/offers")
async def counter(negotiation_id: str, body: CounterBody, connector: This, caller: Clerk) -> JsonObject:
    """Offer other terms on the same data set: whole ones (`terms`), or changed clauses (`set`, `drop`)."""
    now = connector.clock.now()
    if (body.terms is None) is (body.set is None and not body.drop):
        raise BadRequest("give whole terms, or the clauses to set and drop; one of the two")
    if body.terms is None and body.on is None:
        raise BadRequest("changes need `on`: the digest of the terms that they change")
    described = await _learnt(connector, negotiation_id)
    if body.terms is not None:
        choice = countering(terms_of(body.terms, now), described)
    else:
        choice = amending(body.set or {}, body.drop, now, described)
    detail = body.model_dump(exclude_none=True, exclude_defaults=True)
    done = act(connector, caller, "make-offer", negotiation_id, detail)
    await connector.negotiations.answer(negotiation_id, choice, by=done, on=body.on)
    return await _negotiation(connector, negotiation_id)


@router.post("/negotiations/{negotiation_id}/termination")
async def terminate(negotiation_id: str, body: TerminationBody, connector: This, caller: Clerk) -> JsonObject:
    """End a negotiation that is not concluded; the other side reads code and reason."""
    done = act(connector, caller, "terminate-negotiation", negotiation_id, body.reason)
    await connector.negotiations.terminate(negotiation_id, code=body.code, reason=body.reason, by=done)
    return await _negotiation(connector, negotiation_id)


async def _learnt(connector: Connector, negotiation_id: str) -> JsonObject | None:
    """As consumer of an offer that we did not ask for: what the data set is, as the provider's catalog says it now."""
    found = await connector.store.read(lambda unit: unit.negotiations.get(negotiation_id))
    if found is None or found.role is Role.PROVIDER or found.described is not None:
        return None
    if found.offered_by is Role.CONSUMER:  # it is not our turn; the answer to that comes from the negotiation itself
        return None
    return await connector.federation.offered(found.counterparty, found.dataset, found.offer)


async def _negotiation(connector: Connector, negotiation_id: str) -> JsonObject:
    def find(unit: UnitOfWork) -> JsonObject | None:
        found = unit.negotiations.get(negotiation_id)
        return None if found is None else negotiation_view(unit, found)

    shown = await connector.store.read(find)
    if shown is None:
        raise NotFound("there is no such negotiation")
    return shown
