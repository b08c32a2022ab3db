"""Who we are, for others: the DID document and what we hold (did:web; DCP 1.0, presentation query)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector.web.deps import Connector, read_body
from connector.web.problems import problem
from connector.wire.codec import dump

CREDENTIALS_PATH = "/credentials"


def routes(connector: Connector) -> list[Route]:
    """The DID document where the method looks for it, and the presentation query."""

    async def did_document(_: Request) -> Response:
        return Response(
            dump(connector.identity.did_document),
            media_type="application/did+json",
            headers={"Cache-Control": "max-age=60"},
        )

    async def query(request: Request) -> Response:
        try:
            connector.doorkeeper.admit(request)
            body = await read_body(request, 100_000)
            answer = await connector.credential_service.present(request.headers.get("authorization"), body)
            connector.doorkeeper.shown(request)
        except Exception as error:  # noqa: BLE001 - the door
            return problem(error)
        return Response(dump(answer), media_type="application/json")

    return [
        Route("/.well-known/did.json", did_document, methods=["GET"]),
        # A did:web with a path is looked up beside that path.
        Route("/did.json", did_document, methods=["GET"]),
        Route(CREDENTIALS_PATH + "/presentations/query", query, methods=["POST"]),
    ]
