"""What time alone brings about: contracts whose deadlines have passed. Nothing on the way of a negotiation waits for it."""

import asyncio
import logging
from typing import Final

from connector.ports.store import StoreError
from connector.services.negotiations.upkeep import Upkeep
from connector.services.transcripts.reading import Transcripts
from connector.trace import begin_trace

_EVERY: Final = 60.0
_log: Final = logging.getLogger(__name__)


class Monitor:
    """Looks once a minute."""

    def __init__(self, negotiations: Upkeep, transcripts: Transcripts) -> None:
        self._negotiations = negotiations
        self._transcripts = transcripts
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look now, and from now on once a minute."""
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
        try:
            ended = await self._negotiations.expire()
            await self._transcripts.prune()
        except StoreError as error:
            _log.warning("deadlines could not be looked at: %s", error)
            return
        if ended:
            _log.info("%d negotiations were ended: their deadlines have passed", ended)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            await self.look()
