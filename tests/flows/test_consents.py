"""Consents of producers, payments in advance, and what happens to running bytes when a fact changes."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from connector.contracts.archive import read_archive
from connector.contracts.evidence import verify_evidence
from connector.contracts.layout import annex_file
from connector.trust.anchors import parse_trust_file
from policies.clauses.build import build_clauses
from tests.flows.test_operands import MMD, agreed, catalog, fetched, policy, refused, says
from tests.flows.test_uses import LARGE
from tests.support.wire import Json
from tests.support.world import CONSUMER, OUTSIDER, PURPOSE, TABLE, World

pytestmark = pytest.mark.anyio
PAPER: Final = "sha256:" + "c0" * 32


def prepaid() -> Json:
    """Terms with a lump sum that is to be paid first."""
    terms = policy((MMD + "prepaid", "eq", "true"))
    sum_ = {"amount": "1500000", "currency": "KRW", "due": "P30D"}
    terms["policy"] = {**build_clauses({"lump-sum": sum_}), **terms["policy"]}
    return terms


async def consent(world: World, dataset: str, *, digest: str = PAPER, **more: Any) -> Json:
    """A consent on paper for a data set."""
    body = {"digest": digest, "producer": "Hanbit", "dataset": dataset, **more}
    found: Json = await world.provider.post("/consents", body)
    return found


async def on_paper(world: World, content: bytes = TABLE, **more: Any) -> tuple[str, str]:
    """A data set under terms that stand on a paper consent, and a contract about it."""
    dataset = await world.provider.publish(content, **policy((MMD + "consent", "eq", PAPER)))
    assert dataset not in await catalog(world)  # nobody has consented yet
    await consent(world, dataset, **more)
    return dataset, await world.consumer.agree(world.provider, dataset)


async def test_a_consent_is_withdrawn(world: World) -> None:
    dataset, contract = await on_paper(world)
    await fetched(world, contract)
    assert [found["contracts"] for found in await world.provider.get("/consents")] == [[contract]]
    await world.provider.post(f"/consents/{PAPER}/withdrawal", {"reason": "the line was sold"})
    await world.quiet()
    for side in (world.provider, world.consumer):
        view = await side.contract(contract)
        assert (view["state"], "the line was sold" in view["withdrawnReason"]) == ("withdrawn", True)
    assert dataset not in await catalog(world)
    again = await world.provider.api.post(f"/consents/{PAPER}/withdrawal", json={"reason": "twice"})
    assert again.status_code == 409
    acts = [act["act"] for act in await world.provider.get("/acts")]
    assert {"keep-consent", "withdraw-consent"} <= set(acts)


async def test_a_consent_ends_and_is_for_its_purposes(world: World) -> None:
    _, contract = await on_paper(world, purposes=["research"], until=world.clock.in_(days=2))
    kept = await refused(world, contract, "consent-withdrawn")
    assert kept["facts"].get("consents") is None  # none that covers quality prediction
    other = "sha256:" + "c1" * 32
    dataset = await world.provider.publish(**policy((MMD + "consent", "eq", other)))
    await consent(world, dataset, digest=other, until=world.clock.in_(days=2))
    contract = await world.consumer.agree(world.provider, dataset)
    await fetched(world, contract)
    world.clock.turn(days=3)
    await refused(world, contract, "consent-withdrawn")
    assert dataset not in await catalog(world)


async def test_a_receipt_that_the_producer_signs(world: World) -> None:
    """The producer has a connector of its own; before the data is published the consent names its content."""
    producer = await world.join(OUTSIDER)
    upload = (await world.provider.api.put("/uploads", params={"name": "a.csv"}, content=TABLE)).json()
    content = upload["found"]["digest"]
    given = {"provider": world.provider.did, "dataset": content, "purposes": [PURPOSE]}
    receipt = await producer.post("/consent-receipts", given)
    kept = await world.provider.post("/consents", {"receipt": receipt})
    assert (kept["signed"], kept["producer"]) == (True, producer.did)
    contract = await agreed(world, (MMD + "consent", "eq", kept["digest"]))
    await fetched(world, contract)
    for broken, said in (
        ({**receipt, "until": "2030-01-01T00:00:00Z"}, "not signed"),
        ({**receipt, "producer": world.consumer.did}, "somebody else"),
        ({**receipt, "more": 1}, "malformed"),
        ({name: value for name, value in receipt.items() if name != "proof"}, "not signed"),
    ):
        answer = await world.provider.api.post("/consents", json={"receipt": broken})
        assert (answer.status_code, said in answer.json()["detail"]) == (422, True), answer.text
    answer = await world.consumer.api.post("/consents", json={"receipt": receipt})
    assert (answer.status_code, "not to this company" in answer.json()["detail"]) == (422, True)


async def test_the_other_side_is_not_given_the_consent_itself(world: World) -> None:
    """Whoever comes back from a backup may ask for our evidence at any time; what the producer gave is for us."""
    producer = await world.join(OUTSIDER)
    upload = (await world.provider.api.put("/uploads", params={"name": "a.csv"}, content=TABLE)).json()
    given = {"provider": world.provider.did, "dataset": upload["found"]["digest"], "purposes": [PURPOSE]}
    kept = await world.provider.post("/consents", {"receipt": await producer.post("/consent-receipts", given)})
    contract = await agreed(world, (MMD + "consent", "eq", kept["digest"]))
    connector = world.provider.connector
    trust = parse_trust_file(await world.authority.get("/trust"))
    for data, held in (
        (await connector.evidence.export(contract), True),
        (await connector.remembering.evidence(world.consumer.did, contract), False),
    ):
        assert (annex_file(kept["digest"]) in read_archive(data)) is held
        verdict = verify_evidence(data, trust=trust, now=world.clock.now())
        assert (verdict.exit_code, verdict.check("annexes").reason) == (
            0, "annexes-hold" if held else "annexes-left-out",
        )  # fmt: skip


async def test_paid_in_advance(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish(**prepaid()))
    await refused(world, contract, "not-prepaid")
    before = await world.provider.get("/log")
    await world.provider.post(f"/contracts/{contract}/payment", {"received": True, "note": "bank"})
    assert (await world.provider.get("/log"))["size"] > before["size"]
    await fetched(world, contract)
    twice = await world.provider.api.post(f"/contracts/{contract}/payment", json={"received": True})
    assert twice.status_code == 409
    await world.provider.post(f"/contracts/{contract}/payment", {"received": False})
    await refused(world, contract, "not-prepaid")
    theirs = await world.consumer.api.post(f"/contracts/{contract}/payment", json={"received": True})
    assert theirs.status_code == 404


async def test_running_bytes_stop_when_a_fact_changes(world: World) -> None:
    """The mark is cleared while bytes run: they are cut, both sides see why, and it is kept as a decision."""
    dataset = await world.provider.publish(LARGE, **prepaid())
    contract = await world.consumer.agree(world.provider, dataset)
    await world.provider.post(f"/contracts/{contract}/payment", {"received": True})
    there, go_on = world.wire.pause_pull(300_000)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    await world.provider.post(f"/contracts/{contract}/payment", {"received": False})
    await world.provider.connector.usage.look()
    go_on.set()
    ended = await world.consumer.delivered(begun["id"])
    assert ended["state"] in ("refused", "failed")
    kept = await world.provider.get("/decisions", about=contract)
    assert (kept[0]["scope"], kept[0]["reasons"][0]["code"]) == ("running", "not-prepaid")
    view = await world.provider.contract(contract)
    assert (view["usesReserved"], view["deliveries"][0]["state"]) == (1, "broken")


async def cut(world: World, terms: Json, change: Callable[[], Awaitable[object]]) -> Json:
    """Bytes run, something changes, and they are cut; the delivery as the consumer sees it."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish(LARGE, **terms))
    there, go_on = world.wire.pause_pull(300_000)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    await change()
    await world.provider.connector.usage.look()
    go_on.set()
    ended = await world.consumer.delivered(begun["id"])
    (delivery,) = (await world.provider.contract(contract))["deliveries"]
    assert (ended["state"] in ("refused", "failed"), delivery["state"]) == (True, "broken")
    assert 0 < delivery["bytes"] < len(LARGE)
    kept = await world.provider.get("/decisions", about=contract)
    return {"codes": [found["reasons"][0]["code"] for found in kept], "scopes": [found["scope"] for found in kept]}


