"""Files for publishing: looked at, compared, digested."""

from pathlib import Path

from catalog.found import FoundFacts
from connector.dataplane.flows import digest_of_file, file_state
from connector.dataplane.sources import inspect_file


class LocalFiles:
    """The port `Files` of publishing."""

    def inspect(self, path: Path) -> FoundFacts:
        """What the machine finds in a file."""
        return inspect_file(path)

    def state(self, path: Path) -> str:
        """What tells, without reading it, that a file has not been touched."""
        return file_state(path)

    def digest(self, path: Path) -> str:
        """The SHA-256 of a file."""
        return digest_of_file(path)
