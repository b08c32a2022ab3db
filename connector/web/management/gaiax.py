"""Gaia-X: our bundle with all that it refers to, and the judgement of others' credentials."""

from dataclasses import asdict

from fastapi import APIRouter

from connector.canonical import JsonObject
from connector.trust.gaiax_checks import Verdict
from connector.web.management.guard import Clerk, Reader, This
from connector.web.management.models import GaiaXBody

router = APIRouter(tags=["gaiax"])


@router.get("/gaiax")
async def export(connector: This, _: Reader) -> JsonObject:
    """Our Gaia-X credentials as a snapshot that anyone can judge without a network."""
    return await connector.gaiax.export()


@router.post("/gaiax/verification")
async def verify(body: GaiaXBody, connector: This, _: Clerk) -> JsonObject:
    """Fetch a participant's Gaia-X credentials and judge them."""
    verdict, snapshot = await connector.gaiax.verify(body.participant)
    return {**verdict_view(verdict), "snapshot": snapshot}


def verdict_view(verdict: Verdict) -> JsonObject:
    """A verdict as JSON."""
    return {"outcome": verdict.outcome, "checks": [asdict(finding) for finding in verdict.findings]}
