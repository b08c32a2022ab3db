"""The port of evidence that a person has laid into our folder, because our own records are lost."""

from typing import Protocol


class ReturnedEvidence(Protocol):
    """What waits to be taken up."""

    def waiting(self) -> list[str]:
        """The names of those that are still to be taken up."""
        ...

    def read(self, name: str) -> bytes:
        """One of them."""
        ...

    def done(self, name: str) -> None:
        """It was taken up; the file stays."""
        ...
