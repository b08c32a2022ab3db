"""Why something was refused, and what would be decided."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from connector.canonical import JsonObject
from connector.clock import parse_time
from connector.services.errors import BadRequest
from connector.services.explaining import MOST, decision_view, decisions_about
from connector.services.what_if import Question, answer
from connector.web.management.consent_models import QuestionBody
from connector.web.management.guard import Clerk, Reader, This

router = APIRouter(tags=["decisions"])


@router.get("/decisions")
async def decisions(
    connector: This,
    _: Reader,
    about: Annotated[
        str,
        Query(
            min_length=1,
            max_length=2048,
            description="a contract, negotiation, transfer, delivery, data set or participant, or a refusal's digest",
        ),
    ],
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> list[JsonObject]:
    """What was refused about something, the latest first: by which rule, with which facts, and what would have to change."""
    found = await connector.store.read(lambda unit: decisions_about(unit, about, limit))
    return [decision_view(record) for record in found]


@router.post("/what-if")
async def what_if(body: QuestionBody, connector: This, _: Clerk) -> JsonObject:
    """What would be decided, by the same engine and facts as for a real request. Nothing is written; nobody is told."""
    asked = Question(
        partner=body.partner,
        dataset=body.dataset,
        at=_moment(body.at) or connector.clock.now(),
        purpose=body.purpose,
        person=body.person,
        country=body.country,
        affiliate_of=None if body.affiliateOf is None else frozenset(body.affiliateOf),
        credential_types=None if body.credentialTypes is None else frozenset(body.credentialTypes),
        claims=dict(body.claims),
        prepaid=body.prepaid,
    )
    return await connector.store.read(lambda unit: answer(unit, asked))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError:
        raise BadRequest("at is not a date and time with a zone") from None
