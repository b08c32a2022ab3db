"""Retention: what is too old goes, a little at a time; what it was is told by count and kind, and logged. No names, no contents."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time, parse_time
from connector.ports.records import Act, ContractRecord
from connector.ports.store import SigningSuspended, Store, UnitOfWork
from connector.services.acts import log_act
from connector.services.errors import Conflict
from connector.services.retention.kinds import KINDS, Keeping, Kind
from connector.services.retention.needed import ended_at
from connector.services.retention.sweeps import People, Sweep, named_by
from connector.texts import LANGUAGES, say

ACT: Final = "retention"
"""The act of having removed some records of a kind."""
AT_ONCE: Final = 200
"""Records that one unit of work looks at: others get their turn in between."""
_ITSELF: Final = "connector"
_log: Final = logging.getLogger(__name__)

Delete = Callable[..., Awaitable[ContractRecord]]
"""Deletes what was received under a contract, and certifies it (`services.deletions`)."""


@dataclass(frozen=True, slots=True)
class Found:
    """How many records of a kind there are, and what of them may go.

    Attributes:
        kept: how many there are, with those that may go.
        gone: how many may go, or have gone.
        size: how many bytes these take, about.
        next: when the next ones may go; None when that cannot be said.
    """

    kept: int = 0
    gone: int = 0
    size: int = 0
    next: str | None = None

    def and_(self, other: "Found") -> "Found":
        """Both together."""
        first = min((at for at in (self.next, other.next) if at is not None), default=None)
        return Found(self.kept + other.kept, self.gone + other.gone, self.size + other.size, first)


class Retention:
    """Shows what may go, and lets it go."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        keeping: Keeping,
        sweeps: Sequence[Sweep[Any]],
        delete_received: Delete,
    ) -> None:
        self._store = store
        self._clock = clock
        self._keeping = keeping
        self._sweeps = {sweep.kind: sweep for sweep in sweeps}
        self._delete_received = delete_received
        self._turn = 0
        self._after: dict[str, Any] = {}

    async def shown(self) -> list[JsonObject]:
        """Every kind: how long it is kept and why, what still proves afterwards, what of it would go now, and when the next."""
        return [kind_view(kind, self._keeping, await self._found(kind.id)) for kind in KINDS.values()]

    async def apply(self, by: Act) -> list[JsonObject]:
        """Let go of everything that may go now; what went, by kind.

        Raises:
            SigningSuspended: nothing may be logged now, so nothing goes either: what is here may be less than there was.
        """
        told: list[JsonObject] = []
        for kind in KINDS.values():
            if kind.id in self._sweeps:
                await self._look_around(kind.id)
                found, after = Found(), None
                while True:
                    step, after = await self._step(kind.id, after, by)
                    found = found.and_(step)
                    if after is None:
                        break
            elif kind.id == "received":
                found = await self._received(by, only_one=False)
            else:
                continue
            told.append({"kind": kind.id, "removed": found.gone, "bytes": found.size})
        return told

    async def look(self) -> int:
        """One step of one kind, the kinds in turn; how many records went. Called once a minute."""
        names = [*self._sweeps, "received"]
        name = names[self._turn % len(names)]
        by = Act(at=format_time(self._clock.now()), name=_ITSELF, role=_ITSELF, act=ACT, object="")
        if name == "received":
            self._turn += 1
            return (await self._received(by, only_one=True)).gone
        if self._after.get(name) is None:
            await self._look_around(name)
        try:
            found, self._after[name] = await self._step(name, self._after.get(name), by)
        except SigningSuspended:
            return 0  # that nothing may be logged now is told elsewhere
        if self._after[name] is None:
            self._turn += 1  # all of this kind was looked at
        return found.gone

    # --- records ---------------------------------------------------------------------------------------------------------

    async def _step(self, name: str, after: Any, by: Act) -> tuple[Found, Any]:
        """Some of a kind: what of them may go goes. Also the key after which it goes on; None at the end."""
        if self._keeping.period(name) is None:
            return Found(), None
        seen = await self._store.read(partial(self._judged, name=name, after=after, remove=False, all_=False))
        if seen[0].gone == 0:
            return Found(), seen[1]
        return await self._store.write(partial(self._judged, name=name, after=after, remove=True, all_=False, by=by))

    def _judged(
        self, unit: UnitOfWork, *, name: str, after: Any, remove: bool, all_: bool = True, by: Act | None = None
    ) -> tuple[Found, Any]:
        """Judge some of a kind, and remove what may go; all of them are counted, or only those that are old enough."""
        sweep, period = self._sweeps[name], self._keeping.period(name)
        before = None if period is None else format_time(self._clock.now() - period)
        sweep.look_around(unit)
        page = sweep.page(unit, after, AT_ONCE)
        found, dates = Found(), list[str]()
        for record in page:
            since = sweep.since(record)
            if since is None or before is None or period is None:
                found = found.and_(Found(kept=1))
            elif since >= before:
                found = found.and_(Found(kept=1, next=_in(since, period)))
                if sweep.in_order and not all_:
                    return self._told(unit, name, found, dates, by), None
            elif sweep.is_needed(unit, record):
                found = found.and_(Found(kept=1))
            else:
                found = found.and_(Found(kept=1, gone=1, size=sweep.size(unit, record)))
                dates.append(since)
                if remove:
                    sweep.remove(unit, record)
        last = getattr(page[-1], sweep.key) if len(page) == AT_ONCE else None
        return self._told(unit, name, found, dates, by), last

    def _told(self, unit: UnitOfWork, name: str, found: Found, dates: Sequence[str], by: Act | None) -> Found:
        """In the log: how many of which kind, of which time. Nothing of what stood in them."""
        if by is not None and found.gone:
            detail: JsonObject = {
                "removed": found.gone,
                "bytes": found.size,
                "from": min(dates),
                "to": max(dates),
                "keptDays": self._keeping.days(name),
            }
            log_act(unit, replace(by, act=ACT, object=name, detail=detail))
        return found

    async def _found(self, name: str) -> Found | None:
        """What there is of a kind, all of it looked through; None for kinds that end by themselves."""
        if name == "received":
            return await self._received_found()
        if name not in self._sweeps:
            return None
        await self._look_around(name)
        found, after = Found(), None
        while True:
            step, after = await self._store.read(partial(self._judged, name=name, after=after, remove=False))
            found = found.and_(step)
            if after is None:
                return found
            await asyncio.sleep(0)  # others get their turn

    async def _look_around(self, name: str) -> None:
        """What lists of people are needed: only if one of them is old enough, for all contracts are gone through."""
        sweep, period = self._sweeps[name], self._keeping.period(name)
        if not isinstance(sweep, People) or period is None:
            return
        before = format_time(self._clock.now() - period)
        sweep.looked_at = format_time(self._clock.now())
        old = await self._store.read(lambda unit: any(one.at < before for one in unit.people_lists.find()))
        used = set[str]()
        for contract in await self._contracts(lambda _: True) if old else []:
            ended = ended_at(contract)
            if ended is None or ended >= before:
                used |= await self._store.read(partial(named_by, contract=contract))
        sweep.used = frozenset(used)

    async def _contracts(self, wanted: Callable[[ContractRecord], bool]) -> list[ContractRecord]:
        found: list[ContractRecord] = []
        last: ContractRecord | None = None
        while True:
            page = await self._store.read(lambda unit, last=last: unit.contracts.page(limit=AT_ONCE, after=last))  # type: ignore[misc]
            found += [contract for contract in page if wanted(contract)]
            if len(page) < AT_ONCE:
                return found
            last = page[-1]
            await asyncio.sleep(0)

    # --- files that were received ------------------------------------------------------------------------------------------

    async def _received(self, by: Act, *, only_one: bool) -> Found:
        """Delete and certify what was received under contracts that ended long enough ago."""
        period, found = self._keeping.period("received"), Found()
        if period is None:
            return found
        before = format_time(self._clock.now() - period)
        for contract in await self._contracts(partial(_received_until, before=before)):
            held = await self._store.read(partial(_files_of, contract=contract.id))
            if not held:
                continue
            statement = say("retention.deleted", "en", days=self._keeping.days("received"))
            detail: JsonObject = {"removed": len(held), "bytes": sum(held), "keptDays": self._keeping.days("received")}
            try:
                done = replace(by, act=ACT, object=contract.id, detail={"kind": "received", **detail})
                await self._delete_received(contract.id, statement, by=done)
            except Conflict as waits:
                _log.info("what was received under %s stays for now: %s", contract.id, waits)
                continue
            found = found.and_(Found(gone=len(held), size=sum(held)))
            if only_one:
                break
        return found

    async def _received_found(self) -> Found:
        period, found = self._keeping.period("received"), Found()
        for contract in await self._contracts(lambda one: one.role == "consumer"):
            held = await self._store.read(partial(_files_of, contract=contract.id))
            found = found.and_(Found(kept=len(held)))
            ended = ended_at(contract)
            if period is None or ended is None or not held:
                continue
            due = parse_time(ended) + period
            if due < self._clock.now():
                found = found.and_(Found(gone=len(held), size=sum(held)))
            else:
                found = found.and_(Found(next=format_time(due)))
        return found


