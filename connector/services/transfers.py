"""Transfer processes, both roles (DSP 2025-1, transfer process): they move on agreements that are live, and no others."""

import logging
import secrets
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
from connector.protocol.errors import MessageInvalid, ProtocolError
from connector.protocol.machine import Role
from connector.protocol.messages import (
    TransferCompletionMessage,
    TransferMessage,
    TransferRequestMessage,
    TransferStartMessage,
    TransferTerminationMessage,
)
from connector.protocol.transfer import TransferProcess, TransferState
from connector.protocol.versions import ProtocolVersion
from connector.services.changes import Changes
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.services.outbox import Outbox
from connector.services.repeats import Incoming, Reply, earlier_reply, remember
from connector.services.wording import problem_of
from connector.wire.codec import as_text, encode, read_answer
from policies.context import NegotiationContext, Party
from policies.evaluate import evaluate
from policies.explain import explain_decision
from policies.parse import parse_policy

PULL: Final = "HttpData-PULL"
"""The only transfer format that we offer so far."""
ENDPOINT_TYPE: Final = "https://w3id.org/idsa/v4.1/HTTP"
_TOKEN_BYTES: Final = 32
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
    ) -> None:
        self._me = identity
        self._store = store
        self._outbox = outbox
        self._version = version
        self._clock = clock
        self._changes = changes
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

    # --- asked by our own side -----------------------------------------------------------------------------------------

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

    def complete(self, unit: UnitOfWork, transfer: TransferProcess) -> None:
        """Say that we are done, if the table still lets us."""
        if transfer.settled is TransferState.STARTED:
            message = TransferCompletionMessage(
                provider_pid=transfer.provider_pid or "", consumer_pid=transfer.consumer_pid or ""
            )
            self._send(unit, transfer, message)

    def terminate(self, unit: UnitOfWork, transfer: TransferProcess, *, code: str, reason: str) -> None:
        """End a transfer that is not over, with a reason."""
        if transfer.settled in machine.TERMINAL or transfer.settled is None:
            return
        message = TransferTerminationMessage(
            provider_pid=transfer.provider_pid or "",
            consumer_pid=transfer.consumer_pid or "",
            code=code,
            reason=[reason],
        )
        problem = problem_of(code, [reason], by=self._me.did)
        self._send(unit, replace(transfer, problem=problem), message)

    def stop_all(self, unit: UnitOfWork, contract: ContractRecord, reason: str) -> None:
        """The contract has ended: every transfer under it ends, running bytes are cut at once."""
        for transfer in unit.transfers.find(agreement=contract.id):
            if transfer.settled not in machine.TERMINAL:
                self.terminate(unit, transfer, code="agreement-ended", reason=f"the agreement was ended: {reason}")
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
            earlier = earlier_reply(unit, f"begin {message.consumer_pid}", incoming)
            if earlier is None:
                raise MessageInvalid("there is a transfer with this consumerPid already, with other content")
            return earlier
        contract = unit.contracts.get(message.agreement_id)
        if contract is None or contract.counterparty != sender or contract.role != "provider":
            raise NotFound("there is no such agreement")
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
        process = f"begin {transfer.their_pid}" if begins else transfer.id
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
        if isinstance(message, TransferTerminationMessage):
            changed = replace(changed, problem=problem_of(message.code, message.reason, by=incoming.sender.did))
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
        if changed.state in machine.TERMINAL and changed.role is Role.PROVIDER:
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
        if transfer.role is not Role.PROVIDER or transfer.state is not TransferState.REQUESTED or transfer.pending:
            return
        contract = unit.contracts.get(transfer.agreement)
        problem = self._may_start(contract, transfer)
        if problem is not None:
            self.terminate(unit, transfer, code="not-permitted", reason=problem)
            return
        message = TransferStartMessage(
            provider_pid=transfer.id,
            consumer_pid=transfer.their_pid or "",
            data_address=self._data_address(transfer, bound=contract is not None and contract.one_sided is None),
        )
        self._send(unit, transfer, message)

    def _may_start(self, contract: ContractRecord | None, transfer: TransferProcess) -> str | None:
        if contract is None or contract.confirmed_at is None:
            return "the contract is not complete: the consumer has not confirmed that it holds our receipt"
        if not contract.live:
            return f"the agreement was ended: {contract.withdrawn_reason or 'terminated'}"
        policy = parse_policy(contract.agreement)
        decision = evaluate(policy, NegotiationContext(Party(transfer.counterparty), self._clock.now()))
        return None if decision.permitted else explain_decision(decision, "en")

    def _data_address(self, transfer: TransferProcess, *, bound: bool) -> JsonObject:
        def entry(name: str, value: str) -> JsonObject:
            return {"@type": "EndpointProperty", "name": name, "value": value}

        return {
            "@type": "DataAddress",
            "endpointType": ENDPOINT_TYPE,
            "endpoint": f"{self._me.public_url}/data/{transfer.id}",
            "endpointProperties": [
                entry("authorization", secrets.token_urlsafe(_TOKEN_BYTES)),
                # Bound to the consumer's key where both have signed with keys that we know (decision 5, 14).
                entry("authType", "DPoP" if bound else "bearer"),
            ],
        }

    def _send(
        self, unit: UnitOfWork, transfer: TransferProcess, message: TransferMessage, *, new: bool = False
    ) -> TransferProcess:
        now = format_time(self._clock.now())
        sent = replace(machine.send(transfer, message), updated_at=now)
        body = encode(message, self._version)
        unit.transfers.add(sent) if new else unit.transfers.put(sent)
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
        return sent

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
        if changed.state is None:
            changed = replace(changed, state=TransferState.TERMINATED)
        unit.transfers.put(changed)
        unit.after_commit(lambda: self._changes.tell(row.process))

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
        "providerPid": transfer.provider_pid,
        "consumerPid": transfer.consumer_pid,
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
