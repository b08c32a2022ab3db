"""The port `Exchanges`: many rows at once, found by process, peer and failure, thrown away from the oldest on."""

from dataclasses import replace

import pytest

from connector.ports.records import Exchange
from connector.ports.store import UnitOfWork
from connector.services.transcripts.heard import Heard, to_keep
from tests.ports.places import Place

pytestmark = pytest.mark.anyio


def exchange(number: int, *, process: str = "urn:a", peer: str = "did:web:peer", status: int | None = 200) -> Exchange:
    at = f"2026-11-{number:02d}T09:00:00.000Z"
    told = Heard("in", "GET", "GET", f"/{number}", {"a": "b"}, b"\xff", at, "t", known=True, caller=peer, about=process)
    told.status = status
    return replace(to_keep(told), weight=100)


def addresses(exchanges: object) -> list[str]:
    return [found.address for found in exchanges]  # type: ignore[attr-defined]


async def test_what_was_written_is_read_as_it_was(place: Place) -> None:
    store = place.open()
    await store.write(lambda unit: unit.exchanges.add([exchange(1), exchange(2)]))
    await store.write(lambda unit: unit.exchanges.add([exchange(3, process="urn:b")]))
    found = await store.read(lambda unit: unit.exchanges.of("urn:a", 10))
    assert [replace(e, number=None, volume=0) for e in found] == [exchange(1), exchange(2)]
    assert [e.volume for e in found] == [100, 200]
    assert addresses(await store.read(lambda unit: unit.exchanges.of("urn:a", 1))) == ["/2"]
    assert await store.read(lambda unit: unit.exchanges.of("urn", 10)) == []


async def test_the_latest(place: Place) -> None:
    store = place.open()
    rows = [exchange(1, status=None), exchange(2), exchange(3, status=404, peer="did:web:other"), exchange(4)]
    await store.write(lambda unit: unit.exchanges.add(rows))

    def asked(unit: UnitOfWork) -> list[list[str]]:
        latest = unit.exchanges.latest
        return [
            addresses(latest(2)),
            addresses(latest(9, failed=True)),
            addresses(latest(9, peer="did:web:other")),
            addresses(latest(9, peer="did:web:peer", failed=True)),
        ]

    assert await store.read(asked) == [["/4", "/3"], ["/3", "/1"], ["/3"], ["/1"]]


async def test_processes_by_their_beginning(place: Place) -> None:
    store = place.open()
    rows = [exchange(n, process=name) for n, name in enumerate(["urn:ab", "urn:ac", "urn:ab", "urn:b", "urn:a_"], 1)]
    await store.write(lambda unit: unit.exchanges.add(rows))
    assert await store.read(lambda unit: unit.exchanges.processes("urn:a", 9)) == ["urn:a_", "urn:ab", "urn:ac"]
    assert await store.read(lambda unit: unit.exchanges.processes("urn:a", 1)) == ["urn:a_"]
    assert await store.read(lambda unit: unit.exchanges.processes("urn:a%", 9)) == []


async def test_the_oldest_go_first_by_age_and_by_volume(place: Place) -> None:
    store = place.open()
    await store.write(lambda unit: unit.exchanges.add([exchange(n) for n in range(1, 9)]))

    async def prune(before: int, volume: int, most: int) -> int:
        at = f"2026-11-{before:02d}"
        return await store.write(lambda unit: unit.exchanges.prune(before=at, volume=volume, most=most))

    async def left() -> int:
        return len(await store.read(lambda unit: unit.exchanges.latest(99)))

    assert (await prune(3, 10_000, 1), await left()) == (1, 7)
    assert (await prune(3, 10_000, 9), await left()) == (1, 6)
    assert (await prune(1, 600, 9), await left()) == (0, 6)
    assert (await prune(1, 599, 9), await left()) == (1, 5)
    assert (await prune(1, 200, 2), await left()) == (2, 3)
    assert (await prune(1, 0, 9), await left()) == (3, 0)
    await store.write(lambda unit: unit.exchanges.add([exchange(1)]))
    assert (await prune(1, 100, 9), await left()) == (0, 1)


async def test_gone_through_and_written_over(place: Place) -> None:
    """Their place, and what they weigh, stay: by them is told what is kept."""
    store = place.open()
    await store.write(lambda unit: unit.exchanges.add([exchange(n) for n in range(1, 6)]))
    first = await store.read(lambda unit: unit.exchanges.between(0, 2))
    rest = await store.read(lambda unit: unit.exchanges.between(first[-1].number, 10))
    assert [one.number for one in (*first, *rest)] == sorted({one.number for one in (*first, *rest)})
    assert (len(first), len(rest)) == (2, 3)
    changed = [replace(one, body=b"(erased)", headers={"mmd-person": "(erased)"}, masked=True) for one in rest[:2]]
    await store.write(lambda unit: unit.exchanges.replace(changed))
    assert await store.read(lambda unit: unit.exchanges.between(0, 10)) == [*first, *changed, rest[2]]
