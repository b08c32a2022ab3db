"""The words of a signed contract, on the wire and in files."""

from typing import Final

import policies.vocabulary

MMD: Final = policies.vocabulary.MMD
"""Our vocabulary; on the wire its terms are always full IRIs."""

SIGNATURES: Final = MMD + "signatures"
"""The message property that carries the signatures (architecture 5, 7)."""

CONTEXT: Final = ("https://www.w3.org/ns/credentials/v2", MMD + "context.jsonld")
"""The `@context` of every signed document: addresses only, never fetched; eddsa-jcs-2022 signs them as they stand."""

CREDENTIAL: Final = "VerifiableCredential"
AGREEMENT_CREDENTIAL: Final = "AgreementCredential"
COUNTERSIGNATURE: Final = "AgreementCountersignature"
RECEIPT: Final = "ContractReceipt"
TERMINATION: Final = "ContractTermination"
NOTICE: Final = "Notice"
STATEMENT: Final = "EvidenceStatement"

CONTRACT_FORMAT: Final = "mmd-contract/1"
"""The format of P, C, R and T, named inside the signed bytes (architecture 5, 13)."""
EVIDENCE_FORMAT: Final = "mmd-evidence/1"
"""The format of an evidence file, its manifest and its statement."""

ASSIGNER: Final = "assigner"
ASSIGNEE: Final = "assignee"
PROVIDER: Final = "provider"
CONSUMER: Final = "consumer"
ROLES: Final = (PROVIDER, CONSUMER)

FIXED: Final = "fixed"
LIVING: Final = "living"
