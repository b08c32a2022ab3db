"""What waits for people: the inbox, and a negotiation as they talk it over."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request, Response

from connector.canonical import JsonObject
from connector.ports.desk import WaitingRecord
from connector.ports.store import UnitOfWork
from connector.protocol.negotiation import ContractNegotiation
from connector.services.agreeing.second import second_person
from connector.services.desk.changes import changes_between
from connector.services.desk.desk import approvals_in
from connector.services.desk.summary import from_our_word, name_of, summary, title_of
from connector.services.disk_space import Level
from connector.services.errors import NotFound
from connector.services.said import Said, conversation
from connector.services.terms import clauses_of
from connector.texts import LANGUAGES
from connector.web.management.guard import After, Beginning, Limit, Reader, This
from connector.web.management.paging import link_next, page
from connector.web.management.views import act_view, approval_view, negotiation_view
from policies.errors import PolicyError

router = APIRouter(tags=["inbox"])
_MOST_ACTS: Final = 200


@router.get("/inbox")
async def inbox(
    connector: This,
    _: Reader,
    request: Request,
    response: Response,
    *,
    after: After = None,
    limit: Limit = 100,
    beginning: Beginning = None,
) -> list[JsonObject]:
    """What waits for our people, newest first, in pages: each in one sentence, since when, until when."""

    def find(unit: UnitOfWork) -> list[JsonObject]:
        found = page(unit.waiting, after=after, limit=limit, beginning=("negotiation", beginning))
        return [waiting_view(unit, waiting) for waiting in found]

    shown = await connector.store.read(find)
    link_next(request, response, shown[-1]["id"] if shown else None, full=len(shown) == limit)
    return shown


@router.get("/alerts")
async def alerts(connector: This, _: Reader) -> list[JsonObject]:
    """What people should look at although nobody has asked them: room that gets short. Each in a sentence, since when."""
    return [
        {"id": "disk", "level": disk["level"], "since": disk["since"], **{lang: disk[lang] for lang in LANGUAGES}}
        for disk in await connector.disk_space.described()
        if disk["level"] != Level.ENOUGH.word
    ]


@router.get("/negotiations/{negotiation_id}/conversation")
async def talked_over(negotiation_id: str, connector: This, _: Reader) -> JsonObject:
    """A negotiation as people decide about it.

    Every offer in clauses, what each changed and whom that favours, what differs now from our own last word, who has said
    yes, what was done.
    """

    def find(unit: UnitOfWork) -> JsonObject:
        negotiation = unit.negotiations.get(negotiation_id)
        if negotiation is None:
            raise NotFound("there is no such negotiation")
        return conversation_view(unit, negotiation, connector.clock.now())

    return await connector.store.read(find)


def waiting_view(unit: UnitOfWork, waiting: WaitingRecord) -> JsonObject:
    """Something that waits."""
    negotiation = unit.negotiations.get(waiting.negotiation)
    approvals = approvals_in(unit, waiting.negotiation, waiting.terms)
    return {
        "id": waiting.negotiation,
        "role": waiting.role,
        "counterparty": waiting.counterparty,
        "counterpartyName": name_of(unit, waiting.counterparty),
        "dataset": waiting.dataset,
        "title": title_of(unit, negotiation) if negotiation else {},
        "summary": summary(unit, negotiation) if negotiation else {},
        "terms": waiting.terms,
        "since": waiting.created_at,
        "until": waiting.expires_at,
        "rule": waiting.rule,
        "persons": waiting.persons,
        "because": waiting.because or [],
        "approvals": [approval_view(approval) for approval in approvals],
    }


def conversation_view(unit: UnitOfWork, negotiation: ContractNegotiation, now: datetime) -> JsonObject:
    """A negotiation with its offers, its approvals and what was done about it."""
    said = conversation(unit, negotiation)
    waiting = unit.waiting.get(negotiation.id)
    acts = unit.acts.find(object=negotiation.id, newest_first=True, limit=_MOST_ACTS)
    approvals = approvals_in(unit, negotiation.id, said[-1].terms)
    return {
        "negotiation": negotiation_view(unit, negotiation),
        "counterpartyName": name_of(unit, negotiation.counterparty),
        "title": title_of(unit, negotiation),
        "waiting": waiting_view(unit, waiting) if waiting is not None else None,
        "offers": [_offer(one, said[place - 1] if place else None) for place, one in enumerate(said)],
        "fromOurWord": from_our_word(negotiation, said),
        "secondPerson": list(second_person(unit, negotiation, now)),
        "approvals": [approval_view(approval) for approval in approvals],
        "acts": [act_view(done) for done in reversed(acts)],
    }


def _offer(said: Said, before: Said | None) -> JsonObject:
    """An offer in clauses, and what it changed of the one before."""
    shown: JsonObject = {"at": said.at, "by": said.by.value, "terms": said.terms, "policy": said.offer}
    try:
        shown["clauses"] = clauses_of(said.offer)
    except PolicyError as error:
        shown |= {"clauses": [], "problem": str(error)}
    return {**shown, "changes": None if before is None else changes_between(before.offer, said.offer)}
