"""The port `Records`: what is written is what is read, for every kind of record."""

import dataclasses
from dataclasses import replace
from typing import Any

import pytest

from connector.ports.records import Act, ContractRecord, OutboxKind, OutboxRow, PeerRecord
from connector.ports.store import Duplicate
from connector.protocol.machine import Role
from connector.store.unit_of_work import SqlStore
from tests.ports.places import FolderPlace, Place
from tests.ports.samples import KINDS, sample

pytestmark = pytest.mark.anyio
every_kind = pytest.mark.parametrize("name", KINDS)
COUNTED = [name for name, (_, key) in KINDS.items() if key == "number"]


async def add(store: SqlStore, name: str, record: Any) -> Any:
    return await store.write(lambda unit: getattr(unit, name).add(record))


async def put(store: SqlStore, name: str, record: Any) -> None:
    await store.write(lambda unit: getattr(unit, name).put(record))


async def get(store: SqlStore, name: str, record: Any) -> Any:
    key = getattr(record, KINDS[name][1])
    return await store.read(lambda unit: getattr(unit, name).get(key))


async def find(store: SqlStore, name: str, **wanted: Any) -> list[Any]:
    return await store.read(lambda unit: list(getattr(unit, name).find(**wanted)))


@every_kind
@pytest.mark.parametrize("sparse", [False, True])
async def test_what_is_written_is_read(place: Place, name: str, sparse: bool) -> None:
    store = place.open()
    written = await add(store, name, sample(KINDS[name][0], 1, sparse=sparse))
    assert await get(store, name, written) == written
    assert await find(store, name) == [written]
    if place.lasting:
        assert await get(place.open(), name, written) == written


@every_kind
async def test_a_record_is_changed_as_a_whole(place: Place, name: str) -> None:
    store = place.open()
    kind, key = KINDS[name]
    first = await add(store, name, sample(kind, 1))
    second = await add(store, name, sample(kind, 2))
    for other in (sample(kind, 3), sample(kind, 4, sparse=True)):
        changed = replace(other, **{key: getattr(first, key)})
        await put(store, name, changed)
        for each in (store, place.open()) if place.lasting else (store,):
            assert await get(each, name, first) == changed
            assert await get(each, name, second) == second


@pytest.mark.parametrize("name", ["negotiations", "contracts", "deliveries", "peers"])
async def test_each_property_is_changed_alone(place: Place, name: str) -> None:
    store = place.open()
    kind, key = KINDS[name]
    record, other = await add(store, name, sample(kind, 1)), sample(kind, 2)
    for field in dataclasses.fields(kind):
        if field.name != key:
            record = replace(record, **{field.name: getattr(other, field.name)})
            await put(store, name, record)
            assert await get(store, name, record) == record
    assert record == replace(other, **{key: getattr(record, key)})
    if place.lasting:
        assert await get(place.open(), name, record) == record


@every_kind
async def test_put_writes_what_is_not_there(store: SqlStore, name: str) -> None:
    await put(store, name, sample(KINDS[name][0], 1))
    assert len(await find(store, name)) == 1


@every_kind
async def test_what_is_deleted_is_gone(store: SqlStore, name: str) -> None:
    kind, key = KINDS[name]
    first, second = await add(store, name, sample(kind, 1)), await add(store, name, sample(kind, 2))
    for _ in range(2):  # the second time there is nothing to delete, which is fine
        await store.write(lambda unit: getattr(unit, name).delete(getattr(first, key)))
        assert await get(store, name, first) is None
        assert await find(store, name) == [second]
    await put(store, name, first)
    assert await get(store, name, first) == first


@pytest.mark.parametrize("name", [name for name in KINDS if name not in COUNTED])
async def test_a_key_is_given_once(store: SqlStore, name: str) -> None:
    kind, key = KINDS[name]
    first = await add(store, name, sample(kind, 1))
    twin = replace(sample(kind, 2), **{key: getattr(first, key)})
    with pytest.raises(Duplicate):
        await add(store, name, twin)
    assert await find(store, name) == [first]


async def test_a_unit_may_go_on_after_a_duplicate(store: SqlStore) -> None:
    first, second = sample(PeerRecord, 1), sample(PeerRecord, 2)

    def work(unit: Any) -> None:
        unit.peers.add(first)
        with pytest.raises(Duplicate):
            unit.peers.add(replace(second, did=first.did))
        unit.peers.add(second)

    await store.write(work)
    assert await find(store, "peers") == [first, second]


@pytest.mark.parametrize("name", ["contracts", "offers", "peers"])
async def test_a_key_is_given_once_also_after_a_restart(folder: FolderPlace, name: str) -> None:
    """Nobody has it in memory then."""
    kind, key = KINDS[name]
    store = folder.open()
    first, other = await add(store, name, sample(kind, 1)), sample(kind, 2)
    store.close()
    store = folder.open()

    def work(unit: Any) -> None:
        getattr(unit, name).add(other)
        getattr(unit, name).add(replace(other, **{key: getattr(first, key)}))

    with pytest.raises(Duplicate):
        await store.write(work)
    assert await find(store, name) == [first]
    assert await get(store, name, first) == first
    await add(store, name, other)


