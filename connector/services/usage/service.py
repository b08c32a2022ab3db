"""Using data, at the provider: every single request is judged against the signed agreement (decisions 5, 14 and 15).

One use is one delivery id, reserved in one commit before the first byte. Ranges of the same delivery may be asked again
within bounds; anything else under the same id is refused. While bytes run the agreement is looked at again and again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ports.records import ContractRecord, DatasetRecord, DeliveryRecord
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.protocol.notices import DELIVERY_SENT
from connector.protocol.transfer import TransferProcess
from connector.services.addresses import ends_of, token_of
from connector.services.agreed import agreed_policy
from connector.services.changes import Changes
from connector.services.errors import Conflict, Forbidden
from connector.services.facts import refreshed
from connector.services.judged import Judged, NotPermitted
from connector.services.notices import Notices
from connector.services.receipts import receipt_of
from connector.services.refusals import RUNNING, keep_refusal
from connector.services.usage.access import Access, Shown
from connector.services.usage.conditions import etag_of, is_unchanged, wanted
from connector.services.usage.places import Places
from connector.services.usage.requests import DataRequest, Limits, Looked, Use, Wanted
from connector.services.usage.reserving import DIED, Reserving, check_live, judged_use, known

_UNDER_WAY: Final = 2 * 1024 * 1024
"""Bytes that may have arrived although the line broke before we knew: what was given to the line at once."""
_LOOK_EVERY: Final = 0.5
"""Seconds between two looks at what is running."""
_log: Final = logging.getLogger(__name__)


class Usage:
    """Judges, counts, watches and ends uses.

    Attributes:
        reserving: what judges and counts each use; asks others whether something stands in its way.
        expired: told, in a unit of work, of a transfer whose agreement does not allow the running use any more, and why.
    """

    def __init__(
        self,
        *,
        store: Store,
        access: Access,
        notices: Notices,
        clock: Clock,
        changes: Changes,
        check_frozen: Callable[[DatasetRecord], Awaitable[Path]],
        limits: Limits | None = None,
    ) -> None:
        self._store = store
        self._access = access
        self._notices = notices
        self._clock = clock
        self._changes = changes
        self._check_frozen = check_frozen
        self._places = Places(limits or Limits())
        self.reserving = Reserving(clock=clock)
        self._uses: set[Use] = set()
        self._watching: asyncio.Task[None] | None = None
        self.expired: Callable[[UnitOfWork, TransferProcess, str], object] = lambda _unit, _transfer, _reason: None

    async def begin(self, request: DataRequest) -> Use | Looked:
        """Judge a request; reserve its use, if it is one.

        Raises:
            Unauthenticated: no valid token for this transfer, or no valid proof of possession.
            Forbidden: the agreement does not allow it; the sentence names the clause.
            BadRequest: headers that cannot be; 412, 416 and 428 for conditions and ranges.
            Conflict: another use under the same delivery id, or the file is not what was published.
            Busy: too many streams are open (429 for this participant, 503 for all).
        """
        transfer, contract, dataset = await self._store.read(lambda unit: _known_with_data(unit, request.transfer))
        token, bound = token_of(transfer.data_address)
        shown = Shown(request.method, request.url, request.authorization, request.proof)
        ends = ends_of(transfer.data_address)
        await self._access.check(shown, token=token, bound=bound, holder=transfer.counterparty, ends=ends)
        if dataset is None:
            raise Conflict("the data set is no longer here")
        unchanged = is_unchanged(request, dataset)
        if unchanged or request.method == "HEAD":
            # Looking is no use (decision 5, 15).
            check_live(transfer, contract, self._clock.now())
            return Looked(dataset, etag_of(dataset), unchanged)
        # Whatever would keep the first byte from going out is looked at before the use is counted. The place is taken
        # before anything is awaited: of any number of requests at once only so many get one.
        self._places.take(transfer.counterparty)
        with self._place_of(transfer.counterparty):
            policy = agreed_policy(contract)
            asked = await self._store.read(lambda unit: wanted(unit, request, dataset, policy))
            return await self._reserve(asked, dataset)

    async def reserve(self, asked: Wanted, dataset: DatasetRecord, *, receiver: str) -> Use:
        """Reserve what we send on our own account (push); the use runs from now on, until `finish`.

        Raises:
            Forbidden, BadRequest, Conflict: as `begin`.
        """
        self._places.add(receiver)
        with self._place_of(receiver):
            return await self._reserve(asked, dataset)

    @contextlib.contextmanager
    def _place_of(self, participant: str) -> Iterator[None]:
        """The place is the use's when one comes of it (`_leave` gives it back), and given back when none does."""
        try:
            yield
        except BaseException:
            self._places.free(participant)
            raise

    async def _reserve(self, asked: Wanted, dataset: DatasetRecord) -> Use:
        path = await self._check_frozen(dataset)

        def work(unit: UnitOfWork) -> Use:
            use = self.reserving.reserve(unit, asked, path)
            unit.after_commit(lambda: self._changes.tell(use.contract.id))
            # Known before anything that is committed after it can cut it.
            unit.after_commit(lambda: self._run(use))
            return use

        try:
            return await self._store.write(work)
        except NotPermitted as refused:
            # The refused unit of work is undone; why it was refused is kept in one of its own.
            judged, now = refused.judged, self._clock.now()
            try:
                await self._store.write_soon(lambda unit: keep_refusal(unit, judged, about=asked.delivery, now=now))
            except StoreError:
                _log.exception("why %s was refused cannot be written down now", asked.delivery)
            raise

    async def recover(self) -> None:
        """After a start: what was being sent when the process died counts as used, and is shown as broken."""

        def work(unit: UnitOfWork) -> None:
            for held in unit.deliveries.find(role="provider", state="running"):
                unit.deliveries.put(replace(held, state="broken", problem=DIED))

        await self._store.write(work)

    async def finish(self, use: Use) -> None:
        """Record what was sent. Called once for each use, however it ended."""
        try:
            await self._store.write(lambda unit: self._record(unit, use))
        finally:
            self._leave(use)

    def _leave(self, use: Use) -> None:
        if use in self._uses:
            self._uses.discard(use)
            self._places.free(use.transfer.counterparty)

    def _record(self, unit: UnitOfWork, use: Use) -> None:
        held = unit.deliveries.get(use.delivery.id)
        if held is None:
            return
        # Bytes behind a gap do not complete a delivery.
        known_so_far = use.start <= held.bytes + _UNDER_WAY
        reached = max(held.bytes, use.start + use.sent) if known_so_far else held.bytes
        so_far = replace(held, bytes=reached, bytes_total=held.bytes_total - (use.end - use.start) + use.sent)
        # A receiver may have the last bytes, and say so, before the line has told us that it took them.
        if held.other_receipt or (use.confirmed and reached >= held.byte_size):
            self._complete(unit, unit.contracts.get(held.contract), so_far)
        else:
            finished, problem = format_time(self._clock.now()), self._why_stopped(unit, use)
            unit.deliveries.put(replace(so_far, state="broken", finished_at=finished, problem=problem))
        unit.after_commit(lambda: self._ended(use))

    def confirm(self, unit: UnitOfWork, contract: ContractRecord, record: DeliveryRecord) -> None:
        """The consumer's receipt is here: it has the whole, although the line broke, or we died, before we could see it."""
        if record.role == "provider" and record.state == "broken":
            self._complete(unit, contract, record)

    def _complete(self, unit: UnitOfWork, contract: ContractRecord | None, record: DeliveryRecord) -> None:
        now = self._clock.now()
        done = replace(
            record,
            bytes=record.byte_size,
            state="complete",
            finished_at=format_time(now),
            problem=None,
            own_receipt=True,
        )
        if contract is None or contract.countersignature_digest is None:
            done = replace(done, own_receipt=record.own_receipt)
        elif not record.own_receipt:
            content = receipt_of(done, transfer=done.transfer, transferred=done.bytes_total, now=now)
            self._notices.write(unit, contract, DELIVERY_SENT, content)
        unit.deliveries.put(done)

    def _ended(self, use: Use) -> None:
        self._leave(use)
        self._changes.tell(use.delivery.id, use.contract.id)

    def cut(self, ended: str) -> None:
        """Stop the running bytes of a contract or transfer."""
        for use in list(self._uses):
            if ended in (use.contract.id, use.transfer.id):
                use.stop("its contract or its transfer has ended")

    async def look(self) -> None:
        """Stop what stands still, and what its agreement does not allow any more; the other side is told."""
        moment, now = asyncio.get_running_loop().time(), self._clock.now()
        for use in [use for use in self._uses if not use.cut.done()]:
            idle = self._places.limits.idle
            if moment - use.moved > idle:
                use.stop(f"no byte was taken for {idle:g} seconds")
            context = await self._store.read(partial(refreshed, occasion=use.occasion, context=use.context, now=now))
            judged = judged_use(use.occasion, context)
            if not judged.decision.permitted:
                use.stop(judged.sentence)
                await self._store.write(partial(self._expire, use=use, judged=judged))

    async def stop(self) -> None:
        """Look no more."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    @property
    def running(self) -> int:
        """How many uses are being sent now."""
        return len(self._uses)

    def _run(self, use: Use) -> None:
        loop = asyncio.get_running_loop()
        use.moved = loop.time()
        self._uses.add(use)
        if self._watching is None or self._watching.done():
            self._watching = loop.create_task(self._watch())

    async def _watch(self) -> None:
        while self._uses:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                await self.look()
            except StoreError:
                # What had to stop has stopped; the other uses are still looked after.
                _log.exception("the end of a use cannot be written down now")

    def _expire(self, unit: UnitOfWork, *, use: Use, judged: Judged) -> None:
        keep_refusal(unit, judged, about=use.delivery.id, now=self._clock.now(), scope=RUNNING)
        transfer = unit.transfers.get(use.transfer.id)
        if transfer is not None:
            self.expired(unit, transfer, judged.sentence)

    def _why_stopped(self, unit: UnitOfWork, use: Use) -> JsonObject | None:
        """Why a use was cut; None when nobody cut it: the receiver went away, or the line broke."""
        if not use.cut.done():
            return None
        try:
            check_live(*known(unit, use.transfer.id), self._clock.now())
        except Forbidden as said:
            return {"title": "it was stopped", "detail": said.sentence}
        return {"title": "it was stopped", "detail": use.cut.result()}


def _known_with_data(unit: UnitOfWork, pid: str) -> tuple[TransferProcess, ContractRecord, DatasetRecord | None]:
    transfer, contract = known(unit, pid)
    return transfer, contract, unit.datasets.get(contract.dataset)
