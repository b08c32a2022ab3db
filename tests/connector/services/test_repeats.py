from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.clock import format_time
from connector.ports.store import UnitOfWork
from connector.protocol.errors import IllegalTransition
from connector.protocol.messages import TransferStartMessage, TransferSuspensionMessage
from connector.protocol.versions import V2025_1
from connector.services.repeats import MOST_KEPT, Incoming, Reply, beginning, earlier_reply, key_of, prefix_of, remember
from connector.store.log import LogSigner
from connector.store.sqlite import open_in_memory
from connector.store.unit_of_work import SqlStore
from connector.trust.did import DidDocument
from connector.trust.keys import generate_ed25519
from connector.trust.verify import Participant
from connector.wire.codec import encode, fingerprint
from tests.support.clock import NOON, HandClock

pytestmark = pytest.mark.anyio

PIDS: dict[str, Any] = {"provider_pid": "urn:uuid:p", "consumer_pid": "urn:uuid:c"}
TAKEN = Reply(200, {"state": "STARTED"})


@pytest.fixture
async def store(anyio_backend: str) -> AsyncIterator[SqlStore]:
    key = generate_ed25519()
    opened = open_in_memory(LogSigner("x/log", key.sign, key.public.raw()), HandClock())
    yield opened
    opened.close()


def incoming(message: Any, *, sender: str = "did:web:a.example", minutes: float = 0) -> Incoming:
    who = Participant(sender, DidDocument.parse({"id": sender}, sender), None)
    issued = format_time(NOON + timedelta(minutes=minutes))
    return Incoming(who, message, encode(message, V2025_1), fingerprint(message), issued, format_time(NOON))


async def seen(store: SqlStore, message: Incoming, process: str = "p") -> Reply | None:
    return await store.read(lambda unit: earlier_reply(unit, process, message))


async def take(store: SqlStore, message: Incoming, reply: Reply = TAKEN, process: str = "p") -> None:
    def work(unit: UnitOfWork) -> None:
        remember(unit, process, message, reply)

    await store.write(work)


async def test_the_same_message_gets_the_same_answer(store: SqlStore) -> None:
    start = incoming(TransferStartMessage(**PIDS))
    assert await seen(store, start) is None
    await take(store, start)
    assert await seen(store, start) == TAKEN
    # With another token it is the same message all the same.
    assert await seen(store, incoming(start.message, minutes=1)) == TAKEN


async def test_a_refusal_is_an_answer_too(store: SqlStore) -> None:
    start, refused = incoming(TransferStartMessage(**PIDS)), Reply(400, {"reason": ["no"]})
    await take(store, start, refused)
    assert await seen(store, start) == refused


@pytest.mark.parametrize("what", ["process", "sender", "id", "content", "type"])
async def test_any_difference_makes_another_message(store: SqlStore, what: str) -> None:
    start = incoming(TransferStartMessage(**PIDS, id="urn:uuid:1"))
    await take(store, start)
    other = {
        "sender": incoming(start.message, sender="did:web:b.example"),
        "id": incoming(TransferStartMessage(**PIDS, id="urn:uuid:2")),
        "content": incoming(TransferStartMessage(**PIDS, id="urn:uuid:1", data_address={"x": 1})),
        "type": incoming(TransferSuspensionMessage(**PIDS, id="urn:uuid:1")),
        "process": start,
    }[what]
    assert await seen(store, other, "q" if what == "process" else "p") is None


async def test_two_spellings_of_one_message_are_one(store: SqlStore) -> None:
    from connector.wire.codec import decode

    start = TransferStartMessage(**PIDS, id="urn:uuid:1")
    body = encode(start, V2025_1).replace(b'"urn:uuid:p"', b'{"@id": "urn:uuid:p"}')
    other = decode(body, TransferStartMessage)
    assert key_of("p", incoming(start)) == key_of("p", incoming(other))


async def test_without_id_only_the_last_one_is_repeated(store: SqlStore) -> None:
    """Start, suspension, start, suspension: the second of each is no repeat of the first."""
    start = incoming(TransferStartMessage(**PIDS, id=None))
    pause = incoming(TransferSuspensionMessage(**PIDS, id=None), minutes=1)
    await take(store, start)
    assert await seen(store, start) == TAKEN
    await take(store, pause)
    again = incoming(start.message, minutes=2)
    assert await seen(store, again) is None
    await take(store, again)
    assert await seen(store, incoming(start.message, minutes=3)) == TAKEN


async def test_without_id_what_is_older_than_the_last_one_is_too_late(store: SqlStore) -> None:
    start = incoming(TransferStartMessage(**PIDS, id=None))
    pause = incoming(TransferSuspensionMessage(**PIDS, id=None), minutes=1)
    await take(store, pause)
    with pytest.raises(IllegalTransition, match="too late"):
        await seen(store, start)


async def test_without_id_a_refusal_is_not_the_last_one_applied(store: SqlStore) -> None:
    start = incoming(TransferStartMessage(**PIDS, id=None), minutes=1)
    pause = incoming(TransferSuspensionMessage(**PIDS, id=None))
    await take(store, start, Reply(400, {}))
    assert await seen(store, pause) is None


def test_beginnings_of_two_senders_and_two_protocols_are_apart() -> None:
    start, other = incoming(TransferStartMessage(**PIDS)), incoming(TransferStartMessage(**PIDS), sender="did:web:b.x")
    pause = incoming(TransferSuspensionMessage(**PIDS))
    assert len({beginning(message, "urn:uuid:c") for message in (start, other, pause)}) == 3


REFUSED = Reply(400, {"reason": ["not now"]})


@pytest.mark.parametrize("reply", [REFUSED, TAKEN])
async def test_of_a_process_so_many_answers_are_kept_and_no_more(store: SqlStore, reply: Reply) -> None:
    """Refused for ever, or suspended and started for ever: the latest are remembered, and those of others."""
    await take(store, other := incoming(TransferStartMessage(**PIDS, id="urn:uuid:other")), process="another")
    sent = []
    for n in range(MOST_KEPT + 40):
        message = incoming(TransferSuspensionMessage(**PIDS, id=f"urn:uuid:{n}", reason=["night"]), minutes=n)
        sent.append(replace(message, at=format_time(NOON + timedelta(minutes=n))))
    for message in sent:
        await take(store, message, reply)
    kept = await store.read(lambda unit: unit.answered.keys(prefix_of("p"), 10 * MOST_KEPT))
    assert MOST_KEPT // 2 < len(kept) <= MOST_KEPT
    assert [await seen(store, message) for message in sent[-100:]] == [reply] * 100
    assert await seen(store, sent[0]) is None
    assert await seen(store, other, "another") == TAKEN
