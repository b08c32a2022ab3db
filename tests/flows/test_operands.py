"""Each condition of a contract is kept on every request: while it holds data flows, then it is refused by its clause.

Nothing is counted and nothing changes by a refusal, and each is kept with the rule and the facts that decided it.
"""

from typing import Any, Final

import pytest

from tests.support.wire import Json
from tests.support.world import ANSWERS, CONSUMER, PURPOSE, TABLE, World

pytestmark = pytest.mark.anyio
MMD: Final = "https://w3id.org/my-manufacturing-data/v1/"


def policy(*constraints: tuple[str, str, Any]) -> Json:
    """Terms with these conditions and the purpose, as `POST /datasets` takes them."""
    found = [{"leftOperand": "odrl:purpose", "operator": "isAnyOf", "rightOperand": [f"{MMD}purpose/{PURPOSE}"]}]
    for left, operator, right in constraints:
        found.append({"leftOperand": left, "operator": operator, "rightOperand": right})
    return {"policy": {"permission": [{"action": "use", "constraint": found}]}}


async def agreed(world: World, *constraints: tuple[str, str, Any]) -> str:
    """A contract on terms with these conditions."""
    return await world.consumer.agree(world.provider, await world.provider.publish(**policy(*constraints)))


async def refused(world: World, contract: str, code: str, *, clause: str | None = None) -> Json:
    """One fetch that must be refused for this reason, and change nothing; the record of the decision."""
    before = await world.provider.contract(contract)
    found = await world.consumer.fetch(contract)
    assert found["state"] == "refused", found
    assert found["problem"]["detail"]
    after = await world.provider.contract(contract)
    assert [after[name] for name in ("usesReserved", "rowsReserved", "bytesReserved")] == [
        before[name] for name in ("usesReserved", "rowsReserved", "bytesReserved")
    ]
    kept = await world.provider.connector.store.read(lambda unit: unit.decisions.find(contract=contract))
    last = max(kept, key=lambda record: record.last_at)
    assert (last.reasons[0]["code"], last.outcome) in ((code, "denied"), (code, "undetermined")), last.reasons
    if clause is not None:
        assert last.reasons[0]["clause"] == clause
    return {"facts": last.facts, "reasons": last.reasons, "detail": found["problem"]["detail"]}


async def fetched(world: World, contract: str) -> None:
    """One fetch that must succeed."""
    found = await world.consumer.fetch(contract)
    assert found["state"] == "complete", found


async def says(world: World, **claims: Any) -> None:
    """From now on the consumer shows a membership that says this."""
    world.clock.turn(minutes=6)  # what was shown lately is believed for five minutes
    await world.admit(CONSUMER, **claims)


async def negotiates(world: World, dataset: str) -> Json:
    """What becomes of a negotiation about the only offer of a data set, whether the catalog shows it or not."""
    pid = await world.consumer.begin_unchecked(world.provider, dataset)
    await world.quiet()
    return await world.consumer.negotiation(pid)


async def catalog(world: World) -> list[str]:
    """The data sets that the consumer sees."""
    found = await world.consumer.get("/catalog", provider=world.provider.did)
    return [entry["dataset"] for entry in found["entries"]]


async def test_hours_of_the_day(world: World) -> None:
    hour = world.clock.now().hour
    window = f"{hour:02d}:00/{(hour + 2) % 24:02d}:00 UTC"
    contract = await agreed(world, (MMD + "timeOfDay", "eq", window))
    await fetched(world, contract)
    world.clock.turn(hours=3)
    kept = await refused(world, contract, "outside-hours")
    assert kept["reasons"][0]["facts"]["values"] == [window]
    world.clock.turn(hours=21)
    await fetched(world, contract)


async def test_time_since_the_agreement(world: World) -> None:
    """What has run out ends by itself, on both sides; a request that comes before that is noticed is refused by the terms."""
    contract = await agreed(world, ("odrl:elapsedTime", "lteq", "P1D"))
    await fetched(world, contract)
    world.clock.turn(hours=25)
    asked = {"for": world.consumer.did, "dataset": (await world.provider.contract(contract))["dataset"]}
    foretold = await world.provider.post("/what-if", {**asked, "purpose": PURPOSE})
    assert [way["use"]["reasons"][0]["code"] for way in foretold["contracts"]] in (["too-late"], [])
    for side in (world.provider, world.consumer):
        await side.connector.endings.look()
        assert (await side.contract(contract))["state"] == "ended"
    over = await world.consumer.api.post("/deliveries", json={"contract": contract, "purpose": PURPOSE})
    assert over.status_code == 409


async def test_frequency(world: World) -> None:
    contract = await agreed(world, (MMD + "frequency", "lteq", "2/P1D"))
    await fetched(world, contract)
    world.clock.turn(hours=12)
    await fetched(world, contract)
    kept = await refused(world, contract, "too-often")
    assert (kept["reasons"][0]["facts"]["uses"], len(kept["facts"]["usedAt"])) == (2, 2)
    world.clock.turn(hours=13)
    await fetched(world, contract)
    await refused(world, contract, "too-often")


