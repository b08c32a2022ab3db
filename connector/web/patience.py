"""HTTP with bounded patience: whoever is slow to say what he wants is not waited for (slow-loris), nor one who says too much.

The server itself bounds only how long a connection may be idle between two requests, and not how long the head of one may
take, how large it may grow, or how long the rest of a body may trickle in that nobody wants any more.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_WITHIN: Final = 15.0
"""Seconds from the connection, or the first byte of a further request, to the end of its head."""
MAX_HEAD: Final = 64_000
"""The largest head, in bytes; those of our own requests have 3,000."""
_TOO_SLOW: Final = "408 Request Timeout"
_TOO_LARGE: Final = "431 Request Header Fields Too Large"


class PatientHttp(HttpToolsProtocol):
    """One connection."""

    _deadline: asyncio.TimerHandle | None = None
    _in_head = True
    """From the connection, or the end of a request, to the end of the next one's head."""
    _begun = False
    """Whether a request began with the bytes that are being read."""
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        in_head, self._begun = self._in_head, False
        super().data_received(data)
        if not self._in_head or self.transport.is_closing():
            return
        if in_head and not self._begun:
            self._head += len(data)
        if self._head > MAX_HEAD:
            self._refuse(_TOO_LARGE)
        elif self._deadline is None and self._is_answered():
            self._wait()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun, self._head = True, 0
        if self._deadline is None:
            self._wait()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._wait_no_more()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_head = True
        self._wait_no_more()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._in_head and self._deadline is None and not self.transport.is_closing():
            self._wait()  # for the rest of a body that nobody has read

    def _is_answered(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(HEAD_WITHIN, self._refuse, _TOO_SLOW)

    def _wait_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: str) -> None:
        """Close, with a word if no answer is under way that it would stand in."""
        self._wait_no_more()
        if self.transport.is_closing():
            return
        if self._in_head and self._is_answered():
            self.transport.write(f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode())
        self.transport.close()
