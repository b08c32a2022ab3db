"""A small data space to measure: an authority, a provider and a consumer, each `python -m connector serve` in a folder."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.client import ManagementClient
from tests.bench.processes import BenchError, end, free_port, start, wait_until_up

PURPOSE = "quality-prediction"
_ANSWERS: dict[str, Any] = {
    "title": {"en": "Bench"},
    "description": {"en": "A file to be measured with"},
    "process": ["drying"],
    "producer": "Bench",
    "classification": ["none"],
}


@dataclass(frozen=True)
class Member:
    """One connector: its folder, ports, DID and running process."""

    name: str
    folder: Path
    port: int
    management_port: int
    process: subprocess.Popen[bytes]

    @property
    def did(self) -> str:
        """Its did:web."""
        return f"did:web:localhost%3A{self.port}"

    @property
    def url(self) -> str:
        """Its management API."""
        return f"http://127.0.0.1:{self.management_port}"

    @property
    def token(self) -> str:
        """Its owner's token."""
        return (self.folder / "secrets" / "owner.token").read_text().strip()

    def client(self) -> ManagementClient:
        """A client of its management API."""
        return ManagementClient(self.url, self.token)


@dataclass(frozen=True)
class Space:
    """The two that trade; the authority has done its part."""

    authority: Member
    provider: Member
    consumer: Member

    def publish(self, file: Path) -> str:
        """Have the provider publish a file for any number of uses; returns the data set's id."""
        with self.provider.client() as client:
            upload = client.upload(file)
            made = client.publish(upload["uploadId"], _ANSWERS, {"purposes": [PURPOSE]})
        return str(made["id"])


@contextlib.contextmanager
def space(folder: Path) -> Iterator[Space]:
    """Start the three, make two of them members, and end all of them afterwards."""
    with contextlib.ExitStack() as ending:
        authority = _start(ending, folder, "authority", authority=None)
        provider = _start(ending, folder, "provider", authority=authority.did)
        consumer = _start(ending, folder, "consumer", authority=authority.did)
        with authority.client() as admitting:
            for member in (provider, consumer):
                with member.client() as joining:
                    request = joining.membership_request(authority.did)
                    joining.store_membership(admitting.admit_member(request)["credential"])
        yield Space(authority, provider, consumer)


def initialise(folder: Path, name: str, *, authority: str | None = None) -> tuple[int, int]:
    """Make a connector's folder with `mmd init`; returns its public port and its management port.

    Raises:
        BenchError: it could not be made.
    """
    port = free_port()
    words = ["--name", name, "--public-url", f"http://localhost:{port}", "--bind", f"127.0.0.1:{port}", "--laboratory"]
    words += ["--authority", authority] if authority else ["--authority-role"]
    management = free_port()
    command = [sys.executable, "-m", "connector", "--dir", str(folder), "init", *words]
    made = subprocess.run([*command, "--management-port", str(management)], capture_output=True, check=False)
    if made.returncode != 0:
        raise BenchError(f"{name} could not be made: {made.stderr.decode(errors='replace').strip()}")
    return port, management


def serving(folder: Path) -> subprocess.Popen[bytes]:
    """Start the connector of a folder; what it says goes into serve.log there."""
    with (folder / "serve.log").open("ab") as log:
        return start("connector", "--dir", str(folder), "serve", log=log)


def _start(ending: contextlib.ExitStack, folder: Path, name: str, *, authority: str | None) -> Member:
    own = folder / name
    port, management = initialise(own, name, authority=authority)
    process = serving(own)
    ending.callback(end, process)
    wait_until_up(process, management, "/health")
    return Member(name, own, port, management, process)
