"""A data space of operating-system processes: `mmd serve` in folders, driven through their management API."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from connector.client import ManagementClient
from connector.demo.ports import Ports
from connector.founding import initialise
from tests.support.proxy import Proxy
from tests.support.world import ANSWERS, NAMES, OUTSIDER, PORTS

START_WITHIN: Final = 120.0
"""Seconds: of a machine that has a lot to do nothing is measured here, only that nobody waits for ever."""
_LOOK: Final = 0.01


class Process:
    """One connector: a folder, and the process that serves it, if one does."""

    def __init__(self, name: str, directory: Path, port: int, management_port: int) -> None:
        self.name, self.directory = name, directory
        self.port, self.management_port = port, management_port
        self.did = f"did:web:localhost%3A{port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return (self.directory / "serve.log").read_text("utf-8", "replace")

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll() if self._process is not None else None

    def start(self, *arguments: str) -> None:
        """`mmd serve`, until it answers."""
        self.spawn(*arguments)
        wait_until(self._is_up, START_WITHIN, lambda: f"{self.name} did not start:\n{self.log}")

    def spawn(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """`mmd serve`, without waiting."""
        self._process = serve(self.directory, *arguments)
        return self._process

    def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM, and wait; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(20)

    def end(self) -> None:
        """Whatever it does, it does not any more."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def client(self) -> ManagementClient:
        """Its management API, as its owner."""
        token = (self.directory / "secrets" / "owner.token").read_text("utf-8").strip()
        return ManagementClient(f"http://127.0.0.1:{self.management_port}", token)

    def _is_up(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self._process.returncode}:\n{self.log}")
        return health(self.management_port)


class Space:
    """An authority, a provider and a consumer; the two talk through a proxy that a test commands."""

    def __init__(self, folder: Path, ports: Ports, proxy: Proxy) -> None:
        self.proxy = proxy
        self.members = {
            name: Process(name, folder / name, ports.take(), ports.take()) for name in PORTS if name != OUTSIDER
        }
        self.authority, self.provider, self.consumer = self.members.values()

    def begin(self) -> None:
        """Make the folders, start all, make the two members."""
        for name, member in self.members.items():
            make(member, NAMES[name], authority=self.authority)
            if member is not self.authority:
                settings = member.directory / "settings.toml"
                settings.write_text(settings.read_text() + f'outbound_proxy = "{self.proxy.url}"\n')
        for member in self.members.values():
            member.start()
        with self.authority.client() as office:
            for member in (self.provider, self.consumer):
                with member.client() as joining:
                    request = joining.membership_request(self.authority.did)
                    joining.store_membership(office.admit_member(request)["credential"])

    def publish(self, file: Path, **terms: Any) -> str:
        """Have the provider publish a file; the data set's id."""
        with self.provider.client() as client:
            upload = client.upload(file)
            return str(client.publish(upload["uploadId"], ANSWERS, terms)["id"])

    def end(self) -> None:
        """End all processes."""
        for member in self.members.values():
            member.end()


@contextmanager
def running_space(folder: Path) -> Iterator[Space]:
    """A space, running; nothing of it runs afterwards."""
    ports, proxy = Ports(), Proxy()
    space = Space(folder, ports, proxy)
    try:
        space.begin()
        yield space
    finally:
        space.end()
        proxy.close()
        ports.close()


def make(member: Process, name: str, *, authority: Process) -> None:
    """`mmd init`, in this process."""
    initialise(
        member.directory,
        name=name,
        public_url=f"http://localhost:{member.port}",
        bind=f"127.0.0.1:{member.port}",
        management_port=member.management_port,
        laboratory=True,
        authorities=[authority.did],
        authority_role=member is authority,
    )


def serve(directory: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """`mmd serve` on a folder; what it says goes to serve.log there."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MMD_")}
    with (directory / "serve.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "connector", "serve", "--dir", str(directory), *arguments],
            stdout=log,
            stderr=log,
            env={**environment, "MMD_LANG": "en"},
        )


def health(port: int) -> bool:
    """Whether a connector answers on its management port."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/health")
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def wait_until(holds: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
    """Look until something holds: of another process nothing else can be known."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise()
        time.sleep(_LOOK)
