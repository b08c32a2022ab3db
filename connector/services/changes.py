"""Waiting for a change without asking again and again: whoever waits is woken by the commit that changes the thing."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable


class Changes:
    """Things by id, and who waits for them."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)

    def tell(self, *ids: str | None) -> None:
        """Wake whoever waits for one of these."""
        for key in ids:
            for future in self._waiting.pop(key, ()) if key else ():
                if not future.done():
                    future.set_result(None)

    async def until(self, key: str, seconds: float, over: Callable[[], Awaitable[bool]]) -> None:
        """Wait until `over` says so, asked now and after each change of `key`, or until `seconds` have passed."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0 and not await over():
            await self.wait(key, left)

    async def wait(self, key: str, seconds: float) -> bool:
        """Wait until `key` changes; False when `seconds` have passed before."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[key].add(future)
        try:
            # Not `asyncio.wait_for`: before Python 3.12 it loses a cancellation that comes together with the change.
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        else:
            return True
        finally:
            waiting = self._waiting.get(key)
            if waiting is not None:
                waiting.discard(future)
                if not waiting:
                    self._waiting.pop(key, None)
