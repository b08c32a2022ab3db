"""A term that nobody here can keep is refused by its name: when it is written, published, offered, asked for and judged."""

import copy
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest

from connector.ports.store import UnitOfWork
from tests.flows.test_counteroffers import opened, say
from tests.support.wire import Json
from tests.support.world import ANSWERS, PURPOSE, TABLE, Member, World

pytestmark = pytest.mark.anyio

SOLVENCY: Final = "https://example.org/terms/solvency"
ODD: Final[dict[str, tuple[str, Json]]] = {
    "operand": (SOLVENCY, {"leftOperand": SOLVENCY, "operator": "eq", "rightOperand": "good"}),
    "operator": ("hasPart", {"leftOperand": "odrl:count", "operator": "hasPart", "rightOperand": "3"}),
    "unit": (
        "unit",
        {"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": "3", "odrl:unit": {"@id": "urn:kg"}},
    ),
    "reference": (
        "rightOperandReference",
        {"leftOperand": "odrl:count", "operator": "lteq", "odrl:rightOperandReference": {"@id": "urn:elsewhere"}},
    ),
}
RULES: Final[dict[str, tuple[str, Json]]] = {
    "action": ("play", {"permission": [{"action": "odrl:play"}]}),
    "duty": ("compensate", {"permission": [{"action": "use", "duty": [{"action": "odrl:compensate"}]}]}),
    "prohibition": ("print", {"permission": [{"action": "use"}], "prohibition": [{"action": "odrl:print"}]}),
    "refinement": (
        "refinement",
        {"permission": [{"action": [{"rdf:value": {"@id": "odrl:use"}, "refinement": [ODD["unit"][1]]}]}]},
    ),
    "profile": ("urn:x:profile", {"permission": [{"action": "use"}], "profile": "urn:x:profile"}),
    "obligation": ("nextPolicy", {"permission": [{"action": "use"}], "obligation": [{"action": "odrl:nextPolicy"}]}),
}


def terms_with(constraint: Json) -> Json:
    return {"permission": [{"action": "use", "constraint": [constraint]}]}


CASES: Final = {**{name: (term, terms_with(part)) for name, (term, part) in ODD.items()}, **RULES}


async def test_it_is_neither_drafted_nor_published_nor_offered(world: World) -> None:
    upload = await world.provider.api.put("/uploads", params={"name": "dryer.csv"}, content=TABLE)
    body = {"uploadId": upload.json()["uploadId"], "answers": ANSWERS}
    _, theirs = await opened(world)
    for name, (term, policy) in CASES.items():
        for path, asked in (
            ("/datasets", {**body, "terms": {"policy": policy}}),
            ("/terms", {"terms": {"policy": policy}}),
            (f"/negotiations/{theirs}/offers", {"terms": {"policy": policy}}),
        ):
            refused = await world.provider.api.post(path, json=asked)
            assert refused.status_code == 422, (name, path, refused.text)
            assert term in refused.text, (name, path, refused.text)


def adding(constraint: Json) -> Any:
    """Changes an offer on the line: one more condition on its first permission."""

    def alter(message: Json) -> None:
        message["offer"]["permission"][0].setdefault("constraint", []).append(constraint)

    return alter


async def accepts(member: Member, pid: str) -> httpx.Response:
    """Somebody says yes to what he was shown."""
    shown = (await member.negotiation(pid))["offer"]["terms"]
    return await member.api.post(f"/negotiations/{pid}/acceptance", json={"terms": shown})


@pytest.mark.parametrize("name", ["operand", "operator"])
async def test_a_consumer_does_not_accept_it(world: World, name: str) -> None:
    term, constraint = ODD[name]
    mine, theirs = await opened(world)
    world.wire.alter("ContractOfferMessage", adding(constraint))
    await say(world, world.provider, theirs, "offers", {"terms": {"purposes": [PURPOSE]}})
    refused = await accepts(world.consumer, mine)
    assert refused.status_code == 409, refused.text
    assert term in refused.json()["detail"]
    assert (await world.consumer.negotiation(mine))["state"] == "OFFERED"


@pytest.mark.parametrize("name", ["operand", "operator"])
async def test_a_provider_does_not_agree_to_it(world: World, name: str) -> None:
    term, constraint = ODD[name]
    mine, theirs = await opened(world)
    await say(world, world.provider, theirs, "offers", {"terms": {"purposes": [PURPOSE]}})
    world.wire.alter("ContractRequestMessage", adding(constraint))
    await say(world, world.consumer, mine, "offers", {"terms": {"purposes": [PURPOSE], "count": 1}})
    refused = await accepts(world.provider, theirs)
    assert refused.status_code == 409, refused.text
    assert term in refused.json()["detail"]
    assert await world.provider.get("/contracts") == []


async def test_it_carries_no_data_even_if_it_stood_in_a_contract(world: World) -> None:
    agreed = await world.consumer.agree(world.provider, await world.provider.publish())
    _, constraint = ODD["operand"]

    def spoil(unit: UnitOfWork) -> None:
        held = unit.contracts.get(agreed)
        assert held is not None
        agreement = copy.deepcopy(held.agreement)
        agreement["permission"][0].setdefault("constraint", []).append(constraint)
        unit.contracts.put(replace(held, agreement=agreement))

    await world.provider.connector.store.write(spoil)
    found = await world.consumer.fetch(agreed)
    assert found["state"] != "complete", found
    contract = await world.provider.contract(agreed)
    assert contract["usesReserved"] == 0