async def test_rows_and_bytes_in_all(world: World) -> None:
    rows = TABLE.count(b"\n") - 1
    by_rows = await agreed(world, (MMD + "maxRows", "lteq", str(2 * rows + 1)))
    by_bytes = await agreed(world, (MMD + "maxBytes", "lteq", str(2 * len(TABLE))))
    for contract, code in ((by_rows, "too-many-rows"), (by_bytes, "too-many-bytes")):
        await fetched(world, contract)
        await fetched(world, contract)
        kept = await refused(world, contract, code)
        assert (kept["facts"]["rows"], kept["facts"]["bytes"]) == (3 * rows, 3 * len(TABLE))
        for side in (world.provider, world.consumer):
            view = await side.contract(contract)
            assert view["usesReserved"] == 2
            assert view["bytesReserved"] == 2 * len(TABLE)


async def test_place(world: World) -> None:
    dataset = await world.provider.publish(**policy(("odrl:spatial", "isAnyOf", ["KR", "JP"])))
    # No credential says where the consumer is: what is not known is not shown, and does not exist (decision 5, 18).
    assert dataset not in await catalog(world)
    assert (await negotiates(world, dataset))["problem"]["code"] == "offer-unknown"
    kept = await world.provider.connector.store.read(lambda unit: unit.decisions.find(dataset=dataset))
    assert (kept[0].scope, kept[0].reasons[0]["code"]) == ("catalog", "fact-unknown")
    await says(world, country="KR-26")
    assert dataset in await catalog(world)
    contract = await world.consumer.agree(world.provider, dataset)
    await fetched(world, contract)
    await says(world, country="US")
    assert dataset not in await catalog(world)
    kept_use = await refused(world, contract, "wrong-place")
    assert kept_use["facts"]["country"] == "US"


async def test_group_of_companies_and_claims(world: World) -> None:
    head = "did:web:group.example"
    await says(world, affiliateOf=[head], iso9001="2027")
    group = await agreed(world, (MMD + "affiliateOf", "isAnyOf", [head, "did:web:other.example"]))
    claim = await agreed(world, (MMD + "claim/iso9001", "eq", "2027"))
    member = await agreed(world, (MMD + "credentialType", "eq", "MembershipCredential"))
    for contract in (group, claim, member):
        await fetched(world, contract)
    await says(world, affiliateOf=["did:web:sold.example"])
    assert (await refused(world, group, "not-affiliated"))["facts"]["affiliateOf"] == ["did:web:sold.example"]
    await refused(world, claim, "fact-unknown")
    await fetched(world, member)


async def test_the_class_of_the_data(world: World) -> None:
    """What the data card says decides; what could never be fetched is not even offered."""
    export, level = (MMD + "exportControl", "isAnyOf", ["none", "reported"]), (MMD + "pseudonymLevel", "gteq", "2")
    core = {"classification": ["core-technology"]}
    for answers, terms, published in (
        ({"exportControl": "reported", "pseudonymLevel": "3"}, (export, level), True),
        ({}, (export,), True),  # who says what is in the data, and no core technology, says that its export is free
        ({"exportControl": "unknown", "pseudonymLevel": "3"}, (export, level), False),
        (core | {"exportControl": "unknown"}, (export,), False),
        ({"exportControl": "none", "pseudonymLevel": "1"}, (level,), False),
        ({"exportControl": "approved", "pseudonymLevel": "2"}, (export, level), False),
    ):
        upload = await world.provider.api.put("/uploads", params={"name": "dryer.csv"}, content=TABLE)
        body = {"uploadId": upload.json()["uploadId"], "answers": ANSWERS | answers, "terms": policy(*terms)}
        answer = await world.provider.api.post("/datasets", json=body)
        assert answer.status_code == (201 if published else 422), (answers, answer.text)
        if published:
            await fetched(world, await world.consumer.agree(world.provider, answer.json()["id"]))


async def test_the_way_of_delivery(world: World) -> None:
    await fetched(world, await agreed(world, (MMD + "environment", "eq", "fileDelivery")))
    upload = await world.provider.api.put("/uploads", params={"name": "dryer.csv"}, content=TABLE)
    body = {"uploadId": upload.json()["uploadId"], "answers": ANSWERS}
    answer = await world.provider.api.post(
        "/datasets", json=body | {"terms": policy((MMD + "environment", "eq", "cleanRoom"))}
    )
    assert answer.status_code == 422  # nothing can keep it here, so it is not promised
    assert "clean room" in answer.json()["detail"]


async def test_exclusive(world: World) -> None:
    """A second negotiation on the same data set is refused while one lives, whoever asks and by whatever offer."""
    dataset = await world.provider.publish(**policy((MMD + "exclusive", "eq", "true")))
    first = await world.consumer.agree(world.provider, dataset)
    await fetched(world, first)
    ended = await negotiates(world, dataset)
    assert (ended["state"], ended["problem"]["code"]) == ("TERMINATED", "exclusive")
    assert "to itself" in ended["problem"]["detail"]
    await fetched(world, first)
    await world.provider.post(f"/contracts/{first}/withdrawal", {"reason": "over"})
    await world.quiet()
    await fetched(world, await world.consumer.agree(world.provider, dataset))
