"""The data plane port: the bytes themselves."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PullRequest:
    """What a consumer needs to pull.

    Attributes:
        url: where, from the DataAddress.
        headers: what opens it, but for the proof.
        proof: makes the proof of possession for one request; None for a bearer token.
        delivery: our id of this use.
        purpose: what for, an IRI.
        person: who asked for it at our side, if that is told.
        target: the file to write; what is there already is resumed.
        digest: what the whole must have, `sha256:` and hexadecimal digits.
        byte_size: how large it must be.
    """

    url: str
    headers: Mapping[str, str]
    proof: Callable[[str, str], str] | None
    delivery: str
    purpose: str
    person: str | None
    target: Path
    digest: str
    byte_size: int


@dataclass(frozen=True, slots=True)
class PushRequest:
    """What a provider needs to push.

    Attributes:
        url: where, from the consumer's DataAddress.
        method: how, when everything is sent from the first byte on.
        headers: what opens it, but for the proof.
        proof: makes the proof of possession for one request; None when none is asked for.
        source: the file to send.
        start: from which byte on.
        byte_size: how large it is.
        media_type: what it is.
        digest: what it has, `sha256:` and hexadecimal digits.
        delivery: the id of this use.
    """

    url: str
    method: str
    headers: Mapping[str, str]
    proof: Callable[[str, str], str] | None
    source: Path
    start: int
    byte_size: int
    media_type: str
    digest: str
    delivery: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where arriving bytes go.

    Attributes:
        target: the file to write.
        start: from which byte on; what the file holds beyond it is dropped.
        byte_size: how large the whole must be.
    """

    target: Path
    start: int
    byte_size: int


class DataPlane(Protocol):
    """Moves bytes."""

    async def pull(self, request: PullRequest, progress: Callable[[int], None]) -> str:
        """Pull until the file is whole; returns its digest. `progress` is told the bytes that are there.

        Raises:
            FlowRefused: the provider says no.
            FlowBroken: the line was cut; call again to resume.
        """
        ...

    async def push(self, request: PushRequest, progress: Callable[[int], None]) -> None:
        """Send the file, from `start` to its end. `progress` is told how many of its bytes were given to the line.

        Raises:
            FlowRefused: the consumer says no.
            FlowBroken: the line was cut, or the consumer has another part than we thought; ask `arrived` and go on.
        """
        ...

    async def arrived(self, request: PushRequest) -> int | None:
        """How many bytes the consumer has of what we push; None when it cannot say.

        Raises:
            FlowRefused: the consumer says no.
            FlowBroken: it does not answer.
        """
        ...

    async def receive(
        self, arrival: Arrival, parts: AsyncIterator[bytes], progress: Callable[[int], None]
    ) -> tuple[int, str]:
        """Write what arrives; returns how many bytes are there then, and the digest of all of them.

        Raises:
            FlowRefused: more arrives than the contract names, or it cannot be stored.
        """
        ...
