"""Judging a bundle of evidence files: each contract by its own checks, then the bundle itself by five more.

1. bundle-container   it is a ZIP of stored entries with the names of a bundle
2. bundle-index       the files are those of the list, byte for byte
3. bundle-contracts   each contract for itself is verified
4. bundle-scope       each contract is one of those that the list says that it is about
5. bundle-statement   the exporter has signed this list, with the contract key of its membership

One contract is in memory at a time, or a few for each processor. That no contract of the scope was left out is the exporter's word.
"""

import re
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Final

from connector.canonical import CanonicalError, digest_bytes, parse_json
from connector.clock import format_time, parse_time
from connector.contracts import rules
from connector.contracts.archive import MAX_ARCHIVE
from connector.contracts.bundle import BUNDLE_FORMAT, BUNDLE_STATEMENT, INDEX, MAX_CONTRACTS, STATEMENT
from connector.contracts.documents import SignedDocument, read_frame
from connector.contracts.errors import ContractError, UnknownFormat
from connector.contracts.examining import Examined, one_after_the_other, several_at_a_time
from connector.contracts.rules import Signer
from connector.contracts.shape import Members
from connector.contracts.verdict import Check, Outcome, Verdict
from connector.trust.anchors import TrustFile

Told = Callable[[int, int, str, Verdict], None]
"""Told after each contract: its number, how many there are, its agreement's id, its verdict."""
_NAME: Final = re.compile(r"contracts/[0-9]{6}\.zip|bundle\.json|statement\.json")
_MAX_INDEX: Final = 32 * 1024 * 1024
_MAX_STATEMENT: Final = 64 * 1024


@dataclass
class _Found:
    """What was seen on the way through the contracts."""

    outcomes: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    signers: list[Signer] = field(default_factory=list)
    changed: str | None = None
    outside: str | None = None


def is_bundle(source: BinaryIO) -> bool:
    """Whether this ZIP calls itself a bundle; the source stands at its beginning afterwards."""
    try:
        with zipfile.ZipFile(source) as archive:
            return INDEX in archive.NameToInfo
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return False
    finally:
        source.seek(0)


