"""The duties of contracts: the calendar of both sides, and the word that one is done."""

from typing import Annotated

from fastapi import APIRouter, Query

from connector.canonical import JsonObject
from connector.clock import Clock
from connector.ports.records import DutyRecord
from connector.ports.store import UnitOfWork
from connector.services.errors import NotFound
from connector.services.facts.duties import is_overdue
from connector.web.management.guard import Clerk, Reader, This, act
from connector.web.management.models import FulfilmentBody
from connector.web.management.views import membership_of, title_of
from policies.clauses import CLAUSES

router = APIRouter(tags=["duties"])


@router.get("/duties")
async def duties(
    connector: This,
    _: Reader,
    contract: Annotated[str | None, Query(max_length=2048, description="all duties of this contract")] = None,
) -> list[JsonObject]:
    """What is owed and not done, by either side, the earliest first; of one contract everything that it obliges to."""
    found = await connector.obligations.calendar(contract)
    return await connector.store.read(lambda unit: [duty_view(unit, one, connector.clock) for one in found])


@router.post("/duties/fulfilment")
async def fulfil(body: FulfilmentBody, connector: This, caller: Clerk) -> JsonObject:
    """Say, signed, that we have done what we owed; the other side reads the statement."""
    done = await connector.obligations.fulfil(
        body.duty, body.statement, by=act(connector, caller, "fulfil-duty", body.duty, body.statement)
    )
    return await connector.store.read(lambda unit: duty_view(unit, done, connector.clock))


def duty_view(unit: UnitOfWork, duty: DutyRecord, clock: Clock) -> JsonObject:
    """A duty, and with whom."""
    contract = unit.contracts.get(duty.contract)
    if contract is None:
        raise NotFound("there is no such contract")
    other = "consumer" if contract.role == "provider" else "provider"
    named, clause = membership_of(contract, other), CLAUSES.get(duty.clause)
    return {
        "id": duty.key,
        "contract": duty.contract,
        "counterparty": contract.counterparty,
        "counterpartyName": named.name if named else "",
        "title": title_of(contract.description),
        "duty": duty.duty,
        "action": duty.action,
        "clause": duty.clause,
        "name": {"en": clause.name("en"), "ko": clause.name("ko")} if clause else {},
        "owedBy": duty.owed_by,
        "ours": duty.owed_by in (contract.role, "both"),
        "due": duty.due,
        "state": "overdue" if is_overdue(duty, clock.now()) else duty.state,
        "facts": duty.facts,
        "fulfilledAt": duty.fulfilled_at,
        "statement": duty.statement,
        "notice": duty.notice,
    }
