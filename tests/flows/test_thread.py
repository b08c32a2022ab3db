"""The whole thread, from the file to the verdict."""

import io
import zipfile

import pytest

from connector.clock import format_time
from connector.contracts.evidence import verify_evidence
from connector.contracts.signatures import signatures_of
from connector.trust.anchors import parse_trust_file
from connector.wire.codec import read_object
from tests.support.drawing import draw
from tests.support.wire import Exchange
from tests.support.world import PURPOSE, TABLE, Member, World

pytestmark = pytest.mark.anyio


async def evidence_of(member: Member, contract: str) -> bytes:
    return (await member.api.get(f"/contracts/{contract}/evidence")).content


async def test_both_sides_sign_and_the_data_flows(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    delivery = await world.consumer.fetch(contract)
    assert await world.consumer.content(delivery) == TABLE
    assert delivery["receipts"] == {"own": True, "other": True}
    for member in (world.consumer, world.provider):
        view = await member.contract(contract)
        assert (view["state"], view["confirmed"], view["laboratory"]) == ("complete", True, True)
        assert view["signedBy"] == sorted([world.provider.did, world.consumer.did])
        assert [d["receipts"] for d in view["deliveries"]] == [{"own": True, "other": True}]
        assert view["usesReserved"] == 1
        assert sorted(n["kind"] for n in view["notices"]) == ["delivery-received", "delivery-sent", "holds-receipt"]
    draw(world, "The whole thread")


async def test_what_is_sent_is_what_both_keep(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    sent = {e.body: e for e in world.wire.exchanges if e.method == "POST" and "negotiations" in e.url}
    for member in (world.consumer, world.provider):
        kept = await member.connector.store.read(lambda unit: list(unit.messages.find()))
        assert {message.body for message in kept} == set(sent)
        for message in kept:
            assert (message.direction == "out") == (sent[message.body].sender == member.name)
            assert read_object(message.body)["@type"] == message.type


async def test_signatures_ride_on_the_messages_that_need_them(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)

    def carried(exchange: Exchange) -> list[str]:
        found = signatures_of(read_object(exchange.body))
        names = ("credential", "countersignature", "receipt", "termination", "log_proof")
        return [name for name in names if getattr(found, name) is not None]

    assert {e.kind: carried(e) for e in world.wire.exchanges if e.kind.startswith("Contract")} == {
        "ContractRequestMessage": [],
        "ContractAgreementMessage": ["credential"],
        "ContractAgreementVerificationMessage": ["countersignature"],
        "ContractNegotiationEventMessage FINALIZED": ["credential", "countersignature", "receipt", "log_proof"],
    }


@pytest.mark.parametrize("exporter", ["provider", "consumer"])
async def test_evidence_of_either_side_is_verified_by_the_authority_s_key_alone(world: World, exporter: str) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    data = await evidence_of(world[exporter], contract)
    trust = parse_trust_file(await world.authority.get("/trust"))
    verdict = verify_evidence(data, trust=trust, now=world.clock.now())
    assert (verdict.outcome, verdict.exit_code) == ("verified", 0), verdict.to_json()
    assert verdict.facts["exporter"] == world[exporter].did
    # Nothing names an annex here.
    assert [check.id for check in verdict.checks if check.verdict != "ok"] == ["annexes"]
    without = verify_evidence(data, trust=None, now=world.clock.now())
    assert (without.summary_code, without.exit_code) == ("not-attributed", 2)


async def test_evidence_of_a_withdrawn_contract_is_verified_too(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "recall"})
    await world.quiet()
    trust = parse_trust_file(await world.authority.get("/trust"))
    for member in (world.consumer, world.provider):
        data = await evidence_of(member, contract)
        assert verify_evidence(data, trust=trust, now=world.clock.now()).outcome == "verified"
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        assert "notices/provider/0001.json" in names


async def test_an_unfinished_contract_cannot_be_verified(world: World) -> None:
    dataset = await world.provider.publish()
    world.wire.disturb("lose", "Notice holds-receipt", times=0)
    pid = await world.consumer.begin(world.provider, dataset)
    await world.wire.happened("Notice holds-receipt")
    contract = (await world.consumer.negotiation(pid))["contract"]
    trust = parse_trust_file(await world.authority.get("/trust"))
    verdict = verify_evidence(await evidence_of(world.provider, contract), trust=trust, now=world.clock.now())
    assert (verdict.summary_code, verdict.exit_code) == ("not-confirmed", 2)
    view = await world.provider.contract(contract)
    assert (view["state"], view["confirmed"]) == ("signed", False)


async def test_no_data_before_the_provider_has_the_confirmation(world: World) -> None:
    dataset = await world.provider.publish()
    lost = world.wire.disturb("lose", "Notice holds-receipt", times=0)
    pid = await world.consumer.begin(world.provider, dataset)
    await world.wire.happened("Notice holds-receipt")
    contract = (await world.consumer.negotiation(pid))["contract"]
    delivery = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await world.wire.happened("Notice holds-receipt", times=2)
    assert not world.wire.of("TransferRequestMessage")
    lost.times = lost.done
    assert (await world.consumer.delivered(delivery["id"]))["state"] == "complete"


async def test_a_second_contract_on_the_same_data_is_another_contract(world: World) -> None:
    dataset = await world.provider.publish()
    first = await world.consumer.agree(world.provider, dataset)
    second = await world.consumer.agree(world.provider, dataset)
    assert first != second
    size = (await world.provider.get("/log"))["size"]
    logged = await world.provider.connector.store.read(lambda unit: [unit.log.entry(n)["kind"] for n in range(size)])
    assert [kind for kind in logged if kind != "act"] == ["contract", "notice"] * 2  # R and H of each


async def test_the_days_go_by_and_memberships_are_asked_for_again(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    before = len(world.wire.of("PresentationQueryMessage"))
    world.clock.turn(minutes=6)
    await world.consumer.agree(world.provider, dataset)
    assert len(world.wire.of("PresentationQueryMessage")) == before + 2
    world.clock.turn(days=366)
    status, body = await world.consumer.ask(world.provider, f"/catalog/datasets/{dataset}")
    assert status == 401
    assert "expired" in str(body), format_time(world.clock.now())
