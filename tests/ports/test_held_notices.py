"""A chain of notices is read as far as it is needed, on every store."""

from typing import Any

import pytest

from connector.ports.records import NoticeRecord
from connector.ports.store import UnitOfWork
from connector.protocol.notices import Chain, Notice, NoticeEquivocation, NoticeGap, Seen, holds_receipt
from connector.services.held_notices import HeldDigests, key_of
from connector.store.unit_of_work import SqlStore

pytestmark = pytest.mark.anyio

AGREEMENT, AUTHOR, C = "urn:uuid:1", "did:web:a.example", "sha256:" + "cc" * 32
LENGTH = 300


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def record(number: int, author: str = AUTHOR) -> NoticeRecord:
    return NoticeRecord(
        key=key_of(AGREEMENT, author, number),
        contract=AGREEMENT,
        author=author,
        position=number,
        digest=digest(number),
        kind="holds-receipt",
        document={"n": number},
        at="2026-11-23T09:00:00.000Z",
    )


async def filled(store: SqlStore) -> None:
    def work(unit: UnitOfWork) -> None:
        for number in range(1, LENGTH + 1):
            unit.notices.add(record(number))
        unit.notices.add(record(1, "did:web:b.example"))

    await store.write(work)


def notice(number: int, previous: str | None, seen: Seen | None = None) -> Notice:
    return Notice(AGREEMENT, AUTHOR, "holds-receipt", C, number, previous, seen, holds_receipt(digest(1)))


async def test_it_is_the_chain_that_was_written(store: SqlStore) -> None:
    await filled(store)

    def look(unit: UnitOfWork) -> tuple[Any, ...]:
        held = HeldDigests(unit, AGREEMENT, AUTHOR)
        nobody = HeldDigests(unit, AGREEMENT, "did:web:c.example")
        assert (list(nobody), len(nobody)) == ([], 0)
        for wrong in (LENGTH, -LENGTH - 1):
            with pytest.raises(IndexError):
                held[wrong]
        return len(held), held[0], held[-1], held[-LENGTH], list(held), held[2:4]

    everything = [digest(n) for n in range(1, LENGTH + 1)]
    expected = (LENGTH, digest(1), digest(LENGTH), digest(1), everything, [digest(3), digest(4)])
    assert await store.read(look) == expected


async def test_of_a_long_chain_few_are_read(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it is: what comes next is judged by the last one, and by the one that it names."""
    await filled(store)
    read: list[int] = []
    init = NoticeRecord.__init__

    def counted(self: NoticeRecord, *given: Any, **named: Any) -> None:
        read.append(named["position"])
        init(self, *given, **named)

    def look(unit: UnitOfWork) -> None:
        def chain() -> Chain:
            return Chain(AGREEMENT, AUTHOR, C, HeldDigests(unit, AGREEMENT, AUTHOR))

        monkeypatch.setattr(NoticeRecord, "__init__", counted)
        chain().next("holds-receipt", holds_receipt(digest(1)), other=chain())
        chain().check(notice(LENGTH + 1, digest(LENGTH), Seen(7, digest(7))), digest(0), other=chain())
        with pytest.raises(NoticeGap):
            chain().check(notice(LENGTH + 3, digest(1)), digest(0))
        with pytest.raises(NoticeEquivocation):
            chain().check(notice(5, digest(4)), digest(0))

    await store.read(look)
    monkeypatch.undo()
    assert set(read) <= {5, 7, LENGTH}
    assert len(read) < 20