def verify_bundle(
    source: BinaryIO, *, trust: TrustFile | None, now: datetime, told: Told | None = None, jobs: int = 1
) -> Verdict:
    """Judge a bundle; the checks are the five above, those of each contract go to `told`, in their order.

    Nothing in the file makes this raise. With several `jobs` as many processes judge the contracts.

    Raises:
        concurrent.futures.process.BrokenProcessPool: one of several processes was ended from outside.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            _check_container(archive)
            index, data = _index(archive)
            container = Check(1, "bundle-container", "ok", "zip-holds", {"count": str(len(archive.filelist))})
            found = _go_through(archive, index, _Judge(trust, now, told, jobs))
            statement = _statement_check(archive, data, index, found)
    except (ContractError, zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, KeyError, OSError) as error:
        problem = error if isinstance(error, ContractError) else ContractError("zip-damaged", problem=str(error)[:200])
        unreadable = Check(1, "bundle-container", "unknown", problem.code, problem.facts)
        return Verdict((unreadable,), "undetermined", "unreadable", {})
    checks = (container, _files_check(index, found), _contracts_check(found), _scope_check(found), statement)
    return _conclude(checks, index, found)


@dataclass(frozen=True)
class _Judge:
    trust: TrustFile | None
    now: datetime
    told: Told | None
    jobs: int

    def examine_all(self, items: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, Examined]]:
        if self.jobs > 1:
            return several_at_a_time(items, trust=self.trust, now=self.now, jobs=self.jobs)
        return one_after_the_other(items, trust=self.trust, now=self.now)


def _check_container(archive: zipfile.ZipFile) -> None:
    names = [info.orig_filename for info in archive.filelist]
    if archive.comment or len(set(names)) != len(names) or len(names) > MAX_CONTRACTS + 2:
        raise ContractError("zip-damaged", problem="a comment, a doubled name, or too many entries")
    for info in archive.filelist:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if _NAME.fullmatch(info.orig_filename) is None or kind not in (0, stat.S_IFREG):
            raise ContractError("zip-name", name=info.orig_filename[:200])
        limit = {INDEX: _MAX_INDEX, STATEMENT: _MAX_STATEMENT}.get(info.filename, MAX_ARCHIVE)
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 or info.file_size != info.compress_size:
            raise ContractError("zip-method", name=info.filename)
        if info.file_size > limit:
            raise ContractError("zip-too-large", limit=f"{limit:,}")


def _index(archive: zipfile.ZipFile) -> tuple[Members, bytes]:
    data = archive.read(INDEX)
    try:
        index = Members(parse_json(data, max_bytes=_MAX_INDEX), INDEX)
    except CanonicalError as error:
        raise ContractError("not-json", document=INDEX, problem=error) from None
    if index.data.get("format") != BUNDLE_FORMAT:
        raise UnknownFormat(INDEX, index.data.get("format"), BUNDLE_FORMAT)
    index.object("scope")
    return index, data


def _listed(index: Members) -> Iterator[Members]:
    listed = index.data.get("contracts")
    for number in range(len(listed) if isinstance(listed, list) else 0):
        yield index.item("contracts", number)


def _go_through(archive: zipfile.ZipFile, index: Members, judge: _Judge) -> _Found:
    found, listed = _Found(), list(_listed(index))
    there = archive.NameToInfo.keys() - {INDEX, STATEMENT}
    if there != {one.text("file") for one in listed} or len(there) != len(listed):
        found.changed = INDEX

    def contracts() -> Iterator[tuple[int, bytes]]:
        for number, one in enumerate(listed):
            name = one.text("file")
            if name not in there:
                continue
            data = archive.read(name)
            if (len(data), digest_bytes(data)) != (one.whole("bytes"), one.digest("digest")):
                found.changed = found.changed or name
            yield number, data

    for number, examined in judge.examine_all(contracts()):
        name, agreement_id = listed[number].text("file"), listed[number].text("agreement")
        _note(found, name, examined, index.object("scope").data, agreement_id)
        if judge.told is not None:
            judge.told(number + 1, len(listed), agreement_id, examined.verdict)
    return found


def _note(found: _Found, name: str, examined: Examined, scope: Mapping[str, Any], agreement_id: str) -> None:
    found.outcomes[examined.verdict.outcome] += 1
    found.first.setdefault(examined.verdict.outcome, name)
    if examined.agreement is not None and not _belongs(examined.agreement, scope, agreement_id):
        found.outside = found.outside or name
    for signer in examined.exporter:
        if signer not in found.signers:  # few keys: one, and those before a rotation
            found.signers.append(signer)


def _belongs(agreement: Mapping[str, Any], scope: Mapping[str, Any], agreement_id: str) -> bool:
    partner, contracts = scope.get("partner"), scope.get("contracts")
    moment = agreement.get("timestamp")
    try:
        at = parse_time(str(moment))
        since, until = (parse_time(scope[name]) if scope.get(name) else None for name in ("since", "until"))
    except (ValueError, OverflowError, TypeError, AttributeError):
        return False
    return (
        agreement.get("@id") == agreement_id
        and (partner is None or partner in (agreement.get("assigner"), agreement.get("assignee")))
        and (contracts is None or (isinstance(contracts, list) and agreement_id in contracts))
        and (since is None or at >= since)
        and (until is None or at < until)
    )


def _files_check(index: Members, found: _Found) -> Check:
    if found.changed is not None:
        return Check(2, "bundle-index", "failed", "file-changed", {"file": found.changed}, found.changed)
    return Check(2, "bundle-index", "ok", "files-hold", {"count": str(len(list(_listed(index))))})


def _contracts_check(found: _Found) -> Check:
    counts = {name: str(found.outcomes[name]) for name in ("verified", "false", "undetermined")}
    for outcome, verdict in (("false", "failed"), ("undetermined", "unknown")):
        if found.outcomes[outcome]:
            facts = {**counts, "file": found.first[outcome]}
            return Check(3, "bundle-contracts", verdict, "bundle-some", facts, found.first[outcome])  # type: ignore[arg-type]
    return Check(3, "bundle-contracts", "ok", "bundle-all", counts)


def _scope_check(found: _Found) -> Check:
    if found.outside is not None:
        return Check(4, "bundle-scope", "failed", "bundle-outside", {"file": found.outside}, found.outside)
    return Check(4, "bundle-scope", "ok", "holds")


def _statement_check(archive: zipfile.ZipFile, data: bytes, index: Members, found: _Found) -> Check:
    try:
        document = _statement(archive, digest_bytes(data), len(list(_listed(index))))
        if not found.signers:
            return Check(5, "bundle-statement", "unknown", "bundle-no-key", {"exporter": document.issuer}, STATEMENT)
        _check_signature(document, found.signers)
    except ContractError as error:
        return Check(5, "bundle-statement", "failed", error.code, error.facts, STATEMENT)
    facts = {"exporter": document.issuer, "time": format_time(document.valid_from)}
    return Check(5, "bundle-statement", "ok", "bundle-stated", facts, STATEMENT)


def _statement(archive: zipfile.ZipFile, digest: str, count: int) -> SignedDocument:
    if STATEMENT not in archive.NameToInfo:
        raise ContractError("file-missing", file=STATEMENT)
    try:
        document = parse_json(archive.read(STATEMENT), max_bytes=_MAX_STATEMENT)
    except CanonicalError as error:
        raise ContractError("not-json", document=STATEMENT, problem=error) from None
    frame, subject = read_frame(document, "statement", BUNDLE_STATEMENT, BUNDLE_FORMAT)
    if subject.digest("index") != digest or subject.whole("contracts") != count:
        raise ContractError("statement-manifest")
    return SignedDocument(**frame)


def _check_signature(document: SignedDocument, signers: list[Signer]) -> None:
    problem = ContractError("not-a-party", document="statement", found=document.issuer)
    for signer in signers:
        if signer.did != document.issuer:
            continue
        try:
            rules.check_signature(document, signer)
        except ContractError as error:
            problem = error
        else:
            return
    raise problem


def _conclude(checks: tuple[Check, ...], index: Members, found: _Found) -> Verdict:
    verdicts = {check.verdict for check in checks}
    outcome: Outcome = "false" if "failed" in verdicts else "undetermined" if "unknown" in verdicts else "verified"
    scope = index.object("scope").data
    facts = {name: str(scope.get(name) or "") for name in ("partner", "since", "until")}
    facts |= {"count": str(sum(found.outcomes.values())), **dict(checks[-1].facts)}
    named = next((check for check in checks if check.verdict == "failed"), None)
    facts |= {
        "check": str(named.number) if named else "",
        "exporter": facts.get("exporter", ""),
        "time": facts.get("time", ""),
    }
    return Verdict(checks, outcome, f"bundle-{outcome}", facts)
