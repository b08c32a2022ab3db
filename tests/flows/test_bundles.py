"""Evidence of many contracts: by partner, by period, by name; streamed, signed, judged without either connector."""

import io
import zipfile

import pytest

from connector.contracts.bundle_check import verify_bundle
from connector.contracts.evidence import verify_evidence
from connector.contracts.verdict import Verdict
from connector.trust.anchors import parse_trust_file
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def agree(world: World, name: str) -> str:
    return await world.consumer.agree(world.provider, await world.provider.publish(name=name))


async def exported(world: World, side: str, **query: str | list[str]) -> bytes:
    answer = await world[side].api.get("/evidence", params=query)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:  # list and statement beside them
        assert int(answer.headers["Contract-Count"]) == len(archive.namelist()) - 2
    return answer.content


async def judged(world: World, data: bytes) -> Verdict:
    trust = parse_trust_file(await world.authority.get("/trust"))
    return verify_bundle(io.BytesIO(data), trust=trust, now=world.clock.now())


async def test_a_bundle_by_partner_by_period_and_by_name_is_verified(world: World) -> None:
    first = await agree(world, "one.csv")
    world.clock.turn(hours=1)
    between = world.clock.now().isoformat()
    world.clock.turn(hours=1)
    second = await agree(world, "two.csv")
    queries: tuple[tuple[dict[str, str | list[str]], str], ...] = (
        ({"partner": world.provider.did}, "2"),
        ({"since": between}, "1"),
        ({"until": between}, "1"),
        ({"contract": [first, second]}, "2"),
        ({"contract": second, "withoutPersonal": "true"}, "1"),
    )
    for query, count in queries:
        verdict = await judged(world, await exported(world, "consumer", **query))
        assert (verdict.outcome, verdict.facts["count"]) == ("verified", count), verdict.to_json()
    assert (await judged(world, await exported(world, "provider", partner=world.consumer.did))).outcome == "verified"
    acts = await world.consumer.get("/acts")
    assert sum(act["act"] == "export-evidence" for act in acts) == 5


async def test_an_empty_scope_and_nonsense_are_said_before_anything_is_sent(world: World) -> None:
    contract = await agree(world, "one.csv")
    api = world.consumer.api
    assert (await api.get("/evidence", params={"partner": "did:web:nobody.example"})).status_code == 404
    missing = await api.get("/evidence", params={"contract": [contract, "urn:uuid:none"]})
    assert (missing.status_code, "urn:uuid:none" in missing.text) == (404, True)
    assert (await api.get("/evidence", params={"since": "2026-01-01T00:00:00"})).status_code == 400
    assert (await api.get("/evidence", params={"since": "soon"})).status_code in (400, 422)


async def test_without_personal_data_one_contract_is_verified_too(world: World) -> None:
    contract = await agree(world, "one.csv")
    data = (await world.consumer.api.get(f"/contracts/{contract}/evidence", params={"withoutPersonal": "true"})).content
    trust = parse_trust_file(await world.authority.get("/trust"))
    assert verify_evidence(data, trust=trust, now=world.clock.now()).outcome == "verified"
    assert not [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if name.startswith("messages/")]
