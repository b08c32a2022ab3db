"""Erasing a person: everywhere outside the log, with what has to stay named and why; then out of the bytes of the database.

The log keeps salted digests and no names, so nothing in it is touched. What was committed to there stays provable by whoever
still has it. A mark with the day stands where the person stood.
"""

import asyncio
import dataclasses
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from connector.audit.entries import salted_digest
from connector.canonical import JsonObject
from connector.clock import Clock, format_time, parse_time
from connector.contracts.export import Message, erase_message
from connector.contracts.people import PEOPLE_FORMAT
from connector.ports.records import Act, ContractRecord, Exchange, MessageRecord, PeopleRecord
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.protocol.notice_references import Held, open_proposals
from connector.protocol.notices import PEOPLE_CHANGE, read_notice
from connector.services.acts import log_act
from connector.services.erasure.finding import Finder, Person
from connector.services.erasure.places import PLACES, Stays
from connector.services.errors import BadRequest
from connector.services.facts.people import ERASED_LIST, agreed_list
from connector.services.identity import Identity
from connector.services.retention.sweeps import named_by
from connector.texts import LANGUAGES, say

ACT: Final = "erase-person"
AT_ONCE: Final = 200
MOST_TOLD: Final = 200
"""Of what stays so many are told one by one; the others are counted."""
_SALT: Final = 16
_LAST: Final = "\U0010ffff"
_MOST: Final = 2**62
_EXCHANGES: Final = "exchanges"


@dataclass(frozen=True, slots=True)
class Kept:
    """A place in which the name stays.

    Attributes:
        kind: the kind of record.
        id: which one.
        property: which of its properties.
        why: why.
    """

    kind: str
    id: str
    property: str
    why: Stays

    def to_json(self) -> JsonObject:
        """With the reason in words."""
        words = {lang: say(f"erasure.stays.{self.why}", lang, id=self.id) for lang in LANGUAGES}
        return {"kind": self.kind, "id": self.id, "property": self.property, "why": self.why.value, **words}


