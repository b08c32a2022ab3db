"""Errors into HTTP, once, for all: the Dataspace Protocol's error types there, RFC 9457 problems everywhere else."""

import logging
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from connector.canonical import JsonObject
from connector.dataplane.sources.errors import SourceError
from connector.ports.disk import NoRoom
from connector.ports.keys import KeyStoreError
from connector.ports.network import PeerUnreachable
from connector.ports.store import SigningSuspended, StoreError, StoreFull
from connector.protocol.bindings import Protocol
from connector.protocol.errors import ProtocolError
from connector.protocol.machine import Role
from connector.protocol.versions import ProtocolVersion
from connector.services import errors
from connector.trace import current_trace
from connector.web.pids import pids_of
from connector.wire.codec import dump, with_context
from connector.wire.errors import DecodeError

STATUS: Final[dict[type[Exception], tuple[int, str]]] = {
    errors.NotFound: (404, "not found"),
    errors.Unauthenticated: (401, "who are you?"),
    errors.Forbidden: (403, "refused"),
    errors.BadRequest: (400, "cannot be taken"),
    errors.Conflict: (409, "not in this state"),
    errors.Unprocessable: (422, "something is missing"),
    errors.Busy: (503, "try again"),
    errors.TooMany: (429, "slower"),
    DecodeError: (400, "cannot be read"),
    ProtocolError: (400, "not now"),
    SourceError: (422, "the file cannot be used"),
    PeerUnreachable: (502, "the other side cannot be reached"),
    NoRoom: (503, "no room left"),
    StoreFull: (507, "no room left"),
    SigningSuspended: (503, "signing is suspended"),
    StoreError: (503, "try again"),
    KeyStoreError: (500, "a key cannot be used"),
}
"""Each error that may reach the door: its status, and its title."""
_log: Final = logging.getLogger(__name__)


def status_of(error: Exception) -> tuple[int, str]:
    """The status and title of an error; 500 for what nobody expected."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500, "something went wrong here"


def problem(error: Exception) -> Response:
    """An RFC 9457 problem. Of an unexpected error nothing is told but the trace id."""
    status, title = status_of(error)
    body: JsonObject = {"type": "about:blank", "title": title, "status": status}
    if status == 500:  # noqa: PLR2004
        _log.error("unexpected", exc_info=error)
        body["detail"] = f"an error that we did not expect; the log has it under trace {current_trace()}"
    else:
        body["detail"] = _sentence(error)
        if isinstance(error, NoRoom):
            body["ko"] = error.ko
        if isinstance(error, SourceError):
            body["ko"] = error.sentence("ko")
        if isinstance(error, errors.ServiceError):
            body |= {k: v for k, v in error.more.items() if k not in body}
            status = int(error.more.get("status", status))
            body["status"] = status
    return Response(dump(body), status, headers=_headers(status, error), media_type="application/problem+json")


def protocol_error(
    error: Exception,
    protocol: Protocol,
    version: ProtocolVersion,
    request: Request | None = None,
    *,
    receiver: Role | None = None,
) -> Response:
    """The error type of that protocol. A stranger learns nothing: what is not his does not exist.

    Args:
        error: what was wrong.
        protocol: whose error type it becomes.
        version: in whose context.
        request: what is refused; its pids are told back.
        receiver: the role of the one to whom its path belongs; None when either side serves it.
    """
    status, title = status_of(error)
    if status == 500:  # noqa: PLR2004
        _log.error("unexpected", exc_info=error)
        reason = f"an error that we did not expect (trace {current_trace()})"
    else:
        reason = _sentence(error)
    if isinstance(error, errors.ServiceError):
        status = int(error.more.get("status", status))
    if status == 507:  # noqa: PLR2004 - a peer takes 503 as "try again", which is right
        status = 503
    if status == 403:  # noqa: PLR2004
        status = 404
    body: JsonObject = {"@type": protocol.value, "code": title, "reason": [reason]}
    if protocol is not Protocol.CATALOG:
        body |= pids_of(request, receiver)
    return Response(
        dump(with_context(body, version)), status, headers=_headers(status, error), media_type="application/json"
    )


def _sentence(error: Exception) -> str:
    """What an error says, without what cannot be written: it may quote what came from outside."""
    return str(error).encode("utf-8", "replace").decode()


def _headers(status: int, error: Exception) -> dict[str, str]:
    if status == 401:  # noqa: PLR2004
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, NoRoom):
        return {"Retry-After": str(error.retry_after)}
    wait = error.more.get("retryAfter", 1) if isinstance(error, errors.ServiceError) else 1
    return {"Retry-After": str(wait)} if status in (429, 503) else {}
