"""The store port: units of work over records.

Demands: a unit of work is all or nothing; it is durable when `write` returns (full sync); units of work are serial per
process of the protocol; `after_commit` runs only when it is durable. A unit of work never waits for a peer.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from connector.audit.tiles import Tile
from connector.canonical import JsonObject
from connector.ports.desk import ApprovalRecord, RuleRecord, WaitingRecord
from connector.ports.records import (
    Act,
    AnchorListRecord,
    Answered,
    AskedRecord,
    AttachedRecord,
    ConsentRecord,
    ContractRecord,
    CosignedCheckpoint,
    CredentialRequestRecord,
    DatasetRecord,
    DecisionRecord,
    DeliveryRecord,
    DutyRecord,
    Exchange,
    FreeSpace,
    HeldCredential,
    IssuedRecord,
    LastApplied,
    Listing,
    LogEntry,
    LogEpochRecord,
    LogHead,
    LostKeyRecord,
    MemberRecord,
    MembershipRecord,
    MessageRecord,
    NamedListRecord,
    NoticeRecord,
    Offered,
    OfferRecord,
    OutboxRow,
    PeerRecord,
    PeopleRecord,
    Position,
    PresentedRecord,
    SeenCheckpoint,
    ShownTextRecord,
    StatusListRecord,
    Tally,
    Timer,
    UploadRecord,
    WitnessedLog,
)
from connector.protocol.negotiation import ContractNegotiation
from connector.protocol.transfer import TransferProcess

R = TypeVar("R")
T = TypeVar("T")


class Records(Protocol[R]):
    """A table of records of one kind."""

    def get(self, key: Any) -> R | None:
        """The record with this key."""
        ...

    def add(self, record: R) -> R:
        """Write a new record; returns it with its number where the store counts: upwards, no number twice.

        Raises:
            Duplicate: there is one with this key. It may come as late as at the end of the unit of work, which then fails.
        """
        ...

    def put(self, record: R) -> None:
        """Write a record over the one with its key, or as a new one."""
        ...

    def delete(self, key: Any) -> None:
        """Remove the record with this key, if it is there."""
        ...

    def find(self, *, newest_first: bool = False, limit: int | None = None, **equal: Any) -> Sequence[R]:
        """All records whose columns equal these values, in the order of writing; contracts of one moment by their id."""
        ...

    def count(self, **equal: Any) -> int:
        """How many there are."""
        ...

    def page(
        self, *, limit: int, after: R | None = None, beginning: tuple[str, str] | None = None, **equal: Any
    ) -> Sequence[R]:
        """A page of them, newest first; as quick with a hundred thousand as with a hundred.

        Args:
            limit: at most so many.
            after: the last record of the page before.
            beginning: a column of text, and what its value begins with.
            equal: columns and their values.
        """
        ...

    def between(self, least: str, most: str, *, limit: int) -> Sequence[R]:
        """Those whose keys lie between these two, both included, in the order of their keys."""
        ...

    def delete_beginning(self, prefix: str) -> None:
        """Remove all records whose key begins so. Not for records that are kept in memory."""
        ...

    def keys(self, beginning: str, limit: int) -> Sequence[str]:
        """The keys that begin so, at most `limit` of them; for records whose key is a text."""
        ...


class Exchanges(Protocol):
    """What went over the line lately: many rows, written together, thrown away oldest first."""

    def add(self, exchanges: Sequence[Exchange]) -> None:
        """Write them behind the others, in this order."""
        ...

    def of(self, process: str, limit: int) -> Sequence[Exchange]:
        """Those of a process, in the order of writing; the latest when there are more than `limit`."""
        ...

    def latest(self, limit: int, *, peer: str | None = None, failed: bool = False) -> Sequence[Exchange]:
        """The latest, newest first; of one peer, or only those that were refused or never answered.

        Only the newest thousands are looked through for failed ones.
        """
        ...

    def processes(self, beginning: str, limit: int) -> Sequence[str]:
        """The processes of which something is kept and whose id begins so."""
        ...

    def between(self, after: int, limit: int) -> Sequence[Exchange]:
        """Those with a greater number than this, in the order of writing."""
        ...

    def replace(self, exchanges: Sequence[Exchange]) -> None:
        """Write these over the ones with their numbers."""
        ...

    def prune(self, *, before: str, volume: int, most: int) -> int:
        """Throw away the oldest: what is older than `before`, and what makes the rest weigh more than `volume` bytes.

        Returns how many were thrown away, never more than `most`.
        """
        ...


class Tallies(Protocol):
    """What was used under each contract, counted so that no two can take the last use, whoever shares the database.

    Whoever wants to count reads (`of`), judges by what was read, and adds on the condition that it is still so (`add`).
    """

    def of(self, contract: str) -> Tally:
        """What is counted now; never from memory. All zero for a contract that nobody has used."""
        ...

    def add(self, contract: str, seen: Tally, now: Tally) -> bool:
        """Set the tally to `now`, if it still is what was `seen`; whether it was.

        After a True nobody else can count for this contract until this unit of work is over; one that is undone has not
        counted. False: somebody was quicker; nothing has changed, and `of` tells what he has left.
        """
        ...

    def forget(self, contract: str) -> None:
        """Remove the tally of a contract that is removed itself."""
        ...

    def used_since(self, contract: str, moment: str) -> Sequence[str]:
        """When the uses under a contract were reserved that were so after this moment (xsd:dateTime, UTC)."""
        ...


class CatalogIndex(Protocol):
    """The catalog as participants read it: by page, each its own part, at a cost that does not grow with its size."""

    def add(self, listing: Listing, audiences: Sequence[str], values: Sequence[tuple[str, str]]) -> None:
        """List a data set for these audiences (`EVERYBODY`, or DIDs), and under these values of its properties."""
        ...

    def remove(self, dataset: str) -> None:
        """Take a data set out, for everybody."""
        ...

    def page(
        self,
        participant: str,
        limit: int,
        *,
        after: Position | None = None,
        backwards: bool = False,
        value: tuple[str, str] | None = None,
        with_facts: bool = False,
    ) -> Sequence[Listing]:
        """The next listings that this participant may see, in the order of their positions.

        Args:
            participant: its DID.
            limit: how many at most.
            after: only what comes behind this position; from the beginning without it.
            backwards: from the newest to the oldest.
            value: only those with this value of this property.
            with_facts: whether the facts are asked for too.
        """
        ...

    def named(self, participant: str, datasets: Sequence[str]) -> Sequence[Listing]:
        """The listings of these data sets that this participant may see, in the order of their positions."""
        ...

    def offered(self, dataset: str) -> Offered | None:
        """What is shown of a data set; None when it is not published (any more)."""
        ...

    def published(self, limit: int, *, after: Position | None = None) -> Sequence[Position]:
        """What is published, whoever may see it, in the order of publication."""
        ...


class Doubt(StrEnum):
    """Why nothing is signed: which of log, database and mark is behind, or what has to be done first."""

    RESTORED = "restored"
    """The folder came from a backup: the database may be behind what was signed."""
    SET_BACK = "set-back"
    """The database is behind the mark, or behind what somebody has cosigned."""
    FORKED = "forked"
    """The database holds another history than the mark."""
    NO_MARK = "no-mark"
    """The mark is gone: whether the database is behind cannot be said."""
    MARK_UNREADABLE = "mark-unreadable"
    MARK_UNWRITABLE = "mark-unwritable"
    LOG_BROKEN = "log-broken"
    """The entries do not give the checkpoint: no log can go on from there."""
    KEYS_BEHIND = "keys-behind"
    """The file that says which of our logs is in use is behind the database."""
    EPOCH_BEGUN = "epoch-begun"
    """A new log was decided on and has no entry yet."""
    UNBOUND = "unbound"
    """A new log has been opened, and no membership binds it yet."""


class Log(Protocol):
    """Our append-only log: the one in use, and those before it, which nothing is added to any more (`epoch`, from 1)."""

    doubt: Doubt | None
    """Why nothing is signed; None when all is well."""

    @property
    def epoch(self) -> int:
        """Which of our logs is in use."""
        ...

    def newest(self) -> int:
        """The newest of our logs that has an entry; 0 for none."""
        ...

    def head(self, epoch: int | None = None) -> LogHead | None:
        """Its newest checkpoint, or that of an earlier log; None before the first leaf."""
        ...

    def root_at(self, size: int, epoch: int | None = None) -> bytes:
        """The root over the first `size` leaves.

        Raises:
            ProofError: it is not that large.
        """
        ...

    def open_epoch(self, commits_to: str, now: datetime, *, unbound: str | None) -> LogEntry:
        """Append the first leaf of a new log, although signing is suspended: it says that the one before goes no further.

        Args:
            commits_to: the digest of the statement about it.
            now: the time.
            unbound: why nothing more is signed before a membership binds this log (`Doubt.UNBOUND`); None if more may be.

        Raises:
            SigningSuspended: this log has entries already.
        """
        ...

    def release(self, *doubts: Doubt) -> None:
        """Sign again, if nothing but one of these stands against it; once this unit of work is durable."""
        ...

    def append(self, kind: str, commits_to: str, now: datetime, extra: JsonObject | None = None) -> LogEntry:
        """Append a salted leaf and sign the checkpoint, in this unit of work.

        Raises:
            SigningSuspended: log, database and high-water mark disagree; nothing is signed until reconciled.
        """
        ...

    def append_salted(self, kind: str, content: JsonObject, now: datetime) -> LogEntry:
        """As `append`, committing to content that itself stays outside: its digest is taken together with the salt.

        Raises:
            SigningSuspended: as `append`.
        """
        ...

    def check_may_sign(self) -> None:
        """Whether anything may be signed, or counted on, now.

        Raises:
            SigningSuspended: as `append`.
        """
        ...

    def suspend(self, why: str, doubt: Doubt = Doubt.SET_BACK) -> None:
        """Sign nothing more until that is reconciled: somebody has seen more of this log than there is."""
        ...

    def consistency(self, old_size: int, new_size: int, epoch: int | None = None) -> list[bytes]:
        """The consistency proof between two of our sizes (RFC 6962, 2.1.2)."""
        ...

    def entry(self, index: int) -> JsonObject:
        """The entry at this place.

        Raises:
            KeyError: there is none.
        """
        ...

    def tile(self, tile: Tile) -> bytes:
        """The hashes of a tile of the newest tree (C2SP `tlog-tiles`).

        Raises:
            ProofError: there is no such tile yet.
        """
        ...

    def proof_in(self, index: int, note: str, epoch: int | None = None) -> str:
        """As `tlog_proof`, but in the tree of this checkpoint of ours, which may be older, and cosigned.

        Raises:
            ProofError: the checkpoint is older than the leaf.
        """
        ...

    def tlog_proof(self, index: int) -> str:
        """The inclusion proof of a leaf in the newest tree, as a tlog-proof text with the newest checkpoint."""
        ...


class UnitOfWork(Protocol):
    """One transaction."""

    negotiations: Records[ContractNegotiation]
    transfers: Records[TransferProcess]
    answered: Records[Answered]
    timers: Records[Timer]
    last_applied: Records[LastApplied]
    outbox: Records[OutboxRow]
    messages: Records[MessageRecord]
    contracts: Records[ContractRecord]
    notices: Records[NoticeRecord]
    deliveries: Records[DeliveryRecord]
    people_lists: Records[PeopleRecord]
    duties: Records[DutyRecord]
    datasets: Records[DatasetRecord]
    offers: Records[OfferRecord]
    consents: Records[ConsentRecord]
    decisions: Records[DecisionRecord]
    uploads: Records[UploadRecord]
    peers: Records[PeerRecord]
    checkpoints: Records[SeenCheckpoint]
    witnessed: Records[WitnessedLog]
    cosigned: Records[CosignedCheckpoint]
    memberships: Records[MembershipRecord]
    presented: Records[PresentedRecord]
    members: Records[MemberRecord]
    issued: Records[IssuedRecord]
    asked: Records[AskedRecord]
    credentials: Records[HeldCredential]
    credential_requests: Records[CredentialRequestRecord]
    status_lists: Records[StatusListRecord]
    anchor_lists: Records[AnchorListRecord]
    named_lists: Records[NamedListRecord]
    attached: Records[AttachedRecord]
    shown_texts: Records[ShownTextRecord]
    lost_keys: Records[LostKeyRecord]
    waiting: Records[WaitingRecord]
    approvals: Records[ApprovalRecord]
    rules: Records[RuleRecord]
    acts: Records[Act]
    free_space: Records[FreeSpace]
    epochs: Records[LogEpochRecord]
    tallies: Tallies
    catalog: CatalogIndex
    exchanges: Exchanges
    log: Log

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once this unit of work is durable, and not at all when it is undone."""
        ...


