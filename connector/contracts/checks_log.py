"""Checks 17, 18 and 28 of an evidence file: the logs that keep R, and the exporter's statement."""

import base64
import binascii
from collections.abc import Iterator

from connector.audit.checkpoint import Checkpoint, peek_checkpoint
from connector.audit.entries import EntryKind
from connector.audit.errors import AuditError
from connector.audit.merkle import leaf_hash, verify_consistency
from connector.audit.proof import read_tlog_proof
from connector.canonical import canonical_bytes, digest_bytes
from connector.clock import format_time
from connector.contracts import layout, rules
from connector.contracts.case import Case, StoredLogProof, Undecided, need
from connector.contracts.checks_signatures import R
from connector.contracts.errors import ContractError
from connector.contracts.finding import Finding
from connector.contracts.notes import entry_in, logged, opened
from connector.contracts.parties import log_key_of, signer_of
from connector.contracts.shape import Members
from connector.contracts.statement import Statement
from connector.contracts.vocabulary import CONSUMER, PROVIDER, ROLES
from connector.protocol.notices import Seen
from connector.trust.keys import PublicKey


def check_log_entry(case: Case) -> Finding:
    """17. The provider's log, the one that R and the membership name, has an entry that commits to this R."""
    receipt = need(case.receipt, R)
    membership = case.memberships.get(PROVIDER)
    if membership is not None and receipt.log_origin != membership.log_origin:
        raise ContractError("log-origin", found=receipt.log_origin, expected=membership.log_origin)
    for role, log in _logs(case):
        path = layout.log_file(role, "entry.json")
        try:
            entry = entry_in(log.entry)
        except AuditError as error:
            raise ContractError("entry-unreadable", problem=error).about(path) from None
        if entry["kind"] != EntryKind.CONTRACT or entry["commitsTo"] != receipt.digest:
            raise ContractError("entry-of-other", found=entry["commitsTo"], expected=receipt.digest).about(path)
    return Finding("entry-holds", {"origin": receipt.log_origin})


def check_log_proof(case: Case) -> Finding:
    """18. The inclusion proof leads from that entry to a checkpoint with the signature of the log's key."""
    facts = {}
    for role, log in _logs(case):
        key, origin = log_key_of(case, role), _origin(case, role, log)
        try:
            index, size = logged(log.proof, leaf_hash(log.entry), origin=origin, key=key)
        except AuditError as error:
            path = layout.log_file(role, "proof.tlog")
            raise ContractError("log-proof", origin=origin, problem=error).about(path) from None
        if role == PROVIDER:
            facts = {"origin": origin, "index": str(index), "size": str(size)}
    return Finding("logged", facts)


def check_statement(case: Case) -> Finding:
    """28. The exporter has signed up to which word the file is complete, and the file agrees with that.

    It is one party's word. That nothing came later is shown by nobody; what is shown is what the exporter answers for.
    """
    unknown = case.unknown.get(layout.STATEMENT)
    if unknown is not None:
        rules.check_signature(unknown, signer_of(case, case.role_of(unknown.issuer) or CONSUMER))
    statement = need(case.statement, layout.STATEMENT)
    if canonical_bytes(statement.document) != case.files[layout.STATEMENT]:
        raise ContractError("statement-form")
    role = case.role_of(statement.issuer)
    if role is None:
        raise ContractError("not-a-party", document="statement", found=statement.issuer)
    rules.check_signature(statement, signer_of(case, role))
    _check_stated(case, statement)
    _check_no_other_consistency(case, role)
    facts = {"exporter": statement.issuer, "time": format_time(statement.valid_from)}
    taken_up = statement.taken_up
    if taken_up is not None and taken_up.by != case.party(CONSUMER if role == PROVIDER else PROVIDER):
        raise ContractError("statement-taken-up", found=taken_up.by)
    if statement.checkpoint is not None:
        checkpoint = _check_checkpoint(case, role, statement.checkpoint)
        facts |= {"origin": checkpoint.origin, "size": str(checkpoint.size)}
    if taken_up is not None:
        return Finding("complete-taken-up", {**facts, "by": taken_up.by, "evidence": taken_up.evidence})
    if statement.checkpoint is None:
        return Finding("complete-without-log", facts)
    return Finding("complete-as-stated", facts)


