"""The application of the management API, put together from its parts."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from connector.services.errors import BadRequest, NotFound, ServiceError
from connector.web.deps import Connector
from connector.web.management import (
    clauses,
    company,
    consents,
    contracts,
    datasets,
    decisions,
    desk,
    duties,
    gaiax,
    keys,
    memberships,
    negotiations,
    operations,
    people,
    retention,
    rules,
    transcripts,
    transfers,
)
from connector.web.management.door import API, Guarded, Traced
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
    for part in (
        company,
        clauses,
        consents,
        decisions,
        datasets,
        negotiations,
        people,
        retention,
        desk,
        rules,
        duties,
        contracts,
        transfers,
        memberships,
        transcripts,
        gaiax,
        keys,
    ):
        app.include_router(part.router, prefix=API)
    app.include_router(operations.router)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in (ServiceError, ValueError, OSError):
        app.add_exception_handler(kind, _problem)
    app.add_middleware(Guarded, tokens=tokens)
    app.add_middleware(Traced)
    return app


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
