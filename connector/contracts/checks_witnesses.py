"""Check 30 of an evidence file: who beside the parties has seen the log with this contract in it, and when.

A cosignature says that its witness saw a checkpoint at that time, and that it continues all that it saw before: a log
that showed two histories would need two different witnesses. The authority is no party, so its cosignature bounds the
time of everything that the entry commits to: R, and by R C and P (architecture 5, 11).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from connector.audit.cosignature import Witness, cosignatures
from connector.audit.errors import AuditError
from connector.audit.merkle import leaf_hash
from connector.audit.proof import read_tlog_proof
from connector.clock import format_time
from connector.contracts import layout, rules
from connector.contracts.case import Case, NotApplicable, Seen, Undecided
from connector.contracts.errors import ContractError
from connector.contracts.finding import Finding
from connector.contracts.notes import logged, verifier
from connector.contracts.parties import log_key_of
from connector.contracts.vocabulary import CONSUMER, PROVIDER, ROLES


def check_witnesses(case: Case) -> Finding:
    """30. Each proof with cosignatures leads from the entry to a checkpoint of that log; what known witnesses signed holds.

    Known are the other party, by the log key of its membership, and the authority, by the keys of the trust file. Where
    the file holds the policy of the log's owner, it names this log, and its quorum is reached by known witnesses.
    """
    found = _seen(case)
    receipt = case.receipt
    for seen in found:
        if receipt is not None and seen.time + rules.CLOCK_TOLERANCE < receipt.valid_from:
            raise ContractError("cosigned-before", witness=seen.witness, time=format_time(seen.time))
        if seen.time > case.now + rules.CLOCK_TOLERANCE:
            raise Undecided("future", document=seen.witness, claimed=format_time(seen.time))
    short = [role for role in ROLES if not _reached(case, role, found)]
    if not found or short:
        raise NotApplicable("not-witnessed")
    first = min(found, key=lambda seen: seen.time)
    names = ", ".join(sorted({seen.witness for seen in found}))
    return Finding("witnessed", {"witnesses": names, "time": format_time(first.time)})


def bounded_at(case: Case) -> datetime | None:
    """The earliest moment at which the authority had seen R in a log, if it has, by a key that the auditor knows."""
    try:
        return min((seen.time for seen in _seen(case) if seen.outside), default=None)
    except (ContractError, NotApplicable):  # check 30 says what is wrong with it; here it bounds nothing
        return None


def _seen(case: Case) -> Sequence[Seen]:
    """All cosignatures, each verified once for all checks that ask."""
    if case.seen is None:
        try:
            case.seen = tuple(_find(case))
        except (ContractError, NotApplicable) as error:
            case.seen = error
    if isinstance(case.seen, Exception):
        raise case.seen
    return case.seen


def _find(case: Case) -> Iterator[Seen]:
    for role in ROLES:
        for path, text in case.witnessed.get(role, {}).items():
            yield from _seen_in(case, role, path, text)


def _seen_in(case: Case, role: str, path: str, text: str) -> Iterator[Seen]:
    log = case.logs.get(role)
    if log is None:
        raise NotApplicable("needs", file=layout.log_file(role, "entry.json"))
    witnesses = _witnesses(case, role)
    key, origin = log_key_of(case, role), _origin(case, role)
    try:
        logged(text, leaf_hash(log.entry), origin=origin, key=key)
        found = cosignatures(read_tlog_proof(text).note, [witness for witness, _, _ in witnesses])
    except AuditError as error:
        raise ContractError("witness-proof", origin=origin, problem=error).about(path) from None
    for cosigned in found:
        outside, until = next(
            (outside, until) for one, outside, until in witnesses if one.public_raw == cosigned.public_raw
        )
        if until is None or cosigned.time <= until:
            yield Seen(role, cosigned.name, cosigned.public_raw, cosigned.time, outside)


def _witnesses(case: Case, role: str) -> list[tuple[Witness, bool, datetime | None]]:
    """Whose cosignatures on this party's log count, whether they are from outside, and until when their key is believed."""
    other = case.memberships.get(CONSUMER if role == PROVIDER else PROVIDER)
    known: list[tuple[Witness, bool, datetime | None]] = []
    if other is not None:
        known.append((Witness(other.log_origin, other.log_key.raw(), verifier(other.log_key)), False, None))
    authority = case.credential.authority if case.credential is not None else None
    if case.trust is not None and authority is not None:
        keys = case.trust.witnesses_of(authority.did)
        known += [(Witness(key.name, key.key.raw(), verifier(key.key)), True, key.valid_until) for key in keys]
    return known


def _reached(case: Case, role: str, found: Sequence[Seen]) -> bool:
    """Whether the quorum of the policy beside this log is reached; where there is no policy, anybody will do."""
    policy = case.policies.get(role)
    if policy is None:
        return True
    if log_key_of(case, role).raw() not in {log.public_raw for log in policy.logs}:
        path = layout.log_file(role, layout.POLICY)
        raise ContractError("policy-of-other", origin=_origin(case, role)).about(path)
    mine = {seen.public_raw for seen in found if seen.log == role}
    return policy.satisfied([name for name, key in policy.witnesses.items() if key.public_raw in mine])


def _origin(case: Case, role: str) -> str:
    membership = case.memberships.get(role)
    if membership is None:
        raise NotApplicable("needs", file=layout.membership_file(role))
    return membership.log_origin
