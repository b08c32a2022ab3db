"""What we owe in a negotiation, and how it is done. It follows from the state alone, so a restart finds it again."""

from dataclasses import replace
from typing import Any, Final

from connector.canonical import JsonObject
from connector.ports.network import PeerAnswer
from connector.ports.records import OutboxRow
from connector.ports.store import UnitOfWork
from connector.protocol import negotiation as machine
from connector.protocol.machine import Event, Role
from connector.protocol.messages import (
    ContractNegotiationEventMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    NegotiationMessage,
)
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.services.contracting import Party
from connector.services.decisions import Accept, Agree, Decider, Offer, Step, Terminate, Wait
from connector.services.desk.desk import Desk
from connector.services.errors import Conflict
from connector.services.negotiations.signing import Signing
from connector.services.refusals import keep_refusal
from connector.services.wording import without_note
from connector.texts import say
from connector.trust.credentials import read_membership
from connector.trust.did import DidDocument

_ASKED: Final = frozenset({Duty.DECIDE, Duty.AGREE})
"""What people are asked about; what is merely due after that is only waited with for a second person."""


class Steps(Signing):
    """Asks what to do next, and does it; told what our messages were answered."""

    def __init__(self, *about: Any, decider: Decider, desk: Desk, **more: Any) -> None:
        super().__init__(*about, **more)
        self.decider = decider
        self.desk = desk

    def act(self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party | None) -> None:
        """Do what is owed, unless it waits for people; what binds us and needs a second person waits for one."""
        duty = machine.owed(negotiation)
        if duty is None or party is None or self.desk.holds(unit, negotiation, duty):
            return
        now = self._clock.now()
        step = self.decider.next_step(unit, negotiation, duty, now)
        step = self.desk.hindrance(unit, negotiation, step, duty) or step
        if not isinstance(step, Wait):
            self.desk.note_rule(unit, negotiation, step, now)
            self.take(unit, negotiation, party, step, duty)
        elif duty in _ASKED or step.because:
            self.desk.put(unit, negotiation, duty, step, now)

    def take(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party, step: Step, duty: Duty
    ) -> ContractNegotiation:
        """Take a step that was decided.

        Raises:
            IllegalTransition: it is not ours to take now.
            Conflict: it binds us, and a second person has to agree to it first.
        """
        hindrance = self.desk.hindrance(unit, negotiation, step, duty)
        if hindrance is not None:
            raise Conflict.told("second_person", rules=", ".join(hindrance.because))
        if isinstance(step, Terminate):
            if step.judged is not None:
                keep_refusal(unit, step.judged, about=negotiation.id, now=self._clock.now())
            return self.terminate(unit, negotiation, code=step.code, reason=step.reason)
        if isinstance(step, Agree):
            return self.agree(unit, replace(negotiation, described=step.described), party, step.offer)
        if isinstance(step, Offer):
            return self._offer(
                unit, replace(negotiation, described=step.described or negotiation.described), step.offer
            )
        if isinstance(step, Accept):
            return self._accept(unit, replace(negotiation, described=step.described or negotiation.described))
        return self.verify(unit, negotiation) if duty is Duty.VERIFY else self.finalize(unit, negotiation, party)

    def lapse(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> bool:
        """End what has waited for our people for too long; whether it was so."""
        held = self.desk.expired(unit, negotiation.id, self._clock.now())
        if held is None or machine.owed(negotiation) is None:
            return False
        reason = say("desk.not_answered", "en", until=held.expires_at)
        self.terminate(unit, negotiation, code="not-answered", reason=reason)
        return True

    # --- what does not wait any more -------------------------------------------------------------------------------------

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
        if not new:
            self.desk.settle(unit, negotiation.id)
        return super().send(unit, negotiation, message, binding=binding, now=now, new=new, widened=widened)

    def note_end(self, unit: UnitOfWork, process: ContractNegotiation) -> None:
        super().note_end(unit, process)
        if process.state in self.terminal:
            self.desk.settle(unit, process.id)

    def _offer(self, unit: UnitOfWork, negotiation: ContractNegotiation, offer: JsonObject) -> ContractNegotiation:
        """A counter-offer, from either side."""
        offer = {**offer, "@type": "Offer", "target": negotiation.dataset}
        message: NegotiationMessage
        if negotiation.role is Role.PROVIDER:
            message = ContractOfferMessage(provider_pid=negotiation.id, consumer_pid=negotiation.their_pid, offer=offer)
        else:
            message = ContractRequestMessage(
                consumer_pid=negotiation.id, provider_pid=negotiation.their_pid, offer=offer
            )
        return self.send(unit, negotiation, message, binding=False, now=self.now())

    def _accept(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> ContractNegotiation:
        message = ContractNegotiationEventMessage(
            provider_pid=negotiation.their_pid or "", consumer_pid=negotiation.id, event_type="ACCEPTED"
        )
        return self.send(unit, negotiation, message, binding=False, now=self.now())

    def stored_party(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> Party | None:
        """The other side as last seen: from the contract if there is one, else from its newest membership."""
        contract = self._agreements.known(unit, negotiation)
        if contract is not None:
            kept = contract.parties[negotiation.role.other.value]
            membership = read_membership(kept["membership"]) if kept["membership"] else None
            document = DidDocument.parse(kept["document"], negotiation.counterparty)
            return Party(negotiation.counterparty, document, membership)
        held = unit.memberships.find(did=negotiation.counterparty, newest_first=True, limit=1)
        document = DidDocument.parse({"id": negotiation.counterparty}, negotiation.counterparty)
        party = Party(negotiation.counterparty, document, read_membership(held[0].jwt) if held else None)
        return party if held or self._contracting.excepted(unit, party) else None

    # --- what our own messages were answered (the outbox asks) ---------------------------------------------------------

    def after_acknowledgement(
        self, process: ContractNegotiation, event: Event, theirs: str | None
    ) -> ContractNegotiation:
        return machine.acknowledged(process, event, theirs)

    def after_refusal(self, process: ContractNegotiation, event: Event) -> ContractNegotiation:
        return machine.refused(process, event)

    def refused(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """An offer of ours that was refused is off the table: our people look at what lay there before."""
        super().refused(unit, row, answer)
        negotiation = unit.negotiations.get(row.process)
        duty = machine.owed(negotiation) if negotiation is not None else None
        if negotiation is not None and duty is not None and duty in _ASKED:
            self.desk.put(unit, negotiation, duty, Wait(), self._clock.now())

    def advanced(self, unit: UnitOfWork, process: ContractNegotiation) -> None:
        confirmed = replace(process, problem=without_note(process.problem))
        super().advanced(unit, confirmed)
        if machine.owed(confirmed) is not None:
            self.act(unit, confirmed, self.stored_party(unit, confirmed))
