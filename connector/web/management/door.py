"""What every request to the management port passes first: a trace id, a token, a bound on its body."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector.contracts.annexes import MAX_ATTACHED
from connector.services.errors import BadRequest, Unauthenticated
from connector.trace import begin_trace
from connector.web.deps import MAX_BODY
from connector.web.problems import problem
from connector.web.tokens import Tokens

API: Final = "/management/v1"
_FILES: Final = f"{API}/uploads"
"""Takes files, bounded by a setting of its own and never held in memory."""
_ANNEXES: Final = (f"{API}/contracts/", "/annexes")
"""Where a file is attached to a contract."""


class Traced:
    """Gives each request a trace id, and tells whatever was not expected as a problem, logged once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace = begin_trace(Headers(scope=scope).get("x-trace-id"))
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message)["X-Trace-Id"] = trace
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            if begun:
                raise
            await problem(error)(scope, receive, answer)


class Guarded:
    """Asks for a token before anything of a body is read, and reads no more of it than a message may have.

    What the holder of the token may do is looked at by each route (`guard`).
    """

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self._tokens.caller(headers.get("authorization")) is None:
            raise Unauthenticated("a management token is needed: Authorization: Bearer …")
        path = scope["path"]
        attaches = path.startswith(_ANNEXES[0]) and path.endswith(_ANNEXES[1])
        most = MAX_ATTACHED if attaches else MAX_BODY
        await self._app(scope, receive if path == _FILES else _bounded(headers, receive, most), send)


def _bounded(headers: Headers, receive: Receive, most: int) -> Receive:
    too_large = BadRequest(f"the body is larger than {most:,} bytes", status=413)
    said = headers.get("content-length", "")
    if said.isdecimal() and int(said) > most:
        raise too_large
    size = 0

    async def bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise too_large
        return message

    return bounded
