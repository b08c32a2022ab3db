"""The messages of a negotiation as they leave us, with our signatures: P, C, R and T (decisions 5, 6 and 7)."""

from dataclasses import replace
from typing import ClassVar, Final

from connector.audit.entries import EntryKind
from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.contracts.errors import ContractError
from connector.contracts.signatures import LogProof, Signatures
from connector.ports.records import ContractRecord, OutboxKind, Timer, TimerKind
from connector.ports.store import Records, UnitOfWork
from connector.protocol import negotiation as machine
from connector.protocol.messages import (
    ContractAgreementMessage,
    ContractAgreementVerificationMessage,
    ContractNegotiationEventMessage,
    ContractNegotiationTerminationMessage,
    NegotiationMessage,
)
from connector.protocol.negotiation import ContractNegotiation, NegotiationState
from connector.protocol.versions import ProtocolVersion
from connector.services.agreements import Agreements, Concluded
from connector.services.changes import Changes
from connector.services.contracting import (
    Contracting,
    Party,
    carrying,
    deadline_of,
    digest_of_signed,
    documents_logged,
    past_deadline,
)
from connector.services.identity import Identity
from connector.services.named_lists import documents_named
from connector.services.outbox import Outbox
from connector.services.processes import Processes
from connector.services.wording import problem_of

STATUS_PROBLEM: Final = "membership-taken-back"
"""The code with which a negotiation ends whose other side is a member no more when we are to sign."""