def kind_view(kind: Kind, keeping: Keeping, found: Found | None) -> JsonObject:
    """A kind as people and programs see it."""
    shown: JsonObject = {
        "kind": kind.id,
        "days": keeping.days(kind.id),
        "default": kind.default,
        "minimum": kind.minimum,
        "setting": kind.by or (None if kind.fixed else "keep_days"),
        "fixed": kind.fixed,
        "count": None if found is None else found.kept,
        "wouldGo": None if found is None else found.gone,
        "bytes": None if found is None else found.size,
        "next": None if found is None else found.next,
    }
    for lang in LANGUAGES:
        names: Mapping[str, str] = {"name": "is", "since": "since", "why": "why", "proves": "proves"}
        shown[lang] = {member: say(f"retention.{kind.id}.{word}", lang) for member, word in names.items()}
    return shown


def _in(since: str, period: timedelta) -> str:
    moment: datetime = parse_time(since) + period
    return format_time(moment)


def _received_until(contract: ContractRecord, before: str) -> bool:
    ended = ended_at(contract)
    return contract.role == "consumer" and ended is not None and ended < before


def _files_of(unit: UnitOfWork, contract: str) -> list[int]:
    """The sizes of the files that were received under a contract and are still here."""
    return [d.byte_size for d in unit.deliveries.find(contract=contract, state="complete") if d.file is not None]
