"""A process that has imported everything and does nothing but fork: each fork becomes one life of one connector.

It is forked itself before anything here has a loop or a thread, and dies with whoever made it.
"""

import json
import os
import signal
import socket
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tests.faults import mortal
from tests.faults.mortal import Death

_LARGEST: Final = 4096


class Zygote:
    """The end of whoever asks for lives."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._line = ours
        self._pid = os.fork()
        if self._pid == 0:
            ours.close()
            _serve(theirs)
        theirs.close()

    def begin(self, directory: Path, *, death: Death | None = None, people: bool = False) -> tuple[int, int]:
        """A new life of the connector in a folder; its process id, and the pipe over which it tells what happens."""
        asked = {"directory": str(directory), "death": asdict(death) if death else None, "people": people}
        self._line.sendall(json.dumps(asked).encode())
        said, descriptors, _, _ = socket.recv_fds(self._line, 64, 1)
        return int(said), descriptors[0]

    def end(self) -> None:
        """No more lives; those that are left end."""
        self._line.close()
        os.waitpid(self._pid, 0)


def _serve(line: socket.socket) -> None:
    os.setpgid(0, 0)
    mortal.prepare()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are not waited for here: a pipe tells of them
    while asked := line.recv(_LARGEST):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            line.close()
            os.close(reading)
            _live(json.loads(asked), writing)
        os.close(writing)
        socket.send_fds(line, [str(pid).encode()], [reading])
        os.close(reading)
    os.killpg(0, signal.SIGKILL)


def _live(asked: dict[str, Any], pipe: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = 1
    death = Death(**asked["death"]) if asked["death"] else None
    try:
        code = mortal.live(Path(asked["directory"]), death=death, pipe=pipe, people=asked["people"])
    except BaseException:  # noqa: BLE001 - the last one who hears of it: it goes into the log of this life
        traceback.print_exc()
    finally:
        os._exit(code)
