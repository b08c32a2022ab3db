"""Serving: ports, signals, the log on stderr, and one running connector behind them."""

import asyncio
import contextlib
import gc
import json
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from connector.app import running
from connector.founding import InitError
from connector.settings import Settings
from connector.store.folder import FolderLock
from connector.trace import current_trace

DISTRIBUTION: Final = "my-manufacturing-data-connector"
_KEEP_ALIVE: Final = 75
"""Seconds that an idle connection is kept; longer than peers keep theirs, so that none sends into one we just closed."""
_MOST_FILES: Final = 65_536
_log: Final = logging.getLogger(__name__)


def serve(settings: Settings, *, ready: Callable[[], None] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit code.

    Raises:
        FolderInUse: another connector owns the folder.
        InitError: a port is taken, or the keys cannot be read.
    """
    _log_to_stderr(settings.log_level)
    _allow_many_files()
    lock = FolderLock(settings.directory)
    lock.acquire()
    try:
        if sys.platform == "win32":
            asyncio.run(_serve(settings, ready))
        else:
            import uvloop

            uvloop.run(_serve(settings, ready))
    finally:
        lock.release()
    return 0


def _allow_many_files() -> None:
    """Have as many open files as the system lets us: each stream of data is a connection and a file."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        # Refused where a limit of the kernel is below that of the process: then it stays as it was.
        with contextlib.suppress(ValueError, OSError):
            wanted = _MOST_FILES if most == resource.RLIM_INFINITY else min(most, _MOST_FILES)
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def _serve(settings: Settings, ready: Callable[[], None] | None) -> None:
    from connector.web.management import management_app
    from connector.web.public import public_app

    with contextlib.ExitStack() as closing:
        # Open before anything of ours leaves: who gets a message from us looks up our DID document at once, and waits here
        # for a moment instead of being turned away.
        sockets = [
            closing.enter_context(_listen(host, port))
            for host, port in (
                (settings.bind_host, settings.bind_port),
                (settings.management_host, settings.management_port),
            )
        ]
        async with running(settings) as connector:
            servers = [
                http_server(public_app(connector), certificate=settings.tls_certificate, key=settings.tls_key),
                http_server(management_app(connector, version(DISTRIBUTION))),
            ]
            stop = asyncio.Event()
            _on_signals(stop)
            tasks = [
                asyncio.create_task(server.serve(sockets=[bound]))
                for server, bound in zip(servers, sockets, strict=True)
            ]
            profile = "LABORATORY: http and loopback are allowed" if settings.laboratory else "production"
            _log.info("%s serves %s (%s)", connector.identity.did, settings.public_url, profile)
            if ready is not None:
                ready()
            _collect_seldom()
            waiting = asyncio.create_task(stop.wait())
            await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for server in servers:
                server.should_exit = True
            await asyncio.gather(*tasks)
            waiting.cancel()


def _collect_seldom() -> None:
    """Leave what lives as long as the process out of garbage collection, and collect the rest less often.

    Messages are trees of small objects without circles: at Python's own thresholds a sixth of the time of a negotiation
    went into looking for circles among them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()  # the command line turned it off while everything was loaded


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    if sys.platform != "win32":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise InitError(f"port {port} on {host} cannot be used: {error.strerror or error}") from None
    bound.listen(1024)
    return bound


class _JsonLines(logging.Formatter):
    """One JSON object a line, with the trace id."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}",
            "level": record.levelname,
            "trace": current_trace(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "uvicorn.error", "asyncio", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def http_server(app: Any, *, certificate: Path | None = None, key: Path | None = None) -> Any:
    """An HTTP server for an application, over TLS if there is a certificate; its signals are left to us."""
    import uvicorn

    from connector.web.patience import PatientHttp

    class Quiet(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = uvicorn.Config(
        app,
        http=PatientHttp,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=_KEEP_ALIVE,
        proxy_headers=False,  # where we are reached is a setting; who calls is told by a token
        ssl_certfile=str(certificate) if certificate else None,
        ssl_keyfile=str(key) if key else None,
    )
    return Quiet(config)