async def test_bytes_are_cut_when_the_window_closes(world: World) -> None:
    hour = world.clock.now().hour
    terms = policy((MMD + "timeOfDay", "eq", f"{hour:02d}:00/{(hour + 1) % 24:02d}:00 UTC"))

    async def later() -> None:
        world.clock.turn(minutes=61)

    assert await cut(world, terms, later) == {"codes": ["outside-hours"], "scopes": ["running"]}


async def test_bytes_are_cut_when_a_claim_falls(world: World) -> None:
    """The membership that says where the consumer is has been replaced by one that says otherwise."""
    await says(world, country="KR")

    async def moves() -> None:
        await world.admit(CONSUMER, country="US")
        world.provider.connector.authenticator.forget(world.consumer.did)
        assert await world.consumer.get("/catalog", provider=world.provider.did)  # it shows the new one

    assert await cut(world, policy(("odrl:spatial", "eq", "KR")), moves) == {
        "codes": ["wrong-place"],
        "scopes": ["running"],
    }


async def test_bytes_are_cut_when_a_consent_is_withdrawn(world: World) -> None:
    """The agreement itself ends in the same moment: that is what both sides are shown."""
    await consent(world, "sha256:" + hashlib.sha256(LARGE).hexdigest())

    async def withdraws() -> None:
        await world.provider.post(f"/consents/{PAPER}/withdrawal", {"reason": "sold"})

    await cut(world, policy((MMD + "consent", "eq", PAPER)), withdraws)


