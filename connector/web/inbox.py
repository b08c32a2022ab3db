"""`/data/inbox/{transfer}`: where providers push the data that we asked for; resumed as the IETF's resumable uploads are."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connector.services.addresses import inbox_url
from connector.services.deliveries.inbox import Held, Parcel
from connector.services.errors import BadRequest, ServiceError
from connector.services.usage.access import Shown
from connector.web.deps import Connector
from connector.web.problems import problem

_IDLE: Final = 60.0
"""Seconds in which the next bytes must arrive."""
_OFFSET: Final = "Upload-Offset"
_MOST_DIGITS: Final = 15


def routes(connector: Connector) -> list[Route]:
    """POST and PUT bring everything, PATCH the rest, HEAD asks how much is here."""

    async def take(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            parcel = _parcel(connector, request)
            if request.method == "HEAD":
                return _answer(await connector.deliveries.inbox.look(parcel))
            return _answer(await connector.deliveries.inbox.take(parcel, _parts(request)))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except Exception as error:  # noqa: BLE001 - the door
            return _refused(error)

    return [Route("/data/inbox/{transfer}", take, methods=["HEAD", "POST", "PUT", "PATCH"])]


def _parcel(connector: Connector, request: Request) -> Parcel:
    headers, transfer = request.headers, request.path_params["transfer"]
    shown = Shown(
        method=request.method,
        url=inbox_url(connector.identity.public_url, transfer),
        authorization=headers.get("authorization"),
        proof=headers.get("dpop"),
    )
    if "content-range" in headers or headers.get("content-encoding", "identity") != "identity":
        raise BadRequest("the data is taken as it is: without Content-Range and Content-Encoding; the rest with PATCH")
    offset = _number(headers.get(_OFFSET.lower()), _OFFSET)
    if (offset is None) == (request.method == "PATCH"):
        raise BadRequest(f"{_OFFSET} belongs to PATCH, and PATCH needs it")
    return Parcel(
        transfer=transfer,
        shown=shown,
        offset=offset,
        length=_number(headers.get("content-length"), "Content-Length"),
        opened=lambda: connector.doorkeeper.shown(request),
    )


def _number(value: str | None, name: str) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS):
        raise BadRequest(f"{name} is no number of bytes")
    return int(value)


async def _parts(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes.

    Raises:
        BadRequest: nothing came for too long.
    """
    stream = request.stream().__aiter__()
    while True:
        try:
            async with asyncio.timeout(_IDLE):
                part = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise BadRequest(f"nothing arrived for {_IDLE:g} seconds", status=408) from None
        if part:
            yield part


def _answer(held: Held) -> Response:
    headers = {_OFFSET: str(held.offset), "Upload-Complete": "?1" if held.complete else "?0"}
    return Response(status_code=204, headers={**headers, "Cache-Control": "no-store"})


def _refused(error: Exception) -> Response:
    answer = problem(error)
    answer.headers["Cache-Control"] = "no-store"
    if isinstance(error, ServiceError) and "offset" in error.more:
        answer.headers[_OFFSET] = str(error.more["offset"])
    return answer
