"""Many streams at a time, slow ones, and what stops them: time, standing still, too many."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from connector.dataplane.reading import SMALL
from connector.ids import new_iri
from connector.services.errors import Busy, Forbidden
from connector.services.usage import DataRequest, Limits, Looked, Use
from tests.flows.test_bearer_tokens import holder_of
from tests.flows.test_suspension import LARGE, nothing_runs, running_delivery, told, transfer_of
from tests.support.world import PURPOSE, TABLE, World

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def _looked_at_by_hand(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """What a connector does twice a second is done here when a test says so."""
    monkeypatch.setattr("connector.services.usage.service._LOOK_EVERY", 3600)
    yield
    world.wire.calm()


async def test_the_last_day_passes_while_bytes_run(world: World) -> None:
    dataset = await world.provider.publish(LARGE, purposes=[PURPOSE], until=world.clock.in_(days=1))
    contract = await world.consumer.agree(world.provider, dataset)
    there, _ = world.wire.pause_pull(300_000)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    usage = world.provider.connector.usage
    await usage.look()
    (use,) = usage._uses
    assert not use.cut.done()
    world.clock.turn(days=2)
    await usage.look()
    assert use.cut.done()
    sent = use.sent
    # The receiver does not read: the bytes have stopped all the same, and it is told why.
    await nothing_runs(world.provider, begun["id"])
    assert use.sent == sent < len(LARGE)
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], "until" in done["problem"]["detail"]) == ("refused", True), done["problem"]
    (shown,) = (await world.provider.contract(contract))["deliveries"]
    assert (shown["state"], shown["problem"]["title"]) == ("broken", "it was stopped")
    assert done["problem"]["detail"] in shown["problem"]["detail"]
    assert (await transfer_of(world.provider))["state"] == (await transfer_of(world.consumer))["state"] == "TERMINATED"


async def test_a_suspension_stops_bytes_that_nobody_reads(world: World) -> None:
    contract, delivery, _ = await running_delivery(world)
    (use,) = world.provider.connector.usage._uses
    mine = await transfer_of(world.provider)
    await world.provider.post(f"/transfers/{mine['id']}/suspension", {"reason": "Calibrating."})
    assert use.cut.done()
    sent = use.sent
    await nothing_runs(world.provider, delivery["id"])
    assert use.sent == sent
    (shown,) = (await world.provider.contract(contract))["deliveries"]
    assert (shown["state"], "Calibrating." in shown["problem"]["detail"]) == ("broken", True)
    assert (await told(world.consumer, delivery["id"]))["problem"]["detail"] == "Calibrating."
    await world.provider.post(f"/transfers/{mine['id']}/resumption", {})
    await world.consumer.delivered(delivery["id"])


async def test_a_stream_that_stands_still_is_ended_and_resumed(world: World) -> None:
    contract, delivery, go_on = await running_delivery(world)
    usage = world.provider.connector.usage
    (use,) = usage._uses
    usage._places.limits = Limits(idle=60)
    await usage.look()
    assert not use.cut.done()
    use.moved -= 61
    await usage.look()
    await nothing_runs(world.provider, delivery["id"])
    (shown,) = (await world.provider.contract(contract))["deliveries"]
    assert (shown["state"], "60 seconds" in shown["problem"]["detail"]) == ("broken", True)
    go_on.set()
    done = await world.consumer.delivered(delivery["id"])
    assert (done["state"], await world.consumer.content(done)) == ("complete", LARGE)
    (shown,) = (await world.provider.contract(contract))["deliveries"]
    assert (shown["state"], shown["problem"]) == ("complete", None)
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_what_nobody_reads_is_not_read_from_the_disk(world: World) -> None:
    """Backpressure: between file and receiver there are a few pieces, however long the receiver waits."""
    _, delivery, go_on = await running_delivery(world)
    (use,) = world.provider.connector.usage._uses
    for _ in range(1000):
        await asyncio.sleep(0)
    assert use.sent <= 300_000 + 4 * SMALL < len(LARGE)
    go_on.set()
    assert (await world.consumer.delivered(delivery["id"]))["state"] == "complete"


@pytest.mark.parametrize(("limits", "status"), [(Limits(per_participant=1), 429), (Limits(in_all=1), 503)])
async def test_too_many_streams_wait_their_turn(world: World, limits: Limits, status: int) -> None:
    contract, first, go_on = await running_delivery(world)
    world.provider.connector.usage._places.limits = limits
    second = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await world.wire.happened("GET data", status=status)
    assert (await world.provider.contract(contract))["usesReserved"] == 1
    go_on.set()
    for begun in (first, second):
        assert (await world.consumer.delivered(begun["id"]))["state"] == "complete"
    assert (await world.provider.contract(contract))["usesReserved"] == 2


async def test_several_at_a_time_of_one_contract_and_of_many(world: World) -> None:
    one, other = await world.provider.publish(LARGE), await world.provider.publish(TABLE)
    contracts = [await world.consumer.agree(world.provider, dataset) for dataset in (one, one, other)]
    wanted = [contracts[0], contracts[0], contracts[1], contracts[2], contracts[2], contracts[2]]
    begun = [await world.consumer.post("/deliveries", {"contract": c, "purpose": PURPOSE}) for c in wanted]
    for delivery, contract in zip(begun, wanted, strict=True):
        done = await world.consumer.delivered(delivery["id"])
        assert done["state"] == "complete"
        assert await world.consumer.content(done) == (TABLE if contract == contracts[2] else LARGE)
    uses = [(await world.provider.contract(contract))["usesReserved"] for contract in contracts]
    assert uses == [2, 1, 3]


async def test_a_stop_of_the_connector_ends_the_looking(world: World) -> None:
    await running_delivery(world)
    watching = world.provider.connector.usage._watching
    assert watching is not None
    await world.provider.restart()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    assert watching.done()


@pytest.mark.parametrize(("limits", "status"), [(Limits(per_participant=2), 429), (Limits(in_all=2), 503)])
async def test_of_many_at_once_only_so_many_get_a_place(world: World, limits: Limits, status: int) -> None:
    """A place is taken before anything is awaited: none of them sees the room that another is about to take."""
    holder = await holder_of(world, purposes=[PURPOSE])
    usage, token = world.provider.connector.usage, f"Bearer {holder.tokens[0]}"
    usage._places.limits = limits

    def ask(method: str = "GET", delivery: str | None = None) -> DataRequest:
        named = {} if delivery is None else {"delivery": delivery, "purpose": "urn:other"}
        return DataRequest(transfer=transfer["id"], method=method, url="", authorization=token, proof=None, **named)

    transfer = await transfer_of(world.provider)
    for _ in range(2):
        found = await asyncio.gather(*(usage.begin(ask()) for _ in range(12)), return_exceptions=True)
        uses = [use for use in found if isinstance(use, Use)]
        refused = [error for error in found if isinstance(error, Busy)]
        assert (len(uses), [error.more.get("status", 503) for error in refused]) == (2, [status] * 10)
        # Looking takes no place, and what is refused for another reason gives its place back.
        assert isinstance(await usage.begin(ask("HEAD")), Looked)
        for use in uses:
            await usage.finish(use)
        for _ in range(3):
            with pytest.raises(Forbidden):
                await usage.begin(ask(delivery=new_iri()))
    assert usage.running == usage._places._taken.total() == 0
    await holder.http.aclose()
