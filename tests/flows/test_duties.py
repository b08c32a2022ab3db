"""Duties come due: both sides see them, are reminded, and see what is overdue; use is blocked until it is done."""

from typing import Any

import pytest

from policies.clauses import build_clauses
from tests.support.wire import Json
from tests.support.world import CONSUMER, PROVIDER, PURPOSE, Member, World

pytestmark = pytest.mark.anyio

PAY = {"lump-sum": {"amount": "1500000", "currency": "KRW", "due": "P30D"}}
DELETE = {"delete": {"within": "P7D"}}
FEE = {"flat-fee": {"amount": "300000", "currency": "KRW", "period": "P3M", "due": "P1D"}}
PAID = "paid on 3 December, invoice 2026-118"


async def contract_with(world: World, **clauses: Any) -> str:
    terms = build_clauses({"purpose": {"purposes": [PURPOSE]}, **clauses})
    return await world.consumer.agree(world.provider, await world.provider.publish(policy=terms))


async def duties(member: Member, contract: str | None = None) -> list[Json]:
    found: list[Json] = await member.get("/duties", **({"contract": contract} if contract else {}))
    return found


async def reminders(member: Member, contract: str) -> list[tuple[str, str]]:
    acts = await member.get("/acts")
    found = [act["detail"] for act in acts if act["act"] == "remind" and act["object"] == contract]
    return [(detail["duty"].partition("#")[2], detail["stage"]) for detail in found]


async def blocking(world: World) -> None:
    """The provider's settings say that what is overdue blocks further use."""
    settings = world.provider.directory / "settings.toml"
    await world.provider.stop()
    settings.write_text('overdue = "block"\n' + settings.read_text("utf-8"), "utf-8")
    await world.provider.start()


async def test_overdue_blocked_fulfilled(world: World) -> None:
    await blocking(world)
    contract = await contract_with(world, **PAY)
    for member in (world.provider, world.consumer):
        (duty,) = await duties(member)
        assert (duty["duty"], duty["clause"], duty["state"]) == ("obligation-1", "lump-sum", "open")
        assert duty["ours"] is (member is world.consumer)
        assert (duty["facts"]["payAmount"], duty["facts"]["currency"]) == ("1500000", "KRW")
    assert (await world.consumer.fetch(contract))["state"] == "complete"

    world.clock.turn(days=31)
    for member in (world.provider, world.consumer):
        (duty,) = await duties(member)
        assert duty["state"] == "overdue"
    refused = await world.consumer.fetch(contract)
    assert (refused["state"], "overdue" in refused["problem"]["detail"]) == ("refused", True)

    answer = await world.provider.api.post("/duties/fulfilment", json={"duty": duty["id"], "statement": PAID})
    assert (answer.status_code, "other side" in answer.json()["detail"]) == (409, True)
    done = await world.consumer.post("/duties/fulfilment", {"duty": duty["id"], "statement": PAID})
    assert (done["state"], done["statement"]) == ("fulfilled", PAID)
    await world.quiet()
    for member in (world.provider, world.consumer):
        assert await duties(member) == []
        (duty,) = await duties(member, contract)
        assert (duty["state"], duty["statement"]) == ("fulfilled", PAID)
    assert (await world.consumer.fetch(contract))["state"] == "complete"
    again = await world.consumer.api.post("/duties/fulfilment", json={"duty": duty["id"], "statement": PAID})
    assert again.status_code == 409


async def test_what_is_overdue_is_only_shown_unless_the_settings_say_otherwise(world: World) -> None:
    contract = await contract_with(world, **PAY)
    world.clock.turn(days=31)
    assert (await duties(world.provider))[0]["state"] == "overdue"
    assert (await world.consumer.fetch(contract))["state"] == "complete"


@pytest.mark.parametrize("name", [PROVIDER, CONSUMER])
async def test_people_are_reminded_before_on_and_after_the_day(world: World, name: str) -> None:
    contract = await contract_with(world, **PAY)
    member, expected = world[name], []
    for days, stage in ((22, None), (2, "before"), (6.5, "due"), (1, "overdue"), (30, None)):
        world.clock.turn(days=days)
        await member.connector.monitor.look()
        await member.connector.monitor.look()
        expected += [("obligation-1", stage)] if stage else []
        assert sorted(await reminders(member, contract)) == sorted(expected), (days, stage)


async def test_nobody_is_reminded_of_what_is_done(world: World) -> None:
    contract = await contract_with(world, **PAY)
    (duty,) = await duties(world.consumer)
    await world.consumer.post("/duties/fulfilment", {"duty": duty["id"], "statement": PAID})
    await world.quiet()
    world.clock.turn(days=60)
    for member in (world.provider, world.consumer):
        await member.connector.monitor.look()
        assert await reminders(member, contract) == []


