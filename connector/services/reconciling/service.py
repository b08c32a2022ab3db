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
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from connector.audit.checkpoint import Checkpoint
from connector.audit.errors import ProofError
from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ports.network import PeerUnreachable
from connector.ports.records import Act, ContractRecord, LogEpochRecord
from connector.ports.returned import ReturnedEvidence
from connector.ports.store import Doubt, Store, StoreError, UnitOfWork
from connector.protocol.bindings import NOTICES_PATH
from connector.services.acts import note
from connector.services.anchor_lists import AnchorLists
from connector.services.authenticate import Authenticator
from connector.services.changes import Changes
from connector.services.contracting import digest_of_signed
from connector.services.credential_service import CredentialService
from connector.services.errors import Conflict, NotFound, ServiceError
from connector.services.identity import Identity
from connector.services.notice_places import notice_place
from connector.services.reconciling.adopting import KEYS_LOST, Adopted, Adopting, count_at_least
from connector.services.reconciling.asking import Answer, Asking, Told
from connector.services.reconciling.epochs import Epochs, why_unbound
from connector.services.remembering import uses_known
from connector.services.rotation import Rotation
from connector.trust.errors import TrustError

ASKED_ABOUT: Final = frozenset(
    {
        Doubt.RESTORED, Doubt.SET_BACK, Doubt.FORKED, Doubt.NO_MARK, Doubt.MARK_UNREADABLE, Doubt.EPOCH_BEGUN,
    }
)  # fmt: skip
"""What others can help with."""
NEVER_ON: Final = frozenset({Doubt.SET_BACK, Doubt.FORKED, Doubt.EPOCH_BEGUN})
"""With these it is certain that more was signed than is here: the log does not go on, whoever knows what."""
UNASKED: Final = "unasked"
RECONCILED: Final = "log-reconciled"
OPENED: Final = "log-opened"
_PAGE: Final = 500
_log: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class Report:
    """How far it is.

    Attributes:
        doubt: what stands against signing, as a word; None when nothing does.
        problem: the same as a sentence.
        answered: who was asked and has answered.
        silent: who was asked and has not, and why.
        needed: of these, those without whom it does not go on, unless a person says so by name.
        known: the size of the largest checkpoint of the log that anybody holds; None when nobody holds one.
        size: how many entries are here.
        opened: the name of a log that was opened now.
        released: whether signing was released now.
        adopted: what was taken up of what we had forgotten.
        refused: what could not be taken up, and why.
        held: how many contracts nothing is delivered under until their other sides have been asked.
    """

    doubt: str | None = None
    problem: str | None = None
    answered: list[str] = field(default_factory=list)
    silent: dict[str, str] = field(default_factory=dict)
    needed: list[str] = field(default_factory=list)
    known: int | None = None
    size: int = 0
    opened: str | None = None
    released: bool = False
    adopted: list[Adopted] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    held: int = 0

    def to_json(self) -> JsonObject:
        """For programs."""
        return {
            "doubt": self.doubt,
            "problem": self.problem,
            "answered": list(self.answered),
            "silent": dict(self.silent),
            "needed": list(self.needed),
            "known": self.known,
            "size": self.size,
            "opened": self.opened,
            "released": self.released,
            "adopted": [
                {"contract": one.contract, "new": one.new, "notices": one.notices, "deliveries": one.deliveries}
                for one in self.adopted
            ],
            "refused": list(self.refused),
            "held": self.held,
        }


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
        adopting: Adopting,
        epochs: Epochs,
        rotation: Rotation,
        anchors: AnchorLists,
        authenticator: Authenticator,
        credentials: CredentialService,
        authorities: tuple[str, ...],
        authority: bool,
        returned: ReturnedEvidence,
        goes_on: Callable[[], Awaitable[None]],
    ) -> None:
        """Take what it needs.

        Args:
            identity: who we are.
            store: where everything is.
            clock: the time.
            changes: whom to tell.
            asking: asks the others.
            adopting: puts back what they show.
            epochs: opens logs, and tells of them.
            rotation: keeps which log is in use, and has our membership bind it.
            anchors: whom we believe.
            authenticator: knows where others are.
            credentials: takes up the membership that we may have forgotten.
            authorities: ours.
            authority: whether we are one: then proofs were handed out to members, who keep none, and our log never goes on.
            returned: evidence that a person has laid into the folder.
            goes_on: does what was owed and could not be signed.
        """
        self._me = identity
        self._store = store
        self._clock = clock
        self._changes = changes
        self._asking = asking
        self._adopting = adopting
        self._epochs = epochs
        self._rotation = rotation
        self._anchors = anchors
        self._authenticator = authenticator
        self._credentials = credentials
        self._authorities = tuple(did for did in authorities if did != identity.did)
        self._is_authority = authority
        self._lock = asyncio.Lock()
        self._returned = returned
        self._goes_on = goes_on

    async def start(self) -> None:
        """Before anything else: a log that no membership binds yet is signed in only once one does."""

        def work(unit: UnitOfWork) -> None:
            why = why_unbound(unit, self._me) if unit.log.newest() else None
            if why is not None:
                unit.log.suspend(why, Doubt.UNBOUND)

        await self._store.write(work)
        await self._take_up_laid()

    async def _take_up_laid(self) -> None:
        """What a person has laid into the folder: records of what both sides had signed."""
        for name in self._returned.waiting():
            now = self._clock.now()
            evidence = await asyncio.to_thread(self._returned.read, name)
            try:
                found = self._adopting.read_laid(evidence, trust=self._anchors.trust_file(), now=now)
                done = await self._store.write(partial(self._adopting.adopt, found=found, root="", now=now))
            except ServiceError as error:
                _log.error("%s cannot be taken up: %s", name, error)
                continue
            self._returned.done(name)
            _log.info("%s was taken up out of %s", done.contract, name)

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
            await self._learn(report)
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
        largest = self._largest(heard, epoch)
        report.known = largest[0].size if largest is not None else None
        more = await self._store.read(lambda unit: self._knows_more(unit, heard, epoch))
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

    def _largest(self, heard: Iterable[Answer], epoch: int) -> tuple[Checkpoint, str] | None:
        """The largest checkpoint of this log of ours that anybody holds."""
        found = [one for answer in heard for one in answer.checkpoints if self._me.epoch_of(one[0].origin) == epoch]
        return max(found, key=lambda one: one[0].size, default=None)

    def _knows_more(self, unit: UnitOfWork, heard: Iterable[Answer], epoch: int) -> str | None:
        """What anybody knows that is not here, in words; None when nobody knows anything."""
        head = unit.log.head(epoch)
        size = head.size if head is not None else 0
        for answer in heard:
            for checkpoint, _ in answer.checkpoints:
                if (self._me.epoch_of(checkpoint.origin) or 0) > epoch:
                    return f"{answer.did} knows a newer log of ours, {checkpoint.origin}"
                if self._me.epoch_of(checkpoint.origin) != epoch:
                    continue
                if checkpoint.size > size:
                    return f"{answer.did} holds a checkpoint of {checkpoint.size} entries, here are {size}"
                try:
                    same = unit.log.root_at(checkpoint.size, epoch) == checkpoint.root
                except ProofError:
                    same = False
                if not same:
                    return (
                        f"{answer.did} holds another checkpoint of {checkpoint.size} entries: the log has two histories"
                    )
            for told in answer.contracts:
                if self._forgotten(unit, told):
                    return f"{answer.did} holds what we signed for {told.id} and is not here"
            if any((self._me.epoch_of(origin) or 0) > epoch for origin in answer.origins):
                return f"{answer.did} knows a newer log of ours"
        return None

    def _forgotten(self, unit: UnitOfWork, told: Told) -> bool:
        """Whether the other side holds something of ours that is not here: then more was logged than is here."""
        if told.receipt is None:
            return False
        held = unit.contracts.get(told.id)
        if held is None or "R" not in held.signatures:
            return True
        return told.ours > _highest(unit, told.id, self._me.did)

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
        for answer in heard:
            self._recount(unit, answer)
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
        if silent:
            record = LogEpochRecord(
                origin=self._me.log_origin,
                epoch=self._me.log_epoch,
                statement=None,
                entry=None,
                proof=None,
                at=now,
                untold=[],
                unlearned=silent,
            )
            held = unit.epochs.get(record.origin)
            unit.epochs.put(record if held is None else replace(held, unlearned=sorted({*held.unlearned, *silent})))
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
        numbers += [self._me.epoch_of(origin) or 0 for answer in heard for origin in answer.origins]
        await self._rotation.begin_log(max([*numbers, self._me.log_epoch, previous]) + 1)
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

    async def _learn(self, report: Report) -> None:
        """Take up what those hold who have not been asked yet; only once something may be signed again."""
        if await self._store.write(lambda unit: unit.log.doubt) is not None:
            return
        waiting = await self._store.read(_unlearned)
        for answer in await self._asking.all(waiting):
            if answer.problem is not None:
                report.silent[answer.did] = answer.problem
                continue
            if answer.did not in report.answered:
                report.answered.append(answer.did)
            if await self._still_forks(answer):
                return
            try:
                root, failed = await self._learn_from(answer, report)
            except (PeerUnreachable, ServiceError, TrustError) as error:
                report.refused.append(f"{answer.did}: {error}")
                continue
            await self._store.write(partial(self._learned, did=answer.did, root=root, failed=failed))

    async def _still_forks(self, answer: Answer) -> bool:
        """Whether one who was silent before shows a checkpoint that this log does not continue: then it is at its end too."""
        epoch = self._me.log_epoch
        of_this = [one for one in answer.checkpoints if self._me.epoch_of(one[0].origin) == epoch]
        shown = replace(answer, checkpoints=tuple(of_this), contracts=(), origins=())
        more = await self._store.read(lambda unit: self._knows_more(unit, [shown], epoch))
        if more is not None:
            why = f"{more}; nothing is signed until this is reconciled (`mmd reconcile`)"
            await self._store.write(lambda unit: unit.log.suspend(why, Doubt.SET_BACK))
            _log.error("%s", why)
        return more is not None

    async def _learn_from(self, answer: Answer, report: Report) -> tuple[str, set[str]]:
        """Where this one takes messages, and the contracts of which not all that it holds could be taken up."""
        place = await notice_place(self._authenticator, answer.did)
        root = place.removesuffix(NOTICES_PATH)
        failed: set[str] = set()
        for told in answer.contracts:
            if not await self._store.read(partial(self._behind, told=told)):
                continue
            try:
                evidence = await self._asking.evidence(answer.did, told.id)
                now = self._clock.now()
                trust = self._anchors.trust_file()
                found = await asyncio.to_thread(self._adopting.read, evidence, trust=trust, now=now, by=answer.did)
                work = partial(self._adopting.adopt, found=found, root=root, now=now)
                adopted = await self._store.write(work)
            except (PeerUnreachable, ServiceError) as error:
                report.refused.append(f"{told.id}: {error}")
                await self._store.write(partial(self._note_problem, contract_id=told.id, why=str(error)))
                failed.add(told.id)
                continue
            if adopted.anything:
                report.adopted.append(adopted)
        await self._store.write(partial(self._recount, answer=answer))
        return root, failed

    def _behind(self, unit: UnitOfWork, told: Told) -> bool:
        if told.receipt is None:
            return False
        held = unit.contracts.get(told.id)
        if held is None or "R" not in held.signatures:
            return True
        if held.held is not None and held.held["why"] == KEYS_LOST:
            return False  # a record; what else was said under it is in the other side's evidence
        ours, theirs = _highest(unit, told.id, self._me.did), _highest(unit, told.id, held.counterparty)
        return told.ours > ours or told.theirs > theirs or digest_of_signed(held.signatures["R"]) != told.receipt

    def _recount(self, unit: UnitOfWork, answer: Answer) -> None:
        """A use that was begun and has no receipt counts as well, where the other side knows of it."""
        for told in answer.contracts:
            held = unit.contracts.get(told.id)
            provided = held is not None and held.role == "provider" and held.counterparty == answer.did
            if provided and told.uses > uses_known(unit, told.id):
                count_at_least(unit, told.id, told.uses)

    def _set_root(self, unit: UnitOfWork, contract: ContractRecord, root: str) -> None:
        """Of a contract that a person laid down nobody knew where its other side takes messages."""
        negotiation = unit.negotiations.get(contract.negotiation)
        if negotiation is not None and not negotiation.callback_address:
            unit.negotiations.put(replace(negotiation, callback_address=root))

    def _learned(self, unit: UnitOfWork, did: str, root: str, failed: set[str]) -> None:
        for record in unit.epochs.find():
            if did in record.unlearned and not failed:
                unit.epochs.put(replace(record, unlearned=[other for other in record.unlearned if other != did]))
        for contract in unit.contracts.find(counterparty=did):
            self._set_root(unit, contract, root)
            if contract.held is not None and contract.held["why"] == UNASKED and contract.id not in failed:
                unit.contracts.put(replace(contract, held=None))
                unit.after_commit(partial(self._changes.tell, contract.id))

    def _note_problem(self, unit: UnitOfWork, contract_id: str, why: str) -> None:
        contract = unit.contracts.get(contract_id)
        if contract is not None:
            unit.contracts.put(replace(contract, problem=f"what was forgotten of it cannot be taken up: {why}"))

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


def _unlearned(unit: UnitOfWork) -> list[str]:
    return sorted({did for record in unit.epochs.find() for did in record.unlearned})


def _highest(unit: UnitOfWork, contract: str, author: str) -> int:
    found = unit.notices.find(contract=contract, author=author, newest_first=True, limit=1)
    return found[0].position if found else 0
