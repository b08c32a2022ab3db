"""Checks 19-23 and 27 of an evidence file: what was said after the signatures, and what contradicts it."""

from collections.abc import Mapping

from connector.contracts import layout, rules
from connector.contracts.case import Case, NotApplicable, StoredMessage, Undecided, need
from connector.contracts.checks_signatures import C, P, R
from connector.contracts.deletions import judge_deletions
from connector.contracts.documents import SignedDocument
from connector.contracts.errors import ContractError
from connector.contracts.export import body_digest, read_body
from connector.contracts.finding import Finding, holds
from connector.contracts.notices import NoticeDocument
from connector.contracts.parties import signer_of
from connector.contracts.promised import check_by_terms, check_notice_period, policy_in
from connector.contracts.signatures import signatures_of
from connector.contracts.vocabulary import CONSUMER, FIXED, PROVIDER, ROLES
from connector.protocol.notice_references import Held, check_references
from connector.protocol.notices import DELIVERY_RECEIVED, DELIVERY_SENT, HOLDS_RECEIPT, Chain, NoticeError


def check_notice_signatures(case: Case) -> Finding:
    """19. Each notice carries the signature of its author's contract key."""
    unknown = [
        (role, path, found)
        for role in ROLES
        for path, found in case.unknown.items()
        if path.startswith(f"notices/{role}/")
    ]
    for role, path, notice in [*case.all_notices(), *unknown]:
        try:
            rules.check_signature(notice, signer_of(case, role))
        except ContractError as error:
            raise error.about(path) from None
    return Finding("notices-signed", _counts(case))


def check_notice_chains(case: Case) -> Finding:
    """20. Each author's notices form one chain on this agreement and C; what they have seen of the other's, or answer, is there."""
    countersignature, agreement = need(case.countersignature, C), need(case.agreement, layout.AGREEMENT)
    chains = {
        role: Chain(
            str(agreement.get("@id")),
            case.party(role),
            countersignature.digest,
            tuple(notice.digest for notice in case.notices[role].values()),
        )
        for role in ROLES
    }
    policy = policy_in(agreement)
    told = {role: [Held(found.notice, found.digest) for found in case.notices[role].values()] for role in ROLES}
    for role, other in ((PROVIDER, CONSUMER), (CONSUMER, PROVIDER)):
        chain = Chain(str(agreement.get("@id")), case.party(role), countersignature.digest)
        for path, found in case.notices[role].items():
            if path != layout.notice_file(role, found.notice.number):
                raise ContractError("notice-place", number=found.notice.number).about(path)
            rules.check_notice_author(found, role)
            try:
                chain = chain.accept(found.notice, found.digest, other=chains[other])
                check_references(found.notice, own=told[role][: found.notice.number - 1], other=told[other])
                check_by_terms(found, role, policy)
            except NoticeError as error:
                raise ContractError("notice-chain", document=path, problem=error).about(path) from None
            except ContractError as error:
                raise error.about(path) from None
    return holds()


def check_confirmed(case: Case) -> Finding:
    """21. The consumer has confirmed, in a notice (H), that it holds this R: with that the contract is complete."""
    receipt = need(case.receipt, R)
    for path, found in case.notices[CONSUMER].items():
        if found.notice.kind == HOLDS_RECEIPT:
            held = found.notice.content["receipt"]
            if held != receipt.digest:
                raise ContractError("confirmed-other", found=held, expected=receipt.digest).about(path)
            return Finding("confirmed", {"time": found.document["validFrom"]})
    raise Undecided("not-confirmed")


def check_deliveries(case: Case) -> Finding:
    """22. What both sides say of a delivery agrees, complete deliveries have the digest of the contract, deletions that of the receipts."""
    credential = need(case.credential, P)
    sent, received = _deliveries(case, PROVIDER, DELIVERY_SENT), _deliveries(case, CONSUMER, DELIVERY_RECEIVED)
    if not sent and not received and judge_deletions(case, {}, {}) is None:
        raise NotApplicable("no-deliveries")
    for path, found in [*sent.values(), *received.values()]:
        content = found.notice.content
        digest = content.get("digest")
        if content["result"] == "complete" and credential.dataset.kind == FIXED and digest != credential.dataset.digest:
            raise ContractError("delivery-digest", delivery=content["delivery"]).about(path)
    for delivery in sent.keys() & received.keys():
        path, (_, one), (_, other) = received[delivery][0], sent[delivery], received[delivery]
        for name in ("transfer", "purpose", "person"):
            if one.notice.content.get(name) != other.notice.content.get(name):
                raise ContractError("delivery-differs", delivery=delivery, name=name).about(path)
    counted = {"sent": str(len(sent)), "received": str(len(received))}
    return judge_deletions(case, *map(_documents, (sent, received))) or Finding("deliveries-hold", counted)


