"""The port `Store`: what was removed or written over is in none of its files any more."""

from dataclasses import replace
from typing import Any

import pytest

from connector.ports.records import DeliveryRecord, MessageRecord, PeerRecord
from connector.ports.store import StoreFull
from connector.store.unit_of_work import SqlStore
from tests.ports.places import FolderPlace, Place
from tests.ports.samples import sample

pytestmark = pytest.mark.anyio
SECRET = "김민수-" + "x" * 3000


def bytes_of(folder: FolderPlace) -> bytes:
    return b"".join(file.read_bytes() for file in folder.file.parent.glob(folder.file.name + "*"))


async def test_nothing_is_left_of_what_was_removed(folder: FolderPlace) -> None:
    store = folder.open()
    # As SQLite is where nobody has compiled it to write zeros over what is deleted.
    store._connection.exec_driver_sql("PRAGMA secure_delete = OFF")

    def write(unit: Any) -> None:
        for number in range(50):
            unit.messages.add(sample(MessageRecord, number, body=SECRET.encode()))
        unit.deliveries.add(sample(DeliveryRecord, 1, id="d", person=SECRET))

    def remove(unit: Any) -> None:
        for message in unit.messages.find():
            unit.messages.delete(message.number)
        unit.deliveries.put(replace(unit.deliveries.get("d"), person="(erased)"))

    await store.write(write)
    await store.write(remove)
    # It is not read any more, and still it is there: in the journal, and in free pages of the file.
    assert SECRET.encode() in bytes_of(folder)
    store._connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert SECRET.encode() in folder.file.read_bytes()
    await store.scrub()
    assert SECRET.encode() not in bytes_of(folder)
    assert await store.read(lambda unit: (unit.messages.count(), unit.deliveries.get("d").person)) == (0, "(erased)")
    # It goes on as before, also after a restart.
    await store.write(lambda unit: unit.peers.add(sample(PeerRecord, 1)))
    assert await folder.open().read(lambda unit: unit.peers.count()) == 1
    assert SECRET.encode() not in bytes_of(folder)


async def test_everything_that_is_kept_is_still_there(store: SqlStore, place: Place) -> None:
    for number in range(3):
        await store.write(lambda unit, n=number: unit.log.append("contract", f"sha256:{n:064x}", place.clock.now()))  # type: ignore[misc]
    before = await store.read(lambda unit: (unit.log.head(), unit.log.tlog_proof(1)))
    await store.scrub()
    assert await store.read(lambda unit: (unit.log.head(), unit.log.tlog_proof(1))) == before


async def test_without_room_everything_is_as_it_was(folder: FolderPlace) -> None:
    store = folder.open()
    await store.write(lambda unit: [unit.messages.add(sample(MessageRecord, n, body=bytes(50_000))) for n in range(40)])

    def full(statement: str) -> None:
        raise type("OperationalError", (type("DatabaseError", (Exception,), {}),), {})(
            f"database or disk is full: {statement}"
        )

    run, store._sql = store._sql, full  # type: ignore[method-assign]
    with pytest.raises(StoreFull, match="everything is as it was"):
        await store.scrub()
    store._sql = run  # type: ignore[method-assign]
    assert await store.read(lambda unit: unit.messages.count()) == 40
