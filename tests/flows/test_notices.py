"""After the protocol has ended: one signed chain per agreement and author (decision 5, 5)."""

import copy
import json
from typing import Any

import pytest

from connector.contracts.signing import make_notice
from connector.ports.store import UnitOfWork
from connector.protocol.notices import (
    DELIVERY_RECEIVED,
    HOLDS_RECEIPT,
    WITHDRAWAL,
    Chain,
    delivery,
    holds_receipt,
    withdrawal,
)
from tests.support.drawing import draw
from tests.support.wire import Json
from tests.support.world import CONSUMER, OUTSIDER, World

pytestmark = pytest.mark.anyio

DIGEST = "sha256:" + "ab" * 32


async def concluded(world: World) -> str:
    dataset = await world.provider.publish()
    return await world.consumer.agree(world.provider, dataset)


async def notice(
    world: World,
    contract: str,
    kind: str,
    content: Json,
    *,
    digests: tuple[str, ...] | None = None,
    by: str = CONSUMER,
    **changed: Any,
) -> bytes:
    """The consumer's next notice, or one after other digests, as its connector would sign it."""
    me = world[by].connector.identity
    held, record = await world.consumer.connector.store.read(
        lambda unit: (unit.notices.find(contract=contract, author=world.consumer.did), unit.contracts.get(contract))
    )
    assert record is not None
    countersignature = record.countersignature_digest
    assert countersignature is not None
    chain = Chain(contract, me.did, countersignature, tuple(n.digest for n in held) if digests is None else digests)
    other = Chain(contract, world.provider.did, countersignature)
    document = make_notice(chain.next(kind, content, other=other), key=me.contract_key, now=world.clock.now())
    return json.dumps({**document, **changed}).encode()


async def say(world: World, body: bytes, by: str = CONSUMER) -> tuple[int, Json]:
    return await world[by].say(world.provider, "/notices", body)


def received(world: World, number: int = 1) -> Json:
    return delivery(
        delivery=f"urn:uuid:{number}",
        transfer="urn:uuid:t",
        transferred=1,
        ranges=[(0, 0)],
        digest=DIGEST,
        purpose=None,
        person=None,
        started_at=world.clock.now(),
        finished_at=world.clock.now(),
        result="complete",
    )


async def test_the_same_notice_twice(world: World) -> None:
    contract = await concluded(world)
    (sent,) = world.wire.of("Notice holds-receipt")
    assert await say(world, sent.body) == (200, {"status": "held"})
    assert len((await world.provider.contract(contract))["notices"]) == 1


async def test_a_gap_is_named_and_a_withdrawal_counts_all_the_same(world: World) -> None:
    contract = await concluded(world)
    chain = (DIGEST, DIGEST, DIGEST)
    body = await notice(world, contract, DELIVERY_RECEIVED, received(world), digests=chain)
    status, answer = await say(world, body)
    assert (status, answer["missing"]) == (409, [2, 3])
    body = await notice(world, contract, WITHDRAWAL, withdrawal("recall", world.clock.now()), digests=chain)
    assert (await say(world, body))[0] == 409
    view = await world.provider.contract(contract)
    assert (view["state"], view["withdrawnReason"]) == ("withdrawn", "recall")


async def test_what_the_other_side_lacks_is_sent_first(world: World) -> None:
    """The provider has lost the consumer's first notices, as after an older backup: it names them and gets them."""
    contract = await concluded(world)
    held = await world.provider.connector.store.read(lambda unit: list(unit.notices.find(contract=contract)))

    def lose(unit: UnitOfWork) -> None:
        for lost in held:
            unit.notices.delete(lost.key)

    await world.provider.connector.store.write(lose)
    before = len(world.wire.exchanges)
    await world.consumer.post(f"/contracts/{contract}/withdrawal", {"reason": "no longer needed"})
    await world.quiet()
    view = await world.provider.contract(contract)
    assert [n["number"] for n in view["notices"]] == [1, 2]
    assert view["state"] == "withdrawn"
    world.wire.exchanges = world.wire.exchanges[before:]
    draw(world, "A notice is missing")


