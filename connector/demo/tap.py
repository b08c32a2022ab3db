"""A tap on the consumer's line: a small forwarding proxy that can say again, byte for byte, what it has heard.

Only in the laboratory does a connector speak plain HTTP, so only there can such a tap read anything. What it shows is that
even a thief with the whole request in hand gets nothing for it.
"""

import http.client
import json
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from connector.demo.errors import DemoError

_PATIENCE: Final = 30.0
_CHUNK: Final = 1 << 16
_OF_THE_LINE: Final = frozenset({"proxy-connection", "proxy-authorization", "connection", "keep-alive"})
"""Headers that are about the connection to the proxy; everything else is passed on as it came."""


@dataclass(frozen=True)
class Heard:
    """One request, exactly as the tap sent it on, and what was answered to it."""

    port: int
    path: str
    data: bytes
    status: int


@dataclass(frozen=True)
class Answer:
    """An answer: its status, and the reason that its body gives."""

    status: int
    reason: str


class Tap:
    """The proxy, on a port of loopback; it forwards to the given ports of this machine and nowhere else."""

    def __init__(self, port: int, targets: Iterable[int]) -> None:
        self.heard: list[Heard] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(frozenset(targets), self.heard))
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take it off the line."""
        self._server.shutdown()
        self._server.server_close()

    def last(self, ending: str) -> Heard:
        """The last request to a path with this ending that was accepted.

        Raises:
            DemoError: there was none.
        """
        for heard in reversed(self.heard):
            if heard.path.endswith(ending) and heard.status in (http.HTTPStatus.OK, http.HTTPStatus.CREATED):
                return heard
        raise DemoError(f"the tap heard no request to …{ending}")


def say_again(heard: Heard) -> Answer:
    """Send the same bytes once more."""
    with socket.create_connection(("127.0.0.1", heard.port), timeout=_PATIENCE) as line:
        line.sendall(heard.data)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return Answer(answer.status, reason_of(answer.read().decode("utf-8", "replace")))


def reason_of(text: str) -> str:
    """The reason in a DSP error or a problem document; the text itself where there is none."""
    try:
        body = json.loads(text)
    except ValueError:
        return text.strip()
    if not isinstance(body, dict):
        return text.strip()
    reasons = body.get("reason") or body.get("detail") or ""
    return "; ".join(str(reason) for reason in (reasons if isinstance(reasons, list) else [reasons]))


def _handler(targets: frozenset[int], heard: list[Heard]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = _PATIENCE

        def _forward(self) -> None:
            try:
                target = urlsplit(self.path)
                port = target.port or 80
            except ValueError:
                target, port = urlsplit(""), 0
            if target.scheme != "http" or target.hostname not in ("localhost", "127.0.0.1") or port not in targets:
                self.close_connection = True
                self.send_error(http.HTTPStatus.FORBIDDEN)
                return
            path = target.path + (f"?{target.query}" if target.query else "")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kept = [f"{name}: {value}" for name, value in self.headers.items() if name.lower() not in _OF_THE_LINE]
            head = [f"{self.command} {path} HTTP/1.1", *kept, "Connection: close", "", ""]
            data = "\r\n".join(head).encode("latin-1") + body
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as line:
                    line.sendall(data)
                    answer = http.client.HTTPResponse(line, method=self.command)
                    answer.begin()
                    heard.append(Heard(port, path, data, answer.status))
                    self._give(answer)
            except (OSError, http.client.HTTPException):  # one of the two ends is gone
                self.close_connection = True

        do_GET = do_POST = do_HEAD = _forward  # noqa: N815 - the names that http.server calls

        def _give(self, answer: http.client.HTTPResponse) -> None:
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in {*_OF_THE_LINE, "transfer-encoding"}:
                    self.send_header(name, value)
            if answer.length is None and self.command != "HEAD":  # its end is the end of the connection
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            while chunk := answer.read(_CHUNK):
                self.wfile.write(chunk)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gives
            """The tap is silent."""

    return Handler
