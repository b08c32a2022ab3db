"""The clause catalogue and its bundles, so that a form can be made of them; terms looked at before they are offered."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from catalog.card import parse_answers
from catalog.data_facts import facts_of
from catalog.errors import CatalogRoomError
from connector.canonical import JsonObject
from connector.ports.store import UnitOfWork
from connector.services.errors import NotFound, Unprocessable
from connector.services.facts.exclusivity import exclusive_other, is_alone
from connector.services.terms import blank_view, clauses_of, draft_of
from connector.web.deps import Connector
from connector.web.management.guard import Clerk, Reader, This
from connector.web.management.models import DraftBody
from policies.clauses import CLAUSES, Clause
from policies.clauses.bundles import BUNDLES, Bundle, still_open
from policies.clauses.sources import source_name
from policies.conflicts import DataFacts
from policies.vocabulary import Lang

router = APIRouter(tags=["clauses"])
_LANGS: tuple[Lang, ...] = ("en", "ko")


@router.get("/clauses")
async def clauses(_: Reader) -> list[JsonObject]:
    """Every clause that may stand in a contract made here, with its blanks, in the order in which contracts show them."""
    return [clause_view(clause) for clause in CLAUSES.values()]


@router.get("/clauses/{clause_id}")
async def clause(clause_id: str, _: Reader) -> JsonObject:
    """One clause."""
    found = CLAUSES.get(clause_id)
    if found is None:
        raise NotFound("there is no such clause; see /clauses")
    return clause_view(found)


@router.get("/bundles")
async def bundles(_: Reader) -> list[JsonObject]:
    """The usual contracts, as starting points: their clauses, and the blanks that are still to be filled in."""
    return [bundle_view(bundle) for bundle in BUNDLES.values()]


@router.post("/terms")
async def draft(body: DraftBody, connector: This, _: Clerk) -> JsonObject:
    """Look at terms before they are offered: as rules, as sentences, and what in them cannot stand together.

    Nothing is kept. With the answers of a data card, or the id of a data set of ours, the terms are held against the data.
    """
    data: DataFacts | None = None
    answers: Any = body.answers
    if body.dataset is not None:
        record, _offers = await connector.publishing.dataset(body.dataset)
        answers = record.card["answers"] if answers is None else answers
    if answers is not None:
        try:
            data = facts_of(parse_answers(answers))
        except CatalogRoomError as error:
            raise Unprocessable(f"the answers cannot be read: {error}") from None
    if data is not None and body.dataset is not None:
        data = await _with_promises(connector, body.dataset, data)
    found = draft_of(body.terms, connector.clock.now(), data)
    return {
        "policy": found.rules,
        "clauses": clauses_of({"@type": "Offer", **found.rules}),
        "conflicts": found.conflicts,
    }


async def _with_promises(connector: Connector, dataset: str, data: DataFacts) -> DataFacts:
    """And what has been promised to others about a data set of ours."""
    now = connector.clock.now()

    def look(unit: UnitOfWork) -> DataFacts:
        promised = exclusive_other(unit, dataset, now) is not None
        return replace(data, taken=not is_alone(unit, dataset, now), promised=promised)

    return await connector.store.read(look)


def clause_view(clause: Clause) -> JsonObject:
    """A clause as a screen shows it, in both languages."""
    return {
        "id": clause.id,
        "item": clause.item,
        "enforcer": clause.enforcer,
        "place": clause.place,
        "owedBy": clause.owed_by if clause.place == "obligation" else None,
        "name": {lang: clause.name(lang) for lang in _LANGS},
        "text": {lang: clause.text(lang) for lang in _LANGS},
        "enforcerText": {lang: clause.enforcer_text(lang) for lang in _LANGS},
        "blanks": [blank_view(clause, blank) for blank in clause.blanks],
        "excludes": sorted({*clause.excludes, *(c.id for c in CLAUSES.values() if clause.id in c.excludes)}),
        "repeats": clause.repeats,
        "samples": [dict(sample) for sample in clause.samples],
        "sources": [{lang: source_name(source, lang) for lang in _LANGS} for source in clause.sources],
    }


def bundle_view(bundle: Bundle) -> JsonObject:
    """A bundle as a screen shows it, in both languages."""
    return {
        "id": bundle.id,
        "name": {lang: bundle.name(lang) for lang in _LANGS},
        "text": {lang: bundle.text(lang) for lang in _LANGS},
        "clauses": {clause_id: dict(values) for clause_id, values in bundle.clauses.items()},
        "open": [{"clause": clause.id, **blank_view(clause, blank)} for clause, blank in still_open(bundle.clauses)],
    }
