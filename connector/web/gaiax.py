"""Our Gaia-X credentials, open to the world: the bundle, each credential, the chain, the documents they point to."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector.services.gaiax import BUNDLE_PATH, CHAIN_PATH
from connector.web.deps import Connector
from connector.web.problems import problem


def routes(connector: Connector) -> list[Route]:
    """What is published for Gaia-X; nothing (404) where a company takes no part in it."""

    def open_to_all(
        find: Callable[[Request], Awaitable[bytes | str]], media_type: str
    ) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            try:
                found = await find(request)
            except Exception as error:  # noqa: BLE001 - the door
                return problem(error)
            return Response(found, media_type=media_type, headers={"Cache-Control": "public, max-age=60"})

        return handle

    async def bundle(_: Request) -> str:
        return await connector.gaiax.bundle()

    async def credential(request: Request) -> str:
        return await connector.gaiax.credential(request.path_params["name"])

    async def document(request: Request) -> bytes:
        return await connector.gaiax.document(request.path_params["sha256"])

    async def chain(_: Request) -> Response:
        held = connector.gaiax.chain
        if held is None:
            return Response(status_code=404)
        return Response(held, media_type="application/x-pem-file", headers={"Cache-Control": "public, max-age=60"})

    return [
        Route(BUNDLE_PATH, open_to_all(bundle, "application/vp+jwt"), methods=["GET"]),
        Route(CHAIN_PATH, chain, methods=["GET"]),
        Route("/gaiax/credentials/{name}", open_to_all(credential, "application/vc+jwt"), methods=["GET"]),
        Route("/gaiax/documents/{sha256}", open_to_all(document, "text/plain; charset=utf-8"), methods=["GET"]),
    ]
