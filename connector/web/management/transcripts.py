"""What went over the line: conversations, and the latest exchanges. No evidence, and no secrets."""

from typing import Annotated

from fastapi import APIRouter, Query

from connector.canonical import JsonObject
from connector.web.management.guard import Reader, This

router = APIRouter(prefix="/transcripts", tags=["transcripts"])


@router.get("")
async def latest(
    connector: This,
    _: Reader,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    peer: str | None = None,
    failed: Annotated[bool, Query(description="only what was refused or never answered")] = False,
) -> JsonObject:
    """The latest exchanges, newest first, also those that belong to no process; without bodies."""
    found = await connector.transcripts.latest(limit, peer=peer, failed=failed)
    return {"exchanges": found, "lost": connector.recorder.lost}


@router.get("/{wanted:path}")
async def transcript(wanted: str, connector: This, _: Reader) -> JsonObject:
    """A conversation: of a process, an agreement or a delivery, by its id or a unique beginning of it."""
    return await connector.transcripts.of(wanted)
