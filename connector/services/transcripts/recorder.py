"""Writes down what goes over the line, behind the answers: nobody waits for it.

Exchanges are noted in the order in which they end, wait a moment in memory, and are written many at a time with the
store's next transactions. A crash loses those of the last moment; what they did is in the processes all the same.
"""

import asyncio
import logging
from collections import deque
from typing import Final

from connector.clock import Clock
from connector.ports.records import Exchange
from connector.ports.store import Store, StoreError
from connector.services.transcripts.heard import Heard, to_keep

PAUSE: Final = 0.2
"""Seconds for which exchanges wait for others to be written with."""
MOST_WAITING: Final = 4_000
"""Exchanges that wait to be written; more are not kept, and counted."""
MOST_STRANGE: Final = 200
"""Exchanges with callers who did not prove who they are that are kept in an hour: they must not push out the others."""
_BATCH: Final = 32
_log: Final = logging.getLogger(__name__)


class Recorder:
    """Takes exchanges and writes them.

    Attributes:
        on: whether anything is kept at all.
        lost: how many were not kept, because too many came or the store could not write.
    """

    def __init__(self, store: Store, clock: Clock, *, on: bool = True) -> None:
        self._store = store
        self._clock = clock
        self._waiting: deque[Heard] = deque()
        self._task: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._hour = ""
        self._strange = 0
        self.on = on
        self.lost = 0

    def note(self, heard: Heard) -> None:
        """Keep this exchange, now ended; it is written in a moment."""
        if not self.on:
            return
        if len(self._waiting) >= MOST_WAITING or not (heard.known or self._has_room(heard.at)):
            self.lost += 1
            return
        self._waiting.append(heard)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._write_soon())

    async def written(self) -> None:
        """Write what waits, now."""
        async with self._writing:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                kept = [exchange for heard in batch if (exchange := self._kept(heard)) is not None]
                try:
                    await self._store.write_soon(lambda unit, kept=kept: unit.exchanges.add(kept))  # type: ignore[misc]
                except StoreError as error:
                    self.lost += len(batch)
                    _log.warning("%d exchanges are missing from the transcript: %s", len(batch), error)

    def _kept(self, heard: Heard) -> Exchange | None:
        try:
            return to_keep(heard)
        except Exception:  # noqa: BLE001 - whatever somebody sent: the others are written
            self.lost += 1
            _log.exception("an exchange cannot be written down: %s %s", heard.method, heard.address[:200])
            return None

    async def stop(self) -> None:
        """Write what waits, and no more after it."""
        self.on = False
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.written()

    async def _write_soon(self) -> None:
        while self._waiting:
            await asyncio.sleep(PAUSE)
            await self.written()

    def _has_room(self, at: str) -> bool:
        hour = at[:13]  # of 2026-11-23T04:05:06.007Z
        if hour != self._hour:
            self._hour, self._strange = hour, 0
        self._strange += 1
        return self._strange <= MOST_STRANGE
