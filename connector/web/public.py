"""The public application: the Dataspace Protocol, DID document, credential service, notices, data; nothing else."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from connector.trace import begin_trace
from connector.web import data, gaiax, identity, inbox, issuance, protocol, status, vocabulary
from connector.web.deps import Connector

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def public_app(connector: Connector) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """All public routes; also below the path of our public URL, for proxies that do not strip it."""
    routes: list[Route] = [*protocol.routes(connector), *identity.routes(connector), *status.routes(connector)]
    routes += [*data.routes(connector), *inbox.routes(connector), *gaiax.routes(connector), *issuance.routes(connector)]
    routes += vocabulary.routes()
    prefix = urlsplit(connector.identity.public_url).path.rstrip("/")
    mounted = [Mount(prefix, routes=routes)] if prefix else []
    app = Starlette(
        routes=[*routes, *mounted], exception_handlers={404: _nothing, 405: protocol.wrong_method(connector)}
    )

    async def traced(scope: Scope, receive: Receive, send: Send) -> None:
        begin_trace()
        await app(scope, receive, send)

    return traced


async def _nothing(_request: Any, _error: Any) -> Response:
    return Response(status_code=404)