async def test_why_and_what_if(world: World) -> None:
    terms = policy(
        ("odrl:spatial", "eq", "KR"), (MMD + "timeOfDay", "eq", "08:00/18:00 Asia/Seoul"), ("odrl:count", "lteq", "1")
    )
    dataset = await world.provider.publish(**terms)
    tuesday = "2026-12-01T14:00:00+09:00"
    asked = {"for": world.consumer.did, "dataset": dataset, "purpose": PURPOSE, "at": tuesday}
    unknown = await world.provider.post("/what-if", asked)
    assert (unknown["permitted"], unknown["offers"][0]["catalog"]["outcome"]) == (False, "undetermined")
    assumed = await world.provider.post("/what-if", {**asked, "country": "KR"})
    assert assumed["permitted"], assumed
    for changed, step, code in (
        ({"country": "US"}, "catalog", "wrong-place"),
        ({"at": "2026-12-01T20:00:00+09:00"}, "use", "outside-hours"),
        ({"purpose": "research"}, "use", "purpose-not-agreed"),
    ):
        found = await world.provider.post("/what-if", {**asked, "country": "KR", **changed})
        (offer,) = found["offers"]
        assert not found["permitted"]
        reason = offer[step]["reasons"][0]
        assert reason["code"] == code
        assert reason["why"]["ko"]
        assert reason["why"]["en"]
        assert reason["rule"]["ko"], reason
    # Nothing of all that was written.
    assert await world.provider.get("/decisions", about=dataset) == []
    assert [act for act in await world.provider.get("/acts") if act["act"] == "what-if"] == []


async def test_the_answer_is_what_then_happens(world: World) -> None:
    """The same engine, the same facts: what was foretold is what the request meets."""
    await says(world, country="KR")
    dataset = await world.provider.publish(**policy(("odrl:spatial", "eq", "KR"), ("odrl:count", "lteq", "1")))
    contract = await world.consumer.agree(world.provider, dataset)
    asked = {"for": world.consumer.did, "dataset": dataset, "purpose": PURPOSE}
    for expected in (True, False):
        foretold = await world.provider.post("/what-if", asked)
        (under,) = foretold["contracts"]
        assert under["permitted"] is expected
        found = await world.consumer.fetch(contract)
        assert (found["state"] == "complete") is expected
    (kept,) = await world.provider.get("/decisions", about=contract)
    assert kept["reasons"][0]["code"] == under["use"]["reasons"][0]["code"] == "used-up"
    assert (kept["times"], kept["facts"]["uses"]) == (1, 1)
    await world.consumer.fetch(contract)
    (kept,) = await world.provider.get("/decisions", about=contract)
    assert kept["times"] == 2  # asked again: counted, not written anew