async def test_two_notices_under_one_number_are_kept_as_proof(world: World) -> None:
    contract = await concluded(world)
    other = await notice(world, contract, DELIVERY_RECEIVED, received(world), digests=())
    status, answer = await say(world, other)
    assert status == 400
    assert "1" in answer["detail"]
    view = await world.provider.contract(contract)
    assert "two different notices" in view["problem"]
    evidence = (await world.provider.api.get(f"/contracts/{contract}/evidence")).content
    assert b"conflict" in evidence
    # It is not taken: the chain goes on with the first.
    follows = await notice(world, contract, DELIVERY_RECEIVED, received(world))
    assert (await say(world, follows))[0] == 200


async def test_what_is_no_proper_notice(world: World) -> None:
    contract = await concluded(world)
    good = json.loads(await notice(world, contract, DELIVERY_RECEIVED, received(world)))

    def changed(*path: str, to: Any) -> bytes:
        document = copy.deepcopy(good)
        part = document
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = to
        return json.dumps(document).encode()

    for body, expected in (
        (changed("credentialSubject", "content", "bytes", to=2), 400),
        (changed("credentialSubject", "kind", to="gossip"), 400),
        (changed("credentialSubject", "number", to=10**40), 400),
        (changed("credentialSubject", "number", to="2"), 400),
        (changed("credentialSubject", "countersignature", to=DIGEST), 400),
        (changed("credentialSubject", "id", to="urn:uuid:other"), 404),
        (changed("credentialSubject", "id", to=7), 404),
        (changed("credentialSubject", to=[]), 404),
        (changed("issuer", to=world.provider.did), 400),
        (changed("proof", to={}), 400),
        (changed("proof", "proofValue", to="z1"), 400),
        (b"[]", 400),
        (b"{", 400),
        (b"", 400),
    ):
        status, answer = await say(world, body)
        assert (status, bool(answer["detail"])) == (expected, True), body[:300]
    assert len((await world.provider.contract(contract))["notices"]) == 1


async def test_a_confirmation_of_another_receipt_confirms_nothing(world: World) -> None:
    held = world.wire.disturb("hold", "Notice holds-receipt", times=1)
    dataset = await world.provider.publish()
    await world.consumer.begin(world.provider, dataset)
    await held.arrived.wait()
    (contract,) = await world.provider.get("/contracts")
    body = await notice(world, contract["id"], HOLDS_RECEIPT, holds_receipt(DIGEST), digests=())
    assert (await say(world, body))[0] == 200
    assert (await world.provider.contract(contract["id"]))["confirmed"] is False


async def test_only_the_parties_speak(world: World) -> None:
    contract = await concluded(world)
    member = await world.admit(OUTSIDER)
    body = await notice(world, contract, DELIVERY_RECEIVED, received(world))
    assert (await say(world, body, by=OUTSIDER))[0] == 404
    forged = await notice(world, contract, DELIVERY_RECEIVED, received(world), by=OUTSIDER)
    assert (await say(world, forged, by=OUTSIDER))[0] == 404
    for number in ("1", "99", "9" * 30):
        assert (await member.ask(world.provider, f"/notices/{contract}/{number}"))[0] == 404


async def test_our_notices_can_be_fetched_by_number(world: World) -> None:
    contract = await concluded(world)
    status, found = await world.provider.ask(world.consumer, f"/notices/{contract}/1")
    assert (status, found["credentialSubject"]["kind"]) == (200, HOLDS_RECEIPT)
    for number in ("0", "2", "9" * 30):
        assert (await world.provider.ask(world.consumer, f"/notices/{contract}/{number}"))[0] == 404, number
    assert (await world.provider.ask(world.consumer, "/notices/urn:uuid:0/1"))[0] == 404
