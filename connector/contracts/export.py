"""Putting an evidence file together (format "mmd-evidence/1", described in `docs/evidence.md`)."""

import base64
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from connector.canonical import CanonicalError, canonical_bytes, digest, digest_bytes, parse_json
from connector.clock import format_time
from connector.contracts import layout
from connector.contracts.agreement import digest_of
from connector.contracts.annexes import DOCUMENT, annexes_named
from connector.contracts.archive import write_archive
from connector.contracts.documents import SignerException
from connector.contracts.rendering import make_rendering
from connector.contracts.shown import digest_of_text, shown_digests
from connector.contracts.signatures import LogProof, Signatures
from connector.contracts.statement import TakenUp, make_statement
from connector.contracts.vocabulary import CONSUMER, EVIDENCE_FORMAT, PROVIDER
from connector.protocol.notices import Seen
from connector.trust.keys import SigningKey


@dataclass(frozen=True)
class Erased:
    """What was erased of a file: when, and what size and digest it would have in the evidence."""

    at: datetime
    size: int
    digest: str


@dataclass(frozen=True)
class Message:
    """One DSP message as it went over the wire: the exporter's copy. Of one that was erased `body` is not looked at."""

    direction: str
    """`sent` or `received`, seen from the exporter."""
    time: datetime
    type: str
    body: bytes
    erased: Erased | None = None


@dataclass(frozen=True)
class PartyEvidence:
    """What the file holds of one party.

    Attributes:
        did_document: a snapshot of its DID document, from the time of signing.
        membership: its membership credential (JWT), exactly as the authority issued it; None when it has none.
        notices: its signed notices, number 1 first.
        log_proof: that its log holds R. Of the exporter's own log, `consistency` (from `make_consistency`) leads on from
            there to the checkpoint of the statement, if that is later; the other party's is left out.
        witnessed: proofs (`tlog-proof`) of the same entry whose checkpoints witnesses have cosigned.
        policy: who has to have cosigned, as its owner has it (`tlog-policy`).
    """

    did_document: dict[str, Any]
    membership: str | None
    notices: Sequence[dict[str, Any]] = ()
    log_proof: LogProof | None = None
    witnessed: Sequence[str] = ()
    policy: str | None = None


@dataclass(frozen=True)
class Exporter:
    """Who exports.

    Attributes:
        role: "provider" or "consumer".
        key: its contract key.
        checkpoint: its own log's newest checkpoint, a signed note.
        now: the moment of the export.
        exception: the peer that it has excepted from signing, where P does not say so.
        taken_up: the other party's evidence out of which it took the contract up, if it had forgotten it.
    """

    role: str
    key: SigningKey
    checkpoint: str | None
    now: datetime
    exception: SignerException | None = None
    taken_up: TakenUp | None = None


@dataclass(frozen=True)
class EvidenceContract:
    """Everything about one contract that goes into its evidence file.

    Attributes:
        agreement: the DSP Agreement as it went over the wire.
        signatures: P, C, R and T, as far as they exist; its log proof is not looked at, that of the party is.
        provider: what there is of the provider.
        consumer: what there is of the consumer.
        dataset: the data set's description from which the offer's id was made.
        exporter: who makes the file.
        messages: the conversation.
        without_personal: leave out messages and annexes, in which people are named; the manifest names their digests
            all the same.
        held_back: of the annexes those that are left out in any case, by digest.
        conflicting: signed documents that contradict another of their author, kept as proof.
        status_lists: the status lists that P and C name, as they were found (JWT).
        attached: files of the parties that the terms name, as far as somebody has attached them.
        shown: the clauses as text that P and C name, as far as the exporter has them.
        annexes: lists of named people and consent receipts that terms and notices name, as far as the exporter has them.
        erased: when those were erased that the exporter has no more, by their digest.
    """

    agreement: dict[str, Any]
    signatures: Signatures
    provider: PartyEvidence
    consumer: PartyEvidence
    dataset: dict[str, Any]
    exporter: Exporter
    messages: Sequence[Message] = ()
    without_personal: bool = False
    held_back: AbstractSet[str] = frozenset()
    conflicting: Sequence[dict[str, Any]] = field(default_factory=tuple)
    status_lists: Sequence[str] = ()
    annexes: Sequence[dict[str, Any]] = ()
    attached: Sequence[bytes] = ()
    shown: Sequence[str] = ()
    erased: Mapping[str, datetime] = field(default_factory=dict)


