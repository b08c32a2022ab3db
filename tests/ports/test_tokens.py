"""The port `Store`: an identity token is used once, whatever happens in between."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from connector.ports.records import PeerRecord
from connector.store.unit_of_work import SqlStore
from tests.ports.places import FolderPlace, Place
from tests.ports.samples import sample
from tests.support.clock import NOON

pytestmark = pytest.mark.anyio
ISSUER = "did:web:consumer.example"
LATER = NOON + timedelta(minutes=5)


def add_peer(unit: Any) -> None:
    unit.peers.add(sample(PeerRecord, 1))


def fail(unit: Any) -> None:
    add_peer(unit)
    raise RuntimeError("undone")


async def test_once(store: SqlStore) -> None:
    assert await store.use_token_once(ISSUER, "a", LATER)
    assert not await store.use_token_once(ISSUER, "a", LATER)
    assert not await store.use_token_once(ISSUER, "a", LATER + timedelta(days=1))


async def test_a_token_is_its_issuers(store: SqlStore) -> None:
    assert await store.use_token_once(ISSUER, "a", LATER)
    assert await store.use_token_once(ISSUER, "b", LATER)
    assert await store.use_token_once("did:web:other.example", "a", LATER)


async def test_of_many_at_once_one_wins(store: SqlStore) -> None:
    tries = [store.use_token_once(ISSUER, "a", LATER) for _ in range(10)]
    assert sorted(await asyncio.gather(*tries)) == [False] * 9 + [True]


async def test_also_after_a_restart(folder: FolderPlace) -> None:
    store = folder.open()
    assert await store.use_token_once(ISSUER, "a", LATER)
    store.close()
    assert not await folder.open().use_token_once(ISSUER, "a", LATER)


async def test_also_after_a_crash_once_something_was_written(folder: FolderPlace) -> None:
    """The token of a message is written with what the message did, or before."""
    store = folder.open()
    assert await store.use_token_once(ISSUER, "a", LATER)
    await store.write(add_peer)
    assert not await folder.open().use_token_once(ISSUER, "a", LATER)


@pytest.mark.parametrize("alone", [True, False])
async def test_a_unit_that_fails_gives_no_token_back(folder: FolderPlace, alone: bool) -> None:
    store = folder.open()
    assert await store.use_token_once(ISSUER, "a", LATER)
    works = [store.write(fail)] if alone else [store.write(fail), store.write(add_peer)]
    await asyncio.gather(*works, return_exceptions=True)
    assert not await store.use_token_once(ISSUER, "a", LATER)
    store.close()
    assert not await folder.open().use_token_once(ISSUER, "a", LATER)


async def test_expired_ones_are_forgotten_at_a_start(folder: FolderPlace) -> None:
    store = folder.open()
    assert await store.use_token_once(ISSUER, "a", LATER)
    assert await store.use_token_once(ISSUER, "b", LATER + timedelta(hours=1))
    store.close()
    folder.clock.turn(minutes=6)
    store = folder.open()
    assert rows(store) == [f"{ISSUER} b"]
    assert not await store.use_token_once(ISSUER, "b", LATER)


async def test_expired_ones_are_forgotten_now_and_then(place: Place) -> None:
    store = place.open()
    store._forget_at = 4
    for jti in "abc":
        assert await store.use_token_once(ISSUER, jti, LATER)
    await store.write(add_peer)
    place.clock.turn(minutes=6)
    assert await store.use_token_once(ISSUER, "d", LATER + timedelta(hours=1))
    await store.write(lambda unit: unit.peers.count())
    assert rows(store) == [f"{ISSUER} d"]
    assert list(store._tokens) == [f"{ISSUER} d"]


def rows(store: SqlStore) -> list[str]:
    return [row[0] for row in store._connection.exec_driver_sql("SELECT key FROM token_used ORDER BY key")]
