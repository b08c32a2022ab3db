"""The application of the management API, put together from its parts."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.exceptions import HTTPException

from connector.services.errors import BadRequest, NotFound, ServiceError
from connector.web.deps import Connector
from connector.web.management import (
    company,
    contracts,
    datasets,
    gaiax,
    keys,
    memberships,
    negotiations,
    transcripts,
    transfers,
)
from connector.web.management.door import API, Guarded, Traced
from connector.web.management.guard import Reader
from connector.web.problems import problem
from connector.web.tokens import Tokens

_DESCRIPTION = """
What your own people and programs ask of your connector. Every call needs a named token (`Authorization: Bearer …`);
the name stands in the record of every act. Roles: **owner** may do everything, **clerk** everything about data and
contracts, **auditor** may read. Errors are RFC 9457 problems.
"""


def management_app(connector: Connector, version: str) -> FastAPI:
    """The management API and its OpenAPI page (`/docs`), `/health` and `/metrics`."""
    app = FastAPI(
        title="My Manufacturing Data Connector",
        version=version,
        description=_DESCRIPTION,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nobody listens; asked for at each request
    )
    app.state.connector = connector
    app.state.tokens = tokens = Tokens(connector.tokens_file)
    for part in (company, datasets, negotiations, contracts, transfers, memberships, transcripts, gaiax, keys):
        app.include_router(part.router, prefix=API)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in (ServiceError, ValueError, OSError):
        app.add_exception_handler(kind, _problem)
    app.add_middleware(Guarded, tokens=tokens)
    app.add_middleware(Traced)
    _add_operations(app, connector)
    return app


def _add_operations(app: FastAPI, connector: Connector) -> None:
    @app.get("/health", tags=["operations"])
    async def health() -> dict[str, object]:
        """Whether the connector runs and may sign."""
        suspended = getattr(connector.store, "suspended", None)
        return {"status": "ok" if suspended is None else "signing suspended", "problem": suspended}

    @app.get("/metrics", tags=["operations"], response_class=PlainTextResponse)
    async def metrics(_: Reader) -> Response:
        """Figures for Prometheus."""
        return Response(await _figures(connector), media_type="text/plain; version=0.0.4")


async def _figures(connector: Connector) -> bytes:
    registry = CollectorRegistry()

    def counts(unit: object) -> dict[str, float]:
        u = unit
        return {
            "mmd_contracts": u.contracts.count(),  # type: ignore[attr-defined]
            "mmd_negotiations": u.negotiations.count(),  # type: ignore[attr-defined]
            "mmd_transfers": u.transfers.count(),  # type: ignore[attr-defined]
            "mmd_datasets": u.datasets.count(withdrawn_at=None),  # type: ignore[attr-defined]
            "mmd_deliveries_complete": u.deliveries.count(state="complete"),  # type: ignore[attr-defined]
            "mmd_log_entries": head.size if (head := u.log.head()) else 0,  # type: ignore[attr-defined]
        }

    found = await connector.store.read(counts)
    found["mmd_outbox_waiting"] = connector.outbox.waiting()
    found["mmd_uses_running"] = connector.usage.running
    for name, value in found.items():
        Gauge(name, name.replace("_", " "), registry=registry).set(value)
    due = Gauge("mmd_outbox_due", "messages due to a peer", ["peer", "line"], registry=registry)
    for line in connector.outbox.lines():
        due.labels(line.peer, line.state.value).set(line.due)
    return generate_latest(registry)


async def _problem(_: Request, error: Exception) -> Response:
    return problem(error)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return problem(BadRequest(f"{where}: {first['msg']}"))


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:  # noqa: PLR2004
        return problem(NotFound("there is nothing at this address; see /docs"))
    return problem(BadRequest(str(error.detail), status=error.status_code))