async def test_a_duplicate_leaves_no_trace_in_memory(folder: FolderPlace) -> None:
    store = folder.open()
    first = await add(store, "contracts", sample(ContractRecord, 1))
    store.close()
    store = folder.open()

    def work(unit: Any) -> None:
        unit.contracts.add(replace(sample(ContractRecord, 2), id=first.id))
        with pytest.raises(Duplicate):
            unit.contracts.find()

    await store.write(work)
    assert await get(store, "contracts", first) == first


@pytest.mark.parametrize("name", ["negotiations", "transfers"])
async def test_a_pid_of_theirs_begins_one_process(store: SqlStore, name: str) -> None:
    """The same pid of the same sender is the same process (decision 5, 2); of another sender, or role, another one."""
    kind = KINDS[name][0]
    first = await add(store, name, sample(kind, 1, role=Role.PROVIDER))
    twin = replace(first, id="urn:uuid:twin")
    with pytest.raises(Duplicate):
        await add(store, name, twin)
    await add(store, name, replace(twin, counterparty="did:web:another.example"))
    await add(store, name, replace(twin, id="urn:uuid:third", role=Role.CONSUMER))
    for number in (4, 5):  # not known yet: nothing to be unique
        await add(store, name, replace(first, id=f"urn:uuid:{number}", their_pid=None))
    assert len(await find(store, name)) == 5


# --- numbers ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COUNTED)
async def test_the_store_counts_upwards(store: SqlStore, name: str) -> None:
    kind = KINDS[name][0]
    written = [await add(store, name, sample(kind, n)) for n in (3, 1, 2)]
    numbers = [record.number for record in written]
    assert numbers == sorted(set(numbers))
    assert await find(store, name) == written
    assert await find(store, name, newest_first=True) == written[::-1]


async def test_a_number_is_given_once_only(place: Place) -> None:
    """A late answer to a message whose row is gone must not meet another message under that number."""
    store = place.open()
    first = await add(store, "outbox", sample(OutboxRow, 1))

    def exchange(unit: Any) -> OutboxRow:
        unit.outbox.delete(first.number)
        row: OutboxRow = unit.outbox.add(sample(OutboxRow, 2))
        return row

    second = await store.write(exchange)
    await store.write(lambda unit: unit.outbox.delete(second.number))
    third = await add(place.open() if place.lasting else store, "outbox", sample(OutboxRow, 3))
    assert first.number < second.number < third.number


# --- finding ----------------------------------------------------------------------------------------------------------------


async def test_finding_by_what_is_equal(store: SqlStore) -> None:
    rows = [
        await add(
            store, "outbox", sample(OutboxRow, n, process=f"p{n % 2}", kind=list(OutboxKind)[n % 3], problem=None)
        )
        for n in range(6)
    ]
    assert await find(store, "outbox", process="p1") == rows[1::2]
    assert await find(store, "outbox", process="p1", kind=rows[3].kind) == [rows[3]]
    assert await find(store, "outbox", kind=rows[3].kind.value) == [rows[0], rows[3]]
    assert await find(store, "outbox", problem=None, limit=2) == rows[:2]
    assert await find(store, "outbox", process="p0", newest_first=True, limit=1) == [rows[4]]
    assert await find(store, "outbox", process="none") == []
    assert await find(store, "outbox", limit=0) == []
    assert await store.read(lambda unit: unit.outbox.count()) == 6
    assert await store.read(lambda unit: unit.outbox.count(process="p1", kind=rows[3].kind)) == 1


@pytest.mark.parametrize("name", ["negotiations", "transfers", "contracts", "datasets", "offers", "deliveries"])
async def test_what_is_written_at_the_same_moment_is_found_in_the_order_of_writing(store: SqlStore, name: str) -> None:
    kind, moment = KINDS[name][0], "2026-11-23T09:00:00.000Z"
    names = ("created_at", "published_at", "started_at")
    same: Any = {field.name: moment for field in dataclasses.fields(kind) if field.name in names}
    records = [sample(kind, n, **same) for n in (3, 1, 2)]
    await store.write(lambda unit: [getattr(unit, name).add(record) for record in records])
    # A page of contracts runs along an index that holds the id, so that an export never sorts: there it decides.
    by_id = sorted(records, key=lambda record: record.id) if name == "contracts" else records
    assert await find(store, name) == by_id


async def test_finding_by_true_and_false(store: SqlStore) -> None:
    peers = [await add(store, "peers", sample(PeerRecord, n)) for n in range(3)]
    assert await find(store, "peers", may_not_sign=True) == peers[0::2]
    assert await find(store, "peers", may_not_sign=False) == [peers[1]]


async def test_what_is_found_is_what_this_unit_has_written(store: SqlStore) -> None:
    def work(unit: Any) -> list[Any]:
        act = Act(at="2026-11-23T09:00:00.000Z", name="a", role="owner", act="looked", object="it")
        unit.acts.add(act)
        unit.peers.add(sample(PeerRecord, 1))
        unit.peers.put(sample(PeerRecord, 1, reason="changed", did=sample(PeerRecord, 1).did))
        return [
            unit.acts.count(),
            unit.peers.get(sample(PeerRecord, 1).did).reason,
            len(unit.peers.find(reason="changed")),
        ]

    assert await store.write(work) == [1, "changed", 1]
