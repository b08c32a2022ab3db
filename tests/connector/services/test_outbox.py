import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from connector.ports.network import PeerAnswer, PeerUnreachable
from connector.ports.records import OutboxKind, OutboxRow
from connector.ports.store import UnitOfWork
from connector.services import outbox as module
from connector.services.errors import Busy
from connector.services.outbox import STATE_AFTER, Outbox
from connector.store.log import LogSigner
from connector.store.sqlite import open_in_memory
from connector.store.unit_of_work import SqlStore
from connector.trust.keys import generate_ed25519
from tests.support.clock import HandClock

pytestmark = pytest.mark.anyio

PEER = "did:web:peer.example"
OK, REFUSED, ELSEWHERE = PeerAnswer(200, b"{}"), PeerAnswer(400, b"no"), PeerUnreachable("down")


class Net:
    """Answers in turn; the last answer for ever. Remembers what was sent and asked."""

    def __init__(self, *answers: PeerAnswer | Exception, got: PeerAnswer = OK) -> None:
        self.answers, self.got = list(answers), got
        self.sent: list[bytes] = []
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self.running = self.most = 0
        self.gate: asyncio.Event | None = None

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        self.sent.append(body)
        self.tokens.append(token)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            if self.gate is not None:
                await self.gate.wait()
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer
        finally:
            self.running -= 1

    async def get(self, url: str, token: str | None = None) -> PeerAnswer:
        self.asked.append(url)
        return self.got


class Owner:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.lacking: list[bytes] = []

    def acknowledged(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        self.told.append(("acknowledged", row.event))

    def refused(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        self.told.append(("refused", row.event))

    def delayed(self, unit: UnitOfWork, row: OutboxRow, problem: str) -> None:
        self.told.append(("delayed", problem))

    def late(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        self.told.append(("late", row.event))

    def missing(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> list[bytes]:
        return self.lacking


class Pauses(random.Random):
    """No pause at all, or one that no test would wait for."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def uniform(self, a: float, b: float) -> float:
        return self.factor


@pytest.fixture
async def store(anyio_backend: str) -> AsyncIterator[SqlStore]:
    key = generate_ed25519()
    opened = open_in_memory(LogSigner("x/log", key.sign, key.public.raw()), HandClock())
    yield opened
    opened.close()


def made(store: SqlStore, net: Net, owner: Owner, *, pauses: float = 0.0) -> Outbox:
    counter = iter(range(10_000))
    outbox = Outbox(store, net, lambda audience: f"{audience} {next(counter)}", chance=Pauses(pauses))
    outbox.belongs(dict.fromkeys(OutboxKind, owner))
    return outbox


def row(event: str = "ContractRequestMessage", process: str = "p", **changed: Any) -> OutboxRow:
    values: dict[str, Any] = {
        "process": process,
        "kind": OutboxKind.TRANSFER,
        "peer": PEER,
        "url": f"https://peer.example/dsp/negotiations/{process}/x",
        "event": event,
        "body": f"{process} {event}".encode(),
        "binding": False,
        "created_at": "2026-11-23T09:00:00.000Z",
    }
    return OutboxRow(**{**values, **changed})


async def due(store: SqlStore) -> list[OutboxRow]:
    return list(await store.read(lambda unit: list(unit.outbox.find())))


async def until(holds: Callable[[], bool]) -> None:
    """Let the others go on until something holds."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0)


async def add(store: SqlStore, outbox: Outbox, *rows: OutboxRow) -> None:
    def work(unit: UnitOfWork) -> None:
        for each in rows:
            outbox.add(unit, each)

    await store.write(work)


async def test_what_is_taken_is_no_longer_due(store: SqlStore) -> None:
    net, owner = Net(OK), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row())
    assert outbox.waiting() == 1
    await outbox.idle()
    assert owner.told == [("acknowledged", "ContractRequestMessage")]
    assert (await due(store), outbox.waiting()) == ([], 0)
    assert net.tokens == [f"{PEER} 0"]


async def test_what_is_not_answered_is_sent_again_with_the_same_bytes_and_a_new_token(store: SqlStore) -> None:
    net, owner = Net(ELSEWHERE, PeerAnswer(503, b"busy"), PeerAnswer(500, b""), OK), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row())
    await outbox.idle()
    assert net.sent == [b"p ContractRequestMessage"] * 4
    assert len(set(net.tokens)) == 4
    assert [what for what, _ in owner.told] == ["delayed", "delayed", "delayed", "acknowledged"]
    assert owner.told[0] == ("delayed", "down")
    assert "answers 503" in owner.told[1][1]


async def test_attempts_and_reason_stay_with_the_row(store: SqlStore) -> None:
    net, owner = Net(ELSEWHERE), Owner()
    outbox = made(store, net, owner, pauses=1e9)
    await add(store, outbox, row())
    await until(lambda: bool(owner.told))
    (held,) = await due(store)
    assert (held.attempts, held.problem) == (1, "down")
    await outbox.stop()


async def test_what_fails_in_a_way_that_nobody_expected_stays_due(store: SqlStore) -> None:
    net, owner = Net(RuntimeError("bug"), OK), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row("a"), row("b"))
    await outbox.idle()
    assert owner.told[0] == ("delayed", "sending failed here: RuntimeError")
    assert net.sent == [b"p a", b"p a", b"p b"]


async def test_within_a_process_in_order_and_between_processes_at_once(store: SqlStore) -> None:
    net, owner = Net(OK), Owner()
    net.gate = asyncio.Event()
    outbox = made(store, net, owner)
    await add(store, outbox, row("a", "p"), row("b", "p"), row("a", "q"))
    await until(lambda: net.running == 2)
    assert net.sent == [b"p a", b"q a"]
    net.gate.set()
    await outbox.idle()
    assert net.sent[2:] == [b"p b"]


async def test_not_too_much_at_once_to_one_peer(store: SqlStore) -> None:
    net, owner = Net(OK), Owner()
    net.gate = asyncio.Event()
    outbox = made(store, net, owner)
    await add(store, outbox, *(row(process=f"p{n}") for n in range(50)))
    await until(lambda: net.running == 32)
    net.gate.set()
    await outbox.idle()
    assert (net.most, len(net.sent)) == (32, 50)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 410, 413, 415, 422])
