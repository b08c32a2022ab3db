"""Names into addresses, in threads of our own: a name server that does not answer holds nobody else's threads."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

_THREADS: Final = 4
_WITHIN: Final = 10.0
"""Seconds that a look-up may take, the wait for a thread included."""
_FLAGS: Final = socket.AI_ADDRCONFIG & int(getattr(socket, "AI_MASK", -1))
_KNOWN: Final = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class ThreadedResolver(AbstractResolver):
    """The system's look-up. Four threads: they start with the first look-up, and end with `close`."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """All addresses of a name.

        Raises:
            OSError: it has none, cannot be a name, or the look-up takes too long.
        """
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM, family=family, flags=_FLAGS)
        try:
            async with asyncio.timeout(_WITHIN):
                # Given up, it is also taken out of the queue for a thread.
                found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        except TimeoutError:
            raise OSError(f"looking up {host} takes too long") from None
        except UnicodeError:
            raise OSError(f"{host[:300]} cannot be a name") from None
        return [_result(host, port, *entry) for entry in found if isinstance(entry[4][0], str)]

    async def close(self) -> None:
        """End the threads; a look-up that runs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _result(host: str, port: int, family: int, _type: int, proto: int, _name: str, address: Any) -> ResolveResult:
    return ResolveResult(hostname=host, host=address[0], port=port, family=family, proto=proto, flags=_KNOWN)
