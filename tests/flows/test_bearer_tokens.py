"""Bearer tokens of a TransferStart end soon and are renewed by suspension and start (decision 5, 14)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connector.clock import parse_time
from connector.ids import new_iri
from connector.protocol.versions import V2025_1, ProtocolVersion
from connector.services.addresses import EXPIRES, data_address
from tests.flows.test_suspension import LARGE, nothing_runs, running_delivery, transfer_of
from tests.support.foreigner import NAME, Foreigner
from tests.support.wire import PATIENCE, DataLine, Json
from tests.support.world import PURPOSE, TABLE, World

pytestmark = pytest.mark.anyio

LIFE = 15  # minutes: the setting as it comes


class Holder:
    """A participant of another make with a started transfer, and whatever tokens it was given for it."""

    def __init__(self, world: World, foreigner: Foreigner, contract: str) -> None:
        self.world, self.foreigner, self.contract = world, foreigner, contract
        self.http = httpx.AsyncClient(transport=DataLine(world.wire, NAME))

    @property
    def heard(self) -> list[Json]:
        return [m for m in self.foreigner.received if m["@type"].startswith("Transfer")]

    @property
    def tokens(self) -> list[str]:
        return [said(m["dataAddress"])["authorization"] for m in self.heard if "dataAddress" in m]

    async def ask(self, token: str, **headers: str) -> httpx.Response:
        url = self.heard[0]["dataAddress"]["endpoint"]
        return await self.http.get(url, headers={"Authorization": f"Bearer {token}", **headers})

    async def pid(self) -> str:
        return str((await transfer_of(self.world.provider))["id"])

    async def say(self, kind: str, path: str, **more: Any) -> int:
        pid = await self.pid()
        pids = {"providerPid": pid, "consumerPid": self.heard[0]["consumerPid"]}
        message = {"@type": kind, **pids, **more}
        return (await self.foreigner.say(self.world.provider, f"/transfers/{pid}/{path}", **message))[0]


def said(address: Json) -> dict[str, str]:
    return {p["name"]: p["value"] for p in address["endpointProperties"]}


async def holder_of(world: World, content: bytes = TABLE, **terms: Any) -> Holder:
    foreigner = Foreigner(world)
    contract = await foreigner.agree(world.provider, await world.provider.publish(content, **terms))
    status, answer = await foreigner.ask_for_transfer(world.provider, contract)
    assert status == 201, answer
    await world.quiet()
    return Holder(world, foreigner, contract)


@pytest.fixture
async def holder(world: World) -> AsyncIterator[Holder]:
    made = await holder_of(world)
    yield made
    await made.http.aclose()


async def look(world: World) -> None:
    """What the provider does once a minute."""
    await world.provider.connector.monitor.look()
    await world.quiet()


async def test_the_address_says_when_its_token_ends(holder: Holder) -> None:
    (start,) = holder.heard
    properties = said(start["dataAddress"])
    assert (properties["authType"], properties["expiresIn"]) == ("bearer", str(LIFE * 60))
    ends = parse_time(properties[EXPIRES])
    life = ends - holder.world.clock.now()
    assert LIFE * 60 - 5 < life.total_seconds() <= LIFE * 60
    holder.world.clock.turn(seconds=life.total_seconds() - 1)
    (token,) = holder.tokens
    assert (await holder.ask(token)).status_code == 200
    holder.world.clock.turn(seconds=1)
    answer = await holder.ask(token)
    assert (answer.status_code, "this token ended at" in answer.json()["detail"]) == (401, True)
    assert (await holder.world.provider.contract(holder.contract))["usesReserved"] == 1


async def test_it_is_renewed_before_it_ends(holder: Holder) -> None:
    world = holder.world
    whole = await holder.ask(holder.tokens[0])
    world.clock.turn(minutes=LIFE * 2 / 3 - 1)
    await look(world)
    assert len(holder.heard) == 1
    world.clock.turn(minutes=1)
    await look(world)
    assert [m["@type"] for m in holder.heard[1:]] == ["TransferSuspensionMessage", "TransferStartMessage"]
    assert (holder.heard[1]["code"], bool(holder.heard[1]["reason"])) == ("token-renewal", True)
    old, new = holder.tokens
    assert (await holder.ask(old)).status_code == 401
    # The same delivery goes on under the new token, and so does a new one.
    rest = await holder.ask(new, Range="bytes=1000-", **{"If-Range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, TABLE[1000:])
    assert (await holder.ask(new)).content == TABLE
    assert (await world.provider.contract(holder.contract))["usesReserved"] == 2
    shown = await transfer_of(world.provider)
    assert (shown["state"], shown["pending"], shown["problem"]) == ("STARTED", [], None)
    # Again and again, once each time.
    for renewals in (2, 3):
        world.clock.turn(minutes=LIFE * 2 / 3)
        await look(world)
        await look(world)
        assert len(holder.tokens) == len(set(holder.tokens)) == 1 + renewals


async def test_after_a_pause_of_ours_it_is_renewed_at_the_start(holder: Holder) -> None:
    holder.world.clock.turn(hours=5)
    await holder.world.provider.restart()
    await holder.world.quiet()
    assert len(holder.tokens) == 2
    assert (await holder.ask(holder.tokens[-1])).status_code == 200


async def test_bytes_that_run_are_not_stopped_for_it(world: World) -> None:
    holder = await holder_of(world, LARGE)
    there, go_on = world.wire.pause_pull(300_000)
    running = asyncio.create_task(holder.ask(holder.tokens[0]))
    await asyncio.wait_for(there.wait(), PATIENCE)
    world.clock.turn(minutes=LIFE + 1)
    await world.provider.connector.monitor.look()
    assert (len(holder.tokens), world.provider.connector.usage.running) == (1, 1)
    go_on.set()
    answer = await running
    assert (answer.status_code, answer.content == LARGE) == (200, True)
    await nothing_runs(world.provider, answer.headers["mmd-delivery"])
    await look(world)
    assert len(holder.tokens) == 1  # it is looked at again after a minute
    world.clock.turn(minutes=1, seconds=1)
    await look(world)
    assert len(holder.tokens) == 2
    await holder.http.aclose()


async def test_a_consumer_that_resumes_late_gets_a_new_one(holder: Holder) -> None:
    world = holder.world
    assert await holder.say("TransferSuspensionMessage", "suspension", reason=["night"]) == 200
    world.clock.turn(hours=9)
    await look(world)
    assert len(holder.heard) == 1
    assert await holder.say("TransferStartMessage", "start") == 200
    await world.quiet()
    assert [m["@type"] for m in holder.heard[1:]] == ["TransferSuspensionMessage", "TransferStartMessage"]
    assert (await holder.ask(holder.tokens[-1])).status_code == 200


async def test_one_that_waits_to_be_confirmed_is_not_renewed_over_and_over(holder: Holder) -> None:
    """The consumer is away: one suspension and one start are due to it, however long that lasts."""
    world = holder.world
    world.wire.down(NAME)
    for _ in range(5):
        world.clock.turn(minutes=LIFE)
        await world.provider.connector.monitor.look()
    assert (await transfer_of(world.provider))["pending"] == ["TransferSuspensionMessage", "TransferStartMessage"]
    world.wire.up(NAME)


async def test_who_refuses_a_renewal_stays_with_what_it_has(holder: Holder) -> None:
    world = holder.world
    world.wire.disturb("400", "TransferSuspensionMessage", times=0)
    world.clock.turn(minutes=LIFE)
    await look(world)
    shown = await transfer_of(world.provider)
    assert (shown["state"], shown["pending"]) == ("STARTED", [])
    assert shown["problem"]["title"] == "TransferSuspensionMessage was refused"
    # It is asked again when the next one would be due, once.
    world.clock.turn(hours=5)
    await look(world)
    assert len(world.wire.of("TransferSuspensionMessage")) == 2
    world.wire.calm()
    world.clock.turn(minutes=LIFE)
    await look(world)
    assert (await transfer_of(world.provider))["problem"] is None
    assert (await holder.ask(holder.tokens[-1])).status_code == 200


async def test_what_the_agreement_does_not_allow_any_more_is_ended_instead(world: World) -> None:
    holder = await holder_of(world, purposes=[PURPOSE], until=world.clock.in_(minutes=LIFE - 1))
    world.clock.turn(minutes=LIFE)
    await look(world)
    assert [m["@type"] for m in holder.heard[1:]] == ["TransferTerminationMessage"]
    assert (await transfer_of(world.provider))["state"] == "TERMINATED"
    await holder.http.aclose()


async def test_a_version_without_suspension_has_no_end_that_nobody_could_move(world: World) -> None:
    world.provider.versions = (ProtocolVersion(V2025_1.version, V2025_1.path, V2025_1.context, frozenset()),)
    await world.provider.restart()
    holder = await holder_of(world)
    assert EXPIRES not in said(holder.heard[0]["dataAddress"])
    world.clock.turn(days=2)
    await look(world)
    assert len(holder.heard) == 1
    assert (await holder.ask(holder.tokens[0])).status_code == 200
    await holder.http.aclose()


async def test_between_our_own_a_token_is_bound_and_has_no_end(world: World) -> None:
    _, delivery, go_on = await running_delivery(world)
    transfer = await transfer_of(world.provider)
    held = await world.provider.connector.store.read(lambda unit: unit.transfers.get(transfer["id"]))
    assert held is not None
    assert held.data_address is not None
    assert said(held.data_address).keys() == {"authorization", "authType"}
    world.clock.turn(days=1)
    await world.provider.connector.monitor.look()
    go_on.set()
    assert (await world.consumer.delivered(delivery["id"]))["state"] == "complete"
    assert world.wire.of("TransferSuspensionMessage") == []


@pytest.fixture
def unbound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own connectors treat each other as others."""

    def bearer(*given: Any, **named: Any) -> Json:
        return data_address(*given, **{**named, "bound": False, "life": timedelta(minutes=LIFE)})

    monkeypatch.setattr("connector.services.transfers.steps.data_address", bearer)


