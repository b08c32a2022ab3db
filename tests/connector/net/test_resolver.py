import json
from typing import Any

import pytest

from connector.net import resolver as module
from connector.net.resolver import WebDids
from connector.ports.network import PeerAnswer, PeerUnreachable
from tests.support.clock import HandClock

pytestmark = pytest.mark.anyio

DID = "did:web:plant.example"


class Net:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, *answers: PeerAnswer | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def get(self, url: str, token: str | None = None) -> PeerAnswer:
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
    return WebDids(net, clock or HandClock(), laboratory=laboratory, own=own)


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
        (PeerAnswer(200, b'{"id":' + b" " * 100_001 + b'"x"}'), "cannot be read"),
        (PeerAnswer(200, b'{"a":1,"a":2}'), "cannot be read"),
        (PeerUnreachable("down"), "down"),
    ],
)
async def test_what_cannot_be_had_is_not_kept(answer: PeerAnswer | Exception, said: str) -> None:
    net = Net(answer, document())
    known = dids(net)
    with pytest.raises(PeerUnreachable, match=said):
        await known.resolve(DID)
    assert (await known.resolve(DID))["id"] == DID


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
    monkeypatch.setattr(module, "_KEPT", 2)
    net = Net(document())
    known = dids(net)
    for name in ("a", "b", "c", "c", "b", "a"):
        await known.resolve(f"did:web:{name}.example")
    assert [url[8] for url in net.asked] == ["a", "b", "c", "a"]
