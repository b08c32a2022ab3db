import asyncio

import pytest

from connector.tasks import carry_out, end, settle

pytestmark = pytest.mark.anyio


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_however_often_one_is_cancelled_it_is_waited_for() -> None:
    work: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(settle(work))
    for _ in range(3):
        await turns()
        waiting.cancel()
    await turns()
    assert not waiting.done()
    work.set_result(1)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert work.result() == 1


async def test_what_is_done_is_not_waited_for() -> None:
    work: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    work.set_exception(ValueError("no"))
    await settle()
    await settle(work)
    assert isinstance(work.exception(), ValueError)


async def test_ending_waits_for_what_a_task_still_does() -> None:
    last = asyncio.Event()
    ended = []

    async def tidy() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await last.wait()
            ended.append("tidied")
            raise ValueError("of no interest to whoever ends it")

    task = asyncio.create_task(tidy())
    await turns()
    ending = asyncio.create_task(end(task))
    await turns()
    ending.cancel()
    await turns()
    assert (ending.done(), ended) == (False, [])
    last.set()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert ended == ["tidied"]


async def test_work_is_carried_out_for_one_who_has_gone() -> None:
    go_on = asyncio.Event()
    done = []

    async def work(result: str) -> str:
        await go_on.wait()
        done.append(result)
        return result

    staying, leaving = asyncio.create_task(carry_out(work("a"))), asyncio.create_task(carry_out(work("b")))
    await turns()
    leaving.cancel()
    await turns()
    leaving.cancel()
    go_on.set()
    assert await staying == "a"
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert sorted(done) == ["a", "b"]


async def test_what_goes_wrong_is_told() -> None:
    async def work() -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await carry_out(work())
