"""Our log as others see it, and us as a witness of theirs: below the address of the notices.

Checkpoints, tiles and proofs are for those who have a contract with us and for authorities that we believe (decision 5, 8);
entries are never served. A participant that has come back from a backup asks here what is held of it. `add-checkpoint` is for whoever can sign a checkpoint of a log that we know (C2SP `tlog-witness`).
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector.audit.errors import WitnessRefusal
from connector.audit.witness import MAX_REQUEST
from connector.services.errors import BadRequest
from connector.services.reconciling.epochs import EPOCHS, MAX_STATEMENT
from connector.trust.verify import Participant
from connector.web.deps import Connector, read_body
from connector.web.packing import packing
from connector.web.problems import problem
from connector.web.transcripts import Handler, caller, recorded
from connector.wire.codec import dump, read_object

_NOTE: Final = "text/plain; charset=utf-8"
_SIZE: Final = "text/x.tlog.size"
_MAX_COMPARED: Final = 80_000
_Answer: TypeAlias = Callable[[Connector, Participant, Request], Awaitable[Response]]


def routes(connector: Connector, base: str) -> list[Route]:
    """Every route about logs below `base`."""
    asked: dict[str, tuple[str, _Answer]] = {
        "/log/consistency": ("GET consistency", _consistency),
        "/log/checkpoint": ("GET checkpoint", _checkpoint),
        "/log/tile/{path:path}": ("GET tile", _tile),
        "/log/witnessed/{origin}/checkpoint": ("GET witnessed", _witnessed),
        "/log/held": ("GET held", _held),
        "/log/held/{contract}": ("GET evidence", _evidence),
    }
    found = [
        Route(base + path, packing(None, recorded(connector, kind, _known(connector, answer))), methods=["GET"])
        for path, (kind, answer) in asked.items()
    ]
    posted: dict[str, tuple[str, Handler]] = {
        "/log/add-checkpoint": ("add-checkpoint", _add_checkpoint(connector)),
        "/log/compare": ("compare logs", _known(connector, _compare)),
        EPOCHS: ("LogEpochStatement", _known(connector, _epoch)),
    }
    found += [
        Route(base + path, recorded(connector, kind, handler), methods=["POST"])
        for path, (kind, handler) in posted.items()
    ]
    return found


def _known(connector: Connector, answer: _Answer) -> Handler:
    """The answer to somebody who has shown who he is."""

    async def handle(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            sender = await caller(connector, request, authorities=True)
            return await answer(connector, sender, request)
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)

    return handle


async def _consistency(connector: Connector, sender: Participant, request: Request) -> Response:
    sizes = _sizes(request.query_params.get("sizes", ""))
    log = request.query_params.get("log")
    return Response(
        dump(await connector.checkpoints.consistency(sender.did, sizes, log)), media_type="application/json"
    )


async def _checkpoint(connector: Connector, sender: Participant, _: Request) -> Response:
    note = await connector.checkpoints.newest(sender.did)
    return Response(note, media_type=_NOTE, headers={"Cache-Control": "no-store"})


async def _tile(connector: Connector, sender: Participant, request: Request) -> Response:
    data = await connector.checkpoints.tile(sender.did, request.path_params["path"])
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(data, media_type="application/octet-stream", headers=headers)


async def _witnessed(connector: Connector, sender: Participant, request: Request) -> Response:
    note = await connector.witnessing.held(sender.did, request.path_params["origin"])
    return Response(note, media_type=_NOTE, headers={"Cache-Control": "no-store"})


async def _held(connector: Connector, sender: Participant, request: Request) -> Response:
    found = await connector.remembering.held(sender.did, request.query_params.get("after"))
    return Response(dump(found), media_type="application/json", headers={"Cache-Control": "no-store"})


async def _evidence(connector: Connector, sender: Participant, request: Request) -> Response:
    data = await connector.remembering.evidence(sender.did, request.path_params["contract"])
    return Response(data, media_type="application/zip", headers={"Cache-Control": "no-store"})


async def _epoch(connector: Connector, sender: Participant, request: Request) -> Response:
    body = read_object(await read_body(request, MAX_STATEMENT))
    return Response(dump(await connector.epochs.take(sender, body)), media_type="application/json")


async def _compare(connector: Connector, sender: Participant, request: Request) -> Response:
    body = read_object(await read_body(request, _MAX_COMPARED))
    return Response(dump(await connector.comparing.answer(sender.did, body)), media_type="application/json")


def _add_checkpoint(connector: Connector) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            lines = await connector.witnessing.add(await read_body(request, MAX_REQUEST))
        except WitnessRefusal as refusal:
            if refusal.size is not None:
                return Response(f"{refusal.size}\n", refusal.status, headers={"Content-Type": _SIZE})
            return problem(BadRequest(str(refusal), status=refusal.status))
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        connector.doorkeeper.shown(request)  # whoever signs with the key of a log that we know is no stranger
        return Response(lines, media_type=_NOTE)

    return handle


def _sizes(text: str) -> list[int]:
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):  # noqa: PLR2004
        raise BadRequest("sizes is a list of whole numbers with commas between")
    return [int(part) for part in parts]
