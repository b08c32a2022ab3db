"""Reading the parts of an evidence file: every document parsed once, every problem of reading kept for check 4."""

import base64
import binascii
import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from connector.audit.errors import PolicyFileError
from connector.audit.policy import WitnessPolicy, parse_policy
from connector.canonical import CanonicalError, parse_json
from connector.contracts import layout
from connector.contracts.annexes import read_annex
from connector.contracts.archive import MAX_FILE
from connector.contracts.case import Case, StoredLogProof, StoredMessage
from connector.contracts.documents import (
    SignedDocument,
    read_agreement_credential,
    read_countersignature,
    read_outline,
    read_receipt,
    read_termination,
)
from connector.contracts.errors import ContractError, UnknownFormat
from connector.contracts.notices import read_notice_document
from connector.contracts.shape import Members
from connector.contracts.statement import read_statement
from connector.contracts.vocabulary import (
    AGREEMENT_CREDENTIAL,
    COUNTERSIGNATURE,
    RECEIPT,
    ROLES,
    TERMINATION,
)
from connector.trust.anchors import TrustFile
from connector.trust.credentials import Membership, read_membership
from connector.trust.did import DidDocument
from connector.trust.errors import TrustError

T = TypeVar("T")
_KEPT_UP_TO: Final = 16 * 1024
"""The largest DID document and policy that is remembered as it was read, in bytes."""
_policy: Final = lru_cache(maxsize=64)(parse_policy)


def open_case(
    files: Mapping[str, bytes], manifest: Members, *, trust: TrustFile | None, now: datetime, sentences: bool = True
) -> Case:
    """Read all files of the layout. What cannot be read stands in `problems`; nothing is judged yet."""
    case = Case(files, manifest, trust, now, sentences=sentences)
    case.agreement = _read(case, layout.AGREEMENT, _as_object)
    case.dataset = _read(case, layout.DATASET, _as_object)
    case.rendering = _read(case, layout.DOCUMENT, _members)
    case.credential = _read(case, layout.signature_file("P"), _json_then(read_agreement_credential))
    case.countersignature = _read(case, layout.signature_file("C"), _json_then(read_countersignature))
    case.receipt = _read(case, layout.signature_file("R"), _json_then(read_receipt))
    case.termination = _read(case, layout.signature_file("T"), _json_then(read_termination))
    case.statement = _read(case, layout.STATEMENT, _json_then(read_statement))
    for role in ROLES:
        _open_party(case, role)
    case.messages = dict(_read_all(case, "messages/", lambda _, data: _read_message(data)))
    case.conflicting = dict(_read_all(case, "conflicting/", lambda path, data: read_any(_as_object(path, data), path)))
    case.annexes = dict(_read_all(case, layout.ANNEXES, _annex))
    for path in files:
        if path.startswith(layout.SHOWN):
            _read(case, path, _as_text)
    return case


def read_any(document: dict[str, Any], name: str) -> SignedDocument:
    """Read P, C, R, T or a notice, whichever it is by its type.

    Raises:
        ContractError: none of them.
    """
    types = document.get("type")
    kind = types[-1] if isinstance(types, list) and types else None
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    return reader(document) if reader else read_notice_document(document, name)


_READERS: Final[Mapping[str, Callable[[object], SignedDocument]]] = {
    AGREEMENT_CREDENTIAL: read_agreement_credential,
    COUNTERSIGNATURE: read_countersignature,
    RECEIPT: read_receipt,
    TERMINATION: read_termination,
}


def _open_party(case: Case, role: str) -> None:
    membership = _read(case, layout.membership_file(role), _as_membership)
    if membership is not None:
        case.memberships[role] = membership
    did_document = _read(case, layout.did_file(role), _as_did_document)
    if did_document is not None:
        case.did_documents[role] = did_document
    case.notices[role] = dict(
        _read_all(case, f"notices/{role}/", lambda path, data: read_notice_document(_as_object(path, data), path))
    )
    entry, proof = (case.files.get(layout.log_file(role, name)) for name in ("entry.json", "proof.tlog"))
    consistency = _read(case, layout.log_file(role, "consistency.json"), _members)
    text = _read(case, layout.log_file(role, "proof.tlog"), _as_text) if proof is not None else None
    if entry is not None and text is not None:
        case.logs[role] = StoredLogProof(entry, text, consistency)
    case.witnessed[role] = dict(_read_all(case, f"log/{role}/witnessed/", _as_text))
    policy = _read(case, layout.log_file(role, layout.POLICY), _as_policy)
    if policy is not None:
        case.policies[role] = policy


