"""A proxy on loopback between connectors that are processes: it sees each message, and lets a test act just then.

Connectors go through it as through any outbound proxy (the setting `outbound_proxy`).
"""

import http.client
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from tests.support.wire import kind_of

_PATIENCE: Final = 20.0
_CHUNK: Final = 1 << 16
_OF_THE_LINE: Final = frozenset({"proxy-connection", "connection", "keep-alive", "transfer-encoding"})
Act = Callable[[], None]


@dataclass
class Trap:
    """Something to do when a message of a kind passes: once it has been answered, and before its sender hears of it.

    Attributes:
        after: for data: when so many bytes have passed.
    """

    kind: str
    act: Act
    after: int = 0
    sprung: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """Listens on a port of its own until it is closed."""

    def __init__(self) -> None:
        self.passed: list[tuple[str, int]] = []
        self._traps: list[Trap] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def trap(self, kind: str, act: Act, *, after: int = 0) -> Trap:
        """Do something when the next message of this kind has been answered; its sender gets no answer then."""
        made = Trap(kind, act, after)
        self._traps.append(made)
        return made

    def take_trap(self, kind: str) -> Trap | None:
        """The trap for a message that passes, if there is one."""
        for trap in self._traps:
            if trap.kind == kind:
                self._traps.remove(trap)
                return trap
        return None

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _PATIENCE

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = urlsplit(self.path)
            path = target.path + (f"?{target.query}" if target.query else "")
            kind = kind_of(self.command, self.path, body)
            self.close_connection = True
            line = http.client.HTTPConnection("127.0.0.1", target.port or 80, timeout=_PATIENCE)
            try:
                kept = {name: value for name, value in self.headers.items() if name.lower() not in _OF_THE_LINE}
                line.request(self.command, path, body or None, {**kept, "Connection": "close"})
                answer = line.getresponse()
                self._pass_on(kind, answer)
            except (OSError, http.client.HTTPException):
                pass  # whoever asked sees that its connection ends
            finally:
                line.close()

        do_GET = do_POST = do_HEAD = _forward  # noqa: N815 - the names that http.server calls

        def _pass_on(self, kind: str, answer: http.client.HTTPResponse) -> None:
            trap = proxy.take_trap(kind) if answer.status < http.HTTPStatus.BAD_REQUEST else None
            if trap is not None and not trap.after:
                answer.read()
                self._spring(trap)
                return
            proxy.passed.append((kind, answer.status))
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in _OF_THE_LINE:
                    self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            done = 0
            while chunk := answer.read1(_CHUNK):
                self.wfile.write(chunk)
                done += len(chunk)
                if trap is not None and done >= trap.after:
                    self._spring(trap)
                    return

        def _spring(self, trap: Trap) -> None:
            trap.act()
            trap.sprung.set()
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gives
            """Silent."""

    return Handler
