"""Strict out: what really goes over the line, message and answer, against every schema of the standard."""

import json
import re
from collections import Counter
from typing import Any, Final

import pytest

from connector.protocol.versions import WELL_KNOWN
from tests.conformance.schemas import problems, schemas
from tests.support.shared import needs_shared
from tests.support.wire import Json
from tests.support.world import World

pytestmark = [pytest.mark.anyio, needs_shared]
WHY: Final[Json] = {"reason": "The dryer rests."}
NOT_SENT: Final = {"dataset-request-message": "over HTTPS a data set is asked for by GET, without a body"}
KNOWN_FLAW: Final = "dspace-version' does not match 'https?://.*?/catalog$'"
"""The schema of DID services wants `/catalog` for both of their kinds (DSP issue 251)."""


async def everything(world: World) -> None:
    """A conversation with each message and each answer in it."""
    provider, consumer = world.provider, world.consumer
    dataset = await provider.publish()
    await consumer.get("/catalog", q="", provider=provider.did)
    await provider.post("/offers", {"consumer": consumer.did, "dataset": dataset})
    await world.quiet()
    (waiting,) = await consumer.get("/negotiations")
    assert (await consumer.approve(waiting["id"])).is_success
    await world.quiet()
    await provider.post("/offers", {"consumer": consumer.did, "dataset": dataset})
    await world.quiet()
    waiting = next(n for n in await consumer.get("/negotiations") if n["state"] == "OFFERED")
    await consumer.post(f"/negotiations/{waiting['id']}/termination", WHY)
    await world.quiet()
    contract = await consumer.agree(provider, dataset)
    for last in ("completion", "termination"):
        begun = await consumer.post("/transfers", {"contract": contract})
        await world.quiet()
        for step in ("suspension", "resumption", last):
            await consumer.post(f"/transfers/{begun['id']}/{step}", {} if step in ("resumption", "completion") else WHY)
            await world.quiet()
    for path in (f"/negotiations/{(await provider.get('/negotiations'))[0]['id']}",
                 f"/transfers/{(await provider.get('/transfers'))[0]['id']}", f"/catalog/datasets/{dataset}"):  # fmt: skip
        assert (await consumer.ask(provider, path))[0] == 200
    for path in ("/catalog/request", "/negotiations/request", "/transfers/request"):
        assert (await consumer.say(provider, path, b"{}"))[0] == 400
    await world.wire.send("consumer", "GET", provider.url + WELL_KNOWN, b"", {})


def documents(world: World) -> list[tuple[str, Any]]:
    """Everything that was sent and has a schema, each with its name."""
    found: list[tuple[str, Any]] = []
    for exchange in world.wire.exchanges:
        for body in (exchange.body, exchange.answer):
            document = json.loads(body) if body.startswith(b"{") else {}
            kind = document.get("@type", "")
            if "protocolVersions" in document:
                found.append(("protocol-version", document))
            if "@context" in document and kind:
                found += [(re.sub(r"(?<!^)(?=[A-Z])", "-", kind).lower(), document), ("context", document["@context"])]
            found += [("contract", document[name]) for name in ("offer", "agreement") if name in document]
            if "dataAddress" in document:
                found.append(("data-address", document["dataAddress"]))
            if kind.startswith("Transfer") and "reason" in document:
                found.append(("transfer", document))
    services = world.provider.connector.identity.did_document["service"]
    return found + [("did-service", s) for s in services if s["type"] in ("CatalogService", "DataService")]


async def test_what_goes_over_the_line_is_valid_by_every_schema(world: World) -> None:
    await everything(world)
    sent = documents(world)
    wrong = [(name, problem) for name, document in sent for problem in _problems(name, document)]
    assert wrong == []
    exercised = Counter(name for name, _ in sent)
    assert set(exercised) == set(schemas()) - set(NOT_SENT)
    assert len(schemas()) == 26
    assert len(exercised) == 25


def _problems(name: str, document: Any) -> list[str]:
    definition = {"contract": document.get("@type") if isinstance(document, dict) else None}.get(name)
    definition = "MessageOffer" if definition == "Offer" else definition
    return [problem for problem in problems(document, name, definition) if not problem.endswith(KNOWN_FLAW)]