@pytest.mark.usefixtures("unbound")
async def test_our_own_pull_outlasts_a_provider_that_was_away_when_its_token_ended(world: World) -> None:
    _, delivery, go_on = await running_delivery(world)
    world.clock.turn(hours=1)
    await world.provider.restart()
    go_on.set()
    done = await world.consumer.delivered(delivery["id"])
    assert (done["state"], await world.consumer.content(done) == LARGE) == ("complete", True)
    assert len(world.wire.of("TransferSuspensionMessage")) == 1


@pytest.mark.usefixtures("unbound")
async def test_our_own_pull_waits_for_the_new_token_when_the_old_one_has_ended(world: World) -> None:
    world.wire.cuts.append(300_000)
    dataset = await world.provider.publish(LARGE)
    contract = await world.consumer.agree(world.provider, dataset)
    there, go_on = world.wire.pause_pull(200_000)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await asyncio.wait_for(there.wait(), PATIENCE)
    world.clock.turn(minutes=LIFE)
    go_on.set()
    await world.wire.happened("GET data", status=401)
    await world.provider.connector.monitor.look()
    done = await world.consumer.delivered(begun["id"])
    assert (done["state"], await world.consumer.content(done) == LARGE) == ("complete", True)
    assert done["problem"] is None


async def test_a_token_of_nobody_is_refused_whenever(holder: Holder) -> None:
    for minutes in (0, LIFE):
        holder.world.clock.turn(minutes=minutes)
        answer = await holder.ask(new_iri())
        assert (answer.status_code, "this token ended" in answer.json()["detail"]) == (401, False)
