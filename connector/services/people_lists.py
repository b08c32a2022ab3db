"""The lists of named people: made here or by the other side, changed by a notice that the other side countersigns.

Lists are personal data. They stand in a table of their own and go over the line beside the notices, to the other party
alone; contracts, notices and log hold salted digests. A use for a named person is judged by the list that counts *now*.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.contracts.errors import ContractError
from connector.contracts.people import PeopleList, Person, make_people_list, read_people_list
from connector.ports.records import Act, ContractRecord, OutboxKind, OutboxRow, PeopleRecord
from connector.ports.store import Store, UnitOfWork
from connector.protocol.bindings import ANNEXES_PATH
from connector.protocol.notice_references import Held, open_proposals, people_now
from connector.protocol.notices import (
    PEOPLE_CHANGE,
    PEOPLE_CHANGE_ACCEPTED,
    PEOPLE_CHANGE_REFUSED,
    people_change,
    people_change_accepted,
    people_change_refused,
)
from connector.services.acts import recorded
from connector.services.changes import Changes
from connector.services.errors import BadRequest, Conflict, NotFound
from connector.services.facts.people import agreed_list, held_list, is_erased
from connector.services.identity import Identity
from connector.services.notices import Notices, Taken
from connector.services.outbox import Outbox
from connector.services.standing import ended
from connector.trust.verify import Participant
from connector.wire.codec import dump

_SALT: Final = 16


@dataclass(frozen=True, slots=True)
class Proposed:
    """A list that waits for an answer: whose proposal, its notice, the list where it is here."""

    by: str
    notice: Held
    people: PeopleList | None


@dataclass(frozen=True, slots=True)
class PeopleView:
    """The lists of a contract, as this side knows them; a list that is not here is None.

    Attributes:
        here: every list that the contract or a notice ever named, as far as it is here, to be shown to a third by choice.
        erased: lists from which somebody was erased: digest, when, why.
    """

    contract: ContractRecord
    agreed: str | None
    now: str | None
    people: PeopleList | None
    proposed: tuple[Proposed, ...]
    here: tuple[PeopleList, ...] = ()
    erased: tuple[tuple[str, str, str], ...] = ()


class PeopleLists:
    """Makes, proposes, countersigns and keeps lists."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        clock: Clock,
        changes: Changes,
        notices: Notices,
        outbox: Outbox,
        protocol_root: Callable[[UnitOfWork, ContractRecord], str],
    ) -> None:
        self._me = identity
        self._store = store
        self._clock = clock
        self._changes = changes
        self._notices = notices
        self._outbox = outbox
        self._root = protocol_root
        notices.taking |= {
            PEOPLE_CHANGE: self._take,
            PEOPLE_CHANGE_ACCEPTED: self._take,
            PEOPLE_CHANGE_REFUSED: self._take,
        }
        notices.begun.append(self._send_agreed)

    # --- asked by our own people -----------------------------------------------------------------------------------------

    async def make(self, people: Sequence[Person]) -> PeopleList:
        """A new list, kept here; its digest goes into the terms of an offer.

        Raises:
            BadRequest: it cannot be a list; the sentence says why.
        """
        made = self._made(people)
        await self._store.write(lambda unit: self._keep(unit, made))
        return made

    async def view(self, contract_id: str) -> PeopleView:
        """The lists of a contract.

        Raises:
            NotFound: there is no such contract.
        """
        return await self._store.read(lambda unit: self._view(unit, _contract(unit, contract_id)))

    async def propose(
        self, contract_id: str, people: Sequence[Person], reason: str, *, by: Act | None = None
    ) -> ContractRecord:
        """Propose another list to the other side; it counts when they have countersigned.

        Raises:
            NotFound: there is no such contract.
            Conflict: it has ended, or the other side takes no notices.
            BadRequest: it cannot be a list.
        """
        made = self._made(people)

        def work(unit: UnitOfWork) -> ContractRecord:
            contract = _standing(unit, contract_id)
            self._keep(unit, made)
            content = people_change(made.digest, (contract.people or agreed_list(contract)), reason)
            self._notices.write(unit, contract, PEOPLE_CHANGE, content)
            self._send(unit, contract, made)
            return contract

        return await self._store.write(recorded(work, by))

    async def accept(self, contract_id: str, proposal: str | None = None, *, by: Act | None = None) -> ContractRecord:
        """Countersign a list that the other side proposed; from now on it counts.

        Raises:
            NotFound: there is no such contract, or no such proposal.
            Conflict: several are open and none is named, or the list itself has not arrived yet.
        """

        def work(unit: UnitOfWork) -> ContractRecord:
            contract = _standing(unit, contract_id)
            asked = self._asked(unit, contract, proposal)
            if held_list(unit, str(asked.notice.content["people"])) is None:
                raise Conflict.told("people_not_here")
            self._notices.write(unit, contract, PEOPLE_CHANGE_ACCEPTED, people_change_accepted(asked.digest))
            return self._counted(unit, contract)

        return await self._store.write(recorded(work, by))

    async def refuse(
        self, contract_id: str, reason: str, proposal: str | None = None, *, by: Act | None = None
    ) -> ContractRecord:
        """Refuse a proposed list; the one that counts goes on counting. Raises as `accept`."""

        def work(unit: UnitOfWork) -> ContractRecord:
            contract = _standing(unit, contract_id)
            asked = self._asked(unit, contract, proposal)
            self._notices.write(unit, contract, PEOPLE_CHANGE_REFUSED, people_change_refused(asked.digest, reason))
            return contract

        return await self._store.write(recorded(work, by))

    # --- what arrives ----------------------------------------------------------------------------------------------------

    async def receive(self, sender: Participant, body: JsonObject) -> JsonObject:
        """Take a list that the other side sends: only one whose digest stands in the contract, or was proposed.

        Raises:
            NotFound: no contract with this sender under that id, or one that names no such list.
            BadRequest: it is no list.
        """
        contract_id = body.get("agreement")
        try:
            found = read_people_list(body.get("people"))
        except ContractError as error:
            raise BadRequest(str(error)) from None

        def work(unit: UnitOfWork) -> None:
            contract = unit.contracts.get(contract_id) if isinstance(contract_id, str) else None
            if contract is None or contract.counterparty != sender.did:
                raise NotFound("there is no such contract")
            if found.digest not in self._named_in(unit, contract):
                raise NotFound("the contract names no such list")
            self._keep(unit, found)
            unit.after_commit(lambda: self._changes.tell(contract.id))

        await self._store.write(self._outbox.hearing(sender.did, work))
        return {"status": "taken"}

    def _take(self, unit: UnitOfWork, contract: ContractRecord, _: Taken) -> None:
        self._counted(unit, contract)

    # --- small pieces ----------------------------------------------------------------------------------------------------

    def _view(self, unit: UnitOfWork, contract: ContractRecord) -> PeopleView:
        now = contract.people or agreed_list(contract)
        ours, theirs = self._histories(unit, contract)
        proposed = [
            Proposed(by, held, held_list(unit, str(held.notice.content["people"])))
            for by, one, other in ((self._me.did, ours, theirs), (contract.counterparty, theirs, ours))
            for held in open_proposals(one, other)
        ]
        named = sorted(self._named_in(unit, contract))
        here = tuple(found for found in (held_list(unit, digest) for digest in named) if found is not None)
        gone = [one for one in map(unit.people_lists.get, named) if one is not None and is_erased(one)]
        erased = tuple((one.digest, str(one.document["at"]), str(one.document["reason"])) for one in gone)
        return PeopleView(contract, agreed_list(contract), now, held_list(unit, now), tuple(proposed), here, erased)

    def _asked(self, unit: UnitOfWork, contract: ContractRecord, proposal: str | None) -> Held:
        ours, theirs = self._histories(unit, contract)
        waiting = [held for held in open_proposals(theirs, ours) if proposal in (None, held.digest)]
        if not waiting:
            raise NotFound("the other side has proposed no list that waits for an answer")
        if len(waiting) > 1:
            raise Conflict.told("several_lists", proposals=", ".join(held.digest for held in waiting))
        return waiting[0]

    def _histories(self, unit: UnitOfWork, contract: ContractRecord) -> tuple[list[Held], list[Held]]:
        """What we have told, and what they have."""
        return (
            self._notices.history(unit, contract, self._me.did),
            self._notices.history(unit, contract, contract.counterparty),
        )

    def _counted(self, unit: UnitOfWork, contract: ContractRecord) -> ContractRecord:
        """Count anew which list it is that counts, by all that both have told."""
        ours, theirs = self._histories(unit, contract)
        provider, consumer = (ours, theirs) if contract.role == "provider" else (theirs, ours)
        now = people_now(agreed_list(contract), provider=provider, consumer=consumer)
        changed = replace(contract, people=now)
        unit.contracts.put(changed)
        unit.after_commit(lambda: self._changes.tell(contract.id))
        return changed

    def _named_in(self, unit: UnitOfWork, contract: ContractRecord) -> set[str]:
        ours, theirs = self._histories(unit, contract)
        proposed = {str(h.notice.content["people"]) for h in (*ours, *theirs) if h.notice.kind == PEOPLE_CHANGE}
        agreed = agreed_list(contract)
        return proposed | ({agreed} if agreed else set())

    def _send_agreed(self, unit: UnitOfWork, contract: ContractRecord) -> None:
        """A contract is concluded: whoever has the list that it names gives it to the other side."""
        held = held_list(unit, agreed_list(contract))
        if held is not None:
            self._keep(unit, held)  # its time is counted from when it was last named
        if held is not None and contract.one_sided is None:
            self._send(unit, contract, held)

    def _send(self, unit: UnitOfWork, contract: ContractRecord, people: PeopleList) -> None:
        row = OutboxRow(
            process=contract.id,
            kind=OutboxKind.NOTICE,
            peer=contract.counterparty,
            url=self._root(unit, contract) + ANNEXES_PATH,
            event=f"annex {people.digest}",
            body=dump({"type": "Annex", "agreement": contract.id, "people": people.to_json()}),
            binding=False,
            created_at=format_time(self._clock.now()),
        )
        self._outbox.add(unit, row)

    def _made(self, people: Sequence[Person]) -> PeopleList:
        try:
            return make_people_list(people, secrets.token_bytes(_SALT))
        except ContractError as error:
            raise BadRequest(str(error), code=error.code) from None

    def _keep(self, unit: UnitOfWork, people: PeopleList) -> None:
        held = unit.people_lists.get(people.digest)
        if held is not None and is_erased(held):
            return  # whoever sends it again does not bring back who was erased
        record = PeopleRecord(digest=people.digest, document=people.to_json(), at=format_time(self._clock.now()))
        unit.people_lists.put(record)


def _contract(unit: UnitOfWork, contract_id: str) -> ContractRecord:
    contract = unit.contracts.get(contract_id)
    if contract is None:
        raise NotFound(f"there is no contract {contract_id}")
    return contract


def _standing(unit: UnitOfWork, contract_id: str) -> ContractRecord:
    contract = _contract(unit, contract_id)
    if contract.signed_at is None:
        raise Conflict.told("not_concluded")
    if contract.over:
        raise ended(contract)
    if contract.countersignature_digest is None:
        raise Conflict.told("takes_no_notices")
    return contract
