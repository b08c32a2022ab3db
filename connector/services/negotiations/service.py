"""What our own people and the connector itself ask of negotiations; what arrives and what is owed stand beside it."""

from collections.abc import Callable

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.records import Act
from connector.ports.store import Store, UnitOfWork
from connector.protocol import negotiation as machine
from connector.protocol.errors import IllegalTransition
from connector.protocol.machine import Role
from connector.protocol.messages import ContractOfferMessage, ContractRequestMessage, NegotiationMessage
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.protocol.versions import PREFERRED, Ability, ProtocolVersion
from connector.services.acts import log_act, note, recorded
from connector.services.agreements import Agreements, Concluded
from connector.services.changes import Changes
from connector.services.contracting import Contracting, Party
from connector.services.decisions import Decider, Offer, Step
from connector.services.desk.desk import Desk, with_approvals
from connector.services.desk.shown import check_shown
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.services.named_lists import NamedLists
from connector.services.negotiations.intake import Intake
from connector.services.negotiations.objects import acknowledgement
from connector.services.negotiations.steps import Steps
from connector.services.outbox import Outbox
from connector.services.processes import check_can, is_theirs
from connector.services.repeats import Incoming, Reply
from connector.services.said import on_the_table


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
        versions: tuple[ProtocolVersion, ...],
        clock: Clock,
        changes: Changes,
        agreements: Agreements,
        concluded: Concluded,
        decider: Decider,
        desk: Desk,
        check_callback: Callable[[str], None],
        named_lists: NamedLists,
        may_begin: Callable[[], None],
    ) -> None:
        self._may_begin = may_begin
        self._me = identity
        self._named_lists = named_lists
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self.steps = Steps(
            identity,
            outbox=outbox,
            versions=versions,
            clock=clock,
            changes=changes,
            contracting=contracting,
            agreements=agreements,
            concluded=concluded,
            decider=decider,
            desk=desk,
        )
        self._intake = Intake(
            self.steps,
            outbox=outbox,
            agreements=agreements,
            clock=clock,
            changes=changes,
            check_callback=check_callback,
            may_begin=may_begin,
        )

    async def begin(
        self,
        *,
        provider: str,
        provider_root: str,
        dataset: str,
        offer: JsonObject,
        described: JsonObject,
        version: ProtocolVersion = PREFERRED,
        by: Act | None = None,
    ) -> ContractNegotiation:
        """Ask a provider for a contract on an offer of its catalog, exactly as it was offered.

        `provider_root` is its root in this `version` of the protocol. `by` is the record of who asked for it; it is
        completed with the negotiation's id.

        Raises:
            NoRoom: the disk has none for anything new.
        """
        negotiation = self._new(Role.CONSUMER, provider, provider_root, version, dataset, offer, described)
        message = ContractRequestMessage(
            consumer_pid=negotiation.id, offer=negotiation.offer, callback_address=self._me.root(version)
        )

        def work(unit: UnitOfWork) -> ContractNegotiation:
            self._may_begin()
            return self._sent_by(unit, negotiation, message, by)

        return await self._store.write(recorded(work, by))

    async def offer(
        self,
        *,
        consumer: str,
        consumer_root: str,
        dataset: str,
        choose: Callable[[UnitOfWork], tuple[JsonObject, JsonObject]],
        version: ProtocolVersion = PREFERRED,
        by: Act | None = None,
    ) -> ContractNegotiation:
        """As provider: offer a contract to a consumer that has not asked for it (ContractOfferMessage).

        Args:
            consumer: to whom.
            consumer_root: where it takes messages of this version of the protocol.
            dataset: about which of our data sets.
            choose: the offer and the description of the data set that it names, as they are now (`services.offers`).
            version: of the protocol.
            by: the record of who asked for it; it is completed with the negotiation's id.

        Raises:
            NotFound, Conflict: what `choose` raises.
            Conflict: the version knows no offers that nobody asked for.
        """
        check_can(version, Ability.OFFERING)

        def work(unit: UnitOfWork) -> ContractNegotiation:
            offer, described = choose(unit)
            negotiation = self._new(Role.PROVIDER, consumer, consumer_root, version, dataset, offer, described)
            message = ContractOfferMessage(
                provider_pid=negotiation.id, offer=negotiation.offer, callback_address=self._me.root(version)
            )
            self._may_begin()
            return self._sent_by(unit, negotiation, message, by)

        return await self._store.write(recorded(work, by))

    def _sent_by(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, message: NegotiationMessage, by: Act | None
    ) -> ContractNegotiation:
        """Send the first message. Whoever asked for it stands behind its terms, as the first of two people if need be."""
        sent = self.steps.send(unit, negotiation, message, binding=False, now=negotiation.created_at, new=True)
        if by is not None and self.steps.desk.asks_for_two(unit):
            self.steps.desk.vouch(unit, sent, by)
        return sent

    def _new(
        self,
        role: Role,
        counterparty: str,
        root: str,
        version: ProtocolVersion,
        dataset: str,
        offer: JsonObject,
        described: JsonObject,
    ) -> ContractNegotiation:
        """A negotiation that we begin; what is on the table is the provider's offer in either role."""
        now = format_time(self._clock.now())
        return ContractNegotiation(
            id=new_iri(),
            role=role,
            counterparty=counterparty,
            their_pid=None,
            callback_address=root,
            state=None,
            dataset=dataset,
            offer={**offer, "@type": "Offer", "target": dataset},
            offered_by=Role.PROVIDER,
            created_at=now,
            updated_at=now,
            described=described,
            version=version.version,
        )

    async def terminate(
        self, negotiation_id: str, *, code: str, reason: str, by: Act | None = None
    ) -> ContractNegotiation:
        """End a negotiation that is not concluded.

        Raises:
            NotFound: there is none with this id.
            Conflict: it is concluded or over, or the standard does not let our side end it now.
        """

        def work(unit: UnitOfWork) -> ContractNegotiation:
            negotiation = _known(unit, negotiation_id)
            if machine.FINALIZED in negotiation.pending:
                raise Conflict.told("receipt_is_out")
            try:
                return self.steps.terminate(unit, negotiation, code=code, reason=reason)
            except IllegalTransition as error:
                raise Conflict.told("cannot_terminate", problem=error) from None

        return await self._store.write(recorded(work, by))

    async def answer(
        self,
        negotiation_id: str,
        choose: Callable[[UnitOfWork, ContractNegotiation], Step],
        *,
        by: Act | None = None,
        on: str | None = None,
    ) -> ContractNegotiation:
        """Take the step that somebody decided about a negotiation that waits for it (`services.answers`).

        What binds us and needs two people is only noted when the first of them says yes.

        Args:
            negotiation_id: which one.
            choose: the step, chosen in the unit of work that takes it.
            by: the record of who decided; what was decided about, and who else did, is added. None: a program, which is
                nobody whose yes counts where two people have to say it.
            on: the digest of what this person was shown; None: whatever lies on the table.

        Raises:
            NotFound: there is none with this id.
            Conflict: something else lies on the table by now (`terms`, `changes`); it is not our turn, or this step is not
                ours to take now; this person has said yes before, and another one has to.
        """

        def work(unit: UnitOfWork) -> ContractNegotiation:
            negotiation = _known(unit, negotiation_id)
            if on is not None:
                check_shown(unit, negotiation, on)
            duty = machine.owed(negotiation)
            party = self.steps.stored_party(unit, negotiation)
            if duty is None or party is None:
                raise Conflict.told("not_our_turn", state=negotiation.shown)
            try:
                return self._decided(unit, negotiation, party, choose(unit, negotiation), duty, by)
            except IllegalTransition as error:
                raise Conflict(str(error)) from None

        return await self._store.write(work)

    def _decided(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party, step: Step, duty: Duty, by: Act | None
    ) -> ContractNegotiation:
        if by is None:
            self.steps.desk.note_rule(unit, negotiation, step, self._clock.now())
            return self.steps.take(unit, negotiation, party, step, duty)
        desk, terms = self.steps.desk, on_the_table(negotiation)
        if isinstance(step, Offer):
            offered = self.steps.take(unit, negotiation, party, step, duty)
            desk.vouch(unit, offered, by)
            note(unit, by)
            return offered
        behind = desk.approve(unit, negotiation, by)
        log_act(unit, with_approvals(by, behind, terms))
        if desk.hindrance(unit, negotiation, step, duty) is None:
            return self.steps.take(unit, negotiation, party, step, duty)
        unit.after_commit(lambda: self.steps.tell(negotiation.id))
        return negotiation

    async def get(self, sender: str, pid: str, version: ProtocolVersion = PREFERRED) -> JsonObject:
        """The ContractNegotiation as the counter-party may see it.

        Raises:
            NotFound: unknown, not this sender's, or not of this version.
        """
        negotiation = await self._store.read(lambda unit: unit.negotiations.get(pid))
        if negotiation is None or not is_theirs(negotiation, sender, version):
            raise NotFound("there is no such negotiation")
        return acknowledgement(negotiation)

    async def receive(self, incoming: Incoming, pid: str | None) -> Reply:
        """Take a message of another connector: the answer, or a 400 that changes nothing.

        Raises:
            NotFound: no such process for this sender.
            Busy: a status list that comes with it cannot be judged at the moment.
        """
        await self._named_lists.take(incoming.message)
        take = self._outbox.hearing(incoming.sender.did, lambda unit: self._intake.receive(unit, incoming, pid))
        return await self._store.write(take)


def _known(unit: UnitOfWork, negotiation_id: str) -> ContractNegotiation:
    negotiation = unit.negotiations.get(negotiation_id)
    if negotiation is None:
        raise NotFound(f"there is no negotiation {negotiation_id}")
    return negotiation
