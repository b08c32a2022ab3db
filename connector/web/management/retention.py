"""What is kept of each kind of record, for how long, and what would go; and letting it go."""

from fastapi import APIRouter

from connector.canonical import JsonObject
from connector.services.retention.service import ACT
from connector.web.management.guard import Owner, Reader, This, act

router = APIRouter(tags=["company"])


@router.get("/retention")
async def retention(connector: This, _: Reader) -> list[JsonObject]:
    """Every kind of record: for how long it is kept and why, what still proves afterwards, what would go now."""
    return await connector.retention.shown()


@router.post("/retention")
async def let_go(connector: This, caller: Owner) -> list[JsonObject]:
    """Let go now of everything that has been kept long enough; what went, by kind. An act tells it in the log."""
    return await connector.retention.apply(act(connector, caller, ACT))
