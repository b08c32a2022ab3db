"""A peer that cannot sign: only by the operator's named exception, and everything says so (decisions 5, 10)."""

import io
import json
import zipfile

import pytest

from connector.contracts.evidence import verify_evidence
from connector.contracts.vocabulary import SIGNATURES
from connector.ids import new_iri
from connector.trust.anchors import parse_trust_file
from tests.support.drawing import draw
from tests.support.foreigner import Foreigner
from tests.support.world import CONSUMER, OUTSIDER, PURPOSE, TABLE, Member, World

pytestmark = pytest.mark.anyio

WHY = "their connector cannot sign yet; agreed with the legal department"
PURPOSE_IRI = "https://w3id.org/my-manufacturing-data/v1/purpose/" + PURPOSE


async def except_(member: Member, did: str) -> None:
    answer = await member.api.put(f"/peers/{did.replace('%', '%25')}", json={"mayNotSign": True, "reason": WHY})
    assert answer.is_success, answer.text


async def test_a_contract_with_a_peer_that_cannot_sign(world: World) -> None:
    foreigner = Foreigner(world)
    dataset = await world.provider.publish()
    assert (await foreigner.ask(world.provider, f"/catalog/datasets/{dataset}"))[0] == 401
    await except_(world.provider, foreigner.did)
    pid = await foreigner.request(world.provider, dataset)
    await world.quiet()
    agreement = foreigner.got("ContractAgreementMessage")["agreement"]
    verification = {"@type": "ContractAgreementVerificationMessage", "providerPid": pid, "consumerPid": foreigner.pid}
    status, _ = await foreigner.say(world.provider, f"/negotiations/{pid}/agreement/verification", **verification)
    assert status == 200
    await world.quiet()
    assert foreigner.got("ContractNegotiationEventMessage")["eventType"] == "FINALIZED"

    view = await world.provider.contract(agreement["@id"])
    assert (view["state"], view["signedBy"]) == ("one-sided", [world.provider.did])
    assert view["oneSided"]
    acts = await world.provider.get("/acts")
    assert any(a["act"] == "put-peer" and a["detail"]["mayNotSign"] for a in acts)
    (shown,) = await world.provider.get("/peers")
    assert (shown["mayNotSign"], shown["reason"]) == (True, WHY)

    transfer = {"@type": "TransferRequestMessage", "consumerPid": new_iri(), "agreementId": agreement["@id"],
                "format": "HttpData-PULL", "callbackAddress": foreigner.url}  # fmt: skip
    status, _ = await foreigner.say(world.provider, "/transfers/request", **transfer)
    assert status == 201
    await world.quiet()
    address = foreigner.got("TransferStartMessage")["dataAddress"]
    properties = {p["name"]: p["value"] for p in address["endpointProperties"]}
    assert properties["authType"] == "bearer"
    headers = {"Authorization": f"Bearer {properties['authorization']}", "Mmd-Delivery": new_iri()}
    answer = await world.wire.send(
        "foreigner", "GET", address["endpoint"], b"", {**headers, "Mmd-Purpose": PURPOSE_IRI}
    )
    assert (answer.status, answer.body) == (200, TABLE)
    world.wire.exchanges = [e for e in world.wire.exchanges if CONSUMER not in (e.sender, e.receiver)]
    draw(world, "A peer that cannot sign")


async def test_its_evidence_is_never_verified(world: World) -> None:
    foreigner = Foreigner(world)
    dataset = await world.provider.publish()
    await except_(world.provider, foreigner.did)
    pid = await foreigner.request(world.provider, dataset)
    await world.quiet()
    agreement = foreigner.got("ContractAgreementMessage")["agreement"]["@id"]
    verification = {"@type": "ContractAgreementVerificationMessage", "providerPid": pid, "consumerPid": foreigner.pid}
    await foreigner.say(world.provider, f"/negotiations/{pid}/agreement/verification", **verification)
    await world.quiet()
    data = (await world.provider.api.get(f"/contracts/{agreement}/evidence")).content
    trust = parse_trust_file(await world.authority.get("/trust"))
    verdict = verify_evidence(data, trust=trust, now=world.clock.now())
    assert (verdict.summary_code, verdict.exit_code) == ("one-sided", 2), verdict.to_json()
    signed = json.loads(zipfile.ZipFile(io.BytesIO(data)).read("signatures/P.json"))
    assert signed["credentialSubject"]["exception"] == {"peer": foreigner.did, "reason": WHY}


