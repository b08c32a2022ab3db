import asyncio
import json
import sys
from typing import Any

import pytest

from connector.net import resolver as module
from connector.net.resolver import WebDids
from connector.ports.network import NoRoom, PeerAnswer, PeerUnreachable
from tests.support.clock import HandClock

pytestmark = pytest.mark.anyio

DID = "did:web:plant.example"


class Net:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, *answers: PeerAnswer | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def get(self, url: str, token: str | None = None, **wanted: str | None) -> PeerAnswer:
        assert token is None
        self.asked.append(url)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        raise AssertionError("a DID document is read with GET")


def document(**members: Any) -> PeerAnswer:
    return PeerAnswer(200, json.dumps({"id": DID, **members}).encode())


def dids(net: Net, clock: HandClock | None = None, *, laboratory: bool = False) -> WebDids:
    own = {"did:web:us.example": {"id": "did:web:us.example"}}
    return WebDids(net, clock or HandClock(), laboratory=laboratory, own=own.get)


async def test_a_document_is_fetched_where_the_method_says_and_kept_for_a_while() -> None:
    net, clock = Net(document(n=1), document(n=2)), HandClock()
    known = dids(net, clock)
    assert (await known.resolve(DID))["n"] == 1
    clock.turn(minutes=4)
    assert (await known.resolve(DID))["n"] == 1
    clock.turn(minutes=2)
    assert (await known.resolve(DID))["n"] == 2
    assert net.asked == ["https://plant.example/.well-known/did.json"] * 2


async def test_who_needs_it_fresh_gets_it_fresh_but_not_in_a_loop() -> None:
    net, clock = Net(document(n=1), document(n=2), document(n=3)), HandClock()
    known = dids(net, clock)
    await known.resolve(DID)
    assert (await known.resolve(DID, fresh=True))["n"] == 1
    clock.turn(seconds=31)
    assert (await known.resolve(DID, fresh=True))["n"] == 2
    assert (await known.resolve(DID, fresh=True))["n"] == 2
    assert len(net.asked) == 2


async def test_our_own_document_is_never_asked_for() -> None:
    net = Net(PeerUnreachable("no"))
    assert await dids(net).resolve("did:web:us.example", fresh=True) == {"id": "did:web:us.example"}
    assert net.asked == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (PeerAnswer(404, b""), "answers 404"),
        (PeerAnswer(302, b""), "answers 302"),
        (PeerAnswer(200, b"<html>"), "cannot be read"),
        (PeerAnswer(200, b"[]"), "no JSON object"),
        (PeerAnswer(200, b'{"id":' + b" " * 32_001 + b'"x"}'), "cannot be read"),
        (PeerAnswer(200, b'{"id":"x","y":[' + b"[]," * 9_000 + b"[]]}"), "too many values"),
        (PeerAnswer(200, b'{"a":1,"a":2}'), "cannot be read"),
        (PeerUnreachable("down"), "down"),
    ],
)
async def test_what_cannot_be_had_is_asked_for_again_after_a_while(answer: PeerAnswer | Exception, said: str) -> None:
    net, clock = Net(answer, document()), HandClock()
    known = dids(net, clock)
    for fresh in (False, False, True):
        with pytest.raises(PeerUnreachable, match=said):
            await known.resolve(DID, fresh=fresh)
    assert len(net.asked) == 1
    clock.turn(seconds=31)
    assert (await known.resolve(DID))["id"] == DID


async def test_who_was_only_started_again_is_soon_asked_again_and_who_stays_away_more_seldom() -> None:
    net, clock = Net(*[PeerUnreachable("down")] * 40, document()), HandClock()
    known = dids(net, clock)
    asked_at = []
    for second in range(160):
        before = len(net.asked)
        with pytest.raises(PeerUnreachable):
            await known.resolve(DID)
        asked_at += [second] * (len(net.asked) - before)
        clock.turn(seconds=1)
    assert asked_at == [0, 1, 3, 7, 15, 31, 61, 91, 121, 151]
    clock.turn(seconds=120)  # long ago: as if for the first time
    for said in ("down$", "again 1 seconds"):
        with pytest.raises(PeerUnreachable, match=said):
            await known.resolve(DID)


