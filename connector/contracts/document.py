"""The contract as people read it, in Korean and English, made from nothing but the signed bytes.

The same documents give the same text, byte for byte, wherever it is made: no clock, no locale, no network. Text, HTML and
PDF are three dresses of one list of blocks. What others wrote goes through `visible`, so that nothing in it is hidden.

Its wording is ours and may become better: `shown.words_digest` names it, so that a rendering made with other words is not
taken for a false one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from connector.canonical import canonical_bytes
from connector.contracts import layout
from connector.contracts.agreement import agreement_digest
from connector.contracts.case import Case, need
from connector.contracts.description import described
from connector.contracts.documents import SignedDocument
from connector.contracts.shown import Lang, digest_of_text
from connector.contracts.terms import clauses_of
from connector.contracts.visible import visible
from connector.contracts.vocabulary import CONSUMER, PROVIDER, ROLES
from connector.protocol.notices import HOLDS_RECEIPT
from connector.texts import say
from policies.errors import PolicyError

DOCUMENT_FORMAT: Final = "mmd-document/1"


@dataclass(frozen=True)
class Heading:
    """A chapter begins."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A sentence or several; `loud` ones must not be overlooked."""

    text: str
    loud: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and values, one a row."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClauseBlock:
    """One clause: its number, its class E, C or P, its sentence, who keeps it."""

    number: int
    enforcer: str
    text: str
    kept: str


@dataclass(frozen=True)
class Verbatim:
    """Signed text, as it stands."""

    text: str


Block: TypeAlias = Heading | Paragraph | Facts | ClauseBlock | Verbatim


@dataclass(frozen=True)
class Document:
    """A contract in one language.

    Attributes:
        lang: of its words.
        title: what it is.
        agreement_id: of which agreement.
        signed: the time that the provider's signature claims, or that of the agreement.
        blocks: what it says, in order.
    """

    lang: Lang
    title: str
    agreement_id: str
    signed: str
    blocks: tuple[Block, ...]


def contract_document(case: Case, lang: Lang) -> Document:
    """The document of one contract, from the opened files of its evidence.

    Whether anything in it is true is not judged here. A file that is missing or cannot be read is missing here too.

    Raises:
        NotApplicable: there is no agreement that could be shown.
    """
    credential = case.credential
    agreement = credential.agreement if credential else need(case.agreement, layout.AGREEMENT)
    signed = credential.document["validFrom"] if credential else str(agreement.get("timestamp", ""))
    return Document(
        lang,
        say("document.title", lang),
        visible(str(agreement.get("@id", ""))),
        visible(signed),
        tuple(_blocks(case, agreement, lang)),
    )


def text_digest(text: str) -> str:
    """`sha256:…` of a document's text, as `sha256sum` counts it over the file."""
    return digest_of_text(text)


def _blocks(case: Case, agreement: Mapping[str, Any], lang: Lang) -> Iterator[Block]:
    yield from (Paragraph(text, loud=True) for text in _warnings(case, lang))
    yield Paragraph(say("document.intro", lang))
    yield Heading(say("document.parties", lang))
    for role in ROLES:
        yield Facts(tuple(_party(case, agreement, role, lang)))
    yield Heading(say("document.data", lang))
    yield Facts(tuple(_data(case, agreement, lang)))
    yield Heading(say("document.terms", lang))
    yield Paragraph(say("document.classes", lang))
    yield from _clauses(agreement, lang)
    yield Heading(say("document.ids", lang))
    yield Facts(tuple(_ids(case, agreement, lang)))
    yield Heading(say("document.signatures", lang))
    yield Paragraph(say("document.times_are_claims", lang))
    for name, document in _signed(case):
        yield Facts(tuple(_signature(name, document, lang)))
    yield Heading(say("document.verify", lang))
    yield from (Paragraph(line) for line in say("document.how", lang).split("\n"))
    yield Heading(say("document.annex", lang))
    yield Verbatim(visible(canonical_bytes(agreement).decode("utf-8")))


def _warnings(case: Case, lang: Lang) -> Iterator[str]:
    credential = case.credential
    if credential is not None and credential.laboratory:
        yield say("document.laboratory", lang)
    if case.termination is not None:
        yield say("document.terminated", lang, reason=visible(case.termination.reason))
    if credential is not None and credential.exception is not None:
        excepted = credential.exception
        yield say("document.one_sided", lang, peer=visible(excepted.peer), reason=visible(excepted.sentence))
    missing = [name for name, found in zip("PCR", _documents(case), strict=False) if found is None]
    if missing:
        yield say("document.unsigned", lang, missing=", ".join(missing))
    elif _confirmation(case) is None:
        yield say("document.unconfirmed", lang)


