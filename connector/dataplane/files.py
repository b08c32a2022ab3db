"""Files for publishing: looked at, compared, digested."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from catalog.found import FoundFacts
from connector.dataplane.reading import digest_of_file, file_state
from connector.dataplane.sources import count_rows, inspect_file

_HERE_UP_TO: Final = 8_000_000
"""Bytes up to which a file is looked at in this process; a larger one gets a process of its own, so that nobody waits."""


class LocalFiles:
    """The port `Files` of publishing."""

    def inspect(self, path: Path) -> FoundFacts:
        """What the machine finds in a file. Called from a thread."""
        if path.stat().st_size <= _HERE_UP_TO:
            return inspect_file(path)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            return pool.submit(inspect_file, path).result()

    def count_rows(self, path: Path) -> int | None:
        """How many rows a file has below its header; None when it is no table. Called from a thread."""
        if path.stat().st_size <= _HERE_UP_TO:
            return count_rows(path)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            return pool.submit(count_rows, path).result()

    def state(self, path: Path) -> str:
        """What tells, without reading it, that a file has not been touched."""
        return file_state(path)

    def digest(self, path: Path) -> str:
        """The SHA-256 of a file."""
        return digest_of_file(path)
