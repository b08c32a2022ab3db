"""Coming back from an older backup, or from any start at which log, database and mark disagree (decision 5, 8 and 22).

The numbered steps:

1. Everybody who has a contract with us, has cosigned our log or is an authority of ours is asked what he holds of us: the
   largest checkpoint of each of our logs, and for each contract how far it has come.
2. If nobody knows more than we do, and what each knows continues to ours, signing is released, with an act in the log. That
   takes an answer of our authorities, and of all who have cosigned our log and have a contract with us that is in force; or
   a person says by name, with a reason, without whom it is to be done.
3. If anybody knows more, or the mark does, the log cannot go on: its forgotten leaves held random bytes that nobody has. A
   new log is opened. Its first entry commits to a signed statement about the old one, which is told to all. Nothing more is
   signed until a membership binds the new log.
4. What was forgotten is taken up out of the evidence of the other sides. Until its other side has been asked, nothing is
   delivered and said under a contract: what we would say might contradict what we have said and forgotten.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from connector.audit.checkpoint import Checkpoint
from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ports.records import Act, ContractRecord, LogEpochRecord
from connector.ports.store import Doubt, Store, StoreError, UnitOfWork
from connector.services.acts import note
from connector.services.changes import Changes
from connector.services.credential_service import CredentialService
from connector.services.errors import Conflict, NotFound, ServiceError
from connector.services.identity import Identity
from connector.services.reconciling.adopting import KEYS_LOST
from connector.services.reconciling.asking import Answer, Asking
from connector.services.reconciling.epochs import Epochs, why_unbound
from connector.services.reconciling.knowledge import behind, knows_more, named_logs, recount
from connector.services.reconciling.knowledge import largest as largest_known
from connector.services.reconciling.learning import UNASKED, Learning
from connector.services.reconciling.report import Report
from connector.services.rotation import Rotation

ASKED_ABOUT: Final = frozenset(
    {
        Doubt.RESTORED, Doubt.SET_BACK, Doubt.FORKED, Doubt.NO_MARK, Doubt.MARK_UNREADABLE, Doubt.EPOCH_BEGUN,
    }
)  # fmt: skip
"""What others can help with."""
NEVER_ON: Final = frozenset({Doubt.SET_BACK, Doubt.FORKED, Doubt.EPOCH_BEGUN})
"""With these it is certain that more was signed than is here: the log does not go on, whoever knows what."""
RECONCILED: Final = "log-reconciled"
OPENED: Final = "log-opened"
_PAGE: Final = 500
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Others:
    """Whom we ask, and without whom it does not go on."""

    all: tuple[str, ...]
    needed: frozenset[str]


class Reconciling:
    """Finds out what we have forgotten, and goes on without a second history."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        clock: Clock,
        changes: Changes,
        asking: Asking,
        learning: Learning,
        epochs: Epochs,
        rotation: Rotation,
        credentials: CredentialService,
        authorities: tuple[str, ...],
        authority: bool,
        goes_on: Callable[[], Awaitable[None]],
    ) -> None:
        """Take what it needs.

        Args:
            identity: who we are.
            store: where everything is.
            clock: the time.
            changes: whom to tell.
            asking: asks the others.
            learning: takes up what they hold.
            epochs: opens logs, and tells of them.
            rotation: keeps which log is in use, and has our membership bind it.
            credentials: takes up the membership that we may have forgotten.
            authorities: ours.
            authority: whether we are one: then proofs were handed out to members, who keep none, and our log never goes on.
            goes_on: does what was owed and could not be signed.
        """
        self._me = identity
        self._store = store
        self._clock = clock
        self._changes = changes
        self._asking = asking
        self._learning = learning
        self._epochs = epochs
        self._rotation = rotation
        self._credentials = credentials
        self._authorities = tuple(did for did in authorities if did != identity.did)
        self._is_authority = authority
        self._lock = asyncio.Lock()
        self._goes_on = goes_on

    async def start(self) -> None:
        """Before anything else: a log that no membership binds yet is signed in only once one does."""

        def work(unit: UnitOfWork) -> None:
            why = why_unbound(unit, self._me) if unit.log.newest() else None
            if why is not None:
                unit.log.suspend(why, Doubt.UNBOUND)

        await self._store.write(work)
        await self._learning.take_up_laid()

    async def look(self) -> int:
        """Once a minute: go as far as it goes without a person; how many contracts were taken up."""
        if not await self._store.write(_anything_to_do):
            return 0
        report = await self.reconcile()
        if report.problem is not None:
            _log.warning(
                "%s; asked %d, silent: %s", report.problem, len(report.answered), ", ".join(report.silent) or "-"
            )
        return len(report.adopted)

    async def reconcile(self, *, without: Sequence[str] = (), reason: str = "", by: Act | None = None) -> Report:
        """Ask, and go as far as it goes.

        Args:
            without: those whose answer a person does without.
            reason: why.
            by: who says so; None: the connector by itself.

        Raises:
            Conflict: this cannot be reconciled; the sentence says what is to be done.
        """
        async with self._lock:
            report = Report()
            doubt = await self._store.write(lambda unit: unit.log.doubt)
            if doubt is not None and doubt not in ASKED_ABOUT and doubt is not Doubt.UNBOUND:
                raise Conflict(await self._why() or str(doubt))
            if doubt in ASKED_ABOUT:
                await self._decide(report, doubt, without, reason, by)
            await self._bind()
            await self._learning.learn(report)
            if await self._store.write(lambda unit: unit.log.doubt) is None:
                await self._epochs.tell()  # who is told asks for our membership next: it has to be the new one
            done = await self._finished(report)
        if doubt is not None and done.doubt is None:
            await self._goes_on()
        return done

    async def release(self, contract_id: str, reason: str, *, by: Act) -> ContractRecord:
        """A person lets data flow again under a contract that is held since we came back, without its other side.

        Raises:
            NotFound: there is no such contract.
            Conflict: it is not held.
        """

        def work(unit: UnitOfWork) -> ContractRecord:
            contract = unit.contracts.get(contract_id)
            if contract is None:
                raise NotFound(f"there is no contract {contract_id}")
            if contract.held is None:
                raise Conflict("nothing holds this contract")
            if contract.held["why"] == KEYS_LOST:
                raise Conflict.told("held_keys")
            unit.log.check_may_sign()
            released = replace(contract, held=None)
            unit.contracts.put(released)
            note(unit, replace(by, object=contract_id, detail={"held": contract.held, "reason": reason}))
            unit.after_commit(lambda: self._changes.tell(contract_id))
            return released

        return await self._store.write(work)

    # --- deciding --------------------------------------------------------------------------------------------------------

    async def _decide(
        self, report: Report, doubt: Doubt | None, without: Sequence[str], reason: str, by: Act | None
    ) -> None:
        others = await self._store.read(self._others)
        answers = await self._asking.all(others.all)
        heard = [answer for answer in answers if answer.problem is None]
        report.answered = [answer.did for answer in heard]
        report.silent = {answer.did: answer.problem for answer in answers if answer.problem is not None}
        report.needed = sorted(set(report.silent) & others.needed - set(without))
        head = await self._store.read(lambda unit: unit.log.head(max(unit.log.newest(), 1)))
        report.size = head.size if head is not None else 0
        for answer in heard:
            for jwt in answer.memberships if answer.did in self._authorities else ():
                await self._recall(jwt, answer.did)
        epoch = await self._store.read(lambda unit: max(unit.log.newest(), 1))
        largest = largest_known(self._me, heard, epoch)
        report.known = largest[0].size if largest is not None else None
        more = await self._store.read(lambda unit: knows_more(self._me, unit, heard, epoch))
        nobody = bool(others.all) and not heard and not set(others.all) <= set(without)
        if doubt in NEVER_ON or more is not None or self._is_authority:
            if nobody:
                return  # whoever knows the newest of our logs has to be heard before the next one gets its number
            await self._open(report, heard, others, previous=epoch, known=largest, doubt=doubt, by=by, more=more)
        elif not report.needed and not nobody:
            work = partial(self._let_go, report=report, heard=heard, without=without, reason=reason, by=by)
            await self._store.write(work)
            report.released = True

    async def _recall(self, jwt: str, issuer: str) -> None:
        """The membership that was issued to us last, which we may have forgotten: only it can be renewed."""
        try:
            await self._credentials.recall(jwt, issuer)
        except ServiceError as error:
            _log.warning("a membership by %s cannot be taken up again: %s", issuer, error)

    def _let_go(
        self,
        unit: UnitOfWork,
        *,
        report: Report,
        heard: Sequence[Answer],
        without: Sequence[str],
        reason: str,
        by: Act | None,
    ) -> None:
        """Nobody knows more: this log goes on."""
        now = format_time(self._clock.now())
        unit.log.release(*ASKED_ABOUT)
        # What only they had said is no history of ours that somebody could have seen; it is taken up right away.
        late = {answer.did for answer in heard if any(behind(self._me, unit, told) for told in answer.contracts)}
        for answer in heard:
            if answer.did not in late:
                recount(unit, answer)
        silent = sorted(report.silent)
        detail: JsonObject = {
            "size": report.size,
            "known": report.known,
            "answered": sorted(report.answered),
            "silent": silent,
            "without": sorted(without),
            "reason": reason,
        }
        done = by or Act(at=now, name="connector", role="connector", act=RECONCILED, object="")
        note(unit, replace(done, act=RECONCILED, object=self._me.log_origin, detail=detail))
        if silent or late:
            record = LogEpochRecord(
                origin=self._me.log_origin,
                epoch=self._me.log_epoch,
                statement=None,
                entry=None,
                proof=None,
                at=now,
                untold=[],
                unlearned=sorted({*silent, *late}),
            )
            held = unit.epochs.get(record.origin)
            unit.epochs.put(
                record if held is None else replace(held, unlearned=sorted({*held.unlearned, *record.unlearned}))
            )
            self._hold(unit, silent, now)

    async def _open(
        self,
        report: Report,
        heard: Sequence[Answer],
        others: _Others,
        *,
        previous: int,
        known: tuple[Checkpoint, str] | None,
        doubt: Doubt | None,
        by: Act | None,
        more: str | None,
    ) -> None:
        """More was signed than is here: a new log, with a number that no log of ours ever had."""
        numbers = [self._me.epoch_of(checkpoint.origin) or 0 for a in heard for checkpoint, _ in a.checkpoints]
        signed = max([*numbers, self._me.log_epoch, previous])
        named = [number for answer in heard for number in named_logs(self._me, answer, signed)]
        await self._rotation.begin_log(max([signed, *named]) + 1)
        now = self._clock.now()

        def work(unit: UnitOfWork) -> None:
            reason = str(doubt or Doubt.SET_BACK)
            opened = self._epochs.open(unit, previous=previous, known=known, reason=reason, others=others.all, now=now)
            at = format_time(now)
            detail: JsonObject = {
                "origin": opened.origin,
                "previous": self._me.origin_of(previous),
                "size": report.size,
                "known": report.known,
                "why": more or reason,
                "silent": sorted(report.silent),
            }
            done = by or Act(at=at, name="connector", role="connector", act=OPENED, object="")
            note(unit, replace(done, act=OPENED, object=opened.origin, detail=detail))
            self._hold(unit, others.all, at)

        await self._store.write(work)
        report.opened = self._me.log_origin
        _log.warning(
            "the log %s cannot go on (%s); %s was opened", self._me.origin_of(previous), more or doubt, report.opened
        )

    def _hold(self, unit: UnitOfWork, dids: Iterable[str], at: str) -> None:
        """Until they have been asked, nothing is said and delivered under the contracts with these."""
        for did in dids:
            for contract in unit.contracts.find(counterparty=did):
                if not contract.over and contract.held is None:
                    unit.contracts.put(replace(contract, held={"why": UNASKED, "since": at}))
                    unit.after_commit(partial(self._changes.tell, contract.id))

    def _others(self, unit: UnitOfWork) -> _Others:
        witnesses = {record.witness for record in unit.cosigned.find()}
        parties: dict[str, bool] = {}
        last: ContractRecord | None = None
        while True:
            page = unit.contracts.page(limit=_PAGE, after=last)
            for contract in page:
                if contract.one_sided is None:
                    parties[contract.counterparty] = parties.get(contract.counterparty, False) or not contract.over
            if len(page) < _PAGE:
                break
            last = page[-1]
        members = {member.did for member in unit.members.find()} if self._is_authority else set()
        in_force = {did for did, stands in parties.items() if stands}
        asked = {*parties, *witnesses, *self._authorities, *members} - {self._me.did}
        needed = (witnesses & in_force) | set(self._authorities)
        return _Others(tuple(sorted(asked)), frozenset(needed))

    # --- binding, learning, telling --------------------------------------------------------------------------------------

    async def _bind(self) -> None:
        """Have our membership bind the log in use, where it binds another."""
        if await self._store.write(lambda unit: unit.log.doubt) is Doubt.UNBOUND:
            await self._rotation.look()

    async def _finished(self, report: Report) -> Report:
        def work(unit: UnitOfWork) -> tuple[Doubt | None, str | None, int]:
            log = unit.log
            try:
                log.check_may_sign()
            except StoreError as error:
                return log.doubt, str(error), 0
            return None, None, sum(contract.held is not None for contract in unit.contracts.find())

        doubt, report.problem, report.held = await self._store.write(work)
        report.doubt = str(doubt) if doubt is not None else None
        return report

    async def _why(self) -> str | None:
        return (await self._finished(Report())).problem


def _anything_to_do(unit: UnitOfWork) -> bool:
    doubt = unit.log.doubt
    if doubt is not None:
        return doubt in ASKED_ABOUT or doubt is Doubt.UNBOUND
    return any(record.unlearned or record.untold for record in unit.epochs.find())
