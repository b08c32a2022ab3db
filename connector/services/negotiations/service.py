"""What our own people and the connector itself ask of negotiations; what arrives and what is owed stand beside it."""

from collections.abc import Callable
from dataclasses import replace

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.records import Act
from connector.ports.store import Store, UnitOfWork
from connector.protocol import negotiation as machine
from connector.protocol.errors import IllegalTransition
from connector.protocol.machine import Role
from connector.protocol.messages import ContractRequestMessage
from connector.protocol.negotiation import ContractNegotiation, NegotiationState
from connector.protocol.versions import ProtocolVersion
from connector.services.agreements import Agreements, Concluded
from connector.services.changes import Changes
from connector.services.contracting import Contracting
from connector.services.decisions import Decider, Step
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.services.negotiations.intake import Intake
from connector.services.negotiations.objects import acknowledgement
from connector.services.negotiations.steps import Steps
from connector.services.outbox import Outbox
from connector.services.repeats import Incoming, Reply


class Negotiations:
    """All negotiations of this connector, in both roles.

    Attributes:
        steps: what is owed and done, in a unit of work; the owner of the outbox's negotiation rows.
    """

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
        self._clock = clock
        self.steps = Steps(
            identity,
            outbox=outbox,
            version=version,
            clock=clock,
            changes=changes,
            contracting=contracting,
            agreements=agreements,
            concluded=concluded,
            decider=decider,
        )
        self._intake = Intake(
            self.steps,
            outbox=outbox,
            agreements=agreements,
            clock=clock,
            changes=changes,
            check_callback=check_callback,
        )

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
            return self.steps.send(unit, negotiation, message, binding=False, now=now, new=True)

        return await self._store.write(work)

    async def terminate(self, negotiation_id: str, *, code: str, reason: str) -> ContractNegotiation:
        """End a negotiation that is not concluded.

        Raises:
            NotFound: there is none with this id.
            Conflict: it is concluded or over, or the standard does not let our side end it now.
        """

        def work(unit: UnitOfWork) -> ContractNegotiation:
            negotiation = _known(unit, negotiation_id)
            if machine.FINALIZED in negotiation.pending:
                raise Conflict("our receipt is signed and logged: the contract stands; withdraw from it instead")
            try:
                return self.steps.terminate(unit, negotiation, code=code, reason=reason)
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
            negotiation = _known(unit, negotiation_id)
            duty = machine.owed(negotiation)
            party = self.steps.stored_party(unit, negotiation)
            if duty is None or party is None:
                raise Conflict(f"this negotiation does not wait for our decision; it is {negotiation.state}")
            try:
                return self.steps.take(unit, negotiation, party, choose(unit, negotiation), duty)
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

    async def receive(self, incoming: Incoming, pid: str | None) -> Reply:
        """Take a message of another connector: the answer, or a 400 that changes nothing.

        Raises:
            NotFound: no such process for this sender.
        """
        reply = await self._store.write(lambda unit: self._intake.receive(unit, incoming, pid))
        self._outbox.sign_of_life(incoming.sender.did)
        return reply

    async def expire(self) -> int:
        """End what waits for a signature beyond its deadline; returns how many. Called by the monitor."""

        def work(unit: UnitOfWork) -> int:
            found = 0
            for state in (NegotiationState.REQUESTED, NegotiationState.AGREED, NegotiationState.VERIFIED):
                for negotiation in unit.negotiations.find(state=state.value):
                    found += self.steps.expire(unit, negotiation)
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
                        self.steps.act(unit, negotiation, self.steps.stored_party(unit, negotiation))

        await self._store.write(work)


def _known(unit: UnitOfWork, negotiation_id: str) -> ContractNegotiation:
    negotiation = unit.negotiations.get(negotiation_id)
    if negotiation is None:
        raise NotFound(f"there is no negotiation {negotiation_id}")
    return negotiation
