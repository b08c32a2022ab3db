"""A request for data as it came, and what it becomes: a use that runs, or a look that is none."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from connector.ports.records import ContractRecord, DatasetRecord, DeliveryRecord
from connector.protocol.formats import Way
from connector.protocol.transfer import TransferProcess
from connector.services.facts import Occasion
from policies.context import TransferContext


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequest:
    """A request for data: the headers that matter, unread.

    Attributes:
        url: as the proof of possession has to name it.
        delivery: the consumer's id of this use (`Mmd-Delivery`); None from a client that does not know this header.
        range: the `Range` header.
    """

    transfer: str
    method: str
    url: str
    authorization: str | None
    proof: str | None
    delivery: str | None = None
    purpose: str | None = None
    person: str | None = None
    range: str | None = None
    if_range: str | None = None
    if_match: str | None = None
    if_none_match: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a use is to be: judged and counted under `delivery`, sent from byte `start` on.

    Attributes:
        minted: whether its id is ours, so that the ETag has to carry it.
    """

    transfer: str
    delivery: str
    purpose: str
    person: str | None
    start: int = 0
    minted: bool = False
    way: Way = Way.PULL


@dataclass(frozen=True, slots=True)
class Looked:
    """A request that was no use: HEAD, or a condition that says that nothing has changed."""

    dataset: DatasetRecord
    etag: str
    unchanged: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How many streams may be open at once, and how long one may stand still.

    Attributes:
        per_participant: to one participant.
        in_all: to all.
        idle: seconds in which at least one byte must have been taken.
    """

    per_participant: int = 64
    in_all: int = 2_000
    idle: float = 120.0


@dataclass(slots=True, eq=False)
class Use:
    """A use that is running: which bytes to send, and on which terms.

    Attributes:
        etag: the strong ETag under which it can be resumed.
        occasion, context: what it was judged by; judged again while it runs, for time passes and facts change.
        confirmed: whether all that was sent has arrived, as far as that is ours to say: what is pushed counts as
            delivered only when the receiver has said so.
        sent: bytes given to the line.
        moved: when the last of them were, by the loop's clock.
        cut: done with the reason, when it must stop.
    """

    delivery: DeliveryRecord
    transfer: TransferProcess
    occasion: Occasion
    path: Path
    start: int
    etag: str
    context: TransferContext
    confirmed: bool = True
    sent: int = 0
    moved: float = 0.0
    cut: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def contract(self) -> ContractRecord:
        """The contract as it was when the use began."""
        return self.occasion.contract

    @property
    def dataset(self) -> DatasetRecord:
        """The data set as it was when the use began."""
        return self.occasion.dataset

    @property
    def end(self) -> int:
        """One past the last byte."""
        return self.dataset.byte_size

    def stop(self, reason: str) -> None:
        """Not a byte more; the first reason counts."""
        if not self.cut.done():
            self.cut.set_result(reason)
