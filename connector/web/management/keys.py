"""Our keys: which there are, and changing one."""

from fastapi import APIRouter

from connector.canonical import JsonObject
from connector.clock import parse_time
from connector.services.errors import BadRequest
from connector.web.management.guard import Owner, Reader, This, act
from connector.web.management.models import RotationBody

router = APIRouter(tags=["keys"])


@router.get("/keys")
async def keys(connector: This, _: Reader) -> JsonObject:
    """All keys that this connector ever had, and what has become of each. Never the keys themselves."""
    return connector.rotation.view()


@router.post("/key-rotations", status_code=201)
async def rotate(body: RotationBody, connector: This, caller: Owner) -> JsonObject:
    """Put a new key in the place of one; `compromisedSince` takes the old one out of use at once."""
    done = act(connector, caller, "rotate-key", body.use, {"compromisedSince": body.compromisedSince})
    try:
        since = None if body.compromisedSince is None else parse_time(body.compromisedSince)
    except ValueError as error:
        raise BadRequest(f"compromisedSince: {error}") from None
    return await connector.rotation.rotate(body.use, since=since, by=done)