def _logs(case: Case) -> Iterator[tuple[str, StoredLogProof]]:
    # The provider's proof came with FINALIZED and must be here; the consumer's is looked at when it is.
    path = layout.log_file(PROVIDER, "proof.tlog")
    if case.receipt is not None and not {path, layout.log_file(PROVIDER, "entry.json")} <= case.files.keys():
        raise ContractError("log-missing").about(path)
    yield PROVIDER, need(case.logs.get(PROVIDER), path)
    if CONSUMER in case.logs:
        yield CONSUMER, case.logs[CONSUMER]


def _origin(case: Case, role: str, log: StoredLogProof) -> str:
    membership = case.memberships.get(role)
    if role == PROVIDER:
        return need(case.receipt, R).log_origin
    if membership is not None:
        return membership.log_origin
    try:
        return peek_checkpoint(read_tlog_proof(log.proof).note).origin
    except AuditError as error:
        path = layout.log_file(role, "proof.tlog")
        raise ContractError("log-proof", origin="?", problem=error).about(path) from None


def _check_stated(case: Case, statement: Statement) -> None:
    agreement_id = need(case.agreement, layout.AGREEMENT).get("@id")
    if statement.agreement_id != agreement_id:
        raise ContractError("agreement-id", document="statement", found=statement.agreement_id)
    if statement.manifest != digest_bytes(case.files[layout.MANIFEST]):
        raise ContractError("statement-manifest")
    for role in ROLES:
        notices = case.notices[role].values()
        last = max(notices, key=lambda found: found.notice.number, default=None)
        if statement.highest[role] != (Seen(last.notice.number, last.digest) if last else None):
            raise ContractError("statement-notices", role=role)
    if statement.termination != (case.termination.digest if case.termination else None):
        raise ContractError("statement-termination")


def _check_no_other_consistency(case: Case, exporter: str) -> None:
    # Only the exporter's own log is led on to a later checkpoint; in the other's place it would prove nothing.
    for role in ROLES:
        path = layout.log_file(role, "consistency.json")
        if role != exporter and path in case.files:
            raise ContractError("file-unknown", file=path)


def _check_checkpoint(case: Case, role: str, note: str) -> Checkpoint:
    key, log, membership = log_key_of(case, role), case.logs.get(role), case.memberships.get(role)
    try:
        origin = membership.log_origin if membership else peek_checkpoint(note).origin
        stated = opened(note, origin=origin, key=key)
    except AuditError as error:
        raise ContractError("statement-checkpoint", problem=error) from None
    if log is not None:
        _check_continues(log, stated, key)
    return stated


def _check_continues(log: StoredLogProof, stated: Checkpoint, key: PublicKey) -> None:
    try:
        proven = opened(read_tlog_proof(log.proof).note, origin=stated.origin, key=key)
        needed = log.consistency is not None or proven.size < stated.size
        hashes = _hashes(log.consistency, proven, stated) if needed else []
        verify_consistency(proven.size, stated.size, proven.root, stated.root, hashes)
    except AuditError as error:
        raise ContractError("statement-checkpoint", problem=error) from None


def _hashes(consistency: Members | None, proven: Checkpoint, stated: Checkpoint) -> list[bytes]:
    if consistency is None:
        raise Undecided("log-not-continued", old=proven.size, new=stated.size)
    if (consistency.whole("oldSize"), consistency.whole("newSize")) != (proven.size, stated.size):
        raise ContractError("statement-checkpoint", problem="the consistency proof is between other sizes")
    try:
        return [base64.b64decode(text, validate=True) for text in consistency.texts("hashes")]
    except (binascii.Error, ValueError):
        raise ContractError("statement-checkpoint", problem="a hash of the consistency proof is not base64") from None
