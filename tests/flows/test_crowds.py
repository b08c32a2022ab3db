"""A peer that takes nothing from us: it can begin no more here, and it cannot keep us from stopping what runs."""

import pytest

from connector.services import outbox
from tests.flows.test_suspension import WHY, running_delivery, transfer_of
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("how", ["suspension", "termination", "withdrawal"])
async def test_what_runs_is_stopped_however_much_is_due(
    world: World, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    contract, _, _ = await running_delivery(world)
    monkeypatch.setattr(outbox, "MOST_DUE", 0)
    mine = await transfer_of(world.provider)
    path = f"/contracts/{contract}/withdrawal" if how == "withdrawal" else f"/transfers/{mine['id']}/{how}"
    await world.provider.post(path, WHY)
    state = "SUSPENDED" if how == "suspension" else "TERMINATED"
    kind = "TransferSuspensionMessage" if how == "suspension" else "TransferTerminationMessage"
    await world.wire.happened(kind, status=200)
    assert (await transfer_of(world.consumer))["state"] == state


async def test_nothing_new_begins_while_too_much_is_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even what would be answered by a signature, or by a refusal."""
    dataset = await world.provider.publish()
    monkeypatch.setattr(outbox, "MOST_DUE", 1)
    held = world.wire.disturb("hold answer", "ContractAgreementMessage")
    first = await world.consumer.begin(world.provider, dataset)
    await held.arrived.wait()
    monkeypatch.setattr(world.consumer.connector.outbox, "check_room", lambda _peer: None)
    second = await world.consumer.begin_unchecked(world.provider, dataset)
    await world.wire.happened("ContractRequestMessage", status=503)
    assert len(await world.provider.get("/negotiations")) == 1
    held.release.set()
    await world.quiet()
    for pid in (first, second):
        assert (await world.consumer.negotiation(pid))["state"] == "FINALIZED"
