"""Pushing to where a consumer of another make wants its data: any HTTP endpoint, opened as it says."""

import json
from typing import Any

import pytest

from connector.services.addresses import DELIVERY
from tests.support.foreigner import Foreigner
from tests.support.wire import Json
from tests.support.world import PURPOSE, TABLE, World

pytestmark = pytest.mark.anyio

PORT = 8111
URL = f"http://localhost:{PORT}/lake/dryer"
EDC = "https://w3id.org/edc/v0.0.1/ns/"


class Sink:
    """An HTTP endpoint that keeps what it gets; `answers` are the statuses of its next answers."""

    def __init__(self, world: World) -> None:
        self.answers: list[int] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        world.wire.listen(PORT, "lake", self._app)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                return
            body, more = body + event["body"], event["more_body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append((scope["method"], headers, body))
        status = self.answers.pop(0) if self.answers else 201
        if scope["method"] == "HEAD":
            status = 405
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"<h1>no</h1>" if status >= 400 else b""})


def address(properties: Json, **more: Any) -> Json:
    entries = [{"@type": "EndpointProperty", "name": name, "value": value} for name, value in properties.items()]
    return {"@type": "DataAddress", "endpointType": "HttpData", **more, "endpointProperties": entries}


async def push(world: World, data_address: Json | None, **more: Any) -> tuple[int, Json, Foreigner, str]:
    """Ask for a push to this address; the answer, who asked, and under which agreement."""
    foreigner = Foreigner(world)
    dataset = await world.provider.publish(**more)
    agreement = await foreigner.agree(world.provider, dataset)
    asked = {"format": "HttpData-PUSH"} | ({"dataAddress": data_address} if data_address is not None else {})
    status, said = await foreigner.ask_for_transfer(world.provider, agreement, **asked)
    await world.quiet()
    return status, said, foreigner, agreement


@pytest.mark.parametrize(
    ("named", "opening"),
    [
        (address({"authorization": "abc", "authType": "bearer"}, endpoint=URL), ("authorization", "Bearer abc")),
        (address({"authorization": "Basic eA==", "authType": "basic"}, endpoint=URL), ("authorization", "Basic eA==")),
        (
            address({EDC + "baseUrl": URL, EDC + "authKey": "X-Api-Key", EDC + "authCode": "k"}),
            ("x-api-key", "k"),
        ),
        (address({EDC + "endpoint": URL, EDC + "authorization": "a.b.c"}), ("authorization", "a.b.c")),
        (address({"baseUrl": URL, "method": "put"}), ("content-type", "text/csv")),
    ],
)
async def test_opened_as_the_address_says(world: World, named: Json, opening: tuple[str, str]) -> None:
    sink = Sink(world)
    status, _, foreigner, agreement = await push(world, named)
    assert status == 201
    ((method, headers, body),) = sink.requests
    assert (method, body) == ("PUT" if "put" in json.dumps(named) else "POST", TABLE)
    assert headers[opening[0]] == opening[1]
    assert headers["content-length"] == str(len(TABLE))
    foreigner.got("TransferStartMessage")
    foreigner.got("TransferCompletionMessage")
    view = await world.provider.contract(agreement)
    assert (view["usesReserved"], view["deliveries"][0]["state"]) == (1, "complete")
    assert view["deliveries"][0]["purpose"].endswith(PURPOSE)


async def test_what_breaks_is_sent_again_once(world: World) -> None:
    sink = Sink(world)
    sink.answers = [503]
    _, _, foreigner, agreement = await push(world, address({"authorization": "t"}, endpoint=URL))
    assert [(method, len(body)) for method, _, body in sink.requests] == [
        ("POST", len(TABLE)),
        ("HEAD", 0),
        ("POST", len(TABLE)),
    ]
    foreigner.got("TransferCompletionMessage")
    assert (await world.provider.contract(agreement))["usesReserved"] == 1


