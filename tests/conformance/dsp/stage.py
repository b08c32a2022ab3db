"""A connector as the kit needs it: the product with another authenticator, scripts for decisions, seeds and triggers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from connector.app import running
from connector.clock import Clock
from connector.founding import initialise
from connector.ports.network import Fetching
from connector.settings import load_settings
from connector.store.log import LogSigner
from connector.store.unit_of_work import SqlStore
from connector.web.deps import Connector
from connector.web.public import public_app
from tests.conformance.dsp.director import Director, NegotiationCues, TransferCues
from tests.conformance.dsp.identity import OneCaller
from tests.conformance.dsp.seeds import USE, description, seed

NEGOTIATE, TRANSFER = "/kit/negotiations", "/kit/transfers"
"""Where the kit asks us to begin something as consumer."""
OpenStore = Callable[[LogSigner, Clock], SqlStore]


@dataclass(frozen=True)
class Stage:
    """The running connector, who directs it, and what is served."""

    connector: Connector
    director: Director
    app: Any


@asynccontextmanager
async def staged(
    folder: Path, *, port: int, pause: float, open_store: OpenStore | None = None, network: Fetching | None = None
) -> AsyncIterator[Stage]:
    """Make a connector in a new folder and start everything but its port.

    Args:
        folder: where it lives; must not hold one yet.
        port: where it will be served, on 127.0.0.1.
        pause: seconds before each scripted step: the kit registers its handlers only when it has seen the state before.
        open_store: the store; SQLite in the folder if None.
        network: the way to the kit; HTTP if None.
    """
    url = f"http://127.0.0.1:{port}"
    initialise(
        folder,
        name="Under test",
        public_url=url,
        bind=f"127.0.0.1:{port}",
        management_port=None,
        laboratory=True,
        authorities=[],
        authority_role=False,
    )
    director = Director(pause)
    async with running(
        load_settings(folder),
        network=network,
        decider=NegotiationCues(director),
        transfer_decider=TransferCues(director),
        open_store=open_store,
        authenticator=OneCaller,
    ) as connector:
        director.connector = connector
        await seed(connector)
        try:
            yield Stage(connector, director, _app(connector, director))
        finally:
            await director.stop()


def _app(connector: Connector, director: Director) -> Starlette:
    async def negotiate(request: Request) -> Response:
        asked = await request.json()
        dataset = asked["datasetId"]
        pid = await director.negotiate(
            provider=asked["providerId"],
            root=asked["connectorAddress"],
            dataset=dataset,
            offer={"@id": asked["offerId"], "@type": "Offer", **USE},
            described=description(dataset),
        )
        return JSONResponse({"id": pid})

    async def transfer(request: Request) -> Response:
        asked = await request.json()
        return JSONResponse({"id": await director.transfer(asked["agreementId"], asked["connectorAddress"])})

    return Starlette(
        routes=[
            Route(NEGOTIATE, negotiate, methods=["POST"]),
            Route(TRANSFER, transfer, methods=["POST"]),
            Mount("/", app=public_app(connector)),
        ]
    )
