"""Transfer processes, both roles (DSP 2025-1, transfer process): they move on agreements that are live, and no others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from connector.canonical import JsonObject
from connector.clock import Clock
from connector.ports.records import Act, ContractRecord
from connector.ports.store import Store, UnitOfWork
from connector.protocol import transfer as machine
from connector.protocol.errors import IllegalTransition
from connector.protocol.machine import Role
from connector.protocol.messages import TransferStartMessage, TransferSuspensionMessage
from connector.protocol.transfer import TransferProcess, TransferState
from connector.protocol.versions import PREFERRED, Ability, ProtocolVersion
from connector.services.acts import recorded
from connector.services.changes import Changes
from connector.services.decisions import TransferDecider, hindrance
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.services.outbox import Outbox
from connector.services.processes import check_can, is_theirs
from connector.services.repeats import Incoming, Reply
from connector.services.standing import live_or_conflict
from connector.services.transfers.intake import Intake
from connector.services.transfers.objects import acknowledgement
from connector.services.transfers.steps import Steps
from connector.services.wording import problem_of


class Transfers:
    """All transfer processes of this connector.

    Attributes:
        steps: what other services do to a transfer, in their unit of work; the owner of the outbox's transfer rows.
    """

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        outbox: Outbox,
        versions: tuple[ProtocolVersion, ...],
        clock: Clock,
        changes: Changes,
        check_callback: Callable[[str], None],
        check_endpoint: Callable[[str], None],
        decider: TransferDecider,
        token_life: timedelta,
        protocol_root: Callable[[UnitOfWork, ContractRecord], str],
        may_begin: Callable[[], None],
    ) -> None:
        self._may_begin = may_begin
        self._protocol_root = protocol_root
        self._me = identity
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self.steps = Steps(
            identity,
            outbox=outbox,
            versions=versions,
            clock=clock,
            changes=changes,
            decider=decider,
            token_life=token_life,
        )
        self._intake = Intake(
            self.steps,
            outbox=outbox,
            changes=changes,
            check_callback=check_callback,
            check_endpoint=check_endpoint,
            may_begin=may_begin,
        )

    async def get(self, sender: str, pid: str, version: ProtocolVersion = PREFERRED) -> JsonObject:
        """The TransferProcess as the counter-party may see it.

        Raises:
            NotFound: unknown, not this sender's, or not of this version.
        """
        transfer = await self._store.read(lambda unit: unit.transfers.get(pid))
        if transfer is None or not is_theirs(transfer, sender, version):
            raise NotFound("there is no such transfer")
        return acknowledgement(transfer)

    # --- asked by our own people -------------------------------------------------------------------------------------

    async def request(
        self, contract_id: str, *, provider_root: str | None = None, by: Act | None = None
    ) -> TransferProcess:
        """As consumer: ask for a transfer under a contract, without fetching anything yet.

        `provider_root` is where the provider takes messages, if not where the contract was negotiated.

        Raises:
            NotFound: there is no such contract of ours as consumer.
            Conflict: no data may flow under it.
            NoRoom: the disk has none for anything new.
        """

        def work(unit: UnitOfWork) -> TransferProcess:
            self._may_begin()
            contract = unit.contracts.get(contract_id)
            if contract is None or contract.role != "consumer":
                raise NotFound(f"there is no contract {contract_id} under which we receive data")
            root = provider_root or self._protocol_root(unit, contract)
            return self.steps.begin(unit, live_or_conflict(contract), root)

        return await self._store.write(recorded(work, by))

    async def start(self, transfer_id: str, *, by: Act | None = None) -> TransferProcess:
        """As provider: start a transfer that waits for us.

        Raises:
            NotFound, Conflict: as for `suspend`.
        """

        def work(unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
            if not machine.owed(transfer):
                raise Conflict(f"this transfer does not wait for our start; it is {transfer.state}")
            self._check_flow(unit, transfer)
            return self.steps.start(unit, transfer)

        return await self._on(transfer_id, work, by)

    async def suspend(self, transfer_id: str, *, code: str, reason: str, by: Act | None = None) -> TransferProcess:
        """Pause a transfer, as either side: running bytes stop at once; only we may resume it.

        Raises:
            NotFound: there is none with this id.
            Conflict: the standard does not let our side do this now, or the contract has ended.
        """

        def work(unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
            check_can(self.steps.version_of(transfer), Ability.SUSPENSION)
            message = TransferSuspensionMessage(
                provider_pid=transfer.provider_pid or "",
                consumer_pid=transfer.consumer_pid or "",
                code=code,
                reason=[reason],
            )
            problem = problem_of(code, [reason], by=self._me.did, title="suspended")
            unit.after_commit(lambda: self.steps.stopped(transfer_id))
            return self.steps.send(unit, replace(transfer, problem=problem), message)

        return await self._on(transfer_id, work, by)

    async def resume(self, transfer_id: str, *, by: Act | None = None) -> TransferProcess:
        """Go on with a transfer that we suspended; as provider with a new address and a new token.

        Raises:
            NotFound, Conflict: as for `suspend`.
        """

        def work(unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
            if transfer.settled is not TransferState.SUSPENDED:
                raise Conflict(f"this transfer is not suspended; it is {transfer.settled}")
            self._check_flow(unit, transfer)
            if transfer.role is Role.PROVIDER:
                return self.steps.start(unit, transfer)
            message = TransferStartMessage(provider_pid=transfer.provider_pid or "", consumer_pid=transfer.id)
            return self.steps.send(unit, replace(transfer, problem=None), message)

        return await self._on(transfer_id, work, by)

    async def terminate(self, transfer_id: str, *, code: str, reason: str, by: Act | None = None) -> TransferProcess:
        """End a transfer that is not over, as either side.

        Raises:
            NotFound, Conflict: as for `suspend`.
        """

        def work(unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
            if transfer.settled in machine.TERMINAL:
                raise Conflict(f"this transfer is over; it is {transfer.settled}")
            return self.steps.end(unit, transfer, code=code, reason=reason)

        return await self._on(transfer_id, work, by)

    async def complete(self, transfer_id: str, *, by: Act | None = None) -> TransferProcess:
        """Say that a transfer is done, as either side.

        Raises:
            NotFound, Conflict: as for `suspend`.
        """

        def work(unit: UnitOfWork, transfer: TransferProcess) -> TransferProcess:
            if transfer.settled is not TransferState.STARTED:
                raise Conflict(f"only a started transfer can be completed; this one is {transfer.settled}")
            return self.steps.finish(unit, transfer)

        return await self._on(transfer_id, work, by)

    def _check_flow(self, unit: UnitOfWork, transfer: TransferProcess) -> None:
        contract = unit.contracts.get(transfer.agreement)
        if transfer.role is Role.PROVIDER:
            problem = hindrance(unit, contract, self._clock.now())
            if problem is not None:
                raise Conflict(f"nothing may flow: {problem.sentence}")
            missing = self.steps.unwitnessed(unit, contract) if contract is not None else []
            if missing:
                raise Conflict(f"our log has not been cosigned yet by {', '.join(missing)}; it is asked now")
        elif contract is not None:
            live_or_conflict(contract)

    async def _on(
        self, transfer_id: str, work: Callable[[UnitOfWork, TransferProcess], TransferProcess], by: Act | None
    ) -> TransferProcess:
        def checked(unit: UnitOfWork) -> TransferProcess:
            transfer = unit.transfers.get(transfer_id)
            if transfer is None:
                raise NotFound(f"there is no transfer {transfer_id}")
            try:
                return work(unit, transfer)
            except IllegalTransition as error:
                raise Conflict(str(error)) from None

        return await self._store.write(recorded(checked, by))

    async def receive(self, incoming: Incoming, pid: str | None) -> Reply:
        """Take a message of the other side.

        Raises:
            NotFound: no such process or agreement for this sender.
        """
        take = self._outbox.hearing(incoming.sender.did, lambda unit: self._intake.receive(unit, incoming, pid))
        return await self._store.write(take)