def build_evidence(contract: EvidenceContract) -> bytes:
    """The evidence file, a ZIP: the same contract at the same moment gives the same bytes.

    Nothing is judged here. Whoever hands in parts that do not fit gets a file that does not verify.
    """
    files = content_files(contract)
    withheld = frozenset(path for path in files if layout.may_be_withheld(path) and _is_left_out(contract, path))
    absent = (_annexes_absent(contract, files) | _shown_named(contract)) - files.keys()
    listed = make_manifest(files, withheld, absent)
    _note_erased(listed["files"], contract)
    manifest = canonical_bytes(listed)
    files = {path: data for path, data in files.items() if path not in withheld}
    statement = canonical_bytes(_statement(contract, digest_bytes(manifest)))
    return write_archive({**files, layout.MANIFEST: manifest, layout.STATEMENT: statement})


def _is_left_out(contract: EvidenceContract, path: str) -> bool:
    return contract.without_personal or (
        path.startswith(layout.ANNEXES) and layout.digest_in(path) in contract.held_back
    )


def _note_erased(listed: dict[str, Any], contract: EvidenceContract) -> None:
    """Say of what was erased when it was, and by which digest it can still be known."""
    for number, message in enumerate(contract.messages, start=1):
        if message.erased is not None:
            listed[layout.message_file(number)] = {
                "bytes": message.erased.size,
                "digest": message.erased.digest,
                "withheld": True,
                layout.ERASED: format_time(message.erased.at),
            }
    for named, at in contract.erased.items():
        path = layout.annex_file(named)
        if path in listed and "absent" in listed[path]:
            listed[path][layout.ERASED] = format_time(at)


def erase_message(message: Message, at: datetime) -> Erased:
    """What is left of a message that is erased: the size and digest of the file that it was in evidence."""
    data = canonical_bytes(_message(message))
    return Erased(at, len(data), digest_bytes(data))


def _annexes_absent(contract: EvidenceContract, files: Mapping[str, bytes]) -> frozenset[str]:
    """Where the annexes that terms and notices name would lie which are not here."""
    here = {layout.digest_in(path) for path in files if path.startswith(layout.ANNEXES)}
    parties = ((PROVIDER, contract.provider), (CONSUMER, contract.consumer))
    notices = ((role, notice) for role, party in parties for notice in party.notices)
    missing = [one for digest, one in annexes_named(contract.agreement, notices).items() if digest not in here]
    return frozenset(
        layout.attached_file(one.digest) if one.kind == DOCUMENT else layout.annex_file(one.digest) for one in missing
    )


def _shown_named(contract: EvidenceContract) -> frozenset[str]:
    signed = contract.signatures
    return frozenset(map(layout.shown_file, shown_digests(signed.credential, signed.countersignature)))


def make_manifest(
    files: Mapping[str, bytes],
    withheld: AbstractSet[str] = frozenset(),
    absent: AbstractSet[str] = frozenset(),
) -> dict[str, Any]:
    """The list of the files with their sizes and digests; manifest and statement are not in it.

    What is withheld is marked so: whoever gets such a file later can compare it with its digest. `absent` are annexes that
    the exporter does not have.
    """
    listed: dict[str, Any] = {
        path: {"bytes": len(data), "digest": digest_bytes(data)} for path, data in sorted(files.items())
    }
    for path in withheld:
        listed[path]["withheld"] = True
    listed |= {path: {"absent": True} for path in absent}
    return {"format": EVIDENCE_FORMAT, "files": listed}


def make_consistency(old_size: int, new_size: int, hashes: Sequence[bytes]) -> dict[str, Any]:
    """That a log only grew between two sizes, for `LogProof.consistency` (RFC 6962, consistency proof)."""
    return {
        "oldSize": old_size,
        "newSize": new_size,
        "hashes": [base64.b64encode(value).decode("ascii") for value in hashes],
    }


