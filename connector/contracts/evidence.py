"""Evidence that two parties can show a third: one file, verified offline by numbered steps (architecture 5, 9-13).

`build_evidence` puts the file together, `verify_evidence` judges it. The steps, the same here, in `docs/evidence.md`
and beside the functions that take them:

 1. container         it is a ZIP within bounds, with safe and distinct names
 2. format            its manifest names a format version that is known
 3. manifest          the files are those of the manifest, and the necessary ones are there
 4. documents         every document has its shape and a known format
 5. signers           P, C and R are there
 6. agreement         all are about one agreement
 7. roles             P and R are the assigner's, C the assignee's
 8. authority         P and C name one authority and the memberships in the file
 9. keys              memberships and DID documents show the same keys
10. provider          P carries the provider's signature
11. consumer          C carries the consumer's signature
12. countersigns      C is over this P
13. receipt           R carries the provider's signature
14. receipt-for       R is over this C
15. dataset           data set, description and offer belong together
16. times             by their claims the documents were made in order and in time
17. log-entry         the log's entry commits to this R
18. log-proof         the entry is in the log, at a checkpoint signed by it
19. notice-signatures each notice is signed by its author
20. notice-chains     the notices form one chain for each author
21. confirmed         the consumer confirms that it holds R (H)
22. deliveries        what both say of deliveries agrees with the contract
23. contradictions    no party contradicts itself
24. attribution       an authority known from outside the file vouches for both parties
25. validity          memberships and keys were, and still are, within their periods
26. status            neither membership was taken back, in the lists that P and C name
27. messages          the exporter's copies carry the same signatures
28. statement         the exporter has signed up to which word the file is complete
29. document          the contract as people read it, made again, is the one that the file names
30. witnesses         what the other party and the authority cosigned of the logs holds
31. annexes           the annexes are those that terms and notices name
32. shown             the clauses as text are those that both sides say they were shown

Steps 1 and 2 decide whether there is anything to judge; every later step is taken whatever the others found, so that a
person sees all that is wrong.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import BinaryIO, Final

from connector.canonical import CanonicalError, parse_json
from connector.clock import format_time, parse_time
from connector.contracts import annexes, layout, rendering
from connector.contracts import checks_attribution as attribution
from connector.contracts import checks_log as logs
from connector.contracts import checks_notices as notices
from connector.contracts import checks_shown as shown
from connector.contracts import checks_signatures as signatures
from connector.contracts import checks_status as status
from connector.contracts import checks_witnesses as witnesses
from connector.contracts.archive import read_archive
from connector.contracts.case import Case, NotApplicable, Undecided
from connector.contracts.errors import ContractError, UnknownFormat
from connector.contracts.export import EvidenceContract, Exporter, Message, PartyEvidence, build_evidence
from connector.contracts.finding import Finding
from connector.contracts.opening import open_case
from connector.contracts.shape import Members
from connector.contracts.verdict import Check, CheckVerdict, Verdict, conclude
from connector.contracts.vocabulary import CONSUMER, EVIDENCE_FORMAT, PROVIDER
from connector.trust.anchors import TrustFile, parse_trust_file

CHECKS: Final[tuple[tuple[str, Callable[[Case], Finding]], ...]] = (
    ("manifest", signatures.check_manifest),
    ("documents", signatures.check_documents),
    ("signers", signatures.check_signers),
    ("agreement", signatures.check_agreement),
    ("roles", signatures.check_roles),
    ("authority", attribution.check_authority),
    ("keys", attribution.check_keys),
    ("provider", signatures.check_provider_signature),
    ("consumer", signatures.check_consumer_signature),
    ("countersigns", signatures.check_countersigns),
    ("receipt", signatures.check_receipt_signature),
    ("receipt-for", signatures.check_receipt_for),
    ("dataset", signatures.check_dataset),
    ("times", signatures.check_times),
    ("log-entry", logs.check_log_entry),
    ("log-proof", logs.check_log_proof),
    ("notice-signatures", notices.check_notice_signatures),
    ("notice-chains", notices.check_notice_chains),
    ("confirmed", notices.check_confirmed),
    ("deliveries", notices.check_deliveries),
    ("contradictions", notices.check_contradictions),
    ("attribution", attribution.check_attribution),
    ("validity", attribution.check_validity),
    ("status", status.check_status_lists),
    ("messages", notices.check_messages),
    ("statement", logs.check_statement),
    ("document", rendering.check_document),
    ("witnesses", witnesses.check_witnesses),
    ("annexes", annexes.check_annexes),
    ("shown", shown.check_shown_texts),
)
"""Steps 3 to 32: name and function, in their order."""

_FIRST: Final = 3
_FACTS: Final = ("agreement", "provider", "consumer", "authority", "exporter", "time", "size", "origin")


def verify_evidence(
    source: bytes | BinaryIO, *, trust: TrustFile | None, now: datetime, sentences: bool = True
) -> Verdict:
    """Judge an evidence file, offline, with nothing but the file and what the auditor believes.

    Args:
        source: the file.
        trust: authorities and their keys from outside the file; None when the auditor has none.
        now: the moment of the verification.
        sentences: whether documents are made again with our sentences (check 29); without, as somebody who has none judges.

    Returns:
        The verdict. Nothing in the file makes this raise.
    """
    return examine(source, trust=trust, now=now, sentences=sentences)[0]


def examine(
    source: bytes | BinaryIO, *, trust: TrustFile | None, now: datetime, sentences: bool = True
) -> tuple[Verdict, Case | None]:
    """The verdict, and the parts that it is about; None where the file cannot be read."""
    try:
        files = read_archive(source)
    except ContractError as error:
        return conclude((_check(1, "container", "unknown", error.code, error.facts),), {}), None
    read: tuple[Check, ...] = (_check(1, "container", "ok", "zip-holds", {"count": str(len(files))}),)
    try:
        manifest = _read_manifest(files)
    except ContractError as error:
        unreadable = Check(2, "format", "unknown", error.code, error.facts, layout.MANIFEST)
        return conclude((*read, unreadable), {}), None
    read += (Check(2, "format", "ok", "format-known", {"format": EVIDENCE_FORMAT}, layout.MANIFEST),)
    case = open_case(files, manifest, trust=trust, now=now, sentences=sentences)
    found = tuple(_judge(number, name, check, case) for number, (name, check) in enumerate(CHECKS, start=_FIRST))
    return conclude(read + found, _facts(case, found)), case


def judge(evidence: bytes, trust: bytes | None, at: str) -> Verdict:
    """The verification in one line, for programs: `judge(file, trust_file, "2026-12-31T18:00:00+09:00").exit_code`.

    Args:
        evidence: the bytes of the file.
        trust: the bytes of a trust file (`docs/evidence.md`, 5), from somewhere else than the evidence; None without one.
        at: the moment of the verification, with a time zone.

    Raises:
        TrustError: the trust file cannot be read.
        ValueError: `at` is no moment.
    """
    return verify_evidence(evidence, trust=parse_trust_file(parse_json(trust)) if trust else None, now=parse_time(at))


def open_evidence(source: bytes | BinaryIO, *, now: datetime) -> Case:
    """The parts of an evidence file, read and not judged: what a document or a report is made from.

    Raises:
        ContractError: it cannot be read, or its format is not known.
    """
    files = read_archive(source)
    return open_case(files, _read_manifest(files), trust=None, now=now)


def _judge(number: int, name: str, check: Callable[[Case], Finding], case: Case) -> Check:
    try:
        finding = check(case)
    except Undecided as undecided:
        return _check(number, name, "unknown", undecided.code, undecided.facts)
    except NotApplicable as nothing:
        return _check(number, name, "skipped", nothing.code, nothing.facts)
    except UnknownFormat as unknown:
        return Check(number, name, "unknown", unknown.code, unknown.facts, unknown.file)
    except ContractError as error:
        return Check(number, name, "failed", error.code, error.facts, error.file or _file_of(error))
    return _check(number, name, "ok", finding.code, finding.facts)


def _check(number: int, name: str, verdict: CheckVerdict, reason: str, facts: Mapping[str, str]) -> Check:
    return Check(number, name, verdict, reason, facts, facts.get("file"))


def _file_of(error: ContractError) -> str | None:
    document = error.facts.get("document")
    return layout.signature_file(document) if document in layout.SIGNATURE_NAMES else error.facts.get("file")


def _read_manifest(files: Mapping[str, bytes]) -> Members:
    if layout.MANIFEST not in files:
        raise ContractError("no-manifest")
    try:
        manifest = Members(parse_json(files[layout.MANIFEST], max_bytes=len(files[layout.MANIFEST])), layout.MANIFEST)
    except CanonicalError as error:
        raise ContractError("not-json", document=layout.MANIFEST, problem=error) from None
    if manifest.data.get("format") != EVIDENCE_FORMAT:
        raise UnknownFormat(layout.MANIFEST, manifest.data.get("format"), EVIDENCE_FORMAT)
    manifest.object("files")
    return manifest


def _facts(case: Case, checks: tuple[Check, ...]) -> dict[str, str]:
    """What the verdict is about and rests on. Where it is not verified, these are claims of the file."""
    facts = dict.fromkeys(_FACTS, "")
    credential, statement = case.credential, case.statement
    stated = next(check for check in checks if check.id == "statement")
    if case.agreement is not None:
        for name, member in (("agreement", "@id"), ("provider", "assigner"), ("consumer", "assignee")):
            facts[name] = str(case.agreement.get(member, ""))
    if credential is not None:
        facts["authority"] = credential.authority.did if credential.authority else ""
        facts["signed"] = format_time(credential.valid_from)
        facts["laboratory"] = str(credential.laboratory).lower()
        facts["dataset"] = credential.dataset.id
    if statement is not None:
        facts |= {"exporter": statement.issuer, "time": format_time(statement.valid_from)}
    facts |= {name: value for name, value in stated.facts.items() if name in ("size", "origin")}
    names = {role: case.memberships[role].name for role in (PROVIDER, CONSUMER) if role in case.memberships}
    excepted = (credential.exception if credential else None) or (statement.exception if statement else None)
    return {
        **facts,
        **{f"{role}Name": name for role, name in names.items()},
        "excepted": excepted.peer if excepted else "",
    }


__all__ = [
    "CHECKS",
    "Check",
    "EvidenceContract",
    "Exporter",
    "Message",
    "PartyEvidence",
    "Verdict",
    "build_evidence",
    "judge",
    "open_evidence",
    "verify_evidence",
]
