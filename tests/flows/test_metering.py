"""Both sides count and compare by signed notice: the same by default, and each difference is a line."""

from dataclasses import replace
from typing import Any

import pytest

from tests.flows.test_uses import LARGE
from tests.support.wire import Json
from tests.support.world import PURPOSE, TABLE, Member, World

pytestmark = pytest.mark.anyio
ROWS = TABLE.count(b"\n") - 1


async def compared(member: Member, contract: str) -> Json:
    found: Json = await member.get(f"/contracts/{contract}/metering")
    return found


async def tell(world: World, member: Member, contract: str) -> None:
    await member.post(f"/contracts/{contract}/metering", {})
    await world.quiet()


async def test_both_count_the_same(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    for _ in range(2):
        await world.consumer.fetch(contract)
    before = await compared(world.provider, contract)
    assert (before["theirs"], before["open"], before["differences"]) == (None, 2, 0)
    await tell(world, world.provider, contract)
    expected = {"uses": 2, "rows": 2 * ROWS, "bytes": 2 * len(TABLE)}
    for member in (world.provider, world.consumer):
        found = await compared(member, contract)
        assert (found["ours"], found["theirs"]) == (expected, expected)
        assert [line["is"] for line in found["lines"]] == ["same", "same"]
        assert (found["open"], found["differences"]) == (0, 0)
        (line, _) = found["lines"]
        assert line["ours"] == {"delivery": line["delivery"], "rows": ROWS, "bytes": len(TABLE), "result": "complete"}
    # One statement each, and no answer to an answer.
    kinds = [notice["kind"] for notice in (await world.provider.contract(contract))["notices"]]
    assert kinds.count("metering") == 2
    await world.consumer.fetch(contract)
    await tell(world, world.consumer, contract)
    assert (await compared(world.provider, contract))["theirs"]["uses"] == 3


async def test_a_difference_is_a_line(world: World) -> None:
    """The consumer's database has lost a delivery, and another holds fewer rows: both are told apart, on both sides."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    lost = (await world.consumer.fetch(contract))["id"]
    short = await world.consumer.fetch(contract)
    store = world.consumer.connector.store

    def forget(unit: Any) -> None:
        held = unit.deliveries.get(lost)
        unit.deliveries.put(replace(held, state="refused", bytes=0))

    await store.write(forget)
    record = await store.read(lambda unit: unit.deliveries.get(short["id"]))
    assert record is not None
    file = world.consumer.connector.deliveries.file_of(record)
    file.chmod(0o600)
    file.write_bytes(b"\n".join(TABLE.split(b"\n")[:101]) + b"\n")
    await tell(world, world.provider, contract)
    for member, only in ((world.provider, "only-ours"), (world.consumer, "only-theirs")):
        found = await compared(member, contract)
        assert {line["delivery"]: line["is"] for line in found["lines"]} == {lost: only, short["id"]: "differs"}
        assert found["differences"] == 2


async def test_what_was_broken_counts_and_is_shown_so(world: World) -> None:
    """Reserved and not delivered: the provider counts a use, the consumer has part of a file, and both say so."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish(LARGE))
    there, go_on = world.wire.pause_pull(300_000)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "enough"})
    go_on.set()
    await world.consumer.delivered(begun["id"])
    await world.quiet()
    await tell(world, world.provider, contract)
    found = await compared(world.provider, contract)
    assert found["ours"]["uses"] == 1
    (line,) = found["lines"]
    # What the consumer had of it was thrown away with the refusal: it counts nothing.
    assert (line["is"], line["ours"]["result"], found["theirs"]["uses"]) == ("only-ours", "broken", 0)
    assert 0 < line["ours"]["bytes"] < len(LARGE)


async def test_a_contract_that_does_not_exist(world: World) -> None:
    for method in ("GET", "POST"):
        answer = await world.provider.api.request(method, "/contracts/urn:none/metering")
        assert answer.status_code == 404