def content_files(contract: EvidenceContract) -> dict[str, bytes]:
    """All files but manifest and statement: path to bytes."""
    files = {
        layout.AGREEMENT: canonical_bytes(contract.agreement),
        layout.DATASET: canonical_bytes(contract.dataset),
    }
    for name, document in contract.signatures.to_json().items():
        if name in layout.SIGNATURE_NAMES:
            files[layout.signature_file(name)] = canonical_bytes(document)
    for role, party in ((PROVIDER, contract.provider), (CONSUMER, contract.consumer)):
        files |= _party_files(role, party, continued=role == contract.exporter.role)
    for number, message in enumerate(contract.messages, start=1):
        if message.erased is None:
            files[layout.message_file(number)] = canonical_bytes(_message(message))
    for jwt in contract.status_lists:
        data = jwt.encode("ascii")
        files[layout.status_file(digest_bytes(data))] = data
    for data in contract.attached:
        files[layout.attached_file(digest_bytes(data))] = data
    for text in contract.shown:
        files[layout.shown_file(digest_of_text(text))] = text.encode("utf-8")
    for document in contract.annexes:
        data = canonical_bytes(document)
        files[layout.annex_file(digest_bytes(data))] = data
    for number, document in enumerate(contract.conflicting, start=1):
        files[layout.conflicting_file(number)] = canonical_bytes(document)
    files[layout.DOCUMENT] = canonical_bytes(make_rendering(files))
    return files


def _party_files(role: str, party: PartyEvidence, *, continued: bool) -> dict[str, bytes]:
    files = {layout.did_file(role): canonical_bytes(party.did_document)}
    if party.membership is not None:
        files[layout.membership_file(role)] = party.membership.encode("ascii")
    for number, notice in enumerate(party.notices, start=1):
        files[layout.notice_file(role, number)] = canonical_bytes(notice)
    if party.log_proof is not None:
        files[layout.log_file(role, "entry.json")] = canonical_bytes(party.log_proof.entry)
        files[layout.log_file(role, "proof.tlog")] = party.log_proof.tlog_proof.encode("utf-8")
        if continued and party.log_proof.consistency is not None:
            files[layout.log_file(role, "consistency.json")] = canonical_bytes(party.log_proof.consistency)
        for number, proof in enumerate(party.witnessed, start=1):
            files[layout.witnessed_file(role, number)] = proof.encode("utf-8")
        if party.policy is not None:
            files[layout.log_file(role, layout.POLICY)] = party.policy.encode("utf-8")
    return files


def _message(message: Message) -> dict[str, Any]:
    return {
        "label": layout.EXPORTERS_COPY,
        "direction": message.direction,
        "time": format_time(message.time),
        "type": message.type,
        "body": base64.b64encode(message.body).decode("ascii"),
        "digest": body_digest(read_body(message.body)),
    }


NO_JSON: Final = object()
"""What a message's body is read as that is no JSON."""


def read_body(body: bytes) -> object:
    """A message's body as JSON; `NO_JSON` where it is none, or breaks a bound."""
    try:
        return parse_json(body, max_bytes=len(body) + 1, floats=True)
    except CanonicalError:
        return NO_JSON


def body_digest(read: object) -> str | None:
    """The digest of a body's canonical form; None for what is no JSON, or has no such form (a fraction)."""
    try:
        return digest(read)
    except CanonicalError:
        return None


def _statement(contract: EvidenceContract, manifest: str) -> dict[str, Any]:
    exporter, termination = contract.exporter, contract.signatures.termination
    side = "assigner" if exporter.role == PROVIDER else "assignee"
    return make_statement(
        issuer=contract.agreement[side],
        key=exporter.key,
        agreement_id=contract.agreement["@id"],
        manifest=manifest,
        highest={PROVIDER: _highest(contract.provider), CONSUMER: _highest(contract.consumer)},
        termination=digest_of(termination, "T") if termination else None,
        checkpoint=exporter.checkpoint,
        exception=exporter.exception,
        now=exporter.now,
        taken_up=exporter.taken_up,
    )


def _highest(party: PartyEvidence) -> Seen | None:
    return Seen(len(party.notices), digest_of(party.notices[-1], "notice")) if party.notices else None
