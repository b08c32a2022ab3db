"""Each use is judged against the signed agreement and counted once (decisions 5, 14-16)."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from connector.ids import new_iri
from connector.services.usage import Limits
from connector.trust.tokens import make_request_proof
from tests.support.drawing import draw
from tests.support.wire import Json
from tests.support.world import PURPOSE, TABLE, Member, World

pytestmark = pytest.mark.anyio

LARGE = b"batch,temperature\n" + b"".join(b"%d,%d.5\n" % (n, 20 + n % 50) for n in range(90_000))
"""About a megabyte: more than one piece on the line."""
PURPOSES = "https://w3id.org/my-manufacturing-data/v1/purpose/"


async def address(world: World, transfer: int = 0) -> tuple[str, str]:
    """Endpoint and token of a transfer that was started."""
    start = json.loads(world.wire.of("TransferStartMessage")[transfer].body)["dataAddress"]
    token = next(p["value"] for p in start["endpointProperties"] if p["name"] == "authorization")
    return start["endpoint"], token


async def get(member: Member, endpoint: str, token: str, **headers: str) -> tuple[int, Json | bytes]:
    """A request for data as a client of our own would make it; the problem, or the bytes."""
    proof = make_request_proof(
        member.connector.identity.token_key,
        method="GET",
        url=endpoint,
        access_token=token,
        now=member.world.clock.now(),
    )
    sent = {"Authorization": f"DPoP {token}", "DPoP": proof, **{k.replace("_", "-"): v for k, v in headers.items()}}
    answer = await member.world.wire.send(member.name, "GET", endpoint, b"", sent)
    return answer.status, json.loads(answer.body) if answer.status >= 400 else answer.body


async def started(world: World, **terms: Any) -> tuple[str, str, str]:
    """A contract with a started transfer and no use yet: contract, endpoint, token."""
    dataset = await world.provider.publish(**terms)
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.post("/transfers", {"contract": contract})
    await world.quiet()
    endpoint, token = await address(world)
    return contract, endpoint, token


async def test_not_more_uses_than_agreed_even_at_once(world: World) -> None:
    contract, endpoint, token = await started(world)

    async def use() -> int:
        status, _ = await get(world.consumer, endpoint, token, Mmd_Delivery=new_iri(), Mmd_Purpose=PURPOSES + PURPOSE)
        return status

    statuses = await asyncio.gather(*(use() for _ in range(20)))
    assert sorted(statuses) == [200] * 3 + [403] * 17
    view = await world.provider.contract(contract)
    assert (view["usesAllowed"], view["usesReserved"], len(view["deliveries"])) == (3, 3, 3)


async def test_two_hundred_pulls_at_once_against_at_most_ten(world: World) -> None:
    contract, endpoint, token = await started(world, purposes=[PURPOSE], count=10)
    world.provider.connector.usage._places.limits = Limits(per_participant=200)

    async def use() -> tuple[int, Json | bytes]:
        return await get(world.consumer, endpoint, token, Mmd_Delivery=new_iri(), Mmd_Purpose=PURPOSES + PURPOSE)

    answers = await asyncio.gather(*(use() for _ in range(200)))
    assert sorted(status for status, _ in answers) == [200] * 10 + [403] * 190
    assert all(body == TABLE for status, body in answers if status == 200)
    view = await world.provider.contract(contract)
    assert (view["usesReserved"], view["rowsReserved"], view["bytesReserved"]) == (10, 4_000, 10 * len(TABLE))
    assert len(view["deliveries"]) == 10


async def test_a_use_too_many(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    for _ in range(3):
        assert (await world.consumer.fetch(contract))["state"] == "complete"
    before = len(world.wire.exchanges)
    refused = await world.consumer.fetch(contract)
    assert (refused["state"], refused["problem"]["status"], refused["problem"]["clause"]) == ("refused", 403, "count")
    assert refused["problem"]["ko"]
    assert (await world.provider.contract(contract))["usesReserved"] == 3
    world.wire.exchanges = world.wire.exchanges[before:]
    draw(world, "A use too many")


async def test_another_purpose(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    refused = await world.consumer.fetch(contract, purpose="research")
    assert (refused["state"], refused["problem"]["clause"]) == ("refused", "purpose")
    assert "research" in refused["problem"]["detail"]
    assert (await world.provider.contract(contract))["usesReserved"] == 0
    answer = await world.consumer.api.post("/deliveries", json={"contract": contract, "purpose": "fun"})
    assert (answer.status_code, "no purpose that we know" in answer.json()["detail"]) == (400, True)


async def test_after_the_last_day(world: World) -> None:
    dataset = await world.provider.publish(purposes=[PURPOSE], until=world.clock.in_(days=1))
    contract = await world.consumer.agree(world.provider, dataset)
    world.clock.turn(days=2)
    refused = await world.consumer.fetch(contract)
    assert refused["state"] == "refused"
    assert (await world.provider.contract(contract))["usesReserved"] == 0


async def test_before_the_first_day_and_on_it(world: World) -> None:
    first = world.clock.in_(hours=2)
    contract, endpoint, token = await started(world, purposes=[PURPOSE], notBefore=world.clock.in_(seconds=-1))
    status, _ = await get(world.consumer, endpoint, token, Mmd_Delivery=new_iri(), Mmd_Purpose=PURPOSES + PURPOSE)
    assert status == 200
    later = await world.provider.publish(purposes=[PURPOSE], notBefore=first)
    contract = await world.consumer.agree(world.provider, later)
    assert (await world.consumer.fetch(contract))["state"] == "refused"
    world.clock.turn(hours=3)
    assert (await world.consumer.fetch(contract))["state"] == "complete"


async def test_a_use_must_name_itself(world: World) -> None:
    _, endpoint, token = await started(world)
    for headers in (
        {"Mmd_Person": "kim"},
        {"Mmd_Delivery": new_iri()},
        {"Mmd_Purpose": PURPOSES + PURPOSE},
        {"Mmd_Delivery": "7", "Mmd_Purpose": PURPOSES + PURPOSE},
        {"Mmd_Delivery": "urn:" + "x" * 3000, "Mmd_Purpose": PURPOSES + PURPOSE},
        {"Mmd_Delivery": new_iri(), "Mmd_Purpose": "x" * 501},
    ):
        status, _ = await get(world.consumer, endpoint, token, **headers)
        assert status == 400, headers


async def test_one_delivery_id_is_one_use_for_one_purpose(world: World) -> None:
    contract, endpoint, token = await started(world, purposes=[PURPOSE, "research"])
    delivery = new_iri()
    status, body = await get(world.consumer, endpoint, token, Mmd_Delivery=delivery, Mmd_Purpose=PURPOSES + PURPOSE)
    assert (status, body) == (200, TABLE)
    for changed in ({"Mmd_Purpose": PURPOSES + "research"}, {"Mmd_Person": "kim"}):
        named = {"Mmd_Delivery": delivery, "Mmd_Purpose": PURPOSES + PURPOSE, **changed}
        status, body = await get(world.consumer, endpoint, token, **named)
        assert status == 409, changed
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_the_same_delivery_may_be_repeated_once_and_no_more(world: World) -> None:
    contract, endpoint, token = await started(world)
    named = {"Mmd_Delivery": new_iri(), "Mmd_Purpose": PURPOSES + PURPOSE}
    statuses = [(await get(world.consumer, endpoint, token, **named))[0] for _ in range(3)]
    assert statuses == [200, 200, 403]
    view = await world.provider.contract(contract)
    assert (view["usesReserved"], [d["state"] for d in view["deliveries"]]) == (1, ["complete"])


async def test_ranges(world: World) -> None:
    contract, endpoint, token = await started(world)
    named = {"Mmd_Delivery": new_iri(), "Mmd_Purpose": PURPOSES + PURPOSE}
    digest = (await world.provider.contract(contract))["dataDigest"]
    status, _ = await get(world.consumer, endpoint, token, Range="bytes=1000-", **named)
    assert status == 400  # nothing has been sent that could be resumed
    assert (await get(world.consumer, endpoint, token, **named))[0] == 200
    status, body = await get(world.consumer, endpoint, token, Range="bytes=3000-", **named)
    assert (status, body) == (206, TABLE[3000:])
    status, body = await get(world.consumer, endpoint, token, Range="bytes=3500-", If_Range=f'"{digest}"', **named)
    assert (status, body) == (206, TABLE[3500:])
    for headers, expected in (
        ({"Range": f"bytes={len(TABLE)}-"}, 416),
        ({"Range": "bytes=999999999999999-"}, 416),
        ({"Range": "bytes=0-10"}, 416),
        ({"Range": "bytes=-10"}, 416),
        ({"Range": "bytes=0-1,5-9"}, 416),
        ({"Range": "lines=1-"}, 416),
        ({"Range": "bytes="}, 416),
        ({"Range": "bytes=5-", "If_Range": '"other"'}, 412),
    ):
        status, _ = await get(world.consumer, endpoint, token, **headers, **named)
        assert status == expected, headers
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_a_proof_is_used_once_and_for_this_request_only(world: World) -> None:
    _, endpoint, token = await started(world)
    consumer = world.consumer
    key, now = consumer.connector.identity.token_key, world.clock.now()
    named = {"Mmd-Delivery": new_iri(), "Mmd-Purpose": PURPOSES + PURPOSE, "Authorization": f"DPoP {token}"}

    async def ask(proof: str) -> int:
        return (await world.wire.send(consumer.name, "GET", endpoint, b"", {**named, "DPoP": proof})).status

    good = make_request_proof(key, method="GET", url=endpoint, access_token=token, now=now)
    assert await ask(good) == 200
    assert await ask(good) == 401
    for wrong in (
        make_request_proof(key, method="POST", url=endpoint, access_token=token, now=now),
        make_request_proof(key, method="GET", url=endpoint + "x", access_token=token, now=now),
        make_request_proof(key, method="GET", url=endpoint, access_token="other", now=now),
        make_request_proof(
            world.provider.connector.identity.token_key, method="GET", url=endpoint, access_token=token, now=now
        ),
    ):
        assert await ask(wrong) == 401


async def test_a_cut_pull_is_resumed_and_counted_once(world: World) -> None:
    dataset = await world.provider.publish(LARGE)
    contract = await world.consumer.agree(world.provider, dataset)
    before = len(world.wire.exchanges)
    world.wire.cuts = [100_000, 50_000]
    delivery = await world.consumer.fetch(contract, person="김 기사")
    assert (delivery["state"], delivery["bytes"]) == ("complete", len(LARGE))
    assert await world.consumer.content(delivery) == LARGE
    assert [e.status for e in world.wire.of("GET data")] == [200, 206, 206]
    view = await world.provider.contract(contract)
    assert (view["usesReserved"], len(view["deliveries"])) == (1, 1)
    assert view["deliveries"][0]["receipts"] == {"own": True, "other": True}
    world.wire.exchanges = world.wire.exchanges[before:]
    draw(world, "A pull is cut and resumed")


async def test_the_consumer_restarts_during_a_pull(world: World) -> None:
    dataset = await world.provider.publish(LARGE)
    contract = await world.consumer.agree(world.provider, dataset)
    there, _ = world.wire.pause_pull(300_000)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    await world.consumer.restart()
    delivery = await world.consumer.delivered(begun["id"])
    assert (delivery["state"], await world.consumer.content(delivery)) == ("complete", LARGE)
    assert [e.status for e in world.wire.of("GET data")] == [200, 206]
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_a_file_that_changed_since_publishing(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    (frozen,) = published(world)
    frozen.chmod(0o600)
    frozen.write_bytes(TABLE.replace(b"20.5", b"99.5"))
    refused = await world.consumer.fetch(contract)
    assert (refused["state"], refused["bytes"], refused["problem"]["status"]) == ("refused", 0, 409)
    assert (await world.provider.contract(contract))["usesReserved"] == 0
    frozen.write_bytes(TABLE)
    assert (await world.consumer.fetch(contract))["state"] == "complete"
    frozen.unlink()
    assert (await world.consumer.fetch(contract))["problem"]["status"] == 409
    assert (await world.provider.contract(contract))["usesReserved"] == 1


async def test_what_arrives_is_not_what_the_contract_names(world: World) -> None:
    """A provider that misbehaves sends other bytes: the consumer throws them away and records no delivery."""
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    usage = world.provider.connector.usage

    async def unchecked(_: object) -> Path:
        (frozen,) = published(world)
        other = frozen.with_name("other.csv")
        other.write_bytes(TABLE.replace(b"20.5", b"99.5"))
        return other

    usage._check_frozen = unchecked
    failed = await world.consumer.fetch(contract)
    assert failed["state"] == "failed"
    assert "not what the contract names" in failed["problem"]["title"]
    assert list((world.consumer.directory / "received").iterdir()) == []
    assert failed["receipts"]["own"] is False


def published(world: World) -> list[Path]:
    """The frozen copies."""
    return sorted((world.provider.directory / "published").iterdir())
