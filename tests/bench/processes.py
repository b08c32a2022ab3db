"""Children of the benchmark: free ports, waiting until one answers, ending it, and its memory."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

_PATIENCE: Final = 120.0
_ROOT: Final = Path(__file__).resolve().parents[2]


class BenchError(Exception):
    """Something that was to be measured did not work; the sentence says what."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(*arguments: str, log: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Start `python -m ARGUMENTS`, its output into `log` (nowhere without one)."""
    out = log if log is not None else subprocess.DEVNULL
    # As it is installed: with its compiled files kept, whatever the shell of whoever measures says of them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen([sys.executable, "-m", *arguments], cwd=_ROOT, stdout=out, stderr=out, env=environment)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a child: gently, then not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def running(*arguments: str, port: int, path: str = "/") -> Iterator[subprocess.Popen[bytes]]:
    """A child that serves on `port`, from its first answer on."""
    process = start(*arguments)
    try:
        wait_until_up(process, port, path)
        yield process
    finally:
        end(process)


def wait_until_up(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Wait until something on `port` answers `path`, whatever it answers.

    Raises:
        BenchError: the process ended, or nothing answered in two minutes.
    """
    until = time.perf_counter() + _PATIENCE
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise BenchError(f"a child ended before it served (exit code {process.returncode})")
        if answers(port, path) is not None:
            return
        time.sleep(0.005)
    raise BenchError(f"nothing answers on port {port}")


def answers(port: int, path: str) -> int | None:
    """The status with which `path` is answered; None when nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def resident(pid: int) -> int | None:
    """Resident memory of a process now, in bytes; None where the system does not say."""
    return _status(pid, "VmRSS")


def peak(pid: int) -> int | None:
    """The most resident memory since `forget_peak`, in bytes; None where the system does not say."""
    return _status(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Begin a new high-water mark of resident memory (Linux)."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def processor_time(pid: int) -> float | None:
    """The processor time of a process so far, in seconds; None where the system does not say (Linux does)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None


def _status(pid: int, name: str) -> int | None:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return None


def sync_disk() -> None:
    """Let what earlier measurements wrote reach the disk, so that nobody else pays for it."""
    if hasattr(os, "sync"):
        os.sync()
