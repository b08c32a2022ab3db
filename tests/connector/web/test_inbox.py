"""The door for what is pushed: strangers are counted, who has opened an inbox is not, and nobody holds a line for nothing."""

import asyncio
import ipaddress
from typing import Any

import pytest
from starlette.requests import Request

from connector.ids import new_iri
from connector.services.errors import BadRequest
from connector.web import inbox
from connector.web.doorkeeper import Doorkeeper
from tests.flows.test_pushes import begin
from tests.support.streaming import Event
from tests.support.wire import Json
from tests.support.world import World

pytestmark = pytest.mark.anyio


class Counting(Doorkeeper):
    """Writes down who comes to an inbox, and who has shown that he may."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.admitted: list[str] = []
        self.known: list[str] = []

    def admit(self, request: Request) -> None:
        super().admit(request)
        self.admitted += [request.method] if "/inbox/" in request.url.path else []

    def shown(self, request: Request) -> None:
        super().shown(request)
        self.known += [request.method] if "/inbox/" in request.url.path else []


def keep(world: World) -> Counting:
    """A doorkeeper of the consumer's that lets ten of each stranger in, and believes the line about where they come from."""
    door = Counting(
        world.consumer.connector.authenticator,
        per_participant=10**6,
        per_stranger=1,
        proxies=[ipaddress.ip_network("127.0.0.0/8")],
        now=lambda: 0.0,
    )
    object.__setattr__(world.consumer.connector, "doorkeeper", door)
    return door


async def knocked(world: World, method: str, address: str) -> int:
    headers = {"Authorization": "DPoP guessed", "DPoP": "x", "X-Forwarded-For": address}
    headers |= {"Upload-Offset": "0"} if method == "PATCH" else {}
    url = f"{world.consumer.url}/data/inbox/{new_iri()}"
    return (await world.wire.send("thief", method, url, b"x", headers)).status


async def test_who_guesses_tokens_is_slowed(world: World) -> None:
    keep(world)
    methods = ["POST", "PUT", "PATCH", "HEAD"] * 3
    statuses = [await knocked(world, method, "8.8.8.8") for method in methods]
    assert statuses == [401] * 10 + [429] * 2
    assert await knocked(world, "POST", "8.8.4.4") == 401


async def test_who_has_opened_an_inbox_does_not_count(world: World) -> None:
    door = keep(world)
    world.wire.cuts = [20_000 // 10]
    _, begun = await begin(world)
    done: Json = await world.consumer.delivered(begun["id"])
    assert done["state"] == "complete"
    assert door.admitted == door.known
    assert set(door.known) >= {"POST", "HEAD", "PATCH"}


async def test_a_push_in_which_nothing_comes_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    assert inbox._IDLE == 60
    monkeypatch.setattr(inbox, "_IDLE", 0)
    coming: list[Event] = [{"type": "http.request", "body": b"ab", "more_body": True}]

    async def receive() -> Event:
        return coming.pop() if coming else await asyncio.get_running_loop().create_future()

    parts = inbox._parts(Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive))
    assert await anext(parts) == b"ab"
    with pytest.raises(BadRequest, match="nothing arrived for") as caught:
        await anext(parts)
    assert caught.value.more["status"] == 408