async def test_a_refusal_ends_what_binds_nobody(store: SqlStore, status: int) -> None:
    net, owner = Net(PeerAnswer(status, b"no")), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row())
    await outbox.idle()
    assert owner.told == [("refused", "ContractRequestMessage")]
    assert await due(store) == []


async def test_a_refusal_does_not_end_what_is_signed(store: SqlStore) -> None:
    net, owner = Net(REFUSED, REFUSED, OK), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row(binding=True))
    await outbox.idle()
    assert [what for what, _ in owner.told] == ["delayed", "delayed", "acknowledged"]


async def test_what_is_settled_while_it_waits_is_not_sent_again(store: SqlStore) -> None:
    net, owner = Net(ELSEWHERE), Owner()
    outbox = made(store, net, owner, pauses=1e9)
    await add(store, outbox, row("a"), row("b"))
    await until(lambda: bool(owner.told))
    await store.write(lambda unit: outbox.settle(unit, "p", ()))
    outbox.sign_of_life(PEER)
    await outbox.idle()
    assert net.sent == [b"p a"]
    assert outbox.waiting() == 0


async def test_what_is_settled_while_it_is_under_way_is_told_as_late(store: SqlStore) -> None:
    net, owner = Net(OK), Owner()
    net.gate = asyncio.Event()
    outbox = made(store, net, owner)
    await add(store, outbox, row("a"), row("b"))
    await until(lambda: net.running == 1)
    await store.write(lambda unit: outbox.settle(unit, "p", ("b",)))
    net.gate.set()
    await outbox.idle()
    assert owner.told == [("late", "a"), ("acknowledged", "b")]


