"""The data plane port: the bytes themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PullRequest:
    """What a consumer needs to pull.

    Attributes:
        url: where, from the DataAddress.
        scheme: `DPoP` (bound to our key) or `Bearer`.
        token: the access token of the DataAddress.
        proof: makes the proof of possession for one request; None for a bearer token.
        delivery: our id of this use.
        purpose: what for, an IRI.
        person: who asked for it at our side, if that is told.
        target: the file to write; what is there already is resumed.
        digest: what the whole must have, `sha256:` and hexadecimal digits.
        byte_size: how large it must be.
    """

    url: str
    scheme: str
    token: str
    proof: Callable[[str, str], str] | None
    delivery: str
    purpose: str
    person: str | None
    target: Path
    digest: str
    byte_size: int


class DataPlane(Protocol):
    """Moves bytes."""

    async def pull(self, request: PullRequest, progress: Callable[[int], None]) -> str:
        """Pull until the file is whole; returns its digest. `progress` is told the bytes that are there.

        Raises:
            PullRefused: the provider says no.
            PullBroken: the line was cut; call again to resume.
        """
        ...
