"""Consents of producers, the mark that a payment in advance was received, and the counts of both sides compared."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from connector.canonical import JsonObject
from connector.clock import parse_time
from connector.ports.records import ConsentRecord
from connector.ports.store import UnitOfWork
from connector.services.acts import note
from connector.services.consents import PaperConsent, standing_on
from connector.services.errors import BadRequest
from connector.web.deps import Connector
from connector.web.management.consent_models import ConsentBody, PaymentBody, ReceiptBody
from connector.web.management.guard import Clerk, Owner, Reader, This, act
from connector.web.management.models import ReasonBody

router = APIRouter(tags=["consents"])


@router.get("/consents")
async def consents(
    connector: This,
    _: Reader,
    dataset: Annotated[
        str | None, Query(max_length=2048, description="only on this data set, or content digest")
    ] = None,
) -> list[JsonObject]:
    """What producers have consented to, and which contracts stand on each."""

    def find(unit: UnitOfWork) -> list[JsonObject]:
        held = unit.consents.find() if dataset is None else unit.consents.find(dataset=dataset)
        return [_view(unit, consent) for consent in held]

    return await connector.store.read(find)


@router.post("/consents", status_code=201)
async def keep(body: ConsentBody, connector: This, caller: Clerk) -> JsonObject:
    """Keep a consent: a receipt that the producer signed, or a document by its digest and what it says."""
    done = act(connector, caller, "keep-consent")
    if body.receipt is not None:
        kept = await connector.consents.keep(body.receipt, by=done)
    elif body.digest is None or not body.producer or not body.dataset:
        raise BadRequest("a consent is a signed receipt, or a document: its digest, its producer and its data set")
    else:
        until = _time(body.until)
        paper = PaperConsent(
            digest=body.digest, producer=body.producer, dataset=body.dataset, purposes=body.purposes, until=until
        )
        kept = await connector.consents.note(paper, by=done)
    return await _shown(connector, kept)


@router.post("/consents/{digest}/withdrawal")
async def withdraw(digest: str, body: ReasonBody, connector: This, caller: Clerk) -> JsonObject:
    """The producer has taken its consent back: every agreement that stands on it ends, running bytes are cut."""
    done = act(connector, caller, "withdraw-consent", digest, body.reason)
    return await _shown(connector, await connector.consents.withdraw(digest, body.reason, by=done))


@router.post("/consent-receipts", status_code=201)
async def give(body: ReceiptBody, connector: This, caller: Owner) -> JsonObject:
    """As producer: a signed receipt of our consent, for the provider to keep (`POST /consents`)."""
    receipt = connector.consents.give(body.provider, body.dataset, body.purposes, _time(body.until))
    done = act(connector, caller, "give-consent", body.dataset, {"provider": body.provider})
    await connector.store.write(lambda unit: note(unit, done))
    return receipt


@router.post("/contracts/{contract_id:path}/payment")
async def payment(contract_id: str, body: PaymentBody, connector: This, caller: Clerk) -> JsonObject:
    """As provider: mark a payment in advance as received, or take the mark back; logged with who did it."""
    done = act(connector, caller, "mark-paid" if body.received else "clear-paid", contract_id, body.note)
    marked = await connector.payments.mark(contract_id, received=body.received, by=done)
    return {"id": marked.id, "paidAt": marked.paid_at}


@router.get("/contracts/{contract_id:path}/metering")
async def metering(contract_id: str, connector: This, _: Reader) -> JsonObject:
    """What both sides count under a contract, delivery by delivery; a line is the same, differs, or is open."""
    return await connector.metering.compared(contract_id)


@router.post("/contracts/{contract_id:path}/metering")
async def tell(contract_id: str, connector: This, caller: Clerk) -> JsonObject:
    """State what we have counted and not stated yet: signed, logged, told; the other side answers with its own count."""
    return await connector.metering.tell(contract_id, by=act(connector, caller, "tell-metering", contract_id))


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError:
        raise BadRequest("until is not a date and time with a zone") from None


async def _shown(connector: Connector, consent: ConsentRecord) -> JsonObject:
    return await connector.store.read(lambda unit: _view(unit, consent))


def _view(unit: UnitOfWork, consent: ConsentRecord) -> JsonObject:
    return {
        "digest": consent.digest,
        "producer": consent.producer,
        "dataset": consent.dataset,
        "purposes": list(consent.purposes),
        "until": consent.until,
        "signed": consent.signed,
        "at": consent.at,
        "withdrawnAt": consent.withdrawn_at,
        "withdrawnReason": consent.withdrawn_reason,
        "contracts": [contract.id for contract in standing_on(unit, consent.digest)],
    }
