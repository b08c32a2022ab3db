"""Who may do what through the management API."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends, Query, Request, Security
from fastapi.security import HTTPBearer

from connector.clock import format_time
from connector.ports.records import Act
from connector.services.acts import note
from connector.services.errors import Forbidden, Unauthenticated
from connector.web.deps import Connector
from connector.web.tokens import Caller, ManagementRole

_BEARER: Final = HTTPBearer(auto_error=False, description="a management token, as `mmd token add` makes it")
"""Tells the OpenAPI page what to ask for; the token itself is looked up by `_caller`."""

# These are coroutines although they wait for nothing: FastAPI would run plain functions in a thread each.


async def the_connector(request: Request) -> Connector:
    """The connector that this application manages."""
    found: Connector = request.app.state.connector
    return found


async def _caller(request: Request, _: Annotated[object, Security(_BEARER)]) -> Caller:
    caller = request.app.state.tokens.caller(request.headers.get("authorization"))
    if caller is None:
        raise Unauthenticated("a management token is needed: Authorization: Bearer …")
    found: Caller = caller
    return found


def _at_least(*roles: ManagementRole) -> Callable[[Caller], Awaitable[Caller]]:
    async def check(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
        if caller.role not in roles:
            raise Forbidden(f"the token {caller.name!r} has the role {caller.role}; this needs {' or '.join(roles)}")
        return caller

    return check


This = Annotated[Connector, Depends(the_connector)]
Reader = Annotated[Caller, Depends(_caller)]
Clerk = Annotated[Caller, Depends(_at_least(ManagementRole.OWNER, ManagementRole.CLERK))]
Owner = Annotated[Caller, Depends(_at_least(ManagementRole.OWNER))]
Wait = Annotated[float, Query(ge=0, le=60, description="wait up to this many seconds for a change")]
After = Annotated[str | None, Query(max_length=2048, description="the id of the last one of the page before")]
Limit = Annotated[int, Query(ge=1, le=1000, description="at most so many")]
Beginning = Annotated[str | None, Query(max_length=2048, description="only those whose id begins so")]


def act(connector: Connector, caller: Caller, what: str, about: str = "", detail: object = None) -> Act:
    """The record of an act by this caller, now."""
    now = format_time(connector.clock.now())
    return Act(
        at=now, name=caller.name, role=caller.role.value, act=what, object=about, detail=detail, person=caller.person
    )


async def record(connector: Connector, done: Act) -> None:
    """Keep the record of an act."""
    await connector.store.write(lambda unit: note(unit, done))
