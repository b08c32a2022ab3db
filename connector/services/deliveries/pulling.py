"""Pulling one delivery: from where it was cut, as long as its transfer runs, until the file is whole and checked."""

import asyncio
import hashlib
import logging
import random
from pathlib import Path
from typing import Any, Final

from connector.clock import Clock
from connector.ports.dataplane import DataPlane, PullRequest
from connector.ports.disk import Place
from connector.ports.network import FlowBroken, FlowRefused
from connector.ports.records import DeliveryRecord
from connector.protocol.transfer import TransferProcess, TransferState
from connector.services.addresses import read_address
from connector.services.deliveries.outcomes import Outcomes
from connector.services.deliveries.waiting import Waiting
from connector.services.disk_space import DiskSpace
from connector.services.identity import Identity
from connector.tasks import end
from connector.trust.tokens import make_request_proof

_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 30.0
_log: Final = logging.getLogger(__name__)


class Suspended(Exception):
    """The transfer was suspended, by either side."""


class Pulling:
    """Pulls through the data plane."""

    def __init__(
        self,
        identity: Identity,
        *,
        dataplane: DataPlane,
        waiting: Waiting,
        outcomes: Outcomes,
        clock: Clock,
        folder: Path,
        disk_space: DiskSpace,
    ) -> None:
        self._disk_space = disk_space
        self._running: set[asyncio.Future[None]] = set()
        self._me = identity
        self._dataplane = dataplane
        self._waiting = waiting
        self._outcomes = outcomes
        self._clock = clock
        self._folder = folder

    async def pull(self, record: DeliveryRecord, transfer: TransferProcess) -> None:
        """Pull until the delivery is complete, or failed because what arrived is something else.

        Raises:
            FlowRefused: the provider says no.
            Suspended: the transfer was suspended; what is there stays.
            NoRoom: the disk has none for the rest; what is there stays.
        """
        request = self._request(record, transfer)
        if await asyncio.to_thread(_is_whole, request.target.with_suffix(".data"), record.digest):
            # It was whole and checked when we died between renaming and recording it.
            await self._outcomes.finish(record, request.target)
            return
        tries = 0
        await self._outcomes.mark_running(record.id)
        while True:
            there = request.target.stat().st_size if request.target.exists() else 0
            self._disk_space.check(Place.RECEIVED, max(0, record.byte_size - there))
            before = self._outcomes.there.get(record.id, 0)
            try:
                found = await self._pull_while_started(request, transfer.id)
                break
            except FlowRefused as refused:
                if await self._waiting.was_suspended(refused, transfer):
                    raise Suspended from None
                raise
            except FlowBroken as broken:
                # Progress since the last cut is a sign of life: begin the pauses anew.
                tries = 0 if self._outcomes.there.get(record.id, 0) > before else tries + 1
                _log.info("delivery %s was cut (%s), resuming", record.id, broken)
                pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(tries, 16)) * random.uniform(0.7, 1.3)  # noqa: S311
                await asyncio.sleep(pause)
        if found != record.digest:
            await self._outcomes.is_other(record, found)
            return
        await self._outcomes.finish(record, request.target)

    def hold(self) -> None:
        """Cut every pull; each goes on by itself when there is room for the rest."""
        for held in self._running:
            if not held.done():
                held.set_result(None)

    async def _pull_while_started(self, request: PullRequest, transfer_id: str) -> str:
        pulling = asyncio.ensure_future(
            self._dataplane.pull(request, lambda n: self._outcomes.there.__setitem__(request.delivery, n))
        )
        watching = asyncio.ensure_future(self._waiting.until_stopped(transfer_id))
        held: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._running.add(held)
        ends: set[asyncio.Future[Any]] = {pulling, watching, held}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if pulling.done():
                return pulling.result()
            if watching.done():
                raise _stopped(watching.result())
            raise FlowBroken("there is no room for the rest")
        finally:
            self._running.discard(held)
            await end(pulling, watching)

    def _request(self, record: DeliveryRecord, transfer: TransferProcess) -> PullRequest:
        target = read_address(transfer.data_address or {})

        def proof(method: str, url: str) -> str:
            return make_request_proof(
                self._me.token_key, method=method, url=url, access_token=target.token, now=self._clock.now()
            )

        self._folder.mkdir(parents=True, exist_ok=True)
        return PullRequest(
            url=target.url,
            headers=target.opening,
            proof=proof if target.bound else None,
            delivery=record.id,
            purpose=record.purpose,
            person=record.person,
            target=self._outcomes.part_of(record.id),
            digest=record.digest,
            byte_size=record.byte_size,
        )


def _stopped(transfer: TransferProcess) -> Exception:
    """What it means for a pull that its transfer does not run any more: the word came before the end of the bytes."""
    if transfer.settled is TransferState.SUSPENDED:
        return Suspended()
    detail = str((transfer.problem or {}).get("detail") or "no reason was given")
    return FlowRefused(403, "the transfer was ended", detail)


def _is_whole(path: Path, digest: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest() == digest
