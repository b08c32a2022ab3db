import asyncio

import pytest

from connector.services.changes import Changes

pytestmark = pytest.mark.anyio

LONG = 20.0


async def waiting(changes: Changes, *keys: str) -> list[asyncio.Task[bool]]:
    tasks = [asyncio.create_task(changes.wait(key, LONG)) for key in keys]
    await asyncio.sleep(0)
    return tasks


async def test_whoever_waits_is_woken_and_nobody_else() -> None:
    changes = Changes()
    first, second, other = await waiting(changes, "a", "a", "b")
    changes.tell("a", None, "nobody waits for this")
    assert await first
    assert await second
    assert not other.done()
    changes.tell("b")
    assert await other


async def test_nobody_waits_for_ever() -> None:
    changes = Changes()
    assert await changes.wait("a", 0.0) is False
    assert not changes._waiting


async def test_who_gives_up_is_forgotten() -> None:
    changes = Changes()
    first, second = await waiting(changes, "a", "a")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    changes.tell("a")
    assert await second
    assert not changes._waiting


async def test_a_cancellation_together_with_a_change_is_not_lost() -> None:
    """`asyncio.wait_for` of Python 3.11 would return as if nothing had been asked, and whoever loops would go on."""
    changes = Changes()
    (task,) = await waiting(changes, "a")
    changes.tell("a")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_until_something_holds() -> None:
    changes, seen = Changes(), 0

    async def over() -> bool:
        nonlocal seen
        seen += 1
        return seen >= 3

    task = asyncio.create_task(changes.until("a", LONG, over))
    for _ in range(2):
        await asyncio.sleep(0)
        assert not task.done()
        changes.tell("a")
        await asyncio.sleep(0)
    await task
    assert seen == 3
    await changes.until("a", 0.0, over)
    assert seen == 3