@pytest.mark.parametrize("did", ["did:web:", "did:key:z6Mk", "nonsense", "did:web:a/b", "did:web:127.0.0.1", ""])
async def test_a_did_that_leads_nowhere_asks_nobody(did: str) -> None:
    net = Net(document())
    with pytest.raises(PeerUnreachable, match="cannot be resolved"):
        await dids(net).resolve(did)
    assert net.asked == []


async def test_ports_and_http_only_in_the_laboratory() -> None:
    net = Net(document())
    await dids(net, laboratory=True).resolve("did:web:localhost%3A8101")
    assert net.asked == ["http://localhost:8101/.well-known/did.json"]


async def test_not_more_is_kept_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 2 * module._weight_of(document().body))
    net = Net(document())
    known = dids(net)
    for name in ("a", "b", "a", "c", "c", "a", "b"):
        await known.resolve(f"did:web:{name}.example")
    # When c came, b was the one that had not been used for longest.
    assert [url[8] for url in net.asked] == ["a", "b", "c", "b"]


async def test_a_document_that_changes_its_size_is_weighed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    net, clock = Net(document(), document(more="x" * 10_000), document()), HandClock()
    known = dids(net, clock)
    for _ in range(3):
        await known.resolve(DID)
        clock.turn(minutes=6)
    assert known._weight == module._weight_of(document().body)


def test_what_a_document_weighs_is_not_underestimated() -> None:
    def in_memory(value: Any) -> int:
        below = list(value) + list(value.values()) if isinstance(value, dict) else value
        inside = sum(in_memory(one) for one in below) if isinstance(value, (dict, list)) else 0
        return sys.getsizeof(value) + inside

    for text in ("[[],[],[],[],[],[],[],[],[]]", '{"a":{"b":{"c":{}}}}', '["😀😀😀","b"]', "[1000,2000,3000]"):
        assert module._weight_of(text.encode()) >= in_memory(json.loads(text))


async def test_failures_that_are_remembered_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FAILURES_KEPT", 3)
    known = dids(Net(PeerUnreachable("down " + "x" * 5_000)))
    for n in range(10):
        with pytest.raises(PeerUnreachable):
            await known.resolve(f"did:web:a{n}.example")
    assert len(known._failed) == 3
    assert all(len(failure.said) <= 300 for failure in known._failed.values())


async def test_that_we_had_no_room_is_not_held_against_a_did() -> None:
    net = Net(NoRoom("full"), document())
    known = dids(net)
    with pytest.raises(NoRoom):
        await known.resolve(DID)
    assert (await known.resolve(DID))["id"] == DID


class Slow(Net):
    """Answers when it is told to."""

    def __init__(self, *answers: PeerAnswer | Exception) -> None:
        super().__init__(*answers)
        self.go = asyncio.Event()

    async def get(self, url: str, token: str | None = None, **wanted: str | None) -> PeerAnswer:
        self.asked.append(url)
        await self.go.wait()
        self.asked.pop()
        return await super().get(url, token)


async def test_all_who_wait_for_one_document_share_one_request() -> None:
    net = Slow(document())
    known = dids(net)
    waiting = [asyncio.create_task(known.resolve(DID, fresh=n % 2 == 0)) for n in range(20)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting[0].cancel()
    net.go.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert all(one == {"id": DID} for one in found[1:])
    assert len(net.asked) == 1


async def test_a_failure_is_shared_too_and_ends_with_those_who_waited() -> None:
    net = Slow(PeerUnreachable("down"))
    known = dids(net)
    waiting = [asyncio.create_task(known.resolve(DID)) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    net.go.set()
    assert all(isinstance(e, PeerUnreachable) for e in await asyncio.gather(*waiting, return_exceptions=True))
    assert len(net.asked) == 1
    await asyncio.sleep(0)
    assert known._flights == {}
