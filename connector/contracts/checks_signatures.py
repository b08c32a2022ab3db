"""Checks 3-16 of an evidence file: the files, the documents, who signed what, and the terms.

Each check looks at a `Case` and returns the reason why it holds, or raises: `ContractError` when something is false,
`Undecided` when it cannot be said, `NotApplicable` when there is nothing to look at.
"""

import itertools

from catalog.describe import offer_id
from catalog.vocabulary import CONTENT_DIGEST
from connector.clock import format_time
from connector.contracts import layout, rules
from connector.contracts.agreement import terms_of
from connector.contracts.case import Case, Undecided, need
from connector.contracts.documents import SignedDocument
from connector.contracts.errors import ContractError, UnknownFormat
from connector.contracts.export import make_manifest
from connector.contracts.finding import Finding, holds
from connector.contracts.parties import signer_of
from connector.contracts.shape import Members
from connector.contracts.vocabulary import CONSUMER, PROVIDER

P, C, R = (layout.signature_file(name) for name in "PCR")
_OWN_OFFER = "ni:///sha-256;"


def check_manifest(case: Case) -> Finding:
    """3. The files are those of the manifest, byte for byte, no more and no fewer, and the necessary ones are there."""
    content = {path: data for path, data in case.files.items() if path not in (layout.MANIFEST, layout.STATEMENT)}
    found, listed = make_manifest(content)["files"], case.manifest.object("files").data
    for path in sorted(found.keys() | listed.keys()):
        if path not in listed:
            raise ContractError("file-not-listed", file=path)
        if path not in found and (layout.is_withheld(path, listed[path]) or layout.is_absent(path, listed[path])):
            continue
        if path not in found:
            raise ContractError("file-missing", file=path)
        if found[path] != listed[path]:
            raise ContractError("file-changed", file=path)
        if not layout.is_known(path):
            raise ContractError("file-unknown", file=path)
    for path in (*layout.REQUIRED, layout.STATEMENT):
        if path not in case.files:
            raise ContractError("file-missing", file=path)
    return Finding("files-hold", {"count": str(len(found))})


def check_documents(case: Case) -> Finding:
    """4. Every document has its shape and names a format that is known."""
    problems = sorted(case.problems.items(), key=lambda item: isinstance(item[1], UnknownFormat))
    for path, error in problems:
        raise error.about(path)
    return holds()


def check_signers(case: Case) -> Finding:
    """5. P, C and R are there. No word in the file makes a signature unnecessary (architecture 5, 10)."""
    missing = [name for name in "PCR" if layout.signature_file(name) not in case.files]
    if not missing:
        return holds()
    if "P" not in missing and layout.signature_file("T") in case.files:
        raise Undecided("terminated")
    excepted = case.credential.exception if case.credential else None
    if excepted is None and "P" in missing and case.statement is not None:
        excepted = case.statement.exception
    unable = case.party(PROVIDER if "P" in missing else CONSUMER)
    if excepted is None or missing == ["R"] or excepted.peer != unable:
        raise ContractError("signature-missing", missing=", ".join(missing))
    if case.role_of(unable) in case.memberships:
        raise ContractError("exception-not-allowed", peer=unable)
    raise Undecided("one-sided", peer=unable, why=excepted.sentence)


def check_agreement(case: Case) -> Finding:
    """6. One agreement: its content equals that inside P, and P, C, R and T name its digest and id."""
    credential = need(case.credential, P)
    rules.check_agreement(credential, need(case.agreement, layout.AGREEMENT))
    for document in (case.countersignature, case.receipt):
        if document is not None:
            rules.check_same_agreement(credential, document)
    return Finding("agreement-holds", {"agreement": credential.agreement_id, "digest": credential.agreement_digest})


