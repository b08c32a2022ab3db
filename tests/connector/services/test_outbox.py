import asyncio
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
from connector.services.lines import FIRST_AT_ONCE, MOST_AT_ONCE, State
from connector.services.outbox import Outbox
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

    async def get(self, url: str, token: str | None = None, **wanted: str | None) -> PeerAnswer:
        self.asked.append(url)
        return self.got


class Owner:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.said: list[str] = []
        self.lacking: list[bytes] = []

    def acknowledged(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        self.told.append(("acknowledged", row.event))

    def refused(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        self.told.append(("refused", row.event))
        self.said.append(answer.text)

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


def made(
    store: SqlStore, net: "Net | Town", owner: Owner, *, clock: HandClock | None = None, pauses: float = 0.0
) -> Outbox:
    counter = iter(range(10_000))
    outbox = Outbox(
        store, net, lambda audience: f"{audience} {next(counter)}", clock or HandClock(), chance=Pauses(pauses)
    )
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
    """Few to one that has not answered yet; more, and never too many, to one that does."""
    net, owner = Net(OK), Owner()
    net.gate = asyncio.Event()
    outbox = made(store, net, owner)
    await add(store, outbox, *(row(process=f"p{n}") for n in range(100)))
    for running in (FIRST_AT_ONCE, 2 * FIRST_AT_ONCE, MOST_AT_ONCE, 100 - 7 * FIRST_AT_ONCE):
        await until(lambda running=running: net.running == min(running, MOST_AT_ONCE))  # type: ignore[misc]
        net.gate, answering = asyncio.Event(), net.gate
        answering.set()
    net.gate.set()
    await outbox.idle()
    assert (net.most, len(net.sent)) == (MOST_AT_ONCE, 100)


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
    await again.start(alone=True)
    await again.idle()
    assert net.sent == [b"p a", b"p b"]


async def test_409_and_the_peer_has_it(store: SqlStore) -> None:
    net, owner = Net(PeerAnswer(409, b""), got=PeerAnswer(200, b'{"state": "AGREED"}')), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row("ContractAgreementMessage"))
    await outbox.idle()
    assert owner.told == [("acknowledged", "ContractAgreementMessage")]
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


@pytest.mark.parametrize("binding", [True, False])
async def test_409_and_it_is_over_there(store: SqlStore, binding: bool) -> None:
    net, owner = Net(PeerAnswer(409, b"no"), OK, got=PeerAnswer(200, b'{"state": "TERMINATED"}')), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row("ContractAgreementVerificationMessage", binding=binding))
    await outbox.idle()
    assert [what for what, _ in owner.told] == (["delayed", "acknowledged"] if binding else ["refused"])


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


async def test_what_binds_nobody_is_given_up_in_the_end(store: SqlStore) -> None:
    net, owner, clock = Net(ELSEWHERE), Owner(), HandClock()
    outbox = made(store, net, owner, clock=clock, pauses=1e9)
    await add(store, outbox, row(process="a"), row(process="b", binding=True))
    await until(lambda: len(owner.told) == 2)
    clock.turn(days=8)
    outbox.sign_of_life(PEER)
    await until(lambda: ("refused", "ContractRequestMessage") in owner.told)
    await until(lambda: len(owner.told) == 4)
    assert [held.process for held in await due(store)] == ["b"]
    assert "given up after 7 days: down" in owner.said[-1]
    await outbox.stop()


START, SUSPENSION = "TransferStartMessage", "TransferSuspensionMessage"


async def test_of_messages_of_one_name_the_oldest_is_settled(store: SqlStore) -> None:
    """Start, suspension, start: the peer's next message implies the first start, not the second."""
    net, owner = Net(OK), Owner()
    net.gate = asyncio.Event()
    outbox = made(store, net, owner)
    await add(store, outbox, row(START, body=b"1"), row(SUSPENSION, body=b"2"), row(START, body=b"3"))
    await until(lambda: net.running == 1)
    await store.write(lambda unit: outbox.settle(unit, "p", (SUSPENSION, START)))
    assert [held.body for held in await due(store)] == [b"2", b"3"]
    net.gate.set()
    await outbox.idle()
    # The answer to the first came when it was settled: it is late, and acknowledges no other of its name.
    assert owner.told == [("late", START), ("acknowledged", SUSPENSION), ("acknowledged", START)]
    assert net.sent == [b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("pending", "left"),
    [
        ((START, SUSPENSION, START), [b"1", b"2", b"3"]),
        ((SUSPENSION, START), [b"2", b"3"]),
        ((SUSPENSION,), [b"2"]),
        ((), []),
    ],
)
async def test_what_stays_due_when_something_is_settled(
    store: SqlStore, pending: tuple[str, ...], left: list[bytes]
) -> None:
    outbox = made(store, Net(ELSEWHERE), Owner(), pauses=1e9)
    await add(store, outbox, row(START, body=b"1"), row(SUSPENSION, body=b"2"), row(START, body=b"3"))
    await store.write(lambda unit: outbox.settle(unit, "p", pending))
    assert [held.body for held in await due(store)] == left
    await outbox.stop()


