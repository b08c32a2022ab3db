"""The participants: each a connector in a folder and a process of its own, driven only from outside."""

import http.client
import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from connector.client import ManagementClient
from connector.demo.errors import DemoError
from connector.demo.processes import Processes

START_TIME: Final = 60.0
"""Seconds in which a connector must answer after its start."""
_PAUSE: Final = 0.05
_SHOWN: Final = 12
"""Lines of a log that are shown when something goes wrong."""


@dataclass(frozen=True)
class Actor:
    """One participant.

    Attributes:
        role: "authority", "provider", "consumer" or "outsider".
        name: the company's name, as others read it.
        directory: its folder: settings, keys, database.
        log: where its process writes what it logs.
        port: its public port; its DID contains it.
        management_port: the port of its management API.
        authority: the DID of the authority that it believes; None for the authority itself.
    """

    role: str
    name: str
    directory: Path
    log: Path
    port: int
    management_port: int
    authority: str | None = None

    @property
    def did(self) -> str:
        """Its did:web."""
        return f"did:web:localhost%3A{self.port}"

    @property
    def url(self) -> str:
        """Its public address."""
        return f"http://localhost:{self.port}"

    @property
    def management_url(self) -> str:
        """The address of its management API."""
        return f"http://127.0.0.1:{self.management_port}"

    @property
    def token_file(self) -> Path:
        """Where `mmd init` left the owner's token."""
        return self.directory / "secrets" / "owner.token"

    def client(self) -> ManagementClient:
        """Its management API, as its owner."""
        return ManagementClient(self.management_url, self.token_file.read_text("utf-8").strip())


class Actors:
    """Makes, starts, stops and asks participants."""

    def __init__(self, processes: Processes, lang: str) -> None:
        self.processes = processes
        self._lang = lang
        self._running: dict[str, subprocess.Popen[str]] = {}

    def init(self, actor: Actor) -> None:
        """`mmd init`, or `mmd authority init`: the folder, the keys, the settings."""
        verb = ["init", "--authority", actor.authority] if actor.authority else ["authority", "init"]
        bind = f"127.0.0.1:{actor.port}"
        where = ["--public-url", actor.url, "--bind", bind, "--management-port", str(actor.management_port)]
        self.mmd(actor, *verb, "--name", actor.name, "--laboratory", *where)

    def serve(self, actor: Actor, settings: Mapping[str, str] | None = None) -> None:
        """`mmd serve` in the background, until it answers.

        Raises:
            DemoError: it ended, or does not answer.
        """
        flags = [part for name, value in (settings or {}).items() for part in ("--set", f"{name}={value}")]
        process = self.processes.serve(["serve", "--dir", str(actor.directory), *flags], actor.log)
        self._running[str(actor.directory)] = process
        end = time.monotonic() + START_TIME
        while not _is_healthy(actor.management_port):
            if process.poll() is not None:
                raise DemoError(f"mmd serve ({actor.role}) ended with {process.returncode}")
            if time.monotonic() > end or self.processes.ended:
                raise DemoError(f"mmd serve ({actor.role}) does not answer")
            time.sleep(_PAUSE)

    def stop(self, actors: Sequence[Actor]) -> None:
        """End their processes."""
        self.processes.stop([self._running.pop(str(actor.directory)) for actor in actors])

    def pid(self, actor: Actor) -> int:
        """The number of its process."""
        return self._running[str(actor.directory)].pid

    def mmd(self, actor: Actor, *words: str) -> Any:
        """An `mmd` command in the folder of a participant; its `--json` result.

        Raises:
            DemoError: it failed; with what it said.
        """
        code, answer = self.try_mmd(actor, *words)
        if code != 0:
            raise DemoError(f"mmd {' '.join(words)} ({actor.role}): {answer.get('error')}")
        return answer

    def try_mmd(self, actor: Actor, *words: str) -> tuple[int, Any]:
        """The same where a refusal is expected: the exit code, and the result or the error as JSON."""
        return self.judge(*words, "--dir", str(actor.directory))

    def judge(self, *words: str) -> tuple[int, Any]:
        """An `mmd` command that needs no connector: exit code, and result or error as JSON."""
        done = self.processes.run([*words, "--json", "--lang", self._lang])
        text = done.out if done.out.strip() else done.err
        try:
            return done.code, json.loads(text) if text.strip() else {}
        except ValueError:
            return done.code, {"error": (done.err or done.out).strip()}

    def read_mmd(self, actor: Actor, *words: str) -> list[str]:
        """An `mmd` command as a person sees it: the lines on its screen.

        Raises:
            DemoError: it failed.
        """
        done = self.processes.run([*words, "--dir", str(actor.directory), "--lang", self._lang])
        if done.code != 0:
            raise DemoError(f"mmd {' '.join(words)} ({actor.role}): {done.err.strip()}")
        return done.out.splitlines()


def get(port: int, path: str) -> tuple[int, bytes]:
    """A plain GET on loopback, as any stranger may make; status 0 when nobody answers."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        line.close()


def last_lines(log: Path) -> str:
    """The end of a log, for the person who has to find out."""
    if not log.is_file():
        return ""
    lines = log.read_text("utf-8", "replace").splitlines()[-_SHOWN:]
    return "\n".join([f"--- {log}", *(line[:600] for line in lines)])


def _is_healthy(port: int) -> bool:
    status, _ = get(port, "/health")
    return status == http.HTTPStatus.OK