async def test_what_comes_round_is_written_down_turn_by_turn(world: World) -> None:
    contract = await contract_with(world, **FEE)
    assert [duty["duty"] for duty in await duties(world.consumer)] == ["obligation-1.1"]
    world.clock.turn(days=94)
    for member in (world.provider, world.consumer):
        await member.connector.monitor.look()
        assert [duty["duty"] for duty in await duties(member)] == ["obligation-1.1", "obligation-1.2"]
    first = (await duties(world.consumer))[0]
    await world.consumer.post("/duties/fulfilment", {"duty": first["id"], "statement": "none sold"})
    await world.quiet()
    assert [duty["duty"] for duty in await duties(world.provider)] == ["obligation-1.2"]
    states = {duty["duty"]: duty["state"] for duty in await duties(world.provider, contract)}
    assert states == {"obligation-1.1": "fulfilled", "obligation-1.2": "open"}


async def test_a_turn_that_is_done_before_the_other_side_knows_of_it(world: World) -> None:
    """The provider was not looked at since: the consumer's word on the second turn is taken all the same."""
    await contract_with(world, **FEE)
    world.clock.turn(days=94)
    await world.consumer.connector.monitor.look()
    for duty in await duties(world.consumer):
        await world.consumer.post("/duties/fulfilment", {"duty": duty["id"], "statement": "none sold"})
    await world.quiet()
    await world.provider.connector.monitor.look()
    assert [duty["duty"] for duty in await duties(world.provider)] == ["obligation-1.3"] or not await duties(
        world.provider
    )


async def test_deleting_is_due_after_the_end_and_shown_by_a_certificate(world: World) -> None:
    contract = await contract_with(world, **DELETE)
    await world.consumer.fetch(contract)
    (duty,) = await duties(world.consumer)
    assert duty["due"] is None
    hit = await world.provider.get(f"/contracts/{contract}/withdrawal")
    assert [(one["action"], one["name"]["en"]) for one in hit["duties"]] == [("delete", "Deletion")]
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "recall"})
    await world.quiet()
    for member in (world.provider, world.consumer):
        (duty,) = await duties(member)
        assert duty["due"] is not None
    answer = await world.consumer.api.post("/duties/fulfilment", json={"duty": duty["id"], "statement": "gone"})
    assert (answer.status_code, "mmd delete" in answer.json()["detail"]) == (409, True)
    world.clock.turn(days=8)
    for member in (world.provider, world.consumer):
        assert (await duties(member))[0]["state"] == "overdue"
    await world.consumer.post(f"/contracts/{contract}/deletion", {"statement": "no copy is left"})
    await world.quiet()
    for member in (world.provider, world.consumer):
        assert await duties(member) == []


async def test_what_was_deleted_before_the_end_need_not_be_deleted_again(world: World) -> None:
    contract = await contract_with(world, **DELETE)
    await world.consumer.fetch(contract)
    await world.consumer.post(f"/contracts/{contract}/deletion", {"statement": "no copy is left"})
    await world.quiet()
    assert len(await duties(world.provider)) == 1  # more may come
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "recall"})
    await world.quiet()
    for member in (world.provider, world.consumer):
        assert await duties(member) == []


async def test_where_nothing_was_delivered_nothing_is_to_be_deleted(world: World) -> None:
    contract = await contract_with(world, **DELETE)
    await world.consumer.post(f"/contracts/{contract}/withdrawal", {"reason": "not needed"})
    await world.quiet()
    assert await duties(world.consumer) == await duties(world.provider) == []


async def test_what_has_no_date_stands_and_is_said_each_time(world: World) -> None:
    contract = await contract_with(world, inform={"events": ["leak"], "within": "P1D"})
    assert await duties(world.consumer) == []
    (duty,) = await duties(world.consumer, contract)
    assert duty["state"] == "standing"
    for said in ("a laptop was lost", "it was found"):
        await world.consumer.post("/duties/fulfilment", {"duty": duty["id"], "statement": said})
        await world.quiet()
        (seen,) = await duties(world.provider, contract)
        assert (seen["state"], seen["statement"]) == ("standing", said)


async def test_a_withdrawal_keeps_the_notice_period(world: World) -> None:
    contract = await contract_with(world, **{"notice-period": {"period": "P30D"}})
    soon = world.clock.in_(days=1)
    answer = await world.consumer.api.post(
        f"/contracts/{contract}/withdrawal", json={"reason": "sold", "effective": soon}
    )
    assert (answer.status_code, "notice period" in answer.json()["detail"]) == (400, True)
    view = await world.consumer.post(f"/contracts/{contract}/withdrawal", {"reason": "sold"})
    assert view["state"] == "ending"
    await world.quiet()
    assert (await world.consumer.fetch(contract))["state"] == "complete"
    assert (await world.provider.contract(contract))["ending"]["at"] == view["ending"]["at"]
    world.clock.turn(days=30)
    for member in (world.provider, world.consumer):
        await member.connector.endings.look()
        assert (await member.contract(contract))["state"] == "withdrawn"
