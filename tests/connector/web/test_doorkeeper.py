import json
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.requests import Request

from connector.protocol.bindings import BINDINGS, Protocol
from connector.services.errors import TooMany, Unauthenticated
from connector.web.doorkeeper import Doorkeeper
from tests.support.wire import Json
from tests.support.world import CONSUMER, PROVIDER, World

pytestmark = pytest.mark.anyio
PUBLIC, OTHER = "93.184.215.14", "93.184.215.15"


class Named:
    def __init__(self, did: str) -> None:
        self.did = did


class Authenticator:
    """Believes everybody who says a name."""

    async def authenticate(self, header: str | None, *, demand_membership: bool = True) -> Named:
        assert demand_membership
        if not header:
            raise Unauthenticated("who?")
        return Named(header)


def keeper(*, participant: int = 1, stranger: int = 1, proxies: tuple[str, ...] = ()) -> tuple[Doorkeeper, list[float]]:
    now = [0.0]
    made = Doorkeeper(
        Authenticator(),  # type: ignore[arg-type]
        per_participant=participant,
        per_stranger=stranger,
        proxies=[ip_network(proxy) for proxy in proxies],
        now=lambda: now[0],
    )
    return made, now


def request(host: str | None, name: str = "", forwarded: list[str] | None = None) -> Request:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded or []]
    if name:
        headers.append((b"authorization", name.encode()))
    return Request({"type": "http", "headers": headers, "client": (host, 1) if host else None})


def admitted(door: Doorkeeper, asked: Request, most: int = 40) -> int:
    """How many like this come in before the next is turned away."""
    for number in range(most):
        try:
            door.admit(asked)
        except TooMany:
            return number
    return most


async def test_strangers_are_counted_by_their_address() -> None:
    door, now = keeper()
    assert admitted(door, request(PUBLIC)) == 10
    assert admitted(door, request(OTHER)) == 10
    with pytest.raises(TooMany) as caught:
        door.admit(request(PUBLIC))
    assert caught.value.more["retryAfter"] == 1
    now[0] = 3.0
    assert admitted(door, request(PUBLIC)) == 3


async def test_who_shows_who_it_is_is_no_stranger() -> None:
    door, _ = keeper(participant=1000)
    for _ in range(100):
        asked = request(PUBLIC, "did:web:a")
        door.admit(asked)
        assert (await door.caller(asked)).did == "did:web:a"
    for _ in range(10):
        door.admit(request(PUBLIC))
        with pytest.raises(Unauthenticated):
            await door.caller(request(PUBLIC))
    with pytest.raises(TooMany):
        door.admit(request(PUBLIC, "did:web:a"))


async def test_participants_are_counted_by_name_wherever_they_come_from() -> None:
    door, now = keeper()
    for number in range(5):
        await door.caller(request(f"93.184.215.{number}", "did:web:a"))
    with pytest.raises(TooMany, match="did:web:a sends more than is taken here; again in 1 s"):
        await door.caller(request(OTHER, "did:web:a"))
    await door.caller(request(OTHER, "did:web:b"))
    now[0] = 1.0
    await door.caller(request(OTHER, "did:web:a"))


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.7", "172.17.0.1", "::1", "fd00::1", None, "testclient", "/sock"])
async def test_an_address_that_all_may_share_says_nothing(host: str | None) -> None:
    door, _ = keeper()
    assert admitted(door, request(host, forwarded=[PUBLIC])) == 40


@pytest.mark.parametrize(
    ("forwarded", "counts"),
    [
        ([PUBLIC], True),
        ([f"1.2.3.4, {PUBLIC}"], True),
        (["1.2.3.4", PUBLIC], True),
        ([f"{PUBLIC}, 10.0.0.9"], True),
        ([f"{PUBLIC}:4711"], True),
        (["[2606:4700::1111]:443"], True),
        (["192.168.1.5"], True),
        ([], False),
        (["unknown"], False),
        (["10.0.0.8"], False),
        (["," * 10_000], False),
    ],
)
async def test_behind_a_proxy_that_is_trusted_its_word_counts(forwarded: list[str], counts: bool) -> None:
    door, _ = keeper(proxies=("10.0.0.0/24",))
    assert admitted(door, request("10.0.0.7", forwarded=forwarded)) == (10 if counts else 40)


async def test_what_a_caller_says_of_himself_before_a_trusted_proxy_says_nothing() -> None:
    door, _ = keeper(proxies=("10.0.0.7",))
    for number in range(10):
        door.admit(request("10.0.0.7", forwarded=[f"8.8.8.{number}, {PUBLIC}"]))
    with pytest.raises(TooMany):
        door.admit(request("10.0.0.7", forwarded=[f"9.9.9.9, {PUBLIC}"]))


async def test_who_is_no_proxy_is_not_believed() -> None:
    door, _ = keeper(proxies=("10.0.0.7",))
    for number in range(10):
        door.admit(request(PUBLIC, forwarded=[f"8.8.8.{number}"]))
    with pytest.raises(TooMany):
        door.admit(request(PUBLIC, forwarded=["8.8.8.99"]))


async def test_of_one_prefix_all_addresses_are_one() -> None:
    door, _ = keeper()
    assert admitted(door, request("2606:4700::1111")) == 10
    assert admitted(door, request("2606:4700::2222")) == 0
    assert admitted(door, request("2606:4700:0:1::1")) == 10
    assert admitted(door, request("::ffff:93.184.215.14")) == 10
    assert admitted(door, request(PUBLIC)) == 0


async def test_whoever_is_too_quick_reads_it_in_the_words_of_the_protocol(world: World) -> None:
    door = Doorkeeper(world.provider.connector.authenticator, per_participant=1, per_stranger=1, now=lambda: 0.0)
    object.__setattr__(world.provider.connector, "doorkeeper", door)
    for _ in range(5):
        await world.consumer.ask(world.provider, "/catalog/datasets/none")
    for binding in BINDINGS:
        path = binding.path.replace("{pid}", "urn:uuid:0")
        answer = await said(world, path)
        assert answer["@type"] == binding.protocol.value
        assert world.consumer.did in answer["reason"][0]
        if binding.protocol is not Protocol.CATALOG:
            assert answer["providerPid"]
            assert answer["consumerPid"]


async def said(world: World, path: str) -> Json:
    me = world.consumer.connector.authenticator
    headers = {"Authorization": f"Bearer {me.bearer(world.provider.did)}"}
    answer = await world.wire.send(CONSUMER, "POST", world.provider.protocol + path, b"{}", headers)
    assert answer.status == 429
    body: Any = json.loads(answer.body)
    return dict(body)


async def test_a_partner_who_is_told_to_slow_down_loses_nothing(world: World) -> None:
    """Its outbox waits as long as it is told, and goes on."""
    dataset = await world.provider.publish()
    clock = iter(range(10**6))
    door = Doorkeeper(
        world.provider.connector.authenticator, per_participant=1, per_stranger=1, now=lambda: float(next(clock)) / 8
    )
    object.__setattr__(world.provider.connector, "doorkeeper", door)
    world.wire.of(PROVIDER)
    contract = await world.consumer.agree(world.provider, dataset)
    assert (await world.consumer.contract(contract))["state"] == "complete"
