import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import Any

import httpx
import pytest

import connector.client
from connector.cli import main
from connector.cli.screen import Screen
from tests.connector.cli.management_fake import TOKEN, Fake


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Mmd = Callable[..., Ran]


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine that runs the tests may speak into them."""
    for name in ("MMD_DIR", "MMD_LANG", "MMD_DEBUG", "MMD_CA_BUNDLE", "LC_ALL", "LC_MESSAGES", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("MMD_URL", "http://127.0.0.1:19193")
    monkeypatch.setenv("MMD_TOKEN", TOKEN)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    """The connector that every client of this test reaches."""
    connector_ = Fake()

    class Wired(connector.client.ManagementClient):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named, transport=httpx.MockTransport(connector_.handle))

    monkeypatch.setattr(connector.client, "ManagementClient", Wired)
    return connector_


@pytest.fixture
def mmd(capsys: pytest.CaptureFixture[str]) -> Mmd:
    """Run a command line, as a shell would."""

    def run(*argv: object) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in argv])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Somebody sits at the terminal and types these lines."""

    def types(*lines: str) -> None:
        monkeypatch.setattr(Screen, "interactive", property(lambda _: True))
        monkeypatch.setattr(sys, "stdin", StringIO("".join(f"{line}\n" for line in lines)))

    return types