def _as_policy(path: str, data: bytes) -> WitnessPolicy:
    try:
        return (_policy if len(data) <= _KEPT_UP_TO else parse_policy)(_as_text(path, data))
    except PolicyFileError as error:
        raise ContractError("policy-unreadable", file=path, problem=error).about(path) from None


def _read(case: Case, path: str, reader: Callable[[str, bytes], T]) -> T | None:
    data = case.files.get(path)
    if data is None:
        return None
    try:
        return reader(path, data)
    except UnknownFormat as unknown:
        # A newer format may be as good as any, but not if its signature is wrong: that much can be checked.
        case.problems[path] = unknown
        with contextlib.suppress(ContractError):
            case.unknown[path] = read_outline(_as_object(path, data), unknown.facts["document"])
        return None
    except ContractError as error:
        case.problems[path] = error
        return None


def _read_all(case: Case, folder: str, reader: Callable[[str, bytes], T | None]) -> Iterator[tuple[str, T]]:
    within = [path for path in case.files if path.startswith(folder)]
    for path in sorted(within, key=lambda name: (len(name), name)):
        found = _read(case, path, reader)
        if found is not None:
            yield path, found


def _as_object(path: str, data: bytes) -> dict[str, Any]:
    try:
        value = parse_json(data, max_bytes=MAX_FILE)
    except CanonicalError as error:
        raise ContractError("not-json", document=path, problem=error) from None
    if not isinstance(value, dict):
        raise ContractError("shape", document=path, where="$", expected="an object")
    return value


def _json_then(reader: Callable[[object], T]) -> Callable[[str, bytes], T]:
    return lambda path, data: reader(_as_object(path, data))


def _members(path: str, data: bytes) -> Members:
    return Members(_as_object(path, data), path)


def _as_text(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ContractError("shape", document=path, where="$", expected="a text (UTF-8)") from None


def _as_membership(path: str, data: bytes) -> Membership:
    try:
        return _membership(data.decode("ascii"))
    except (UnicodeDecodeError, TrustError) as error:
        raise ContractError("membership-unreadable", file=path, problem=error) from None


@lru_cache(maxsize=256)
def _membership(jwt: str) -> Membership:
    # The contracts of a bundle share their memberships.
    return read_membership(jwt)


def _as_did_document(path: str, data: bytes) -> DidDocument:
    found = _did_document(data) if len(data) <= _KEPT_UP_TO else None
    if found is not None:
        return found
    document = _as_object(path, data)
    try:
        return DidDocument.parse(document, str(document.get("id")))
    except TrustError as error:
        raise ContractError("did-unreadable", file=path, problem=error) from None


@lru_cache(maxsize=64)
def _did_document(data: bytes) -> DidDocument | None:
    # The contracts of a bundle share these too. What is wrong with one is said by reading that very one again.
    with contextlib.suppress(ContractError, TrustError):
        document = _as_object("", data)
        return DidDocument.parse(document, str(document.get("id")))
    return None


def _annex(path: str, data: bytes) -> str | None:
    # A file of the parties has no shape: its digest is all that is looked at.
    return read_annex(path, data, _as_object(path, data)) if path.endswith(".json") else None


def _read_message(data: bytes) -> StoredMessage:
    members = Members(_as_object("message", data), "message")
    members.exactly("label", layout.EXPORTERS_COPY)
    direction = members.text("direction")
    if direction not in ("sent", "received"):
        raise members.wrong("direction", "sent or received")
    try:
        body = base64.b64decode(str(members.data.get("body")), validate=True)
    except (binascii.Error, ValueError):
        raise ContractError("shape", document="message", where="body", expected="base64") from None
    return StoredMessage(
        direction, members.moment("time"), members.text("type"), body, members.optional_digest("digest")
    )
