"""What must be true of the two folders when everything has settled, whatever happened on the way."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from connector.audit.checkpoint import open_checkpoint
from connector.audit.entries import entry_bytes
from connector.audit.merkle import leaf_hash, root_from_leaves
from connector.canonical import digest
from connector.clock import SystemClock
from connector.contracts.evidence import verify_evidence
from connector.founding import DATABASE, identity_of
from connector.ports.records import ContractRecord, DeliveryRecord, NoticeRecord, OutboxRow, SeenCheckpoint, Tally
from connector.protocol.negotiation import ContractNegotiation
from connector.protocol.transfer import TransferProcess
from connector.services.identity import Identity
from connector.settings import load_settings
from connector.store.folder import HighWaterFile
from connector.store.log import LogSigner
from connector.store.sqlite import open_sqlite
from connector.trust.anchors import TrustFile
from tests.faults.scenarios import NEGOTIATION_ENDS, TRANSFER_ENDS

LOST, DOUBLED, STUCK, DIFFER, ORPHAN, LOG, FAILED = "lost", "doubled", "stuck", "differ", "orphan", "log", "failed"
KINDS: Final = (LOST, DOUBLED, STUCK, DIFFER, ORPHAN, LOG, FAILED)
Violation: TypeAlias = tuple[str, str]
"""Its kind, and a sentence."""


@dataclass
class Kept:
    """What a folder holds."""

    name: str
    directory: Path
    identity: Identity
    suspended: str | None
    negotiations: dict[str, ContractNegotiation]
    transfers: dict[str, TransferProcess]
    contracts: dict[str, ContractRecord]
    tallies: dict[str, Tally]
    deliveries: dict[str, DeliveryRecord]
    notices: list[NoticeRecord]
    outbox: list[OutboxRow]
    seen: list[SeenCheckpoint]
    entries: list[Any]
    head: Any


async def kept_in(name: str, directory: Path) -> Kept:
    """Open a folder as a start would, and read all of it."""
    identity = identity_of(load_settings(directory))
    signer = LogSigner(identity.log_origin, identity.log_key.key.sign, identity.log_key.key.public.raw())
    store = open_sqlite(directory / DATABASE, signer, SystemClock(), high_water=directory / "log.highwater")

    def read(unit: Any) -> Kept:
        head = unit.log.head()
        return Kept(
            name,
            directory,
            identity,
            store.suspended,
            {n.id: n for n in unit.negotiations.find()},
            {t.id: t for t in unit.transfers.find()},
            {c.id: c for c in unit.contracts.find()},
            {c.id: unit.tallies.of(c.id) for c in unit.contracts.find()},
            {d.id: d for d in unit.deliveries.find()},
            list(unit.notices.find()),
            list(unit.outbox.find()),
            list(unit.checkpoints.find()),
            [unit.log.entry(index) for index in range(head.size if head else 0)],
            head,
        )

    try:
        return await store.read(read)
    finally:
        store.close()


def check(provider: Kept, consumer: Kept) -> list[Violation]:
    """All that is wrong between the two."""
    found: list[Violation] = []
    for what, ends in (("negotiation", NEGOTIATION_ENDS), ("transfer", TRANSFER_ENDS)):
        theirs, ours = (list(getattr(side, f"{what}s").values()) for side in (provider, consumer))
        found += _processes(what, ends, theirs, ours)
    for compare in (_contracts, _notices, _uses, _deliveries):
        found += compare(provider, consumer)
    for one, other in ((provider, consumer), (consumer, provider)):
        found += [*_orphans(one), *_log(one), *_seen(one, other), *_said_in_its_log(one)]
    return found


def check_evidence(name: str, data: bytes, trust: TrustFile) -> list[Violation]:
    """What an auditor says of an evidence file."""
    verdict = verify_evidence(data, trust=trust, now=SystemClock().now())
    if verdict.outcome == "verified":
        return []
    said = [f"{c.id} {c.verdict} {c.reason}" for c in verdict.checks if c.verdict not in ("ok", "skipped")]
    return [(FAILED, f"the {name}'s evidence is {verdict.outcome}: {verdict.summary_code} {said}")]


def _processes(what: str, ends: frozenset[str], theirs: list[Any], ours: list[Any]) -> Iterator[Violation]:
    """Negotiations or transfers of provider and consumer: the same ones, over, in the same state or with a reason."""
    begun = {process.their_pid: process for process in theirs}
    for mine in ours:
        other = begun.pop(mine.id, None)
        if other is None:
            if mine.state != "TERMINATED" or not mine.problem:
                yield LOST, f"the provider knows nothing of {what} {mine.id}: {_shown(mine)}"
        elif mine.state != other.state:
            yield DIFFER, f"{what} {mine.id}: consumer {_shown(mine)}, provider {_shown(other)}"
        elif mine.their_pid != other.id:
            yield DIFFER, f"{what} {mine.id} is bound to {mine.their_pid}, the provider's is {other.id}"
    for other in begun.values():
        yield DOUBLED, f"the provider has a {what} {other.id} that the consumer never began"
    for one in (*theirs, *ours):
        if one.state not in ends or one.pending:
            yield STUCK, f"the {one.role}'s {what} is {_shown(one)}"
        elif one.state == "TERMINATED" and not one.problem:
            yield FAILED, f"the {one.role}'s {what} {one.id} is terminated without a reason"
        elif one.problem and str(one.problem.get("title", "")).endswith("confirmed yet"):
            yield FAILED, f"the {one.role}'s {what}: everything is confirmed, but it says {one.problem}"


def _shown(process: Any) -> str:
    return f"{process.state} with {list(process.pending)} pending, {process.problem}"


def _contracts(provider: Kept, consumer: Kept) -> Iterator[Violation]:
    for side in (provider, consumer):
        agreed = Counter(c.negotiation for c in side.contracts.values())
        for negotiation in side.negotiations.values():
            count = agreed.pop(negotiation.id, 0)
            if negotiation.state == "FINALIZED" and count != 1:
                yield DOUBLED if count else LOST, f"{side.name}: {count} contracts of a finalized negotiation"
            if count > 1:
                yield DOUBLED, f"{side.name}: {count} contracts of negotiation {negotiation.id}"
        for orphan in agreed:
            yield ORPHAN, f"{side.name}: a contract of negotiation {orphan}, which is not there"
    finalized = {n.id for n in provider.negotiations.values() if n.state == "FINALIZED"}
    for contract in provider.contracts.values():
        if contract.negotiation in finalized:
            yield from _same(contract, consumer.contracts.get(contract.id))
    for name in consumer.contracts.keys() - provider.contracts.keys():
        yield DOUBLED, f"the consumer has a contract {name} that the provider does not know"


def _same(contract: ContractRecord, other: ContractRecord | None) -> Iterator[Violation]:
    if other is None:
        yield LOST, f"the consumer lacks contract {contract.id}"
        return
    if set(contract.signatures) != {"P", "C", "R"} or contract.signatures != other.signatures:
        yield DIFFER, f"contract {contract.id}: signatures {sorted(contract.signatures)} and {sorted(other.signatures)}"
    for what in ("agreement", "countersignature_digest"):
        if getattr(contract, what) != getattr(other, what):
            yield DIFFER, f"contract {contract.id}: the two have another {what}"
    for name, one in (("provider", contract), ("consumer", other)):
        if one.confirmed_at is None:
            yield STUCK, f"contract {contract.id} is not confirmed at the {name}"
        if one.problem is not None:
            yield FAILED, f"contract {contract.id} has a problem at the {name}: {one.problem}"
    if (contract.withdrawn_at is None) != (other.withdrawn_at is None):
        yield DIFFER, f"contract {contract.id} is withdrawn on one side only"


def _notices(provider: Kept, consumer: Kept) -> Iterator[Violation]:
    ours, theirs = ({n.key: n.digest for n in side.notices} for side in (provider, consumer))
    for key in ours.keys() ^ theirs.keys():
        yield LOST, f"only one side holds notice {key}"
    for key in ours.keys() & theirs.keys():
        if ours[key] != theirs[key]:
            yield DOUBLED, f"two different notices {key}"
    for notice in provider.notices:
        if notice.kind == "conflicting":
            yield DOUBLED, f"conflicting notices are kept: {notice.key}"


def _uses(provider: Kept, consumer: Kept) -> Iterator[Violation]:
    for contract in provider.contracts.values():
        reserved = [d for d in provider.deliveries.values() if d.contract == contract.id]
        tally = provider.tallies[contract.id]
        if tally != _tally_of(reserved):
            yield DOUBLED, f"{tally} is counted for {len(reserved)} deliveries: {_tally_of(reserved)}"
        asked = [d for d in consumer.deliveries.values() if d.contract == contract.id]
        if not {d.id for d in reserved} <= {d.id for d in asked}:
            yield DOUBLED, "the provider has delivered what nobody asked for"
    for contract in consumer.contracts.values():
        complete = [d for d in consumer.deliveries.values() if d.contract == contract.id and d.state == "complete"]
        tally = consumer.tallies[contract.id]
        if tally != _tally_of(complete):
            yield DOUBLED, f"the consumer counts {tally} for {len(complete)} complete deliveries: {_tally_of(complete)}"


def _tally_of(deliveries: list[DeliveryRecord]) -> Tally:
    rows, sizes = sum(d.rows or 0 for d in deliveries), sum(d.byte_size for d in deliveries)
    return Tally(len(deliveries), rows, sizes)


def _deliveries(provider: Kept, consumer: Kept) -> Iterator[Violation]:
    for mine in consumer.deliveries.values():
        other = provider.deliveries.get(mine.id)
        if mine.state in ("requested", "running"):
            yield STUCK, f"delivery {mine.id} is {mine.state}"
        elif mine.state != "complete":
            if not mine.problem:
                yield FAILED, f"delivery {mine.id} is {mine.state} without a reason"
        elif other is not None and other.state == "broken" and other.problem and other.other_receipt:
            continue  # it died with the last bytes on their way: it says so, and holds the receiver's word that they came
        elif other is None or other.state != "complete":
            yield DIFFER, f"delivery {mine.id} is complete, at the provider it is {other and other.state}"
        elif not (mine.own_receipt and mine.other_receipt and other.own_receipt and other.other_receipt):
            yield LOST, f"delivery {mine.id} lacks receipts: {mine}, {other}"
    for theirs in provider.deliveries.values():
        if theirs.state in ("requested", "running"):
            yield ORPHAN, f"the provider still sends delivery {theirs.id}"


def _orphans(side: Kept) -> Iterator[Violation]:
    for row in side.outbox:
        yield ORPHAN, f"{side.name}: {row.event} is still due: {row.problem}"
    files = {d.file for d in side.deliveries.values() if d.file is not None}
    received = side.directory / "received"
    there = {file.name for file in received.iterdir()} if received.is_dir() else set()
    for name in there - files:
        yield ORPHAN, f"{side.name}: the file {name} belongs to no complete delivery"
    for name in files - there:
        yield LOST, f"{side.name}: the received file {name} is gone"
    for pattern in ("**/*.new", "**/*.tmp", "published/*.part"):
        for file in side.directory.glob(pattern):
            yield ORPHAN, f"{side.name}: a temporary file {file.name} is left"


def _log(side: Kept) -> Iterator[Violation]:
    if side.suspended is not None:
        yield LOG, f"{side.name}: {side.suspended}"
    if side.head is None:
        return
    root = root_from_leaves([leaf_hash(entry_bytes(entry)) for entry in side.entries])
    if root != side.head.root:
        yield LOG, f"{side.name}: the entries do not give the root of the newest checkpoint"
    key = side.identity.log_key.key.public
    origin = side.identity.log_origin
    checkpoint = open_checkpoint(side.head.note, origin=origin, verify=key.verify, public_raw=key.raw())
    if (checkpoint.size, checkpoint.root) != (len(side.entries), root):
        yield LOG, f"{side.name}: the newest checkpoint is of another tree"
    mark = HighWaterFile(side.directory / "log.highwater").read()
    if mark is None or mark.size > len(side.entries):
        yield LOG, f"{side.name}: the high-water mark says {mark}, the log has {len(side.entries)} entries"
    committed = Counter(str(entry["commitsTo"]) for entry in side.entries)
    for what, count in committed.items():
        if count > 1:
            yield DOUBLED, f"{side.name}: {what} stands {count} times in the log"
    signed = [c.signatures[name] for c in side.contracts.values() for name in ("R", "T") if name in c.signatures]
    wanted = {n.digest for n in side.notices}
    wanted |= {digest(s) for s in signed if s["issuer"] == side.identity.did}
    for what in wanted - committed.keys():
        yield LOST, f"{side.name}: {what} is signed and not in the log"


def _seen(side: Kept, other: Kept) -> Iterator[Violation]:
    """Every checkpoint that the other side holds of our log is one of our log."""
    leaves = [leaf_hash(entry_bytes(entry)) for entry in side.entries]
    for seen in other.seen:
        if seen.origin == side.identity.log_origin and (
            seen.size > len(leaves) or root_from_leaves(leaves[: seen.size]).hex() != seen.root
        ):
            yield LOG, f"the {other.name} holds a checkpoint of size {seen.size} that is not of the {side.name}'s log"


def _said_in_its_log(side: Kept) -> Iterator[Violation]:
    """Nobody caught it: a traceback in the log is an error of ours."""
    text = (side.directory / "serve.log").read_text("utf-8", "replace")
    for line in text.splitlines():
        if '"exception"' in line or line.startswith("Traceback"):
            yield FAILED, f"{side.name} logged an exception: {line[:1500]}"