async def test_a_sign_of_life_ends_the_pause(store: SqlStore) -> None:
    net, owner = Net(ELSEWHERE, OK), Owner()
    outbox = made(store, net, owner, pauses=1e9)
    await add(store, outbox, row())
    await until(lambda: bool(owner.told))
    outbox.sign_of_life("did:web:somebody.else")
    await asyncio.sleep(0)
    assert len(net.sent) == 1
    outbox.sign_of_life(PEER)
    await outbox.idle()
    assert len(net.sent) == 2


async def test_stopping_while_a_peer_shows_life(store: SqlStore) -> None:
    net, owner = Net(ELSEWHERE), Owner()
    outbox = made(store, net, owner, pauses=1e9)
    await add(store, outbox, row())
    await until(lambda: bool(owner.told))
    await asyncio.sleep(0)
    outbox.sign_of_life(PEER)
    async with asyncio.timeout(10):
        await outbox.stop()
    assert len(await due(store)) == 1


async def test_what_was_due_is_taken_up_after_a_start(store: SqlStore) -> None:
    stopped = made(store, Net(ELSEWHERE), Owner())
    await stopped.stop()
    await add(store, stopped, row("a"), row("b"))
    assert stopped.waiting() == 0
    net, owner = Net(OK), Owner()
    again = made(store, net, owner)
    await again.start()
    await again.idle()
    assert net.sent == [b"p a", b"p b"]


async def test_409_and_the_peer_has_it(store: SqlStore) -> None:
    for event, state in STATE_AFTER.items():
        has = PeerAnswer(200, json.dumps({"state": state}).encode())
        net, owner = Net(PeerAnswer(409, b""), got=has), Owner()
        outbox = made(store, net, owner)
        await add(store, outbox, row(event))
        await outbox.idle()
        assert owner.told == [("acknowledged", event)]
        assert net.asked == ["https://peer.example/dsp/negotiations/p"]


@pytest.mark.parametrize(
    "got", [PeerAnswer(200, b'{"state": "REQUESTED"}'), PeerAnswer(404, b""), PeerAnswer(200, b"x")]
)
async def test_409_and_the_peer_has_it_not(store: SqlStore, got: PeerAnswer) -> None:
    net, owner = Net(PeerAnswer(409, b""), OK, got=got), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row("ContractAgreementMessage"))
    await outbox.idle()
    assert [what for what, _ in owner.told] == ["delayed", "acknowledged"]


async def test_409_and_something_is_missing_before_it(store: SqlStore) -> None:
    net, owner = Net(PeerAnswer(409, b""), OK), Owner()
    owner.lacking = [b"one", b"two"]
    outbox = made(store, net, owner)
    await add(store, outbox, row("holds-receipt 3", kind=OutboxKind.NOTICE))
    await outbox.idle()
    assert net.sent == [b"p holds-receipt 3", b"one", b"two", b"p holds-receipt 3"]
    assert owner.told == [("acknowledged", "holds-receipt 3")]


async def test_a_peer_that_is_away_does_not_fill_the_disk(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DUE", 2)
    outbox = made(store, Net(ELSEWHERE), Owner(), pauses=1e9)
    await add(store, outbox, row(process="a"), row(process="b"))
    with pytest.raises(Busy):
        await add(store, outbox, row(process="c"))
    await add(store, outbox, row(process="c", binding=True))
    await add(store, outbox, replace(row(process="d"), peer="did:web:other.example"))
    assert len(await due(store)) == 4
    await outbox.stop()


async def test_what_binds_nobody_is_given_up_in_the_end(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_ATTEMPTS", 3)
    net, owner = Net(ELSEWHERE), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row())
    await outbox.idle()
    assert (len(net.sent), owner.told[-1]) == (4, ("refused", "ContractRequestMessage"))
    assert await due(store) == []