class Signing(Processes[ContractNegotiation]):
    """Signs and sends."""

    kind = OutboxKind.NEGOTIATION
    ended = TimerKind.NEGOTIATION_ENDED
    terminal = machine.TERMINAL
    terminated = NegotiationState.TERMINATED
    termination: ClassVar = ContractNegotiationTerminationMessage

    def __init__(
        self,
        identity: Identity,
        *,
        outbox: Outbox,
        versions: tuple[ProtocolVersion, ...],
        clock: Clock,
        changes: Changes,
        contracting: Contracting,
        agreements: Agreements,
        concluded: Concluded,
    ) -> None:
        super().__init__(outbox=outbox, versions=versions, clock=clock, changes=changes)
        self._me = identity
        self._contracting = contracting
        self._agreements = agreements
        self._concluded = concluded

    def records(self, unit: UnitOfWork) -> Records[ContractNegotiation]:
        return unit.negotiations

    def send(
        self,
        unit: UnitOfWork,
        negotiation: ContractNegotiation,
        message: NegotiationMessage,
        *,
        binding: bool,
        now: str,
        new: bool = False,
        widened: bool = False,
    ) -> ContractNegotiation:
        """Note a message as pending and make it due.

        Raises:
            IllegalTransition: our side may not send it now.
        """
        sent = replace(machine.send(negotiation, message, widened=widened), updated_at=now)
        unit.negotiations.add(sent) if new else unit.negotiations.put(sent)
        self.post(unit, sent, message, binding=binding, now=now)
        return sent

    def agree(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party, offer: JsonObject
    ) -> ContractNegotiation:
        """As provider: the agreement on this offer, with P."""
        now = self._clock.now()
        if party.membership is None and self._contracting.excepted(unit, party) is None:
            reason = (
                "your membership binds no contract key, so you cannot sign; we only make contracts that both sides sign"
            )
            return self.terminate(unit, negotiation, code="cannot-sign", reason=reason)
        try:
            agreement, credential = self._contracting.agree(unit, negotiation, party, offer=offer, now=now)
        except ContractError as error:
            return self.terminate(unit, negotiation, code=STATUS_PROBLEM, reason=str(error))
        record = self._agreements.record(unit, negotiation, agreement, party, now)
        self._await(unit, replace(record, signatures={"P": credential}), new=True)
        message = ContractAgreementMessage(
            provider_pid=negotiation.id,
            consumer_pid=negotiation.their_pid or "",
            agreement=agreement,
            extra=carrying(Signatures(credential, status_lists=documents_named(unit, credential))),
        )
        return self.send(unit, negotiation, message, binding=True, now=format_time(now))

    def verify(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> ContractNegotiation:
        """As consumer: the verification, with C."""
        contract = self._agreements.contract(unit, negotiation)
        now = self._clock.now()
        unit.log.check_may_sign()
        extra: JsonObject = {}
        if "P" in contract.signatures:
            try:
                countersignature = self._contracting.countersign(unit, contract, now)
            except ContractError as error:
                return self.terminate(unit, negotiation, code=STATUS_PROBLEM, reason=str(error))
            lists = documents_named(unit, countersignature)
            extra = carrying(Signatures(countersignature=countersignature, status_lists=lists))
            signed = replace(
                contract,
                signatures={**contract.signatures, "C": countersignature},
                countersignature_digest=digest_of_signed(countersignature),
            )
            self._await(unit, signed)
        message = ContractAgreementVerificationMessage(
            provider_pid=negotiation.their_pid or "", consumer_pid=negotiation.id, extra=extra
        )
        return self.send(unit, negotiation, message, binding=bool(extra), now=format_time(now))

    def finalize(self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party) -> ContractNegotiation:
        """As provider: FINALIZED, with P, C and R and the log's proof; from this commit on we are bound."""
        contract = self._agreements.contract(unit, negotiation)
        now = self._clock.now()
        extra: JsonObject = {}
        if contract.one_sided is None and not self._contracting.binds_log_in_use(contract):
            reason = (
                "the log that your agreement names was closed: we came back from a backup. Ask for the agreement anew"
            )
            return self.terminate(unit, negotiation, code="log-closed", reason=reason)
        if contract.one_sided is None:
            contract, extra = self._with_receipt(unit, contract)
        else:
            contract = replace(contract, signed_at=format_time(now), confirmed_at=format_time(now))
        unit.contracts.put(contract)
        message = ContractNegotiationEventMessage(
            provider_pid=negotiation.id,
            consumer_pid=negotiation.their_pid or "",
            event_type="FINALIZED",
            extra=extra,
        )
        sent = self.send(unit, negotiation, message, binding=True, now=format_time(now))
        self._concluded(unit, contract, party)
        return sent

    def _with_receipt(self, unit: UnitOfWork, contract: ContractRecord) -> tuple[ContractRecord, JsonObject]:
        """The contract with R signed and logged, and the property that carries the whole chain."""
        now = self._clock.now()
        receipt = self._contracting.receipt(contract, now)
        entry = unit.log.append(EntryKind.CONTRACT, digest_of_signed(receipt), now, documents_logged(contract))
        signatures = {**contract.signatures, "R": receipt}
        log = {"provider": {"entry": entry.entry, "proof": entry.proof, "index": entry.index}}
        carried = Signatures(
            credential=signatures["P"],
            countersignature=signatures["C"],
            receipt=receipt,
            log_proof=LogProof(entry.entry, entry.proof),
        )
        return replace(contract, signatures=signatures, log=log, signed_at=format_time(now)), carrying(carried)

    def terminate(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, *, code: str, reason: str
    ) -> ContractNegotiation:
        """End it; with T, if we have signed something.

        Raises:
            IllegalTransition: the standard does not let our side end it now.
        """
        now = self._clock.now()
        problem = problem_of(code, [reason], by=self._me.did)
        if negotiation.their_pid is None:
            return self.cancel(unit, negotiation, problem)
        contract = self._agreements.known(unit, negotiation)
        signed = None
        if contract is not None:
            signed = self._contracting.terminate(contract, negotiation, code=code, reason=reason, now=now)
        extra = carrying(Signatures(termination=signed)) if signed else {}
        sent = self.send(
            unit,
            replace(negotiation, problem=problem),
            self.termination_of(negotiation, code, reason, extra),
            binding=signed is not None,
            now=format_time(now),
            widened=contract is not None and past_deadline(contract, now),
        )
        if contract is not None and signed is not None:
            signatures = {**contract.signatures, "T": signed}
            unit.contracts.put(replace(contract, signatures=signatures, terminated_at=format_time(now)))
            unit.log.append(EntryKind.TERMINATION, digest_of_signed(signed), now)
        return sent

    def _await(self, unit: UnitOfWork, contract: ContractRecord, *, new: bool = False) -> None:
        """Keep a contract on which we wait for the other side's signature until the date that ours names."""
        unit.contracts.add(contract) if new else unit.contracts.put(contract)
        until = deadline_of(contract)
        if until is not None:
            unit.timers.put(Timer.at(until, TimerKind.DEADLINE, contract.negotiation))

    def expire(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> bool:
        """End it if a deadline of its contract has passed: nothing that comes now can conclude it (decision 5, 6)."""
        contract = self._agreements.known(unit, negotiation)
        if (
            contract is None
            or negotiation.settled in machine.TERMINAL
            or not past_deadline(contract, self._clock.now())
        ):
            return False
        reason = "the time that the contract gave for signing or finalizing has passed"
        self.terminate(unit, negotiation, code="deadline-passed", reason=reason)
        return True