class Store(Protocol):
    """Keeps everything that must survive."""

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in one transaction; durable when this returns; undone when `work` raises.

        Raises:
            StoreFull: the disk has no room; nothing was written.
        """
        ...

    async def write_soon(self, work: Callable[[UnitOfWork], T]) -> T:
        """As `write`, in the same order, but for what nobody waits for: it may share a later transaction.

        At the latest a moment later it is written anyway. Only for what may be lost in a crash and is found out again.
        """
        ...

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` on a consistent view; it writes nothing."""
        ...

    async def scrub(self) -> None:
        """See to it that nothing is left, in any file of the store, of what was removed or written over.

        All that is kept is written anew; meanwhile nothing else is read or written.

        Raises:
            StoreFull: there is no room for it; everything is as it was.
        """
        ...

    async def use_token_once(self, issuer: str, jti: str, expires_at: datetime) -> bool:
        """Whether this identity token has not been used before; from now on it has. Survives a restart."""
        ...


class StoreError(Exception):
    """What a store may raise."""


class Duplicate(StoreError):
    """A record with this key exists."""


class StoreFull(StoreError):
    """No room on the disk; nothing was written."""


class SigningSuspended(StoreError):
    """Log, database and high-water mark disagree: nothing is signed until a person has looked (decision 5, 8)."""
