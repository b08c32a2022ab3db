"""The rules for agreeing: kept by the owner, tried out by clerks."""

from urllib.parse import unquote

from fastapi import APIRouter

from connector.canonical import JsonObject
from connector.protocol.machine import Role
from connector.services.agreeing.service import Tried
from connector.services.answers import built
from connector.services.errors import BadRequest
from connector.services.terms import terms_of
from connector.trust.did import is_did
from connector.web.management.guard import Clerk, Owner, Reader, This, act
from connector.web.management.models import RuleBody, TrialBody

router = APIRouter(tags=["rules"])


@router.get("/rules")
async def rules(connector: This, _: Reader) -> list[JsonObject]:
    """All rules, in their order: the first that fits decides; those for two people all count."""
    return [rule.to_json() for rule in await connector.rulebook.all()]


@router.put("/rules/{name}")
async def put_rule(name: str, body: RuleBody, connector: This, caller: Owner) -> JsonObject:
    """Add a rule, or replace the one of this name."""
    data = {"name": unquote(name), **body.model_dump(exclude_none=True, exclude={"before"})}
    done = act(connector, caller, "put-rule")
    return (await connector.rulebook.put(data, before=body.before, by=done)).to_json()


@router.delete("/rules/{name}", status_code=204)
async def remove_rule(name: str, connector: This, caller: Owner) -> None:
    """Take a rule away."""
    await connector.rulebook.remove(unquote(name), by=act(connector, caller, "remove-rule"))


@router.post("/rules/trials")
async def try_rules(body: TrialBody, connector: This, _: Clerk) -> JsonObject:
    """What the rules say to a negotiation, or would say to terms: which decides, and why the others do not fit."""
    if body.negotiation is not None:
        tried = await connector.rulebook.try_negotiation(body.negotiation)
    else:
        if body.partner is None or body.dataset is None or (body.terms is None) is (body.clauses is None):
            raise BadRequest("name a negotiation; or a partner, a data set, and terms or clauses")
        if not is_did(body.partner):
            raise BadRequest(f"{body.partner!r} is not the DID of a participant")
        rules = built(body.clauses) if body.clauses is not None else terms_of(body.terms or {}, connector.clock.now())
        terms = {"@type": "Offer", "@id": "urn:offer", **rules}
        tried = await connector.rulebook.try_terms(
            role=Role(body.side), partner=body.partner, dataset=body.dataset, terms=terms
        )
    return {
        "decides": next((one.rule.name for one in tried if one.decides), None),
        "outcome": next((one.rule.outcome.value for one in tried if one.decides), "default"),
        "secondPerson": [one.rule.name for one in tried if one.fits and one.rule.outcome == "two-people"],
        "rules": [_view(one) for one in tried],
    }


def _view(tried: Tried) -> JsonObject:
    held = [{"condition": condition.name, "holds": condition.holds} for condition in tried.conditions]
    return {
        "name": tried.rule.name,
        "outcome": tried.rule.outcome.value,
        "fits": tried.fits,
        "decides": tried.decides,
        "conditions": held,
    }
