"""Files that a contract names by digest: our people attach them, and they go into the evidence."""

from typing import Any

import pytest

from connector.canonical import digest_bytes
from connector.contracts.annexes import MAX_ATTACHED
from connector.contracts.archive import read_archive
from connector.contracts.evidence import verify_evidence
from connector.trust.anchors import parse_trust_file
from tests.support.wire import Json
from tests.support.world import PURPOSE, Member, World

pytestmark = pytest.mark.anyio

MMD = "https://w3id.org/my-manufacturing-data/v1/"
REPORT = b"%PDF-1.7 71 batches, each measured twice"


def terms(report: str) -> Json:
    purpose = {"leftOperand": "odrl:purpose", "operator": "isAnyOf", "rightOperand": [f"{MMD}purpose/{PURPOSE}"]}
    warranty = [
        {"leftOperand": MMD + "warranty", "operator": "eq", "rightOperand": "measured"},
        {"leftOperand": MMD + "qualityReport", "operator": "eq", "rightOperand": report},
    ]
    return {
        "permission": [{"action": "use", "constraint": [purpose]}],
        "obligation": [{"action": MMD + "warrant", "constraint": warranty}],
    }


async def contract_on_a_report(world: World) -> str:
    dataset = await world.provider.publish(policy=terms(digest_bytes(REPORT)))
    return await world.consumer.agree(world.provider, dataset)


async def attach(member: Member, contract: str, data: bytes) -> Any:
    return await member.api.put(f"/contracts/{contract}/annexes", content=data)


async def test_a_report_that_the_contract_names_goes_into_the_evidence_of_who_attaches_it(world: World) -> None:
    contract = await contract_on_a_report(world)
    answer = await attach(world.provider, contract, REPORT)
    assert (answer.status_code, answer.json()["digest"]) == (201, digest_bytes(REPORT))
    assert (await attach(world.provider, contract, REPORT)).status_code == 201  # again: the same
    trust = parse_trust_file(await world.authority.get("/trust"))
    for member, reason in ((world.provider, "annexes-hold"), (world.consumer, "annexes-left-out")):
        data = await member.connector.evidence.export(contract)
        verdict = verify_evidence(data, trust=trust, now=world.clock.now())
        assert (verdict.exit_code, verdict.check("annexes").reason) == (0, reason)
        held = [found for path, found in read_archive(data).items() if path.startswith("annexes/")]
        assert held == ([REPORT] if member is world.provider else [])
    acts = [act["act"] for act in await world.provider.get("/acts")]
    assert acts.count("attach-file") == 1


async def test_another_file_is_refused_and_the_sentence_says_which_are_meant(world: World) -> None:
    contract = await contract_on_a_report(world)
    answer = await attach(world.provider, contract, REPORT + b"!")
    assert answer.status_code == 409
    assert digest_bytes(REPORT) in answer.json()["detail"]
    assert (await attach(world.provider, contract, b"")).status_code == 400
    assert (await attach(world.provider, "urn:uuid:nobody", REPORT)).status_code == 404
    assert (await attach(world.provider, contract, b"x" * (MAX_ATTACHED + 1))).status_code == 413


async def test_a_list_of_people_is_no_file(world: World) -> None:
    made = await world.consumer.post("/people-lists", {"people": [{"name": "Kim", "email": "kim@customer.example"}]})
    named = {"leftOperand": MMD + "namedRecipients", "operator": "eq", "rightOperand": made["digest"]}
    policy = terms(digest_bytes(REPORT))
    policy["permission"][0]["constraint"].append(named)
    dataset = await world.provider.publish(policy=policy)
    contract = await world.consumer.agree(world.provider, dataset)
    answer = await attach(world.consumer, contract, b"Kim")
    assert answer.status_code == 409
    assert made["digest"] not in answer.json()["detail"]
