"""The whole demo, with its own processes, on real ports."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from connector.demo import run
from connector.demo.changes import CHANGES
from connector.demo.folder import open_folder

pytestmark = pytest.mark.processes
STORY = [
    "1.keys", "1.memberships", "2.publish", "3.offer", "4.find", "4.contract", "5.delivery",
    "6.purpose", "6.count", "6.outsider", "6.replay", "6.withdrawal", "6.revocation",
    "7.verified", "7.no-key", "7.forged", "8.unchanged",
]  # fmt: skip


def test_every_step_comes_out_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(tmp_path / "demo", lang="ko", as_json=True, keep=False)
    printed = capsys.readouterr()
    report = json.loads((tmp_path / "demo" / "report.json").read_text("utf-8"))
    assert [step for step in report["steps"] if not step["ok"]] == [], printed.err
    assert (code, report["ok"]) == (0, True), printed.err
    assert [step["id"] for step in report["steps"]] == [*STORY, *(f"8.{change.id}" for change in CHANGES)]
    assert all(step["title"] and step["expected"] and step["observed"] for step in report["steps"])
    assert json.loads(printed.out) == report
    left = {path.name for path in (tmp_path / "demo").iterdir()}
    assert {"report.json", "evidence.zip", "trust.json", "received", "logs"} <= left
    received = sorted(path.name for path in (tmp_path / "demo" / "received").iterdir())
    assert received == ["drying-batches.csv", "second-contract.csv", "use-2.csv"]
    with open_folder(tmp_path / "demo", "en"):  # the lock is free: no connector lives
        pass


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_ctrl_c_ends_every_child(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "connector", "demo", "--dir", str(tmp_path / "demo"), "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:  # until all four have answered
            if "✓" in line:
                break
        demo.send_signal(signal.SIGINT)
        _, error = demo.communicate(timeout=60)
    assert demo.returncode == 130, error
    assert json.loads((tmp_path / "demo" / "report.json").read_text("utf-8"))["ok"] is False
    with open_folder(tmp_path / "demo", "en"):  # connectors inherit the lock; it is free, so none lives
        pass