async def test_settling_ends_the_pause(store: SqlStore) -> None:
    """What follows a message that is settled does not wait for the end of its pause."""
    net, owner = Net(PeerAnswer(500, b"no"), OK), Owner()
    outbox = made(store, net, owner, pauses=1e9)
    await add(store, outbox, row("a"), row("b"))
    await until(lambda: bool(owner.told))
    outbox.sign_of_life(PEER)  # changes nothing: the peer is there, and minds the message
    await asyncio.sleep(0)
    assert net.sent == [b"p a"]
    await store.write(lambda unit: outbox.settle(unit, "p", ("b",)))
    await outbox.idle()
    assert net.sent == [b"p a", b"p b"]


class Town:
    """Several peers at once: by what stands before the name in their addresses."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.hanging = 0
        self.gate = asyncio.Event()

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        self.sent.append(body.decode())
        if "//dead." in url:
            raise PeerUnreachable("nobody listens")
        if "//tar." in url:
            self.hanging += 1
            await self.gate.wait()
            raise PeerUnreachable("no answer in time")
        return OK

    async def get(self, url: str, token: str | None = None, **wanted: str | None) -> PeerAnswer:
        raise AssertionError(url)


def to(name: str, number: int) -> OutboxRow:
    peer = f"did:web:{name}.example"
    return row(process=f"{name}{number}", peer=peer, url=f"https://{name}.example/dsp/negotiations/x/y")


async def test_a_dead_and_a_slow_peer_slow_nobody(store: SqlStore) -> None:
    """Everything for the healthy one is delivered while the others still hang, and they hold little."""
    town, owner = Town(), Owner()
    outbox = made(store, town, owner, pauses=1e9)
    await add(store, outbox, *(to(name, n) for n in range(200) for name in ("dead", "tar", "well")))
    await until(lambda: len([told for told in owner.told if told[0] == "acknowledged"]) == 200)
    await until(lambda: len(outbox.lines()) == 2)
    assert town.hanging == FIRST_AT_ONCE
    dead = [sent for sent in town.sent if sent.startswith("dead")]
    assert len(dead) <= 2 * FIRST_AT_ONCE
    lines = {line.peer: line for line in outbox.lines()}
    assert set(lines) == {"did:web:dead.example", "did:web:tar.example"}
    assert (lines["did:web:dead.example"].state, lines["did:web:dead.example"].due) == (State.OPEN, 200)
    assert lines["did:web:dead.example"].problem == "nobody listens"
    town.gate.set()
    await until(lambda: {line.state for line in outbox.lines()} == {State.OPEN})
    assert town.hanging <= 2 * FIRST_AT_ONCE
    await outbox.stop()


async def test_those_who_wait_for_a_dead_peer_are_told_why(store: SqlStore) -> None:
    town, owner = Town(), Owner()
    outbox = made(store, town, owner, pauses=1e9)
    await add(store, outbox, *(to("dead", n) for n in range(5)))
    await until(lambda: outbox.lines()[0].state is State.OPEN)
    await add(store, outbox, to("dead", 5))
    await until(lambda: ("delayed", "not tried now: nobody listens") in owner.told)
    held = (await due(store))[-1]
    assert (held.attempts, held.problem) == (0, "not tried now: nobody listens")
    assert "dead5 ContractRequestMessage" not in town.sent
    await outbox.stop()


async def test_one_message_goes_to_see_whether_the_peer_is_back(store: SqlStore) -> None:
    net, owner = Net(ELSEWHERE), Owner()
    outbox = made(store, net, owner, pauses=1e9)
    await add(store, outbox, *(row(process=f"p{n}") for n in range(20)))
    await until(lambda: outbox.lines()[0].state is State.OPEN and not net.running)
    before = len(net.sent)
    outbox.sign_of_life(PEER)
    await until(lambda: len(net.sent) == before + 1 and outbox.lines()[0].state is State.OPEN)
    net.answers = [OK]
    outbox.sign_of_life(PEER)
    await outbox.idle()
    assert len([told for told in owner.told if told[0] == "acknowledged"]) == 20
    assert outbox.lines() == []


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateway_before_a_dead_peer_opens_the_line(store: SqlStore, status: int) -> None:
    net, owner = Net(PeerAnswer(status, b"<html><h1>Bad Gateway</h1></html>")), Owner()
    outbox = made(store, net, owner, pauses=1e9)
    await add(store, outbox, *(row(process=f"p{n}") for n in range(8)))
    await until(lambda: outbox.lines()[0].state is State.OPEN)
    problem = outbox.lines()[0].problem
    assert problem is not None
    assert problem.endswith(f"answers {status} to ContractRequestMessage: Bad Gateway")
    await outbox.stop()


async def test_one_message_that_a_peer_cannot_bear_stops_no_other(store: SqlStore) -> None:
    net, owner = Net(PeerAnswer(500, b"bug")), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row("poison", "p"))
    await until(lambda: len(owner.told) > 20)
    assert outbox.lines()[0].state is State.CLOSED
    await outbox.stop()


async def test_too_many_requests_hold_the_whole_line(store: SqlStore) -> None:
    """429: nothing goes to this peer before it said, whatever it says to us meanwhile."""
    net, owner = Net(PeerAnswer(429, b"slower", retry_after=40.0)), Owner()
    outbox = made(store, net, owner, pauses=0.0)
    await add(store, outbox, row(process="p0"))
    await until(lambda: bool(owner.told))
    await add(store, outbox, row(process="p1"))
    outbox.sign_of_life(PEER)
    await until(lambda: len(owner.told) == 2)
    (line,) = outbox.lines()
    assert (line.state, len(net.sent)) == (State.OPEN, 1)
    assert 35 < (line.again_in or 0) <= 40
    await outbox.stop()


async def test_nobody_bids_us_wait_for_ever(store: SqlStore) -> None:
    net, owner = Net(PeerAnswer(429, b"", retry_after=1e9)), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row())
    await until(lambda: bool(owner.told))
    assert 290 < (outbox.lines()[0].again_in or 0) <= 300
    await outbox.stop()


async def test_a_message_waits_as_long_as_a_busy_peer_says(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float | None] = []
    honest = asyncio.timeout

    def timeout(seconds: float | None) -> asyncio.Timeout:
        pauses.append(seconds)
        return honest(0.0 if seconds == 7.0 else seconds)

    monkeypatch.setattr("connector.services.outbox.asyncio.timeout", timeout)
    net, owner = Net(PeerAnswer(503, b"", retry_after=7.0), OK), Owner()
    outbox = made(store, net, owner)
    await add(store, outbox, row())
    await outbox.idle()
    assert (pauses, len(net.sent)) == ([7.0], 2)


async def test_two_workers_never_send_the_same_message(store: SqlStore) -> None:
    """Two outboxes over one database, both restarted again and again: each message leaves once."""
    town, owner, clock = Town(), Owner(), HandClock()
    both = [made(store, town, owner, clock=clock) for _ in range(2)]
    for number in range(20):
        await add(store, both[number % 2], to("well", number))
        await both[0].start(alone=False)
        await both[1].start(alone=False)
    for each in both:
        await each.idle()
    assert sorted(town.sent) == sorted(f"well{n} ContractRequestMessage" for n in range(20))
    assert len(owner.told) == 20


async def test_what_a_dead_worker_leaves_behind_is_taken_over_once(store: SqlStore) -> None:
    town, owner, clock = Town(), Owner(), HandClock()
    dead = made(store, Net(ELSEWHERE), Owner(), clock=clock)
    await dead.stop()
    await add(store, dead, to("well", 1))
    others = [made(store, town, owner, clock=clock) for _ in range(2)]
    for each in others:
        await each.start(alone=False)
    assert [each.waiting() for each in others] == [0, 0]
    clock.turn(minutes=11)
    await asyncio.gather(*(each.start(alone=False) for each in others))
    assert sorted(each.waiting() for each in others) == [0, 1]
    for each in others:
        await each.idle()
    assert town.sent == ["well1 ContractRequestMessage"]


async def test_whose_claim_has_run_out_sends_only_what_nobody_has_taken(store: SqlStore) -> None:
    """A worker that was stopped for long (a laptop that slept) finds its messages taken, and leaves them alone."""
    net, owner, clock = Net(ELSEWHERE), Owner(), HandClock()
    slept = made(store, net, owner, clock=clock, pauses=1e9)
    await add(store, slept, row("a", "p"), row("a", "q"))
    await until(lambda: len(owner.told) == 2)
    clock.turn(minutes=11)
    town, others = Town(), Owner()
    awake = made(store, town, others, clock=clock)
    await awake.start(alone=False)
    await awake.idle()
    sent = len(net.sent)
    await add(store, slept, row("b", "r"))
    slept.sign_of_life(PEER)
    await until(lambda: slept.waiting() == 1)
    assert net.sent[sent:] == [b"r b"]
    assert len(others.told) == 2
    await slept.stop()


async def test_a_claim_is_renewed_before_it_runs_out(store: SqlStore) -> None:
    net, owner, clock = Net(ELSEWHERE, OK), Owner(), HandClock()
    outbox = made(store, net, owner, clock=clock, pauses=1e9)
    net.gate = asyncio.Event()
    await add(store, outbox, row())
    await until(lambda: net.running == 1)
    (before,) = await due(store)
    clock.turn(minutes=7)
    net.gate.set()
    await until(lambda: bool(owner.told))
    (after,) = await due(store)
    assert (after.claimed_by, after.claimed_until > before.claimed_until) == (before.claimed_by, True)
    await outbox.stop()
