"""Annexes: what the signed terms and notices name by digest alone, and which of it lies in an evidence file (check 31).

Lists of named people and consent receipts are documents of ours and lie in the file under their digest, in canonical form.
Quality reports, other contracts and consents on paper are files of the parties: their bytes lie there where somebody has
attached them. Whatever is named and does not lie there is said to be so by the exporter: held back, or never held.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from connector.canonical import JsonObject, digest_bytes
from connector.contracts import layout
from connector.contracts.archive import MAX_FILE
from connector.contracts.case import Case, NotApplicable, need
from connector.contracts.consents import FORMAT as CONSENT_FORMAT
from connector.contracts.consents import read_consent
from connector.contracts.errors import ContractError, UnknownFormat
from connector.contracts.finding import Finding
from connector.contracts.people import PEOPLE_FORMAT, read_people_list
from connector.contracts.promised import policy_in
from connector.protocol.notices import PEOPLE_CHANGE
from policies import MMD
from policies.model import constraints_of

PEOPLE: Final = "people"
CONSENT: Final = "consent"
DOCUMENT: Final = "document"
MAX_ANNEX: Final = 1024 * 1024
"""The largest list or receipt, in bytes."""
MAX_ATTACHED: Final = MAX_FILE
"""The largest file that is attached, in bytes."""

_NAMED_BY: Final[Mapping[str, str]] = {
    MMD + "namedRecipients": PEOPLE,
    MMD + "consent": CONSENT,
    MMD + "qualityReport": DOCUMENT,
    MMD + "contractDigest": DOCUMENT,
}
"""Left operands of the agreement whose right operand is the digest of an annex, and what kind it is of."""
_OF_ONE_SIDE: Final = frozenset({MMD + "consent", MMD + "contractDigest"})
_RANK: Final = (PEOPLE, CONSENT, DOCUMENT)
"""What is named as several kinds is of the first of these."""
_FILES: Final = frozenset({CONSENT, DOCUMENT})
"""Kinds that may be files of the parties; no document of ours is of the kind `document`."""
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Named:
    """An annex that something signed names.

    Attributes:
        digest: under which it is named.
        kind: what it is: `people`, `consent` or `document`.
        by: which file of the evidence names it.
    """

    digest: str
    kind: str
    by: str


def annexes_named(agreement: JsonObject, notices: Iterable[tuple[str, JsonObject]]) -> dict[str, Named]:
    """What the agreement and these notices (path, document) name, by digest.

    What cannot be read names nothing: other checks say so.
    """
    found: dict[str, Named] = {}
    policy = policy_in(agreement)
    for constraint in constraints_of(policy) if policy is not None else ():
        kind = _NAMED_BY.get(constraint.left_operand)
        if kind is not None:
            for value in constraint.values:
                _note(found, value, kind, layout.AGREEMENT)
    for path, document in notices:
        subject = document.get("credentialSubject")
        if isinstance(subject, Mapping) and subject.get("kind") == PEOPLE_CHANGE:
            content = subject.get("content")
            if isinstance(content, Mapping):
                for name in ("people", "before"):
                    _note(found, content.get(name), PEOPLE, path)
    return found


def given_to_one_side(agreement: JsonObject) -> frozenset[str]:
    """The annexes that one side holds for itself, by digest: consents of producers, and contracts with others."""
    policy = policy_in(agreement)
    found = constraints_of(policy) if policy is not None else ()
    return frozenset(str(value) for one in found if one.left_operand in _OF_ONE_SIDE for value in one.values)


def read_annex(path: str, data: bytes, document: dict[str, Any]) -> str:
    """Of what kind an annex is that lies in the file.

    Raises:
        UnknownFormat: a format that we do not know.
        ContractError: it is larger than `MAX_ANNEX`, or not of the shape of its format.
    """
    if len(data) > MAX_ANNEX:
        raise ContractError("annex-large", file=path, limit=f"{MAX_ANNEX:,}")
    form = document.get("format")
    if form == PEOPLE_FORMAT:
        read_people_list(document)
        return PEOPLE
    if form == CONSENT_FORMAT:
        read_consent(document)
        return CONSENT
    raise UnknownFormat(path, form, f"{PEOPLE_FORMAT}, {CONSENT_FORMAT}")


def check_annexes(case: Case) -> Finding:
    """31. The annexes in the file are those that the signed terms and notices name; of the others the exporter says why they are not there."""
    notices = ((path, found.document) for _, path, found in case.all_notices())
    named = annexes_named(need(case.agreement, layout.AGREEMENT), notices)
    listed = case.manifest.object("files").data
    for path in sorted({*case.files, *listed}):
        if path.startswith(layout.ANNEXES) and layout.digest_in(path) not in named:
            raise ContractError("annex-not-named", file=path).about(path)
    left = [digest for digest, one in named.items() if _is_left_out(case, one)]
    if left:
        there, digests = len(named) - len(left), ", ".join(left[:5])
        erased = case.erased(map(layout.annex_file, left))
        if erased:
            raise NotApplicable("annexes-erased", count=len(left), there=there, digests=digests, **erased)
        raise NotApplicable("annexes-left-out", count=len(left), there=there, digests=digests)
    if not named:
        raise NotApplicable("no-annexes")
    return Finding("annexes-hold", {"count": str(len(named))})


def may_be_attached(named: Named) -> bool:
    """Whether this annex is, or may be, a file of the parties."""
    return named.kind in _FILES


def _is_left_out(case: Case, named: Named) -> bool:
    """Whether an annex is rightly not there. If it is, it is the one that is named."""
    listed = case.manifest.object("files").data
    there = left = False
    for path in (layout.annex_file(named.digest), layout.attached_file(named.digest)):
        if path in case.files:
            _check(case, path, named)
            there = True
            continue
        row = listed.get(path)
        held_back = str(row["digest"]) if row is not None and layout.is_withheld(path, row) else None
        if held_back not in (None, named.digest):
            raise ContractError("annex-differs", file=path, found=held_back, expected=named.digest).about(
                layout.MANIFEST
            )
        left = left or held_back is not None or layout.is_absent(path, row)
    if not there and not left:
        raise ContractError("annex-missing", digest=named.digest, file=named.by).about(named.by)
    return not there


def _check(case: Case, path: str, named: Named) -> None:
    found = digest_bytes(case.files[path])
    if found != named.digest:
        raise ContractError("annex-differs", file=path, found=found, expected=named.digest).about(path)
    if path == layout.attached_file(named.digest):
        if not may_be_attached(named):
            raise ContractError("annex-kind", file=path, found=DOCUMENT, expected=named.kind).about(path)
        return
    kind = need(case.annexes.get(path), path)
    if kind != named.kind:
        raise ContractError("annex-kind", file=path, found=kind, expected=named.kind).about(path)


def _note(found: dict[str, Named], value: object, kind: str, by: str) -> None:
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        held = found.get(value)
        if held is None or _RANK.index(kind) < _RANK.index(held.kind):
            found[value] = Named(value, kind, by)
