"""Children live in groups of their own and end with the demo."""

import json
import os
import signal
from pathlib import Path

import pytest

from connector.demo import processes as processes_module
from connector.demo.actors import Actor, Actors, get, last_lines
from connector.demo.errors import DemoError
from connector.demo.ports import Ports, is_free
from connector.demo.processes import Processes

pytestmark = pytest.mark.processes


def make(folder: Path, ports: Ports) -> Actor:
    return Actor("authority", "Authority", folder / "a", folder / "a.log", ports.take(), ports.take())


def test_a_connector_is_made_started_asked_and_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMD_PUBLIC_URL", "http://localhost:1")  # a person's own settings are not the actors'
    ports, processes = Ports(), Processes()
    try:
        actors, actor = Actors(processes, "en"), make(tmp_path, ports)
        actors.init(actor)
        actors.serve(actor)
        pid = actors.pid(actor)
        if os.name == "posix":
            assert os.getpgid(pid) == pid
        status, body = get(actor.port, "/.well-known/did.json")
        assert (status, json.loads(body)["id"]) == (200, actor.did)
        with actor.client() as client:
            assert client.self_description()["participantId"] == actor.did
        code, answer = actors.try_mmd(actor, "evidence", "nothing", "-o", str(tmp_path / "e.zip"))
        assert code == 1
        assert "nothing" in answer["error"]
        with pytest.raises(DemoError, match="nothing"):
            actors.mmd(actor, "evidence", "nothing", "-o", str(tmp_path / "e.zip"))
        processes.end()
        assert get(actor.management_port, "/health")[0] == 0
        with pytest.raises(DemoError, match="is ending"):
            processes.run(["--version"])
    finally:
        processes.end()
        ports.close()


def test_a_connector_that_does_not_start_is_told_with_its_log(tmp_path: Path) -> None:
    ports, processes = Ports(), Processes()
    try:
        actors, actor = Actors(processes, "en"), make(tmp_path, ports)
        with pytest.raises(DemoError, match="ended with 1"):
            actors.serve(actor)  # never made
        assert "mmd init" in last_lines(actor.log)
        assert is_free(actor.port)
    finally:
        processes.end()
        ports.close()


@pytest.mark.skipif(os.name != "posix", reason="it is killed by a signal")
def test_a_connector_that_dies_ends_whatever_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes_module, "_LOOK", 0.001)  # any command takes longer
    ports, processes = Ports(), Processes()
    try:
        actors, actor, other = Actors(processes, "en"), make(tmp_path, ports), make(tmp_path / "other", ports)
        actors.init(actor)
        actors.serve(actor)
        os.kill(actors.pid(actor), signal.SIGKILL)
        with pytest.raises(DemoError, match=r"ended by itself, with exit code -9 \(.*a\.log\)"):
            actors.init(other)
    finally:
        processes.end()
        ports.close()


def test_things_done_together_come_back_in_order_and_end_everything_when_one_fails() -> None:
    processes = Processes()
    done: list[int] = []
    assert processes.together([lambda: 1, lambda: 2, lambda: 3], done=lambda: done.append(1)) == [1, 2, 3]
    assert len(done) == 3
    assert processes.run(["--version"]).out.startswith("mmd ")

    def fail() -> int:
        raise DemoError("broken")

    with pytest.raises(DemoError, match="broken"):
        processes.together([fail, lambda: 1])
    assert processes.ended
