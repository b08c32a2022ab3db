"""A file, inspected: size, digest and profile, in memory that does not grow with the file."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from catalog.card import FoundFacts
from catalog.profile import Profiler
from connector.dataplane.sources.errors import SourceError
from connector.dataplane.sources.opening import open_table
from connector.dataplane.sources.scan import BLOCK

OnProgress = Callable[[int, int], None]
"""Is told how many bytes of how many have been worked through; the last call says all of them."""


def inspect_file(path: Path, on_progress: OnProgress | None = None) -> FoundFacts:
    """What can be found in a file without asking anybody.

    A text file is looked through once quickly (encoding, lines) and then read, profiled and digested together; a
    spreadsheet is digested first and then read.

    Args:
        path: the file; nothing may write to it meanwhile.
        on_progress: called about once for each 256 KiB of a text file, in the calling thread; for a spreadsheet, which
            is not read in order, only at the beginning and at the end.

    Raises:
        SourceError: it cannot be read as a table, has no rows, or changed while it was read.
    """
    tell = on_progress or (lambda _done, _total: None)
    if not path.is_file():
        raise SourceError("not-found", name=path.name)
    total = path.stat().st_size
    tell(0, total)
    table = open_table(path)
    profiler = Profiler(table.columns)
    spreadsheet = table.format.sheet is not None
    digested = _Digested(lambda done: None if spreadsheet else tell(min(done, total), total))
    if spreadsheet:
        _digest_alone(path, digested)
    for batch in table.batches(watch=digested.watch):
        profiler.add(batch)
    profile = profiler.finish()
    if digested.count != total or path.stat().st_size != total:
        raise SourceError("changed")
    if not profile.rows:
        raise SourceError("no-rows")
    tell(total, total)
    return FoundFacts(
        file_name=path.name,
        byte_size=total,
        digest="sha256:" + digested.hash.hexdigest(),
        media_type=table.format.media_type,
        encoding=table.format.encoding,
        delimiter=table.format.delimiter,
        sheet=table.format.sheet,
        profile=profile,
    )


def count_rows(path: Path) -> int | None:
    """How many rows a file has below its header, as they are counted when it is published; None when it is no table."""
    try:
        return sum(len(batch.rows) for batch in open_table(path).batches())
    except SourceError:
        return None


class _Digested:
    """Digests and counts the bytes that it is shown."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self.hash = hashlib.sha256()
        self.count = 0
        self._tell = tell

    def watch(self, data: bytes) -> None:
        self.hash.update(data)
        self.count += len(data)
        self._tell(self.count)


def _digest_alone(path: Path, digested: _Digested) -> None:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digested.watch(block)
