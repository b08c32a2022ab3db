"""At the door of the protocol: what came in, and what it was answered, told to the recorder once the answer is ready."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from connector.clock import format_time
from connector.services.authenticate import issuer_of
from connector.services.transcripts.heard import Heard
from connector.services.transcripts.recorder import Recorder
from connector.trace import current_trace
from connector.trust.verify import Participant
from connector.web.deps import BODY, Connector

Handler = Callable[[Request], Awaitable[Response]]
_CALLER: Final = "mmd.caller"


async def caller(connector: Connector, request: Request, *, authorities: bool = False) -> Participant:
    """The participant who calls, authenticated; noted with the request.

    With `authorities` it may also be an authority that we believe: it is nobody's member.

    Raises:
        Unauthenticated, Busy, TooMany: as `Doorkeeper.caller`.
    """
    known = authorities and issuer_of(request.headers.get("authorization")) in connector.authorities
    found = await connector.doorkeeper.caller(request, demand_membership=not known)
    request.scope[_CALLER] = found.did
    return found


def recorded(connector: Connector, kind: str, handle: Handler, *, begins: bool = False) -> Handler:
    """The same handler; `kind` is what it takes: a message's `@type`, `Notice`, or `GET` and what is asked for."""
    recorder, clock = connector.recorder, connector.clock

    async def handler(request: Request) -> Response:
        if not recorder.on:
            return await handle(request)
        at, began = format_time(clock.now()), time.perf_counter()
        answer = await handle(request)
        _note(recorder, request, answer, kind=kind, begins=begins, at=at, began=began)
        return answer

    return handler


def _note(
    recorder: Recorder, request: Request, answer: Response, *, kind: str, begins: bool, at: str, began: float
) -> None:
    scope, headers = request.scope, request.headers
    known = scope.get(_CALLER)
    parameters = request.path_params
    heard = Heard(
        direction="in",
        type=kind,
        method=request.method,
        address=scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""),
        headers=dict(headers),
        body=scope.get(BODY, b""),
        at=at,
        trace=current_trace(),
        known=known is not None,
        caller=known,
        token=headers.get("authorization", "").partition(" ")[2].strip() or None,
        about=parameters.get("pid") or parameters.get("contract"),
        begins=begins,
        status=answer.status_code,
        answer_headers=dict(answer.headers),
        answer=bytes(answer.body),
        milliseconds=round((time.perf_counter() - began) * 1000),
    )
    recorder.note(heard)
