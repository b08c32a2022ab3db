"""Pulling a large file through two connectors, beside the same bytes from a plain application to a plain client.

Through the connectors everything counts: from `POST /deliveries` until the consumer shows the delivery complete, that
is transfer request and start, the judged and counted use, the bytes, their SHA-256, fsync, and both receipts.
"""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.management import Json, Management, part
from tests.bench.processes import BenchError, forget_peak, free_port, peak, resident, running, sync_disk
from tests.bench.space import PURPOSE, Space

MEGABYTE = 1_000_000
_ROW = 65_536


@dataclass(frozen=True)
class Pull:
    """One file: seconds of each pull, and how much memory either side took beyond what it had, in bytes."""

    size: int
    connector: list[float]
    plain: list[float]
    consumer_extra: int | None
    provider_extra: int | None


def write_table(file: Path, size: int) -> None:
    """A CSV of about `size` bytes: few rows with one long text each, so that publishing it is not what takes the time."""
    row = ("payload of a long measurement; " * _ROW)[: _ROW - 12]
    with file.open("w", encoding="ascii", newline="") as opened:
        opened.write("number,payload\n")
        for number in range(max(1, size // _ROW)):
            opened.write(f"{number:010d},{row}\n")


async def measure_pull(
    space: Space, consumer: Management, contract: str, file: Path, folder: Path, *, times: int
) -> Pull:
    """Pull `file` so many times both ways, in turn."""
    through: list[float] = []
    plain: list[float] = []
    extra: dict[int, int] = {}
    processes = (space.consumer.process.pid, space.provider.process.pid)
    port = free_port()
    with running("tests.bench.plain_server", str(port), str(file), port=port):
        for _ in range(times):
            before = {pid: resident(pid) for pid in processes}
            for pid in processes:
                forget_peak(pid)
            through.append(await _deliver(space, consumer, contract))
            for pid in processes:
                most, idle = peak(pid), before[pid]
                if most is not None and idle is not None:
                    extra[pid] = max(extra.get(pid, 0), most - idle)
            sync_disk()
            plain.append(_plain(f"http://127.0.0.1:{port}/file", folder / "plain.part"))
            sync_disk()
    return Pull(file.stat().st_size, through, plain, extra.get(processes[0]), extra.get(processes[1]))


async def _deliver(space: Space, consumer: Management, contract: str) -> float:
    began = time.perf_counter()
    view: Json = await consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    while view["state"] not in ("complete", "refused", "failed"):
        view = await consumer.get(f"/deliveries/{part(view['id'])}?wait=60")
    spent = time.perf_counter() - began
    if view["state"] != "complete" or view["digest"] != view["expectedDigest"]:
        raise BenchError(f"a delivery ended as {view['state']}: {view['problem']}")
    for received in (space.consumer.folder / "received").iterdir():
        received.unlink()
    return spent


def _plain(url: str, target: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.plain_client", url, str(target)], capture_output=True, check=False
    )
    target.unlink(missing_ok=True)
    if done.returncode != 0:
        raise BenchError(f"the plain client failed: {done.stderr.decode(errors='replace')[-500:]}")
    return float(done.stdout)
