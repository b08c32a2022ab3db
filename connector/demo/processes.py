"""Operating-system processes: each in a group of its own, and all of them ended when the demo ends, however it ends."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from connector.demo.errors import DemoError

T = TypeVar("T")
COMMAND_TIME: Final = 60.0
"""Seconds that one `mmd` command may take."""
_LOOK: Final = 0.5
"""Seconds after which a command that still runs makes us look whether every connector is alive."""
_GRACE: Final = 6.0
"""Seconds to end in order before a process is killed."""
_AT_ONCE: Final = max(2, os.cpu_count() or 2)


@dataclass(frozen=True)
class Finished:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


class Processes:
    """All children of one demo: connectors that stay, and commands that come and go.

    Args:
        shared: a descriptor that the connectors inherit (the lock on the folder), so that a folder whose connectors live
            stays locked; None where there is none.
    """

    def __init__(self, shared: int | None = None) -> None:
        self._shared = shared
        self._living: set[subprocess.Popen[str]] = set()
        self._serving: dict[subprocess.Popen[str], Path] = {}
        self._guard = threading.Lock()
        self._ended = False

    def serve(self, arguments: Sequence[str], log: Path) -> "subprocess.Popen[str]":
        """Start `mmd …` and leave it running; what it prints goes to the end of `log`."""
        with log.open("ab") as output:
            inherited = () if self._shared is None or sys.platform == "win32" else (self._shared,)
            process = self._start(arguments, stdout=output, stderr=subprocess.STDOUT, pass_fds=inherited)
        self._serving[process] = log
        return process

    def run(self, arguments: Sequence[str]) -> Finished:
        """Run `mmd …` to its end.

        Raises:
            DemoError: it does not end, or a connector has ended meanwhile.
        """
        process = self._start(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.monotonic() + COMMAND_TIME
        while True:
            try:
                out, err = process.communicate(timeout=_LOOK)
            except subprocess.TimeoutExpired:
                problem = self._problem(end)
                if problem is None:
                    continue
                self.stop([process])
                process.communicate()  # closes the pipes
                raise DemoError(f"mmd {' '.join(arguments)}: {problem}") from None
            with self._guard:
                self._living.discard(process)
            return Finished(process.returncode, out, err)

    def stop(self, processes: Iterable["subprocess.Popen[str]"]) -> None:
        """End these, in order where they can, by force where they do not within a few seconds."""
        processes = list(processes)
        for process in processes:
            self._serving.pop(process, None)
        for process in processes:
            _signal_group(process, force=False)
        end = time.monotonic() + _GRACE
        for process in processes:
            try:
                process.wait(max(0.05, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(process, force=True)
                process.wait()
        with self._guard:
            self._living.difference_update(processes)

    def end(self) -> None:
        """End every child; from now on none can be started."""
        with self._guard:
            self._ended = True
            living = list(self._living)
        self.stop(living)

    def leave(self) -> None:
        """Let those that run go on without us."""
        with self._guard:
            self._ended = True
            self._living.clear()

    @property
    def ended(self) -> bool:
        """Whether everything has been called off."""
        return self._ended

    def together(self, calls: Sequence[Callable[[], T]], *, done: Callable[[], object] | None = None) -> list[T]:
        """Do several things at once, as many as there are processors; the results come in order.

        If one fails, or Ctrl-C comes, every child is ended, so that no thread waits for one any more.
        """

        def one(call: Callable[[], T]) -> T:
            result = call()
            if done is not None:
                done()
            return result

        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            try:
                return [future.result() for future in [pool.submit(one, call) for call in calls]]
            except BaseException:
                self.end()
                raise

    def _problem(self, end: float) -> str | None:
        """Why there is no sense in waiting on."""
        for process, log in list(self._serving.items()):
            if process.poll() is not None:
                return f"a connector has ended by itself, with exit code {process.returncode} ({log})"
        return f"no end after {COMMAND_TIME:.0f} seconds" if time.monotonic() > end else None

    def _start(self, arguments: Sequence[str], **how: Any) -> "subprocess.Popen[str]":
        with self._guard:
            if self._ended:
                raise DemoError("the demo is ending")
            process: subprocess.Popen[str] = subprocess.Popen(
                [sys.executable, "-m", "connector", *arguments],
                stdin=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
                env=_environment(os.environ),
                **_own_group(),
                **how,
            )
            self._living.add(process)
        return process


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Ours without any setting of a connector: those of the person who watches are not meant for these companies."""
    kept = {name: value for name, value in environ.items() if not name.upper().startswith("MMD_")}
    return {**kept, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}


def _own_group() -> dict[str, Any]:
    """A group of its own: Ctrl-C reaches the demo alone, which then ends the whole group of each child."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _signal_group(process: "subprocess.Popen[str]", *, force: bool) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        # A venv's python.exe is a launcher with the interpreter in a job of its own: both end together.
        process.kill() if force else process.send_signal(signal.CTRL_BREAK_EVENT)
        return
    try:
        os.killpg(process.pid, signal.SIGKILL if force else signal.SIGTERM)
    except ProcessLookupError:
        process.wait()