def check_roles(case: Case) -> Finding:
    """7. P and R are the assigner's, C is the assignee's, and both documents demand exactly these two signers."""
    credential = need(case.credential, P)
    rules.check_roles(credential)
    if case.countersignature is not None:
        rules.check_consumer_role(credential, case.countersignature)
    if case.receipt is not None:
        rules.check_provider_role(credential, case.receipt)
    return Finding("roles-hold", {"provider": case.party(PROVIDER), "consumer": case.party(CONSUMER)})


def check_provider_signature(case: Case) -> Finding:
    """10. P carries the signature of the provider's contract key."""
    return _check_signed(case, case.credential, P, PROVIDER)


def check_consumer_signature(case: Case) -> Finding:
    """11. C carries the signature of the consumer's contract key."""
    return _check_signed(case, case.countersignature, C, CONSUMER)


def check_countersigns(case: Case) -> Finding:
    """12. C is over this P, its proof included."""
    rules.check_countersigns(need(case.credential, P), need(case.countersignature, C))
    return holds()


def check_receipt_signature(case: Case) -> Finding:
    """13. R carries the signature of the provider's contract key."""
    return _check_signed(case, case.receipt, R, PROVIDER)


def check_receipt_for(case: Case) -> Finding:
    """14. R is over this C, its proof included."""
    rules.check_receipt_for(need(case.countersignature, C), need(case.receipt, R))
    return holds()


def check_dataset(case: Case) -> Finding:
    """15. The agreement is about the data set of P, as described, and its terms are those of the offer.

    The id of an offer of ours is a digest of terms, target and description (architecture 5, 18). An offer of another
    kind has an id that says nothing; then only id and digest of the data are compared.
    """
    credential, description = need(case.credential, P), need(case.dataset, layout.DATASET)
    rules.check_target(credential)
    if description.get("@id") != credential.dataset.id:
        raise ContractError("description-of-other", found=description.get("@id"), expected=credential.dataset.id)
    if description.get(CONTENT_DIGEST) != credential.dataset.digest:
        raise ContractError("dataset-digest", found=description.get(CONTENT_DIGEST), expected=credential.dataset.digest)
    if not credential.offer_id.startswith(_OWN_OFFER):
        return Finding("offer-foreign", {"digest": credential.dataset.digest})
    computed = offer_id(terms_of(credential.agreement), credential.dataset.id, description)
    if computed != credential.offer_id:
        raise ContractError("offer-differs", found=credential.offer_id, expected=computed)
    return Finding("dataset-holds", {"digest": credential.dataset.digest})


def check_times(case: Case) -> Finding:
    """16. By their own claims the documents were made in order, in time, and not after this verification."""
    credential = need(case.credential, P)
    agreed = Members(credential.agreement, layout.AGREEMENT).moment("timestamp")
    claimed = [agreed, *(document.valid_from for _, document in case.signed() if document.name != "T")]
    if any(later < earlier - rules.CLOCK_TOLERANCE for earlier, later in itertools.pairwise(claimed)):
        raise ContractError("order")
    if case.countersignature is not None:
        rules.check_countersigned_in_time(credential, case.countersignature.valid_from)
        if case.receipt is not None:
            rules.check_finalized_in_time(case.countersignature, case.receipt.valid_from)
    for document in _all_signed(case):
        if document.valid_from > case.now + rules.CLOCK_TOLERANCE:
            raise Undecided("future", document=document.name, claimed=format_time(document.valid_from))
    return Finding("times-hold", {"signed": format_time(credential.valid_from)})


def _all_signed(case: Case) -> list[SignedDocument]:
    found: list[SignedDocument] = [document for _, document in case.signed()]
    found += [notice for _, _, notice in case.all_notices()]
    return [*found, case.statement] if case.statement else found


def _check_signed(case: Case, found: SignedDocument | None, path: str, role: str) -> Finding:
    document, signer = need(found or case.unknown.get(path), path), signer_of(case, role)
    rules.check_signature(document, signer)
    return Finding("signed-by", {"signer": signer.did, "time": document.document["validFrom"]})
