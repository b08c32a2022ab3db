"""Taking up what the others hold, one after the other, and letting go what waited for it."""

import asyncio
import logging
from dataclasses import replace
from functools import partial
from typing import Final

from connector.clock import Clock
from connector.ports.network import PeerUnreachable
from connector.ports.records import ContractRecord
from connector.ports.returned import ReturnedEvidence
from connector.ports.store import Doubt, Store, UnitOfWork
from connector.protocol.bindings import NOTICES_PATH
from connector.services.anchor_lists import AnchorLists
from connector.services.authenticate import Authenticator
from connector.services.changes import Changes
from connector.services.errors import ServiceError
from connector.services.identity import Identity
from connector.services.notice_places import notice_place
from connector.services.reconciling.adopting import Adopting
from connector.services.reconciling.asking import Answer, Asking, Told
from connector.services.reconciling.knowledge import behind, knows_more, recount
from connector.services.reconciling.report import Report
from connector.trust.errors import TrustError

UNASKED: Final = "unasked"
"""Why a contract is held until its other side has been asked."""
_NOT_TAKEN_UP: Final = "what was forgotten of it cannot be taken up"
_log: Final = logging.getLogger(__name__)


class Learning:
    """Learns from those who have not been asked yet, and from evidence that a person has laid into the folder."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        clock: Clock,
        changes: Changes,
        asking: Asking,
        adopting: Adopting,
        anchors: AnchorLists,
        authenticator: Authenticator,
        returned: ReturnedEvidence,
    ) -> None:
        self._me = identity
        self._store = store
        self._clock = clock
        self._changes = changes
        self._asking = asking
        self._adopting = adopting
        self._anchors = anchors
        self._authenticator = authenticator
        self._returned = returned

    async def take_up_laid(self) -> None:
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

    async def learn(self, report: Report) -> None:
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
        more = await self._store.read(lambda unit: knows_more(self._me, unit, [shown], epoch))
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
            if not await self._store.read(partial(_is_behind, me=self._me, told=told)):
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
        await self._store.write(partial(recount, answer=answer, but=frozenset(failed)))
        return root, failed

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
                problem = None if (contract.problem or "").startswith(_NOT_TAKEN_UP) else contract.problem
                unit.contracts.put(replace(contract, held=None, problem=problem))
                unit.after_commit(partial(self._changes.tell, contract.id))

    def _note_problem(self, unit: UnitOfWork, contract_id: str, why: str) -> None:
        contract = unit.contracts.get(contract_id)
        if contract is not None:
            unit.contracts.put(replace(contract, problem=f"{_NOT_TAKEN_UP}: {why}"))


def _is_behind(unit: UnitOfWork, me: Identity, told: Told) -> bool:
    return behind(me, unit, told)


def _unlearned(unit: UnitOfWork) -> list[str]:
    return sorted({did for record in unit.epochs.find() for did in record.unlearned})
