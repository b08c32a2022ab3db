"""Contract negotiations, both roles: what arrives, what we answer, what we owe next (DSP 2025-1, contract negotiation).

One message, one transaction: the new state, the message's key, the next message in the outbox, the signatures and the
log entry are committed together, or nothing is. What we owe follows from the state alone (`protocol.negotiation.owed`),
so a restart finds it again.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector.audit.entries import EntryKind
from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.contracts.errors import ContractError
from connector.contracts.signatures import LogProof, Signatures
from connector.ids import new_iri
from connector.ports.network import PeerAnswer
from connector.ports.records import Act, MessageRecord, OutboxKind, OutboxRow
from connector.ports.store import Store, UnitOfWork
from connector.protocol import negotiation as machine
from connector.protocol.bindings import path_for
from connector.protocol.errors import IllegalTransition, MessageInvalid, ProtocolError
from connector.protocol.machine import Role
from connector.protocol.messages import (
    ContractAgreementMessage,
    ContractAgreementVerificationMessage,
    ContractNegotiationEventMessage,
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    NegotiationMessage,
)
from connector.protocol.negotiation import ContractNegotiation, Duty, NegotiationState
from connector.protocol.versions import ProtocolVersion
from connector.services.agreements import Agreements, Concluded
from connector.services.changes import Changes
from connector.services.contracting import Contracting, Party, carrying, digest_of_signed, past_deadline
from connector.services.decisions import Accept, Agree, Decider, Offer, Step, Terminate, Wait
from connector.services.errors import Busy, Conflict, NotFound
from connector.services.identity import Identity
from connector.services.outbox import Outbox
from connector.services.repeats import Incoming, Reply, beginning, earlier_reply, remember
from connector.services.wording import NOT_KNOWN_YET, problem_of
from connector.trust.credentials import read_membership
from connector.trust.did import DidDocument
from connector.wire.codec import as_text, encode, read_answer

_NOT_CONFIRMED: Final = "is not confirmed yet"
_log: Final = logging.getLogger(__name__)


MAX_WAITING: Final = 200
"""How many offers of one provider may wait for our people at once."""


class Negotiations:
    """All negotiations of this connector."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        outbox: Outbox,
        contracting: Contracting,
        version: ProtocolVersion,
        clock: Clock,
        changes: Changes,
        agreements: Agreements,
        concluded: Concluded,
        decider: Decider,
        check_callback: Callable[[str], None],
    ) -> None:
        self._me = identity
        self._store = store
        self._outbox = outbox
        self._contracting = contracting
        self._version = version
        self._clock = clock
        self._changes = changes
        self._concluded = concluded
        self._decider = decider
        self._check_callback = check_callback
        self._agreements = agreements

    # --- asked by our own people -------------------------------------------------------------------------------------

    async def begin(
        self,
        *,
        provider: str,
        provider_root: str,
        dataset: str,
        offer: JsonObject,
        described: JsonObject,
        by: Act | None = None,
    ) -> ContractNegotiation:
        """Ask a provider for a contract on an offer of its catalog, exactly as it was offered.

        `by` is the record of who asked for it; it is completed with the negotiation's id.
        """
        now = format_time(self._clock.now())
        asked = {**offer, "@type": "Offer", "target": dataset}
        negotiation = ContractNegotiation(
            id=new_iri(),
            role=Role.CONSUMER,
            counterparty=provider,
            their_pid=None,
            callback_address=provider_root,
            state=None,
            dataset=dataset,
            offer=asked,
            offered_by=Role.PROVIDER,
            created_at=now,
            updated_at=now,
            described=described,
        )
        message = ContractRequestMessage(
            consumer_pid=negotiation.id, offer=asked, callback_address=self._me.protocol_url
        )

        def work(unit: UnitOfWork) -> ContractNegotiation:
            if by is not None:
                unit.acts.add(replace(by, object=negotiation.id))
            return self._send(unit, negotiation, message, binding=False, now=now, new=True)

        return await self._store.write(work)

    async def terminate(self, negotiation_id: str, *, code: str, reason: str) -> ContractNegotiation:
        """End a negotiation that is not concluded.

        Raises:
            NotFound: there is none with this id.
            Conflict: it is concluded or over, or the standard does not let our side end it now.
        """

        def work(unit: UnitOfWork) -> ContractNegotiation:
            negotiation = unit.negotiations.get(negotiation_id)
            if negotiation is None:
                raise NotFound(f"there is no negotiation {negotiation_id}")
            if machine.FINALIZED in negotiation.pending:
                raise Conflict("our receipt is signed and logged: the contract stands; withdraw from it instead")
            try:
                return self._terminate(unit, negotiation, code=code, reason=reason)
            except IllegalTransition as error:
                raise Conflict(f"it cannot be terminated now: {error}") from None

        return await self._store.write(work)

    async def answer(
        self, negotiation_id: str, choose: Callable[[UnitOfWork, ContractNegotiation], Step]
    ) -> ContractNegotiation:
        """Take the step that somebody decided about a negotiation that waits for it (`services.answers`).

        Raises:
            NotFound: there is none with this id.
            Conflict: it is not our turn, or this step is not ours to take now.
        """

        def work(unit: UnitOfWork) -> ContractNegotiation:
            negotiation = unit.negotiations.get(negotiation_id)
            if negotiation is None:
                raise NotFound(f"there is no negotiation {negotiation_id}")
            duty = machine.owed(negotiation)
            party = self._stored_party(unit, negotiation)
            if duty is None or party is None:
                raise Conflict(f"this negotiation does not wait for our decision; it is {negotiation.state}")
            try:
                return self._take(unit, negotiation, party, choose(unit, negotiation), duty)
            except IllegalTransition as error:
                raise Conflict(str(error)) from None

        return await self._store.write(work)

    async def get(self, sender: str, pid: str) -> JsonObject:
        """The ContractNegotiation as the counter-party may see it.

        Raises:
            NotFound: unknown, or not this sender's.
        """
        negotiation = await self._store.read(lambda unit: unit.negotiations.get(pid))
        if negotiation is None or negotiation.counterparty != sender:
            raise NotFound("there is no such negotiation")
        return acknowledgement(negotiation)

    async def expire(self) -> int:
        """End what waits for a signature beyond its deadline; returns how many. Called by the monitor."""

        def work(unit: UnitOfWork) -> int:
            now = self._clock.now()
            found = 0
            for state in (NegotiationState.REQUESTED, NegotiationState.AGREED, NegotiationState.VERIFIED):
                for negotiation in unit.negotiations.find(state=state.value):
                    contract = unit.contracts.get(negotiation.agreement["@id"]) if negotiation.agreement else None
                    if contract is None or negotiation.settled in machine.TERMINAL or not past_deadline(contract, now):
                        continue
                    self._expire(unit, negotiation)
                    found += 1
            return found

        return await self._store.write(work)

    async def resume(self) -> None:
        """After a start: do whatever is owed and not yet in the outbox."""

        def work(unit: UnitOfWork) -> None:
            for state in NegotiationState:
                if state in machine.TERMINAL:
                    continue
                for negotiation in unit.negotiations.find(state=state.value):
                    if machine.owed(negotiation) is not None:
                        self._act(unit, negotiation, self._stored_party(unit, negotiation))

        await self._store.write(work)

    # --- what arrives ----------------------------------------------------------------------------------------------------

    async def receive(self, incoming: Incoming, pid: str | None) -> Reply:
        """Take a message: the answer, or a 400 that changes nothing.

        Raises:
            NotFound: no such process for this sender.
        """
        reply = await self._store.write(lambda unit: self._receive(unit, incoming, pid))
        self._outbox.sign_of_life(incoming.sender.did)
        return reply

    def _receive(self, unit: UnitOfWork, incoming: Incoming, pid: str | None) -> Reply:
        message = incoming.message
        assert isinstance(message, NegotiationMessage)
        if pid is None:
            return self._begin_with(unit, incoming, message)
        negotiation = unit.negotiations.get(pid)
        if negotiation is None or negotiation.counterparty != incoming.sender.did:
            raise NotFound("there is no such negotiation")
        return self._apply(unit, incoming, negotiation, message, status=200)

    def _begin_with(self, unit: UnitOfWork, incoming: Incoming, message: NegotiationMessage) -> Reply:
        sender = incoming.sender.did
        if not isinstance(message, ContractRequestMessage | ContractOfferMessage):
            raise MessageInvalid("only a request or an offer begins a negotiation")
        if message.callback_address is None:
            raise MessageInvalid(f"an initial {message.TYPE} has a callbackAddress")
        theirs, other = _begun_by(message)
        if other is not None:
            raise MessageInvalid(f"an initial {message.TYPE} names only the pid of its sender")
        self._check_callback(message.callback_address)
        role = Role.PROVIDER if isinstance(message, ContractRequestMessage) else Role.CONSUMER
        if role is Role.CONSUMER and unit.negotiations.count(counterparty=sender, state="OFFERED") >= MAX_WAITING:
            raise Busy("too many of your offers wait for an answer here already")
        known = unit.negotiations.find(counterparty=sender, role=role.value, their_pid=theirs)
        if known:
            earlier = earlier_reply(unit, beginning(incoming, theirs), incoming)
            if earlier is None:
                raise MessageInvalid("there is a negotiation with this pid already, with other content")
            return earlier
        negotiation = ContractNegotiation(
            id=new_iri(),
            role=role,
            counterparty=sender,
            their_pid=theirs,
            callback_address=message.callback_address.rstrip("/"),
            state=None,
            dataset=as_text(message.offer.get("target")) or "",
            offer=message.offer,
            offered_by=role.other,
            created_at=incoming.at,
            updated_at=incoming.at,
        )
        return self._apply(unit, incoming, negotiation, message, status=201)

    def _apply(
        self,
        unit: UnitOfWork,
        incoming: Incoming,
        negotiation: ContractNegotiation,
        message: NegotiationMessage,
        *,
        status: int,
    ) -> Reply:
        process = beginning(incoming, negotiation.their_pid) if status == 201 else negotiation.id  # noqa: PLR2004
        party = Party(incoming.sender.did, incoming.sender.document, incoming.sender.membership)
        try:
            earlier = earlier_reply(unit, process, incoming)
            if earlier is not None:
                return earlier
            changed = replace(machine.receive(negotiation, message), updated_at=incoming.at)
            changed = self._judge(unit, negotiation, changed, party, incoming, message)
        except (ProtocolError, ContractError) as error:
            _log.info("%s refused: %s", message.event, error)
            reply = Reply(400, refusal(negotiation, error))
            if status == 200 and negotiation.state not in machine.TERMINAL:  # noqa: PLR2004
                # A process that is over answers 400 by its table, for ever: no need to keep that.
                remember(unit, process, incoming, reply)
            self._on_refusal(unit, negotiation, message, error)
            return reply
        if changed.pending != negotiation.pending:
            self._outbox.settle(unit, changed.id, changed.pending)
            changed = _confirmed(changed)
        unit.negotiations.put(changed) if status == 200 else unit.negotiations.add(changed)  # noqa: PLR2004
        self._keep_message(unit, changed.id, "in", message.TYPE, incoming.body, incoming.at)
        reply = Reply(status, acknowledgement(changed))
        remember(unit, process, incoming, reply)
        self._act(unit, changed, party)
        unit.after_commit(lambda: self._changes.tell(changed.id))
        return reply

    def _judge(
        self,
        unit: UnitOfWork,
        before: ContractNegotiation,
        changed: ContractNegotiation,
        party: Party,
        incoming: Incoming,
        message: NegotiationMessage,
    ) -> ContractNegotiation:
        """What the content of a message means beyond its place in the table; raises and nothing has changed."""
        self._agreements.take(unit, changed, party, message, self._clock.now())
        if isinstance(message, ContractNegotiationTerminationMessage):
            return replace(changed, problem=problem_of(message.code, message.reason, by=incoming.sender.did))
        if (
            isinstance(message, ContractRequestMessage | ContractOfferMessage)
            and before.state is not None
            and as_text(message.offer.get("target")) not in (None, before.dataset)
        ):
            raise MessageInvalid("the offer's target is another data set than this negotiation began with")
        return changed

    # --- what we owe ---------------------------------------------------------------------------------------------------

    def _act(self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party | None) -> None:
        duty = machine.owed(negotiation)
        if duty is None or party is None:
            return
        step = self._decider.next_step(unit, negotiation, duty, self._clock.now())
        if not isinstance(step, Wait):
            self._take(unit, negotiation, party, step, duty)

    def _take(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party, step: Step, duty: Duty
    ) -> ContractNegotiation:
        """Take a step that was decided."""
        if isinstance(step, Terminate):
            return self._terminate(unit, negotiation, code=step.code, reason=step.reason)
        if isinstance(step, Agree):
            return self._agree(unit, replace(negotiation, described=step.described), party, step.offer)
        if isinstance(step, Offer):
            return self._offer(unit, negotiation, step.offer)
        if isinstance(step, Accept):
            return self._accept(unit, negotiation)
        return self._verify(unit, negotiation) if duty is Duty.VERIFY else self._finalize(unit, negotiation, party)

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
        return self._send(unit, negotiation, message, binding=False, now=format_time(self._clock.now()))

    def _accept(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> ContractNegotiation:
        message = ContractNegotiationEventMessage(
            provider_pid=negotiation.their_pid or "", consumer_pid=negotiation.id, event_type="ACCEPTED"
        )
        return self._send(unit, negotiation, message, binding=False, now=format_time(self._clock.now()))

    def _agree(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party, offer: JsonObject
    ) -> ContractNegotiation:
        now = self._clock.now()
        if party.membership is None and self._contracting.excepted(unit, party) is None:
            reason = (
                "your membership binds no contract key, so you cannot sign; we only make contracts that both sides sign"
            )
            return self._terminate(unit, negotiation, code="cannot-sign", reason=reason)
        agreement, credential = self._contracting.agree(unit, negotiation, party, offer=offer, now=now)
        record = self._agreements.record(unit, negotiation, agreement, party, now)
        unit.contracts.add(replace(record, signatures={"P": credential}))
        message = ContractAgreementMessage(
            provider_pid=negotiation.id,
            consumer_pid=negotiation.their_pid or "",
            agreement=agreement,
            extra=carrying(Signatures(credential=credential)),
        )
        return self._send(unit, negotiation, message, binding=True, now=format_time(now))

    def _verify(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> ContractNegotiation:
        contract = self._agreements.contract(unit, negotiation)
        now = self._clock.now()
        unit.log.check_may_sign()
        extra: JsonObject = {}
        if "P" in contract.signatures:
            countersignature = self._contracting.countersign(contract.signatures["P"], now)
            extra = carrying(Signatures(countersignature=countersignature))
            unit.contracts.put(
                replace(
                    contract,
                    signatures={**contract.signatures, "C": countersignature},
                    countersignature_digest=digest_of_signed(countersignature),
                )
            )
        message = ContractAgreementVerificationMessage(
            provider_pid=negotiation.their_pid or "", consumer_pid=negotiation.id, extra=extra
        )
        return self._send(unit, negotiation, message, binding=bool(extra), now=format_time(now))

    def _finalize(self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party) -> ContractNegotiation:
        contract = self._agreements.contract(unit, negotiation)
        now = self._clock.now()
        extra: JsonObject = {}
        if contract.one_sided is None:
            receipt = self._contracting.receipt(contract.signatures["C"], now)
            entry = unit.log.append(EntryKind.CONTRACT, digest_of_signed(receipt), now)
            signatures = {**contract.signatures, "R": receipt}
            log = {"provider": {"entry": entry.entry, "proof": entry.proof, "index": entry.index}}
            contract = replace(contract, signatures=signatures, log=log, signed_at=format_time(now))
            extra = carrying(
                Signatures(
                    credential=signatures["P"],
                    countersignature=signatures["C"],
                    receipt=receipt,
                    log_proof=LogProof(entry.entry, entry.proof),
                )
            )
        else:
            contract = replace(contract, signed_at=format_time(now), confirmed_at=format_time(now))
        unit.contracts.put(contract)
        message = ContractNegotiationEventMessage(
            provider_pid=negotiation.id,
            consumer_pid=negotiation.their_pid or "",
            event_type="FINALIZED",
            extra=extra,
        )
        sent = self._send(unit, negotiation, message, binding=True, now=format_time(now))
        self._concluded(unit, contract, party)
        return sent

    def _terminate(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, *, code: str, reason: str
    ) -> ContractNegotiation:
        now = self._clock.now()
        if negotiation.their_pid is None:
            return self._cancel(unit, negotiation, code=code, reason=reason)
        extra: JsonObject = {}
        contract = None
        if negotiation.agreement is not None:
            contract = unit.contracts.get(negotiation.agreement["@id"])
        termination = None
        if contract is not None:
            termination = self._contracting.terminate(
                contract.signatures, negotiation, code=code, reason=reason, now=now
            )
        message = ContractNegotiationTerminationMessage(
            provider_pid=negotiation.provider_pid or "",
            consumer_pid=negotiation.consumer_pid or "",
            code=code,
            reason=[reason],
            extra=carrying(Signatures(termination=termination)) if termination else extra,
        )
        problem = problem_of(code, [reason], by=self._me.did)
        sent = self._send(
            unit,
            replace(negotiation, problem=problem),
            message,
            binding=termination is not None,
            now=format_time(now),
            widened=contract is not None and past_deadline(contract, now),
        )
        if contract is not None and termination is not None:
            signatures = {**contract.signatures, "T": termination}
            unit.contracts.put(replace(contract, signatures=signatures, terminated_at=format_time(now)))
            unit.log.append(EntryKind.TERMINATION, digest_of_signed(termination), now)
        return sent

    def _cancel(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, *, code: str, reason: str
    ) -> ContractNegotiation:
        """End what the other side has not acknowledged yet: our first message is no longer due."""
        self._outbox.settle(unit, negotiation.id, ())
        ended = replace(
            negotiation,
            state=NegotiationState.TERMINATED,
            pending=(),
            problem=problem_of(code, [reason], by=self._me.did),
            updated_at=format_time(self._clock.now()),
        )
        unit.negotiations.put(ended)
        unit.after_commit(lambda: self._changes.tell(ended.id))
        return ended

    def _send(
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
        sent = replace(machine.send(negotiation, message, widened=widened), updated_at=now)
        unit.negotiations.add(sent) if new else unit.negotiations.put(sent)
        self._post(unit, sent, message, binding=binding, now=now)
        return sent

    def _post(
        self,
        unit: UnitOfWork,
        sent: ContractNegotiation,
        message: NegotiationMessage,
        *,
        binding: bool,
        now: str,
    ) -> None:
        body = encode(message, self._version)
        self._keep_message(unit, sent.id, "out", message.TYPE, body, now)
        row = OutboxRow(
            process=sent.id,
            kind=OutboxKind.NEGOTIATION,
            peer=sent.counterparty,
            url=sent.callback_address + path_for(message, sent.their_pid),
            event=message.event,
            body=body,
            binding=binding,
            created_at=now,
        )
        self._outbox.add(unit, row)
        unit.after_commit(lambda: self._changes.tell(sent.id))

    # --- what our own messages were answered (the outbox asks) ---------------------------------------------------------

    def acknowledged(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        negotiation = unit.negotiations.get(row.process)
        if negotiation is None:
            return
        theirs = None
        if negotiation.their_pid is None:
            data = read_answer(answer.body)
            theirs = as_text(data.get("providerPid" if negotiation.role is Role.CONSUMER else "consumerPid"))
        changed = machine.acknowledged(negotiation, row.event, theirs)
        if changed is not negotiation:
            changed = _confirmed(changed)
            unit.negotiations.put(replace(changed, updated_at=format_time(self._clock.now())))
            if machine.owed(changed) is not None:
                self._act(unit, changed, self._stored_party(unit, changed))
        unit.after_commit(lambda: self._changes.tell(row.process))

    def refused(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        negotiation = unit.negotiations.get(row.process)
        if negotiation is None or row.event not in negotiation.pending:
            return
        problem = {"title": f"{row.event} was refused", "status": answer.status, "detail": _said(answer)}
        changed = replace(machine.refused(negotiation, row.event), problem=problem)
        if changed.state is None or row.event == machine.TERMINATION:
            # Our very first message was refused: nothing ever began. Or our last one: for us it is over.
            changed = replace(changed, state=NegotiationState.TERMINATED)
        # What was to follow it is not sent either.
        self._outbox.settle(unit, changed.id, changed.pending)
        unit.negotiations.put(changed)
        unit.after_commit(lambda: self._changes.tell(row.process))

    def late(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """Our first message arrived after we had ended the matter on our own: now there is somebody to tell."""
        negotiation = unit.negotiations.get(row.process)
        if (
            negotiation is None
            or negotiation.their_pid is not None
            or negotiation.state is not NegotiationState.TERMINATED
        ):
            return
        data = read_answer(answer.body)
        theirs = as_text(data.get("providerPid" if negotiation.role is Role.CONSUMER else "consumerPid"))
        if theirs is None:
            return
        known = replace(negotiation, their_pid=theirs)
        unit.negotiations.put(known)
        problem = known.problem or {}
        message = ContractNegotiationTerminationMessage(
            provider_pid=known.provider_pid or "",
            consumer_pid=known.consumer_pid or "",
            code=str(problem.get("code") or "ended"),
            reason=[str(problem.get("detail") or "ended before it began")],
        )
        self._post(unit, known, message, binding=False, now=format_time(self._clock.now()))

    def missing(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> list[bytes]:
        """Nothing goes before a message of a negotiation but the ones before it in its queue."""
        del unit, row, answer
        return []

    def delayed(self, unit: UnitOfWork, row: OutboxRow, problem: str) -> None:
        negotiation = unit.negotiations.get(row.process)
        if negotiation is None or row.event not in negotiation.pending:
            return
        if row.event != machine.TERMINATION:  # there stands why it was ended
            note = {"title": f"{row.event} {_NOT_CONFIRMED}", "detail": problem}
            unit.negotiations.put(replace(negotiation, problem=note))
            unit.after_commit(lambda: self._changes.tell(row.process))

    # --- small pieces ----------------------------------------------------------------------------------------------------

    def _on_refusal(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, message: NegotiationMessage, error: Exception
    ) -> None:
        """We refused what came: an agreement that is not what was offered, or a late signature, ends the negotiation."""
        if not isinstance(error, ContractError | MessageInvalid):
            return
        if isinstance(message, ContractAgreementMessage):
            # That they answered our request shows that they have it.
            known = replace(negotiation, their_pid=negotiation.their_pid or message.provider_pid)
            known = machine.acknowledged(known, machine.REQUEST)
            if known.settled is NegotiationState.REQUESTED:
                self._outbox.settle(unit, known.id, known.pending)
                reason = f"the agreement is not what was offered, or not properly signed: {error}"
                self._terminate(unit, known, code="agreement-refused", reason=reason)
            return
        contract = unit.contracts.get(negotiation.agreement["@id"]) if negotiation.agreement else None
        if contract is not None and past_deadline(contract, self._clock.now()):
            self._expire(unit, negotiation)

    def _expire(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> None:
        """A deadline of the contract has passed: nothing that comes now can conclude it (decision 5, 6)."""
        if negotiation.settled in machine.TERMINAL:
            return
        reason = "the time that the contract gave for signing or finalizing has passed"
        self._terminate(unit, negotiation, code="deadline-passed", reason=reason)

    def _stored_party(self, unit: UnitOfWork, negotiation: ContractNegotiation) -> Party | None:
        """The other side as last seen: from the contract if there is one, else from its newest membership."""
        contract = unit.contracts.get(negotiation.agreement["@id"]) if negotiation.agreement else None
        if contract is not None:
            kept = contract.parties[negotiation.role.other.value]
            membership = read_membership(kept["membership"]) if kept["membership"] else None
            document = DidDocument.parse(kept["document"], negotiation.counterparty)
            return Party(negotiation.counterparty, document, membership)
        held = unit.memberships.find(did=negotiation.counterparty, newest_first=True, limit=1)
        document = DidDocument.parse({"id": negotiation.counterparty}, negotiation.counterparty)
        party = Party(negotiation.counterparty, document, read_membership(held[0].jwt) if held else None)
        return party if held or self._contracting.excepted(unit, party) else None

    def _keep_message(self, unit: UnitOfWork, process: str, way: str, kind: str, body: bytes, at: str) -> None:
        unit.messages.add(MessageRecord(process=process, direction=way, type=kind, body=body, at=at))


def _begun_by(message: ContractRequestMessage | ContractOfferMessage) -> tuple[str, str | None]:
    """The pid of the side that begins, and the one that must not be there yet."""
    if isinstance(message, ContractRequestMessage):
        return message.consumer_pid, message.provider_pid
    return message.provider_pid, message.consumer_pid


def _confirmed(negotiation: ContractNegotiation) -> ContractNegotiation:
    """The negotiation without the note that something is not confirmed: now it is."""
    title = str((negotiation.problem or {}).get("title"))
    return replace(negotiation, problem=None) if title.endswith(_NOT_CONFIRMED) else negotiation


def acknowledgement(negotiation: ContractNegotiation) -> JsonObject:
    """The ContractNegotiation object: both pids and the state."""
    return {
        "@type": "ContractNegotiation",
        "providerPid": negotiation.provider_pid or NOT_KNOWN_YET,
        "consumerPid": negotiation.consumer_pid or NOT_KNOWN_YET,
        "state": (negotiation.state or NegotiationState.REQUESTED).value,
    }


def refusal(negotiation: ContractNegotiation, error: Exception) -> JsonObject:
    """The ContractNegotiationError object."""
    return {
        "@type": "ContractNegotiationError",
        "providerPid": negotiation.provider_pid or negotiation.id,
        "consumerPid": negotiation.consumer_pid or negotiation.id,
        "code": type(error).__name__,
        "reason": [str(error)],
    }


def _said(answer: PeerAnswer) -> str:
    data = read_answer(answer.body)
    reason = data.get("reason")
    if isinstance(reason, list) and reason:
        return " ".join(str(as_text(part) or part) for part in reason)[:1000]
    return answer.text