def _documents(case: Case) -> tuple[SignedDocument | None, ...]:
    return case.credential, case.countersignature, case.receipt, case.termination


def _confirmation(case: Case) -> SignedDocument | None:
    """H: the consumer's first word that it holds R."""
    held = (notice for notice in case.notices.get(CONSUMER, {}).values() if notice.notice.kind == HOLDS_RECEIPT)
    return next(held, None)


def _signed(case: Case) -> Iterator[tuple[str, SignedDocument]]:
    for name, document in zip("PCRT", _documents(case), strict=True):
        if document is not None:
            yield name, document
    confirmation = _confirmation(case)
    if confirmation is not None:
        yield "H", confirmation


def _party(case: Case, agreement: Mapping[str, Any], role: str, lang: Lang) -> Iterator[tuple[str, str]]:
    membership = case.memberships.get(role)
    name = visible(membership.name) if membership else say("document.no_name", lang)
    yield say(f"document.role_{role}", lang), name
    yield "DID", visible(str(agreement.get("assigner" if role == PROVIDER else "assignee", "")))
    if membership is not None:
        yield say("document.vouched", lang), visible(membership.issuer)
        yield say("document.membership", lang), membership.digest


def _data(case: Case, agreement: Mapping[str, Any], lang: Lang) -> Iterator[tuple[str, str]]:
    yield say("document.dataset", lang), visible(str(agreement.get("target", "")))
    if case.credential is not None:
        dataset = case.credential.dataset
        yield say("document.kind", lang), say(f"document.kind_{dataset.kind}", lang)
        yield say(f"document.digest_{dataset.kind}", lang), dataset.digest
        if dataset.byte_size is not None:
            yield say("document.bytes", lang), f"{dataset.byte_size:,}"
    if case.dataset is not None:
        yield from described(case.dataset, lang)


def _clauses(agreement: Mapping[str, Any], lang: Lang) -> Iterator[Block]:
    try:
        clauses = clauses_of(agreement, lang)
    except PolicyError as error:
        yield Paragraph(say("document.no_clauses", lang, problem=visible(str(error))), loud=True)
        return
    for number, clause in enumerate(clauses, 1):
        yield ClauseBlock(number, clause.enforcer, visible(clause.text), visible(clause.enforcer_text))
    if not clauses:
        yield Paragraph(say("document.without_clauses", lang))


def _ids(case: Case, agreement: Mapping[str, Any], lang: Lang) -> Iterator[tuple[str, str]]:
    yield say("document.agreement", lang), visible(str(agreement.get("@id", "")))
    yield say("document.agreed_at", lang), visible(str(agreement.get("timestamp", "")))
    yield say("document.agreement_digest", lang), agreement_digest(agreement)
    credential = case.credential
    if credential is None:
        return
    yield say("document.offer", lang), visible(credential.offer_id)
    pids = visible(f"{credential.provider_pid} / {credential.consumer_pid}")
    yield say("document.negotiation", lang), pids
    if credential.authority is not None:
        yield say("document.authority", lang), visible(credential.authority.did)
    subject = credential.document["credentialSubject"]
    yield say("document.countersign_before", lang), visible(str(subject["countersignBefore"]))
    if case.countersignature is not None:
        before = case.countersignature.document["credentialSubject"]["finalizeBefore"]
        yield say("document.finalize_before", lang), visible(str(before))
    if case.receipt is not None:
        yield say("document.log", lang), visible(case.receipt.log_origin)


def _signature(name: str, document: SignedDocument, lang: Lang) -> Iterator[tuple[str, str]]:
    proof = document.document.get("proof")
    found: Mapping[str, Any] = proof if isinstance(proof, dict) else {}
    yield name, say(f"document.name_{name}", lang)
    yield say("document.signer", lang), visible(document.issuer)
    yield say("document.claimed", lang), visible(str(document.document["validFrom"]))
    yield say("document.key", lang), visible(str(found.get("verificationMethod", "")))
    yield say("document.digest", lang), document.digest
    yield say("document.signature", lang), visible(str(found.get("proofValue", "")))
