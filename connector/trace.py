"""The trace id: one per incoming request or piece of background work, in every log line that it causes."""

import contextvars
import secrets
from typing import Final

_TRACE: Final[contextvars.ContextVar[str]] = contextvars.ContextVar("trace", default="-")


def begin_trace(given: str | None = None) -> str:
    """Start a new trace in this context; a well-formed id from a caller is taken over."""
    usable = given is not None and len(given) <= 64 and given.replace("-", "").isalnum()  # noqa: PLR2004
    trace = given if usable and given else secrets.token_hex(8)
    _TRACE.set(trace)
    return trace


def current_trace() -> str:
    """The trace id of this context, or `-`."""
    return _TRACE.get()
