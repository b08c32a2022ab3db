"""The same with real processes and the real command: a disk is lost, `mmd restore`, `mmd serve`, `mmd verify`; over HTTP."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from connector.client import ClientError
from tests.support.processes import Process, Space, running_space, wait_until
from tests.support.world import PURPOSE, TABLE

pytestmark = pytest.mark.processes
PASSPHRASE = "correct horse battery"


def mmd(*arguments: object, code: int = 0) -> Any:
    """The command as a person runs it; its JSON."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MMD_")}
    done = subprocess.run(
        [sys.executable, "-m", "connector", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**environment, "MMD_BACKUP_PASSPHRASE": PASSPHRASE, "MMD_LANG": "en"},
    )
    assert done.returncode == code, (arguments, done.stdout, done.stderr)
    return json.loads(done.stdout) if done.stdout.strip() else {}


def agreed(space: Space, dataset: str) -> str:
    with space.consumer.client() as consumer:
        pid = str(consumer.negotiate(space.provider.did, dataset)["id"])

        def over() -> bool:
            return bool(consumer.negotiation(pid)["state"] == "FINALIZED")

        wait_until(over, 60, lambda: space.provider.log[-3000:])
        return str(consumer.negotiation(pid)["agreementId"])


def fetched(space: Space, contract: str) -> str:
    with space.consumer.client() as consumer:
        view = consumer.deliver(contract, PURPOSE)
        return str(consumer.follow_delivery(str(view["id"]), patience=60)["state"])


def suspended(member: Process) -> object:
    try:
        with member.client() as client:
            return client.self_description()["signingSuspended"]
    except ClientError as error:
        return error


def test_a_lost_disk(tmp_path: Path) -> None:
    with running_space(tmp_path / "space") as space:
        file = tmp_path / "dryer.csv"
        file.write_bytes(TABLE)
        dataset = space.publish(file, purposes=[PURPOSE], count=9)
        old = agreed(space, dataset)
        assert fetched(space, old) == "complete"
        backup = tmp_path / "plant.backup"
        made = mmd("backup", "--dir", space.provider.directory, "--to", backup)
        assert made["logSize"] > 0
        forgotten = agreed(space, dataset)
        assert fetched(space, forgotten) == "complete"

        space.provider.kill()
        shutil.rmtree(space.provider.directory)
        found = mmd("restore", backup, "--dir", space.provider.directory)
        assert found["logSize"] == made["logSize"]
        space.provider.start()
        wait_until(lambda: suspended(space.provider) is None, 60, lambda: space.provider.log[-5000:])
        report = mmd("reconcile", "--dir", space.provider.directory)
        assert (report["doubt"], report["held"]) == (None, 0)
        assert mmd("log", "--dir", space.provider.directory)["origin"].endswith("/log/2")

        new = agreed(space, dataset)
        assert fetched(space, new) == "complete"
        trust = tmp_path / "trust.json"
        mmd("anchors", "export", "--dir", space.authority.directory, "-o", trust)
        for member in (space.provider, space.consumer):
            for contract in (old, forgotten, new):
                evidence = tmp_path / "evidence.zip"
                mmd("evidence", "--dir", member.directory, contract, "-o", evidence)
                assert mmd("verify", evidence, "--trust", trust)["outcome"] == "verified"