@dataclass(slots=True)
class Outcome:
    """What was found of a person, and what became of it.

    Attributes:
        erased: by kind, in how many records the person was erased, or would be.
        kept: where the name stays.
        also_at: the participants who were given lists with this person: they have copies of their own.
    """

    erased: Counter[str] = field(default_factory=Counter)
    kept: list[Kept] = field(default_factory=list)
    also_at: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done, and what the person gets as a receipt: with both texts the act in the log can be found, without them not.

    Attributes:
        outcome: what was erased, and what stays.
        digest: of the person's name and address with the salt; the act and the log hold it.
        salt: kept nowhere but with the person.
        at: when.
        left: why old pages of the database may still hold the name, in words; None when none does.
    """

    outcome: Outcome
    digest: str
    salt: str
    at: str
    left: str | None = None


class Erasure:
    """Finds and erases."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        clock: Clock,
        written: Callable[[], Awaitable[None]],
        check_room: Callable[[], None],
    ) -> None:
        """Take what it needs.

        Args:
            identity: who we are.
            store: where everything is kept.
            clock: the time.
            written: has what went over the line just now written down, for it is searched too.
            check_room: raises when the disk has no room to write the database anew.
        """
        self._me = identity
        self._store = store
        self._clock = clock
        self._written = written
        self._check_room = check_room

    async def plan(self, person: Person) -> Outcome:
        """What would be erased, and what would stay; nothing is changed."""
        await self._written()
        return await self._go_through(_Pass(Finder(person, ""), self._today(), ""))

    async def erase(self, person: Person, reason: str, *, by: Act) -> Erased:
        """Erase a person, and write the database anew so that nothing of it is left in its bytes.

        Raises:
            BadRequest: the reason names the person, and would be kept.
            NoRoom: the disk has no room to write the database anew.
            SigningSuspended: nothing may be logged now.
        """
        at = format_time(self._clock.now())
        finder = Finder(person, f"(erased {at[:10]})")
        if finder.in_(reason):
            raise BadRequest("the reason is kept, so it must not name the person")
        self._check_room()
        planned = await self.plan(person)
        salt = secrets.token_bytes(_SALT)
        digest = salted_digest({"name": person.name, "email": person.email}, salt)
        stays = Counter(kept.why.value for kept in planned.kept)
        detail: JsonObject = {"reason": reason, "erased": dict(planned.erased), "kept": dict(stays)}
        act = replace(by, act=ACT, object=digest, detail=detail)
        # First the word, then the deed: a crash in between leaves a search that can be made again, and an act that says so.
        await self._store.write(lambda unit: log_act(unit, act))
        outcome = await self._go_through(_Pass(finder, at, reason, changes=True))
        try:
            await self._store.scrub()
        except StoreError as error:
            # The records are clean and the act is logged. Without the salt, which is kept nowhere, nobody could show that.
            return Erased(outcome, digest, salt.hex(), at, str(error))
        return Erased(outcome, digest, salt.hex(), at)

    # --- going through ---------------------------------------------------------------------------------------------------

    async def _go_through(self, how: "_Pass") -> Outcome:
        outcome = Outcome()
        await self._look_at_lists(how, outcome)
        for name in PLACES:
            await self._each(name, how, outcome)
        after = 0
        while True:
            found = await self._store.read(lambda unit, after=after: unit.exchanges.between(after, AT_ONCE))  # type: ignore[misc]
            hits = [exchange for exchange in found if how.finder.in_(_texts(exchange))]
            outcome.erased[_EXCHANGES] += len(hits)
            if hits and how.changes:
                changed = [_without(how.finder, exchange) for exchange in hits]
                await self._store.write(lambda unit, changed=changed: unit.exchanges.replace(changed))  # type: ignore[misc]
            if len(found) < AT_ONCE:
                break
            after = found[-1].number or 0
        outcome.erased = +outcome.erased  # without what was found nowhere
        return outcome

    async def _each(self, name: str, how: "_Pass", outcome: Outcome) -> None:
        after: Any = None
        while True:
            seen = await self._store.read(partial(self._page, name=name, after=after, how=how, changes=False))
            if seen.erased and how.changes:
                seen = await self._store.write(partial(self._page, name=name, after=after, how=how, changes=True))
            outcome.erased[name] += seen.erased
            outcome.kept += seen.kept
            if seen.last is None:
                return
            after = seen.last
            await asyncio.sleep(0)  # others get their turn

    def _page(self, unit: UnitOfWork, *, name: str, after: Any, how: "_Pass", changes: bool) -> "_Seen":
        place, records = PLACES[name], getattr(unit, name)
        if place.key in ("number", "status_index"):
            page: Sequence[Any] = records.between(0 if after is None else after + 1, _MOST, limit=AT_ONCE)
        else:
            page = records.between("" if after is None else f"{after} ", _LAST, limit=AT_ONCE)
        seen = _Seen(last=getattr(page[-1], place.key) if len(page) == AT_ONCE else None)
        for record in page:
            hits = [f.name for f in dataclasses.fields(record) if how.finder.in_(getattr(record, f.name))]
            stays = {column: self._why(unit, name, record, column, how) for column in hits}
            seen.kept += [
                Kept(name, str(getattr(record, place.key)), column, why)
                for column, why in stays.items()
                if why is not None
            ]
            goes = [column for column, why in stays.items() if why is None]
            if goes:
                seen.erased += 1
            if goes and changes:
                _erase(unit, name, record, goes, how)
        return seen

    def _why(self, unit: UnitOfWork, name: str, record: Any, column: str, how: "_Pass") -> Stays | None:
        if name == "people_lists":
            return how.lists.get(record.digest)
        if column == PLACES[name].key and name != "approvals":
            return Stays.NAMED
        return PLACES[name].why(unit, record, column)

    # --- lists of people -------------------------------------------------------------------------------------------------

    async def _look_at_lists(self, how: "_Pass", outcome: Outcome) -> None:
        """Which lists with this person count or are open, and who else has them: only if there is one, for all contracts are read."""
        held = await self._store.read(
            lambda unit: {one.digest for one in unit.people_lists.find() if how.finder.in_(one.document)}
        )
        last: ContractRecord | None = None
        while held:
            page = await self._store.read(lambda unit, last=last: unit.contracts.page(limit=AT_ONCE, after=last))  # type: ignore[misc]
            for contract in page:
                await self._store.read(
                    partial(self._of_contract, contract=contract, held=held, how=how, outcome=outcome)
                )
            if len(page) < AT_ONCE:
                break
            last = page[-1]
        said = await self._store.read(_said_openly) if held else ""
        how.lists |= {digest: Stays.OPEN for digest in held if digest in said and digest not in how.lists}

    def _of_contract(
        self, unit: UnitOfWork, *, contract: ContractRecord, held: set[str], how: "_Pass", outcome: Outcome
    ) -> None:
        here = held & named_by(unit, contract)
        if here:
            outcome.also_at.add(contract.counterparty)
        if not here or contract.over:
            return
        now = contract.people or agreed_list(contract)
        how.lists |= {digest: Stays.COUNTS for digest in here if digest == now}
        for digest in _proposed(unit, contract, self._me.did) & here:
            how.lists.setdefault(digest, Stays.OPEN)

    def _today(self) -> str:
        return format_time(self._clock.now())