async def test_an_endpoint_that_breaks_again_and_again_gets_no_third_view(world: World) -> None:
    sink = Sink(world)
    sink.answers = [503, 503, 503, 503]
    _, _, foreigner, agreement = await push(world, address({"authorization": "t"}, endpoint=URL))
    assert sum(method == "POST" for method, _, _ in sink.requests) == 2
    assert "repeated too often" in foreigner.got("TransferTerminationMessage")["reason"][0]
    assert (await world.provider.contract(agreement))["usesReserved"] == 1


async def test_an_endpoint_that_refuses(world: World) -> None:
    sink = Sink(world)
    sink.answers = [403]
    _, _, foreigner, _ = await push(world, address({"authorization": "t"}, endpoint=URL))
    assert "403" in foreigner.got("TransferTerminationMessage")["reason"][0]
    (shown,) = await world.provider.get("/transfers")
    assert (shown["state"], "403" in shown["problem"]["detail"]) == ("TERMINATED", True)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (None, "needs a dataAddress"),
        (address({}), "names no endpoint"),
        (address({}, endpoint="http://169.254.169.254/latest"), "cannot be used"),
        (address({}, endpoint="https://10.0.0.1/x"), "cannot be used"),
        (address({}, endpoint="file:///etc/passwd"), "cannot be used"),
        (address({"authKey": "Host", "authCode": "x"}, endpoint=URL), "not for it to set"),
        (address({"authKey": "X\r\nY", "authCode": "x"}, endpoint=URL), "not for it to set"),
        (address({"authorization": "a\r\nX: y"}, endpoint=URL), "cannot stand in a header"),
        (address({"method": "DELETE"}, endpoint=URL), "POST and PUT"),
    ],
)
async def test_addresses_that_are_refused_at_the_door(world: World, named: Json | None, said: str) -> None:
    sink = Sink(world)
    status, body, _, _ = await push(world, named)
    assert (status, body["@type"], said in body["reason"][0]) == (400, "TransferError", True), body
    assert sink.requests == []
    assert await world.provider.get("/transfers") == []


async def test_only_where_the_contract_fixes_the_purpose(world: World) -> None:
    sink = Sink(world)
    _, _, foreigner, agreement = await push(world, address({}, endpoint=URL), purposes=[PURPOSE, "research"], count=3)
    assert "several purposes" in foreigner.got("TransferTerminationMessage")["reason"][0]
    assert sink.requests == []
    assert (await world.provider.contract(agreement))["usesReserved"] == 0


async def test_a_pull_has_no_address_and_an_unknown_format_none_at_all(world: World) -> None:
    foreigner = Foreigner(world)
    agreement = await foreigner.agree(world.provider, await world.provider.publish())
    for asked, said in (
        ({"dataAddress": address({}, endpoint=URL)}, "for push only"),
        ({"format": "Kafka-PUSH"}, "HttpData-PULL and HttpData-PUSH"),
    ):
        status, body = await foreigner.ask_for_transfer(world.provider, agreement, **asked)
        assert (status, said in body["reason"][0]) == (400, True)
    asked = {"format": "https://w3id.org/dspace-sig/profile/http-pull"}
    assert (await foreigner.ask_for_transfer(world.provider, agreement, **asked))[0] == 201


async def test_both_ways_are_in_the_catalog(world: World) -> None:
    dataset = await world.provider.publish()
    _, found = await world.consumer.ask(world.provider, f"/catalog/datasets/{dataset}")
    assert [way["format"] for way in found["distribution"]] == ["HttpData-PULL", "HttpData-PUSH"]


async def test_a_delivery_of_another_transfer_completes_nothing(world: World) -> None:
    sink = Sink(world)
    named = address({"authorization": "t", DELIVERY: "urn:uuid:0f6ad7a2-0000-4000-8000-00000000000d"}, endpoint=URL)
    _, _, foreigner, agreement = await push(world, named)
    assert foreigner.got("TransferCompletionMessage")
    sent = len(sink.requests)
    await foreigner.ask_for_transfer(world.provider, agreement, format="HttpData-PUSH", dataAddress=named)
    await world.quiet()
    assert "another transfer" in foreigner.got("TransferTerminationMessage")["reason"][0]
    assert len(sink.requests) == sent
    assert (await world.provider.contract(agreement))["usesReserved"] == 1
