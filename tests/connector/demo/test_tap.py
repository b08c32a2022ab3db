"""The tap on the line passes everything on, keeps it, and says it again byte for byte."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from connector.demo.errors import DemoError
from connector.demo.tap import Tap, reason_of, say_again


@contextmanager
def once() -> Iterator[tuple[int, list[bytes]]]:
    """A server that takes each token once: its port, and the bodies that it saw."""
    bodies: list[bytes] = []
    tokens: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            token = self.headers["Authorization"]
            status, answer = (401, {"reason": ["used before"]}) if token in tokens else (200, {"taken": True})
            tokens.add(token)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server.server_address[1], bodies
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def tapped(*targets: int) -> Iterator[Tap]:
    tap = Tap(0, targets)
    try:
        yield tap
    finally:
        tap.close()


def post(tap: Tap, url: str, body: bytes = b"{}") -> tuple[int, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", tap.port, timeout=5)
    try:
        line.request("POST", url, body, {"Authorization": "Bearer once"})
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def test_what_was_heard_can_be_said_again_and_is_refused() -> None:
    with once() as (port, bodies), tapped(port) as tap:
        assert post(tap, f"http://localhost:{port}/dsp/catalog/request?x=1", b'{"a":1}') == (200, b'{"taken": true}')
        heard = tap.last("/catalog/request?x=1")
        again = say_again(heard)
    assert (again.status, again.reason) == (401, "used before")
    assert bodies == [b'{"a":1}'] * 2
    assert heard.data.startswith(b"POST /dsp/catalog/request?x=1 HTTP/1.1\r\n")
    assert b"Bearer once" in heard.data


def test_it_forwards_to_its_own_targets_only() -> None:
    with once() as (port, bodies), tapped(port + 1) as tap:
        for url in (f"http://localhost:{port}/", "http://example.com/", "ftp://localhost/", "/", "http://localhost:x/"):
            assert post(tap, url)[0] == 403
        assert bodies == []
        with pytest.raises(DemoError, match="heard no request"):
            tap.last("/")


def test_a_server_that_is_gone_ends_the_connection() -> None:
    with once() as (port, _):
        pass
    with tapped(port) as tap, pytest.raises((http.client.HTTPException, OSError)):
        post(tap, f"http://localhost:{port}/")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"reason": ["a", "b"]}', "a; b"),
        ('{"detail": "c"}', "c"),
        ('{"reason": "d"}', "d"),
        ("plain", "plain"),
        ("[1]", "[1]"),
    ],
)
def test_the_reason_is_found_in_whatever_was_answered(text: str, reason: str) -> None:
    assert reason_of(text) == reason
