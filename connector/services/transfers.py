"""Transfer processes, both roles (DSP 2025-1, transfer process): they move on agreements that are live, and no others."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.network import PeerAnswer
from connector.ports.records import ContractRecord, MessageRecord, OutboxKind, OutboxRow
from connector.ports.store import Store, UnitOfWork
from connector.protocol import negotiation as negotiating
from connector.protocol import transfer as machine
from connector.protocol.bindings import path_for
from connector.protocol.errors import IllegalTransition, MessageInvalid, ProtocolError
from connector.protocol.machine import Role
from connector.protocol.messages import (
    TransferCompletionMessage,
    TransferMessage,
    TransferRequestMessage,
    TransferStartMessage,
    TransferSuspensionMessage,
    TransferTerminationMessage,
)
from connector.protocol.transfer import TransferProcess, TransferState
from connector.protocol.versions import ProtocolVersion
from connector.services.addresses import data_address
from connector.services.changes import Changes
from connector.services.decisions import Start, TransferDecider, Wait, hindrance
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.services.outbox import Outbox
from connector.services.repeats import Incoming, Reply, beginning, earlier_reply, remember
from connector.services.wording import NOT_KNOWN_YET, problem_of
from connector.wire.codec import as_text, encode, read_answer

PULL: Final = "HttpData-PULL"
"""The only transfer format that we offer so far."""
_log: Final = logging.getLogger(__name__)


class Transfers:
    """All transfer processes of this connector."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        outbox: Outbox,
        version: ProtocolVersion,
        clock: Clock,
        changes: Changes,
        check_callback: Callable[[str], None],
        decider: TransferDecider,
        protocol_root: Callable[[UnitOfWork, ContractRecord], str],
    ) -> None:
        self._protocol_root = protocol_root
        self._decider = decider
        self._me = identity
        self._store = store
        self._outbox = outbox
        self._version = version
        self._clock = clock
        self._changes = changes
        self._check_callback = check_callback
        self.stopped: Callable[[str], None] = lambda _contract: None

    async def get(self, sender: str, pid: str) -> JsonObject:
        """The TransferProcess as the counter-party may see it.

        Raises:
            NotFound: unknown, or not this sender's.
        """
        transfer = await self._store.read(lambda unit: unit.transfers.get(pid))
        if transfer is None or transfer.counterparty != sender:
            raise NotFound("there is no such transfer")
        return acknowledgement(transfer)

    # --- asked by our own people -------------------------------------------------------------------------------------

    async def request(self, contract_id: str, *, provider_root: str | None = None) -> TransferProcess:
        """As consumer: ask for a transfer under a contract, without fetching anything yet.

        `provider_root` is where the provider takes messages, if not where the contract was negotiated.

        Raises:
            NotFound: there is no such contract of ours as consumer.
            Conflict: no data may flow under it.
        """

        def work(unit: UnitOfWork) -> TransferProcess:
            contract = unit.contracts.get(contract_id)
            if contract is None or contract.role != "consumer":
                raise NotFound(f"there is no contract {contract_id} under which we receive data")
            root = provider_root or self._protocol_root(unit, contract)
            return self.begin(unit, live_or_conflict(contract), root)

        return await self._store.write(work)

    async def start(self, transfer_id: str) -> TransferProcess:
        """As provider: start a transfer that waits for us.

        Raises:
            NotFound, Conflict: as for `suspend`.
        """

        def work(unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
            if not machine.owed(transfer):
                raise Conflict(f"this transfer does not wait for our start; it is {transfer.state}")
            self._check_flow(unit, transfer)
            return self._begin_sending(unit, transfer)

        return await self._on(transfer_id, work)

    async def suspend(self, transfer_id: str, *, code: str, reason: str) -> TransferProcess:
        """Pause a transfer, as either side: running bytes stop at once; only we may resume it.

        Raises:
            NotFound: there is none with this id.
            Conflict: the standard does not let our side do this now, or the contract has ended.
        """

        def work(unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
            message = TransferSuspensionMessage(
                provider_pid=transfer.provider_pid or "",
                consumer_pid=transfer.consumer_pid or "",
                code=code,
                reason=[reason],
            )
            problem = problem_of(code, [reason], by=self._me.did, title="suspended")
            unit.after_commit(lambda: self.stopped(transfer_id))
            return self._send(unit, replace(transfer, problem=problem), message)

        return await self._on(transfer_id, work)

    async def resume(self, transfer_id: str) -> TransferProcess:
        """Go on with a transfer that we suspended; as provider with a new address and a new token.

        Raises:
            NotFound, Conflict: as for `suspend`.
        """

        def work(unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
            if transfer.settled is not TransferState.SUSPENDED:
                raise Conflict(f"this transfer is not suspended; it is {transfer.settled}")
            self._check_flow(unit, transfer)
            if transfer.role is Role.PROVIDER:
                return self._begin_sending(unit, transfer)
            message = TransferStartMessage(provider_pid=transfer.provider_pid or "", consumer_pid=transfer.id)
            return self._send(unit, replace(transfer, problem=None), message)

        return await self._on(transfer_id, work)

    async def terminate(self, transfer_id: str, *, code: str, reason: str) -> TransferProcess:
        """End a transfer that is not over, as either side.

        Raises:
            NotFound, Conflict: as for `suspend`.
        """

        def work(unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
            if transfer.settled in machine.TERMINAL:
                raise Conflict(f"this transfer is over; it is {transfer.settled}")
            return self.end(unit, transfer, code=code, reason=reason)

        return await self._on(transfer_id, work)

    async def complete(self, transfer_id: str) -> TransferProcess:
        """Say that a transfer is done, as either side.

        Raises:
            NotFound, Conflict: as for `suspend`.
        """

        def work(unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
            if transfer.settled is not TransferState.STARTED:
                raise Conflict(f"only a started transfer can be completed; this one is {transfer.settled}")
            return self.finish(unit, transfer)

        return await self._on(transfer_id, work)

    def _check_flow(self, unit: UnitOfWork, transfer: TransferProcess) -> None:
        contract = unit.contracts.get(transfer.agreement)
        if transfer.role is Role.PROVIDER:
            problem = hindrance(contract, self._clock.now())
            if problem is not None:
                raise Conflict(f"nothing may flow: {problem}")
        elif contract is not None:
            live_or_conflict(contract)

    async def _on(
        self, transfer_id: str, work: Callable[[UnitOfWork, TransferProcess], TransferProcess]
    ) -> TransferProcess:
        def checked(unit: UnitOfWork) -> TransferProcess:
            transfer = unit.transfers.get(transfer_id)
            if transfer is None:
                raise NotFound(f"there is no transfer {transfer_id}")
            try:
                return work(unit, transfer)
            except IllegalTransition as error:
                raise Conflict(str(error)) from None

        return await self._store.write(checked)

    # --- asked by other services, in their unit of work ------------------------------------------------------------------

    def begin(self, unit: UnitOfWork, contract: ContractRecord, provider_root: str) -> TransferProcess:
        """As consumer: ask for a transfer under a contract."""
        now = format_time(self._clock.now())
        transfer = TransferProcess(
            id=new_iri(),
            role=Role.CONSUMER,
            counterparty=contract.counterparty,
            their_pid=None,
            callback_address=provider_root,
            state=None,
            agreement=contract.id,
            format=PULL,
            created_at=now,
            updated_at=now,
        )
        message = TransferRequestMessage(
            consumer_pid=transfer.id,
            agreement_id=contract.id,
            format=PULL,
            callback_address=self._me.protocol_url,
        )
        return self._send(unit, transfer, message, new=True)

    def finish(self, unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
        """Say that we are done, if the table still lets us."""
        if transfer.settled is not TransferState.STARTED:
            return transfer
        message = TransferCompletionMessage(
            provider_pid=transfer.provider_pid or "", consumer_pid=transfer.consumer_pid or ""
        )
        return self._send(unit, transfer, message)

    def _cancel(self, unit: UnitOfWork, transfer: TransferProcess, problem: JsonObject) -> TransferProcess:
        """End what the provider has not acknowledged yet: our request is no longer due."""
        self._outbox.settle(unit, transfer.id, ())
        ended = replace(transfer, state=TransferState.TERMINATED, pending=(), problem=problem)
        ended = replace(ended, updated_at=format_time(self._clock.now()))
        unit.transfers.put(ended)
        unit.after_commit(lambda: self._changes.tell(transfer.id))
        return ended

    def end(self, unit: UnitOfWork, transfer: TransferProcess, *, code: str, reason: str) -> TransferProcess:
        """End a transfer that is not over, with a reason; running bytes are cut at once."""
        if transfer.settled in machine.TERMINAL or transfer.settled is None:
            return transfer
        if transfer.their_pid is None:
            return self._cancel(unit, transfer, problem_of(code, [reason], by=self._me.did))
        message = TransferTerminationMessage(
            provider_pid=transfer.provider_pid or "",
            consumer_pid=transfer.consumer_pid or "",
            code=code,
            reason=[reason],
        )
        problem = problem_of(code, [reason], by=self._me.did)
        unit.after_commit(lambda: self.stopped(transfer.id))
        return self._send(unit, replace(transfer, problem=problem), message)

    def stop_all(self, unit: UnitOfWork, contract: ContractRecord, reason: str) -> None:
        """The contract has ended: every transfer under it ends, running bytes are cut at once."""
        for transfer in unit.transfers.find(agreement=contract.id):
            if transfer.settled not in machine.TERMINAL:
                self.end(unit, transfer, code="agreement-ended", reason=f"the agreement was ended: {reason}")
        unit.after_commit(lambda: self.stopped(contract.id))

    # --- what arrives ----------------------------------------------------------------------------------------------------

    async def receive(self, incoming: Incoming, pid: str | None) -> Reply:
        """Take a message.

        Raises:
            NotFound: no such process or agreement for this sender.
        """
        reply = await self._store.write(lambda unit: self._receive(unit, incoming, pid))
        self._outbox.sign_of_life(incoming.sender.did)
        return reply

    def _receive(self, unit: UnitOfWork, incoming: Incoming, pid: str | None) -> Reply:
        message = incoming.message
        if pid is None:
            assert isinstance(message, TransferRequestMessage)
            return self._begin_with(unit, incoming, message)
        transfer = unit.transfers.get(pid)
        if transfer is None or transfer.counterparty != incoming.sender.did:
            raise NotFound("there is no such transfer")
        assert isinstance(message, TransferMessage)
        return self._apply(unit, incoming, transfer, message, status=200)

    def _begin_with(self, unit: UnitOfWork, incoming: Incoming, message: TransferRequestMessage) -> Reply:
        sender = incoming.sender.did
        known = unit.transfers.find(counterparty=sender, role="provider", their_pid=message.consumer_pid)
        if known:
            earlier = earlier_reply(unit, beginning(incoming, message.consumer_pid), incoming)
            if earlier is None:
                raise MessageInvalid("there is a transfer with this consumerPid already, with other content")
            return earlier
        contract = unit.contracts.get(message.agreement_id)
        if contract is None or contract.counterparty != sender or contract.role != "provider":
            raise NotFound("there is no such agreement")
        self._check_callback(message.callback_address)
        self._acknowledge_finalized(unit, contract)
        transfer = TransferProcess(
            id=new_iri(),
            role=Role.PROVIDER,
            counterparty=sender,
            their_pid=message.consumer_pid,
            callback_address=message.callback_address.rstrip("/"),
            state=None,
            agreement=contract.id,
            format=message.format,
            created_at=incoming.at,
            updated_at=incoming.at,
        )
        if message.format.rsplit("/", 1)[-1] != PULL:
            raise MessageInvalid(f"the format {message.format} is not offered; {PULL} is")
        if message.data_address is not None:
            raise MessageInvalid("a dataAddress is for push only; this format is pulled")
        return self._apply(unit, incoming, transfer, message, status=201)

    def _apply(
        self,
        unit: UnitOfWork,
        incoming: Incoming,
        transfer: TransferProcess,
        message: TransferMessage,
        *,
        status: int,
    ) -> Reply:
        begins = status == 201  # noqa: PLR2004
        process = beginning(incoming, transfer.their_pid) if begins else transfer.id
        try:
            earlier = earlier_reply(unit, process, incoming)
            if earlier is not None:
                return earlier
            changed = replace(machine.receive(transfer, message), updated_at=incoming.at)
        except ProtocolError as error:
            _log.info("%s refused: %s", message.event, error)
            reply = Reply(400, refusal(transfer, error))
            if not begins:
                remember(unit, process, incoming, reply)
            return reply
        changed = replace(changed, problem=_problem_with(changed, message, incoming.sender.did))
        if changed.pending != transfer.pending:
            self._outbox.settle(unit, changed.id, changed.pending)
        unit.transfers.add(changed) if begins else unit.transfers.put(changed)
        record = MessageRecord(
            process=changed.id, direction="in", type=message.TYPE, body=incoming.body, at=incoming.at
        )
        unit.messages.add(record)
        reply = Reply(status, acknowledgement(changed))
        remember(unit, process, incoming, reply)
        self._act(unit, changed)
        if changed.state is not TransferState.STARTED and changed.role is Role.PROVIDER:
            unit.after_commit(lambda: self.stopped(changed.id))
        unit.after_commit(lambda: self._changes.tell(changed.id))
        return reply

    def _acknowledge_finalized(self, unit: UnitOfWork, contract: ContractRecord) -> None:
        """A transfer request that names the agreement acknowledges our FINALIZED (decision 5, 4)."""
        negotiation = unit.negotiations.get(contract.negotiation)
        if negotiation is not None and negotiation.pending == (negotiating.FINALIZED,):
            changed = negotiating.acknowledged(negotiation, negotiating.FINALIZED)
            unit.negotiations.put(changed)
            self._outbox.settle(unit, changed.id, changed.pending)

    # --- what we owe ---------------------------------------------------------------------------------------------------

    def _act(self, unit: UnitOfWork, transfer: TransferProcess) -> None:
        if not machine.owed(transfer):
            return
        step = self._decider.next_step(unit, transfer, self._clock.now())
        if isinstance(step, Start):
            self._begin_sending(unit, transfer)
        elif not isinstance(step, Wait):
            self.end(unit, transfer, code=step.code, reason=step.reason)

    def _begin_sending(self, unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
        """As provider: start or resume, with a fresh token."""
        contract = unit.contracts.get(transfer.agreement)
        message = TransferStartMessage(
            provider_pid=transfer.id,
            consumer_pid=transfer.their_pid or "",
            # Bound to the consumer's key where both have signed with keys that we know (decision 5, 14).
            data_address=data_address(
                self._me.public_url, transfer.id, bound=contract is not None and contract.one_sided is None
            ),
        )
        return self._send(unit, replace(transfer, problem=None), message)

    def _send(
        self, unit: UnitOfWork, transfer: TransferProcess, message: TransferMessage, *, new: bool = False
    ) -> TransferProcess:
        now = format_time(self._clock.now())
        sent = replace(machine.send(transfer, message), updated_at=now)
        unit.transfers.add(sent) if new else unit.transfers.put(sent)
        self._post(unit, sent, message, now=now)
        return sent

    def _post(self, unit: UnitOfWork, sent: TransferProcess, message: TransferMessage, *, now: str) -> None:
        body = encode(message, self._version)
        unit.messages.add(MessageRecord(process=sent.id, direction="out", type=message.TYPE, body=body, at=now))
        row = OutboxRow(
            process=sent.id,
            kind=OutboxKind.TRANSFER,
            peer=sent.counterparty,
            url=sent.callback_address + path_for(message, sent.their_pid),
            event=message.event,
            body=body,
            binding=False,
            created_at=now,
        )
        self._outbox.add(unit, row)
        unit.after_commit(lambda: self._changes.tell(sent.id))

    # --- what our own messages were answered ---------------------------------------------------------------------------

    def acknowledged(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        transfer = unit.transfers.get(row.process)
        if transfer is None:
            return
        theirs = None
        if transfer.their_pid is None:
            theirs = as_text(read_answer(answer.body).get("providerPid"))
        changed = machine.acknowledged(transfer, row.event, theirs)
        if changed is not transfer:
            unit.transfers.put(replace(changed, updated_at=format_time(self._clock.now())))
        unit.after_commit(lambda: self._changes.tell(row.process))

    def refused(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        transfer = unit.transfers.get(row.process)
        if transfer is None or row.event not in transfer.pending:
            return
        data = read_answer(answer.body)
        said = " ".join(as_text(part) or "" for part in data.get("reason") or []) or answer.text
        problem = {"title": f"{row.event} was refused", "status": answer.status, "detail": said[:1000]}
        changed = replace(machine.refused(transfer, row.event), problem=problem)
        resumed = row.event == machine.START and transfer.state is TransferState.SUSPENDED
        if changed.state is None or (row.event in (machine.START, machine.TERMINATION) and not resumed):
            # What never began, or cannot begin, or was to end: for us it is over.
            changed = replace(changed, state=TransferState.TERMINATED)
        # What was to follow it is not sent either.
        self._outbox.settle(unit, changed.id, changed.pending)
        unit.transfers.put(changed)
        unit.after_commit(lambda: self._changes.tell(row.process))

    def late(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """Our request arrived after we had ended the matter on our own: now there is somebody to tell."""
        transfer = unit.transfers.get(row.process)
        if transfer is None or transfer.their_pid is not None or transfer.state is not TransferState.TERMINATED:
            return
        theirs = as_text(read_answer(answer.body).get("providerPid"))
        if theirs is None:
            return
        known = replace(transfer, their_pid=theirs)
        unit.transfers.put(known)
        problem = known.problem or {}
        message = TransferTerminationMessage(
            provider_pid=theirs,
            consumer_pid=known.id,
            code=str(problem.get("code") or "ended"),
            reason=[str(problem.get("detail") or "ended before it began")],
        )
        self._post(unit, known, message, now=format_time(self._clock.now()))

    def missing(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> list[bytes]:
        """Nothing goes before a message of a transfer but the ones before it in its queue."""
        del unit, row, answer
        return []

    def delayed(self, unit: UnitOfWork, row: OutboxRow, problem: str) -> None:
        del unit, problem
        self._changes.tell(row.process)


def live_or_conflict(contract: ContractRecord) -> ContractRecord:
    """The contract, if data may flow under it.

    Raises:
        Conflict: it may not; the sentence says why.
    """
    if contract.withdrawn_at is not None:
        raise Conflict(f"the contract was withdrawn on {contract.withdrawn_at}: {contract.withdrawn_reason}")
    if contract.terminated_at is not None:
        raise Conflict(f"the contract was terminated on {contract.terminated_at}")
    if contract.confirmed_at is None:
        raise Conflict("the contract is not complete yet: both sides have not confirmed it")
    return contract


def acknowledgement(transfer: TransferProcess) -> JsonObject:
    """The TransferProcess object: both pids and the state."""
    return {
        "@type": "TransferProcess",
        "providerPid": transfer.provider_pid or NOT_KNOWN_YET,
        "consumerPid": transfer.consumer_pid or NOT_KNOWN_YET,
        "state": (transfer.state or TransferState.REQUESTED).value,
    }


def refusal(transfer: TransferProcess, error: Exception) -> JsonObject:
    """The TransferError object."""
    return {
        "@type": "TransferError",
        "providerPid": transfer.provider_pid or transfer.id,
        "consumerPid": transfer.consumer_pid or transfer.id,
        "code": type(error).__name__,
        "reason": [str(error)],
    }


def _problem_with(transfer: TransferProcess, message: TransferMessage, sender: str) -> JsonObject | None:
    """What a message says about why data does not flow; a start says that it flows again."""
    if isinstance(message, TransferTerminationMessage):
        return problem_of(message.code, message.reason, by=sender)
    if isinstance(message, TransferSuspensionMessage):
        return problem_of(message.code, message.reason, by=sender, title="suspended")
    return None if isinstance(message, TransferStartMessage) else transfer.problem
