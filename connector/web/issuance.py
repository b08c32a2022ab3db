"""Issuance (DCP 1.0): our Issuer Service if we are an authority, and where issuers bring what we asked for."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector.services.admission import SCHEMA
from connector.services.credential_service import MAX_MESSAGE
from connector.services.issuing import MAX_REQUEST, PATH
from connector.trust.credentials import membership_schema
from connector.web.deps import Connector, read_body
from connector.web.identity import CREDENTIALS_PATH
from connector.web.problems import problem
from connector.wire.codec import dump

_JSON = "application/json"
_Answer = Callable[[Request, str | None], Awaitable[Response]]


def routes(connector: Connector) -> list[Route]:
    """What holders ask of us, and what issuers tell us."""
    issuer, holder = connector.issuer_service, connector.credential_service

    async def metadata(_: Request, __: str | None) -> Response:
        return Response(dump(issuer.metadata()), media_type=_JSON)

    async def schema(_: Request, __: str | None) -> Response:
        issuer.metadata()  # only an authority has one
        return Response(dump(membership_schema(connector.identity.public_url + PATH + SCHEMA)), media_type=_JSON)

    async def request(request: Request, header: str | None) -> Response:
        taken = await issuer.take(header, await read_body(request, MAX_REQUEST))
        return Response(status_code=201, headers={"Location": taken.location})

    async def status(request: Request, header: str | None) -> Response:
        return Response(dump(await issuer.status(header, request.path_params["id"])), media_type=_JSON)

    async def store(request: Request, header: str | None) -> Response:
        await holder.take(header, await read_body(request, MAX_MESSAGE))
        return Response(status_code=200)

    async def offer(request: Request, header: str | None) -> Response:
        connector.joining.take_up(await holder.offered(header, await read_body(request, MAX_REQUEST)))
        return Response(status_code=200)

    return [
        Route(PATH + "/metadata", _door(connector, metadata, identified=False), methods=["GET"]),
        Route(PATH + SCHEMA, _door(connector, schema, identified=False), methods=["GET"]),
        Route(PATH + "/credentials", _door(connector, request), methods=["POST"]),
        Route(PATH + "/requests/{id}", _door(connector, status), methods=["GET"]),
        Route(CREDENTIALS_PATH + "/credentials", _door(connector, store), methods=["POST"]),
        Route(CREDENTIALS_PATH + "/offers", _door(connector, offer), methods=["POST"]),
    ]


def _door(
    connector: Connector, answer: _Answer, *, identified: bool = True
) -> Callable[[Request], Awaitable[Response]]:
    async def door(request: Request) -> Response:
        header = request.headers.get("authorization")
        try:
            connector.doorkeeper.admit(request)
            answered = await answer(request, header)
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        if identified:  # else it would not have been answered
            connector.doorkeeper.shown(request)
        return answered

    return door