def check_contradictions(case: Case) -> Finding:
    """23. No party contradicts itself or what it has signed: no T beside R, no second document, no withdrawal too early.

    T and R over one C, two different R's, two notices with one number: each proves a breach (architecture 5, 5-6).
    """
    if case.termination is not None:
        _check_termination(case)
    for path, document in case.conflicting.items():
        _check_conflicting(case, path, document)
    policy = policy_in(case.agreement) if case.agreement is not None else None
    for _, path, notice in case.all_notices():
        try:
            check_notice_period(notice, policy)
        except ContractError as error:
            raise error.about(path) from None
    return Finding("terminated" if case.termination else "holds")


def check_messages(case: Case) -> Finding:
    """27. The messages are the exporter's copies; the signatures that they carry are those in the file."""
    listed = case.manifest.object("files").data
    erased = case.erased(path for path in listed if path.startswith("messages/"))
    if not case.messages:
        withheld = sum(path.startswith("messages/") for path in listed)
        if erased:
            raise NotApplicable("messages-erased", count=withheld, **erased)
        raise NotApplicable("messages-withheld", count=withheld) if withheld else NotApplicable("no-messages")
    for path, message in case.messages.items():
        _check_message(case, path, message)
    if erased:
        return Finding("messages-hold-but-erased", {"count": str(len(case.messages)), **erased})
    return Finding("messages-hold", {"count": str(len(case.messages))})


def _counts(case: Case) -> dict[str, str]:
    return {role: str(len(case.notices[role])) for role in ROLES}


def _deliveries(case: Case, role: str, kind: str) -> Mapping[str, tuple[str, NoticeDocument]]:
    # The last word on a delivery counts: a broken one may have been taken up again.
    return {
        found.notice.content["delivery"]: (path, found)
        for path, found in case.notices[role].items()
        if found.notice.kind == kind
    }


def _documents(found: Mapping[str, tuple[str, NoticeDocument]]) -> dict[str, NoticeDocument]:
    return {delivery: document for delivery, (_, document) in found.items()}


def _check_termination(case: Case) -> None:
    path = layout.signature_file("T")
    termination, credential = need(case.termination, path), need(case.credential, P)
    role = case.role_of(termination.issuer)
    if role is None:
        raise ContractError("not-a-party", document="T", found=termination.issuer).about(path)
    try:
        rules.check_termination_over(termination, credential, case.countersignature)
        rules.check_signature(termination, signer_of(case, role))
    except ContractError as error:
        raise error.about(path) from None
    if case.receipt is not None:
        raise ContractError("terminated-and-finalized", party=termination.issuer).about(path)


def _check_conflicting(case: Case, path: str, document: SignedDocument) -> None:
    """A second word of one author where there can be one: it must be the author's, and then it proves a breach."""
    role = case.role_of(document.issuer)
    if role is None:
        raise ContractError("not-a-party", document=path, found=document.issuer).about(path)
    try:
        rules.check_signature(document, signer_of(case, role))
    except ContractError as error:
        raise error.about(path) from None
    held = [found for _, found in case.signed()] + [found for _, _, found in case.all_notices()]
    agreement_id = need(case.agreement, layout.AGREEMENT).get("@id")
    for other in held:
        if document.agreement_id == agreement_id and _same_place(document, other) and other.digest != document.digest:
            what = f"{other.name} {other.digest}, {document.digest}"
            raise ContractError("two-words", party=document.issuer, what=what).about(path)
    raise ContractError("no-conflict").about(path)


def _same_place(one: SignedDocument, other: SignedDocument) -> bool:
    if type(one) is not type(other) or one.issuer != other.issuer:
        return False
    if isinstance(one, NoticeDocument) and isinstance(other, NoticeDocument):
        return one.notice.number == other.notice.number
    return True


def _check_message(case: Case, path: str, message: StoredMessage) -> None:
    body = read_body(message.body)
    if message.digest != body_digest(body):
        raise ContractError("message-digest").about(path)
    if not isinstance(body, dict):
        return  # kept as it came; what is no JSON carries no signature
    try:
        carried = signatures_of(body).to_json()
    except ContractError as error:
        raise error.about(path) from None
    held = {document.name: document.document for _, document in case.signed()}
    for name in layout.SIGNATURE_NAMES:
        if name in carried and carried[name] != held.get(name):
            raise ContractError("message-signature", name=name).about(path)
