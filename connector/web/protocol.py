"""The one door of the Dataspace Protocol: all routes from `BINDINGS`, each decoded and authenticated once."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector.canonical import JsonObject
from connector.clock import format_time
from connector.protocol.bindings import (
    ANNEXES_PATH,
    DATASET_PATH,
    NEGOTIATION_PATH,
    NOTICES_PATH,
    TRANSFER_PATH,
    Binding,
    Protocol,
    bindings_of,
)
from connector.protocol.messages import CatalogRequestMessage
from connector.protocol.versions import WELL_KNOWN, ProtocolVersion, version_document
from connector.services.errors import BadRequest
from connector.services.repeats import Incoming, Reply
from connector.services.transcripts.heard import ANNEX
from connector.web import logs
from connector.web.conditional import conditional
from connector.web.deps import Connector, read_body
from connector.web.packing import packing
from connector.web.paging import answer_catalog_request
from connector.web.problems import problem, protocol_error
from connector.web.transcripts import Handler, caller, recorded
from connector.wire.codec import decode, dump, fingerprint, read_object, with_context

MAX_NOTICE: Final = 64_000
"""The largest notice that is read, in bytes."""
MAX_ANNEX: Final = 256_000
"""The same of an annex: a list of people."""
_log: Final = logging.getLogger(__name__)


def routes(connector: Connector) -> list[Route]:
    """Every route of the protocol, in every version that we speak, and of the notices beside it."""
    found = [Route(WELL_KNOWN, _versions(connector), methods=["GET"])]
    for version in connector.versions:
        found += _routes_of(connector, version)
    return found


def _routes_of(connector: Connector, version: ProtocolVersion) -> list[Route]:
    base = version.path
    found = [
        Route(
            base + b.path,
            packing(b.protocol, recorded(connector, b.message.TYPE, _posted(connector, version, b), begins=b.begins)),
            methods=["POST"],
        )
        for b in bindings_of(version)
    ]
    asked = {
        DATASET_PATH: ("GET dataset", Protocol.CATALOG, _dataset(connector, version)),
        NEGOTIATION_PATH: ("GET negotiation", Protocol.NEGOTIATION, _negotiation(connector, version)),
        TRANSFER_PATH: ("GET transfer", Protocol.TRANSFER, _transfer(connector, version)),
        NOTICES_PATH + "/{contract}/{number:int}": ("GET notice", None, _fetch_notice(connector)),
    }
    found += [
        Route(base + path, packing(protocol, recorded(connector, kind, handler)), methods=["GET"])
        for path, (kind, protocol, handler) in asked.items()
    ]
    found.append(Route(base + NOTICES_PATH, recorded(connector, "Notice", _notice(connector)), methods=["POST"]))
    found.append(Route(base + ANNEXES_PATH, recorded(connector, ANNEX, _annex(connector)), methods=["POST"]))
    return [*logs.routes(connector, base + NOTICES_PATH), *found]


def wrong_method(connector: Connector) -> Callable[[Request, Exception], Response]:
    """What a request is answered that asks for one of our paths by a method which it does not have."""
    of_path = {"catalog": Protocol.CATALOG, "negotiations": Protocol.NEGOTIATION, "transfers": Protocol.TRANSFER}

    def handle(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        allowed = (error.headers or {}).get("Allow", "")
        refusal = BadRequest(f"{request.method} is not used here, but {allowed}", status=error.status_code)
        answer = problem(refusal)
        for version in connector.versions:
            asked = request.url.path.partition(version.path + "/")[2].partition("/")[0]
            if asked in of_path:
                answer = protocol_error(refusal, of_path[asked], version, request)
        answer.headers["Allow"] = allowed
        return answer

    return handle


def _versions(connector: Connector) -> Handler:
    body = dump(version_document(connector.versions, f"{connector.identity.did}#connector"))

    async def handle(_: Request) -> Response:
        return Response(body, media_type="application/json")

    return handle


def _posted(connector: Connector, version: ProtocolVersion, binding: Binding) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            incoming = await _incoming(connector, request, binding, version)
            if isinstance(incoming.message, CatalogRequestMessage):
                return await answer_catalog_request(connector, request, incoming.sender.did, incoming.message, version)
            reply = await _dispatch(connector, binding, incoming, request.path_params.get("pid"))
        except Exception as error:  # noqa: BLE001 - the door: whatever it was becomes an answer
            return protocol_error(error, binding.protocol, version, request, receiver=binding.receiver)
        return _answer(version, reply)

    return handle


async def _incoming(connector: Connector, request: Request, binding: Binding, version: ProtocolVersion) -> Incoming:
    connector.doorkeeper.admit(request)
    body = await read_body(request)
    sender = await caller(connector, request)
    message = decode(body, binding.message)
    issued = format_time(sender.token.issued_at) if sender.token is not None else ""
    now = format_time(connector.clock.now())
    return Incoming(sender, message, body, fingerprint(message), issued, now, version)


async def _dispatch(connector: Connector, binding: Binding, incoming: Incoming, pid: str | None) -> Reply:
    if binding.protocol is Protocol.NEGOTIATION:
        return await connector.negotiations.receive(incoming, pid)
    return await connector.transfers.receive(incoming, pid)


def _answer(version: ProtocolVersion, reply: Reply) -> Response:
    return Response(dump(with_context(reply.body, version)), reply.status, media_type="application/json")


def _asked(
    connector: Connector,
    version: ProtocolVersion,
    protocol: Protocol,
    find: Callable[[str, Request], Awaitable[JsonObject]],
) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            sender = await caller(connector, request)
            found = await find(sender.did, request)
        except Exception as error:  # noqa: BLE001 - the door
            return protocol_error(error, protocol, version, request)
        return conditional(connector, request, sender.did, dump(with_context(found, version)))

    return handle


def _dataset(connector: Connector, version: ProtocolVersion) -> Handler:
    async def find(sender: str, request: Request) -> JsonObject:
        return await connector.catalogs.dataset(sender, request.path_params["id"], version)

    return _asked(connector, version, Protocol.CATALOG, find)


def _negotiation(connector: Connector, version: ProtocolVersion) -> Handler:
    async def find(sender: str, request: Request) -> JsonObject:
        return await connector.negotiations.get(sender, request.path_params["pid"], version)

    return _asked(connector, version, Protocol.NEGOTIATION, find)


def _transfer(connector: Connector, version: ProtocolVersion) -> Handler:
    async def find(sender: str, request: Request) -> JsonObject:
        return await connector.transfers.get(sender, request.path_params["pid"], version)

    return _asked(connector, version, Protocol.TRANSFER, find)


def _notice(connector: Connector) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            body = await read_body(request, MAX_NOTICE)
            sender = await caller(connector, request)
            taken = await connector.notices.receive(sender, read_object(body))
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        return Response(dump(taken), media_type="application/json")

    return handle


def _annex(connector: Connector) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            body = await read_body(request, MAX_ANNEX)
            sender = await caller(connector, request)
            taken = await connector.people_lists.receive(sender, read_object(body))
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        return Response(dump(taken), media_type="application/json")

    return handle


def _fetch_notice(connector: Connector) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            sender = await caller(connector, request)
            parameters = request.path_params
            found = await connector.notices.fetch(sender.did, parameters["contract"], parameters["number"])
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        return Response(dump(found), media_type="application/json")

    return handle
