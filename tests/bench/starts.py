"""Cold start and idle memory: from the start of the process until `/health` says ok, and resident memory afterwards."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.processes import BenchError, answers, end, resident
from tests.bench.space import initialise, serving

_POLL = 0.005
_SETTLED = 1.0


@dataclass(frozen=True)
class Starts:
    """Seconds of each start, and bytes of resident memory a second after each."""

    seconds: list[float]
    resident: list[int]


def measure_starts(folder: Path, *, times: int) -> Starts:
    """Start the connector of one folder so many times; the very first start, which makes the database, is not counted."""
    _, port = initialise(folder, "starter")
    seconds: list[float] = []
    memory: list[int] = []
    for number in range(times + 1):
        began = time.perf_counter()
        process = serving(folder)
        try:
            while answers(port, "/health") != 200:
                if process.poll() is not None or time.perf_counter() - began > 30:
                    raise BenchError(f"the connector did not start; see {folder / 'serve.log'}")
                time.sleep(_POLL)
            if number:
                seconds.append(time.perf_counter() - began)
                time.sleep(_SETTLED)
                found = resident(process.pid)
                if found is not None:
                    memory.append(found)
        finally:
            end(process)
    return Starts(seconds, memory)
