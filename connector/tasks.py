"""Tasks that come to their end, however often whoever waits for them is cancelled meanwhile.

`asyncio.wait` and `asyncio.gather` in a `finally` are left by the next cancellation, and what they waited for runs on alone:
a thread writes into a file that was closed, a row is written when the store has gone. Here it is waited for first; the
cancellation goes on afterwards.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


async def settle(*futures: "asyncio.Future[Any]") -> None:
    """Wait until all are done; what became of them is for the caller to ask.

    Raises:
        asyncio.CancelledError: we were cancelled meanwhile, and all are done.
    """
    cancelled: asyncio.CancelledError | None = None
    while pending := {future for future in futures if not future.done()}:
        try:
            await asyncio.wait(pending)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def end(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel all and wait until they are done; what they raised is taken note of."""
    for task in tasks:
        task.cancel()
    try:
        await settle(*tasks)
    finally:
        for task in tasks:
            if not task.cancelled():
                task.exception()


async def carry_out(work: Awaitable[T]) -> T:
    """Do something that is not given up half-way.

    Raises:
        asyncio.CancelledError: we were cancelled meanwhile; it was carried out all the same.
    """
    task = asyncio.ensure_future(work)
    try:
        await settle(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            task.exception()
        raise
    return task.result()
