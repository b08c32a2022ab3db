"""The lists of an authority: of status, signed or plain as the caller asks, and of trust anchors; and the hint that there is a newer one."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector.protocol.bindings import NOTICES_PATH
from connector.services.anchor_lists import PATH as ANCHORS_PATH
from connector.services.hints import PATH as HINT_PATH
from connector.services.issued_status import PATH, plain
from connector.services.leaving import PATH as LEAVING_PATH
from connector.services.renewals import PATH as RENEWAL_PATH
from connector.services.watching import PATH as WATCH_PATH
from connector.web.deps import Connector, read_body
from connector.web.problems import problem
from connector.wire.codec import dump, read_object

SIGNED: Final = ("application/vc+jwt", "application/jwt", "application/vc+ld+jwt", "application/vc+ld+json+jwt")
"""Who accepts one of these gets the signed list; all others, who may not know such a thing, plain JSON."""
_MAX_HINT: Final = 1_000
_MAX_RENEWAL: Final = 100_000


def routes(connector: Connector) -> list[Route]:
    """The lists, and the door for hints."""

    async def status_list(request: Request) -> Response:
        try:
            record = await connector.issued_status.named(request.path_params["name"])
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        kind = wanted(request.headers.get("accept", ""))
        tag = (record.etag or "") if kind else f'{(record.etag or "")[:-1]}-plain"'
        headers = {"ETag": tag, "Cache-Control": "max-age=60", "Vary": "Accept"}
        if tag in (request.headers.get("if-none-match") or ""):
            return Response(status_code=304, headers=headers)
        if kind is None:
            return Response(dump(plain(record)), headers=headers, media_type="application/json")
        return Response(record.document, headers=headers, media_type=kind)

    async def anchors(request: Request) -> Response:
        try:
            record = await connector.published_anchors.current()
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        headers = {"ETag": record.etag or "", "Cache-Control": "max-age=60"}
        if record.etag and record.etag in (request.headers.get("if-none-match") or ""):
            return Response(status_code=304, headers=headers)
        return Response(record.document, headers=headers, media_type="application/jwt")

    async def hint(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            body = await read_body(request, _MAX_HINT)
            taken = await connector.hints.take(request.headers.get("authorization"), body)
            connector.doorkeeper.shown(request)
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        return Response(dump(taken), media_type="application/json")

    async def renewal(request: Request) -> Response:
        try:
            body = read_object(await read_body(request, _MAX_RENEWAL))
            taken = await connector.renewals.take(request.headers.get("authorization"), body)
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        return Response(dump(taken), media_type="application/json")

    async def issued(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            shown = await connector.watching.shown(request.headers.get("authorization"))
            connector.doorkeeper.shown(request)
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        return Response(dump(shown), media_type="application/json")

    async def departure(request: Request) -> Response:
        try:
            await read_body(request, _MAX_HINT)
            taken = await connector.leaving.take(request.headers.get("authorization"))
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        return Response(dump(taken), media_type="application/json")

    return [
        *(Route(v.path + NOTICES_PATH + LEAVING_PATH, departure, methods=["POST"]) for v in connector.versions),
        *(Route(v.path + NOTICES_PATH + RENEWAL_PATH, renewal, methods=["POST"]) for v in connector.versions),
        *(Route(v.path + NOTICES_PATH + WATCH_PATH, issued, methods=["GET"]) for v in connector.versions),
        Route(PATH + "{name}", status_list, methods=["GET"]),
        Route(ANCHORS_PATH, anchors, methods=["GET"]),
        *(Route(v.path + NOTICES_PATH + HINT_PATH, hint, methods=["POST"]) for v in connector.versions),
    ]


def wanted(accept: str) -> str | None:
    """The signed media type that is asked for with the most weight; None where plain JSON is."""
    best, weight = None, 0.0
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        given = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        try:
            asked = float(given)
        except ValueError:
            continue
        if asked > weight and name.lower() in (*SIGNED, "application/json"):
            best, weight = name.lower(), asked
    return best if best in SIGNED else None
