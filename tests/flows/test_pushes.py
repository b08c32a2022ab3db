"""The provider sends the data to where the consumer wants it: a use like any other (decisions 5, 14 and 15)."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connector.ids import new_iri
from connector.ports.network import FlowBroken
from connector.services import pushes
from connector.services.addresses import token_of
from connector.services.deliveries.inbox import Held, Parcel
from connector.services.errors import Conflict
from connector.services.usage import service as usage
from connector.services.usage.access import Shown
from tests.flows.test_suspension import LARGE, WHY, nothing_runs, told, transfer_of, until
from tests.support.drawing import draw
from tests.support.wire import PATIENCE, Json
from tests.support.world import CONSUMER, PROVIDER, PURPOSE, TABLE, World

pytestmark = pytest.mark.anyio


async def begin(world: World, content: bytes = TABLE, **terms: Any) -> tuple[str, Json]:
    """A contract, and a delivery under it that is to be pushed."""
    dataset = await world.provider.publish(content, **terms)
    contract = await world.consumer.agree(world.provider, dataset)
    asked = {"contract": contract, "purpose": PURPOSE, "person": "김 기사", "push": True}
    return contract, await world.consumer.post("/deliveries", asked)


async def running_push(world: World) -> tuple[str, Json, asyncio.Event]:
    """A push whose first bytes have arrived; the contract, the delivery, and what lets the next bytes go."""
    there, go_on = world.wire.pause_pull(300_000)
    contract, begun = await begin(world, LARGE)
    await asyncio.wait_for(there.wait(), PATIENCE)
    return contract, begun, go_on


async def test_pushed_once_with_receipts_of_both(world: World) -> None:
    dataset = await world.provider.publish(TABLE)
    contract = await world.consumer.agree(world.provider, dataset)
    before = len(world.wire.exchanges)
    asked = {"contract": contract, "purpose": PURPOSE, "person": "김 기사", "push": True}
    begun = await world.consumer.post("/deliveries", asked)
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], done["way"], done["digest"]) == ("complete", "push", done["expectedDigest"])
    assert await world.consumer.content(done) == TABLE
    assert done["receipts"] == {"own": True, "other": True}
    view = await world.provider.contract(contract)
    (sent,) = view["deliveries"]
    assert (view["usesReserved"], sent["id"], sent["way"]) == (1, begun["id"], "push")
    assert (sent["state"], sent["person"], sent["receipts"]) == ("complete", "김 기사", {"own": True, "other": True})
    for member in (world.provider, world.consumer):
        assert (await transfer_of(member))["state"] == "COMPLETED"
    (request,) = world.wire.of("TransferRequestMessage")
    (start,) = world.wire.of("TransferStartMessage")
    assert json.loads(request.body)["format"] == "HttpData-PUSH"
    assert "dataAddress" not in json.loads(start.body)
    world.wire.exchanges = world.wire.exchanges[before:]
    draw(world, "The provider pushes")


async def test_a_cut_push_is_resumed_and_counted_once(world: World) -> None:
    world.wire.cuts = [900_000, 200_000]
    contract, begun = await begin(world, LARGE)
    done = await world.consumer.delivered(begun["id"])
    assert await world.consumer.content(done) == LARGE
    kinds = [e.kind for e in world.wire.exchanges if e.kind.endswith(" data")]
    assert kinds == ["POST data", "HEAD data", "PATCH data", "HEAD data", "PATCH data"]
    view = await world.provider.contract(contract)
    assert (view["usesReserved"], [d["state"] for d in view["deliveries"]]) == (1, ["complete"])


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_suspended_and_resumed(world: World, name: str) -> None:
    contract, begun, go_on = await running_push(world)
    one, other = world[name], world[CONSUMER if name == PROVIDER else PROVIDER]
    mine = await transfer_of(one)
    await one.post(f"/transfers/{mine['id']}/suspension", WHY)
    found = await told(world.consumer, begun["id"])
    assert (found["state"], found["problem"]["detail"]) == ("running", WHY["reason"])
    await until(other, "SUSPENDED")
    await until(one, "SUSPENDED")
    await nothing_runs(world.provider, begun["id"])
    (sent,) = (await world.provider.contract(contract))["deliveries"]
    assert sent["state"] == "broken"
    go_on.set()
    await one.post(f"/transfers/{mine['id']}/resumption", {})
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], done["problem"]) == ("complete", None)
    assert await world.consumer.content(done) == LARGE
    assert (await world.provider.contract(contract))["usesReserved"] == 1
    assert (await transfer_of(one))["state"] == (await transfer_of(other))["state"] == "COMPLETED"


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
@pytest.mark.parametrize("how", ["withdrawal", "termination"])
async def test_ended_while_bytes_run(world: World, name: str, how: str) -> None:
    contract, begun, _ = await running_push(world)
    one = world[name]
    mine = await transfer_of(one)
    path = f"/contracts/{contract}/withdrawal" if how == "withdrawal" else f"/transfers/{mine['id']}/termination"
    await one.post(path, WHY)
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], WHY["reason"] in done["problem"]["detail"]) == ("refused", True)
    for member in (world.provider, world.consumer):
        shown = await transfer_of(member)
        assert (shown["state"], WHY["reason"] in shown["problem"]["detail"]) == ("TERMINATED", True)
    (sent,) = (await world.provider.contract(contract))["deliveries"]
    assert (sent["state"], sent["bytes"] < len(LARGE)) == ("broken", True)


async def test_a_push_is_judged_like_a_pull(world: World) -> None:
    contract, begun = await begin(world, purposes=[PURPOSE], count=1)
    assert (await world.consumer.delivered(begun["id"]))["state"] == "complete"
    for purpose, clause in ((PURPOSE, "Number of fetches"), ("research", "research")):
        again = await world.consumer.post("/deliveries", {"contract": contract, "purpose": purpose, "push": True})
        done = await world.consumer.delivered(again["id"])
        assert (done["state"], clause in done["problem"]["detail"]) == ("refused", True), done["problem"]
    assert (await world.provider.contract(contract))["usesReserved"] == 1


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_a_restart_during_a_push(world: World, name: str) -> None:
    contract, begun, go_on = await running_push(world)
    restarting = asyncio.create_task(world[name].restart())
    go_on.set()
    await restarting
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], await world.consumer.content(done)) == ("complete", LARGE)
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_other_bytes_than_the_contract_names(world: World) -> None:
    there, go_on = world.wire.pause_pull(1)
    contract, begun = await begin(world, LARGE)
    await there.wait()
    (frozen,) = sorted((world.provider.directory / "published").iterdir())
    frozen.chmod(0o600)
    with frozen.open("r+b") as file:
        file.seek(len(LARGE) - 10)
        file.write(b"x")
    go_on.set()
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], done["problem"]["title"]) == ("failed", "the data is not what the contract names")
    assert not list((world.consumer.directory / "received").iterdir())
    (sent,) = (await world.provider.contract(contract))["deliveries"]
    assert (sent["state"], sent["receipts"]["own"]) == ("broken", False)


async def test_an_inbox_is_opened_by_its_own_token_only(world: World) -> None:
    contract, begun, go_on = await running_push(world)
    [transfer] = await world.consumer.connector.store.read(lambda unit: list(unit.transfers.find()))
    token, bound = token_of(transfer.data_address)
    url = f"{world.consumer.url}/data/inbox/"
    assert bound
    for path, header in ((transfer.id, "Bearer x"), (transfer.id, f"DPoP {token}"), (new_iri(), f"DPoP {token}")):
        for method in ("POST", "HEAD", "PATCH"):
            headers = {"Authorization": header} | ({"Upload-Offset": "0"} if method == "PATCH" else {})
            answer = await world.wire.send("thief", method, url + path, b"x", headers)
            assert answer.status == 401, (method, header)
    go_on.set()
    assert (await world.consumer.delivered(begun["id"]))["state"] == "complete"
    assert contract


async def test_suspended_while_the_provider_asks_how_much_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = world.provider.connector.pushes._dataplane
    ask = plane.arrived

    async def asked(request: Any) -> int | None:
        monkeypatch.undo()
        mine = await transfer_of(world.provider)
        await world.provider.post(f"/transfers/{mine['id']}/suspension", WHY)
        return await ask(request)

    monkeypatch.setattr(plane, "arrived", asked)
    world.wire.cuts = [900_000]
    _, begun = await begin(world, LARGE)
    await world.wire.happened("TransferSuspensionMessage", status=200)
    while world.provider.connector.pushes.running:
        await asyncio.wait(world.provider.connector.pushes.running)
    mine = await until(world.provider, "SUSPENDED")
    await world.provider.post(f"/transfers/{mine['id']}/resumption", {})
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], await world.consumer.content(done)) == ("complete", LARGE)


async def test_a_consumer_that_confirms_what_it_was_never_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked again later and later, and given up; not at once, for ever."""
    monkeypatch.setattr(pushes, "_LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(usage, "_UNDER_WAY", 0)
    plane, sent = world.provider.connector.pushes._dataplane, []

    async def push(request: Any, _: Any) -> None:
        sent.append(request.start)
        if len(sent) == 1:
            raise FlowBroken("after not a byte")

    async def arrived(request: Any) -> int:
        return int(request.byte_size)

    monkeypatch.setattr(plane, "push", push)
    monkeypatch.setattr(plane, "arrived", arrived)
    contract, begun = await begin(world, LARGE)
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], "takes nothing" in done["problem"]["detail"]) == ("refused", True), done["problem"]
    assert len(sent) == pushes._MOST_TRIES + 1
    (shown,) = (await world.provider.contract(contract))["deliveries"]
    assert (shown["state"], shown["receipts"]["own"]) == ("broken", False)


async def test_two_lines_bring_the_same_at_the_same_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    contract, begun, go_on = await running_push(world)
    inbox = world.consumer.connector.deliveries.inbox

    async def anybody(*_: Any, **__: Any) -> None:
        return None

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(LARGE), 100_000):
            await asyncio.sleep(0)
            yield LARGE[start : start + 100_000]

    monkeypatch.setattr(inbox._access, "check", anybody)
    mine = await transfer_of(world.consumer)
    parcel = Parcel(transfer=mine["id"], shown=Shown("POST", "", None, None))
    answers = await asyncio.gather(*(inbox.take(parcel, parts()) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(answer, Conflict | Held) for answer in answers), answers
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], await world.consumer.content(done)) == ("complete", LARGE)
    go_on.set()
    await world.quiet()
    assert (await world.consumer.delivered(begun["id"]))["state"] == "complete"
    tally = await world.consumer.connector.store.read(lambda unit: unit.tallies.of(contract))
    assert tally.uses == 1