async def test_an_exception_can_be_taken_back(world: World) -> None:
    foreigner = Foreigner(world)
    dataset = await world.provider.publish()
    await except_(world.provider, foreigner.did)
    assert (await foreigner.ask(world.provider, f"/catalog/datasets/{dataset}"))[0] == 200
    await world.provider.restart()
    assert (await foreigner.ask(world.provider, f"/catalog/datasets/{dataset}"))[0] == 200
    await world.provider.api.delete(f"/peers/{foreigner.did.replace('%', '%25')}")
    assert (await foreigner.ask(world.provider, f"/catalog/datasets/{dataset}"))[0] == 401


async def test_who_can_sign_is_never_excepted(world: World) -> None:
    """The consumer's membership binds a contract key: the exception is there, and means nothing."""
    dataset = await world.provider.publish()
    await except_(world.provider, world.consumer.did)
    world.wire.alter("ContractAgreementVerificationMessage", lambda message: message.pop(SIGNATURES))
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened("ContractAgreementVerificationMessage", status=400)
    (contract,) = await world.provider.get("/contracts")
    assert (contract["state"], contract["oneSided"]) == ("being-signed", None)


async def test_only_an_owner_excepts_and_only_with_a_reason(world: World) -> None:
    path = "/peers/did:web:other.example"
    answer = await world.provider.api.put(path, json={"mayNotSign": True})
    assert (answer.status_code, "reason" in answer.json()["detail"]) == (400, True)
    async with world.provider.client(world.provider.token("kim", "clerk")) as clerk:
        answer = await clerk.put(path, json={"mayNotSign": True, "reason": "x"})
        assert answer.status_code in (400, 403)
        assert (await clerk.put(path, json={})).is_success


async def test_our_own_consumer_takes_no_agreement_that_excepts_it(world: World) -> None:
    """An outsider of our make is excepted by the provider: it wants to sign, and refuses a contract without."""
    dataset = await world.provider.publish()
    outsider = await world.join(OUTSIDER)
    await except_(world.provider, outsider.did)
    pid = await outsider.begin_unchecked(world.provider, dataset)
    await world.wire.happened("ContractNegotiationTerminationMessage", status=200)
    await world.quiet()
    assert (await outsider.negotiation(pid))["state"] == "TERMINATED"
    assert await outsider.get("/contracts") == []


async def test_it_hears_of_a_suspension_and_of_the_end_by_its_transfers(world: World) -> None:
    """It takes no notices: its transfer pauses, goes on, and ends by the standard's own messages (decision 5, 5)."""
    foreigner = Foreigner(world)
    dataset = await world.provider.publish()
    await except_(world.provider, foreigner.did)
    pid = await foreigner.request(world.provider, dataset)
    await world.quiet()
    agreement = foreigner.got("ContractAgreementMessage")["agreement"]["@id"]
    verification = {"@type": "ContractAgreementVerificationMessage", "providerPid": pid, "consumerPid": foreigner.pid}
    await foreigner.say(world.provider, f"/negotiations/{pid}/agreement/verification", **verification)
    await world.quiet()
    transfer = {"@type": "TransferRequestMessage", "consumerPid": new_iri(), "agreementId": agreement,
                "format": "HttpData-PULL", "callbackAddress": foreigner.url}  # fmt: skip
    await foreigner.say(world.provider, "/transfers/request", **transfer)
    await world.quiet()
    hit = await world.provider.get(f"/contracts/{agreement}/withdrawal")
    assert (hit["toldBy"], len(hit["transfers"])) == ("transfer-termination", 1)

    view = await world.provider.post(f"/contracts/{agreement}/suspension", {"reason": "a complaint"})
    assert view["state"] == "suspended"
    await world.quiet()
    assert "a complaint" in str(foreigner.got("TransferSuspensionMessage")["reason"])
    await world.provider.post(f"/contracts/{agreement}/resumption", {})
    await world.quiet()
    (shown,) = await world.provider.get("/transfers")
    assert shown["state"] == "STARTED"

    effective = world.clock.in_(days=1)
    view = await world.provider.post(
        f"/contracts/{agreement}/withdrawal", {"reason": "no more", "effective": effective}
    )
    assert view["state"] == "ending"
    world.clock.turn(days=2)
    await world.provider.connector.endings.look()
    await world.quiet()
    assert "no more" in str(foreigner.got("TransferTerminationMessage")["reason"])
    view = await world.provider.contract(agreement)
    assert (view["state"], view["notices"]) == ("withdrawn", [])
    answer = await world.provider.api.post(
        f"/contracts/{agreement}/people", json={"people": [{"name": "Kim", "email": "kim@x.example"}]}
    )
    assert answer.status_code == 409
