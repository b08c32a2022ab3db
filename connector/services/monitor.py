"""Looks once a minute for what time alone brings about (`services.upkeep`)."""

import asyncio
import logging
from typing import Final

from connector.ports.keys import KeyStoreError
from connector.ports.store import StoreError
from connector.services.cosigning import Cosigning
from connector.services.disk_space import DiskSpace
from connector.services.errors import ServiceError
from connector.services.negotiations.unread import Unread
from connector.services.obligations import Obligations
from connector.services.reconciling import Reconciling
from connector.services.retention.service import Retention
from connector.services.rotation import Rotation
from connector.services.transcripts.reading import Transcripts
from connector.services.upkeep import Upkeep
from connector.trace import begin_trace

_EVERY: Final = 60.0
_log: Final = logging.getLogger(__name__)


class Monitor:
    """Looks once a minute."""

    def __init__(
        self,
        upkeep: Upkeep,
        transcripts: Transcripts,
        rotation: Rotation,
        cosigning: Cosigning,
        obligations: Obligations,
        unread: Unread,
        disk_space: DiskSpace,
        retention: Retention,
        reconciling: Reconciling,
    ) -> None:
        self._retention = retention
        self._disk_space = disk_space
        self._upkeep = upkeep
        self._rotation = rotation
        self._transcripts = transcripts
        self._cosigning = cosigning
        self._obligations = obligations
        self._unread = unread
        self._reconciling = reconciling
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look now, and from now on once a minute; at our keys only when others can reach us, for they look at us too."""
        await self.look()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Look once."""
        begin_trace()
        for look, sentence in (
            (self._disk_space.look, "of %d disks there was something to tell"),
            (self._upkeep.expire, "%d negotiations were ended: their deadlines have passed"),
            (self._upkeep.renew, "%d bearer tokens were renewed: the old ones end soon"),
            (self._upkeep.lapse, "%d negotiations were ended: nobody of ours had answered in time"),
            (self._upkeep.forget, "the answers to repeats of %d processes were dropped: they ended long ago"),
            (self._obligations.look, "of the duties of %d contracts people were reminded"),
            (self._retention.look, "%d records were removed: they have been kept long enough"),
            (self._transcripts.prune, "%d exchanges of the transcript were thrown away: they are old, or too many"),
        ):
            try:
                found = await look()
            except StoreError as error:
                _log.warning("what time brings about could not be done: %s", error)
                continue
            if found:
                _log.info(sentence, found)

    async def _run(self) -> None:
        while True:
            await self._rotation.look()
            await self.reconcile()
            await asyncio.sleep(_EVERY)
            await self.look()
            await self._witnesses()
            await self.read()

    async def read(self) -> None:
        """Read the offers that rules would agree to, were it known what they are about."""
        try:
            agreed = await self._unread.look()
        except StoreError as error:
            _log.warning("offers that wait could not be read: %s", error)
        else:
            _log.debug("%d offers that nobody had asked for were accepted by rule", agreed)

    async def reconcile(self) -> None:
        """Where we came back from a backup: ask the others, as soon as they can reach us, and then again and again."""
        try:
            taken = await self._reconciling.look()
        except (StoreError, ServiceError, KeyStoreError) as error:
            _log.warning("what we have forgotten could not be reconciled: %s", error)
        else:
            _log.debug("%d contracts were taken up again", taken)

    async def _witnesses(self) -> None:
        try:
            asked = await self._cosigning.look()
        except StoreError as error:
            _log.warning("our log could not be shown to its witnesses: %s", error)
        else:
            _log.debug("%d witnesses are asked to cosign our log", asked)
