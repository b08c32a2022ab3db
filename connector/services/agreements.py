"""What arrives on the way to a contract: the agreement, C, R and T are judged here and kept, or refused with a reason.

Everything runs in the transaction of the message that brought it (decisions 5, 6-11).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from connector.audit.checkpoint import Checkpoint
from connector.audit.entries import EntryKind
from connector.canonical import JsonObject
from connector.clock import format_time
from connector.contracts.documents import Authority, read_agreement_credential
from connector.contracts.errors import ContractError
from connector.contracts.signatures import signatures_of
from connector.ids import MAX_IRI, is_iri
from connector.ports.records import ContractRecord
from connector.ports.store import UnitOfWork
from connector.protocol import negotiation as machine
from connector.protocol.errors import MessageInvalid
from connector.protocol.machine import Role
from connector.protocol.messages import (
    ContractAgreementMessage,
    ContractAgreementVerificationMessage,
    ContractNegotiationEventMessage,
    ContractNegotiationTerminationMessage,
    NegotiationMessage,
)
from connector.protocol.negotiation import ContractNegotiation
from connector.services.agreed import agreed_policy
from connector.services.contracting import (
    Contracting,
    Party,
    as_in,
    check_log_proof,
    digest_of_signed,
    documents_logged,
)
from connector.services.facts.exclusivity import promises_to_be_alone
from connector.services.identity import Identity
from connector.services.lost_keys import check_not_lost
from connector.services.offers import same_as_offered
from connector.trust.credentials import Membership, read_membership
from connector.wire.codec import as_text

Concluded = Callable[[UnitOfWork, ContractRecord, Party | None], None]
"""Told in the transaction that concludes a contract: the notices service writes H, checkpoints are looked at."""


SawCheckpoint = Callable[[UnitOfWork, ContractRecord, Checkpoint, str], None]
"""Told of each checkpoint of the other side, in the transaction that took it."""


class Agreements:
    """Takes the signed parts of a contract as they come in."""

    def __init__(
        self, identity: Identity, contracting: Contracting, *, concluded: Concluded, seen: SawCheckpoint
    ) -> None:
        self._me = identity
        self._contracting = contracting
        self._concluded = concluded
        self._seen = seen

    def take(
        self,
        unit: UnitOfWork,
        negotiation: ContractNegotiation,
        party: Party,
        message: NegotiationMessage,
        now: datetime,
    ) -> None:
        """Judge what a message brings beyond its place in the table, and keep it.

        Raises:
            MessageInvalid: the agreement is not what was asked for.
            ContractError: a signature is missing, late, or breaks a rule. Nothing was kept.
        """
        if isinstance(message, ContractAgreementMessage):
            self._take_agreement(unit, negotiation, party, message, now)
        elif isinstance(message, ContractAgreementVerificationMessage):
            self._take_verification(unit, negotiation, party, message, now)
        elif isinstance(message, ContractNegotiationEventMessage) and message.event == machine.FINALIZED:
            self._take_receipt(unit, negotiation, party, message, now)
        elif isinstance(message, ContractNegotiationTerminationMessage):
            self._take_termination(unit, negotiation, party, message, now)

    def holds_receipt_of(self, unit: UnitOfWork, negotiation: ContractNegotiation, message: NegotiationMessage) -> bool:
        """Whether a message only brings the R that we hold: the provider is bound and goes on sending it (decision 5, 6)."""
        contract = self.known(unit, negotiation)
        if message.event != machine.FINALIZED or contract is None or "R" not in contract.signatures:
            return False
        try:
            return bool(signatures_of(message.extra).receipt == contract.signatures["R"])
        except ContractError:
            return False

    def contract(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> ContractRecord:
        """The contract that a negotiation is about.

        Raises:
            MessageInvalid: there is none yet.
        """
        contract = self.known(unit, negotiation)
        if contract is None:
            raise MessageInvalid("there is no agreement in this negotiation")
        return contract

    def known(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> ContractRecord | None:
        """The contract that a negotiation is about, if it is that far."""
        return unit.contracts.get(negotiation.agreement["@id"]) if negotiation.agreement else None

    def record(
        self,
        unit: UnitOfWork,
        negotiation: ContractNegotiation,
        agreement: JsonObject,
        party: Party,
        now: datetime,
        named: Authority | None = None,
    ) -> ContractRecord:
        """A new record of a contract: who the parties are now, and what the data set is."""
        own, other = self._contracting.own_membership(unit), party.membership
        if named is not None:  # the other side may have signed under memberships that are not the newest ones
            ours, theirs = (named.consumer, named.provider) if negotiation.role is Role.CONSUMER else (None, None)
            own, other = _known_as(unit, ours) or own, _known_as(unit, theirs) or other
        mine = {"document": self._me.did_document, "membership": own.jwt if own else None}
        shown = {"document": party.document.data, "membership": other.jwt if other else None}
        made = ContractRecord(
            id=agreement["@id"],
            role=negotiation.role.value,
            counterparty=party.did,
            negotiation=negotiation.id,
            dataset=negotiation.dataset,
            agreement=agreement,
            signatures={},
            countersignature_digest=None,
            log={},
            parties={negotiation.role.value: mine, negotiation.role.other.value: shown},
            description=negotiation.described or {},
            created_at=format_time(now),
            laboratory=self._me.laboratory,
        )
        alone = negotiation.role is Role.PROVIDER and promises_to_be_alone(agreed_policy(made))
        return replace(made, sole_on=negotiation.dataset) if alone else made

    def _take_agreement(
        self,
        unit: UnitOfWork,
        negotiation: ContractNegotiation,
        party: Party,
        message: ContractAgreementMessage,
        now: datetime,
    ) -> None:
        agreement = message.agreement
        judge_agreement(negotiation, agreement, me=self._me.did)
        if unit.contracts.get(agreement["@id"]) is not None:
            raise MessageInvalid("there is another contract with this agreement @id already")
        credential = self._contracting.check_agreement(unit, negotiation, party, message, now=now)
        if credential is not None and not is_iri(agreement["@id"]):
            raise MessageInvalid("the @id of an agreement that is signed is an IRI")
        exception = None if credential else self._contracting.excepted(unit, party)
        record = self.record(unit, negotiation, agreement, party, now, credential.authority if credential else None)
        if credential is not None:
            check_not_lost(unit, as_in(record, party).membership, "provider")
            self._contracting.check_shown(negotiation.id, party, record)
            self._contracting.check_status(unit, credential, record)
        signed = {"P": credential.document} if credential else {}
        unit.contracts.add(
            replace(record, signatures=signed, one_sided=exception.sentence or "excepted" if exception else None)
        )

    def _take_verification(
        self,
        unit: UnitOfWork,
        negotiation: ContractNegotiation,
        party: Party,
        message: ContractAgreementVerificationMessage,
        now: datetime,
    ) -> None:
        contract = self.contract(unit, negotiation)
        party = as_in(contract, party)
        found = self._contracting.check_countersignature(contract.signatures, party, message, now)
        if found is None:
            exception = read_agreement_credential(contract.signatures["P"]).exception
            why = exception.sentence if exception else ""
            unit.contracts.put(
                replace(contract, one_sided=f"the consumer cannot sign; the operator excepted it: {why}")
            )
            return
        check_not_lost(unit, party.membership, "consumer")
        self._contracting.check_status(unit, found, contract)
        signatures = {**contract.signatures, "C": found.document}
        # Its document as it is at its signature: when people agreed, or we were started again, it was not at hand.
        kept = {**contract.parties["consumer"], "document": party.document.data}
        unit.contracts.put(
            replace(
                contract,
                signatures=signatures,
                countersignature_digest=found.digest,
                parties={**contract.parties, "consumer": kept},
            )
        )

    def _take_receipt(
        self,
        unit: UnitOfWork,
        negotiation: ContractNegotiation,
        party: Party,
        message: ContractNegotiationEventMessage,
        now: datetime,
    ) -> None:
        contract = self.contract(unit, negotiation)
        if contract.one_sided is not None:
            unit.contracts.put(replace(contract, signed_at=format_time(now), confirmed_at=format_time(now)))
            return
        party = as_in(contract, party)
        found = signatures_of(message.extra)
        check_not_lost(unit, party.membership, "provider")
        receipt = self._contracting.check_receipt(contract.signatures, party, found, now)
        if found.log_proof is None or party.membership is None:
            raise ContractError("log-missing", role="provider")
        checkpoint, note = check_log_proof(found.log_proof, receipt.digest, party.membership)
        own = unit.log.append(EntryKind.CONTRACT, receipt.digest, now, documents_logged(contract))
        proof = found.log_proof
        contract = replace(
            contract,
            signatures={**contract.signatures, "R": receipt.document},
            log={
                "provider": {"entry": proof.entry, "proof": proof.tlog_proof, "size": checkpoint.size, "note": note},
                "consumer": {"entry": own.entry, "proof": own.proof, "index": own.index},
            },
            signed_at=format_time(now),
        )
        unit.contracts.put(contract)
        self._seen(unit, contract, checkpoint, note)
        self._concluded(unit, contract, party)

    def _take_termination(
        self,
        unit: UnitOfWork,
        negotiation: ContractNegotiation,
        party: Party,
        message: ContractNegotiationTerminationMessage,
        now: datetime,
    ) -> None:
        contract = self.known(unit, negotiation)
        if contract is None:
            return
        party = as_in(contract, party)
        found = self._contracting.check_termination(contract.signatures, party, message, now)
        if found:
            check_not_lost(unit, party.membership, negotiation.role.other.value)
        signatures = {**contract.signatures, "T": found} if found else contract.signatures
        unit.contracts.put(replace(contract, signatures=signatures, terminated_at=format_time(now)))
        if found:
            unit.log.append(EntryKind.TERMINATION, digest_of_signed(found), now)


def judge_agreement(negotiation: ContractNegotiation, agreement: JsonObject, *, me: str) -> None:
    """Whether an agreement is what we asked for.

    Raises:
        MessageInvalid: its parties, target or terms are not those of the offer; the sentence names the difference.
    """
    if not _is_name(agreement.get("@id")):
        raise MessageInvalid("the agreement's @id is not a text of bounded length without blanks")
    for name, expected in (("assigner", negotiation.counterparty), ("assignee", me), ("target", negotiation.dataset)):
        if as_text(agreement.get(name)) != expected:
            raise MessageInvalid(f"the agreement's {name} is {agreement.get(name)!r}; {expected!r} is expected")
    problem = same_as_offered(negotiation.offer, agreement)
    if problem is not None:
        raise MessageInvalid(problem)


def _known_as(unit: UnitOfWork, membership: str | None) -> Membership | None:
    record = unit.memberships.get(membership) if membership else None
    return read_membership(record.jwt) if record is not None else None


def _is_name(value: object) -> bool:
    """The standard wants an IRI; other connectors name their agreements by bare UUIDs, and mean no harm by it."""
    return isinstance(value, str) and 0 < len(value) <= MAX_IRI and value.isprintable() and " " not in value
