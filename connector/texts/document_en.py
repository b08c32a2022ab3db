"""The words of the contract document: English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "document.title": "Data contract",
    "document.intro": (
        "This document was made by a program from the documents that both parties signed, and from nothing else. What was"
        " signed is the agreement in its machine form, which stands at the end; these sentences say what it means."
    ),
    # --- what must not be overlooked ----------------------------------------------------------------------------------
    "document.laboratory": "Made in a laboratory: plain HTTP on one machine. It binds nobody.",
    "document.terminated": "There is no contract: a party ended the negotiation after signing. Reason given: {reason}",
    "document.one_sided": "Only one side signed. {peer} was excepted from signing: {reason}",
    "document.unsigned": "Not (yet) a contract. Missing: {missing}",
    "document.unconfirmed": "Signed by both; the consumer has not confirmed yet that it holds the receipt.",
    # --- chapters -----------------------------------------------------------------------------------------------------
    "document.parties": "1. The parties",
    "document.data": "2. The data",
    "document.terms": "3. The terms",
    "document.ids": "4. Identifiers and dates",
    "document.signatures": "5. Signatures",
    "document.verify": "6. How to verify",
    "document.annex": "Annex: the signed agreement, in canonical form (RFC 8785)",
    # --- parties ------------------------------------------------------------------------------------------------------
    "document.role_provider": "Provider",
    "document.role_consumer": "Consumer",
    "document.no_name": "(no membership in the file; the name is not known)",
    "document.vouched": "Vouched for by",
    "document.membership": "Digest of the membership",
    # --- the data -----------------------------------------------------------------------------------------------------
    "document.dataset": "Data set",
    "document.kind": "Kind",
    "document.kind_fixed": "fixed: these very bytes",
    "document.kind_living": "living: data that go on changing, of this definition",
    "document.digest_fixed": "Digest of the content",
    "document.digest_living": "Digest of the definition",
    "document.bytes": "Bytes",
    "document.data_title": "Title",
    "document.data_description": "Description",
    "document.data_keywords": "Keywords",
    "document.data_issued": "Published",
    "document.data_publisher": "Published by",
    "document.data_type": "Media type",
    "document.data_producer": "Produced by",
    "document.data_process": "Process",
    "document.data_classification": "Classification",
    "document.data_columns": "Columns",
    "document.data_digest": "Digest of the description",
    # --- the terms ----------------------------------------------------------------------------------------------------
    "document.classes": (
        "E: the provider's connector enforces it. C: the consumer's connector keeps it. P: a promise of the party; no"
        " software can enforce it, and this contract is its proof."
    ),
    "document.class_E": "enforced",
    "document.class_C": "kept by the other connector",
    "document.class_P": "promised",
    "document.no_clauses": "The terms cannot be put into sentences ({problem}); they stand in the annex.",
    "document.without_clauses": "The agreement permits nothing and forbids nothing.",
    # --- identifiers and dates ----------------------------------------------------------------------------------------
    "document.agreement": "Agreement",
    "document.agreed_at": "Agreed (claim of the provider)",
    "document.agreement_digest": "Digest of the agreement",
    "document.offer": "Offer",
    "document.negotiation": "Negotiation (provider / consumer)",
    "document.authority": "Authority",
    "document.countersign_before": "To be countersigned before",
    "document.finalize_before": "To be finalized before",
    "document.log": "Kept in the log",
    # --- signatures ---------------------------------------------------------------------------------------------------
    "document.times_are_claims": "Each time is the claim of the party that signed.",
    "document.name_P": "the provider signs the agreement",
    "document.name_C": "the consumer countersigns P",
    "document.name_R": "the provider's receipt for C: from here on both are bound",
    "document.name_T": "a party ends the negotiation",
    "document.name_H": "the consumer confirms that it holds R: the contract is complete",
    "document.signer": "Signed by",
    "document.claimed": "Time",
    "document.key": "Key",
    "document.digest": "Digest of the document",
    "document.signature": "Signature (Ed25519)",
    # --- how to verify ------------------------------------------------------------------------------------------------
    "document.how": (
        "This document proves nothing by itself: paper is patient. The proof is the evidence file of the contract"
        " (mmd evidence), and anybody can judge it without a network: mmd verify FILE --trust TRUSTFILE.\n"
        "The trust file comes from the authority that vouches for the parties, never from one of them.\n"
        "Whether this document belongs to that file is shown by: mmd contract FILE --lang en. The same file gives the same"
        " document, and its digest stands in the evidence.\n"
        "How the evidence file is built, so that others can write a verifier of their own, is described in docs/evidence.md."
        " What was said after the signatures (deliveries, withdrawals, ends) stands in the evidence file, not here.\n"
        "Characters that cannot be seen, turn the reading direction or look like others are written by their number,"
        " for example [U+202E]."
    ),
    "document.footer": "SHA-256 of this document as text: {digest}",
    "document.page": "Page {page} of {pages}",
}
