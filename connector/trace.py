"""The trace id: one per incoming request or piece of background work, in every log line that it causes."""

import contextvars
import secrets
from typing import Final

_TRACE: Final[contextvars.ContextVar[str]] = contextvars.ContextVar("trace", default="-")
_PROCESS: Final[contextvars.ContextVar[str | None]] = contextvars.ContextVar("process", default=None)


def begin_trace(given: str | None = None, *, process: str | None = None) -> str:
    """Start a new trace in this context; a well-formed id from a caller is taken over.

    `process` is the process that everything here is about, where that is known.
    """
    usable = given is not None and len(given) <= 64 and given.replace("-", "").isalnum()  # noqa: PLR2004
    trace = given if usable and given else secrets.token_hex(8)
    _TRACE.set(trace)
    _PROCESS.set(process)
    return trace


def current_trace() -> str:
    """The trace id of this context, or `-`."""
    return _TRACE.get()


def current_process() -> str | None:
    """The process that the work in this context is about, if it is about one."""
    return _PROCESS.get()
