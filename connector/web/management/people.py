"""The lists of named people of contracts. Personal data: only for those who act for the company, never for mere readers."""

from fastapi import APIRouter

from connector.canonical import JsonObject
from connector.contracts.people import PeopleList, Person
from connector.services.erasure.finding import Finder, person_called
from connector.services.erasure.places import Stays
from connector.services.erasure.service import ACT as ERASE
from connector.services.erasure.service import MOST_TOLD, Kept, Outcome
from connector.services.errors import BadRequest
from connector.services.people_lists import PeopleView
from connector.web.deps import Connector
from connector.web.management.guard import Clerk, Owner, This, act
from connector.web.management.models import (
    ErasureBody,
    PeopleAnswerBody,
    PeopleBody,
    PeopleChangeBody,
    PeopleRefusalBody,
    PersonBody,
)
from connector.web.tokens import list_tokens

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


@router.post("/people/erasures")
async def erase(body: ErasureBody, connector: This, caller: Owner) -> JsonObject:
    """Find a person everywhere; with `apply` erase it wherever it need not stay, also from the bytes of the database.

    The answer says where the name stays, and why. `digest` and `salt` are for the person: the act in the log holds the digest.
    `left` says why bytes of the database may still hold the name; then the same has to be asked for again.
    """
    person = person_called(body.name, body.email)
    tokens = _tokens_of(connector, Finder(person, ""))
    if not body.apply:
        return _outcome_view(await connector.erasure.plan(person), tokens)
    if not body.reason.strip():
        raise BadRequest("an erasure needs a reason: who asked for it, or by which rule")
    done = await connector.erasure.erase(person, body.reason, by=act(connector, caller, ERASE))
    receipt: JsonObject = {"digest": done.digest, "salt": done.salt, "at": done.at, "left": done.left}
    return {**_outcome_view(done.outcome, tokens), **receipt}


def _tokens_of(connector: Connector, finder: Finder) -> list[Kept]:
    """Management tokens that are given to the person: whoever still may come in is not erased."""
    held = [one for one in list_tokens(connector.tokens_file) if finder.in_(one)]
    return [Kept("tokens", one["name"], "person", Stays.TOKEN) for one in held]


def _outcome_view(outcome: Outcome, tokens: list[Kept]) -> JsonObject:
    kept = [*tokens, *outcome.kept]
    return {
        "erased": dict(sorted(outcome.erased.items())),
        "kept": [one.to_json() for one in kept[:MOST_TOLD]],
        "keptInAll": len(kept),
        "alsoAt": sorted(outcome.also_at),
    }


def people_view(view: PeopleView) -> JsonObject:
    """The lists of a contract."""
    return {
        "contract": view.contract.id,
        "agreed": view.agreed,
        "now": view.now,
        "people": _listed(view.people),
        "annexes": [{"digest": one.digest, "document": one.to_json()} for one in view.here],
        "erased": [{"digest": digest, "at": at, "reason": reason} for digest, at, reason in view.erased],
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