@dataclass(slots=True)
class _Pass:
    """One way through everything. `lists`: why lists of people stay, by digest."""

    finder: Finder
    at: str
    reason: str
    changes: bool = False
    lists: dict[str, Stays] = field(default_factory=dict)


@dataclass(slots=True)
class _Seen:
    """What a page held. `last`: the key after which it goes on."""

    last: Any
    erased: int = 0
    kept: list[Kept] = field(default_factory=list)


def _erase(unit: UnitOfWork, name: str, record: Any, columns: Sequence[str], how: _Pass) -> None:
    """Put the mark in the place of the person, in these properties of a record."""
    if isinstance(record, PeopleRecord):
        unit.people_lists.put(replace(record, document=_erased_list(record.document, how)))
        return
    changes = {column: how.finder.without(getattr(record, column)) for column in columns}
    if isinstance(record, Act) and record.erased is None:
        changes["erased"] = {"at": how.at, "reason": how.reason}
    if isinstance(record, MessageRecord) and record.erased is None:
        changes["erased"] = {**_left_of(record, how), "reason": how.reason}
    changed = replace(record, **changes)
    key = PLACES[name].key
    if key in columns:  # who has said yes is part of the key of that yes
        getattr(unit, name).delete(getattr(record, key))
    getattr(unit, name).put(changed)


def _left_of(record: MessageRecord, how: _Pass) -> JsonObject:
    """By what the message can still be known in evidence."""
    direction = "received" if record.direction == "in" else "sent"
    left = erase_message(Message(direction, parse_time(record.at), record.type, record.body), parse_time(how.at))
    return {"at": how.at, "bytes": left.size, "digest": left.digest}


def _erased_list(document: JsonObject, how: _Pass) -> JsonObject:
    """A list without the person, and without its salt: nobody can find out by trying who stood on it."""
    others = [one for one in document.get("people", []) if not how.finder.in_(one)]
    before = document.get("format")
    at, reason = (how.at, how.reason) if before == PEOPLE_FORMAT else (document.get("at"), document.get("reason"))
    return {"format": ERASED_LIST, "at": at, "reason": how.finder.without(reason), "people": others}


def _proposed(unit: UnitOfWork, contract: ContractRecord, me: str) -> set[str]:
    """The lists of proposals that wait for an answer."""

    def history(author: str) -> list[Held]:
        found = unit.notices.find(contract=contract.id, author=author)
        return [Held(read_notice(one.document), one.digest) for one in found]

    ours, theirs = history(me), history(contract.counterparty)
    waiting = (*open_proposals(ours, theirs), *open_proposals(theirs, ours))
    return {str(held.notice.content["people"]) for held in waiting if held.notice.kind == PEOPLE_CHANGE}


def _said_openly(unit: UnitOfWork) -> str:
    """What is offered to others now, as text."""
    offers = [offer.policy for offer in unit.offers.find(live=True)]
    waiting = [unit.negotiations.get(one.negotiation) for one in unit.waiting.find()]
    return str([*offers, *(one.offer for one in waiting if one is not None)])


def _texts(exchange: Exchange) -> list[Any]:
    return [getattr(exchange, f.name) for f in dataclasses.fields(exchange)]


def _without(finder: Finder, exchange: Exchange) -> Exchange:
    """What went over the line, with the mark in it; its digest stays that of the bytes as they went."""
    names = [f.name for f in dataclasses.fields(exchange) if finder.in_(getattr(exchange, f.name))]
    return replace(exchange, masked=True, **{name: finder.without(getattr(exchange, name)) for name in names})
