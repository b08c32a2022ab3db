"""The lists of named people of contracts. Personal data: only for those who act for the company, never for mere readers."""

from fastapi import APIRouter

from connector.canonical import JsonObject
from connector.contracts.people import PeopleList, Person
from connector.services.people_lists import PeopleView
from connector.web.management.guard import Clerk, This, act
from connector.web.management.models import (
    PeopleAnswerBody,
    PeopleBody,
    PeopleChangeBody,
    PeopleRefusalBody,
    PersonBody,
)

router = APIRouter(tags=["people"])


@router.post("/people-lists", status_code=201)
async def make(body: PeopleBody, connector: This, _: Clerk) -> JsonObject:
    """Make a list; its digest stands in the terms of an offer (`namedRecipients`), the list itself stays here."""
    made = await connector.people_lists.make(_people(body.people))
    return {"digest": made.digest, "people": _listed(made)}


@router.get("/contracts/{contract_id:path}/people")
async def people(contract_id: str, connector: This, _: Clerk) -> JsonObject:
    """Who may hold the data of a contract now, and which other lists wait for an answer."""
    return people_view(await connector.people_lists.view(contract_id))


@router.post("/contracts/{contract_id:path}/people")
async def propose(contract_id: str, body: PeopleChangeBody, connector: This, caller: Clerk) -> JsonObject:
    """Propose another list; it counts when the other side has countersigned it. No new contract is needed."""
    done = act(connector, caller, "propose-people", contract_id, {"people": len(body.people), "reason": body.reason})
    await connector.people_lists.propose(contract_id, _people(body.people), body.reason, by=done)
    return people_view(await connector.people_lists.view(contract_id))


@router.post("/contracts/{contract_id:path}/people/acceptance")
async def accept(contract_id: str, body: PeopleAnswerBody, connector: This, caller: Clerk) -> JsonObject:
    """Countersign a list that the other side proposed; from now on it counts."""
    done = act(connector, caller, "accept-people", contract_id, body.proposal)
    await connector.people_lists.accept(contract_id, body.proposal, by=done)
    return people_view(await connector.people_lists.view(contract_id))


@router.post("/contracts/{contract_id:path}/people/refusal")
async def refuse(contract_id: str, body: PeopleRefusalBody, connector: This, caller: Clerk) -> JsonObject:
    """Refuse a proposed list; the one that counts goes on counting."""
    done = act(connector, caller, "refuse-people", contract_id, body.reason)
    await connector.people_lists.refuse(contract_id, body.reason, body.proposal, by=done)
    return people_view(await connector.people_lists.view(contract_id))


def people_view(view: PeopleView) -> JsonObject:
    """The lists of a contract."""
    return {
        "contract": view.contract.id,
        "agreed": view.agreed,
        "now": view.now,
        "people": _listed(view.people),
        "annexes": [{"digest": one.digest, "document": one.to_json()} for one in view.here],
        "proposed": [
            {
                "by": one.by,
                "proposal": one.notice.digest,
                "digest": one.notice.notice.content["people"],
                "reason": one.notice.notice.content["reason"],
                "people": _listed(one.people),
            }
            for one in view.proposed
        ],
    }


def _listed(people: PeopleList | None) -> list[JsonObject] | None:
    return None if people is None else [{"name": p.name, "email": p.email} for p in people.people]


def _people(people: list[PersonBody]) -> list[Person]:
    return [Person(one.email.strip().casefold(), one.name.strip()) for one in people]
